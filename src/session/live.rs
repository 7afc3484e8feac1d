//! The life of a session: made at the callback, opened at each request, ended at sign-out.

use super::grant::GrantId;
use super::handle::{Handle, HandleRecord, Record};
use super::owner::Owner;
use super::records::Records;
use super::tokens::Tokens;
use super::{SessionError, lease};
use crate::platform::{Platform, UnixTime};
use crate::terms::{ReturnPath, User};

/// A session that is in force: only [`resume`], [`find`] and [`SignIn::finish`] make one; or, with
/// another kind of handle, what else opens its grant.
pub struct Live<R = HandleRecord> {
    /// The secret that the client holds.
    pub handle: Handle<R>,
    /// What it opens.
    pub record: R,
}

/// Who holds a handle of a grant, whatever kind of handle it is.
#[derive(Clone)]
pub struct Holder<'a> {
    /// Whose it is.
    pub user: &'a User,
    /// The grant.
    pub grant: &'a GrantId,
    /// When the handle ends.
    pub end: UnixTime,
    /// What stands for the handle in logs.
    pub fingerprint: String,
    /// Where its record is.
    store_key: String,
}

impl<R: Record> Live<R> {
    /// Who holds it.
    pub fn holder(&self) -> Holder<'_> {
        Holder {
            user: self.record.user(),
            grant: self.record.grant(),
            end: self.record.end(),
            fingerprint: self.handle.fingerprint(),
            store_key: self.handle.store_key(),
        }
    }
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
    let Some(session) = find(records, handle).await? else {
        return Ok(None);
    };
    let grant = &session.record.grant;
    if grant.name().is_closing(records).await? || !grant.touch(records, idle).await? {
        return Ok(None);
    }
    Ok(Some(session))
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
    let grant = &session.record.grant;
    let in_force =
        !grant.name().is_closing(records).await? && grant.unused(records, idle).await?.is_some();
    Ok(in_force.then_some(session))
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

/// Ends the grant of `holder` with all its handles. Every step may be repeated; the handle goes last.
///
/// # Errors
/// When the store fails; ending it again goes on where this stopped.
pub async fn end<P: Platform>(
    records: &Records<'_, P>,
    holder: &Holder<'_>,
) -> Result<(), SessionError> {
    let asking = holder.store_key.as_str();
    holder.grant.name().close(records, Some(asking)).await?;
    records.delete_keys(&[asking.to_owned()]).await
}

/// A sign-in whose user is known and whose session is not there yet.
pub struct SignIn {
    user: User,
    owners: Vec<Owner>,
    closings: i64,
}

/// What becomes of a sign-in.
pub struct NewSession<'a> {
    /// When the session ends.
    pub end: UnixTime,
    /// What Entra gave.
    pub tokens: &'a Tokens,
    /// SHA-256 of the attempt's state.
    pub state_hash: String,
    /// Where it led.
    pub return_path: ReturnPath,
    /// How far the clocks of the replicas may be apart, in seconds.
    pub clock_tolerance: u64,
}

impl SignIn {
    /// Begins: from now on a sign-out of everything of this user, or of this session at Entra, ends
    /// this sign-in as well.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin<P: Platform>(
        records: &Records<'_, P>,
        user: User,
        sid: Option<&str>,
    ) -> Result<Self, SessionError> {
        let mut owners = vec![Owner::user(records.keyring, &user)];
        owners.extend(sid.map(|sid| Owner::sid(records.keyring, sid)));
        let closings = closings(records, &owners).await?;
        Ok(Self {
            user,
            owners,
            closings,
        })
    }

    /// The user who signs in.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Makes the session: on the grant of `previous`, which this browser had, if that is the same
    /// user's, and else on a new one. The handle's secret may leave only after this. Nothing if
    /// everything of this user was signed out meanwhile.
    ///
    /// # Errors
    /// When the store fails; what was written by then is swept.
    pub async fn finish<P: Platform>(
        self,
        records: &Records<'_, P>,
        new: NewSession<'_>,
        previous: Option<&Live>,
    ) -> Result<Option<Live>, SessionError> {
        let previous = previous.filter(|session| session.record.user.is(&self.user));
        if let Some(previous) = previous
            && self.join(records, &new, previous).await?
        {
            let grant = previous.record.grant.clone();
            return self.on(records, grant, new).await;
        }
        let grant = GrantId::new(records.platform.bytes32());
        self.list(records, &grant, new.end).await?;
        grant.write_tokens(records, new.tokens).await?;
        grant.mark(records).await?;
        self.on(records, grant, new).await
    }

    /// Renews the grant of `previous`. False if it is closing, full of handles, or too busy.
    async fn join<P: Platform>(
        &self,
        records: &Records<'_, P>,
        new: &NewSession<'_>,
        previous: &Live,
    ) -> Result<bool, SessionError> {
        let grant = &previous.record.grant;
        let name = grant.name();
        if name.is_closing(records).await? || name.handles().is_full(records).await? {
            return Ok(false);
        }
        self.list(records, grant, new.end).await?;
        let renew = |tokens: &mut Tokens| tokens.renew(new.tokens);
        match lease::change(records, new.clock_tolerance, &previous.holder(), renew).await {
            Ok(Some(_)) => {}
            Ok(None) | Err(SessionError::Busy) => return Ok(false),
            Err(error) => return Err(error),
        }
        grant.mark(records).await?;
        Ok(true)
    }

    /// Lets the grant end at `end`, and lists it with its owners.
    async fn list<P: Platform>(
        &self,
        records: &Records<'_, P>,
        grant: &GrantId,
        end: UnixTime,
    ) -> Result<(), SessionError> {
        let name = grant.name();
        name.extend(records, end).await?;
        for owner in &self.owners {
            owner.enlist(records, &name, end).await?;
        }
        Ok(())
    }

    /// Makes the handle on `grant`, unless a sign-out has come between.
    async fn on<P: Platform>(
        self,
        records: &Records<'_, P>,
        grant: GrantId,
        new: NewSession<'_>,
    ) -> Result<Option<Live>, SessionError> {
        let handle = Handle::new(records.platform.bytes32());
        let record = HandleRecord {
            user: self.user,
            end: new.end,
            grant,
            state_hash: new.state_hash,
            return_path: new.return_path,
        };
        let session = Live { handle, record };
        if !session.handle.create(records, &session.record).await? {
            return Ok(None);
        }
        if closings(records, &self.owners).await? != self.closings {
            end(records, &session.holder()).await?;
            return Ok(None);
        }
        Ok(Some(session))
    }
}

async fn closings<P: Platform>(
    records: &Records<'_, P>,
    owners: &[Owner],
) -> Result<i64, SessionError> {
    let mut closings = 0;
    for owner in owners {
        closings += owner.closings(records).await?;
    }
    Ok(closings)
}
