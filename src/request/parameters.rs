//! The parameters of a query or form.

use super::bad::BadRequest;
use crate::terms::ReturnPath;

/// The parameters of a query or form.
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query, or a form in a body (`application/x-www-form-urlencoded`).
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// All parameters, in the order in which they came.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// When it is given more than once, which RFC 6749, section 3.1, forbids.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, BadRequest> {
        let mut values = self
            .0
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.as_str());
        let first = values.next();
        match values.next() {
            Some(_) => Err(BadRequest::Parameter(name, "is given more than once")),
            None => Ok(first),
        }
    }

    /// The return path in `rd`.
    ///
    /// # Errors
    /// When it is given more than once, or is not a path on this origin.
    pub fn return_path(&self) -> Result<Option<ReturnPath>, BadRequest> {
        let path = self.one("rd")?.map(ReturnPath::parse).transpose();
        path.map_err(|_| {
            BadRequest::Parameter("rd", "must be a plain path on this origin, such as /whoami")
        })
    }
}
