//! `/-/tunnel` answers the tunnel. For everybody else there is nothing here.

use std::time::Duration;

use http::{Method, header};
use verdict::{Ask, Looked, Message, Open};

use super::apps;
use crate::addresses::APPS;
use crate::call::Call;
use crate::desk::Told;
use crate::kubernetes;
use crate::platform::{Body, Platform};
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::settings::tunnel_token;
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
    Ok(match told(call, message).await? {
        Told::Nothing => respond::empty(),
        told => respond::json(200, &told),
    })
}

async fn told<P: Platform>(call: &Call<'_, P>, message: Message) -> Result<Told, Failure> {
    let is_of_app = match &message {
        Message::Open(open) => is_led_to_app(open),
        Message::Refused(refused) => is_led_to_app(&refused.open),
        Message::Look(ask) => apps::is_of_app(&ask.ticket),
        Message::LookAll(asks) => match asks.iter().any(|ask| apps::is_of_app(&ask.ticket)) {
            true => return Ok(looks(call, asks).await),
            false => false,
        },
        Message::Failed(failed) => apps::is_of_app(&failed.ticket),
        Message::Closed(closed) => apps::is_of_app(&closed.ticket),
    };
    match is_of_app {
        true => apps::answer(call, message).await,
        false => kubernetes::answer(call, message).await,
    }
}

fn is_led_to_app(open: &Open) -> bool {
    let rest = open.target.strip_prefix(APPS);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Whether these may go on, some of which are requests to apps. Each kind is asked for its own, and nothing is
/// known of one whose settings are wrong.
async fn looks<P: Platform>(call: &Call<'_, P>, asks: &[Ask]) -> Told {
    let (of_apps, others): (Vec<_>, Vec<_>) = asks
        .iter()
        .cloned()
        .partition(|ask| apps::is_of_app(&ask.ticket));
    let mut of_others = Vec::new();
    if !others.is_empty() {
        let told = kubernetes::answer(call, Message::LookAll(others)).await;
        of_others = listed(call, told);
    }
    let of_apps = apps::answer(call, Message::LookAll(of_apps)).await;
    let (mut of_apps, mut of_others) = (listed(call, of_apps).into_iter(), of_others.into_iter());
    let in_order = asks.iter().map(|ask| match apps::is_of_app(&ask.ticket) {
        true => of_apps.next().flatten(),
        false => of_others.next().flatten(),
    });
    Told::Looks(in_order.collect())
}

fn listed<P: Platform>(call: &Call<'_, P>, told: Result<Told, Failure>) -> Vec<Option<Looked>> {
    match told {
        Ok(Told::Looks(looks)) => looks,
        Ok(Told::Verdict(_) | Told::Look(_) | Told::Nothing) => Vec::new(),
        Err(failure) => {
            call.log_error("fault", &*failure.error);
            Vec::new()
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
