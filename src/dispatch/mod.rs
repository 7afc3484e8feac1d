//! Leads from a request to the function that answers it. This is the only way in.

mod cost;
mod document;
mod respond;
mod table;

#[cfg(test)]
mod tests;

pub use self::cost::Cost;
pub use self::document::markdown;
pub use self::respond::respond;
pub use self::table::{Function, Row};
