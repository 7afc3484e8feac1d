//! Addresses to which browsers are sent.

use form_urlencoded::Serializer;
use url::Url;

use super::capabilities;
use crate::session::Attempt;
use crate::session::attempt::Purpose;
use crate::settings::Client;
use crate::terms::Guid;

/// What an authorization request asks for (RFC 6749, section 4.1.1; OIDC Core, section 3.1.2.1).
pub struct Authorization<'a> {
    /// Our registration.
    pub client: &'a Client,
    /// Where Entra sends the browser back to.
    pub redirect_uri: &'a Url,
    /// The attempt, which gives state, nonce and PKCE challenge.
    pub attempt: &'a Attempt,
    /// The scope that is asked for.
    pub scope: &'a str,
    /// A claims challenge of Entra's, sent back to it.
    pub claims: Option<&'a str>,
    /// The account to ask for, if there is a session.
    pub login_hint: Option<&'a str>,
}

impl Authorization<'_> {
    /// The address of `/authorize`. A sign-in lets people choose their account, unless it is known. For consent
    /// and step-up no `prompt` is sent.
    pub fn url(&self) -> String {
        let mut query = begin_query(self.client.endpoint("oauth2/v2.0/authorize"));
        query
            .append_pair("client_id", self.client.client_id.as_str())
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("response_mode", "query")
            .append_pair("scope", self.scope)
            .append_pair("state", self.attempt.state().reveal())
            .append_pair("nonce", self.attempt.nonce().reveal())
            .append_pair("code_challenge", &self.attempt.challenge())
            .append_pair("code_challenge_method", "S256");
        if self.attempt.purpose == Purpose::SignIn && self.login_hint.is_none() {
            query.append_pair("prompt", "select_account");
        }
        query.append_pair("claims", &capabilities::claims(self.claims));
        if let Some(hint) = self.login_hint {
            query.append_pair("login_hint", hint);
        }
        query.finish()
    }
}

/// The scope of an AKS token: `.default` of the server application, and an ID token.
pub fn aks_scope(server_id: &Guid) -> String {
    format!("{server_id}/.default openid profile offline_access")
}

/// What is asked for where only the user is meant.
pub const OPENID: &str = "openid profile offline_access";

/// The scope of a request for a token of an API, and an ID token.
pub fn api_scope(scope: &str) -> String {
    format!("{scope} {OPENID}")
}

/// Those of `scopes` that are of OpenID Connect (OIDC Core, sections 5.4 and 11). At `/authorize`
/// they may name several resources, but a code is redeemed for one resource only.
pub fn openid_scopes(scopes: &str) -> String {
    let is_openid =
        |scope: &&str| matches!(*scope, "openid" | "profile" | "email" | "offline_access");
    scopes
        .split_ascii_whitespace()
        .filter(is_openid)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Entra's sign-out page (OpenID Connect RP-Initiated Logout 1.0, section 2). It leads back to
/// `back` if that is registered, and stays where it is if not. The user is named by the hint that Entra has
/// given for this, so that it need not ask which account is meant.
pub fn end_session(client: &Client, back: &str, logout_hint: Option<&str>) -> String {
    let mut query = begin_query(client.endpoint("oauth2/v2.0/logout"));
    query.append_pair("post_logout_redirect_uri", back);
    if let Some(hint) = logout_hint {
        query.append_pair("logout_hint", hint);
    }
    query.finish()
}

fn begin_query(endpoint: String) -> Serializer<'static, String> {
    let start = endpoint.len() + 1;
    Serializer::for_suffix(endpoint + "?", start)
}

impl Client {
    /// Whether `issuer` is one of the tenant's: that of v1 tokens, or that of v2 tokens on any
    /// host. It is compared as text: a stranger's host is not parsed.
    pub fn is_issuer(&self, issuer: &str) -> bool {
        let v2 = format!("/{}/v2.0", self.tenant_id);
        let v1 = format!("https://sts.windows.net/{}/", self.tenant_id);
        let path_of_v2 = || {
            let (scheme, rest) = issuer.split_once("://")?;
            let is_web = ["https", "http"].contains(&scheme);
            let (host, path) = rest.split_at_checked(rest.find('/')?)?;
            (is_web && !host.is_empty()).then_some(path)
        };
        issuer == v1 || path_of_v2() == Some(v2.as_str())
    }

    /// One of the tenant's endpoints. They are fixed, so that no document of Entra can send tokens
    /// elsewhere.
    pub(super) fn endpoint(&self, path: &str) -> String {
        self.authority_host
            .join(&format!("/{}/{path}", self.tenant_id))
    }
}
