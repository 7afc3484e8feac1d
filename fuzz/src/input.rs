//! The format of inputs, which people can write too.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Parts of an input, with NUL between them. The last ones may be missing.
pub fn fields<const N: usize>(text: &str) -> [&str; N] {
    let mut fields = [""; N];
    for (field, part) in fields.iter_mut().zip(text.splitn(N, '\0')) {
        *field = part;
    }
    fields
}

/// Lines of the form `name: value`. Invalid ones are dropped, as servers do not pass them on.
pub fn headers(text: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in text.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
            continue;
        };
        let name = HeaderName::from_bytes(name);
        let value = HeaderValue::from_bytes(value.trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            // The map has a limit that servers do not reach.
            let _ = headers.try_append(name, value);
        }
    }
    headers
}

/// The values of one header, a line each.
pub fn values(name: HeaderName, lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line.trim_ascii()) {
            let _ = headers.try_append(name.clone(), value);
        }
    }
    headers
}
