//! What a setting is.

/// One setting.
pub struct Setting<T> {
    /// As in the environment.
    pub name: &'static str,
    /// Its value when it is not given.
    pub fallback: Fallback,
    /// What it does, in one sentence for an operator.
    pub summary: &'static str,
    /// A valid value.
    pub example: &'static str,
    /// Parses text to a value. The error completes "NAME …".
    pub(super) parse: fn(&str) -> Result<T, String>,
}

/// The value of a setting that is not given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fallback {
    /// It must be given.
    Required,
    /// It is this value.
    Value(&'static str),
    /// It comes from other settings, as described.
    Derived(&'static str),
}

impl<T> Setting<T> {
    /// The Spin variable's name.
    pub fn variable(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}

/// A setting of any type, for documentation and for checks of `spin.toml`.
pub trait Described: Sync {
    /// As in the environment.
    fn name(&self) -> &'static str;
    /// Its value when it is not given.
    fn fallback(&self) -> Fallback;
    /// What it does.
    fn summary(&self) -> &'static str;
    /// A valid value.
    fn example(&self) -> &'static str;
}

impl<T> Described for Setting<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn fallback(&self) -> Fallback {
        self.fallback
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn example(&self) -> &'static str {
        self.example
    }
}
