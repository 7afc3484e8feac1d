//! Log lines on stderr: one JSON object per event, without headers, queries or tickets. Each is one write: nothing
//! else gets into it.

use std::io::{self, Write};
use std::net::SocketAddr;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::failure::Failure;

/// Logs that `client` gets `failure`, because of an error `with` a peer.
pub(crate) fn failed(client: SocketAddr, with: &str, why: &str, failure: &Failure) {
    event(
        "tunnel_failed",
        [
            ("client", json!(client.to_string())),
            ("with", json!(with)),
            ("code", json!(failure.code.as_u16())),
            ("detail", json!(why)),
        ],
    );
}

/// Logs `event` with its fields.
pub(crate) fn event<const N: usize>(event: &'static str, fields: [(&str, Value); N]) {
    let time = OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default();
    let mut line = Map::new();
    line.insert("time".to_owned(), time.into());
    line.insert("event".to_owned(), event.into());
    let fields = fields.into_iter();
    line.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    // A closed stderr must not stop the service.
    let line = Value::Object(line);
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
