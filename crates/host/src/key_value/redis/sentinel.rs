//! Sentinels: they know the current primary.

use std::time::Duration;

use redis::{RedisConnectionInfo, Value, from_redis_value, pipe};
use tokio::time::timeout;

use super::address::Place;
use super::connection::Connection;
use super::settings::Sentinels;
use super::stream::stream;
use crate::key_value::result::Result;

/// How long one Sentinel may take before the next is asked.
const PATIENCE: Duration = Duration::from_secs(1);

/// The primary's place, from the first Sentinel that knows it.
pub(super) async fn primary(sentinels: &Sentinels, secure: bool) -> Result<Place> {
    let mut reasons = Vec::new();
    for address in &sentinels.addresses {
        let asked = timeout(PATIENCE, ask(address, sentinels, secure)).await;
        match asked.unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}"))) {
            Ok(place) => return Ok(place),
            Err(reason) => reasons.push(format!("the Sentinel {address}: {reason}")),
        }
    }
    Err(reasons.join("; "))
}

async fn ask(address: &str, sentinels: &Sentinels, secure: bool) -> Result<Place> {
    let place = parse(address).ok_or("is not host:port")?;
    let login = match &sentinels.password {
        Some(password) => RedisConnectionInfo::default().set_password(password),
        None => RedisConnectionInfo::default(),
    };
    let connection = Connection::new(stream(&place, secure).await?, &login, None).await?;
    let mut question = pipe();
    question
        .cmd("SENTINEL")
        .arg("GET-MASTER-ADDR-BY-NAME")
        .arg(&sentinels.service);
    let answers = connection.ask(&question).await;
    let answer = answers.map_err(|failure| failure.reason)?.pop();
    let answer = answer.unwrap_or(Value::Nil);
    let answer = answer.extract_error().map_err(|error| error.to_string())?;
    let found: Option<(String, u16)> =
        from_redis_value(answer).map_err(|error| error.to_string())?;
    let (host, port) = found.ok_or_else(|| {
        format!(
            "knows no primary called `{}` (REDIS_SENTINEL_SERVICE)",
            sentinels.service
        )
    })?;
    Ok(Place::Host(host, port))
}

/// An error unless the server is a primary. A Sentinel may name the old one for a while, and a returning old
/// primary takes writes until it is demoted.
pub(super) async fn is_primary(connection: &Connection, place: &Place) -> Result<()> {
    let mut question = pipe();
    question.cmd("ROLE");
    let answers = connection.ask(&question).await;
    match answers.map_err(|failure| failure.reason)?.pop() {
        Some(Value::Array(role)) if role.first().is_some_and(is_master) => Ok(()),
        // This user may not ask for the role. The Sentinel's answer is used.
        Some(Value::ServerError(_)) => Ok(()),
        _ => Err(format!("{place}, which the Sentinels name, is no primary")),
    }
}

fn is_master(role: &Value) -> bool {
    matches!(role, Value::BulkString(role) if role == b"master")
}

fn parse(address: &str) -> Option<Place> {
    let (host, port) = address.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Some(Place::Host(host.to_owned(), port.parse().ok()?))
}
