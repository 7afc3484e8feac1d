//! Whether this machine's time is Entra's: tokens live by it.

use time::OffsetDateTime;

use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Clock;

/// Compares `theirs` with `ours`. `tolerance` is `CLOCK_TOLERANCE_SECONDS`.
pub(crate) fn check(theirs: Option<OffsetDateTime>, ours: OffsetDateTime, tolerance: u64) -> Row {
    let Some(theirs) = theirs else {
        return Row::skipped(NAME, "Entra's answer had no Date");
    };
    let seconds = (ours - theirs).whole_seconds();
    let seen = match seconds {
        -1..=1 => "it is Entra's".to_owned(),
        ahead @ 2.. => format!("it is {ahead} seconds ahead of Entra's"),
        behind => format!("it is {} seconds behind Entra's", behind.unsigned_abs()),
    };
    if seconds.unsigned_abs() <= tolerance {
        return Row::ok(NAME, seen);
    }
    let remedy = format!(
        "set this node's clock (chrony): more than CLOCK_TOLERANCE_SECONDS ({tolerance}) lets tokens \
         end too early, or begin too late"
    );
    Row::failed(NAME, seen, remedy)
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};

    use super::check;
    use crate::row::Status;

    #[test]
    fn a_clock_may_differ_by_as_much_as_the_setting_says() {
        let ours = OffsetDateTime::UNIX_EPOCH;
        let status = |seconds| check(Some(ours + Duration::seconds(seconds)), ours, 60).status;
        for seconds in [0, 1, -1, 60, -60] {
            assert_eq!(status(seconds), Status::Ok, "{seconds}");
        }
        for seconds in [61, -61, 86_400, -86_400] {
            assert_eq!(status(seconds), Status::Failed, "{seconds}");
        }
        assert_eq!(check(None, ours, 60).status, Status::Skipped);
    }
}
