//! The methods that a request names. An app may take another one than that of the request.

use http::Method;
use verdict::folded;

use crate::request::Request;

/// Where another one is said, for clients that can only `GET` and `POST`.
const OVERRIDES: [&str; 3] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// The method of `request`, and those that it names besides. What is decided on a method is decided on all of
/// them.
pub fn methods(request: &Request) -> Vec<Method> {
    let headers = request.headers.iter();
    let others = headers.filter(|(name, _)| OVERRIDES.contains(&folded(name).as_str()));
    let named = others.flat_map(|(_, value)| value.as_bytes().split(|byte| *byte == b','));
    // What is no method is none for the app either.
    let named = named.filter_map(|name| {
        let name = name.trim_ascii().to_ascii_uppercase();
        Method::from_bytes(&name).ok()
    });
    [request.method.clone()].into_iter().chain(named).collect()
}
