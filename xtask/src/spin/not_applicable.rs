//! The end-to-end tests that cannot apply to a real Spin: `tests/not-on-spin.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

/// Where the table is.
const TABLE: &str = "tests/not-on-spin.toml";

/// Why each of these tests cannot apply, by its name.
#[derive(Debug)]
pub(crate) struct NotApplicable(BTreeMap<String, String>);

/// The tests of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Those that run.
    pub(crate) run: Vec<String>,
    /// Those that cannot apply, each with its reason.
    pub(crate) skipped: Vec<(String, String)>,
}

impl NotApplicable {
    /// Reads the table.
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let file = workspace.path(TABLE);
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("{TABLE} is wrong"))
    }

    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse()?;
        let mut reasons = BTreeMap::new();
        let groups = table.get("reason").and_then(toml::Value::as_array);
        for group in groups.context("there is no [[reason]]")? {
            let why = group.get("why").and_then(toml::Value::as_str);
            let why = why.context("a [[reason]] has no `why`")?;
            let tests = group.get("tests").and_then(toml::Value::as_array);
            for test in tests.context("a [[reason]] has no `tests`")? {
                let test = test.as_str().context("the name of a test is text")?;
                let before = reasons.insert(test.to_owned(), why.to_owned());
                ensure!(before.is_none(), "{test} stands there twice");
            }
        }
        Ok(Self(reasons))
    }

    /// Selects the tests whose name contains `filter`. Fails if a row names a test that does not exist.
    pub(crate) fn select(&self, all: &[String], filter: Option<&str>) -> Result<Selection> {
        let known: BTreeSet<_> = all.iter().collect();
        let gone: Vec<_> = self.0.keys().filter(|name| !known.contains(name)).collect();
        ensure!(
            gone.is_empty(),
            "{TABLE} names tests that there are not: {gone:?}"
        );
        let wanted = |name: &&String| filter.is_none_or(|filter| name.contains(filter));
        let mut selection = Selection {
            run: Vec::new(),
            skipped: Vec::new(),
        };
        for name in all.iter().filter(wanted).cloned() {
            match self.0.get(&name) {
                Some(why) => selection.skipped.push((name, why.clone())),
                None => selection.run.push(name),
            }
        }
        Ok(selection)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const ROW: &str = "[[reason]]\nwhy = \"it is serve's\"\ntests = [\"host::a\"]\n";

    fn all() -> Vec<String> {
        ["host::a", "host::a_b", "store::c"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn exactly_what_is_named_is_skipped_with_its_reason() {
        let table = NotApplicable::parse(ROW).unwrap();
        let selection = table.select(&all(), None).unwrap();
        assert_eq!(selection.run, ["host::a_b", "store::c"]);
        let skipped = ("host::a".to_owned(), "it is serve's".to_owned());
        assert_eq!(selection.skipped, [skipped]);
    }

    #[test]
    fn a_filter_counts_for_both() {
        let table = NotApplicable::parse(ROW).unwrap();
        let selection = table.select(&all(), Some("store")).unwrap();
        assert_eq!((selection.run.len(), selection.skipped.len()), (1, 0));
    }

    #[test]
    fn a_row_about_no_test_is_an_error() {
        let table = NotApplicable::parse(ROW).unwrap();
        let error = table.select(&all()[1..], None).unwrap_err().to_string();
        assert!(error.contains("host::a"), "{error}");
    }

    #[test]
    fn a_table_that_says_no_reason_or_says_two_is_wrong() {
        for text in [
            "",
            "[[reason]]\ntests = [\"a\"]",
            "[[reason]]\nwhy = \"x\"",
            "[[reason]]\nwhy = \"x\"\ntests = [1]",
            &format!("{ROW}{ROW}"),
        ] {
            assert!(NotApplicable::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_repositorys_own_table_is_read() {
        let table = NotApplicable::read(&Workspace::locate().unwrap()).unwrap();
        assert!(!table.0.is_empty());
    }
}
