//! The values of labels.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The value of a label: a word in the code, or a name that was read at the start. It is copied without
/// copying the text.
#[derive(Clone, Debug)]
pub enum Label {
    /// A word in the code.
    Word(&'static str),
    /// A name, such as a function's in `spin.toml`.
    Name(Arc<str>),
}

impl Label {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::Name(name) => name,
        }
    }
}

impl From<&'static str> for Label {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<Arc<str>> for Label {
    fn from(name: Arc<str>) -> Self {
        Self::Name(name)
    }
}

impl PartialEq for Label {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Label {}

impl Hash for Label {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
