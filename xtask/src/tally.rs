//! Counts tests from the last output of their runners.

use std::fmt;

/// The number of tests, and their results.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    /// unittest's `Ran N tests` line, whose result follows in a later line.
    ran: Option<u64>,
}

impl Tally {
    /// Whether no test ran, not even one that was skipped.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed + self.failed + self.skipped == 0
    }

    /// Takes a line of `cargo test` into account:
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; ...`.
    pub(crate) fn read_cargo(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let counts = result.split_once(". ").map_or("", |(_, counts)| counts);
        for count in counts.split("; ") {
            match count
                .split_once(' ')
                .map(|(n, what)| (n.parse().unwrap_or(0), what))
            {
                Some((n, "passed")) => self.passed += n,
                Some((n, "failed")) => self.failed += n,
                Some((n, "ignored")) => self.skipped += n,
                _ => {}
            }
        }
    }

    /// Takes a line of Python's unittest into account: `Ran 5 tests in 0.1s`, then `OK`,
    /// `OK (skipped=1)` or `FAILED (failures=1, errors=1)`.
    pub(crate) fn read_unittest(&mut self, line: &str) {
        if let Some(ran) = line
            .strip_prefix("Ran ")
            .and_then(|rest| rest.split(' ').next())
        {
            self.ran = ran.parse().ok();
            return;
        }
        let (verdict, counts) = line.split_once(" (").unwrap_or((line, ""));
        if !matches!(verdict, "OK" | "FAILED") {
            return;
        }
        let Some(ran) = self.ran.take() else { return };
        let (mut failed, mut skipped) = (0, 0);
        for count in counts.trim_end_matches(')').split(", ") {
            let n = |n: &str| n.parse::<u64>().unwrap_or(0);
            match count.split_once('=') {
                Some(("failures" | "errors" | "unexpected successes", count)) => failed += n(count),
                Some(("skipped", count)) => skipped += n(count),
                _ => {}
            }
        }
        self.failed += failed;
        self.skipped += skipped;
        self.passed += ran.saturating_sub(failed + skipped);
    }
}

/// The plain closing line.
impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped {
            0 => Ok(()),
            skipped => write!(out, ", {skipped} skipped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_is_empty_until_a_test_is_counted() {
        let mut tally = Tally::default();
        tally.read_unittest("Ran 0 tests in 0.0s");
        assert!(tally.is_empty());
        tally.read_cargo("test result: ok. 0 passed; 0 failed; 1 ignored; 0 measured");
        assert!(!tally.is_empty());
    }

    fn cargo(text: &str) -> String {
        let mut tally = Tally::default();
        text.lines().for_each(|line| tally.read_cargo(line));
        tally.to_string()
    }

    fn unittest(text: &str) -> String {
        let mut tally = Tally::default();
        text.lines().for_each(|line| tally.read_unittest(line));
        tally.to_string()
    }

    #[test]
    fn cargos_summaries_add_up() {
        let text = "running 3 tests\ntest a ... ok\n\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.00s\n\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s";
        assert_eq!(cargo(text), "13 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn other_lines_of_cargo_count_nothing() {
        assert_eq!(
            cargo("test says_3 passed; 9 failed ... ok\ntest result:"),
            "0 passed, 0 failed"
        );
    }

    #[test]
    fn a_unittest_run_that_is_green() {
        assert_eq!(
            unittest("....\nRan 4 tests in 0.2s\n\nOK"),
            "4 passed, 0 failed"
        );
        assert_eq!(unittest("Ran 1 test in 0.2s\n\nOK"), "1 passed, 0 failed");
        assert_eq!(
            unittest("Ran 4 tests in 0.2s\n\nOK (skipped=3)"),
            "1 passed, 0 failed, 3 skipped"
        );
    }

    #[test]
    fn a_unittest_run_that_is_not() {
        let text = "Ran 9 tests in 0.2s\n\nFAILED (failures=1, errors=2, skipped=1, \
                    expected failures=1, unexpected successes=1)";
        assert_eq!(unittest(text), "4 passed, 4 failed, 1 skipped");
    }

    #[test]
    fn a_verdict_without_a_run_counts_nothing() {
        assert_eq!(
            unittest("OK\nNO TESTS RAN\nRan 0 tests in 0.0s"),
            "0 passed, 0 failed"
        );
    }
}
