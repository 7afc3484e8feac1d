//! What a configuration says, before anything is made of it.

/// The flags that are given, in the order in which they came, and what is no flag.
#[derive(Default)]
pub(crate) struct Given {
    /// Flags that are known, each with its values.
    pub(crate) flags: Vec<(&'static str, Vec<String>)>,
    /// Names that are not known.
    pub(crate) unknown: Vec<String>,
    /// Words of the command line that belong to no flag: how many.
    pub(crate) words: usize,
}

impl Given {
    /// Puts `values` in the place of what was given before.
    pub(crate) fn set(&mut self, flag: &'static str, values: Vec<String>) {
        self.flags.retain(|(given, _)| *given != flag);
        self.flags.push((flag, values));
    }

    /// The values of a flag, if it is given.
    pub(crate) fn values(&self, flag: &str) -> Option<&[String]> {
        let found = self.flags.iter().find(|(given, _)| *given == flag);
        found.map(|(_, values)| values.as_slice())
    }

    /// Remembers a name that is not known.
    pub(crate) fn unknown(&mut self, name: &str) {
        if !self.unknown.iter().any(|known| known == name) {
            self.unknown.push(name.to_owned());
        }
    }
}
