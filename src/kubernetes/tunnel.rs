//! What the tunnel asks and is told. It carries upgraded connections, which a component cannot
//! carry. It decides nothing: each connection is decided on here, and again while it lasts.

use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::Access;
use super::admit::Asked;
use super::audit::Audit;
use super::bearer::Bearer;
use super::caller::Caller;
use super::error::KubernetesError;
use super::place::Look;
use super::settings::Settings;
use super::{upgrade, websocket};
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::Place;
use crate::session::{CredentialRecord, Handle};
use crate::store::{Records, StoreFailure, Ticket};
use crate::terms::Secret;

/// A message of the tunnel.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Message {
    /// A client wants an upgrade.
    Open(Open),
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
    /// The credential; nothing for a caller with their own token.
    credential: Option<Secret>,
    place: Option<Place>,
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
            Err(failure) => {
                let response = audit.refused(&*failure.error);
                audit.log(call.platform);
                let headers: Vec<_> = written(response.headers());
                let body = String::from_utf8_lossy(response.body());
                let status = response.status().as_u16();
                json!({ "answer": { "status": status, "headers": headers, "body": body } })
            }
        }
    }

    async fn connect(&self, open: &Open, audit: &mut Audit) -> Result<Value, Failure> {
        let (method, mut headers) = open.head().ok_or(KubernetesError::NotUpgradable)?;
        let asked = Asked::read(&method, &open.target, &headers, audit)?;
        let bearer = bearer(&mut headers)?;
        let caller = self.access.admit(bearer, audit).await?;
        if !upgrade::is_upgradable(&asked.info) {
            return Err(KubernetesError::NotUpgradable.into());
        }
        let token = self.access.token(&caller, &headers, None).await?;
        let head = self.access.head(&headers, &token)?;
        let place = self.access.place(&caller).await?;
        "opened".clone_into(&mut audit.outcome);
        audit.log(self.access.call.platform);
        let keyring = &self.access.settings.keyring;
        let credential = match &caller {
            Caller::SignedIn(credential) => Some(credential.handle.write(keyring)),
            Caller::OwnToken(_) => None,
        };
        let connection = Connection {
            credential,
            place,
            audit: audit.clone(),
        };
        Ok(json!({
            "origin": self.access.settings.kubernetes.api_url.as_str(),
            "method": method.as_str(),
            "target": asked.target.as_str(),
            "headers": written(&head),
            "ticket": Ticket::seal(keyring, &connection, self.access.call.platform),
        }))
    }

    /// Whether a connection may go on.
    ///
    /// # Errors
    /// When the store cannot say. The tunnel then asks again, while its patience lasts.
    pub(crate) async fn look(&self, ask: &Ask) -> Result<bool, StoreFailure> {
        let connection: Option<Connection> = ask.ticket.open(&self.access.settings.keyring);
        let Some(Connection {
            credential,
            mut place,
            ..
        }) = connection
        else {
            return Ok(false);
        };
        let Some(credential) = credential else {
            return Ok(true);
        };
        let Some(handle) = Handle::<CredentialRecord>::parse(credential.reveal()) else {
            return Ok(false);
        };
        let look = self.access.look(handle, &mut place).await?;
        Ok(look == Look::GoesOn)
    }

    /// Notes how a connection ended, and gives its place back.
    pub(crate) async fn closed(&self, closed: &Closed) {
        let connection: Option<Connection> = closed.ticket.open(&self.access.settings.keyring);
        let Some(Connection {
            place, mut audit, ..
        }) = connection
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
    let pairs = headers.iter();
    pairs
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect()
}
