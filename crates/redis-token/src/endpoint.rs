//! The token endpoint of Entra.

use std::time::Duration;

use egress::Proxies;
use form_urlencoded::Serializer;
use http::{StatusCode, Uri};
use serde::Deserialize;

use crate::Token;
use crate::post::post;

/// How the assertion is marked (RFC 7523, section 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whom to ask, as whom, for what.
#[derive(Clone, Debug)]
pub struct Endpoint {
    address: Uri,
    client_id: String,
    scope: String,
    proxies: Proxies,
}

/// There is no token; the text says why, and holds no secret.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) reason: String,
    /// When Entra wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
}

impl Endpoint {
    /// The endpoint of `tenant` at the origin `authority`, asked by `client_id` for `scope`, and by the
    /// proxy that `proxies` have for it; nothing if that is no address.
    pub fn new(
        authority: &str,
        tenant: &str,
        client_id: &str,
        scope: &str,
        proxies: Proxies,
    ) -> Option<Self> {
        let address = format!("{authority}/{tenant}/oauth2/v2.0/token");
        let address: Uri = address.parse().ok()?;
        address.host()?;
        Some(Self {
            address,
            client_id: client_id.to_owned(),
            scope: scope.to_owned(),
            proxies,
        })
    }

    /// Asks once; `assertion` is the workload-identity token.
    pub(crate) async fn ask(&self, assertion: &str) -> Result<Token, Failed> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("scope", &self.scope)
            .append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", assertion)
            .finish();
        let answer = post(&self.address, &self.proxies, form).await;
        let answer = answer.map_err(Failed::because)?;
        if answer.status != StatusCode::OK {
            return Err(Failed {
                reason: refusal(answer.status, &answer.body),
                retry_after: answer.retry_after,
            });
        }
        let nonsense = || Failed::because("Entra granted something that is no token".to_owned());
        Token::read(&answer.body).ok_or_else(nonsense)
    }
}

impl Failed {
    pub(crate) fn because(reason: String) -> Self {
        Self {
            reason,
            retry_after: None,
        }
    }
}

/// The error and its AADSTS codes; the description may quote what was sent.
fn refusal(status: StatusCode, body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        #[serde(default)]
        error_codes: Vec<u64>,
    }
    let Ok(Refusal { error, error_codes }) = serde_json::from_slice(body) else {
        return format!("Entra answered {status}");
    };
    let is_word = error.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let error = if is_word { error.as_str() } else { "an error" };
    let codes: String = error_codes
        .iter()
        .map(|code| format!(" AADSTS{code}"))
        .collect();
    format!("Entra answered {status}: {error}{codes}")
}
