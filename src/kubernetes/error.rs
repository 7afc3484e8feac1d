//! Why a request does not reach the API server, or its answer does not reach the client.

use verdict::Fault;

use crate::problem::{Note, Problem, Tell, sentences};
use crate::terms::Origin;

/// After how many seconds a client with too many streams may try again.
const BUSY: u64 = 5;

/// What the client is told as a `Status`. kubectl ends with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum KubernetesError {
    /// There is no bearer token, or more than one.
    NoBearer(Origin),
    /// The bearer token belongs to nobody who is signed in.
    Ended(Origin),
    /// There is a bearer token in more than one place, or one that cannot be read.
    AmbiguousBearer,
    /// The head of a request to upgrade is none.
    NotUpgradable,
    /// The path could be read in two ways.
    AmbiguousPath,
    /// The head of the request is too large.
    HeadersTooLarge,
    /// The body of the request is longer than this many bytes.
    BodyTooLarge(u64),
    /// The body did not arrive whole.
    BodyCutOff,
    /// The request wants another protocol, which only a tunnel carries.
    NeedsTunnel,
    /// This many requests that last, the most allowed, are under way for this person.
    TooManyStreams(u64),
    /// There is no AKS token for the user. The text says why.
    NoToken(Origin, String),
    /// The API server wants a stronger sign-in than the token's.
    StrongerSignIn(Origin),
    /// The API server accepts no token that Entra gives for the user.
    TokenRefused(Origin),
    /// The token was renewed, and the request cannot be sent again by itself.
    Renewed,
    /// The client may not name another caller.
    Impersonation,
    /// The caller's name or group would be one of the cluster's own.
    SystemIdentity(String),
    /// The API server cannot be reached. The text says why, for the log.
    Unreachable(String),
    /// The API server does not answer in time.
    Silent,
}

impl KubernetesError {
    /// Why there is no answer to a request whose body may have `most` bytes.
    pub(super) fn of(fault: Fault, most: u64) -> Self {
        match fault {
            Fault::BodyTooLong => Self::BodyTooLarge(most),
            Fault::BodyCutOff => Self::BodyCutOff,
            Fault::Unreachable(why) => Self::Unreachable(why),
            Fault::Silent => Self::Silent,
        }
    }
}

impl Tell for KubernetesError {
    fn problem(&self) -> Problem {
        match self {
            Self::NoBearer(site) => Problem::new(401, &sentences::NO_CREDENTIAL).with("site", site),
            Self::Ended(site) => Problem::new(401, &sentences::CREDENTIAL_ENDED).with("site", site),
            Self::AmbiguousBearer => Problem::new(400, &sentences::AMBIGUOUS_CREDENTIAL),
            Self::NotUpgradable => Problem::new(400, &sentences::NOT_UPGRADABLE),
            Self::AmbiguousPath => Problem::new(400, &sentences::AMBIGUOUS_PATH),
            Self::HeadersTooLarge => Problem::new(431, &sentences::HEADERS_TOO_LARGE),
            Self::BodyTooLarge(most) => {
                Problem::new(413, &sentences::KUBERNETES_BODY_TOO_LARGE).with("most", most)
            }
            Self::BodyCutOff => Problem::new(400, &sentences::BODY_CUT_OFF),
            Self::NeedsTunnel => Problem::new(501, &sentences::TUNNEL_REQUIRED),
            Self::TooManyStreams(most) => Problem::new(429, &sentences::TOO_MANY_STREAMS)
                .with("most", most)
                .retry_after(BUSY),
            Self::NoToken(site, why) => Problem::new(401, &sentences::NO_AKS_TOKEN)
                .with("site", site)
                .with("why", why),
            Self::StrongerSignIn(site) => {
                Problem::new(401, &sentences::STRONGER_SIGN_IN).with("site", site)
            }
            Self::TokenRefused(site) => {
                Problem::new(401, &sentences::TOKEN_REFUSED).with("site", site)
            }
            Self::Renewed => Problem::new(503, &sentences::TOKEN_RENEWED).retry_after(1),
            Self::Impersonation => Problem::new(403, &sentences::IMPERSONATION_REFUSED),
            Self::SystemIdentity(name) => {
                Problem::new(403, &sentences::SYSTEM_IDENTITY).with("name", name)
            }
            Self::Unreachable(_) => Problem::new(503, &sentences::API_SERVER_UNREACHABLE),
            Self::Silent => Problem::new(504, &sentences::API_SERVER_SILENT),
        }
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(match self {
            Self::Unreachable(why) | Self::NoToken(_, why) | Self::SystemIdentity(why) => {
                Note::detail(why)
            }
            Self::NoBearer(_)
            | Self::Ended(_)
            | Self::AmbiguousBearer
            | Self::NotUpgradable
            | Self::AmbiguousPath
            | Self::HeadersTooLarge
            | Self::BodyTooLarge(_)
            | Self::BodyCutOff
            | Self::NeedsTunnel
            | Self::TooManyStreams(_)
            | Self::StrongerSignIn(_)
            | Self::TokenRefused(_)
            | Self::Renewed
            | Self::Impersonation
            | Self::Silent => Note::default(),
        })
    }
}
