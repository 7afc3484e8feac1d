//! What the tunnel asks and is told. It carries upgraded connections, which a component cannot
//! carry. It decides nothing: each connection is decided on here, and again while it lasts.

use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::Access;
use super::admit::Asked;
use super::audit::Audit;
use super::bearer::Bearer;
use super::error::KubernetesError;
use super::place::{Look, Whose};
use super::refused::Refusal;
use super::settings::Settings;
use super::token::Token;
use super::websocket;
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::Place;
use crate::store::{Records, StoreFailure, Ticket};
use crate::terms::encoding::sha256;

/// A message of the tunnel.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Message {
    /// A client wants an upgrade.
    Open(Open),
    /// The API server has answered a request to upgrade with 401.
    Refused(Refused),
    /// A connection has lasted for a while.
    Look(Ask),
    /// A connection has ended.
    Closed(Closed),
}

/// The head of a client's request.
#[derive(Deserialize)]
pub(crate) struct Open {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

/// The API server's 401.
#[derive(Deserialize)]
pub(crate) struct Refused {
    ticket: Ticket,
    /// The request that it answers.
    open: Open,
    /// The headers `WWW-Authenticate` of the answer.
    challenges: Vec<String>,
}

/// Asks whether the connection of this ticket may go on.
#[derive(Deserialize)]
pub(crate) struct Ask {
    ticket: Ticket,
}

/// How the connection of this ticket ended.
#[derive(Deserialize)]
pub(crate) struct Closed {
    ticket: Ticket,
    status: Option<u16>,
    sent: u64,
    received: u64,
    milliseconds: u64,
}

/// What is in a ticket: all that is known of a connection.
#[derive(Deserialize, Serialize)]
struct Connection {
    whose: Whose,
    place: Option<Place>,
    /// SHA-256 of the token with which the API server was asked.
    token: String,
    audit: Audit,
}

/// The tunnel's side of one request.
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

    /// Where a connection leads and with which head, or the answer to its client.
    pub(crate) async fn open(&self, open: &Open) -> Value {
        let call = self.access.call;
        let mut audit = Audit::begin("kubernetes", call.route, &call.id);
        match self.connect(open, &mut audit).await {
            Ok(connect) => json!({ "connect": connect }),
            Err(failure) => self.answer(&failure, audit),
        }
    }

    /// What follows when the API server refuses the token: the connection once more with another one,
    /// an answer to its client, or `pass` if the API server's answer is meant for the client.
    pub(crate) async fn refused(&self, refused: &Refused) -> Value {
        let call = self.access.call;
        let mut audit = Audit::begin("kubernetes", call.route, &call.id);
        match self.connect_again(refused, &mut audit).await {
            Ok(Some(connect)) => json!({ "connect": connect }),
            Ok(None) => json!({ "pass": {} }),
            Err(failure) => self.answer(&failure, audit),
        }
    }

    fn answer(&self, failure: &Failure, mut audit: Audit) -> Value {
        let response = audit.refused(&*failure.error);
        audit.log(self.access.call.platform);
        let headers: Vec<_> = written(response.headers());
        let body = String::from_utf8_lossy(response.body());
        let status = response.status().as_u16();
        json!({ "answer": { "status": status, "headers": headers, "body": body } })
    }

    async fn connect(&self, open: &Open, audit: &mut Audit) -> Result<Value, Failure> {
        let (method, mut headers) = open.head().ok_or(KubernetesError::NotUpgradable)?;
        let asked = Asked::read(&method, &open.target, &headers, audit)?;
        let bearer = bearer(&mut headers)?;
        let caller = self.access.admit(bearer, audit).await?;
        let token = self.access.token(&caller, &headers, None).await?;
        let place = self.access.place(&caller).await?;
        "opened".clone_into(&mut audit.outcome);
        audit.log(self.access.call.platform);
        let connection = Connection {
            whose: Whose::of(&caller, &self.access.settings.keyring),
            place,
            token: fingerprint(&token),
            audit: audit.clone(),
        };
        self.lead(open, &asked, &headers, &token, &connection)
    }

