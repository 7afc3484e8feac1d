//! What native carriers ask and are told. They carry what a component cannot, such as upgraded
//! connections, and decide nothing: each request is decided on here, and again while it lasts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use base64ct::{Base64, Encoding};
use http::{HeaderMap, Method, header};
use serde::{Deserialize, Serialize};
use verdict::{
    Answer, Ask, Audit, Closed, Connect, Ended, Failed, Forward, Looked, Open, Outcome, Plain,
    Refused, Stage, Verdict,
};

use super::access::Access;
use super::admit::Asked;
use super::audit;
use super::case::{Asking, Case, LOOK_TOGETHER};
use super::error::KubernetesError;
use super::place::Whose;
use super::settings::Settings;
use super::token::Token;
use super::written;
use crate::call::Call;
use crate::carrier::{Decider, End, Look};
use crate::log;
use crate::platform::Platform;
use crate::problem::{Failure, Tell};
use crate::session::streams::{Holder, Place};
use crate::store::{Records, StoreFailure, Ticket};
use crate::terms::encoding::sha256;

/// The function to which plain requests belong, whoever carries them.
const PLAIN: &str = "kubernetes";

/// What is in a ticket: all that is known of a request.
#[derive(Deserialize, Serialize)]
struct Connection {
    whose: Whose,
    place: Option<Place>,
    /// SHA-256 of the token with which the API server was asked.
    token: String,
    /// Whether it is another one than that which the API server has refused.
    #[serde(default)]
    is_renewed: bool,
    audit: Audit,
    /// Whether it is no upgrade.
    #[serde(default)]
    plain: bool,
}

/// Who holds the places of those that were looked at in one question.
#[derive(Default)]
struct Holders(BTreeMap<String, Option<Holder>>);

impl Holders {
    /// Who holds those of `whose`, if they still may.
    async fn of<P: Platform>(
        &mut self,
        access: &Access<'_, P>,
        whose: &Whose,
    ) -> Result<Option<&Holder>, StoreFailure> {
        let holder = match self.0.entry(whose.fingerprint()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(access.holder(whose).await?),
        };
        Ok(holder.as_ref())
    }
}

/// The side of native carriers.
pub(crate) struct Desk<'a, P> {
    pub(crate) access: Access<'a, P>,
}

impl<'a, P: Platform> Desk<'a, P> {
    pub(crate) fn new(
        call: &'a Call<'a, P>,
        settings: &'a Settings,
        records: &'a Records<'a, P>,
    ) -> Self {
        let access = Access {
            call,
            settings,
            records,
        };
        Self { access }
    }

    /// How a request is carried, or the answer to its client.
    pub(crate) async fn open(&self, open: &Open) -> Verdict {
        let mut audit = self.audit(open.plain);
        match self.connect(open, &mut audit).await {
            Ok(connect) => Verdict::Connect(Box::new(connect)),
            Err(failure) => Verdict::Answer(self.answer(&*failure.error, audit)),
        }
    }

    /// What follows when the API server refuses the token: the request once more with another one, an
    /// answer to its client, or the API server's answer if that is meant for the client.
    pub(crate) async fn refused(&self, refused: &Refused) -> Verdict {
        let mut audit = self.audit(refused.open.plain);
        match self.connect_again(refused, &mut audit).await {
            Ok(Some(connect)) => Verdict::Connect(Box::new(connect)),
            Ok(None) => Verdict::Pass {},
            Err(failure) => Verdict::Answer(self.answer(&*failure.error, audit)),
        }
    }

    fn audit(&self, plain: bool) -> Audit {
        let call = self.access.call;
        let route = if plain { PLAIN } else { call.route };
        Audit::begin("kubernetes", route, &call.id)
    }

    /// What a client is told of `error`. The line about it is written here.
    fn answer(&self, error: &dyn Tell, mut audit: Audit) -> Answer {
        let response = audit::refused(&mut audit, error);
        log::write(self.access.call.platform, &audit);
        written::answer(&response)
    }

    async fn connect(&self, open: &Open, audit: &mut Audit) -> Result<Connect, Failure> {
        let (method, headers) = written::head(open).ok_or(KubernetesError::NotUpgradable)?;
        let asking = asking(open, &method, headers, audit)?;
        let mut case = Case::open(&self.access, asking, audit).await?;
        let forward = case.forward()?;
        case.take_place().await?;
        if !open.plain {
            "opened".clone_into(&mut audit.outcome);
            log::write(self.access.call.platform, audit);
        }
        Ok(self.lead(forward, case, audit, open.plain))
    }

    async fn connect_again(
        &self,
        refused: &Refused,
        audit: &mut Audit,
    ) -> Result<Option<Connect>, Failure> {
        let Some(connection) = self.opened(&refused.ticket) else {
            return Ok(None);
        };
        let open = &refused.open;
        let (method, headers) = written::head(open).ok_or(KubernetesError::NotUpgradable)?;
        let asking = asking(open, &method, headers, audit)?;
        let mut case = Case::open(&self.access, asking, audit).await?;
        (case.place, case.is_renewed) = (connection.place, connection.is_renewed);
        let forward = if fingerprint(&case.token) == connection.token {
            let answer = written::unauthorized(&refused.challenges);
            case.refused(&answer, refused.again).await?
        } else if refused.again {
            // It is another one by now, and is tried as it is.
            Some(case.forward()?)
        } else {
            return Err(KubernetesError::Renewed.into());
        };
        Ok(forward.map(|forward| self.lead(forward, case, audit, open.plain)))
    }

