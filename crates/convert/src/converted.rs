//! The result, and the two forms in which it is written.

use serde_json::Value;
use url::Url;

use crate::given::Given;
use crate::row::{Fate, Line, Program};

/// Settings of ours, and sentences about what became none.
#[derive(Debug)]
pub struct Converted {
    program: &'static str,
    settings: Vec<(&'static str, String)>,
    redis: Option<String>,
    notes: Vec<String>,
    to_do: &'static [&'static str],
}

impl Converted {
    /// Makes it of what is given.
    pub(crate) fn of(program: &'static Program, given: &Given) -> Self {
        let mut made = Self {
            program: program.name,
            settings: Vec::new(),
            redis: None,
            notes: Vec::new(),
            to_do: program.to_do,
        };
        for row in program.rows() {
            for flag in row.flags {
                if let Some(values) = given.values(flag) {
                    made.take(flag, &row.fate, values);
                }
            }
        }
        made.leave_out_own_origin();
        for (name, value) in program.presets {
            if !made.settings.iter().any(|(set, _)| set == name) {
                made.settings.push((*name, (*value).to_owned()));
            }
        }
        for name in &given.unknown {
            let Program {
                name: of, release, ..
            } = program;
            made.notes
                .push(format!("{name}: unknown: {of} {release} has no such flag"));
        }
        if given.words > 0 {
            let words = given.words;
            made.notes.push(format!(
                "{words} words of the command line belong to no flag"
            ));
        }
        made
    }

    fn take(&mut self, flag: &str, fate: &Fate, values: &[String]) {
        let note = match fate {
            Fate::Becomes { how, .. } => {
                for line in how(values) {
                    self.line(flag, line);
                }
                return;
            }
            Fate::Always(sentence) => format!("needs nothing: {sentence}"),
            Fate::Elsewhere(sentence) => (*sentence).to_owned(),
            Fate::NotYet(sentence) => format!("not there yet: {sentence}"),
            Fate::Nothing(sentence) => format!("no counterpart: {sentence}"),
        };
        self.note(flag, &note);
    }

    fn line(&mut self, flag: &str, line: Line) {
        match line {
            Line::Note(sentence) => self.note(flag, &sentence),
            Line::Redis(address) if self.redis.is_none() => self.redis = Some(address),
            Line::Redis(_) => self.note(flag, "not taken: another flag names the Redis already"),
            Line::Setting(_, value) if value.chars().any(char::is_control) => {
                self.note(flag, "not taken: it has a control character");
            }
            Line::Setting(name, value) => self.setting(flag, name, value),
        }
    }

    /// Two flags may say the same.
    fn setting(&mut self, flag: &str, name: &'static str, value: String) {
        match self.settings.iter().find(|(set, _)| *set == name) {
            Some((_, set)) if *set == value => {}
            Some((_, set)) => {
                let note = format!("not taken: another flag has made {name} {set} already");
                self.note(flag, &note);
            }
            None => self.settings.push((name, value)),
        }
    }

    /// No app may be at the origin of `REDIRECT_URI`, where theirs often names itself.
    fn leave_out_own_origin(&mut self) {
        let own = self.value("REDIRECT_URI").and_then(|uri| {
            let url = Url::parse(uri).ok()?;
            Some(url.origin().ascii_serialization())
        });
        let apps = self.value("ALLOWED_RETURN_ORIGINS").unwrap_or_default();
        let others = apps.split(',').filter(|app| Some(*app) != own.as_deref());
        let others = others.collect::<Vec<_>>().join(",");
        if others == apps {
            return;
        }
        self.settings
            .retain(|(name, _)| *name != "ALLOWED_RETURN_ORIGINS");
        if !others.is_empty() {
            self.settings.push(("ALLOWED_RETURN_ORIGINS", others));
        }
        self.note(
            "whitelist-domain",
            "the origin of REDIRECT_URI is left out: no app may be there, since its scripts could fetch a kubeconfig",
        );
    }

    fn value(&self, name: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(set, _)| *set == name);
        found.map(|(_, value)| value.as_str())
    }

    fn note(&mut self, flag: &str, sentence: &str) {
        self.notes.push(format!("{flag}: {sentence}"));
    }

    /// Lines of an environment file, as `docker run --env-file` and `kubectl create configmap
    /// --from-env-file` read them: nothing is quoted.
    pub fn environment(&self) -> String {
        let mut text = self.head();
        for (name, value) in &self.settings {
            text += &format!("{name}={value}\n");
        }
        if let Some(address) = &self.redis {
            text += "# runtime-config.toml:\n";
            text += "#   [key_value_store.default]\n#   type = \"redis\"\n";
            text += &format!("#   url = {}\n", quoted(address));
        }
        text + &self.tail()
    }

    /// Values of the Helm chart.
    pub fn values(&self) -> String {
        let mut text = self.head();
        if !self.settings.is_empty() {
            text += "settings:\n";
        }
        for (name, value) in &self.settings {
            text += &format!("  {}: {}\n", camel(name), quoted(value));
        }
        if let Some(address) = &self.redis {
            text += &format!(
                "store:\n  type: redis\n  redis:\n    url: {}\n",
                quoted(address)
            );
        }
        text + &self.tail()
    }

    fn head(&self) -> String {
        format!(
            "# Of a configuration of {}, by aks-oauth-proxy convert.\n",
            self.program
        )
    }

    fn tail(&self) -> String {
        let to_do = self
            .to_do
            .iter()
            .map(|sentence| format!("# to do: {sentence}\n"));
        // A value in a sentence must not begin a line of its own.
        let notes = self
            .notes
            .iter()
            .map(|note| format!("# {}\n", note.replace(char::is_control, " ")));
        notes.chain(to_do).collect()
    }
}

/// A string of JSON is one of YAML and of TOML.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// As in the chart's values: `TENANT_ID` is `tenantId`.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    for word in name.to_ascii_lowercase().split('_') {
        let (first, rest) = word.split_at(word.len().min(1));
        match camel.is_empty() {
            true => camel.push_str(first),
            false => camel.push_str(&first.to_ascii_uppercase()),
        }
        camel.push_str(rest);
    }
    camel
}
