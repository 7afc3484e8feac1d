//! Requests that last: their users, and whether they may go on.

use http::HeaderValue;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};
use verdict::Outcome;

use super::access::Access;
use super::error::AppError;
use super::settings::Settings;
use crate::addresses::{self, APPS, LANGUAGE_COOKIE};
use crate::carrier::{self, End};
use crate::desk::{Held, Holding, Look, Places};
use crate::entra::InvalidToken;
use crate::platform::{Platform, UnixTime};
use crate::problem::Failure;
use crate::request::Request;
use crate::routes::oauth2::{Admitted, AppRefused, By};
use crate::session::Handle;
use crate::session::app::{self, AppRecord, Scope};
use crate::session::streams::Holder;
use crate::settings::Bearers;
use crate::store::{Keyring, Records};
use crate::terms::encoding::sha256;
use crate::terms::{ReturnPath, Secret, User};

/// The longest page address that is kept, in bytes.
const LONGEST: usize = 1024;
/// The client's headers that determine the form of an error.
const TOLD_BY: [HeaderName; 2] = [ACCEPT, ACCEPT_LANGUAGE];

/// The user of a lasting request, as kept while it lasts.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Whose {
    /// A user with an app cookie.
    Cookie { handle: Secret, scope: Scope },
    /// A user with an access token, and its expiry.
    Bearer { user: User, ends: UnixTime },
}

impl Whose {
    /// The record of `who`.
    pub(super) fn of(who: &Admitted, keyring: &Keyring) -> Self {
        match &who.by {
            By::Cookie(app) => Self::Cookie {
                handle: app.handle.write(keyring),
                scope: app.record.scope.clone(),
            },
            By::Bearer { ends, .. } => Self::Bearer {
                user: who.claims.user.clone(),
                ends: *ends,
            },
        }
    }

    /// The handle of the cookie, and where it counts, if it is one.
    fn handle(&self) -> Option<(Handle<AppRecord>, &Scope)> {
        match self {
            Self::Cookie { handle, scope } => Some((Handle::parse(handle.reveal())?, scope)),
            Self::Bearer { .. } => None,
        }
    }

    /// Tells them from all others.
    pub(super) fn fingerprint(&self) -> String {
        match self {
            Self::Cookie { handle, .. } => sha256(handle.reveal()),
            Self::Bearer { user, ends } => format!("{} {} {}", user.tid, user.oid, ends.0),
        }
    }

    /// What they are told whose sign-in, or token, has ended. A sign-in leads `back`.
    fn ended(&self, back: ReturnPath, bearers: &Bearers) -> AppRefused {
        match self {
            Self::Cookie { .. } => AppRefused::nobody(back, bearers),
            Self::Bearer { .. } => AppRefused::Bearer(InvalidToken::Expired),
        }
    }
}

/// What remains of a client's request to tell it of an error.
#[derive(Deserialize, Serialize)]
pub(super) struct Client {
    method: String,
    target: String,
    authority: String,
    headers: Vec<(String, String)>,
}

impl Client {
    /// The sender of `request`.
    pub(super) fn of(request: &Request) -> Self {
        let path = request.path();
        let targets = [request.target.as_str(), path];
        let kept = targets.into_iter().find(|kept| kept.len() <= LONGEST);
        let told_by = TOLD_BY.iter().flat_map(|name| {
            let values = request.headers.get_all(name).iter();
            values
                .filter_map(move |value| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        });
        let chosen = request.cookie(LANGUAGE_COOKIE);
        let chosen =
            chosen.map(|chosen| (COOKIE.to_string(), format!("{LANGUAGE_COOKIE}={chosen}")));
        Self {
            method: request.method.to_string(),
            target: kept.map_or_else(|| format!("{APPS}/"), str::to_owned),
            authority: request.authority.clone(),
            headers: told_by.chain(chosen).collect(),
        }
    }

    /// The request, as far as it is kept.
    pub(super) fn request(&self) -> Request {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) =
                (name.parse::<HeaderName>(), HeaderValue::from_str(value))
            {
                headers.append(name, value);
            }
        }
        Request {
            method: self.method.parse().unwrap_or_default(),
            target: self.target.clone(),
            authority: self.authority.clone(),
            headers,
        }
    }

    /// The return path of a sign-in.
    pub(super) fn back(&self) -> ReturnPath {
        ReturnPath::parse(addresses::asked(&self.target)).unwrap_or_else(|_| ReturnPath::root())
    }
}

/// Requests to apps that last.
pub(super) struct Lasting<'a, P> {
    pub(super) settings: &'a Settings,
    pub(super) records: &'a Records<'a, P>,
}

impl<'a, P: Platform> Lasting<'a, P> {
    /// The places of all users.
    pub(super) fn places(&self) -> Places<'a, P> {
        Places {
            records: self.records,
            most: self.settings.streams,
        }
    }

    /// Who holds the places of requests of each, if they still may. This use counts.
    pub(super) async fn holdings(&self, all: &[Option<&Whose>]) -> Vec<Held> {
        let handles = all.iter().filter_map(|whose| whose.as_ref()?.handle());
        let idle = self.settings.app.sessions.lifetimes.idle;
        let opened = app::open_all(self.records, handles.collect(), idle).await;
        let mut opened = opened.into_iter();
        let held = all.iter().map(|whose| {
            let Some(whose) = whose else {
                return Ok(Some(Holding::Nobody));
            };
            let holder = match whose {
                Whose::Cookie { .. } if whose.handle().is_none() => None,
                Whose::Cookie { .. } => {
                    let app = opened.next().unwrap_or(Ok(None))?;
                    app.map(|app| Holder::person_at_apps(&app.record.user))
                }
                Whose::Bearer { user, ends } => {
                    let is_valid = self.records.platform.now() < *ends;
                    is_valid.then(|| Holder::person_at_apps(user))
                }
            };
            Ok(holder.map(Holding::By))
        });
        held.collect()
    }

    /// The result of a `look` at a request of `whose`; `back` is the return path of a sign-in.
    pub(super) fn follows(
        &self,
        look: Look,
        whose: Option<&Whose>,
        back: ReturnPath,
    ) -> carrier::Look<Failure> {
        let (outcome, why) = match (look, whose) {
            (Look::GoesOn, _) | (_, None) => return carrier::Look::GoesOn,
            (Look::Ended, Some(whose)) => {
                let why = whose.ended(back, &self.settings.bearers);
                (Outcome::SessionEnded, why.into())
            }
            (Look::NoPlace, Some(_)) => (Outcome::TooManyStreams, self.no_place().into()),
        };
        carrier::Look::Ends(End {
            outcome,
            why,
            last: None,
        })
    }

    /// The error when all places of a user are taken.
    pub(super) fn no_place(&self) -> AppError {
        AppError::TooManyStreams(self.settings.streams)
    }
}

impl<'a, P: Platform> Access<'a, P> {
    /// Access to lasting requests.
    pub(super) fn lasting(&self) -> Lasting<'a, P> {
        Lasting {
            settings: self.settings,
            records: self.records,
        }
    }
}
