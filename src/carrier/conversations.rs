//! Reads the tables of conversations (`crates/verdict/conversations*.json`), for all kinds of requests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use http::{HeaderMap, Response};
use serde_json::{Value, json};

use crate::platform::HttpError;

/// `usual`, with the changes of `row`.
pub(crate) fn merged(usual: &Value, row: &Value) -> Value {
    let (Value::Object(usual), Value::Object(row)) = (usual, row) else {
        return row.clone();
    };
    let mut all = usual.clone();
    for (name, value) in row {
        let old = usual.get(name).unwrap_or(&Value::Null);
        all.insert(name.clone(), merged(old, value));
    }
    Value::Object(all)
}

/// Without null values, and with sorted headers.
pub(crate) fn comparable(value: &Value) -> Value {
    let Value::Object(fields) = value else {
        return value.clone();
    };
    let fields = fields.iter().filter(|(_, value)| !value.is_null());
    let fields = fields.map(|(name, value)| match name.as_str() {
        "headers" => (name.clone(), json!(sorted(value))),
        _ => (name.clone(), comparable(value)),
    });
    Value::Object(fields.collect())
}

/// Sorted headers: their order does not matter.
pub(crate) fn sorted(headers: &Value) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = serde_json::from_value(headers.clone()).unwrap();
    headers.sort();
    headers
}

/// Headers as the tables write them.
pub(crate) fn pairs(headers: &HeaderMap) -> Value {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| json!([name.as_str(), value.to_str().unwrap()]))
        .collect()
}

/// The server's answer in a row, or the error.
pub(crate) fn served(written: &Value) -> Result<Response<()>, HttpError> {
    if let Some(fault) = written.get("fault") {
        return Err(match fault["unreachable"].as_str() {
            Some(why) => HttpError::Unreachable(why.to_owned()),
            None => HttpError::TimedOut,
        });
    }
    let headers = sorted(&written["headers"]);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let status = written["status"].as_u64().unwrap();
    answer(u16::try_from(status).unwrap(), &headers)
}

/// An answer of a server.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)]) -> Result<Response<()>, HttpError> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(()).unwrap())
}
