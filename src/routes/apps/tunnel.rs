//! Answers native carriers about requests to apps.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::{Deserialize, Serialize};
use verdict::{Audit, Fault, Message, Open, Refused, Writing};

use super::access::{Access, Carriage};
use super::case::{Case, Decided};
use super::error::AppError;
use super::lasting::{Client, Lasting, Whose};
use super::settings::Settings;
use crate::call::Call;
use crate::carrier::{self, pace};
use crate::desk::{self, Carried, Connection, Desk, Held, Kind, Look, Places, Told};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, Request};
use crate::rescue::rescue;
use crate::respond::{self, Response};

/// The function of plain requests, whoever carries them.
const PLAIN: &str = "apps";
/// The prefix of tickets.
const MARK: &str = "app.";
/// The client's address, as a host reports it.
const CLIENT: HeaderName = HeaderName::from_static("spin-client-addr");

/// Whether a ticket belongs to a request to an app.
pub(crate) fn is_of_app(ticket: &str) -> bool {
    ticket.starts_with(MARK)
}

/// Answers a native carrier's `message` about a request to an app.
///
/// # Errors
/// When the settings are wrong, or the store fails.
pub(crate) async fn answer<P: Platform>(
    call: &Call<'_, P>,
    message: Message,
) -> Result<Told, Failure> {
    let settings = call.settings(Settings::read)?;
    let records = settings.app.records(call);
    let clerk = Clerk {
        call,
        lasting: Lasting {
            settings: &settings,
            records: &records,
        },
    };
    Desk::of(&clerk).answer(message).await
}

/// Decides on requests to apps for native carriers.
struct Clerk<'a, P> {
    call: &'a Call<'a, P>,
    lasting: Lasting<'a, P>,
}

/// The sealed state of a request to an app.
#[derive(Deserialize, Serialize)]
struct Known {
    /// Its user; `None` where no sign-in is needed.
    whose: Option<Whose>,
    client: Client,
    /// The longest body of a request to this app, in bytes.
    most: u64,
}

impl<P: Platform> Kind<P> for Clerk<'_, P> {
    const MARK: &'static str = MARK;

    type Known = Known;

    fn call(&self) -> &Call<'_, P> {
        self.call
    }

    fn places(&self) -> Places<'_, P> {
        self.lasting.places()
    }

    async fn open(&self, open: &Open) -> desk::Decided<Known> {
        let mut audit = self.audit(open.plain);
        let Some((method, headers)) = desk::head(open) else {
            let wrong = BadRequest::Parameter("open", "is no message of a tunnel").into();
            return desk::Decided::Answer(self.tell(&wrong, None, audit));
        };
        let request = request(open, method, headers);
        let call = self.call_of(&request, &audit);
        match self.case(&call, open.plain, &mut audit).await {
            Ok(decided) => decided,
            Err(failure) => desk::Decided::Answer(answered(&call, &failure)),
        }
    }

    /// An app's answer about a token is for its client.
    async fn refused(&self, _: &Refused, _: Connection<Known>) -> desk::Decided<Known> {
        desk::Decided::Pass
    }

    fn whose(known: &Known) -> String {
        known
            .whose
            .as_ref()
            .map_or_else(String::new, Whose::fingerprint)
    }

    fn is_known(known: &Known) -> bool {
        known.whose.is_some()
    }

    async fn holdings(&self, known: &[&Known]) -> Vec<Held> {
        let all: Vec<Option<&Whose>> = known.iter().map(|known| known.whose.as_ref()).collect();
        self.lasting.holdings(&all).await
    }

    fn follows(
        &self,
        look: Look,
        connection: &Connection<Known>,
        _: Option<Writing>,
    ) -> carrier::Look<Failure> {
        let Known { whose, client, .. } = &connection.known;
        self.lasting.follows(look, whose.as_ref(), client.back())
    }

    fn fault(&self, fault: Fault, known: Option<&Known>) -> Failure {
        AppError::of(fault, known.map_or(0, |known| known.most)).into()
    }

    fn audit(&self, plain: bool) -> Audit {
        let route = if plain { PLAIN } else { self.call.route };
        Audit::begin("app", route, &self.call.id)
    }

    /// Only carried requests have an audit line. Other answers are an event, or nothing.
    fn tell(&self, failure: &Failure, known: Option<&Known>, audit: Audit) -> Response {
        match known {
            Some(known) => {
                let request = known.client.request();
                answered(&self.call_of(&request, &audit), failure)
            }
            None => answered(self.call, failure),
        }
    }
}

impl<'a, P: Platform> Clerk<'a, P> {
    /// The call of a client's `request`, as if it had arrived here.
    fn call_of<'r>(&self, request: &'r Request, audit: &Audit) -> Call<'r, P>
    where
        'a: 'r,
    {
        let is_plain = audit.route == PLAIN;
        Call {
            platform: self.call.platform,
            request,
            id: audit.request_id.clone(),
            route: if is_plain { PLAIN } else { self.call.route },
            longest_form: 0,
        }
    }

    async fn case(
        &self,
        call: &Call<'_, P>,
        plain: bool,
        audit: &mut Audit,
    ) -> Result<desk::Decided<Known>, Failure> {
        let access = Access {
            call,
            request: call.request,
            settings: self.lasting.settings,
            records: self.lasting.records,
            carriage: match plain {
                true => Carriage::Native,
                false => Carriage::Upgrade,
            },
        };
        let mut case = match access.decide(audit).await? {
            Decided::Case(case) => case,
            Decided::Answer(mut response) => {
                respond::add_vary(&mut response);
                return Ok(desk::Decided::Answer(response));
            }
        };
        case.take_place().await?;
        let carried = carried(*case, call.request, plain, audit);
        Ok(desk::Decided::Carried(Box::new(carried)))
    }
}

fn carried<P: Platform>(
    case: Case<'_, P>,
    request: &Request,
    plain: bool,
    audit: &Audit,
) -> Carried<Known> {
    Carried {
        forward: case.forward(),
        rules: plain.then(|| case.rules(pace::LOOK_TOGETHER)),
        connection: Connection {
            known: Known {
                whose: case.whose(),
                client: Client::of(request),
                most: case.longest_body(),
            },
            place: case.place,
            audit: audit.clone(),
            plain,
        },
    }
}

/// The answer about `failure` to the sender of the request of `call`.
fn answered<P: Platform>(call: &Call<'_, P>, failure: &Failure) -> Response {
    let mut response = rescue(call, failure);
    respond::add_vary(&mut response);
    response
}

/// The client's request, as if it had arrived here: with the client's address from the carrier, and no other
/// header that looks like the host's.
fn request(open: &Open, method: Method, mut headers: HeaderMap) -> Request {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let authority = host.unwrap_or_default().to_owned();
    verdict::remove_hosts_own(&mut headers);
    if let Ok(client) = HeaderValue::from_str(&open.client) {
        headers.insert(CLIENT, client);
    }
    Request {
        method,
        target: open.target.clone(),
        authority,
        headers,
    }
}
