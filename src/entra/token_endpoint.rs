//! The token endpoint: `POST /{tenant}/oauth2/v2.0/token`.

use form_urlencoded::Serializer;
use http::{Request, Response, StatusCode, header};

use super::answer::TokenAnswer;
use super::{Entra, EntraFailure, capabilities};
use crate::entra_error::{EntraError, Verdict};
use crate::outbound::{Away, Dependency, Repeat};
use crate::platform::Platform;
use crate::terms::Secret;

/// What is exchanged for tokens.
pub enum Grant<'a> {
    /// RFC 6749, section 4.1.3, with RFC 7636, section 4.5.
    AuthorizationCode {
        /// The code from the callback, for single use.
        code: &'a str,
        /// The address to which it came.
        redirect_uri: &'a str,
        /// The attempt's PKCE verifier.
        verifier: &'a Secret,
    },
    /// RFC 6749, section 6. Entra's refresh tokens are bound to user and client, not to a resource.
    RefreshToken(&'a Secret),
}

impl<P: Platform> Entra<'_, P> {
    /// Exchanges `grant` for tokens of `scope`. `assertion` was read for this request.
    ///
    /// # Errors
    /// When Entra refuses, or is away after all tries.
    pub async fn tokens(
        &self,
        grant: Grant<'_>,
        scope: &str,
        assertion: &Secret,
    ) -> Result<TokenAnswer, EntraFailure> {
        let request = async || self.token_request(&grant, scope, assertion);
        let repeat = match grant {
            Grant::AuthorizationCode { .. } => Repeat::IfNotTaken,
            Grant::RefreshToken(_) => Repeat::Always,
        };
        let response = self
            .outbound
            .ask(Dependency::Entra, repeat, request)
            .await?;
        read(&response)
    }

    /// Sends no `Origin`: Entra refuses it beside a client credential.
    fn token_request(
        &self,
        grant: &Grant<'_>,
        scope: &str,
        assertion: &Secret,
    ) -> Result<Request<Vec<u8>>, Away> {
        let mut form = Serializer::new(String::new());
        form.append_pair("client_id", self.client.client_id.as_str())
            .append_pair("scope", scope)
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair("client_assertion", assertion.reveal())
            .append_pair("claims", &capabilities::claims(None));
        match grant {
            Grant::AuthorizationCode {
                code,
                redirect_uri,
                verifier,
            } => form
                .append_pair("grant_type", "authorization_code")
                .append_pair("code", code)
                .append_pair("redirect_uri", redirect_uri)
                .append_pair("code_verifier", verifier.reveal()),
            Grant::RefreshToken(token) => form
                .append_pair("grant_type", "refresh_token")
                .append_pair("refresh_token", token.reveal()),
        };
        Request::post(self.client.endpoint("oauth2/v2.0/token"))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-ms-lib-capability", "retry-after, h429")
            .body(form.finish().into_bytes())
            .map_err(|error| away(error.to_string()))
    }
}

/// Reads the answer: tokens, a refusal, or nothing that can be read.
pub(super) fn read(response: &Response<Vec<u8>>) -> Result<TokenAnswer, EntraFailure> {
    if response.status() == StatusCode::OK {
        return serde_json::from_slice(response.body())
            .map_err(|_| away("answered 200 without tokens").into());
    }
    let Some(error) = EntraError::from_token_endpoint(response.body()) else {
        return Err(away(format!(
            "answered {} without an OAuth error",
            response.status()
        ))
        .into());
    };
    match error.verdict() {
        Verdict::Transient => Err(away(error.to_string()).into()),
        _ => Err(EntraFailure::Refused(Box::new(error))),
    }
}

fn away(reason: impl Into<String>) -> Away {
    Away::new(Dependency::Entra, reason)
}
