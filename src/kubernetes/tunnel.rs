//! What native carriers are told of requests to the API server.

use std::borrow::Cow;

use http::{HeaderMap, Method, header};
use serde::{Deserialize, Serialize};
use verdict::{Audit, Fault, Message, Open, Refused, Writing};

use super::access::Access;
use super::admit::Asked;
use super::audit;
use super::case::{Asking, Case};
use super::error::KubernetesError;
use super::place::Whose;
use super::settings::Settings;
use super::token::Token;
use crate::call::Call;
use crate::carrier::{self, Decider, pace};
use crate::desk::{self, Carried, Connection, Decided, Desk, Held, Kind, Look, Places, Told};
use crate::log;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::Response;
use crate::store::Records;
use crate::terms::encoding::sha256;

/// The function to which plain requests belong, whoever carries them.
const PLAIN: &str = "kubernetes";

/// Answers a native carrier's `message` about a request to the API server.
///
/// # Errors
/// When the settings are wrong, or the store fails.
pub(crate) async fn answer<P: Platform>(
    call: &Call<'_, P>,
    message: Message,
) -> Result<Told, Failure> {
    let settings = call.settings(Settings::read)?;
    let records = Records::of(call, &settings.keyring);
    let access = Access {
        call,
        settings: &settings,
        records: &records,
    };
    Desk::of(&access).answer(message).await
}

/// What is known of a request to the API server while it is carried.
#[derive(Deserialize, Serialize)]
pub(crate) struct Known {
    whose: Whose,
    /// SHA-256 of the token with which the API server was asked.
    token: String,
    /// Whether it is another one than that which the API server has refused.
    #[serde(default)]
    is_renewed: bool,
}

impl<P: Platform> Kind<P> for Access<'_, P> {
    const MARK: &'static str = "";

    type Known = Known;

    fn call(&self) -> &Call<'_, P> {
        self.call
    }

    fn places(&self) -> Places<'_, P> {
        Access::places(self)
    }

    async fn open(&self, open: &Open) -> Decided<Known> {
        let mut audit = self.audit(open.plain);
        match self.case(open, &mut audit).await {
            Ok(carried) => Decided::Carried(Box::new(carried)),
            Err(failure) => Decided::Answer(self.tell(&failure, None, audit)),
        }
    }

    async fn refused(&self, refused: &Refused, connection: Connection<Known>) -> Decided<Known> {
        let mut audit = self.audit(refused.open.plain);
        match self.case_again(refused, connection, &mut audit).await {
            Ok(Some(carried)) => Decided::Carried(Box::new(carried)),
            Ok(None) => Decided::Pass,
            Err(failure) => Decided::Answer(self.tell(&failure, None, audit)),
        }
    }

    fn whose(known: &Known) -> String {
        known.whose.fingerprint()
    }

    fn is_known(known: &Known) -> bool {
        known.whose.is_known()
    }

    async fn holdings(&self, known: &[&Known]) -> Vec<Held> {
        let all: Vec<&Whose> = known.iter().map(|known| &known.whose).collect();
        Access::holdings(self, &all).await
    }

    fn follows(
        &self,
        look: Look,
        connection: &Connection<Known>,
        writing: Option<Writing>,
    ) -> carrier::Look<Failure> {
        Access::follows(self, Ok(look), writing, &connection.audit.request_id)
    }

    fn fault(&self, fault: Fault, _: Option<&Known>) -> Failure {
        KubernetesError::of(fault, self.settings.kubernetes.body).into()
    }

    fn audit(&self, plain: bool) -> Audit {
        let route = if plain { PLAIN } else { self.call.route };
        Audit::begin("kubernetes", route, &self.call.id)
    }

    fn tell(&self, failure: &Failure, _: Option<&Known>, mut audit: Audit) -> Response {
        let response = audit::refused(&mut audit, &*failure.error);
        log::write(self.call.platform, &audit);
        response
    }
}

impl<P: Platform> Access<'_, P> {
    async fn case(&self, open: &Open, audit: &mut Audit) -> Result<Carried<Known>, Failure> {
        let (method, headers) = desk::head(open).ok_or(KubernetesError::NotUpgradable)?;
        let asking = asking(open, &method, headers, audit)?;
        let mut case = Case::open(self, asking, audit).await?;
        let forward = case.forward()?;
        case.take_place().await?;
        Ok(self.carried(forward, case, audit, open.plain))
    }

    async fn case_again(
        &self,
        refused: &Refused,
        connection: Connection<Known>,
        audit: &mut Audit,
    ) -> Result<Option<Carried<Known>>, Failure> {
        let open = &refused.open;
        let (method, headers) = desk::head(open).ok_or(KubernetesError::NotUpgradable)?;
        let asking = asking(open, &method, headers, audit)?;
        let mut case = Case::open(self, asking, audit).await?;
        let Known {
            token, is_renewed, ..
        } = connection.known;
        (case.place, case.is_renewed) = (connection.place, is_renewed);
        let forward = if fingerprint(&case.token) == token {
            let answer = desk::unauthorized(&refused.challenges);
            case.refused(&answer, refused.again).await?
        } else if refused.again {
            // It is another one by now, and is tried as it is.
            Some(case.forward()?)
        } else {
            return Err(KubernetesError::Renewed.into());
        };
        Ok(forward.map(|forward| self.carried(forward, case, audit, open.plain)))
    }

    fn carried(
        &self,
        forward: verdict::Forward,
        case: Case<'_, P>,
        audit: &Audit,
        plain: bool,
    ) -> Carried<Known> {
        let rules = plain.then(|| case.rules(pace::LOOK_TOGETHER));
        let known = Known {
            whose: Whose::of(&case.caller, &self.settings.keyring),
            token: fingerprint(&case.token),
            is_renewed: case.is_renewed,
        };
        Carried {
            forward,
            rules,
            connection: Connection {
                known,
                place: case.place,
                audit: audit.clone(),
                plain,
            },
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

fn fingerprint(token: &Token) -> String {
    sha256(token.secret.reveal())
}
