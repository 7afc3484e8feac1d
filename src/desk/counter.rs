//! Where native carriers ask. They carry what a component cannot, such as upgraded connections, and decide
//! nothing: each request is decided on here, and again while it lasts.

use std::marker::PhantomData;

use serde::Serialize;
use verdict::{
    Closed, Connect, Ended, Failed, Looked, Message, Open, Outcome, Plain, Refused, Together,
    Verdict,
};

use super::connection::Connection;
use super::kind::{Carried, Decided, Kind};
use super::written;
use crate::log;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::terms::encoding::sha256;

/// What a native carrier is told.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Told {
    /// What is decided.
    Verdict(Verdict),
    /// Whether this may go on.
    Look(Looked),
    /// Whether these may go on, in the order of the question.
    Looks(Vec<Option<Looked>>),
    /// It is noted.
    Nothing,
}

/// Where native carriers ask about requests of one kind.
pub(crate) struct Desk<'a, P, K> {
    pub(super) kind: &'a K,
    platform: PhantomData<P>,
}

impl<'a, P: Platform, K: Kind<P>> Desk<'a, P, K> {
    /// Of this kind.
    pub(crate) fn of(kind: &'a K) -> Self {
        Self {
            kind,
            platform: PhantomData,
        }
    }

    /// The answer to `message`.
    ///
    /// # Errors
    /// When the store cannot say whether a request may go on. The carrier then asks again, while its patience
    /// lasts.
    pub(crate) async fn answer(&self, message: Message) -> Result<Told, Failure> {
        Ok(match message {
            Message::Open(open) => Told::Verdict(self.open(&open).await),
            Message::Refused(refused) => Told::Verdict(self.refused(&refused).await),
            Message::Look(ask) => Told::Look(self.look(&ask).await?),
            Message::LookAll(asks) => Told::Looks(self.look_all(&asks).await),
            Message::Failed(failed) => Told::Verdict(self.failed(failed).await),
            Message::Closed(closed) => {
                self.closed(&closed).await;
                Told::Nothing
            }
        })
    }

    /// How a request is carried, or the answer to its client.
    async fn open(&self, open: &Open) -> Verdict {
        let mut decided = self.kind.open(open).await;
        if let Decided::Carried(carried) = &mut decided
            && !open.plain
        {
            let audit = &mut carried.connection.audit;
            "opened".clone_into(&mut audit.outcome);
            log::write(self.kind.call().platform, audit);
        }
        self.verdict(decided)
    }

    /// What follows when the server refuses a token: the request once more with another one, an answer to its
    /// client, or the server's answer if that is meant for the client.
    async fn refused(&self, refused: &Refused) -> Verdict {
        match self.opened(&refused.ticket) {
            Some(connection) => {
                let decided = self.kind.refused(refused, connection).await;
                self.verdict(decided)
            }
            None => Verdict::Pass {},
        }
    }

    fn verdict(&self, decided: Decided<K::Known>) -> Verdict {
        let carried = match decided {
            Decided::Carried(carried) => *carried,
            Decided::Answer(response) => return Verdict::Answer(written::answer(&response)),
            Decided::Pass => return Verdict::Pass {},
        };
        let Carried {
            forward,
            rules,
            connection,
        } = carried;
        let ticket = self.seal(&connection);
        Verdict::Connect(Box::new(Connect {
            forward,
            ticket,
            together: Self::together(&connection),
            is_known: K::is_known(&connection.known),
            plain: rules.map(|rules| Plain {
                rules,
                audit: connection.audit,
                holds_place: connection.place.is_some(),
            }),
        }))
    }

    /// The group of a request: the answer to a look depends on whose the request is, and on nothing else.
    pub(super) fn together(connection: &Connection<K::Known>) -> Option<Together> {
        let place = connection.place.as_ref()?;
        let whose = [K::MARK, &K::whose(&connection.known)].concat();
        Some(Together {
            whose: sha256(&whose),
            place: place.name(),
        })
    }

    pub(super) fn seal(&self, connection: &Connection<K::Known>) -> String {
        let (keyring, random) = (
            self.kind.places().records.keyring,
            self.kind.call().platform,
        );
        connection.seal(K::MARK, keyring, random)
    }

    pub(super) fn opened(&self, ticket: &str) -> Option<Connection<K::Known>> {
        Connection::open(ticket, K::MARK, self.kind.places().records.keyring)
    }

    /// What a client gets to whose request there is no answer. Its place is free then.
    async fn failed(&self, failed: Failed) -> Verdict {
        let (known, place, audit) = match self.opened(&failed.ticket) {
            Some(connection) => (Some(connection.known), connection.place, connection.audit),
            None => (None, None, self.kind.audit(true)),
        };
        let failure = self.kind.fault(failed.fault, known.as_ref());
        self.kind.places().give_back(place).await;
        let told = self.kind.tell(&failure, known.as_ref(), audit);
        Verdict::Answer(written::answer(&told))
    }

    /// Hears how a request ended, and gives its place back. The line of an upgrade is written here.
    async fn closed(&self, closed: &Closed) {
        let Some(connection) = self.opened(&closed.ticket) else {
            return;
        };
        if !connection.plain {
            let mut audit = connection.audit;
            audit.ended(&ended(closed));
            audit.milliseconds = closed.milliseconds;
            log::write(self.kind.call().platform, &audit);
        }
        self.kind.places().give_back(connection.place).await;
    }
}

/// How it ended. If nothing is said, an answer was carried to its end.
fn ended(closed: &Closed) -> Ended {
    let by_status = match closed.status {
        Some(_) => Outcome::Ok,
        None => Outcome::CutOff,
    };
    Ended {
        outcome: closed.outcome.unwrap_or(by_status),
        status: closed.status,
        sent: closed.sent,
        received: closed.received,
    }
}
