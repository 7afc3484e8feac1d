//! A user's sign-ins that have not ended.

use crate::platform::{Platform, UnixTime};
use crate::session::grant::whole_hour;
use crate::session::grant_id::GrantName;
use crate::session::live::Live;
use crate::session::owner::Owner;
use crate::session::told::Told;
use crate::store::{Records, StoreFailure, store_key};
use crate::terms::{Browser, encoding};

/// The most sign-ins that are looked at, the latest first. Those that have ended are among them.
const MOST: usize = 25;
/// How much of a digest is an id, in characters.
const ID: usize = 16;

/// A sign-in that has not ended, as its user sees it.
pub struct Listed {
    /// Its id among those of its user.
    pub id: String,
    /// Where the user signed in.
    pub browser: Browser,
    /// When the user signed in; nothing if an older release did not keep it.
    pub at: Option<UnixTime>,
    /// The beginning of the hour in which a browser used it last. Kubeconfigs do not count.
    pub last_used: Option<UnixTime>,
    /// When it ends, used or not.
    pub end: UnixTime,
    /// Whether it is the one that asks.
    pub current: bool,
    grant: GrantName,
}

/// The sign-ins of the user of `session`, the latest first: no more than the store has in 25 slots, and none
/// that ends after more than `longest` seconds. One that idled out is among them, since its kubeconfigs may
/// be in force.
///
/// # Errors
/// When the store fails.
pub async fn listed<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
    longest: u64,
) -> Result<Vec<Listed>, StoreFailure> {
    let owner = Owner::user(records.keyring, &session.record.user);
    let asking = session.record.grant.name();
    let mut seen = Vec::new();
    let mut listed = Vec::new();
    for told in owner.latest(records, longest, MOST).await? {
        // A user who signs in again in the same browser continues the same grant.
        if seen.contains(&told.grant) {
            continue;
        }
        seen.push(told.grant.clone());
        listed.extend(open(records, told, &asking).await?);
    }
    Ok(listed)
}

/// Ends the sign-in `id` of the user of `session`, with its kubeconfigs and its apps. Gives its grant; nothing
/// if there is no such sign-in, or if it is that of `session` itself.
///
/// # Errors
/// When the store fails; a repetition continues where this stopped.
pub async fn end<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
    longest: u64,
    id: &str,
) -> Result<Option<GrantName>, StoreFailure> {
    let mut others = listed(records, session, longest).await?.into_iter();
    let Some(other) = others.find(|other| other.id == id && !other.current) else {
        return Ok(None);
    };
    other.grant.close(records, None).await?;
    Ok(Some(other.grant))
}

/// The sign-in, unless it has ended.
async fn open<P: Platform>(
    records: &Records<'_, P>,
    told: Told,
    asking: &GrantName,
) -> Result<Option<Listed>, StoreFailure> {
    let (grant, now) = (told.grant, records.platform.now());
    let end = match told.end {
        Some(end) => Some(end),
        None => grant.end(records).await?,
    };
    let Some(end) = end.filter(|end| *end > now) else {
        return Ok(None);
    };
    let current = grant == *asking;
    if !current && grant.is_closing(records).await? {
        return Ok(None);
    }
    let begun = told.at.map(whole_hour);
    let this_hour = Some(whole_hour(now));
    let last_used = if current || begun == this_hour {
        this_hour
    } else {
        grant.last_used(records).await?.max(begun)
    };
    Ok(Some(Listed {
        id: id(&grant),
        browser: told.browser,
        at: told.at,
        last_used,
        end,
        current,
        grant,
    }))
}

fn id(grant: &GrantName) -> String {
    let digest = encoding::sha256(&store_key("sign-in", grant.bytes()));
    digest.chars().take(ID).collect()
}

#[cfg(test)]
impl Listed {
    /// One for the tests of pages, made at `at`.
    pub(crate) fn double(id: &str, browser: Browser, at: UnixTime, current: bool) -> Self {
        Self {
            id: id.to_owned(),
            browser,
            at: Some(at),
            last_used: Some(whole_hour(at)),
            end: at.plus(28_800),
            current,
            grant: crate::session::grant_id::GrantId::new([1; 32]).name(),
        }
    }
}