    /// How a request is carried, with its ticket.
    fn lead(&self, forward: Forward, case: Case<'_, P>, audit: &Audit, plain: bool) -> Connect {
        let rules = plain.then(|| case.rules(LOOK_TOGETHER));
        let connection = Connection {
            whose: Whose::of(&case.caller, &self.access.settings.keyring),
            token: fingerprint(&case.token),
            is_renewed: case.is_renewed,
            place: case.place,
            audit: audit.clone(),
            plain,
        };
        Connect {
            forward,
            ticket: self.seal(&connection),
            plain: rules.map(|rules| Plain {
                rules,
                audit: connection.audit,
                holds_place: connection.place.is_some(),
            }),
        }
    }

    fn seal(&self, connection: &Connection) -> String {
        let keyring = &self.access.settings.keyring;
        let ticket = Ticket::seal(keyring, connection, self.access.call.platform);
        ticket.text().to_owned()
    }

    fn opened(&self, ticket: &str) -> Option<Connection> {
        Ticket::presented(ticket).open(&self.access.settings.keyring)
    }

    /// Whether a request may go on.
    ///
    /// # Errors
    /// When the store cannot say. The carrier then asks again, while its patience lasts.
    pub(crate) async fn look(&self, ask: &Ask) -> Result<Looked, StoreFailure> {
        self.look_knowing(ask, &mut Holders::default()).await
    }

    /// The same about many, in the same order. Nothing about those of which the store cannot say. Those of one
    /// credential cost the store what one of them costs, but for their places.
    pub(crate) async fn look_all(&self, asks: &[Ask]) -> Vec<Option<Looked>> {
        let (mut holders, mut all) = (Holders::default(), Vec::with_capacity(asks.len()));
        let mut is_away = false;
        for ask in asks {
            // A store that is away is not asked for each of them.
            let looked = match is_away {
                true => None,
                false => self.look_knowing(ask, &mut holders).await.ok(),
            };
            is_away = looked.is_none();
            all.push(looked);
        }
        all
    }

    async fn look_knowing(&self, ask: &Ask, holders: &mut Holders) -> Result<Looked, StoreFailure> {
        let Some(mut connection) = self.opened(&ask.ticket) else {
            return Ok(Looked::default());
        };
        let noted = connection.place.as_ref().map(Place::noted);
        let (whose, place) = (&connection.whose, &mut connection.place);
        let look = match ask.stage {
            Stage::Sending => self.access.lasts(whose, place).await?,
            Stage::Waiting | Stage::Answered | Stage::Events(_) => {
                let holder = holders.of(&self.access, whose).await?;
                self.access.keep(holder, place).await?
            }
        };
        let writing = match ask.stage {
            Stage::Events(writing) => Some(writing),
            Stage::Sending | Stage::Waiting | Stage::Answered => None,
        };
        let request_id = &connection.audit.request_id;
        Ok(match self.access.follows(Ok(look), writing, request_id) {
            Look::Ends(end) if connection.plain => self.ends(end, ask.stage, connection.audit),
            Look::Ends(_) | Look::Unknown => Looked::default(),
            Look::GoesOn => Looked {
                go_on: true,
                ticket: (connection.place.as_ref().map(Place::noted) != noted)
                    .then(|| self.seal(&connection)),
                ..Looked::default()
            },
        })
    }

    /// How a plain request ends that may not go on.
    fn ends(&self, end: End<Failure>, stage: Stage, audit: Audit) -> Looked {
        match stage {
            Stage::Sending | Stage::Waiting => Looked {
                answer: Some(self.answer(&*end.why.error, audit)),
                ..Looked::default()
            },
            Stage::Answered | Stage::Events(_) => Looked {
                outcome: Some(end.outcome),
                last: end.last.map(|last| Base64::encode_string(&last)),
                ..Looked::default()
            },
        }
    }

    /// What a client gets to whose request there is no answer. Its place is free then.
    pub(crate) async fn failed(&self, failed: Failed) -> Verdict {
        let (place, audit) = match self.opened(&failed.ticket) {
            Some(connection) => (connection.place, connection.audit),
            None => (None, self.audit(true)),
        };
        let most = self.access.settings.kubernetes.body;
        let error = KubernetesError::of(failed.fault, most);
        self.give_back(place).await;
        Verdict::Answer(self.answer(&error, audit))
    }

    /// Hears how a request ended, and gives its place back. The line of an upgrade is written here.
    pub(crate) async fn closed(&self, closed: &Closed) {
        let Some(connection) = self.opened(&closed.ticket) else {
            return;
        };
        if !connection.plain {
            let mut audit = connection.audit;
            audit.ended(&ended(closed));
            audit.milliseconds = closed.milliseconds;
            log::write(self.access.call.platform, &audit);
        }
        self.give_back(connection.place).await;
    }

    async fn give_back(&self, place: Option<Place>) {
        if let Some(place) = place {
            // A place that is not given back is free in a minute.
            let _ = place.release(self.access.records).await;
        }
    }
}

/// Reads the request of `open`.
fn asking<'a>(
    open: &'a Open,
    method: &'a Method,
    headers: HeaderMap,
    audit: &mut Audit,
) -> Result<Asking<'a>, Failure> {
    let asked = Asked::read(method, &open.target, &headers, audit)?;
    let mut hosts = open.headers.iter();
    let host = hosts.find(|(name, _)| name.eq_ignore_ascii_case(header::HOST.as_str()));
    Ok(Asking {
        method,
        headers: Cow::Owned(headers),
        authority: host.map_or("", |(_, host)| host),
        asked,
        plain: open.plain,
    })
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

fn fingerprint(token: &Token) -> String {
    sha256(token.secret.reveal())
}
