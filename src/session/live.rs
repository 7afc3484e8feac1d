//! The life of a session: made at the callback, opened at each request, ended at sign-out.

use super::SessionError;
use super::grant::GrantId;
use super::handle::{Handle, HandleRecord};
use super::records::Records;
use super::tokens::Tokens;
use crate::identity::User;
use crate::platform::{Platform, UnixTime};
use crate::return_path::ReturnPath;

/// A session that is in force: only [`resume`] and [`create`] make one.
pub struct Live {
    /// The secret that the client holds.
    pub handle: Handle,
    /// What it opens.
    pub record: HandleRecord,
}

/// Opens the session of `handle`, unless it has ended: its record, its end, its grant's closing
/// counter and idle mark are looked at, and this use counts against idling.
///
/// # Errors
/// When the store fails, which ends no session.
pub async fn resume<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle,
    idle: u64,
) -> Result<Option<Live>, SessionError> {
    let Some(record) = handle.record(records).await? else {
        return Ok(None);
    };
    if record.grant.is_closing(records).await? || !record.grant.touch(records, idle).await? {
        return Ok(None);
    }
    Ok(Some(Live { handle, record }))
}

/// The record of `handle` if its end has not come, whether or not it idled out or is closing: enough
/// to sign out, and for nothing else.
///
/// # Errors
/// When the store fails.
pub async fn find<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle,
) -> Result<Option<Live>, SessionError> {
    Ok(handle
        .record(records)
        .await?
        .map(|record| Live { handle, record }))
}

/// As [`resume`], and without writing anything: this use does not count.
///
/// # Errors
/// When the store fails.
pub async fn peek<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle,
    idle: u64,
) -> Result<Option<Live>, SessionError> {
    let Some(session) = find(records, handle).await? else {
        return Ok(None);
    };
    let in_use = session.record.grant.is_in_use(records, idle).await?;
    Ok(in_use.then_some(session))
}

/// Makes a new grant and its first handle. The handle's secret may leave only after this.
///
/// # Errors
/// When the store fails; what was written by then is swept.
pub async fn create<P: Platform>(
    records: &Records<'_, P>,
    user: User,
    end: UnixTime,
    tokens: &Tokens,
    state_hash: String,
    return_path: ReturnPath,
) -> Result<Live, SessionError> {
    let grant = GrantId::new(records.platform.bytes32());
    grant.create(records, end, tokens).await?;
    let handle = Handle::new(records.platform.bytes32());
    let record = HandleRecord {
        user,
        end,
        grant,
        state_hash,
        return_path,
    };
    handle.create(records, &record).await?;
    Ok(Live { handle, record })
}

/// Ends the session and its grant. Every step may be repeated; the handle goes last.
///
/// # Errors
/// When the store fails; ending it again goes on where this stopped.
pub async fn end<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
) -> Result<(), SessionError> {
    session
        .record
        .grant
        .close(records, session.record.end)
        .await?;
    session.handle.delete(records).await
}
