//! The kinds of stores.

use std::sync::Arc;

use super::redis::Redis;
use super::sqlite::Sqlite;

/// A key-value backend.
#[derive(Clone)]
pub(crate) enum Backend {
    Redis(Arc<Redis>),
    Sqlite(Arc<Sqlite>),
}
