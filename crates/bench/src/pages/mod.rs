//! The pages: their size, how soon they show on a slow line, and their cost relative to the JSON of the same
//! routes.

mod cost;
mod visits;

use std::fmt;

use anyhow::Result;

use self::cost::Costs;
use self::visits::Visits;
use crate::arguments::Arguments;

/// Everything about pages.
pub(crate) struct Pages {
    visits: Visits,
    costs: Costs,
}

/// Measures it all.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Pages> {
    Ok(Pages {
        visits: visits::measure(arguments.visits).await?,
        costs: cost::measure(arguments).await?,
    })
}

impl fmt::Display for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.visits, self.costs)
    }
}
