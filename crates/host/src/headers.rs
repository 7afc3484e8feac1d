//! The `spin-*` headers, with which the host tells a component about its request.
//!
//! Like Spin, the host appends them: a client's own header of the same name stays, before ours.

use std::net::SocketAddr;

use http::request::Parts;
use http::{HeaderName, HeaderValue, header};

use crate::routes::{Matched, Route};

/// A request header is not text.
#[derive(Debug)]
pub(crate) struct NotText;

/// Appends the headers for `request`, which came from `client` and matched `route`.
pub(crate) fn append<T>(
    request: &mut Parts,
    client: SocketAddr,
    route: &Route<T>,
    matched: &Matched<'_>,
) -> Result<(), NotText> {
    if request
        .headers
        .values()
        .any(|value| std::str::from_utf8(value.as_bytes()).is_err())
    {
        return Err(NotText);
    }
    let full_url = format!(
        "http://{}{}",
        authority(request),
        request
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
    );
    let mut append = |name: HeaderName, value: &str| match HeaderValue::from_str(value) {
        Ok(value) => {
            request.headers.append(name, value);
            Ok(())
        }
        Err(_) => Err(NotText),
    };
    append(HeaderName::from_static("spin-path-info"), &matched.rest)?;
    append(HeaderName::from_static("spin-full-url"), &full_url)?;
    append(
        HeaderName::from_static("spin-matched-route"),
        route.pattern.trim_end_matches('/'),
    )?;
    append(HeaderName::from_static("spin-base-path"), "/")?;
    append(
        HeaderName::from_static("spin-raw-component-route"),
        &route.pattern,
    )?;
    append(
        HeaderName::from_static("spin-component-route"),
        route.fixed(),
    )?;
    append(
        HeaderName::from_static("spin-client-addr"),
        &client.to_string(),
    )?;
    for (name, value) in &matched.parameters {
        let name = HeaderName::try_from(format!(
            "spin-path-match-{}",
            name.to_ascii_lowercase().replace('_', "-")
        ))
        .map_err(|_| NotText)?;
        append(name, value)?;
    }
    Ok(())
}

/// The request's authority: from its target (HTTP/2), else from `Host`.
pub(crate) fn authority(request: &Parts) -> String {
    if let Some(authority) = request.uri.authority() {
        return authority.to_string();
    }
    let host = request
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::Request;

    use super::append;
    use crate::routes::Routes;

    #[test]
    fn ours_come_after_the_clients() {
        let request = Request::get("/api/x?y=z")
            .header("host", "here:1")
            .header("spin-client-addr", "6.6.6.6:6")
            .body(())
            .unwrap();
        let (mut parts, ()) = request.into_parts();
        let routes = Routes::new([("/api/...".to_owned(), ())]);
        let (route, matched) = routes.find("/api/x").unwrap();
        append(&mut parts, "127.0.0.1:9".parse().unwrap(), route, &matched).unwrap();
        let all = |name: &str| {
            parts
                .headers
                .get_all(name)
                .iter()
                .map(|v| v.to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(all("spin-client-addr"), ["6.6.6.6:6", "127.0.0.1:9"]);
        assert_eq!(all("spin-path-info"), ["/x"]);
        assert_eq!(all("spin-full-url"), ["http://here:1/api/x?y=z"]);
        assert_eq!(all("spin-component-route"), ["/api"]);
        assert_eq!(all("spin-raw-component-route"), ["/api/..."]);
    }

    #[test]
    fn a_header_that_is_not_text_is_refused() {
        let request = Request::get("/")
            .header("x", &b"\xff"[..])
            .body(())
            .unwrap();
        let (mut parts, ()) = request.into_parts();
        let routes = Routes::new([("/".to_owned(), ())]);
        let (route, matched) = routes.find("/").unwrap();
        assert!(append(&mut parts, "127.0.0.1:9".parse().unwrap(), route, &matched).is_err());
    }
}
