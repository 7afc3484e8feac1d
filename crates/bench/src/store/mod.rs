//! The cost of sessions: how often each route uses the store, with few records and with many, when a token
//! expires under load, and while expired records are swept.
//!
//! With the stack of the end-to-end tests: entra-sim, `serve`, a real Redis.

mod operations;
mod scale;
mod storm;
mod sweep;

use std::fmt;

use anyhow::Result;

use self::operations::Operations;
use self::scale::Scale;
use self::storm::Storm;
use self::sweep::Sweep;
use crate::arguments::Arguments;

/// Everything about sessions.
pub(crate) struct Sessions {
    operations: Operations,
    scales: Vec<Scale>,
    storm: Storm,
    sweep: Sweep,
}

/// Measures it all.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Sessions> {
    Ok(Sessions {
        operations: operations::measure(),
        scales: scale::measure(arguments).await?,
        storm: storm::measure(arguments.storm).await?,
        sweep: sweep::measure(arguments.swept_sign_ins),
    })
}

impl fmt::Display for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.operations)?;
        for scale in &self.scales {
            writeln!(f, "{scale}")?;
        }
        writeln!(f, "{}\n{}", self.storm, self.sweep)
    }
}
