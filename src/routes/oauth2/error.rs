//! Why a request at an app's host is refused.

use crate::addresses;
use crate::apps::{Denied, Undescribed};
use crate::entra::InvalidToken;
use crate::problem::{Note, Problem, Tell, WayOn, sentences};
use crate::settings::Bearers;
use crate::terms::{Origin, ReturnPath, User};

/// The realm in challenges (RFC 9110, section 11.5): all apps behind this proxy.
const REALM: &str = "apps";

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum AppRefused {
    /// No app is allowed at this origin; `None` if the request names no origin.
    Unknown(Option<Origin>),
    /// An app would share the host of our own pages.
    OwnOrigin(Origin),
    /// A proxy asks about a request, and no trusted proxy names its app.
    Undescribed(Undescribed),
    /// A rule of the app does not admit this user.
    Denied(Denied, Box<User>),
    /// This user has no token for the app's API. The text says why, as the rest of a sentence.
    NoToken(String, Box<User>),
    /// The bearer token in place of an app cookie is not valid.
    Bearer(InvalidToken),
    /// Too many tokens of this client have failed; it must wait so many seconds.
    TooManyBearers(u64),
    /// Nobody is signed in at this app.
    NoSession {
        /// Where a sign-in leads.
        back: ReturnPath,
        /// Whether an access token would do.
        takes_bearers: bool,
    },
}

impl AppRefused {
    /// Nobody is signed in at an app that takes `bearers`. A sign-in leads `back`.
    pub(crate) fn nobody(back: ReturnPath, bearers: &Bearers) -> Self {
        Self::NoSession {
            back,
            takes_bearers: bearers.are_taken(),
        }
    }
}

impl Tell for AppRefused {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown(origin) => {
                let origin = origin.as_ref().map_or("this host", Origin::as_str);
                Problem::new(400, &sentences::APP_UNKNOWN).with("origin", origin)
            }
            Self::OwnOrigin(origin) => {
                Problem::new(403, &sentences::APP_ON_OWN_ORIGIN).with("origin", origin)
            }
            Self::Undescribed(why) => why.problem(),
            Self::Denied(denied, _) => denied.problem(),
            Self::NoToken(why, _) => Problem::new(403, &sentences::NO_APP_TOKEN).with("why", why),
            Self::Bearer(what) => Problem::new(401, &sentences::BEARER_REFUSED)
                .with("what", what)
                .challenge(challenge(what)),
            Self::TooManyBearers(seconds) => Problem::new(429, &sentences::TOO_MANY_BEARERS)
                .with("seconds", seconds)
                .retry_after(*seconds),
            Self::NoSession {
                back,
                takes_bearers,
            } => {
                let problem = Problem::new(401, &sentences::NO_APP_SESSION)
                    .with("start", addresses::APP_START)
                    .leading_to(Some(back.clone()))
                    .way_on(WayOn::App);
                match takes_bearers {
                    // Nothing was wrong, so it says no error (RFC 6750, section 3.1). No browser asks anybody
                    // for a password because of it.
                    true => problem.challenge(format!(r#"Bearer realm="{REALM}""#)),
                    false => problem,
                }
            }
        }
    }

    fn note(&self) -> Option<Note<'_>> {
        match self {
            Self::Unknown(origin) => Some(match origin {
                Some(origin) => Note::detail(origin.as_str()),
                None => Note::default(),
            }),
            Self::OwnOrigin(origin) => Some(Note::detail(origin.as_str())),
            Self::Undescribed(why) => why.note(),
            Self::Denied(denied, user) => Some(Note {
                user: Some(user),
                ..Note::detail(denied.rule())
            }),
            Self::NoToken(why, user) => Some(Note {
                user: Some(user),
                ..Note::detail(why)
            }),
            // A request without a session is no event, and neither is one of many with the wrong token.
            Self::NoSession { .. } | Self::Bearer(_) | Self::TooManyBearers(_) => None,
        }
    }
}

/// The challenge for a program with an invalid token (RFC 6750, section 3). The description is ours, without
/// quotes or backslashes.
fn challenge(what: &InvalidToken) -> String {
    format!(
        r#"Bearer realm="{REALM}", error="invalid_token", error_description="The access token is not valid: {what}""#
    )
}
