//! Why there is no way to the collector.

use std::{error, fmt};

/// There is no way to the collector, for a reason that an operator must mend.
#[derive(Debug)]
pub struct Unusable(pub(crate) String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Unusable {}
