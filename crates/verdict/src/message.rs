//! Messages between a native carrier and the component, as JSON.

use serde::{Deserialize, Serialize};

use crate::audit::{Audit, Outcome};
use crate::events::Writing;
use crate::forward::{Forward, Rules};

/// A question or report to the component.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Message {
    /// A client sends this request.
    Open(Open),
    /// The server has answered with a status of [`Forward::asks_again`].
    Refused(Refused),
    /// Asks whether this may go on.
    Look(Ask),
    /// Asks whether these may go on. The answer has a [`Looked`] for each, in the same order, or null for no
    /// answer.
    LookAll(Vec<Ask>),
    /// This request has no answer.
    Failed(Failed),
    /// This request has ended.
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
    /// Whether the request is no upgrade.
    #[serde(default)]
    pub plain: bool,
}

/// The server's answer, which the client does not have yet.
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
    /// Its stage.
    #[serde(default, skip_serializing_if = "Stage::is_answered")]
    pub stage: Stage,
    /// The places of other requests of the same [`Together::whose`]. If this request may go on, so may they, and
    /// their places are renewed. If it may not, the answer says nothing of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// The group of a request: one answer applies to all of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Together {
    /// The same for all requests of one sign-in that hold places.
    pub whose: String,
    /// The name of the request's place in [`Ask::also`].
    pub place: String,
}

/// The stages of a request that lasts.
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
    /// Its answer has begun, and is a 401: the server does not know its token.
    Refused,
    /// Its answer has begun, and is a stream of events in this encoding.
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
    /// The new ticket, if there is one. It holds a place, which [`Closed`] gives back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The group of the new ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
    /// How it ends whose answer has begun, if it may not go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// If it may not go on: the answer for a client without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// If it may not go on: the last bytes for a client of an event stream, in base64 (RFC 4648, section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The client's body is longer than allowed.
    BodyTooLong,
    /// The client's body did not arrive completely.
    BodyCutOff,
    /// The server cannot be reached, or its answer is not valid. The text is for the log.
    Unreachable(String),
    /// The server does not answer in time.
    Silent,
}

/// A request has no answer. The carrier asks what its client gets; this gives a held place back.
#[derive(Deserialize, Serialize)]
pub struct Failed {
    /// The ticket of the request.
    pub ticket: String,
    /// The reason.
    pub fault: Fault,
}

/// A request has ended.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Closed {
    /// The ticket of the request.
    pub ticket: String,
    /// The status of the answer; `None` if there was no answer.
    pub status: Option<u16>,
    /// How many bytes went to the server.
    pub sent: u64,
    /// How many bytes came from the server.
    pub received: u64,
    /// The time from the request to the end, in milliseconds.
    pub milliseconds: u64,
    /// The outcome. By default, it follows from the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// The decision on a request.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Carry it like this.
    Connect(Box<Connect>),
    /// Give the client this answer, and carry nothing.
    Answer(Answer),
    /// Give the client the server's answer.
    Pass {},
}

/// How a request is carried, and what its carrier reports.
#[derive(Deserialize, Serialize)]
pub struct Connect {
    /// The destination and head.
    #[serde(flatten)]
    pub forward: Forward,
    /// The sealed state of the request. Each question about the request shows it.
    pub ticket: String,
    /// The group, if the request holds a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
    /// Whether a person asks whom the component knows, and whose lasting requests it counts. Any other request
    /// counts for its client's address, to its end.
    #[serde(default)]
    pub is_known: bool,
    /// What else holds, if it is no upgrade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<Plain>,
}

/// Further rules for a request that is no upgrade.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Plain {
    /// The rules for carrying it.
    #[serde(flatten)]
    pub rules: Rules,
    /// The audit line that the carrier completes and writes after an answer that it has carried. The
    /// component writes the line of its own answers.
    pub audit: Audit,
    /// Whether it already holds a place, which [`Closed`] always gives back.
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
