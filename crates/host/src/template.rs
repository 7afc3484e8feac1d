//! Templates: text with `{{ variable }}`, as in Spin's manifest.

/// A parsed template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Literal(String),
    Variable(String),
}

impl Template {
    /// Reads `text`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once("{{") {
            let (name, after) = after
                .split_once("}}")
                .ok_or_else(|| format!("`{text}` lacks a `}}}}`"))?;
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let name = name.trim();
            if !is_variable_name(name) {
                return Err(format!("`{name}` is not a variable's name"));
            }
            parts.push(Part::Variable(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// Its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// Its variable, if it is a variable and nothing else.
    pub(crate) fn only_variable(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Variable(name)] => Some(name),
            _ => None,
        }
    }

    /// The text with all variables replaced. A variable without a value is empty; [`crate::manifest`] rules
    /// that out.
    pub(crate) fn resolve<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> String {
        let mut text = String::new();
        for part in &self.0 {
            text.push_str(match part {
                Part::Literal(literal) => literal,
                Part::Variable(name) => value(name).unwrap_or_default(),
            });
        }
        text
    }
}

/// Spin's rule for names: words of `[a-z][a-z0-9]*`, joined by a single `_`.
pub(crate) fn is_variable_name(name: &str) -> bool {
    name.split('_').all(|word| {
        let is_letter_or_digit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(is_letter_or_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::{Template, is_variable_name};

    fn resolved(text: &str) -> Result<String, String> {
        let value = |name: &str| (name == "a_b").then_some("value");
        Template::parse(text).map(|template| template.resolve(value))
    }

    #[test]
    fn variables_and_literals_mix() {
        assert_eq!(
            resolved("x {{ a_b }} y{{a_b}}"),
            Ok("x value yvalue".to_owned())
        );
        assert_eq!(resolved("plain"), Ok("plain".to_owned()));
        assert_eq!(resolved(""), Ok(String::new()));
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in [
            "{{ a",
            "{{ A }}",
            "{{ }}",
            "{{ a__b }}",
            "{{ a_ }}",
            "{{ 1a }}",
            "{{ a-b }}",
        ] {
            assert!(resolved(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_spins() {
        assert!(is_variable_name("tenant_id"));
        assert!(is_variable_name("upstream_origin1"));
        assert!(!is_variable_name("upstream_origin_1"));
        assert!(!is_variable_name(""));
        assert!(!is_variable_name("_a"));
    }
}
