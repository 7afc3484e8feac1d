//! Variables of the environment, one by one.

/// A variable that cannot be understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wrong {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong with it, as the rest of a sentence. It holds no value of a header.
    pub what: String,
    /// A right value.
    pub example: &'static str,
}

/// A variable: how it is called, and how it is read.
pub(crate) struct Variable<T> {
    /// Its names; the first one that has a value counts.
    pub(crate) names: &'static [&'static str],
    pub(crate) example: &'static str,
    /// The value, or what is wrong with it as the rest of a sentence.
    pub(crate) parse: fn(&str) -> Result<T, String>,
}

/// Reads variables, and keeps what is wrong with them.
pub(crate) struct Reader<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<Wrong>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            environment,
            wrong: Vec::new(),
        }
    }

    /// The value of `variable`; nothing if it has none, or a wrong one. An empty value is none.
    pub(crate) fn read<T>(&mut self, variable: &Variable<T>) -> Option<T> {
        let (name, text) = variable.names.iter().find_map(|name| {
            let text = (self.environment)(name)?;
            let text = text.trim();
            (!text.is_empty()).then(|| (*name, text.to_owned()))
        })?;
        let parsed = (variable.parse)(&text);
        parsed
            .map_err(|what| {
                self.wrong.push(Wrong {
                    variable: name,
                    what,
                    example: variable.example,
                });
            })
            .ok()
    }

    /// `value`, if nothing was wrong.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Vec<Wrong>> {
        match self.wrong.is_empty() {
            true => Ok(value),
            false => Err(self.wrong),
        }
    }
}
