//! Limits the log lines of a lasting trouble: one line a minute, with the count since the last.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two lines.
const EVERY: Duration = Duration::from_secs(60);

/// A trouble that may last.
#[derive(Debug, Default)]
pub struct Complaint {
    untold: u64,
    told: Option<Instant>,
}

impl Complaint {
    /// Counts one more. Returns the count since the last line, if a line is due.
    pub fn add(&mut self) -> Option<u64> {
        self.untold += 1;
        if self.told.is_some_and(|told| told.elapsed() < EVERY) {
            return None;
        }
        self.told = Some(Instant::now());
        Some(std::mem::take(&mut self.untold))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::{Complaint, EVERY};

    #[tokio::test(start_paused = true)]
    async fn it_is_told_at_once_and_then_once_a_minute_with_all_that_was_not_told() {
        let mut complaint = Complaint::default();
        assert_eq!(complaint.add(), Some(1));
        assert_eq!((complaint.add(), complaint.add()), (None, None));
        advance(EVERY).await;
        assert_eq!(complaint.add(), Some(3));
        assert_eq!(complaint.add(), None);
    }
}
