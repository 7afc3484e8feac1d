//! Where native carriers ask. They carry what a component cannot, such as upgraded connections, and decide
//! nothing: each request is decided on here, and again while it lasts.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::slice;

use base64ct::{Base64, Encoding};
use serde::Serialize;
use verdict::{
    Ask, Closed, Connect, Ended, Failed, Looked, Message, Open, Outcome, Plain, Refused, Stage,
    Together, Verdict,
};

use super::connection::Connection;
use super::kind::{Carried, Decided, Kind};
use super::places::{Held, Look};
use super::seen::{Seen, Sight, others};
use super::written;
use crate::carrier::{self, End};
use crate::log;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::Place;
use crate::store::StoreFailure;
use crate::terms::encoding::sha256;

/// Who holds the places of those that were looked at in one question.
type Holders = BTreeMap<String, Held>;

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
            plain: rules.map(|rules| Plain {
                rules,
                audit: connection.audit,
                holds_place: connection.place.is_some(),
            }),
        }))
    }

    /// With which others it is looked at: the answer depends on whose it is, and on nothing else.
    fn together(connection: &Connection<K::Known>) -> Option<Together> {
        let place = connection.place.as_ref()?;
        let whose = [K::MARK, &K::whose(&connection.known)].concat();
        Some(Together {
            whose: sha256(&whose),
            place: place.name(),
        })
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

    async fn look(&self, ask: &Ask) -> Result<Looked, StoreFailure> {
        let mut seen = self.see_all(slice::from_ref(ask)).await;
        self.renew(&mut seen).await?;
        Ok(self.looked(seen.pop().unwrap_or(Ok(None))?))
    }

    /// Whether many may go on, in the same order. Nothing about those of which the store cannot say. Whose they
    /// are costs the store two questions. Their places cost one more, and a write for each person.
    async fn look_all(&self, asks: &[Ask]) -> Vec<Option<Looked>> {
        let mut all = self.see_all(asks).await;
        let is_kept = self.renew(&mut all).await.is_ok();
        let looked = all.into_iter().map(|seen| {
            let seen = seen.ok()?;
            let holds_none = seen.as_ref().is_none_or(|seen| seen.place().is_none());
            let is_known = is_kept || holds_none;
            is_known.then(|| self.looked(seen))
        });
        looked.collect()
    }

    /// Sees whether requests may go on, and gives them places; nothing of what has no ticket of ours.
    async fn see_all(&self, asks: &[Ask]) -> Vec<Sight<K::Known>> {
        let seen = asks.iter().map(|ask| self.see(ask));
        let seen: Vec<_> = seen.collect();
        let holders = self.holders(&seen).await;
        let (mut all, mut away) = (Vec::with_capacity(seen.len()), None);
        for seen in seen {
            all.push(match seen {
                Some(seen) => self.hold(seen, &holders, &mut away).await.map(Some),
                None => Ok(None),
            });
        }
        all
    }

    fn see(&self, ask: &Ask) -> Option<Seen<K::Known>> {
        let connection = self.opened(&ask.ticket)?;
        let is_early = ask.stage == Stage::Sending;
        let may_wait = connection.place.is_some() || !K::takes_early(&connection.known);
        Some(Seen {
            whose: (!is_early || !may_wait).then(|| K::whose(&connection.known)),
            stage: ask.stage,
            look: Look::GoesOn,
            noted: connection.place.as_ref().map(Place::noted),
            also: others(&connection, &ask.also),
            connection,
        })
    }

    /// Who holds the places of what was `seen`.
    async fn holders(&self, seen: &[Option<Seen<K::Known>>]) -> Holders {
        let each = seen.iter().flatten().filter_map(|seen| {
            let whose = seen.whose.clone()?;
            Some((whose, &seen.connection.known))
        });
        let each: BTreeMap<String, &K::Known> = each.collect();
        let (whose, known): (Vec<_>, Vec<_>) = each.into_iter().unzip();
        let holdings = self.kind.holdings(&known).await;
        whose.into_iter().zip(holdings).collect()
    }

    /// Gives a place to what was `seen`, if it lasts and has none. A store that is `away` is not asked for each.
    async fn hold(
        &self,
        mut seen: Seen<K::Known>,
        holders: &Holders,
        away: &mut Option<StoreFailure>,
    ) -> Result<Seen<K::Known>, StoreFailure> {
        let Some(whose) = &seen.whose else {
            return Ok(seen);
        };
        let holding = holders.get(whose).cloned().unwrap_or(Ok(None))?;
        if let Some(failure) = away {
            return Err(failure.clone());
        }
        let places = self.kind.places();
        let look = places.hold(holding.as_ref(), whose, &mut seen.connection.place);
        let look = look
            .await
            .inspect_err(|failure| *away = Some(failure.clone()));
        seen.look = look?;
        Ok(seen)
    }

    /// Keeps the places of those that go on.
    async fn renew(&self, seen: &mut [Sight<K::Known>]) -> Result<(), StoreFailure> {
        let seen = seen.iter_mut().flatten().flatten();
        let places = seen.flat_map(Seen::places);
        self.kind.places().renew(places.collect()).await
    }

    /// What the carrier is told of what was `seen`.
    fn looked(&self, seen: Option<Seen<K::Known>>) -> Looked {
        let Some(seen) = seen else {
            return Looked::default();
        };
        let Seen {
            connection,
            stage,
            look,
            noted,
            ..
        } = seen;
        let writing = match stage {
            Stage::Events(writing) => Some(writing),
            Stage::Sending | Stage::Waiting | Stage::Answered => None,
        };
        match self.kind.follows(look, &connection, writing) {
            carrier::Look::Ends(end) if connection.plain => self.ends(end, stage, connection),
            carrier::Look::Ends(_) | carrier::Look::Unknown => Looked::default(),
            carrier::Look::GoesOn => {
                let is_another = connection.place.as_ref().map(Place::noted) != noted;
                Looked {
                    go_on: true,
                    ticket: is_another.then(|| self.seal(&connection)),
                    together: Self::together(&connection).filter(|_| is_another),
                    ..Looked::default()
                }
            }
        }
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
