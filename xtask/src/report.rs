//! Titled steps, and the table that closes them.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// The result of a step without an error.
pub(crate) enum Outcome {
    /// It succeeded.
    Passed,
    /// It could not run here, and need not; with the reason.
    Skipped(String),
}

/// Collects the results of a command's steps.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

struct Row {
    step: &'static str,
    state: &'static str,
    remark: String,
    took: Duration,
}

impl Report {
    /// Runs a step under its title, prints its error at once, and returns whether there was none.
    pub(crate) fn step(
        &mut self,
        step: &'static str,
        body: impl FnOnce() -> Result<Outcome>,
    ) -> bool {
        println!("\n== {step}");
        let start = Instant::now();
        let (state, remark) = match body() {
            Ok(Outcome::Passed) => ("ok", String::new()),
            Ok(Outcome::Skipped(why)) => ("skipped", why),
            Err(error) => {
                eprintln!("error: {error:#}");
                ("FAILED", format!("{error}"))
            }
        };
        let took = start.elapsed();
        self.rows.push(Row {
            step,
            state,
            remark,
            took,
        });
        state != "FAILED"
    }

    /// Prints the table; the exit code shows whether a step failed.
    pub(crate) fn close(self) -> ExitCode {
        println!("\n{}", self.table());
        if self.failed() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    fn failed(&self) -> bool {
        self.rows.iter().any(|row| row.state == "FAILED")
    }

    fn table(&self) -> String {
        let width = self
            .rows
            .iter()
            .map(|row| row.step.len())
            .max()
            .unwrap_or(0);
        let row = |row: &Row| {
            let line = format!(
                "{:width$}  {:>8}  {:7}  {}",
                row.step,
                seconds(row.took),
                row.state,
                row.remark,
            );
            line.trim_end().to_owned()
        };
        self.rows.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// A duration for people: `0.4 s`, `12.0 s`, `3m 07s`.
pub(crate) fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        total => format!("{}m {:02}s", total / 60, total % 60),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn one_failed_step_fails_the_whole_and_the_others_still_run() {
        let mut report = Report::default();
        assert!(report.step("fmt", || Ok(Outcome::Passed)));
        assert!(!report.step("clippy", || bail!("it found something")));
        assert!(report.step("advisories", || Ok(Outcome::Skipped("no network".into()))));

        let table = report.table();
        let words = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let (states, steps): (Vec<_>, Vec<_>) = words
            .filter_map(|w| Some((*w.get(3)?, *w.first()?)))
            .unzip();
        assert_eq!(steps, ["fmt", "clippy", "advisories"]);
        assert_eq!(states, ["ok", "FAILED", "skipped"]);
        assert!(table.contains("it found something") && table.contains("no network"));
        assert_eq!(report.close(), ExitCode::FAILURE);
    }

    #[test]
    fn skipped_steps_fail_nothing() {
        let mut report = Report::default();
        report.step("advisories", || Ok(Outcome::Skipped("no network".into())));
        assert_eq!(report.close(), ExitCode::SUCCESS);
    }

    #[test]
    fn durations_are_for_people() {
        assert_eq!(seconds(Duration::from_millis(449)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(187)), "3m 07s");
    }
}
