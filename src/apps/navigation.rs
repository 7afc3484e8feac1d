//! Whether a browser navigates, or a program asks: a person is led to sign in, a program is told 401.

use http::{HeaderMap, HeaderValue, Method, header};

use crate::request::Request;

/// Whether `request` is a navigation of a browser (Fetch, section 2.2.5), which may be answered with a
/// redirect to the sign-in. `method` is that of the request to the app, if it is known: what may have a
/// body is never redirected, since the body would be lost, nor is what nobody knows.
///
/// It is decided by the method, `X-Requested-With`, `Sec-Fetch-Mode` and `Accept`, and never by
/// `User-Agent` (GHSA-5hvv-m4w4-gf6v).
pub fn is_navigation(request: &Request, method: Option<&Method>) -> bool {
    let headers = &request.headers;
    let is_reading = method.is_some_and(|method| method == Method::GET || method == Method::HEAD);
    is_reading && !has_body(headers) && navigates(headers) && request.wants_html()
}

fn has_body(headers: &HeaderMap) -> bool {
    let mut lengths = headers.get_all(header::CONTENT_LENGTH).iter();
    headers.contains_key(header::TRANSFER_ENCODING) || lengths.any(|length| length != "0")
}

/// Browsers of today say how they ask, and no script can say it for them. A web view says in
/// `X-Requested-With` which program it is in, so only without that word from the browser is every such
/// request a script's.
fn navigates(headers: &HeaderMap) -> bool {
    let mut modes = headers.get_all("sec-fetch-mode").iter().peekable();
    let mut requested_with = headers.get_all("x-requested-with").iter();
    if modes.peek().is_none() {
        return requested_with.next().is_none();
    }
    let is_script = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"XMLHttpRequest");
    modes.all(|mode| mode == "navigate") && !requested_with.any(is_script)
}
