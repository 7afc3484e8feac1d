//! What a request may cost.

/// The most that one request without a session may cost, whatever it sends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cost {
    /// Reads of the store: `get` and `exists`.
    pub reads: usize,
    /// Writes to the store: `set`, `delete` and `increment`.
    pub writes: usize,
    /// Calls to other services. Each try counts.
    pub calls: usize,
}

impl Cost {
    /// It reaches nothing.
    pub const NOTHING: Self = Self {
        reads: 0,
        writes: 0,
        calls: 0,
    };

    /// It reads the store this often, and reaches nothing else.
    pub const fn reads(reads: usize) -> Self {
        Self {
            reads,
            ..Self::NOTHING
        }
    }
}
