//! Expired records are deleted during sign-ins: how fast, and what that adds to them.

use std::fmt;
use std::time::Instant;

use e2e::{Builder, Redis, Stack};

use crate::figures::{median, micros, quantile};

/// Long after the end of everything that the sign-ins have left.
const LATER: i64 = 3 * 24 * 3600;
/// Sign-ins beside which nothing is swept, for comparison.
const QUIET: usize = 50;

/// What sweeping took.
pub(crate) struct Sweep {
    sign_ins: usize,
    keys: usize,
    /// The time of each `/callback` that swept, in milliseconds.
    sweeping: Vec<f64>,
    /// And of those that found nothing to sweep.
    quiet: Vec<f64>,
}

/// Signs in often, lets it all expire, and signs in until all of it is gone.
pub(crate) fn measure(sign_ins: usize) -> Sweep {
    eprintln!("bench: sweeping what {sign_ins} sign-ins have left");
    let redis = Redis::start();
    let stack = Builder::default().clock().redis(&redis).start();
    for _ in 0..sign_ins {
        stack.signed_in("alice");
    }
    let old = redis.keys();
    stack.at(LATER);
    let (mut sweeping, mut quiet) = (Vec::new(), Vec::new());
    while quiet.len() < QUIET {
        redis.commands();
        let took = callback(&stack);
        // A sign-in itself deletes nothing.
        if redis.commands().contains_key("del") {
            sweeping.push(took);
            quiet.clear();
        } else {
            quiet.push(took);
        }
    }
    let left = old.intersection(&redis.keys()).count();
    Sweep {
        sign_ins,
        keys: old.len() - left,
        sweeping,
        quiet,
    }
}

/// How long the end of a sign-in takes, in milliseconds.
fn callback(stack: &Stack) -> f64 {
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    let start = Instant::now();
    browser.get(&callback);
    micros(start.elapsed()) / 1e3
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quiet = median(self.quiet.iter().copied());
        let added: Vec<f64> = self.sweeping.iter().map(|took| took - quiet).collect();
        let sum = added.iter().sum::<f64>() / 1e3;
        let longest = quantile(added.iter().copied(), 1.0);
        writeln!(
            f,
            "Sweeping what {} sign-ins left, in Redis, at one sign-in after the other",
            self.sign_ins
        )?;
        writeln!(f, "  {:<44}{:>8}", "keys that were deleted", self.keys)?;
        writeln!(
            f,
            "  {:<44}{:>8}",
            "sign-ins that swept",
            self.sweeping.len()
        )?;
        writeln!(
            f,
            "  {:<44}{quiet:>8.1} ms",
            "/callback that finds nothing, median"
        )?;
        writeln!(
            f,
            "  {:<44}{:>8.1} ms",
            "added by a step, median",
            median(added)
        )?;
        writeln!(f, "  {:<44}{longest:>8.1} ms", "added by a step, at most")?;
        writeln!(
            f,
            "  {:<44}{:>8.0} /s",
            "keys deleted in the added time",
            self.keys as f64 / sum
        )
    }
}