    async fn connect_again(
        &self,
        refused: &Refused,
        audit: &mut Audit,
    ) -> Result<Option<Value>, Failure> {
        let Some(mut connection) = self.opened(&refused.ticket) else {
            return Ok(None);
        };
        let open = &refused.open;
        let (method, mut headers) = open.head().ok_or(KubernetesError::NotUpgradable)?;
        let asked = Asked::read(&method, &open.target, &headers, audit)?;
        let bearer = bearer(&mut headers)?;
        let caller = self.access.admit(bearer, audit).await?;
        let mut token = self.access.token(&caller, &headers, None).await?;
        // If it is another one by now, it is tried as it is.
        if fingerprint(&token) == connection.token {
            let refusal = Refusal {
                caller: &caller,
                info: &asked.info,
                headers: &headers,
                token: &token,
            };
            let answer = refused.answer();
            match self.access.instead_of(&refusal, &answer).await? {
                Some(other) => token = other,
                None => return Ok(None),
            }
        }
        connection.token = fingerprint(&token);
        let connect = self.lead(open, &asked, &headers, &token, &connection)?;
        Ok(Some(connect))
    }

    /// Where `connection` leads, with which head, and what of the answer leads there again.
    fn lead(
        &self,
        open: &Open,
        asked: &Asked<'_>,
        headers: &HeaderMap,
        token: &Token,
        connection: &Connection,
    ) -> Result<Value, Failure> {
        let settings = self.access.settings;
        let head = self.access.head(headers, token)?;
        let ticket = Ticket::seal(&settings.keyring, connection, self.access.call.platform);
        let host = headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        Ok(json!({
            "origin": settings.kubernetes.api_url.as_str(),
            "method": open.method,
            "target": asked.target.as_str(),
            "headers": written(&head),
            "location_prefix": settings.prefix(host),
            "ticket": ticket,
        }))
    }

    fn opened(&self, ticket: &Ticket) -> Option<Connection> {
        ticket.open(&self.access.settings.keyring)
    }

    /// Whether a connection may go on.
    ///
    /// # Errors
    /// When the store cannot say. The tunnel then asks again, while its patience lasts.
    pub(crate) async fn look(&self, ask: &Ask) -> Result<bool, StoreFailure> {
        let opened = self.opened(&ask.ticket);
        let Some(Connection {
            whose, mut place, ..
        }) = opened
        else {
            return Ok(false);
        };
        let look = self.access.look(&whose, &mut place).await?;
        Ok(look == Look::GoesOn)
    }

    /// Notes how a connection ended, and gives its place back.
    pub(crate) async fn closed(&self, closed: &Closed) {
        let opened = self.opened(&closed.ticket);
        let Some(Connection {
            place, mut audit, ..
        }) = opened
        else {
            return;
        };
        let outcome = if closed.status.is_some() {
            "ok"
        } else {
            "cut_off"
        };
        outcome.clone_into(&mut audit.outcome);
        audit.status = closed.status;
        (audit.sent, audit.received) = (closed.sent, closed.received);
        audit.milliseconds = closed.milliseconds;
        audit.log(self.access.call.platform);
        if let Some(place) = place {
            // A place that is not given back is free in a minute.
            let _ = place.release(self.access.records).await;
        }
    }
}

impl Open {
    fn head(&self) -> Option<(Method, HeaderMap)> {
        let method = Method::from_str(&self.method).ok()?;
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            let (name, value) = (HeaderName::from_str(name), HeaderValue::from_str(value));
            headers.append(name.ok()?, value.ok()?);
        }
        Some((method, headers))
    }
}

impl Refused {
    /// The head of the answer, as far as it matters here.
    fn answer(&self) -> Response<()> {
        let mut answer = Response::new(());
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        for challenge in &self.challenges {
            if let Ok(challenge) = HeaderValue::from_str(challenge) {
                let headers = answer.headers_mut();
                headers.append(header::WWW_AUTHENTICATE, challenge);
            }
        }
        answer
    }
}

fn fingerprint(token: &Token) -> String {
    sha256(token.secret.reveal())
}

/// The one bearer token, from either of its two places.
fn bearer(headers: &mut HeaderMap) -> Result<Option<Bearer>, KubernetesError> {
    let among_protocols = websocket::take_bearer(headers)
        .map_err(|websocket::Unusable| KubernetesError::AmbiguousBearer)?;
    match among_protocols {
        Some(_) if headers.contains_key(header::AUTHORIZATION) => {
            Err(KubernetesError::AmbiguousBearer)
        }
        Some(token) => Ok(Some(Bearer::read(token.reveal()))),
        None => Ok(Bearer::of(headers)),
    }
}

/// Headers as the tunnel takes them. Those that came as text are text.
fn written(headers: &HeaderMap) -> Vec<(&str, &str)> {
    let text = |value| str::from_utf8(HeaderValue::as_bytes(value)).ok();
    let pairs = headers.iter();
    pairs
        .filter_map(|(name, value)| Some((name.as_str(), text(value)?)))
        .collect()
}
