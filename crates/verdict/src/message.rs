//! What a native carrier asks the component, and what it is told. Both are JSON.

use serde::{Deserialize, Serialize};

use crate::audit::{Audit, Outcome};
use crate::events::Writing;
use crate::forward::{Forward, Rules};

/// What the component is asked or told.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Message {
    /// A client wants this.
    Open(Open),
    /// The server has answered with a status of [`Forward::asks_again`].
    Refused(Refused),
    /// May this go on?
    Look(Ask),
    /// May these go on? The answer has a [`Looked`] for each, in the same order, or null where nobody can say.
    LookAll(Vec<Ask>),
    /// There is no answer to this.
    Failed(Failed),
    /// This has ended.
    Closed(Closed),
}

/// The head of a client's request.
#[derive(Clone, Deserialize, Serialize)]
pub struct Open {
    /// The method.
    pub method: String,
    /// Path and query, as the client wrote them.
    pub target: String,
    /// All headers, as text; among them the host that was asked for.
    pub headers: Vec<(String, String)>,
    /// The address of the client.
    #[serde(default)]
    pub client: String,
    /// Whether it is no upgrade.
    #[serde(default)]
    pub plain: bool,
}

/// The server's answer, which is not the client's yet.
#[derive(Deserialize, Serialize)]
pub struct Refused {
    /// The ticket of the request.
    pub ticket: String,
    /// The request.
    pub open: Open,
    /// The values of `WWW-Authenticate`.
    pub challenges: Vec<String>,
    /// Whether the request can be sent again.
    #[serde(default = "yes")]
    pub again: bool,
}

fn yes() -> bool {
    true
}

/// Asks whether a request may go on.
#[derive(Clone, Deserialize, Serialize)]
pub struct Ask {
    /// The ticket of the request.
    pub ticket: String,
    /// How far it is.
    #[serde(default, skip_serializing_if = "Stage::is_answered")]
    pub stage: Stage,
    /// The places of other requests of the same [`Together::whose`]. They are kept with that of this request,
    /// and if this may go on, so may they. If not, nothing is said of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// With which others a request is looked at, in one question.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Together {
    /// The same for all requests of which the same holds: those of one sign-in that hold places.
    pub whose: String,
    /// What the place of this request is called in [`Ask::also`].
    pub place: String,
}

/// How far a request is that lasts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It has not been sent, and will last: it needs a place first.
    Sending,
    /// It has been sent, and its client has no answer yet.
    Waiting,
    /// Its answer has begun.
    #[default]
    Answered,
    /// The same, and the answer is events that are written so.
    Events(Writing),
}

impl Stage {
    fn is_answered(&self) -> bool {
        *self == Self::Answered
    }
}

/// The answer to [`Ask`].
#[derive(Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Looked {
    /// Whether the request may go on.
    pub go_on: bool,
    /// The ticket from now on, if it is another one: it holds a place, which [`Closed`] gives back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// With which others that one is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
    /// How it ends whose answer has begun, if it may not go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What a client gets that has no answer yet, if it may not go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// What a client gets at last that has got events, if they may not go on: bytes, in base64 (RFC 4648,
    /// section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The client's body is longer than it may be.
    BodyTooLong,
    /// The client's body did not arrive whole.
    BodyCutOff,
    /// The server cannot be reached, or its answer is none. The text says why, for the log.
    Unreachable(String),
    /// The server does not answer in time.
    Silent,
}

/// There is no answer to a request. What its client gets is asked for; if it held a place, that is free then.
#[derive(Deserialize, Serialize)]
pub struct Failed {
    /// The ticket of the request.
    pub ticket: String,
    /// Why.
    pub fault: Fault,
}

/// A request has ended.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Closed {
    /// The ticket of the request.
    pub ticket: String,
    /// The status of the answer; nothing if there was none.
    pub status: Option<u16>,
    /// How many bytes went to the server.
    pub sent: u64,
    /// How many came from it.
    pub received: u64,
    /// The time from the request to the end, in milliseconds.
    pub milliseconds: u64,
    /// How it ended. If nothing is said, by its status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// What is decided on a request.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is carried so.
    Connect(Box<Connect>),
    /// Its client gets this, and nothing is carried.
    Answer(Answer),
    /// Its client gets the answer that the server has given.
    Pass {},
}

/// How a request is carried, and what its carrier tells of it.
#[derive(Deserialize, Serialize)]
pub struct Connect {
    /// Where it goes.
    #[serde(flatten)]
    pub forward: Forward,
    /// What is known of it, sealed. It is shown with every question about it.
    pub ticket: String,
    /// With which others it is looked at, if it holds a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
    /// What else holds, if it is no upgrade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<Plain>,
}

/// What else holds for a request that is no upgrade.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Plain {
    /// How it is carried.
    #[serde(flatten)]
    pub rules: Rules,
    /// The line that its carrier writes at the end of an answer that it has carried, but for how it ended.
    /// For what the component answers itself, it writes the line.
    pub audit: Audit,
    /// Whether it holds a place already, which [`Closed`] gives back, however it ends.
    pub holds_place: bool,
}

/// A response whose body is text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}
