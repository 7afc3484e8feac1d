//! A bearer token among the subprotocols of a WebSocket (RFC 6455, section 4.1). Browsers can send
//! it nowhere else, and the API server reads it there.

use http::{HeaderMap, HeaderValue, header};

use super::bearer::Bearer;
use super::error::KubernetesError;
use crate::terms::Secret;
use crate::terms::encoding::from_base64url;

const PREFIX: &str = "base64url.bearer.authorization.k8s.io.";

/// There is more than one bearer token, one that cannot be read, or no protocol beside it.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Unusable;

/// The one bearer token, from either of its two places. It is taken out of the subprotocols.
///
/// # Errors
/// When there is more than one, or one that cannot be read.
pub(super) fn bearer(headers: &mut HeaderMap) -> Result<Option<Bearer>, KubernetesError> {
    let among_protocols =
        take_bearer(headers).map_err(|Unusable| KubernetesError::AmbiguousBearer)?;
    match among_protocols {
        Some(_) if headers.contains_key(header::AUTHORIZATION) => {
            Err(KubernetesError::AmbiguousBearer)
        }
        Some(token) => Ok(Some(Bearer::read(token.reveal()))),
        None => Ok(Bearer::of(headers)),
    }
}

/// Takes the bearer token out of the subprotocols in `headers`, so that it is not passed on.
pub(super) fn take_bearer(headers: &mut HeaderMap) -> Result<Option<Secret>, Unusable> {
    let mut kept = Vec::new();
    let mut bearer = None;
    for line in headers.get_all(header::SEC_WEBSOCKET_PROTOCOL) {
        let line = line.to_str().map_err(|_| Unusable)?;
        for protocol in line.split(',').map(str::trim) {
            let Some(encoded) = protocol.strip_prefix(PREFIX) else {
                kept.push(protocol);
                continue;
            };
            let token = from_base64url(encoded).and_then(|token| String::from_utf8(token).ok());
            if bearer
                .replace(Secret::new(token.ok_or(Unusable)?))
                .is_some()
            {
                return Err(Unusable);
            }
        }
    }
    if bearer.is_none() {
        return Ok(None);
    }
    if kept.is_empty() {
        return Err(Unusable);
    }
    let kept = HeaderValue::try_from(kept.join(", ")).map_err(|_| Unusable)?;
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, kept);
    Ok(bearer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::*;
    use crate::terms::encoding::base64url;

    /// What is taken from these lines, and what is left of them.
    fn take(lines: &[&str]) -> Result<(Option<String>, Vec<String>), Unusable> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_str(line).unwrap();
            headers.append(header::SEC_WEBSOCKET_PROTOCOL, line);
        }
        let bearer = take_bearer(&mut headers)?;
        let left = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
        let left = left.map(|line| line.to_str().unwrap().to_owned());
        Ok((
            bearer.map(|bearer| bearer.reveal().to_owned()),
            left.collect(),
        ))
    }

    fn protocol(token: &str) -> String {
        format!("{PREFIX}{}", base64url(token.as_bytes()))
    }

    #[test]
    fn a_bearer_is_taken_and_the_other_protocols_stay() {
        let bearer = protocol("1.abc.def");
        let both = format!("v5.channel.k8s.io, {bearer},v4.channel.k8s.io");
        let (taken, left) = take(&[&both]).unwrap();
        assert_eq!(taken.as_deref(), Some("1.abc.def"));
        assert_eq!(left, ["v5.channel.k8s.io, v4.channel.k8s.io"]);
        let (taken, left) = take(&[&bearer, "v5.channel.k8s.io"]).unwrap();
        assert_eq!(taken.as_deref(), Some("1.abc.def"));
        assert_eq!(left, ["v5.channel.k8s.io"]);
    }

    #[test]
    fn without_a_bearer_nothing_changes() {
        for lines in [&[][..], &["v5.channel.k8s.io,v4.channel.k8s.io", "x"]] {
            let (taken, left) = take(lines).unwrap();
            assert_eq!(
                (taken, left.as_slice()),
                (
                    None,
                    &lines.iter().map(ToString::to_string).collect::<Vec<_>>()[..]
                )
            );
        }
    }

    #[test]
    fn what_could_be_meant_otherwise_is_refused() {
        let (one, two) = (protocol("a"), protocol("b"));
        for lines in [
            vec![one.clone()],
            vec![format!("x, {one}, {two}")],
            vec!["x".to_owned(), one.clone(), one],
            vec![format!("x, {PREFIX}!!")],
            vec![format!("x, {PREFIX}YQ==")],
            vec![format!("x, {PREFIX}_w")],
        ] {
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            assert_eq!(take(&lines).map(|_| ()), Err(Unusable), "{lines:?}");
        }
    }
}
