//! The one place that turns errors into responses (design, section 6).
//!
//! A person gets a page that says what happened and what to do; a program gets a problem document
//! (RFC 9457). What Entra refuses is a 400, what is away is a 503 with `Retry-After`.

mod device_code;
mod from;
mod kubernetes;
mod problem;

use crate::admission::{Refusal, Rule};
use crate::entra::InvalidToken;
use crate::entra_error::EntraError;
use crate::kubelogin::DeviceCodeError;
use crate::kubernetes::KubernetesError;
use crate::outbound::{Away, Dependency};
use crate::session::credential;
use crate::settings::Misconfigured;
use crate::terms::User;

pub use self::problem::Problem;

/// After so many seconds a client may try again, unless whoever is away says otherwise.
const RETRY_AFTER: u64 = 5;

/// An error, and the cookies that its answer sets all the same.
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// `Set-Cookie` values.
    pub cookies: Vec<String>,
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            cookies: Vec::new(),
        }
    }
}

/// Everything that keeps a function from its answer.
#[derive(Debug)]
pub enum Error {
    /// The settings are wrong.
    Misconfigured(Misconfigured),
    /// There is nothing at this path.
    NotFound,
    /// The path does not take this method.
    MethodNotAllowed(&'static str),
    /// The body is longer than any form of ours.
    BodyTooLarge,
    /// A parameter is wrong.
    BadParameter(&'static str, &'static str),
    /// The request came from another site's page.
    ForeignOrigin,
    /// There is no session, or it has ended.
    NoSession,
    /// The callback does not belong to an attempt of this browser.
    NoAttempt,
    /// Everything of this user was signed out while this sign-in was under way.
    SignedOutMeanwhile,
    /// The attempt was used before.
    AttemptUsed,
    /// Entra gave an ID token that must not be believed.
    IdToken(InvalidToken),
    /// Entra's AKS token is not one for this user and the AKS server.
    UnusableAksToken(String),
    /// Another account came back than the session's.
    AnotherUser,
    /// Too many sign-ins of this client have failed; in so many seconds it may go on.
    TooManyFailures(u64),
    /// The operator's rules do not admit the user.
    NotAdmitted(Box<Refusal>),
    /// Entra refused the sign-in.
    SignInRefused(Box<EntraError>),
    /// Entra refused the AKS token, and one redirect has not helped.
    AksTokenRefused(Box<EntraError>),
    /// The AKS token needs consent or a stronger sign-in in a browser.
    InteractionRequired(Box<EntraError>),
    /// The redirect to Entra for the AKS token is still open.
    InteractionOpen,
    /// The AKS token needs consent, or a device code: the user chooses. Consent may have been asked
    /// for already.
    ConsentOrDeviceCode {
        /// Whether it was, and Entra has not answered.
        open: bool,
    },
    /// A device code gives no token.
    DeviceCode(DeviceCodeError),
    /// A request does not reach the API server.
    Kubernetes(KubernetesError),
    /// No more kubeconfigs are to be had in this session.
    TooManyCredentials,
    /// There is no such credential in this session.
    NoCredential,
    /// Something outside is away.
    Away(Away),
    /// The sign-in cannot be finished because something is away: it has to begin again.
    SignInInterrupted(Away),
}

impl Error {
    /// What the client is told.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Misconfigured(error) => misconfigured(error),
            Self::NotFound => Problem::new(404, "not-found", "Not found")
                .detail("There is nothing at this address."),
            Self::MethodNotAllowed(allow) => {
                Problem::new(405, "method-not-allowed", "Method not allowed")
                    .detail(format!("This address takes {allow} only."))
                    .allow(allow)
            }
            Self::BodyTooLarge => Problem::new(413, "body-too-large", "Request too large")
                .detail("The request's body is longer than anything this address takes."),
            Self::BadParameter(name, what) => Problem::new(400, "bad-parameter", "Bad request")
                .detail(format!("The parameter `{name}` {what}.")),
            Self::ForeignOrigin => Problem::new(403, "foreign-origin", "Not from this site")
                .detail("The request was sent by a page of another site, and was not carried out."),
            Self::NoSession => Problem::new(401, "no-session", "Not signed in")
                .detail("There is no session, or it has ended. Sign in at /login.")
                .login(),
            Self::NoAttempt => Problem::new(400, "no-attempt", "This sign-in cannot be finished")
                .detail(
                    "It was begun in another browser or under another host name, took longer than \
                     ten minutes, or its cookie was blocked. Nothing was signed in.",
                )
                .login(),
            Self::AttemptUsed => {
                Problem::new(400, "attempt-used", "This sign-in is already finished")
                    .detail("Each sign-in can be finished once. Begin a new one at /login.")
                    .login()
            }
            Self::IdToken(invalid) => {
                Problem::new(400, "invalid-id-token", "The sign-in could not be verified")
                    .detail(format!(
                        "The ID token was not accepted: {invalid}. Nobody was signed in."
                    ))
                    .login()
            }
            Self::UnusableAksToken(what) => Problem::new(
                400,
                "unusable-aks-token",
                "The AKS token could not be verified",
            )
            .detail(format!(
                "The token that came is not one for this user and AKS: {what}."
            ))
            .login(),
            Self::AnotherUser => Problem::new(400, "another-user", "Another account came back")
                .detail(
                    "You are signed in here with one account, and Microsoft Entra answered for \
                     another one. Nothing was changed; sign in anew to change accounts.",
                )
                .login(),
            Self::SignedOutMeanwhile => {
                Problem::new(400, "signed-out-meanwhile", "Signed out meanwhile")
                    .detail(
                        "All your sessions were ended while this sign-in was under way. Begin a \
                         new one at /login.",
                    )
                    .login()
            }
            Self::TooManyFailures(seconds) => {
                Problem::new(429, "too-many-failures", "Too many failed sign-ins")
                    .detail(format!(
                        "Too many sign-ins from your address have failed. Reload this page in \
                         {seconds} seconds."
                    ))
                    .retry_after(*seconds)
            }
            Self::NotAdmitted(refusal) => {
                Problem::new(403, "not-admitted", "This account may not sign in here")
                    .detail(not_admitted(refusal))
                    .rule(refusal.rule.setting())
                    .another_account()
            }
            Self::SignInRefused(error) => Problem::new(
                400,
                "sign-in-refused",
                "Microsoft Entra refused the sign-in",
            )
            .detail(error.explanation())
            .entra(error)
            .login(),
            Self::AksTokenRefused(error) => {
                Problem::new(400, "aks-token-refused", "No token for AKS")
                    .detail(format!(
                        "You are signed in, but there is no token for AKS. {}",
                        error.explanation()
                    ))
                    .entra(error)
                    .ask_again()
            }
            Self::InteractionRequired(error) => {
                Problem::new(400, "interaction-required", "Microsoft Entra asks for you")
                    .detail(format!(
                        "The token for AKS needs a step in a browser. {}",
                        error.explanation()
                    ))
                    .entra(error)
                    .ask_again()
            }
            Self::InteractionOpen => Problem::new(
                400,
                "interaction-open",
                "Microsoft Entra has not answered yet",
            )
            .detail(
                "You are signed in, but there is no token for AKS yet: you were sent to \
                         Microsoft Entra for it and have not come back. If an administrator has to \
                         allow it, come back when that is done.",
            )
            .ask_again(),
            Self::ConsentOrDeviceCode { open } => device_code::choice(*open),
            Self::DeviceCode(error) => device_code::problem(error),
            Self::Kubernetes(error) => kubernetes::problem(error),
            Self::NoCredential => Problem::new(404, "no-such-credential", "No such kubeconfig")
                .detail("There is no kubeconfig with this id in your session, or it has ended."),
            Self::TooManyCredentials => Problem::new(
                409,
                "too-many-credentials",
                "Too many kubeconfigs",
            )
            .detail(format!(
                "At most {} kubeconfigs of one sign-in are in force at once, and a hundred in all. \
                     Revoke one that you do not use, or sign in again.",
                credential::MOST
            )),
            Self::Away(away) => unavailable(away.what, away.retry_after).detail(format!(
                "{} does not answer. Nobody was signed out; try again shortly.",
                sentence(away.what)
            )),
            Self::SignInInterrupted(away) => unavailable(away.what, away.retry_after)
                .detail(format!(
                    "{} does not answer, and this sign-in cannot be finished. Begin a new one at \
                     /login in a moment.",
                    sentence(away.what)
                ))
                .login(),
        }
    }

    /// What the log is told besides, if there is more to say.
    pub fn log_detail(&self) -> Option<String> {
        match self {
            Self::Away(away) | Self::SignInInterrupted(away) => {
                Some(format!("{}: {}", away.what, away.reason))
            }
            Self::IdToken(invalid) => Some(invalid.to_string()),
            Self::Misconfigured(error) => Some(error.to_string().trim_end().replace('\n', "; ")),
            Self::UnusableAksToken(what) => Some(what.clone()),
            Self::DeviceCode(error) => error.detail(),
            Self::Kubernetes(error) => error.detail(),
            Self::BadParameter(name, what) => Some(format!("{name} {what}")),
            Self::NotAdmitted(refusal) => Some(refusal.rule.setting().to_owned()),
            _ => None,
        }
    }

    /// Whom it is about, if that is known.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::NotAdmitted(refusal) => Some(&refusal.user),
            _ => None,
        }
    }

    /// What Entra said, if it was Entra.
    pub fn entra(&self) -> Option<&EntraError> {
        match self {
            Self::SignInRefused(error)
            | Self::AksTokenRefused(error)
            | Self::InteractionRequired(error) => Some(error),
            _ => None,
        }
    }
}

