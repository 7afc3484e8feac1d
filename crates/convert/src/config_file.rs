//! The configuration file of oauth2-proxy: TOML, whose keys are the flags with underscores, and in the
//! plural where there may be several.

use toml::{Table, Value};

use crate::command_line::split;
use crate::given::Given;
use crate::refused::Refused;
use crate::row::{Program, Takes};

/// Keys of the alpha configuration, which is YAML.
const ALPHA: [&str; 5] = [
    "upstreamConfig:",
    "injectRequestHeaders:",
    "injectResponseHeaders:",
    "providers:",
    "server:",
];

/// Reads it.
pub(crate) fn read(program: &Program, text: &str, given: &mut Given) -> Result<(), Refused> {
    if !program.has_file {
        let name = program.name;
        return Err(Refused(format!(
            "{name} has no configuration file; give its command line after --"
        )));
    }
    if text
        .lines()
        .any(|line| ALPHA.iter().any(|key| line.starts_with(key)))
    {
        return Err(Refused(
            "this is the alpha configuration (YAML), whose form changes between releases; convert reads the TOML file, and a command line after --"
                .to_owned(),
        ));
    }
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        Refused(format!("it is no TOML: {}", place(text, &error)))
    })?;
    for (key, value) in &table {
        match flag(program, key) {
            Some((flag, takes)) => given.set(flag, values(value, takes)),
            None => given.unknown(key),
        }
    }
    Ok(())
}

/// What is wrong and where, without the line itself, which may hold a secret.
fn place(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| before.matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

/// `email_domains` is `email-domain`; some keys are in the plural on both sides.
fn flag(program: &Program, key: &str) -> Option<(&'static str, Takes)> {
    let name = key.replace('_', "-");
    let singular = name.strip_suffix('s').unwrap_or(&name);
    program.rows().find_map(|row| {
        let mut flags = row.flags.iter();
        let found = flags.find(|flag| **flag == name || **flag == singular)?;
        Some((*found, row.takes))
    })
}

fn values(value: &Value, takes: Takes) -> Vec<String> {
    match value {
        Value::Array(entries) => entries.iter().map(text).collect(),
        _ if takes == Takes::Several => split(&text(value)).collect(),
        _ => vec![text(value)],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        _ => value.to_string(),
    }
}
