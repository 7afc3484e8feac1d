//! What a store answers.

/// What went wrong, for the component.
pub(crate) type Result<T> = std::result::Result<T, String>;
