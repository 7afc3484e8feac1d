//! What is decided on requests of one kind.

use serde::Serialize;
use serde::de::DeserializeOwned;
use verdict::{Audit, Fault, Forward, Open, Refused, Rules, Writing};

use super::connection::Connection;
use super::places::{Held, Look, Places};
use crate::call::Call;
use crate::carrier;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::Response;

/// Who decides on requests of one kind for native carriers.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub(crate) trait Kind<P: Platform> {
    /// With what its tickets begin. It only says who is to be asked: what is sealed is of one kind alone.
    const MARK: &'static str;

    /// What is known of such a request while it is carried.
    type Known: DeserializeOwned + Serialize;

    /// The carrier's question.
    fn call(&self) -> &Call<'_, P>;

    /// The places of requests that last.
    fn places(&self) -> Places<'_, P>;

    /// How a request is carried, or the answer to its client.
    async fn open(&self, open: &Open) -> Decided<Self::Known>;

    /// What follows when the server has answered with a status that comes back.
    async fn refused(
        &self,
        refused: &Refused,
        connection: Connection<Self::Known>,
    ) -> Decided<Self::Known>;

    /// Tells whose requests these are from all others.
    fn whose(known: &Self::Known) -> String;

    /// Whether somebody asks whom we know. As long as the server has not said that it knows anybody else, they
    /// take no place, and leave nothing in the store.
    fn is_known(known: &Self::Known) -> bool;

    /// Who holds the places of such requests, if they still may: of each, in the same order.
    async fn holdings(&self, known: &[&Self::Known]) -> Vec<Held>;

    /// What follows from a `look`. The client gets events, if they have a `writing`.
    fn follows(
        &self,
        look: Look,
        connection: &Connection<Self::Known>,
        writing: Option<Writing>,
    ) -> carrier::Look<Failure>;

    /// Why there is no answer; nothing is known of a request whose ticket is not ours.
    fn fault(&self, fault: Fault, known: Option<&Self::Known>) -> Failure;

    /// The line of a request.
    fn audit(&self, plain: bool) -> Audit;

    /// What the client is told of a `failure` while its request is carried. The line about it is written.
    fn tell(&self, failure: &Failure, known: Option<&Self::Known>, audit: Audit) -> Response;
}

/// What is decided on a request.
pub(crate) enum Decided<K> {
    /// It is carried so.
    Carried(Box<Carried<K>>),
    /// Its client gets this, and the log has its line.
    Answer(Response),
    /// Its client gets the answer that the server has given.
    Pass,
}

/// How a request is carried.
pub(crate) struct Carried<K> {
    /// Where it goes.
    pub(crate) forward: Forward,
    /// What else holds, if it is no upgrade.
    pub(crate) rules: Option<Rules>,
    /// What is known of it from now on.
    pub(crate) connection: Connection<K>,
}
