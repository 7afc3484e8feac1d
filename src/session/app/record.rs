//! What an app cookie opens.

use serde::{Deserialize, Serialize};

use super::scope::Scope;
use crate::platform::{Platform, UnixTime};
use crate::session::claims::CLAIMS;
use crate::session::grant_id::GrantId;
use crate::session::handle::{Handle, Record};
use crate::session::live::{Found, Live, find, find_all, in_force, open_found, seen_in_force};
use crate::store::{Records, StoreFailure};
use crate::terms::User;

/// What an app cookie opens: the grant of a sign-in, for the answers to forward-auth.
#[derive(Clone, Deserialize, Serialize)]
pub struct AppRecord {
    /// Whose it is.
    pub user: User,
    /// When it ends: with the session from which it comes.
    pub end: UnixTime,
    /// The grant that it opens.
    pub grant: GrantId,
    /// Where it counts.
    pub scope: Scope,
}

impl AppRecord {
    /// Whether both open the same, at the same hosts, for as long.
    fn is_same(&self, other: &Self) -> bool {
        let grants = self.grant.name() == other.grant.name();
        grants && self.scope == other.scope && self.end == other.end
    }
}

impl Record for AppRecord {
    const AHEAD: &'static str = CLAIMS;
    const KIND: &'static str = "app";

    fn user(&self) -> &User {
        &self.user
    }

    fn end(&self) -> UnixTime {
        self.end
    }

    fn grant(&self) -> &GrantId {
        &self.grant
    }
}

/// Makes an app cookie's handle, unless that of `before` opens the same: a browser that is led here again
/// and again fills no list. Its secret may leave only after this. Nothing if the grant is closing.
///
/// # Errors
/// When the store fails; what was written by then is swept.
pub async fn issue<P: Platform>(
    records: &Records<'_, P>,
    record: AppRecord,
    before: Option<Handle<AppRecord>>,
) -> Result<Option<Live<AppRecord>>, StoreFailure> {
    if let Some(handle) = before
        && let Some(app) = find(records, handle).await?
        && app.record.is_same(&record)
    {
        let closing = record.grant.name().is_closing(records).await?;
        return Ok((!closing).then_some(app));
    }
    let handle: Handle<AppRecord> = Handle::new(records.platform.bytes32());
    let made = handle.create(records, &record).await?;
    Ok(made.then_some(Live::new(handle, record)))
}

/// The session, if app cookies can come of it: its sign-in was for apps, and its grant's list has room for
/// another handle. Otherwise the user signs in anew, which makes a new grant if the list is full.
///
/// # Errors
/// When the store fails.
pub async fn for_apps<P: Platform>(
    records: &Records<'_, P>,
    session: Option<Live>,
) -> Result<Option<Live>, StoreFailure> {
    let Some(session) = session else {
        return Ok(None);
    };
    let grant = session.record.grant.name();
    let is_for_apps = records.exists(CLAIMS, grant.bytes()).await?;
    let has_room = is_for_apps && !grant.handles().is_full(records).await?;
    Ok(has_room.then_some(session))
}

/// Opens the grant of the app cookie `handle` where it is for exactly `scope`, unless it has ended, or its
/// sign-in idled out. This use counts against idling.
///
/// # Errors
/// When the store fails, which ends nothing.
pub async fn open<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle<AppRecord>,
    scope: &Scope,
    idle: u64,
) -> Result<Option<Live<AppRecord>>, StoreFailure> {
    let found = find(records, handle).await?;
    // A cookie that was carried to another host does not count, and keeps nothing alive. Neither does that of
    // a larger domain than the setting has now: apps that are beside it have seen it.
    match found.filter(|app| app.record.scope == *scope) {
        Some(app) => in_force(records, app, idle).await,
        None => Ok(None),
    }
}

/// Opens many, each where it is for exactly its scope, as [`open`] does. Two questions, however many there are.
pub async fn open_all<P: Platform>(
    records: &Records<'_, P>,
    handles: Vec<(Handle<AppRecord>, &Scope)>,
    idle: u64,
) -> Vec<Found<Live<AppRecord>>> {
    let (handles, scopes): (Vec<_>, Vec<_>) = handles.into_iter().unzip();
    let mut all = find_all(records, handles).await;
    for (found, scope) in all.iter_mut().zip(scopes) {
        if let Ok(app) = found {
            app.take_if(|app| app.record.scope != *scope);
        }
    }
    let mark = |app: &AppRecord| app.grant.idle_key();
    let in_force = async |app, glance| seen_in_force(records, app, glance, idle).await;
    open_found(records, all, mark, in_force).await
}
