//! What Entra says when it refuses, and what follows from it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::codes;
use crate::terms::Guid;

/// The longest claims challenge that is kept, in bytes.
const LONGEST_CHALLENGE: usize = 4096;

/// The most codes that are kept. Entra gives one or two.
const MOST_CODES: usize = 4;

/// A refusal, reduced to what may be shown and logged. It has no free text, which in a callback
/// anybody could have written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EntraError {
    /// The OAuth error code (RFC 6749, sections 4.1.2.1 and 5.2).
    pub error: String,
    /// Microsoft's refinement of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suberror: Option<String>,
    /// The numbers behind `AADSTS`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub codes: Vec<u32>,
    /// For Microsoft's support.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub correlation_id: Option<String>,
    /// For Microsoft's support.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trace_id: Option<String>,
    /// When it happened, as Entra says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timestamp: Option<String>,
    /// A claims challenge, to be sent back to `/authorize`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub claims: Option<String>,
}

/// What a refusal asks of us (ADR 8).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Somebody has to consent.
    Consent,
    /// The user needs a stronger sign-in.
    StepUp,
    /// What we hold is no longer valid: the user has to sign in again.
    SignInAgain,
    /// It may work in a moment.
    Transient,
    /// Neither the user nor time can help.
    Refused,
}

impl EntraError {
    /// Reads an error answer of the token endpoint (RFC 6749, section 5.2).
    pub fn from_token_endpoint(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error: String,
            suberror: Option<String>,
            #[serde(default)]
            error_codes: Vec<u32>,
            #[serde(default)]
            error_description: String,
            correlation_id: Option<String>,
            trace_id: Option<String>,
            timestamp: Option<String>,
            claims: Option<String>,
        }
        let body: Body = serde_json::from_slice(body).ok()?;
        let described = Described::read(&body.error_description);
        let mut codes = if body.error_codes.is_empty() {
            described.codes
        } else {
            body.error_codes
        };
        codes.truncate(MOST_CODES);
        Some(Self {
            error: word(&body.error),
            suberror: body.suberror.filter(|s| !s.is_empty()).as_deref().map(word),
            codes,
            correlation_id: body
                .correlation_id
                .and_then(guid)
                .or(described.correlation_id),
            trace_id: body.trace_id.and_then(guid).or(described.trace_id),
            timestamp: body.timestamp.filter(|text| is_timestamp(text)),
            claims: body
                .claims
                .filter(|c| !c.is_empty() && c.len() <= LONGEST_CHALLENGE),
        })
    }

    /// Reads the error parameters of a callback (RFC 6749, section 4.1.2.1). The description is
    /// searched for codes and ids, and then forgotten.
    pub fn from_callback(error: &str, description: &str) -> Self {
        let described = Described::read(description);
        Self {
            error: word(error),
            suberror: None,
            codes: described.codes,
            correlation_id: described.correlation_id,
            trace_id: described.trace_id,
            timestamp: None,
            claims: None,
        }
    }

    /// The error of a resource that wants other claims than a token has, as if Entra had said it.
    pub fn challenge(claims: &str) -> Self {
        let short_enough = claims.len() <= LONGEST_CHALLENGE;
        Self {
            claims: short_enough.then(|| claims.to_owned()),
            ..Self::from_callback("insufficient_claims", "")
        }
    }

    /// The verdict. `error`, `suberror` and `claims` decide. Codes only refine, as Microsoft asks.
    pub fn verdict(&self) -> Verdict {
        let error = self.error.as_str();
        let suberror = self.suberror.as_deref();
        if self.has(codes::LOOP) {
            Verdict::Refused
        } else if matches!(error, "temporarily_unavailable" | "server_error")
            || self.has(codes::TRANSIENT)
        {
            Verdict::Transient
        } else if self.claims.is_some() {
            Verdict::StepUp
        } else if error == "consent_required"
            || suberror == Some("consent_required")
            || self.has(codes::CONSENT)
        {
            Verdict::Consent
        } else if matches!(suberror, Some("bad_token" | "token_expired")) {
            Verdict::SignInAgain
        } else if suberror.is_some() || self.has(codes::STEP_UP) {
            Verdict::StepUp
        } else if error == "interaction_required" {
            Verdict::Consent
        } else if matches!(error, "invalid_grant" | "login_required") {
            Verdict::SignInAgain
        } else {
            Verdict::Refused
        }
    }

    /// Whether Entra knows no federated credential that fits the proxy's token. A new one takes some
    /// minutes until all of Entra knows it.
    pub fn is_unknown_credential(&self) -> bool {
        self.has(codes::UNKNOWN_CREDENTIAL)
    }

    /// Whether only an administrator can consent.
    pub fn wants_an_administrator(&self) -> bool {
        self.has(codes::ADMINISTRATOR)
    }

    /// Whether a request for consent came back without it: it is still missing, or was declined.
    pub fn lacks_consent(&self) -> bool {
        match self.verdict() {
            Verdict::Consent => true,
            Verdict::Refused => self.error == "access_denied",
            _ => false,
        }
    }

    /// Everything but the claims challenge.
    pub fn without_claims(&self) -> Self {
        Self {
            claims: None,
            ..self.clone()
        }
    }

    /// What happened, in a sentence for the user.
    pub fn explanation(&self) -> &'static str {
        self.codes.iter().find_map(|code| codes::explanation(*code)).unwrap_or({
            match self.error.as_str() {
                "access_denied" => "The request was declined at Microsoft Entra; try again, or ask for help.",
                "invalid_grant" => "Microsoft Entra no longer accepts this sign-in; sign in again.",
                "invalid_client" | "unauthorized_client" => {
                    "Microsoft Entra does not accept this proxy's own identity; the platform team \
                     has to look at the app registration and its federated credential."
                }
                _ => "Microsoft Entra refused the request; try again, and ask for help if it happens again.",
            }
        })
    }

    fn has(&self, codes: &[u32]) -> bool {
        self.codes.iter().any(|code| codes.contains(code))
    }
}

impl fmt::Display for EntraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        self.codes
            .iter()
            .try_for_each(|code| write!(f, " AADSTS{code}"))
    }
}

/// What is found in the text of an `error_description`. Its parts are separated by line breaks in
/// some answers and by spaces in others.
#[derive(Default)]
struct Described {
    codes: Vec<u32>,
    correlation_id: Option<String>,
    trace_id: Option<String>,
}

impl Described {
    fn read(text: &str) -> Self {
        let after = |label: &str| {
            let (_, rest) = text.split_once(label)?;
            rest.split_whitespace()
                .next()
                .map(str::to_owned)
                .and_then(guid)
        };
        Self {
            codes: text
                .split("AADSTS")
                .skip(1)
                .filter_map(leading_number)
                .take(MOST_CODES)
                .collect(),
            correlation_id: after("Correlation ID:"),
            trace_id: after("Trace ID:"),
        }
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// The leading characters of `text` that an error code can have, at most 64.
fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(64)
        .collect()
}

fn guid(text: String) -> Option<String> {
    Guid::parse(&text).map(|guid| guid.to_string())
}

fn is_timestamp(text: &str) -> bool {
    text.len() <= 32
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"-: .TZ".contains(&b))
}
