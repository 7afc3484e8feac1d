//! Reads JSON and collects everything that is wrong with it.

use serde_json::{Map, Value};

/// What is wrong, each with its place.
pub(super) type Faults = Vec<String>;

/// The fields of one object.
pub(super) struct Fields<'a> {
    place: String,
    fields: Map<String, Value>,
    faults: &'a mut Faults,
}

impl<'a> Fields<'a> {
    /// Those of `value`, which is at `place`. Nothing if it is no object.
    pub(super) fn of(value: Value, place: String, faults: &'a mut Faults) -> Option<Self> {
        let Value::Object(fields) = value else {
            faults.push(format!("{place}: must be an object"));
            return None;
        };
        Some(Self {
            place,
            fields,
            faults,
        })
    }

    /// The text of a field that must be there.
    pub(super) fn needed<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.fields.contains_key(name) {
            self.fault(name, "is missing");
            return None;
        }
        self.text(name, read)
    }

    /// The text of a field, if it is there.
    pub(super) fn text<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let read = match self.fields.remove(name)? {
            Value::String(text) => read(&text),
            _ => Err("must be a text".to_owned()),
        };
        read.map_err(|what| self.fault(name, &what)).ok()
    }

    /// The whole number of a field, if it is there.
    pub(super) fn number(&mut self, name: &str) -> Option<u64> {
        let number = self.fields.remove(name)?.as_u64();
        if number.is_none() {
            self.fault(name, "must be a whole number");
        }
        number
    }

    /// Whether a field says yes, if it is there.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = self.fields.remove(name)?.as_bool();
        if flag.is_none() {
            self.fault(name, "must be true or false");
        }
        flag
    }

    /// The texts of a field, if it is there. One that lists nothing is taken for a slip.
    pub(super) fn texts<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let mut texts = Vec::new();
        for (at, value) in self.list(name)?.into_iter().enumerate() {
            let text = match value {
                Value::String(text) => read(&text),
                _ => Err("must be a text".to_owned()),
            };
            match text {
                Ok(text) => texts.push(text),
                Err(what) => self.fault(&format!("{name}[{at}]"), &what),
            }
        }
        Some(texts)
    }

    /// The entries of a field, if it is there.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        match self.fields.remove(name)? {
            Value::Array(entries) if entries.is_empty() => self.fault(name, "lists nothing"),
            Value::Array(entries) => return Some(entries),
            _ => self.fault(name, "must be a list"),
        }
        None
    }

    /// The fields of a field that is an object, if it is there.
    pub(super) fn object(&mut self, name: &str) -> Option<Fields<'_>> {
        let value = self.fields.remove(name)?;
        Fields::of(value, format!("{}.{name}", self.place), self.faults)
    }

    /// Its names and texts, all of them.
    pub(super) fn pairs(&mut self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for (name, value) in std::mem::take(&mut self.fields) {
            match value {
                Value::String(text) => pairs.push((name, text)),
                _ => self.fault(&name, "must be a text"),
            }
        }
        pairs
    }

    /// The fields of an entry of the field `name`.
    pub(super) fn entry(&mut self, name: &str, at: usize, value: Value) -> Option<Fields<'_>> {
        Fields::of(value, format!("{}.{name}[{at}]", self.place), self.faults)
    }

    /// Notes what is wrong with a field.
    pub(super) fn fault(&mut self, name: &str, what: &str) {
        self.faults.push(format!("{}.{name}: {what}", self.place));
    }

    /// Notes every field that has not been read.
    pub(super) fn finish(mut self) {
        for name in std::mem::take(&mut self.fields).keys() {
            self.fault(name, "is no field that is known here");
        }
    }
}
