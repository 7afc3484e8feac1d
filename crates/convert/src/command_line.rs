//! A command line as pflag reads it: `--flag=value`, `--flag value`, `--switch`.

use std::collections::BTreeMap;

use crate::given::Given;
use crate::row::{Program, Takes};

/// Reads the arguments; the program's own name may stand first.
pub(crate) fn read(program: &Program, arguments: &[String], given: &mut Given) {
    let mut read = BTreeMap::<&'static str, Vec<String>>::new();
    let mut words = arguments.iter().peekable();
    let is_name = |word: &&String| word.rsplit('/').next() == Some(program.name);
    words.next_if(is_name);
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) else {
            given.words += 1;
            continue;
        };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        let Some((name, takes)) = known(program, name) else {
            given.unknown(name);
            if value.is_none() {
                // Whatever it is, it belongs to that flag.
                words.next_if(|next| !next.starts_with('-'));
            }
            continue;
        };
        let value = match takes {
            Takes::Nothing => value.or_else(|| Some("true".to_owned())),
            Takes::One | Takes::Several => value.or_else(|| words.next().cloned()),
        };
        let values = read.entry(name).or_default();
        match takes {
            Takes::Several => values.extend(value.iter().flat_map(|value| split(value))),
            Takes::Nothing | Takes::One => *values = value.into_iter().collect(),
        }
    }
    for (name, values) in read {
        given.set(name, values);
    }
}

/// The entries of a list, as pflag and viper part them.
pub(crate) fn split(value: &str) -> impl Iterator<Item = String> + '_ {
    let entries = value.split(',').map(str::trim);
    entries.filter(|entry| !entry.is_empty()).map(str::to_owned)
}

fn known(program: &Program, name: &str) -> Option<(&'static str, Takes)> {
    let row = program.row(name)?;
    let flag = row.flags.iter().find(|flag| **flag == name)?;
    Some((*flag, row.takes))
}
