//! Two replicas of `serve` on one Redis are replaced one after the other under constant load.
//!
//! With the stack of the end-to-end tests, whose `rollover.rs` asserts that nothing is lost.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::{Browser, Builder, Ingress, Redis, Replica, Stack};

use crate::figures::micros;

/// As in the chart.
const DRAIN: &str = "--drain-seconds=10";
/// Half of them connect anew for each request.
const CLIENTS: usize = 8;
/// So many requests have to come through before, and after, each step.
const SOME: usize = 100;
/// How often it is looked whether they have.
const PAUSE: Duration = Duration::from_millis(1);

/// What clients met.
#[derive(Default)]
pub(super) struct RollOver {
    asked: usize,
    /// The error of each answer that was missing or not 200.
    lost: Vec<String>,
    slowest: Duration,
    took: Duration,
}

/// The clients, and what they have met so far.
struct Clients<'a> {
    ingress: &'a Ingress,
    met: Mutex<RollOver>,
    over: AtomicBool,
}

/// Tells the clients to stop, however the measurement ended.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Replaces both.
pub(super) fn measure() -> Result<RollOver> {
    eprintln!("bench: replacing two replicas of serve while {CLIENTS} clients ask");
    let redis = Redis::start();
    let stack = Builder::default().redis(&redis).argument(DRAIN).start();
    let ingress = Ingress::start();
    let client = stack.signed_in("alice").at(&ingress.origin());
    let clients = Clients {
        ingress: &ingress,
        met: Mutex::default(),
        over: AtomicBool::new(false),
    };
    let mut two = [stack.replica(), stack.replica()];
    two.iter().for_each(|replica| ingress.add(replica.host()));
    let begun = Instant::now();
    thread::scope(|scope| {
        let _over = Over(&clients.over);
        for number in 0..CLIENTS {
            let (clients, client) = (&clients, &client);
            scope.spawn(move || clients.ask_all_the_time(client, number % 2 == 0));
        }
        for replica in &mut two {
            clients.replace(replica, &stack)?;
        }
        clients.some_more();
        anyhow::Ok(())
    })?;
    let mut met = clients
        .met
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    met.took = begun.elapsed();
    Ok(met)
}

impl Clients<'_> {
    /// One of them; `fresh` connects anew for each request.
    fn ask_all_the_time(&self, client: &Browser, fresh: bool) {
        let mut kept = client.afresh();
        while !self.over.load(Ordering::Relaxed) {
            if fresh {
                kept = client.afresh();
            }
            let begun = Instant::now();
            let wrong = match kept.try_get("/whoami") {
                Ok(answer) if answer.status == 200 => None,
                Ok(answer) => Some(format!("{answer:?}")),
                Err(error) => Some(error.to_string()),
            };
            let mut met = self.met();
            met.asked += 1;
            met.slowest = met.slowest.max(begun.elapsed());
            met.lost.extend(wrong);
        }
    }

    /// As a Deployment does with `maxUnavailable: 0`: the ingress learns of the end after it has begun.
    fn replace(&self, replica: &mut Replica, stack: &Stack) -> Result<()> {
        let next = stack.replica();
        self.ingress.add(next.host());
        self.some_more();
        replica.process.terminate();
        let mut probe = stack.browser_at(replica.origin());
        while probe.get("/readyz").status == 200 {
            thread::sleep(PAUSE);
        }
        self.some_more();
        self.ingress.remove(replica.host());
        self.some_more();
        let ended = replica.process.wait();
        ensure!(ended.success(), "a replica has ended with {ended}");
        *replica = next;
        Ok(())
    }

    fn some_more(&self) {
        let before = self.met().asked;
        while self.met().asked < before + SOME {
            thread::sleep(PAUSE);
        }
    }

    fn met(&self) -> MutexGuard<'_, RollOver> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for RollOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Two `serve` on one Redis, both replaced under the load of {CLIENTS} clients, in {:.0} s",
            self.took.as_secs_f64()
        )?;
        writeln!(f, "  {:<44}{:>8}", "requests (/whoami)", self.asked)?;
        writeln!(
            f,
            "  {:<44}{:>8}      (aim: 0)",
            "of them lost",
            self.lost.len()
        )?;
        let slowest = micros(self.slowest) / 1e3;
        writeln!(f, "  {:<44}{slowest:>8.0} ms", "the slowest answer")?;
        match self.lost.first() {
            Some(first) => writeln!(f, "  the first that was lost: {first}"),
            None => Ok(()),
        }
    }
}
