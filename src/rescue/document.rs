//! Problem documents (RFC 9457).

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::way_on;
use crate::problem::Problem;
use crate::request::Request;
use crate::respond::{self, Response};

/// The document that tells a program of `problem`.
pub(super) fn write(problem: &Problem, request: &Request, request_id: &str) -> Response {
    let document = Document {
        kind: format!("urn:aks-oauth-proxy:problem:{}", problem.kind()),
        title: problem.title(),
        status: problem.status(),
        detail: &problem.detail(),
        extensions: extensions(problem, request),
        request_id,
    };
    respond::json_as("application/problem+json", problem.status(), &document)
}

fn extensions(problem: &Problem, request: &Request) -> Map<String, Value> {
    let mut extensions = Map::new();
    for way in problem.ways_on() {
        let address = way_on::address(*way, problem, request);
        extensions.insert(way_on::member(*way).to_owned(), json!(address));
    }
    if let Some(setting) = problem.ruled_by() {
        extensions.insert("rule".to_owned(), json!(setting));
    }
    if let Some(entra) = problem.said_by_entra() {
        extensions.insert("entra".to_owned(), json!(entra));
    }
    if let Some(lines) = problem.wrong_settings() {
        extensions.insert("settings".to_owned(), json!(lines));
    }
    extensions
}

/// RFC 9457, section 3, with our extension members.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(flatten)]
    extensions: Map<String, Value>,
    request_id: &'a str,
}