/// Setting names and what is wrong with them are for the operator: they are in the log, and here,
/// since nothing else works until they are right, and no value of a secret is among them.
fn misconfigured(error: &Misconfigured) -> Problem {
    Problem::new(
        500,
        "misconfigured",
        "The proxy is not configured correctly",
    )
    .detail("The platform team has to correct these settings.")
    .list(
        "settings",
        error.faults.iter().map(ToString::to_string).collect(),
    )
}

fn not_admitted(refusal: &Refusal) -> String {
    let only = match refusal.rule {
        Rule::Users => "certain accounts",
        Rule::Roles => "accounts with certain app roles",
        Rule::Groups => "members of certain groups",
    };
    format!(
        "{} is signed in at Microsoft Entra, but this proxy admits only {only} ({}). Sign in with \
         another account, or ask the platform team.",
        refusal.user.display_name(),
        refusal.rule.setting()
    )
}

fn unavailable(what: Dependency, retry_after: Option<u64>) -> Problem {
    let kind = match what {
        Dependency::Entra => "entra-unavailable",
        Dependency::Sidecar => "sidecar-unavailable",
        Dependency::Kubelogin => "kubelogin-unavailable",
        Dependency::Store => "store-unavailable",
        Dependency::ApiServer => "api-server-unavailable",
        Dependency::Graph => "graph-unavailable",
    };
    Problem::new(503, kind, "Temporarily unavailable")
        .retry_after(retry_after.unwrap_or(RETRY_AFTER))
}

fn sentence(what: Dependency) -> &'static str {
    match what {
        Dependency::Entra => "Microsoft Entra",
        Dependency::Sidecar => "The proxy's own identity service (its sidecar)",
        Dependency::Kubelogin => "The service that runs kubelogin",
        Dependency::Store => "The session store",
        Dependency::ApiServer => "The API server",
        Dependency::Graph => "Microsoft Graph, which knows the groups of this account,",
    }
}
