//! Several requests at once. Their store operations interleave in any order, and they may crash.

use std::pin::Pin;
use std::task::{Context, Waker};

use crate::platform::double::World;

/// Something that a replica does.
pub(super) type Actor<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Decides what happens next.
pub(super) trait Chooser {
    /// One of `options`, of which there is at least one.
    fn choose(&mut self, options: usize) -> usize;
}

/// Every course of events, one after the other.
#[derive(Default)]
pub(super) struct Exhaustive {
    /// What was chosen at each step, and from how many options.
    course: Vec<(usize, usize)>,
    step: usize,
}

impl Exhaustive {
    /// Runs `program` once for each course of events, and says how many there were.
    pub(super) fn explore(mut program: impl FnMut(&mut Self)) -> usize {
        let mut explorer = Self::default();
        let mut courses = 0;
        loop {
            explorer.step = 0;
            program(&mut explorer);
            courses += 1;
            explorer.course.truncate(explorer.step);
            while let Some((chosen, options)) = explorer.course.pop() {
                if chosen + 1 < options {
                    explorer.course.push((chosen + 1, options));
                    break;
                }
            }
            if explorer.course.is_empty() {
                return courses;
            }
        }
    }
}

impl Chooser for Exhaustive {
    fn choose(&mut self, options: usize) -> usize {
        if self.step == self.course.len() {
            self.course.push((0, options));
        }
        let (chosen, _) = self.course[self.step];
        self.step += 1;
        chosen
    }
}

/// A random course of events. The same seed gives the same one.
pub(super) struct Random(pub(super) u64);

impl Chooser for Random {
    /// Xorshift.
    fn choose(&mut self, options: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % options as u64).unwrap()
    }
}

/// What may happen besides the actors' own steps.
#[derive(Clone, Copy)]
pub(super) struct Events {
    /// How often an actor that could have gone on is interrupted.
    pub(super) interruptions: usize,
    /// How many actors crash.
    pub(super) crashes: usize,
}

/// Runs the actors to their ends, one store operation at a time.
pub(super) fn interleave(
    world: &World,
    chooser: &mut impl Chooser,
    mut events: Events,
    actors: Vec<Actor<'_>>,
) {
    world.in_turns.set(true);
    let mut actors: Vec<Option<Actor<'_>>> = actors.into_iter().map(Some).collect();
    let mut current = chooser.choose(actors.len());
    loop {
        world.waits.set(false);
        if let Some(actor) = &mut actors[current]
            && actor
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
        {
            actors[current] = None;
        }
        let others: Vec<usize> = (0..actors.len())
            .filter(|other| *other != current && actors[*other].is_some())
            .collect();
        let running = actors[current].is_some();
        if !running && others.is_empty() {
            break;
        }
        let goes_on = running && (!world.waits.get() || others.is_empty());
        let may_switch = !goes_on || events.interruptions > 0;
        let mut options: Vec<Option<usize>> = Vec::new();
        options.extend(goes_on.then_some(Some(current)));
        options.extend(others.iter().copied().map(Some).filter(|_| may_switch));
        options.extend((running && events.crashes > 0).then_some(None));
        match options[chooser.choose(options.len())] {
            Some(next) => {
                events.interruptions -= usize::from(goes_on && next != current);
                current = next;
            }
            None => {
                events.crashes -= 1;
                actors[current] = None;
                if let Some(next) = others.first() {
                    current = *next;
                } else {
                    break;
                }
            }
        }
    }
    world.in_turns.set(false);
}
