//! Names with parts that differ from one kubeconfig to the next.

use super::kubernetes::name;

/// A name with parts that differ: `{name}@{cluster}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamePattern(Vec<Piece>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Piece {
    Text(String),
    Part(Part),
}

/// What can differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// The host of `PUBLIC_URL`, with the port if it is an unusual one.
    Host,
    /// What the cluster is called.
    Cluster,
    /// The user's name, for people.
    User,
    /// What the credential is called.
    Name,
}

impl NamePattern {
    /// Puts in what `part` gives.
    pub fn fill<'a>(&self, part: impl Fn(Part) -> &'a str) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            filled += match piece {
                Piece::Text(text) => text,
                Piece::Part(which) => part(*which),
            };
        }
        filled
    }
}

/// What a cluster is called: it is the same for everybody.
pub(in crate::settings) fn of_cluster(text: &str) -> Result<NamePattern, String> {
    parse(text, &[("host", Part::Host)])
}

/// What a context or a user is called.
pub(in crate::settings) fn of_credential(text: &str) -> Result<NamePattern, String> {
    parse(
        text,
        &[
            ("host", Part::Host),
            ("cluster", Part::Cluster),
            ("user", Part::User),
            ("name", Part::Name),
        ],
    )
}

fn parse(text: &str, parts: &[(&str, Part)]) -> Result<NamePattern, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let known = after.split_once('}').and_then(|(word, rest)| {
            let (_, part) = parts.iter().find(|(known, _)| *known == word)?;
            Some((*part, rest))
        });
        let (part, after) = known.ok_or_else(|| {
            let all: Vec<_> = parts
                .iter()
                .map(|(word, _)| format!("{{{word}}}"))
                .collect();
            format!("has braces around something else than {}", all.join(" "))
        })?;
        pieces.extend([Piece::Text(name(before)?), Piece::Part(part)]);
        rest = after;
    }
    pieces.push(Piece::Text(name(rest)?));
    Ok(NamePattern(pieces))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{Part, of_cluster, of_credential};

    #[test]
    fn each_part_is_put_in_once() {
        let given = |part| match part {
            Part::Host => "aks.example",
            Part::Cluster => "prod",
            Part::User => "alice@contoso.example",
            Part::Name => "{host}",
        };
        for (pattern, name) in [
            ("prod", "prod"),
            ("{host}", "aks.example"),
            ("{name}@{cluster}", "{host}@prod"),
            (
                "{user}/{name}@{cluster}",
                "alice@contoso.example/{host}@prod",
            ),
            ("a{host}b{host}c", "aaks.examplebaks.examplec"),
        ] {
            assert_eq!(of_credential(pattern).unwrap().fill(given), name);
        }
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        for pattern in [
            "{", "}", "{}", "{host", "host}", "{Host}", "{{host}}", "{oid}", "a b",
        ] {
            assert!(of_credential(pattern).is_err(), "{pattern}");
        }
        let said = of_cluster("{name}").unwrap_err();
        assert_eq!(said, "has braces around something else than {host}");
    }
}
