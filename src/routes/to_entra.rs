//! Sends the browser to Entra.

use http::StatusCode;

use crate::call::Call;
use crate::entra::Authorization;
use crate::entra::authorize::aks_scope;
use crate::gate::SessionSettings;
use crate::platform::Platform;
use crate::respond::{self, Response};
use crate::session::{Attempt, InteractionKind, cookies};
use crate::settings::{Client, Site};
use crate::terms::{Guid, User};

/// What this needs.
pub(super) struct ToEntra<'a, P> {
    pub(super) call: &'a Call<'a, P>,
    pub(super) sessions: &'a SessionSettings,
    pub(super) client: &'a Client,
    pub(super) site: &'a Site,
}

impl<P: Platform> ToEntra<'_, P> {
    /// Sends the browser to sign in, with `scope`.
    pub(super) fn to_sign_in(&self, attempt: &Attempt, scope: &str) -> Response {
        self.send(attempt, scope, None, None)
    }

    /// Sends the browser of `user` to sign in anew, with `scope`, which has that of an app, and Entra's claims
    /// challenge for it.
    pub(super) fn for_app(
        &self,
        attempt: &Attempt,
        scope: &str,
        claims: Option<&str>,
        user: &User,
    ) -> Response {
        self.send(attempt, scope, claims, user.sign_in_hint())
    }

    /// Sends the browser for what the AKS token of `user` needs.
    pub(super) fn for_aks(
        &self,
        server_id: &Guid,
        attempt: &Attempt,
        kind: &InteractionKind,
        user: &User,
    ) -> Response {
        let scope = aks_scope(server_id);
        self.send(attempt, &scope, kind.claims(), user.sign_in_hint())
    }

    /// Sends the browser to Entra's `/authorize`, with the attempt in a cookie.
    fn send(
        &self,
        attempt: &Attempt,
        scope: &str,
        claims: Option<&str>,
        login_hint: Option<&str>,
    ) -> Response {
        let authorization = Authorization {
            client: self.client,
            redirect_uri: &self.site.redirect_uri,
            attempt,
            scope,
            claims,
            login_hint,
        };
        let mut response = respond::redirect(StatusCode::FOUND, &authorization.url());
        let (request, platform) = (self.call.request, self.call.platform);
        let SessionSettings {
            cookies, keyring, ..
        } = self.sessions;
        let now = platform.now();
        for cookie in cookies::set_attempt(request, cookies, keyring, attempt, now, platform) {
            respond::add_cookie(&mut response, &cookie);
        }
        response
    }
}
