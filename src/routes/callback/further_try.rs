//! A further try, after Entra did not know the proxy itself (ADR 27).

use super::arrival::Arrival;
use super::error::SignInError;
use crate::entra_error::EntraError;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::cookies::keep_attempt;

impl<P: Platform> Arrival<'_, P> {
    /// Checks that the time for this try has come. Before it nobody is asked, and nothing is claimed.
    pub(super) fn check_time(&self) -> Result<(), SignInError> {
        match self.attempt.waits(self.call.platform.now()) {
            Some(seconds) => Err(SignInError::CredentialUnknown(seconds, None)),
            None => Ok(()),
        }
    }

    /// What a refusal of the code leads to if Entra did not know the proxy, and so has not looked at the
    /// code: the attempt is kept for a further try. Nothing if it is another refusal, or the last try.
    pub(super) fn further_try(&self, error: &EntraError) -> Option<Failure> {
        if !error.is_unknown_credential() {
            return None;
        }
        let platform = self.call.platform;
        let now = platform.now();
        let attempt = self.attempt.after_try(now)?;
        let error = Box::new(error.clone());
        let failure = SignInError::CredentialUnknown(attempt.waits(now)?, Some(error));
        let sessions = &self.settings.sessions;
        let cookie = keep_attempt(&sessions.cookies, &sessions.keyring, &attempt, platform);
        Some(Failure {
            cookies: vec![cookie],
            ..failure.into()
        })
    }
}
