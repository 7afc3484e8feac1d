//! Authenticates callers by the bearer (RFC 6750, section 2.1).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;

use crate::problem::Problem;
use crate::service::Service;

/// Proves that a request has the right bearer. Only this module can make one.
pub(crate) struct Permit(());

impl FromRequestParts<Arc<Service>> for Permit {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Problem> {
        is_known(&parts.headers, service)
            .then_some(Self(()))
            .ok_or_else(Problem::unauthorized)
    }
}

/// Whether `headers` have the bearer of `service`.
pub(crate) fn is_known(headers: &HeaderMap, service: &Service) -> bool {
    let token = service.config.token.as_bytes();
    bearer(headers).is_some_and(|given| given.ct_eq(token).into())
}

/// The bearer of the only `Authorization` header. With several, none counts: readers differ on which one is
/// used.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.as_bytes().split_at_checked("Bearer ".len())?;
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use axum::http::{HeaderMap, HeaderValue, header};

    use super::bearer;

    #[test]
    fn the_scheme_is_bearer_in_any_case_and_a_token_follows() {
        let cases: [(&[&str], Option<&[u8]>); 10] = [
            (&["Bearer abc"], Some(b"abc")),
            (&["bearer abc"], Some(b"abc")),
            (&["BEARER a=="], Some(b"a==")),
            (&["Bearer "], None),
            (&["Bearer"], None),
            (&["Basic abc"], None),
            (&["abc"], None),
            (&[""], None),
            (&[], None),
            (&["Bearer abc", "Bearer abc"], None),
        ];
        for (values, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(bearer(&headers), expected, "{values:?}");
        }
    }
}
