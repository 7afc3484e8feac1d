//! A session that is in force: opened at each request, ended at sign-out.

use super::claims::{CLAIMS, Claims};
use super::grant::{self, Ahead, Glance, TOKENS};
use super::grant_id::GrantId;
use super::handle::{Handle, HandleRecord, Record};
use super::tokens::Tokens;
use crate::log::Event;
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure};
use crate::terms::User;

/// A session that is in force. Only [`resume`], [`peek`], [`find`] and a sign-in make one. With
/// another kind of handle it is something else that opens its grant.
pub struct Live<R = HandleRecord> {
    /// The secret that the client holds.
    pub handle: Handle<R>,
    /// What it opens.
    pub record: R,
    /// What of the grant was read when it was opened.
    ahead: Ahead,
}

/// What there is about one of many.
pub(super) type Found<T> = Result<Option<T>, StoreFailure>;

/// The holder of a handle of a grant. The handle may be of any kind.
#[derive(Clone)]
pub struct Holder<'a> {
    /// The user whose it is.
    pub user: &'a User,
    /// The grant.
    pub grant: &'a GrantId,
    /// When the handle ends.
    pub end: UnixTime,
    /// What stands for the handle in logs.
    pub fingerprint: String,
    /// The store key of its record.
    store_key: String,
    ahead: &'a Ahead,
}

impl Holder<'_> {
    /// The grant's tokens; nothing if it has ended. Who asks first gets what was read when the handle was
    /// opened. Who asks again gets what there is by then.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<Tokens>, StoreFailure> {
        self.grant.read_once(records, TOKENS, self.ahead).await
    }

    /// What apps are told of the user, in the same way; nothing if its sign-in was not for apps.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn claims<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<Claims>, StoreFailure> {
        self.grant.read_once(records, CLAIMS, self.ahead).await
    }
}

impl<R: Record> Live<R> {
    /// What `handle` opens.
    pub(super) fn new(handle: Handle<R>, record: R) -> Self {
        Self {
            handle,
            record,
            ahead: Ahead::default(),
        }
    }

    /// The same, of whose grant this was read `ahead`.
    pub(super) fn with(self, ahead: Ahead) -> Self {
        Self { ahead, ..self }
    }

    /// The holder of its handle.
    pub fn holder(&self) -> Holder<'_> {
        Holder {
            user: self.record.user(),
            grant: self.record.grant(),
            end: self.record.end(),
            fingerprint: self.handle.fingerprint(),
            store_key: self.handle.store_key(),
            ahead: &self.ahead,
        }
    }

    /// `event`, with whose it is and what stands for the handle in logs.
    pub fn about<'a>(&'a self, event: Event<'a>) -> Event<'a> {
        Event {
            session: Some(self.handle.fingerprint()),
            ..event.of(self.record.user())
        }
    }
}

/// Opens the session of `handle`, unless it has ended. This looks at its record, its end, and its
/// grant's closing counter and idle mark. This use counts against idling.
///
/// # Errors
/// When the store fails, which ends no session.
pub async fn resume<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle,
    idle: u64,
) -> Result<Option<Live>, StoreFailure> {
    match find(records, handle).await? {
        Some(session) => in_force(records, session, idle).await,
        None => Ok(None),
    }
}

/// What was found by its handle, unless its grant is closing or idled out. This use counts.
pub(super) async fn in_force<P: Platform, R: Record>(
    records: &Records<'_, P>,
    found: Live<R>,
    idle: u64,
) -> Result<Option<Live<R>>, StoreFailure> {
    let grant = found.record.grant();
    let glance = grant.glance(records, grant.idle_key(), R::AHEAD).await?;
    seen_in_force(records, found, glance, idle).await
}

