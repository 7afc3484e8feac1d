//! GUIDs: Entra's ids of tenants, applications, users and groups.

use std::fmt;

/// A GUID in lower case, as Entra writes tenants and applications.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Guid(String);

impl Guid {
    /// Reads `8-4-4-4-12` hexadecimal digits, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let groups: Vec<&str> = text.split('-').collect();
        let shaped = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
            && groups
                .iter()
                .all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()));
        shaped.then(|| Self(text.to_ascii_lowercase()))
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
