//! What a scraper gets.

use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::Registry;

/// Where the metrics are.
const PATH: &str = "/metrics";
/// The format of [`Registry::text`].
const FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD");

/// The answer to `request`: the text of `registry` at `/metrics`, and nothing elsewhere.
pub fn answer<B>(registry: &Registry, request: &Request<B>) -> Response<String> {
    if request.uri().path() != PATH {
        return text(
            StatusCode::NOT_FOUND,
            PLAIN,
            "the metrics are at /metrics\n",
        );
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "");
        response.headers_mut().insert(header::ALLOW, ALLOWED);
        return response;
    }
    text(StatusCode::OK, FORMAT, registry.text())
}

fn text(status: StatusCode, format: HeaderValue, text: impl Into<String>) -> Response<String> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, format);
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{Method, Request, Response};

    use super::answer;
    use crate::Registry;

    fn ask(method: Method, path: &str) -> Response<String> {
        let registry = Registry::new("serve", "1.2.3");
        let request = Request::builder().method(method).uri(path).body(());
        answer(&registry, &request.unwrap())
    }

    #[test]
    fn the_metrics_are_at_one_path() {
        let answer = ask(Method::GET, "/metrics?x=y");
        assert_eq!(answer.status(), 200);
        let format = answer.headers().get("content-type").unwrap();
        assert!(
            format
                .to_str()
                .unwrap()
                .starts_with("text/plain; version=0.0.4")
        );
        assert!(answer.body().contains("aks_oauth_proxy_build_info{"));
        for path in ["/", "/metrics/", "/healthz", "/k8s/api"] {
            assert_eq!(ask(Method::GET, path).status(), 404, "{path}");
        }
    }

    #[test]
    fn nothing_can_be_changed() {
        let answer = ask(Method::POST, "/metrics");
        assert_eq!(answer.status(), 405);
        assert_eq!(answer.headers().get("allow").unwrap(), "GET, HEAD");
    }
}
