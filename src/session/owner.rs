//! The owners of grants: each user, and each of Entra's session ids (`sid`). An owner has, for each
//! day, a list of the grants that end on it. So all of them can be ended at once.

use super::expiry::{self, Entry};
use super::grant_id::GrantName;
use super::live::Live;
use super::told::Told;
use crate::platform::{Platform, UnixTime};
use crate::settings::LONGEST_SESSION;
use crate::store::{Keyring, List, ListKind, Records, StoreFailure, store_key};
use crate::terms::User;

/// Counts how often everything of an owner was ended.
const CLOSINGS: &str = "endings";
/// The names of an owner's grants that end on one day.
const GRANTS: ListKind = ListKind {
    counter: "grants",
    slot: "grant",
    bound: 10_000,
};

/// What the user is told of them. Each stands beside the slot of the same number, which an older release
/// reads too.
const TOLD: ListKind = ListKind {
    slot: "sign-in",
    ..GRANTS
};

const DAY: u64 = 24 * 3600;

/// An owner of grants. Its names are made with the operator's secrets, so a reader of the store
/// cannot look anybody up in it.
pub struct Owner {
    names: Vec<[u8; 32]>,
}

impl Owner {
    /// The user, by `tid` and `oid`.
    pub fn user(keyring: &Keyring, user: &User) -> Self {
        Self {
            names: keyring.names("user", &user.key()),
        }
    }

    /// A session at Entra, by the claim `sid`.
    pub fn sid(keyring: &Keyring, sid: &str) -> Self {
        Self {
            names: keyring.names("sid", sid),
        }
    }

    /// Lists a grant that ends at `end`, with what its user is told of it, if this owner is a user.
    pub(super) async fn enlist<P: Platform>(
        &self,
        records: &Records<'_, P>,
        grant: &GrantName,
        end: UnixTime,
        told: Option<&Told>,
    ) -> Result<(), StoreFailure> {
        let Some(name) = self.names.first() else {
            return Ok(());
        };
        let day = end.0 / DAY;
        let list = list(GRANTS, name, day);
        let over = UnixTime((day + 1) * DAY);
        if !list.exists(records).await? {
            expiry::note(records, over, &Entry::Keys(vec![list.counter_key()])).await?;
        }
        let slot = list.take(records).await?;
        let beside = self::list(TOLD, name, day);
        let mut keys = vec![list.slot_key(slot)];
        keys.extend(told.map(|_| beside.slot_key(slot)));
        expiry::note(records, over, &Entry::Keys(keys)).await?;
        list.put(records, slot, grant).await?;
        match told {
            Some(told) => beside.put(records, slot, told).await,
            None => Ok(()),
        }
    }

    /// What is told of the sign-ins that this owner made last, the latest first: of at most `most` slots,
    /// of the days up to `longest` seconds from now. Some of them may have ended.
    pub(super) async fn latest<P: Platform>(
        &self,
        records: &Records<'_, P>,
        longest: u64,
        most: usize,
    ) -> Result<Vec<Told>, StoreFailure> {
        let now = records.platform.now();
        let (first, last) = (now.0 / DAY, now.plus(longest).0 / DAY);
        let (mut latest, mut left) = (Vec::new(), most);
        for day in (first..=last).rev() {
            for name in &self.names {
                let (list, beside) = (list(GRANTS, name, day), list(TOLD, name, day));
                for slot in (1..=list.length(records).await?).rev() {
                    if left == 0 {
                        return Ok(latest);
                    }
                    left -= 1;
                    let told = match beside.get(records, slot).await? {
                        Some(told) => Some(told),
                        // An older release wrote it.
                        None => list.get(records, slot).await?.map(Told::nothing_but),
                    };
                    latest.extend(told);
                }
            }
        }
        Ok(latest)
    }

    /// How often everything of this owner was ended. A sign-in is withdrawn if this changes
    /// meanwhile.
    pub(super) async fn closings<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<i64, StoreFailure> {
        let mut closings = 0;
        for name in &self.names {
            if records.exists(CLOSINGS, name).await? {
                // A read during the sweep creates the counter anew, so it needs this entry.
                self.note_closings(records, name).await?;
                closings += records.count(CLOSINGS, name).await?;
            }
        }
        Ok(closings)
    }

    /// Whether this owner has any grant, or had one lately.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_known<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, StoreFailure> {
        for list in self.lists(records.platform.now()) {
            if list.exists(records).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ends all grants of this owner but that of `asking`, which the caller ends last. Returns
    /// those that it ended.
    ///
    /// # Errors
    /// When the store fails; a repetition continues where this stopped.
    pub async fn end_all<P: Platform>(
        &self,
        records: &Records<'_, P>,
        asking: Option<&Live>,
    ) -> Result<Vec<GrantName>, StoreFailure> {
        let now = records.platform.now();
        let asking = asking.map(|session| session.record.grant.name());
        for name in &self.names {
            self.note_closings(records, name).await?;
            records.increment(CLOSINGS, name).await?;
        }
        let mut ended = Vec::new();
        for list in self.lists(now) {
            for slot in 1..=list.length(records).await? {
                let grant: Option<GrantName> = list.get(records, slot).await?;
                if let Some(grant) = grant.filter(|grant| Some(grant) != asking.as_ref())
                    && is_open(records, &grant, now).await?
                {
                    grant.close(records, None).await?;
                    ended.push(grant);
                }
            }
        }
        Ok(ended)
    }

    async fn note_closings<P: Platform>(
        &self,
        records: &Records<'_, P>,
        name: &[u8],
    ) -> Result<(), StoreFailure> {
        let end = records.platform.now().plus(DAY);
        let keys = vec![store_key(CLOSINGS, name)];
        expiry::note(records, end, &Entry::Keys(keys)).await
    }

    /// The lists that can hold grants that have not ended.
    fn lists(&self, now: UnixTime) -> impl Iterator<Item = List> {
        let days = now.0 / DAY..=now.plus(LONGEST_SESSION + DAY).0 / DAY;
        self.names
            .iter()
            .flat_map(move |name| days.clone().map(|day| list(GRANTS, name, day)))
    }
}

async fn is_open<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    now: UnixTime,
) -> Result<bool, StoreFailure> {
    let lasts = grant.end(records).await?.is_some_and(|end| end > now);
    Ok(lasts && !grant.is_closing(records).await?)
}

fn list(kind: ListKind, owner: &[u8; 32], day: u64) -> List {
    List::new(kind, [owner.as_slice(), &day.to_be_bytes()].concat())
}
