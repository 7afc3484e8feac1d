//! What is known of a request while it is carried.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use verdict::Audit;

use crate::platform::Random;
use crate::session::streams::Place;
use crate::store::{Keyring, Ticket};

/// What is known of a request while it is carried. Its carrier holds it as a ticket, which it cannot read.
#[derive(Deserialize, Serialize)]
pub(crate) struct Connection<K> {
    /// What only its kind knows.
    #[serde(flatten)]
    pub(crate) known: K,
    /// Its place among those of its person, if it has one.
    pub(crate) place: Option<Place>,
    /// Its line in the log.
    pub(crate) audit: Audit,
    /// Whether it is no upgrade.
    #[serde(default)]
    pub(crate) plain: bool,
}

impl<K: DeserializeOwned + Serialize> Connection<K> {
    /// Its ticket, which begins with the `mark` of its kind.
    pub(super) fn seal(&self, mark: &str, keyring: &Keyring, random: &impl Random) -> String {
        let ticket = Ticket::seal(keyring, self, random);
        [mark, ticket.text()].concat()
    }

    /// The one of this `ticket`; nothing if we did not seal it, or sealed it for another kind.
    pub(super) fn open(ticket: &str, mark: &str, keyring: &Keyring) -> Option<Self> {
        Ticket::presented(ticket.strip_prefix(mark)?).open(keyring)
    }
}
