//! Grants of one browser that follow each other. A grant has a hundred places for handles. When they are
//! taken, the next sign-in makes a new grant, and the old one goes on: a kubeconfig may be on it. For the
//! user it is still one sign-in, so a sign-out ends all of them.

use super::grant_id::GrantName;
use crate::platform::Platform;
use crate::store::{Records, StoreFailure};

/// The kind of the record that names the grant before this one.
pub(super) const BEFORE: &str = "grant-before";
/// The kind of the record that names the grant after this one.
pub(super) const AFTER: &str = "grant-after";

/// So many grants are followed in each direction. A grant takes a hundred handles, so that nobody has more
/// in the time of a session.
const LONGEST: usize = 50;

impl GrantName {
    /// Notes that this new grant follows `before` in the same browser.
    pub(super) async fn follow<P: Platform>(
        &self,
        records: &Records<'_, P>,
        before: &Self,
    ) -> Result<(), StoreFailure> {
        records.write(AFTER, before.bytes(), &[], self).await?;
        records.write(BEFORE, self.bytes(), &[], before).await
    }

    /// The other grants of this succession that are open. What leads from one to the next stays when one is
    /// ended, so a walk that a crash has cut off can be repeated.
    pub(super) async fn succession<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Vec<Self>, StoreFailure> {
        let mut all = Vec::new();
        for direction in [BEFORE, AFTER] {
            let mut grants: Vec<Self> = Vec::new();
            while grants.len() < LONGEST {
                let from = grants.last().unwrap_or(self);
                let next: Option<Self> = records.read(direction, from.bytes(), &[]).await?;
                let Some(next) = next else {
                    break;
                };
                grants.push(next);
            }
            all.extend(grants);
        }
        let mut open = Vec::new();
        for grant in all {
            if grant.is_open(records).await? {
                open.push(grant);
            }
        }
        Ok(open)
    }
}
