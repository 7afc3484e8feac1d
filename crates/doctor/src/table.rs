//! The report for people: a row with what was seen, and below it what to do. Remedies are sentences, for
//! which a column would be too narrow.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::check::Check;
use crate::row::{Row, Status};

const STATUSES: [Status; 4] = [Status::Ok, Status::Warning, Status::Failed, Status::Skipped];

/// The table, with the escapes of colours.
pub(crate) fn write(rows: &[Row]) -> String {
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
    let status = width(&mut STATUSES.iter().map(|status| word(*status).len()));
    let name = width(&mut Check::ALL.iter().map(|check| check.name().len()));
    let mut text = String::new();
    for row in rows {
        let style = style(row.status);
        let (word, check) = (word(row.status), row.name.name());
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "{style}{word:status$}{style:#}  {check:name$}  {}",
            row.seen
        );
        if let Some(remedy) = &row.remedy {
            let _ = writeln!(text, "{:status$}  {:>name$}  {remedy}", "", "remedy:");
        }
    }
    let _ = writeln!(text, "{}", summary(rows));
    text
}

fn summary(rows: &[Row]) -> String {
    let count = |status| rows.iter().filter(|row| row.status == status).count();
    let counted = STATUSES.map(|status| format!("{} {}", count(status), word(status)));
    counted.join(", ")
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Warning => "warning",
        Status::Failed => "failed",
        Status::Skipped => "skipped",
    }
}

fn style(status: Status) -> Style {
    match status {
        Status::Ok => AnsiColor::Green.on_default(),
        Status::Warning => AnsiColor::Yellow.on_default(),
        Status::Failed => AnsiColor::Red.on_default().bold(),
        Status::Skipped => Style::new().dimmed(),
    }
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::check::Check;
    use crate::row::Row;

    #[test]
    fn a_remedy_stands_below_what_was_seen() {
        let rows = [
            Row::ok(Check::Settings, "all are right"),
            Row::failed(Check::Store, "it is away", "bring it back"),
            Row::skipped(Check::FederatedToken, "there is none"),
        ];
        let plain = anstream::adapter::strip_str(&write(&rows)).to_string();
        let expected = "\
ok       settings           all are right
failed   store              it is away
                   remedy:  bring it back
skipped  federated-token    there is none
1 ok, 0 warning, 1 failed, 1 skipped
";
        assert_eq!(plain, expected);
    }
}
