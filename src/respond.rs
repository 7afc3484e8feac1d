//! Building responses.

use http::header::{HeaderName, HeaderValue};
use http::{StatusCode, header};
use probes::Report;
use serde::Serialize;

use crate::problem::Problem;
use crate::terms::Origin;

/// A response with a buffered body.
pub type Response = http::Response<Vec<u8>>;

/// JSON with `status`.
pub fn json(status: u16, body: &impl Serialize) -> Response {
    json_as("application/json", status, body)
}

/// JSON of a narrower media type.
pub fn json_as(media_type: &'static str, status: u16, body: &impl Serialize) -> Response {
    // Our answers are maps and structs of strings and numbers, which always serialise.
    let mut text = serde_json::to_string(body).unwrap_or_default();
    text.push('\n');
    with_body(status, media_type, text)
}

/// A word for programs.
pub fn text(word: &str) -> Response {
    with_body(200, "text/plain; charset=utf-8", word.to_owned())
}

/// What a probe is told; `query` is that of its address.
pub fn report(report: &Report, query: Option<&str>) -> Response {
    with_body(report.status(), probes::MEDIA_TYPE, report.text(query))
}

/// A redirect that the client follows with GET. `address` is ours, Entra's or that of an app that is
/// allowed, never the client's.
pub fn redirect(status: StatusCode, address: &str) -> Response {
    let mut response = no_store(status.as_u16());
    set_header(&mut response, "location", address);
    response
}

/// A page. `policy` is its Content-Security-Policy.
pub fn html(status: u16, policy: &str, text: String) -> Response {
    let mut response = with_body(status, "text/html; charset=utf-8", text);
    set_header(&mut response, "content-security-policy", policy);
    // Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
    set_header(&mut response, "referrer-policy", "same-origin");
    set_header(&mut response, "x-frame-options", "DENY");
    response
}

/// A download under the name `file`, which has no quotes in it.
pub fn download(media_type: &'static str, file: &str, text: String) -> Response {
    let mut response = with_body(200, media_type, text);
    let disposition = format!("attachment; filename=\"{file}\"");
    set_header(&mut response, "content-disposition", &disposition);
    response
}

/// A style sheet, script or picture. If it is the one that its address names, it may be kept for good.
pub fn asset(media_type: &'static str, content: impl Into<Vec<u8>>, is_named: bool) -> Response {
    let mut response = with_body(200, media_type, content);
    if is_named {
        let for_good = "public, max-age=31536000, immutable";
        set_header(&mut response, "cache-control", for_good);
    }
    response
}

/// An empty answer: it is done.
pub fn empty() -> Response {
    no_store(204)
}

/// An empty answer with this status.
pub fn bare(status: u16) -> Response {
    no_store(status)
}

/// An empty answer, which only a page of `origin` may frame.
pub fn framed(origin: &Origin) -> Response {
    let mut response = no_store(200);
    let policy = format!("default-src 'none'; frame-ancestors {origin}");
    set_header(&mut response, "content-security-policy", &policy);
    response
}

/// Sets a header. A value that HTTP does not allow is left out. Our values never are.
pub fn set_header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
}

/// Sets the headers of every answer that tells of `problem`.
pub fn add_problem_headers(response: &mut Response, problem: &Problem) {
    if let Some(seconds) = problem.wait() {
        set_header(response, "retry-after", &seconds.to_string());
    }
    if let Some(methods) = problem.allowed() {
        set_header(response, "allow", methods);
    }
    if let Some(challenge) = problem.challenged() {
        set_header(response, "www-authenticate", challenge);
    }
}

/// Adds a cookie.
pub fn add_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn with_body(status: u16, media_type: &'static str, content: impl Into<Vec<u8>>) -> Response {
    let mut response = no_store(status);
    set_header(&mut response, "content-type", media_type);
    *response.body_mut() = content.into();
    response
}

/// Notes that the answer depends on what the client wants: a page in its language, or JSON.
pub fn add_vary(response: &mut Response) {
    set_header(response, "vary", "Accept, Accept-Language, Cookie");
}

/// Every answer of ours may depend on a session, so no cache may store it.
fn no_store(status: u16) -> Response {
    let mut response = Response::new(Vec::new());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    set_header(&mut response, "cache-control", "no-store");
    set_header(&mut response, "x-content-type-options", "nosniff");
    response
}
