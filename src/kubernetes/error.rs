//! Why a request does not reach the API server, or its answer not the client.

use crate::terms::Origin;

/// What the client is told as a `Status`, with which kubectl ends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KubernetesError {
    /// There is no bearer, or more than one.
    NoBearer(Origin),
    /// The bearer is of nobody who is signed in.
    Ended(Origin),
    /// There is a bearer in more than one place, or one that is none.
    AmbiguousBearer,
    /// The API server upgrades no such request.
    NotUpgradable,
    /// The path could be read in two ways.
    AmbiguousPath,
    /// The head of the request is too large.
    HeadersTooLarge,
    /// The body of the request is longer than so many bytes.
    BodyTooLarge(u64),
    /// The body did not come whole.
    BodyCutOff,
    /// The request wants another protocol, which only a tunnel carries.
    NeedsTunnel,
    /// So many long answers are under way in this session.
    TooManyStreams(u64),
    /// There is no AKS token for the user; with why.
    NoToken(Origin, String),
    /// The API server wants a stronger sign-in than the token is of.
    StrongerSignIn(Origin),
    /// The API server takes no token that Entra gives for the user.
    TokenRefused(Origin),
    /// The token was renewed, and the request cannot be sent again by itself.
    Renewed,
    /// The client may not name another caller.
    Impersonation,
    /// The caller's name or group would be one of the cluster's own.
    SystemIdentity(String),
    /// The API server is not to be reached; with why, for the log.
    Unreachable(String),
    /// The API server does not answer in time.
    Silent,
}

impl KubernetesError {
    /// For the log: what else there is to say.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Unreachable(why) | Self::NoToken(_, why) | Self::SystemIdentity(why) => {
                Some(why.clone())
            }
            _ => None,
        }
    }
}
