//! The end of a sign-in: a session on a grant.

use super::claims::Claims;
use super::grant_id::GrantId;
use super::handle::{Handle, HandleRecord};
use super::lease;
use super::live::{Live, end};
use super::owner::Owner;
use super::tokens::Tokens;
use super::told::Told;
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure};
use crate::terms::{Browser, ReturnPath, User};

/// A sign-in whose user is known, and which has no session yet.
pub struct SignIn {
    user: User,
    owners: Vec<Owner>,
    closings: i64,
}

/// The session that a sign-in makes.
pub struct NewSession<'a> {
    /// When the session ends.
    pub end: UnixTime,
    /// Where the user signs in.
    pub browser: Browser,
    /// What Entra gave.
    pub tokens: &'a Tokens,
    /// What apps are told of the user, where there are any.
    pub claims: Option<&'a Claims>,
    /// SHA-256 of the attempt's state.
    pub state_hash: String,
    /// Where the sign-in led.
    pub return_path: ReturnPath,
    /// How far the clocks of the replicas may be apart, in seconds.
    pub clock_tolerance: u64,
}

impl SignIn {
    /// Begins. From now on, a sign-out of everything of this user, or of this session at Entra,
    /// also ends this sign-in.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin<P: Platform>(
        records: &Records<'_, P>,
        user: User,
        sid: Option<&str>,
    ) -> Result<Self, StoreFailure> {
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

    /// Makes the session. It is on the grant of `previous`, the session of this browser, if that is
    /// the same user's; otherwise it is on a new grant. The handle's secret may leave only after
    /// this. Nothing if everything of this user was signed out meanwhile.
    ///
    /// # Errors
    /// When the store fails; what was written by then is swept.
    pub async fn finish<P: Platform>(
        self,
        records: &Records<'_, P>,
        new: NewSession<'_>,
        previous: Option<&Live>,
    ) -> Result<Option<Live>, StoreFailure> {
        let previous = previous.filter(|session| session.record.user.is(&self.user));
        if let Some(previous) = previous
            && self.join(records, &new, previous).await?
        {
            let grant = previous.record.grant.clone();
            return self.on(records, grant, new).await;
        }
        let grant = GrantId::new(records.platform.bytes32());
        self.list(records, &grant, &new).await?;
        if let Some(previous) = previous {
            let before = previous.record.grant.name();
            grant.name().follow(records, &before).await?;
        }
        grant.write_tokens(records, new.tokens).await?;
        tell_apps(records, &grant, &new).await?;
        grant.mark(records).await?;
        self.on(records, grant, new).await
    }

    /// Renews the grant of `previous`. False if it is closing, full of handles, or too busy.
    async fn join<P: Platform>(
        &self,
        records: &Records<'_, P>,
        new: &NewSession<'_>,
        previous: &Live,
    ) -> Result<bool, StoreFailure> {
        let grant = &previous.record.grant;
        let name = grant.name();
        if name.is_closing(records).await? || name.handles().is_full(records).await? {
            return Ok(false);
        }
        self.list(records, grant, new).await?;
        let renew = |tokens: &mut Tokens| tokens.renew(new.tokens);
        match lease::change(records, new.clock_tolerance, &previous.holder(), renew).await {
            Ok(Some(_)) => {}
            Ok(None) | Err(StoreFailure::Busy) => return Ok(false),
            Err(error) => return Err(error),
        }
        tell_apps(records, grant, new).await?;
        grant.mark(records).await?;
        Ok(true)
    }

    /// Lets the grant end with the session, and lists it with its owners.
    async fn list<P: Platform>(
        &self,
        records: &Records<'_, P>,
        grant: &GrantId,
        new: &NewSession<'_>,
    ) -> Result<(), StoreFailure> {
        let (name, end) = (grant.name(), new.end);
        name.extend(records, end).await?;
        let told = Told {
            grant: name.clone(),
            browser: new.browser.clone(),
            at: Some(records.platform.now()),
            end: Some(end),
        };
        // The first owner is the user.
        let mut told = Some(&told);
        for owner in &self.owners {
            owner.enlist(records, &name, end, told.take()).await?;
        }
        Ok(())
    }

    /// Makes the handle on `grant`, unless there was a sign-out meanwhile.
    async fn on<P: Platform>(
        self,
        records: &Records<'_, P>,
        grant: GrantId,
        new: NewSession<'_>,
    ) -> Result<Option<Live>, StoreFailure> {
        let handle = Handle::new(records.platform.bytes32());
        let record = HandleRecord {
            user: self.user,
            end: new.end,
            grant,
            state_hash: new.state_hash,
            return_path: new.return_path,
        };
        let session = Live::new(handle, record);
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

/// Replaces what apps are told of the user.
async fn tell_apps<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantId,
    new: &NewSession<'_>,
) -> Result<(), StoreFailure> {
    match new.claims {
        Some(claims) => grant.write_claims(records, claims).await,
        None => Ok(()),
    }
}

async fn closings<P: Platform>(
    records: &Records<'_, P>,
    owners: &[Owner],
) -> Result<i64, StoreFailure> {
    let mut closings = 0;
    for owner in owners {
        closings += owner.closings(records).await?;
    }
    Ok(closings)
}
