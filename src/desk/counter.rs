//! Where native carriers ask. They carry what a component cannot, such as upgraded connections, and decide
//! nothing: each request is decided on here, and again while it lasts.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::marker::PhantomData;

use base64ct::{Base64, Encoding};
use serde::Serialize;
use verdict::{
    Ask, Closed, Connect, Ended, Failed, Looked, Message, Open, Outcome, Plain, Refused, Stage,
    Verdict,
};

use super::connection::Connection;
use super::kind::{Carried, Decided, Kind};
use super::places::{Holding, Look};
use super::written;
use crate::carrier::{self, End};
use crate::log;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::Place;
use crate::store::StoreFailure;

/// Who holds the places of those that were looked at in one question.
type Holders = BTreeMap<String, Option<Holding>>;

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
    kind: &'a K,
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
            Message::Look(ask) => Told::Look(self.look(&ask, &mut Holders::default()).await?),
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
            plain: rules.map(|rules| Plain {
                rules,
                audit: connection.audit,
                holds_place: connection.place.is_some(),
            }),
        }))
    }

    fn seal(&self, connection: &Connection<K::Known>) -> String {
        let (keyring, random) = (
            self.kind.places().records.keyring,
            self.kind.call().platform,
        );
        connection.seal(K::MARK, keyring, random)
    }

    fn opened(&self, ticket: &str) -> Option<Connection<K::Known>> {
        Connection::open(ticket, K::MARK, self.kind.places().records.keyring)
    }

    /// Whether many may go on, in the same order. Nothing about those of which the store cannot say. Those of one
    /// person's cost the store what one of them costs, but for their places.
    async fn look_all(&self, asks: &[Ask]) -> Vec<Option<Looked>> {
        let (mut holders, mut all) = (Holders::default(), Vec::with_capacity(asks.len()));
        let mut is_away = false;
        for ask in asks {
            // A store that is away is not asked for each of them.
            let looked = match is_away {
                true => None,
                false => self.look(ask, &mut holders).await.ok(),
            };
            is_away = looked.is_none();
            all.push(looked);
        }
        all
    }

    async fn look(&self, ask: &Ask, holders: &mut Holders) -> Result<Looked, StoreFailure> {
        let Some(mut connection) = self.opened(&ask.ticket) else {
            return Ok(Looked::default());
        };
        let noted = connection.place.as_ref().map(Place::noted);
        let is_early = ask.stage == Stage::Sending;
        let may_wait = connection.place.is_some() || !K::takes_early(&connection.known);
        let look = match is_early && may_wait {
            true => Look::GoesOn,
            false => {
                let holding = self.holding(holders, &connection.known).await?;
                let places = self.kind.places();
                places.keep(holding, &mut connection.place).await?
            }
        };
        let writing = match ask.stage {
            Stage::Events(writing) => Some(writing),
            Stage::Sending | Stage::Waiting | Stage::Answered => None,
        };
        Ok(match self.kind.follows(look, &connection, writing) {
            carrier::Look::Ends(end) if connection.plain => self.ends(end, ask.stage, connection),
            // What is upgraded has neither an answer nor a last word of ours: its line alone says why.
            carrier::Look::Ends(end) => Looked {
                outcome: Some(end.outcome),
                ..Looked::default()
            },
            carrier::Look::Unknown => Looked::default(),
            carrier::Look::GoesOn => Looked {
                go_on: true,
                ticket: (connection.place.as_ref().map(Place::noted) != noted)
                    .then(|| self.seal(&connection)),
                ..Looked::default()
            },
        })
    }

    /// Who holds the places of such requests, if they still may.
    async fn holding<'h>(
        &self,
        holders: &'h mut Holders,
        known: &K::Known,
    ) -> Result<Option<&'h Holding>, StoreFailure> {
        let holding = match holders.entry(K::whose(known)) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.kind.holding(known).await?),
        };
        Ok(holding.as_ref())
    }

    /// How a plain request ends that may not go on.
    fn ends(&self, end: End<Failure>, stage: Stage, connection: Connection<K::Known>) -> Looked {
        match stage {
            Stage::Sending | Stage::Waiting => {
                let Connection { known, audit, .. } = connection;
                let told = self.kind.tell(&end.why, Some(&known), audit);
                Looked {
                    answer: Some(written::answer(&told)),
                    ..Looked::default()
                }
            }
            Stage::Answered | Stage::Events(_) => Looked {
                outcome: Some(end.outcome),
                last: end.last.map(|last| Base64::encode_string(&last)),
                ..Looked::default()
            },
        }
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
