//! The tables of the guides in `docs/moving/`.

use crate::row::{Fate, Program, Row};

/// What becomes of each flag, as Markdown: a table for each subject.
pub fn guide(program: &Program) -> String {
    let section = |section: &crate::row::Section| {
        let rows: String = section.rows.iter().map(line).collect();
        format!(
            "### {}\n\n| flag | becomes | in words |\n|---|---|---|\n{rows}",
            section.title
        )
    };
    let sections: Vec<_> = program.sections.iter().map(section).collect();
    sections.join("\n")
}

fn line(row: &Row) -> String {
    let flags = row.flags.iter().map(|flag| format!("`--{flag}`"));
    let flags = flags.collect::<Vec<_>>().join(", ");
    let (becomes, words) = match row.fate {
        Fate::Becomes { what: [], note, .. } => ("depends".to_owned(), note),
        Fate::Becomes { what, note, .. } => {
            let what: Vec<_> = what.iter().map(|name| format!("`{name}`")).collect();
            (what.join(", "), note)
        }
        Fate::Always(sentence) => ("needs nothing".to_owned(), sentence),
        Fate::Elsewhere(sentence) => ("elsewhere".to_owned(), sentence),
        Fate::NotYet(sentence) => ("**not there yet**".to_owned(), sentence),
        Fate::Nothing(sentence) => ("no counterpart".to_owned(), sentence),
    };
    format!("| {flags} | {becomes} | {words} |\n")
}
