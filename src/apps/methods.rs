//! The methods that a request names. An app may take another one than that of the request.

use http::Method;
use verdict::folded;

use crate::request::Request;
use crate::settings::METHODS;

/// The headers that say another one, for clients that can only `GET` and `POST`.
const OVERRIDES: [&str; 3] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// The same in a query, in any case: Symfony, Express and ASP.NET look there too.
const IN_QUERIES: [&str; 2] = ["_method", "x-http-method-override"];

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
    let mut all: Vec<Method> = [request.method.clone()].into_iter().chain(named).collect();
    if request.target.contains('?') {
        all.extend(in_query(request));
    }
    all
}

/// The methods that the query names. A parameter of that name may mean something else, so only those count that an
/// app can be asked by.
fn in_query(request: &Request) -> Vec<Method> {
    let query = request.query();
    let named = query.pairs().filter(|(name, _)| {
        let mut names = IN_QUERIES.iter();
        names.any(|known| name.eq_ignore_ascii_case(known))
    });
    let known = |name: &str| {
        let name = name.trim().to_ascii_uppercase();
        METHODS.into_iter().find(|method| method.as_str() == name)
    };
    named.filter_map(|(_, value)| known(value)).collect()
}
