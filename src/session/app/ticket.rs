//! One-time tickets: they bring a sign-in from the proxy's own origin to the host of an app.
//!
//! A ticket is sealed for one origin and one challenge, and opens with nothing else. Making one writes
//! nothing to the store. Whoever presents it claims it first.

use serde::{Deserialize, Serialize};

use super::record::{AppRecord, issue};
use super::refused::TicketRefused;
use super::scope::Scope;
use super::start::Start;
use crate::platform::{Platform, Random, UnixTime};
use crate::session::claim::claim;
use crate::session::claims::Claims;
use crate::session::grant_id::GrantId;
use crate::session::handle::Handle;
use crate::session::live::Live;
use crate::store::{Context, Keyring, Opened, Records, StoreFailure};
use crate::terms::encoding::{base64url, from_base64url};
use crate::terms::{Origin, Secret};

/// How long a ticket is good, in seconds.
const LIFETIME: u64 = 60;
/// The kind of the claim, and of what is sealed.
const TICKET: &str = "app-ticket";

/// What is sealed.
#[derive(Deserialize, Serialize)]
struct Ticket {
    grant: GrantId,
    /// When the session ends from which it comes.
    session_end: UnixTime,
    /// When the ticket ends.
    end: UnixTime,
}

/// Makes a ticket of `session`, for whoever has the start with this challenge at `origin`.
pub fn ticket<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
    origin: &Origin,
    challenge: &str,
) -> Secret {
    let ticket = Ticket {
        grant: session.record.grant.clone(),
        session_end: session.record.end,
        end: records.platform.now().plus(LIFETIME),
    };
    seal(
        records.keyring,
        &ticket,
        origin,
        challenge,
        records.platform,
    )
}

/// What a ticket is presented with.
pub struct Presented<'a> {
    /// The ticket.
    pub ticket: &'a str,
    /// Where it is presented.
    pub origin: &'a Origin,
    /// What this browser began there.
    pub start: &'a Start,
    /// The app cookie that this browser has there. It is kept if it is of the same sign-in.
    pub before: Option<Handle<AppRecord>>,
    /// How far the clocks of the replicas may be apart, in seconds.
    pub clock_tolerance: u64,
}

/// Makes the handle of an app cookie of a ticket, which is claimed first.
///
/// # Errors
/// When the store fails. The inner error is that the ticket is refused.
pub async fn redeem<P: Platform>(
    records: &Records<'_, P>,
    presented: Presented<'_>,
    scope: Scope,
) -> Result<Result<Live<AppRecord>, TicketRefused>, StoreFailure> {
    let Presented { origin, start, .. } = presented;
    let (now, challenge) = (records.platform.now(), start.challenge());
    let Some(ticket) = open(records.keyring, presented.ticket, origin, &challenge) else {
        return Ok(Err(TicketRefused::NotForYou));
    };
    let led_to = || start.return_path.clone();
    // A ticket that lies too far ahead is of a clock that has been set back.
    let longest = LIFETIME + presented.clock_tolerance;
    if now >= ticket.end || ticket.end.since(now) > longest {
        return Ok(Err(TicketRefused::Late(led_to())));
    }
    let id = challenge.as_bytes();
    let used = records.exists(TICKET, id).await?;
    if used || !claim(records, TICKET, id, ticket.end, Vec::new()).await? {
        return Ok(Err(TicketRefused::Used(led_to())));
    }
    let app = match ticket.grant.claims(records).await? {
        Some(claims) => issue(records, record(ticket, claims, scope), presented.before).await?,
        None => None,
    };
    Ok(app.ok_or_else(|| TicketRefused::Ended(led_to())))
}

fn record(ticket: Ticket, claims: Claims, scope: Scope) -> AppRecord {
    AppRecord {
        user: claims.user,
        end: ticket.session_end,
        grant: ticket.grant,
        scope,
    }
}

fn seal(
    keyring: &Keyring,
    ticket: &Ticket,
    origin: &Origin,
    challenge: &str,
    random: &impl Random,
) -> Secret {
    // A struct of strings and numbers always serialises.
    let json = zeroize::Zeroizing::new(serde_json::to_vec(ticket).unwrap_or_default());
    let context = context(origin, challenge);
    Secret::new(base64url(&keyring.seal(&context, &json, random)))
}

fn open(keyring: &Keyring, text: &str, origin: &Origin, challenge: &str) -> Option<Ticket> {
    let sealed = from_base64url(text)?;
    let Opened::Plain(json) = keyring.open(&context(origin, challenge), &sealed) else {
        return None;
    };
    serde_json::from_slice(&json).ok()
}

/// It opens at one origin, for one browser.
fn context<'a>(origin: &'a Origin, challenge: &'a str) -> Context<'a> {
    Context {
        kind: TICKET,
        name: origin.as_str(),
        salt: challenge.as_bytes(),
    }
}
