//! `/-/tunnel` answers the tunnel. For everybody else there is nothing here.

use std::time::Duration;

use http::{Method, header};
use verdict::Message;

use crate::call::Call;
use crate::kubernetes::{AccessSettings, Desk};
use crate::platform::{Body, Platform};
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::settings::tunnel_token;
use crate::store::Records;
use crate::terms::secret;

/// The longest message, in bytes: the head of a request, as JSON.
const LONGEST: usize = 512 * 1024;
/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    if !is_tunnel(call) {
        return Err(BadRequest::NotFound.into());
    }
    if call.request.method != Method::POST {
        return Err(BadRequest::MethodNotAllowed("POST").into());
    }
    let Body::Whole(body) = call.platform.body(LONGEST, PATIENCE).await else {
        return Err(BadRequest::BodyTooLarge.into());
    };
    let unknown = |_| BadRequest::Parameter("body", "is no message of a tunnel");
    let message: Message = serde_json::from_slice(&body).map_err(unknown)?;
    let settings = call.settings(AccessSettings::read)?;
    let records = Records {
        platform: call.platform,
        keyring: &settings.keyring,
    };
    let desk = Desk::new(call, &settings, &records);
    match message {
        Message::Open(open) => Ok(respond::json(200, &desk.open(&open).await)),
        Message::Refused(refused) => Ok(respond::json(200, &desk.refused(&refused).await)),
        Message::Look(look) => Ok(respond::json(200, &desk.look(&look).await?)),
        Message::LookAll(looks) => Ok(respond::json(200, &desk.look_all(&looks).await)),
        Message::Failed(failed) => Ok(respond::json(200, &desk.failed(failed).await)),
        Message::Closed(closed) => {
            desk.closed(&closed).await;
            Ok(respond::empty())
        }
    }
}

/// Whether the request has the tunnel's bearer token. If the token is wrongly set, no request has
/// it.
fn is_tunnel<P: Platform>(call: &Call<'_, P>) -> bool {
    let Ok(Some(token)) = call.settings(tunnel_token) else {
        return false;
    };
    let mut given = call.request.headers.get_all(header::AUTHORIZATION).iter();
    let (Some(given), None) = (given.next(), given.next()) else {
        return false;
    };
    let expected = format!("Bearer {}", token.reveal());
    secret::same(given.as_bytes(), expected)
}
