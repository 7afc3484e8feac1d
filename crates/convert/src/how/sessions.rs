//! Sessions and their cookie.

use super::lines::{note, one, switch};
use crate::row::Line::{self, Note, Setting};

/// The longest session, in seconds.
const LONGEST_SESSION: u64 = 30 * 24 * 3600;

/// What `SESSION_IDLE_TIMEOUT_SECONDS` is by default.
const IDLE: u64 = 1800;

/// How long a session lasts.
pub(crate) fn cookie_expire(values: &[String]) -> Vec<Line> {
    let seconds = match seconds(one(values)) {
        None => return note("not taken: it is no duration"),
        Some(0) => {
            return note(
                "not taken: a session always has an end here; set SESSION_ABSOLUTE_TIMEOUT_SECONDS",
            );
        }
        Some(seconds) => seconds,
    };
    let absolute = seconds.min(LONGEST_SESSION);
    let mut lines = vec![Setting(
        "SESSION_ABSOLUTE_TIMEOUT_SECONDS",
        absolute.to_string(),
    )];
    if absolute < IDLE {
        lines.push(Setting(
            "SESSION_IDLE_TIMEOUT_SECONDS",
            absolute.to_string(),
        ));
    } else {
        lines.push(Note(format!("a session that is not used for {IDLE} seconds ends here; set SESSION_IDLE_TIMEOUT_SECONDS")));
    }
    if seconds > LONGEST_SESSION {
        lines.push(Note(
            "shortened: no session is longer than 30 days".to_owned(),
        ));
    }
    lines
}

/// A duration of Go's, in whole seconds.
fn seconds(text: &str) -> Option<u64> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let letters = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        total += number.parse::<f64>().ok()? * unit_seconds(unit)?;
        rest = after;
    }
    if text.is_empty() || !(0.0..1e12).contains(&total) {
        return None;
    }
    format!("{total:.0}").parse().ok()
}

fn unit_seconds(unit: &str) -> Option<f64> {
    match unit {
        "h" => Some(3600.0),
        "m" => Some(60.0),
        "s" => Some(1.0),
        "ms" => Some(0.001),
        _ => None,
    }
}

/// Whether cookies are sent over https only.
pub(crate) fn cookie_secure(values: &[String]) -> Vec<Line> {
    switch("SESSION_COOKIE_SECURE", values)
}

/// The attribute `SameSite`.
pub(crate) fn cookie_samesite(values: &[String]) -> Vec<Line> {
    let value = match one(values).to_ascii_lowercase().as_str() {
        "lax" => "Lax",
        "strict" => "Strict",
        _ => return note("not taken: it is Lax or Strict here"),
    };
    vec![Setting("SESSION_COOKIE_SAMESITE", value.to_owned())]
}

/// A name for the cookie that no cookie of theirs has.
pub(crate) fn cookie_name(_: &[String]) -> Vec<Line> {
    note(
        "not taken, so that no cookie of theirs is taken for one of ours; behind https set SESSION_COOKIE_NAME=__Host-proxy_session",
    )
}

/// Where sessions are.
pub(crate) fn store(values: &[String]) -> Vec<Line> {
    match one(values) {
        "redis" => Vec::new(),
        _ => note("sessions are on the server here: in SQLite for one replica, in Redis for more"),
    }
}
