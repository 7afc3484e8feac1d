//! The programs as in a cluster: the time until each is ready, its memory, and whether clients notice that
//! replicas are replaced.

mod program;
mod roll_over;
mod starts;
mod weights;

use std::fmt;

use anyhow::Result;

use self::program::Site;
use self::roll_over::RollOver;
use self::starts::Starts;
use self::weights::Weights;
use crate::arguments::Arguments;

/// Everything about processes.
pub(crate) struct Processes {
    starts: Starts,
    weights: Weights,
    roll_over: RollOver,
}

/// Measures it all.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Processes> {
    let site = Site::new(arguments).await?;
    Ok(Processes {
        starts: starts::measure(&site, arguments.starts).await?,
        weights: weights::measure(&site, arguments).await?,
        roll_over: roll_over::measure()?,
    })
}

impl fmt::Display for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.starts)?;
        write!(f, "{}\n{}", self.weights, self.roll_over)
    }
}
