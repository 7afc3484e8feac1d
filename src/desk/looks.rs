//! Whether requests may go on, many of which are asked about in one question.

use std::collections::BTreeMap;
use std::slice;

use base64ct::{Base64, Encoding};
use verdict::{Ask, Looked, Stage};

use super::connection::Connection;
use super::counter::Desk;
use super::kind::Kind;
use super::places::{Held, Look};
use super::seen::{Seen, Sight, others};
use super::written;
use crate::carrier::{self, End};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::Place;
use crate::store::StoreFailure;

/// Who holds the places of those that were looked at in one question.
type Holders = BTreeMap<String, Held>;

impl<P: Platform, K: Kind<P>> Desk<'_, P, K> {
    /// Whether one may go on.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(super) async fn look(&self, ask: &Ask) -> Result<Looked, StoreFailure> {
        let mut seen = self.see_all(slice::from_ref(ask)).await;
        self.renew(&mut seen).await?;
        Ok(self.looked(seen.pop().unwrap_or(Ok(None))?))
    }

    /// Whether many may go on, in the same order. Nothing about those of which the store cannot say. Whose they
    /// are costs the store two questions. Their places cost one more, and a write for each person.
    pub(super) async fn look_all(&self, asks: &[Ask]) -> Vec<Option<Looked>> {
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
        let (is_known, has_place) = (K::is_known(&connection.known), connection.place.is_some());
        let matters = match ask.stage {
            Stage::Sending => is_known && !has_place,
            Stage::Waiting | Stage::Refused => is_known || has_place,
            Stage::Answered | Stage::Events(_) => true,
        };
        Some(Seen {
            whose: matters.then(|| K::whose(&connection.known)),
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
            Stage::Sending | Stage::Waiting | Stage::Answered | Stage::Refused => None,
        };
        match self.kind.follows(look, &connection, writing) {
            carrier::Look::Ends(end) if connection.plain => self.ends(end, stage, connection),
            // An upgraded connection has neither an answer nor a last word of ours. Its audit line says why.
            carrier::Look::Ends(end) => Looked {
                outcome: Some(end.outcome),
                ..Looked::default()
            },
            carrier::Look::Unknown => Looked::default(),
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
            Stage::Answered | Stage::Refused | Stage::Events(_) => Looked {
                outcome: Some(end.outcome),
                last: end.last.map(|last| Base64::encode_string(&last)),
                ..Looked::default()
            },
        }
    }
}
