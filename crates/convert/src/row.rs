//! What is known of another proxy.

/// A proxy that people move from.
pub struct Program {
    /// What it is called.
    pub(crate) name: &'static str,
    /// The release whose flags these are.
    pub(crate) release: &'static str,
    /// Whether it has a configuration file.
    pub(crate) has_file: bool,
    /// Its flags, by subject.
    pub(crate) sections: &'static [Section],
    /// Settings that hold unless a flag says otherwise, since the other proxy works so.
    pub(crate) presets: &'static [(&'static str, &'static str)],
    /// What no flag says, and has to be done.
    pub(crate) to_do: &'static [&'static str],
}

impl Program {
    /// The row of a flag.
    pub(crate) fn row(&self, flag: &str) -> Option<&'static Row> {
        self.rows().find(|row| row.flags.contains(&flag))
    }

    /// Every row.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &'static Row> + use<> {
        self.sections.iter().flat_map(|section| section.rows)
    }
}

/// Flags of one subject.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) rows: &'static [Row],
}

/// Flags, and what becomes of them.
pub(crate) struct Row {
    /// Their names, without the hyphens in front.
    pub(crate) flags: &'static [&'static str],
    pub(crate) takes: Takes,
    pub(crate) fate: Fate,
}

/// What follows a flag on a command line.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Takes {
    /// Nothing, or `=true` or `=false`.
    Nothing,
    /// One value.
    One,
    /// Values separated by commas; the flag may be given several times.
    Several,
}

/// What becomes of a flag.
pub(crate) enum Fate {
    /// Settings of ours, or the store.
    Becomes {
        /// Their names.
        what: &'static [&'static str],
        how: How,
        /// A sentence for people.
        note: &'static str,
    },
    /// It is always so here.
    Always(&'static str),
    /// It is said in another place than the settings.
    Elsewhere(&'static str),
    /// A later release will have it.
    NotYet(&'static str),
    /// Nothing corresponds to it.
    Nothing(&'static str),
}

/// From the values of a flag to ours.
pub(crate) type How = fn(&[String]) -> Vec<Line>;

/// A line of the result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Line {
    /// A setting and its value.
    Setting(&'static str, String),
    /// The address of the Redis with the sessions.
    Redis(String),
    /// A sentence.
    Note(String),
}

/// A row that becomes settings.
pub(crate) const fn becomes(
    flags: &'static [&'static str],
    takes: Takes,
    what: &'static [&'static str],
    how: How,
    note: &'static str,
) -> Row {
    let fate = Fate::Becomes { what, how, note };
    Row { flags, takes, fate }
}

/// A row of what is always so.
pub(crate) const fn always(
    flags: &'static [&'static str],
    takes: Takes,
    sentence: &'static str,
) -> Row {
    let fate = Fate::Always(sentence);
    Row { flags, takes, fate }
}

/// A row of what is said elsewhere.
pub(crate) const fn elsewhere(
    flags: &'static [&'static str],
    takes: Takes,
    sentence: &'static str,
) -> Row {
    let fate = Fate::Elsewhere(sentence);
    Row { flags, takes, fate }
}

/// A row of what is to come.
pub(crate) const fn not_yet(
    flags: &'static [&'static str],
    takes: Takes,
    sentence: &'static str,
) -> Row {
    let fate = Fate::NotYet(sentence);
    Row { flags, takes, fate }
}

/// A row without a counterpart.
pub(crate) const fn nothing(
    flags: &'static [&'static str],
    takes: Takes,
    sentence: &'static str,
) -> Row {
    let fate = Fate::Nothing(sentence);
    Row { flags, takes, fate }
}
