//! Several who ask, take and give back at once.

use std::cell::RefCell;

use super::super::schedule::{Actor, Events, Exhaustive, interleave};
use super::*;

/// The same, while others ask too.
fn asks<'a>(records: &'a Records<'a, World>, places: &'a mut [Place]) -> Actor<'a> {
    let asked = places.iter_mut().collect();
    Box::pin(async move { renew(records, asked).await.ok().unwrap() })
}

/// Its carrier has asked about it before it told its end.
#[test]
fn a_look_in_flight_holds_nothing_that_was_given_back() {
    with_records(|world, records| {
        let mut places = held_for_long(records, 3);
        world.pass(25);
        run(places[1].clone().release(records)).ok().unwrap();
        assert_eq!(look(records, &mut places), (1, 1));
        assert_eq!(free(records, 3), 1);
    });
}

/// Two questions, at two replicas that write different formats, in every order. Each may lose what the other
/// writes.
#[test]
fn what_is_lost_is_there_again_after_the_next_look_and_is_never_free() {
    let all = Events {
        interruptions: usize::MAX,
        crashes: 0,
    };
    let lost = RefCell::new(0);
    let courses = Exhaustive::explore(|explorer| {
        let (world, one, two) = (World::new(), keyring(ONE), writing("2", ONE));
        let (one, two) = (records(&world, &one), records(&world, &two));
        let mut places = take_all(&one, 4);
        let mut others = places.split_off(2);
        world.pass(25);
        let actors = vec![asks(&one, &mut places), asks(&two, &mut others)];
        interleave(&world, explorer, all, actors);
        assert_eq!(free(&one, 4), 0);
        world.pass(5);
        let writes = look(&one, &mut places).1 + look(&two, &mut others).1;
        assert!(writes <= 1, "{writes}");
        *lost.borrow_mut() += writes;
        // Nobody looks any more: what stands there counts.
        world.pass(55);
        assert_eq!(free(&two, 4), 0);
    });
    assert!(courses > 50, "{courses}");
    assert!(lost.take() > 0, "nothing was lost in any order");
}

/// Both are there, and one of them counts. If that one ends, the other counts from its next renewal on.
#[test]
fn of_two_who_took_the_same_place_one_counts() {
    with_records(|world, records| {
        let mut places = held_for_long(records, 3);
        // Nobody looks for a while.
        world.pass(61);
        let other = take_near(records, "", 3).unwrap();
        look(records, &mut places);
        assert_eq!(free(records, 3), 0);
        run(other.release(records)).ok().unwrap();
        assert_eq!(free(records, 3), 1);
        world.pass(25);
        look(records, &mut places);
        assert_eq!(free(records, 3), 0);
    });
}

/// A program that closes many at once has all of these places at once, whatever is looked at meanwhile.
#[test]
fn of_many_that_are_given_back_at_once_none_is_lost() {
    let some = Events {
        interruptions: 3,
        crashes: 0,
    };
    Exhaustive::explore(|explorer| {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        let mut all = held_for_long(&records, 4);
        world.pass(25);
        let release = |place: Place| -> Actor<'_> {
            let records = &records;
            Box::pin(async move { place.release(records).await.ok().unwrap() })
        };
        let ended = all.clone().into_iter().skip(1);
        let mut actors: Vec<Actor<'_>> = ended.map(release).collect();
        actors.push(asks(&records, &mut all));
        interleave(&world, explorer, some, actors);
        assert_eq!(free(&records, 4), 3);
    });
}
