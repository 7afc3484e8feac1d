//! The result of a target's run, from libFuzzer's output.

/// How a run ended.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Found {
    /// How many cases it has run.
    cases: u64,
    /// How many a second.
    pace: u64,
    /// The file with the input that broke the target.
    pub(super) input: Option<String>,
}

impl Found {
    /// Reads a line of libFuzzer's output.
    pub(super) fn read(&mut self, line: &str) {
        let number = |label: &str| line.strip_prefix(label)?.trim().parse().ok();
        if let Some(cases) = number("stat::number_of_executed_units:") {
            self.cases = cases;
        } else if let Some(pace) = number("stat::average_exec_per_sec:") {
            self.pace = pace;
        } else if let Some((_, input)) = line.split_once("Test unit written to ") {
            self.input = Some(input.trim().to_owned());
        }
    }
}

/// One row for each target.
pub(super) fn table(rows: &[(&str, Found)]) -> String {
    let widest = rows.iter().map(|(target, _)| target.len()).max();
    let width = widest.unwrap_or(0).max("target".len());
    let line = |target: &str, cases: &str, pace: &str, found: &str| {
        format!("{target:width$}  {cases:>12}  {pace:>9}  {found}")
            .trim_end()
            .to_owned()
    };
    let rows = rows.iter().map(|(target, found)| {
        let input = found.input.as_deref().unwrap_or("nothing");
        line(
            target,
            &found.cases.to_string(),
            &found.pace.to_string(),
            input,
        )
    });
    std::iter::once(line("target", "cases", "cases/s", "found"))
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Found {
        let mut found = Found::default();
        for line in lines {
            found.read(line);
        }
        found
    }

    #[test]
    fn what_libfuzzer_says_is_read() {
        let quiet = read(&[
            "#1024\tpulse  cov: 10 ft: 11 corp: 3/5b lim: 4 exec/s: 512 rss: 30Mb",
            "Done 2000 runs in 2 second(s)",
            "stat::number_of_executed_units: 2000",
            "stat::average_exec_per_sec:     1000",
        ]);
        let expected = Found {
            cases: 2000,
            pace: 1000,
            input: None,
        };
        assert_eq!(quiet, expected);
        let broken = read(&[
            "artifact_prefix='/r/fuzz/artifacts/path/'; Test unit written to /r/fuzz/artifacts/path/crash-1",
        ]);
        assert_eq!(
            broken.input.as_deref(),
            Some("/r/fuzz/artifacts/path/crash-1")
        );
    }

    #[test]
    fn the_table_has_a_row_for_each_target() {
        let rows = [
            ("path", read(&["stat::number_of_executed_units: 7"])),
            ("return_address", read(&["Test unit written to x"])),
        ];
        let table = table(&rows);
        let words: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(
            words,
            [
                ["target", "cases", "cases/s", "found"],
                ["path", "7", "0", "nothing"],
                ["return_address", "0", "0", "x"],
            ]
        );
    }
}
