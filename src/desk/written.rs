//! Heads and answers, as they are written in messages.

use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use verdict::{Answer, Open};

use crate::respond::Response;

/// The head of a client's request; nothing if it is none.
pub(crate) fn head(open: &Open) -> Option<(Method, HeaderMap)> {
    let method = Method::from_str(&open.method).ok()?;
    let mut headers = HeaderMap::with_capacity(open.headers.len());
    for (name, value) in &open.headers {
        let (name, value) = (HeaderName::from_str(name), HeaderValue::from_str(value));
        headers.append(name.ok()?, value.ok()?);
    }
    Some((method, headers))
}

/// The head of a server's 401, as far as it matters here.
pub(crate) fn unauthorized(challenges: &[String]) -> http::Response<()> {
    let mut answer = http::Response::new(());
    *answer.status_mut() = StatusCode::UNAUTHORIZED;
    for challenge in challenges {
        if let Ok(challenge) = HeaderValue::from_str(challenge) {
            let headers = answer.headers_mut();
            headers.append(header::WWW_AUTHENTICATE, challenge);
        }
    }
    answer
}

/// An answer as a carrier takes it. Ours is text.
pub(super) fn answer(response: &Response) -> Answer {
    let text = |value: &HeaderValue| str::from_utf8(value.as_bytes()).ok().map(str::to_owned);
    let headers = response.headers().iter();
    Answer {
        status: response.status().as_u16(),
        headers: headers
            .filter_map(|(name, value)| Some((name.to_string(), text(value)?)))
            .collect(),
        body: String::from_utf8_lossy(response.body()).into_owned(),
    }
}
