//! What a store answers.

/// The error is for the component.
pub(crate) type Result<T> = std::result::Result<T, String>;
