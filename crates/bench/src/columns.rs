//! The measurements of several hosts side by side: a row for each figure, a column for each host.

use std::fmt;

/// One subject, as measured on one host.
pub(crate) struct Section {
    /// What it is about.
    pub(crate) title: String,
    /// The same ones for every host.
    pub(crate) rows: Vec<Row>,
    /// Further remarks of each host.
    pub(crate) remarks: String,
}

/// One figure, with its unit.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) figure: String,
}

impl Section {
    /// Without rows and remarks.
    pub(crate) fn new(title: String) -> Self {
        Self {
            title,
            rows: Vec::new(),
            remarks: String::new(),
        }
    }

    /// One more row.
    pub(crate) fn row(&mut self, what: impl Into<String>, figure: String) {
        let what = what.into();
        self.rows.push(Row { what, figure });
    }
}

/// One subject for all hosts, by their names.
pub(crate) struct Columns<'a>(pub(crate) &'a [(&'static str, Section)]);

impl fmt::Display for Columns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((_, first)) = self.0.first() else {
            return Ok(());
        };
        writeln!(f, "{}", first.title)?;
        write!(f, "  {:<40}", "")?;
        for (host, _) in self.0 {
            write!(f, "{host:>20}")?;
        }
        writeln!(f)?;
        for (index, row) in first.rows.iter().enumerate() {
            write!(f, "  {:<40}", row.what)?;
            for (_, section) in self.0 {
                let figure = section.rows.get(index).map_or("", |row| &row.figure);
                write!(f, "{figure:>20}")?;
            }
            writeln!(f)?;
        }
        for (host, section) in self.0 {
            if !section.remarks.is_empty() {
                writeln!(f, "\n  {host}, raw\n{}", section.remarks.trim_end())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Section};

    #[test]
    fn each_host_has_its_column() {
        let section = |figure: &str| {
            let mut section = Section::new("Memory".to_owned());
            section.row("listening", figure.to_owned());
            section
        };
        let hosts = [("serve", section("1 MB")), ("Spin", section("2 MB"))];
        let text = Columns(&hosts).to_string();
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|l| l.split_whitespace().collect())
            .collect();
        let expected = [
            vec!["Memory"],
            vec!["serve", "Spin"],
            vec!["listening", "1", "MB", "2", "MB"],
        ];
        assert_eq!(lines, expected);
    }
}