/// The same, once there was a `glance` at its grant.
pub(super) async fn seen_in_force<P: Platform, R: Record>(
    records: &Records<'_, P>,
    found: Live<R>,
    glance: Glance,
    idle: u64,
) -> Result<Option<Live<R>>, StoreFailure> {
    if glance.is_closing {
        return Ok(None);
    }
    let mark = glance.mark.as_deref();
    let grant = found.record.grant();
    let in_force = grant.touch(records, mark, idle).await?;
    Ok(in_force.then(|| found.with(glance.ahead)))
}

/// As [`resume`], but it writes nothing: this use does not count.
///
/// # Errors
/// When the store fails.
pub async fn peek<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle,
    idle: u64,
) -> Result<Option<Live>, StoreFailure> {
    let Some(session) = find(records, handle).await? else {
        return Ok(None);
    };
    let grant = &session.record.grant;
    if grant.name().is_closing(records).await? {
        return Ok(None);
    }
    let unused = grant.unused(records, idle).await?;
    Ok(unused.is_some().then_some(session))
}

/// The record of `handle` if its end has not come, even if it idled out or is closing. It is enough
/// to sign out, and for nothing else.
///
/// # Errors
/// When the store fails.
pub async fn find<P: Platform, R: Record>(
    records: &Records<'_, P>,
    handle: Handle<R>,
) -> Result<Option<Live<R>>, StoreFailure> {
    Ok(handle
        .record(records)
        .await?
        .map(|record| Live::new(handle, record)))
}

/// What each of `handles` opens, as [`find`] says. One question.
pub(super) async fn find_all<P: Platform, R: Record>(
    records: &Records<'_, P>,
    handles: Vec<Handle<R>>,
) -> Vec<Found<Live<R>>> {
    let keys: Vec<String> = handles.iter().map(Handle::store_key).collect();
    let sealed = match records.sealed_all(&keys).await {
        Ok(sealed) => sealed,
        Err(failure) => return handles.iter().map(|_| Err(failure.clone())).collect(),
    };
    let found = handles.into_iter().zip(sealed).map(|(handle, sealed)| {
        let record = handle.opened(records, sealed.as_deref())?;
        Ok(record.map(|record| Live::new(handle, record)))
    });
    found.collect()
}

/// Opens each that was `found`: there is a glance at its grant, and at the mark whose store key `mark` says, and then
/// `in_force` decides. One question for all glances.
pub(super) async fn open_found<P: Platform, R: Record>(
    records: &Records<'_, P>,
    found: Vec<Found<Live<R>>>,
    mark: impl Fn(&R) -> String,
    in_force: impl AsyncFn(Live<R>, Glance) -> Found<Live<R>>,
) -> Vec<Found<Live<R>>> {
    let there = found.iter().flatten().flatten().map(|live| &live.record);
    let grants = there.map(|record| (record.grant().name(), mark(record)));
    let mut glances = match grant::glance_all(records, grants.collect()).await {
        Ok(glances) => glances.into_iter(),
        Err(failure) => return found.iter().map(|_| Err(failure.clone())).collect(),
    };
    let mut opened = Vec::with_capacity(found.len());
    for found in found {
        let live = found.map(|live| live.and_then(|live| Some((live, glances.next()?))));
        opened.push(match live {
            Ok(Some((live, glance))) => in_force(live, glance).await,
            Ok(None) => Ok(None),
            Err(failure) => Err(failure),
        });
    }
    opened
}

/// Ends the grant of `holder` with all its handles, and those that it has followed or that have followed it
/// in the same browser. Every step may be repeated. The handle goes last.
///
/// # Errors
/// When the store fails; a repetition continues where this stopped.
pub async fn end<P: Platform>(
    records: &Records<'_, P>,
    holder: &Holder<'_>,
) -> Result<(), StoreFailure> {
    let asking = holder.store_key.as_str();
    let grant = holder.grant.name();
    for other in grant.succession(records).await? {
        other.close(records, None).await?;
    }
    grant.close(records, Some(asking)).await?;
    records.delete_keys(&[asking.to_owned()]).await
}
