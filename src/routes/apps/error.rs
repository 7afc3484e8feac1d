//! Why a request does not reach an app, or its answer the client.

use http::Method;
use verdict::Fault;

use crate::problem::{Note, Problem, Tell, sentences};
use crate::terms::{Origin, User};

/// `Retry-After` in seconds, if an app is unavailable.
const AWAY: u64 = 10;
/// The same for too many requests that last.
const BUSY: u64 = 5;

/// Why a request is not carried.
#[derive(Debug)]
pub(crate) enum AppError {
    /// The path is ambiguous.
    AmbiguousPath,
    /// The app allows only these methods.
    Method(Vec<Method>),
    /// The request asks for a WebSocket, but is no upgrade.
    Upgrade,
    /// The connection would become one of another protocol than WebSocket.
    Protocol,
    /// A page of another origin asks for an upgrade.
    ForeignOrigin,
    /// The app must get the client's `Host`, which the component cannot send.
    KeepsHost,
    /// The user has reached the limit of requests that last.
    TooManyStreams(u64),
    /// The app needs the user's AKS token, and there is none. With our own origin, the reason and the user.
    NoAksToken(Origin, String, Box<User>),
    /// The body of the request is longer than this many bytes.
    BodyTooLarge(u64),
    /// The body did not arrive completely.
    BodyCutOff,
    /// The app cannot be reached. The text says why, for the log.
    Unreachable(String),
    /// The app does not answer in time.
    Silent,
}

impl AppError {
    /// The error for a fault, if the body may have `most` bytes.
    pub(super) fn of(fault: Fault, most: u64) -> Self {
        match fault {
            Fault::BodyTooLong => Self::BodyTooLarge(most),
            Fault::BodyCutOff => Self::BodyCutOff,
            Fault::Unreachable(why) => Self::Unreachable(why),
            Fault::Silent => Self::Silent,
        }
    }
}

/// Whether no app gets the method: `CONNECT` is for proxies, and `TRACE` could show a client headers that it
/// must not see (RFC 9110, sections 9.3.6 and 9.3.8).
pub(super) fn is_for_no_app(method: &Method) -> bool {
    matches!(*method, Method::CONNECT | Method::TRACE)
}

impl Tell for AppError {
    fn problem(&self) -> Problem {
        match self {
            Self::AmbiguousPath => Problem::new(400, &sentences::APP_AMBIGUOUS_PATH),
            Self::Method(methods) => {
                let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
                let methods = methods.join(", ");
                Problem::new(405, &sentences::APP_METHOD)
                    .with("methods", &methods)
                    .allow(methods)
            }
            Self::Upgrade => Problem::new(501, &sentences::APP_UPGRADE),
            Self::Protocol => Problem::new(501, &sentences::APP_PROTOCOL),
            Self::ForeignOrigin => Problem::new(403, &sentences::APP_FOREIGN_ORIGIN),
            Self::KeepsHost => Problem::new(501, &sentences::APP_KEEPS_HOST),
            Self::TooManyStreams(most) => Problem::new(429, &sentences::APP_TOO_MANY_STREAMS)
                .with("most", most)
                .retry_after(BUSY),
            Self::NoAksToken(site, why, _) => Problem::new(403, &sentences::APP_NO_AKS_TOKEN)
                .with("site", site)
                .with("why", why),
            Self::BodyTooLarge(most) => {
                Problem::new(413, &sentences::APP_BODY_TOO_LARGE).with("most", most)
            }
            Self::BodyCutOff => Problem::new(400, &sentences::APP_BODY_CUT_OFF),
            Self::Unreachable(_) => {
                Problem::new(503, &sentences::APP_UNREACHABLE).retry_after(AWAY)
            }
            Self::Silent => Problem::new(504, &sentences::APP_SILENT),
        }
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(match self {
            Self::Unreachable(why) => Note::detail(why),
            Self::NoAksToken(_, why, user) => Note {
                user: Some(user),
                ..Note::detail(why)
            },
            Self::AmbiguousPath
            | Self::Upgrade
            | Self::Protocol
            | Self::ForeignOrigin
            | Self::KeepsHost
            | Self::TooManyStreams(_)
            | Self::BodyTooLarge(_)
            | Self::BodyCutOff
            | Self::Silent => Note::default(),
            // As at every path.
            Self::Method(_) => return None,
        })
    }
}
