//! Reads settings and collects everything that is wrong with them.

use std::fmt;

use super::setting::{Fallback, Setting};
use crate::problem::{Note, Problem, Tell, sentences};

/// Reads settings one by one. Collects the problems and reports them all at once.
pub struct Reader<'a> {
    source: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// A reader of `source`, which gives a value by the setting's name in lower case.
    pub fn new(source: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            source,
            faults: Vec::new(),
        }
    }

    /// The value of `setting`, or its default. Nothing if there is none or it is wrong; this is
    /// then noted as a problem.
    pub fn read<T>(&mut self, setting: &Setting<T>) -> Option<T> {
        match (self.given(setting), setting.fallback) {
            (Some(text), _) => self.parse(setting, &text),
            (None, Fallback::Value(text)) => self.parse(setting, text),
            (None, Fallback::Required | Fallback::Derived(_)) => {
                self.fault(setting, "is not set");
                None
            }
        }
    }

    /// The value of a setting that is needed here, whatever its default.
    pub fn required<T>(&mut self, setting: &Setting<T>) -> Option<T> {
        let Some(text) = self.given(setting) else {
            self.fault(setting, "is not set");
            return None;
        };
        self.parse(setting, &text)
    }

    /// The value of a setting that may be absent.
    pub fn read_optional<T>(&mut self, setting: &Setting<T>) -> Option<T> {
        let text = self.given(setting)?;
        self.parse(setting, &text)
    }

    /// How many problems there are so far.
    pub(super) fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Notes a problem of `setting` that other settings cause.
    pub(super) fn fault<T>(&mut self, setting: &Setting<T>, what: impl Into<String>) {
        let fault = Fault {
            setting: setting.name,
            what: what.into(),
            example: setting.example,
        };
        // Two groups may share a setting.
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// The settings, if nothing was wrong.
    ///
    /// # Errors
    /// With everything that was wrong.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, Misconfigured> {
        match settings {
            Some(settings) if self.faults.is_empty() => Ok(settings),
            _ => Err(Misconfigured {
                faults: self.faults,
            }),
        }
    }

    fn given<T>(&self, setting: &Setting<T>) -> Option<String> {
        (self.source)(&setting.variable()).filter(|text| !text.trim().is_empty())
    }

    fn parse<T>(&mut self, setting: &Setting<T>, text: &str) -> Option<T> {
        match (setting.parse)(text.trim()) {
            Ok(value) => Some(value),
            Err(what) => {
                self.fault(setting, what);
                None
            }
        }
    }
}

/// One thing that is wrong with one setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// The setting's name, as in the environment.
    pub setting: &'static str,
    /// What is wrong with it, as the rest of a sentence; or with the place of a part of it, in brackets.
    pub what: String,
    /// A valid value.
    pub example: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is wrong with a part of it begins with its place, as in `UPSTREAMS[2].url: …`.
        let space = if self.what.starts_with('[') { "" } else { " " };
        write!(
            f,
            "{}{space}{} (example: {})",
            self.setting, self.what, self.example
        )
    }
}

/// Everything that is wrong with the settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Misconfigured {
    /// In the order in which they are read.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Misconfigured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Misconfigured {}

/// The names of settings and their problems are for the operator. They are in the log and in the
/// answer, since nothing else works until they are right. They hold no value of a secret.
impl Tell for Misconfigured {
    fn problem(&self) -> Problem {
        let faults = self.faults.iter().map(ToString::to_string);
        Problem::new(500, &sentences::MISCONFIGURED).settings(faults.collect())
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note::detail(
            self.to_string().trim_end().replace('\n', "; "),
        ))
    }
}
