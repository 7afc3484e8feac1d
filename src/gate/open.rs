//! Opens the session of a request.

use http::StatusCode;

use super::settings::SessionSettings;
use crate::addresses;
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::Request;
use crate::respond::{self, Response};
use crate::session::{self, Handle, Live, NoSession, cookies};
use crate::store::{Records, StoreFailure};
use crate::terms::ReturnPath;

/// The gate, for one request.
pub(crate) struct Gate<'a, P> {
    request: &'a Request,
    settings: &'a SessionSettings,
    /// The store.
    pub(crate) records: Records<'a, P>,
}

impl<'a, P: Platform> Gate<'a, P> {
    /// For the request `call`.
    pub(crate) fn new(call: &Call<'a, P>, settings: &'a SessionSettings) -> Self {
        let records = Records::of(call, &settings.keyring);
        Self {
            request: call.request,
            settings,
            records,
        }
    }

    /// The session, if there is one. This use counts against idling.
    ///
    /// # Errors
    /// When the store fails, which ends no session.
    pub(crate) async fn session(&self) -> Result<Option<Live>, StoreFailure> {
        match self.handle() {
            Some(handle) => {
                session::resume(&self.records, handle, self.settings.lifetimes.idle).await
            }
            None => Ok(None),
        }
    }

    /// The session, for a request that needs one. This use counts.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub(crate) async fn require(&self) -> Result<Live, Failure> {
        Ok(self.session().await?.ok_or(NoSession)?)
    }

    /// The session, if there is one. Nothing is written: this use does not count.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn peek(&self) -> Result<Option<Live>, StoreFailure> {
        match self.handle() {
            Some(handle) => {
                session::peek(&self.records, handle, self.settings.lifetimes.idle).await
            }
            None => Ok(None),
        }
    }

    /// The session that this browser had, even if it idled out. It is enough to end it, and for
    /// nothing else.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn previous(&self) -> Result<Option<Live>, StoreFailure> {
        match self.handle() {
            Some(handle) => session::find(&self.records, handle).await,
            None => Ok(None),
        }
    }

    fn handle(&self) -> Option<Handle> {
        cookies::session_handle(self.request, &self.settings.cookies)
    }
}

/// Answers without a session. A person signs in and comes back to `back`. A program is told where
/// to sign in.
///
/// # Errors
/// For a program.
pub(crate) fn sign_in_first(
    request: &Request,
    status: StatusCode,
    back: &ReturnPath,
) -> Result<Response, Failure> {
    if !request.wants_html() {
        return Err(NoSession.into());
    }
    Ok(respond::redirect(status, &addresses::login(back, false)))
}
