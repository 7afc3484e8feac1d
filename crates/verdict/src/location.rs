//! Rewrites addresses in answers.

use http::{HeaderMap, HeaderValue, header};

/// Rewrites `Location` and `Content-Location` (RFC 9110, sections 10.2.2 and 8.7) that point to `origin`
/// (`https://host:port`): they get `prefix`, below which the client reaches it and which the server does not
/// know. Others stay as they are.
pub fn lead_through(headers: &mut HeaderMap, origin: &str, prefix: &str) {
    for name in [header::LOCATION, header::CONTENT_LOCATION] {
        let led = headers
            .get(&name)
            .and_then(|value| path(value.as_bytes(), origin))
            .map(|path| [prefix.as_bytes(), path].concat());
        if let Some(Ok(value)) = led.map(|led| HeaderValue::from_bytes(&led)) {
            headers.insert(name, value);
        }
    }
}

/// The same for an app: the client reaches what is below `base` there by `prefix`. Both are empty, or begin
/// with a slash and do not end with one. A reference below `prefix` stays: the app knows the prefix
/// (`X-Forwarded-Prefix`). A reference outside `base` stays, too.
pub fn lead_back_from(headers: &mut HeaderMap, origin: &str, base: &str, prefix: &str) {
    for name in [header::LOCATION, header::CONTENT_LOCATION] {
        let Some(value) = headers.get(&name).map(HeaderValue::as_bytes) else {
            continue;
        };
        let is_reference = value.starts_with(b"/");
        if is_reference && (base == prefix || below(value, prefix).is_some()) {
            continue;
        }
        let rest = path(value, origin).and_then(|path| below(path, base));
        let led = rest.map(|rest| [prefix.as_bytes(), rest].concat());
        // Two leading slashes would name a host.
        let led = led.filter(|led| led.starts_with(b"/") && !led.starts_with(b"//"));
        if let Some(Ok(value)) = led.map(|led| HeaderValue::from_bytes(&led)) {
            headers.insert(name, value);
        }
    }
}

/// The rest of `path` (which may have a query) after `base`, if `base` ends at a segment.
fn below<'a>(path: &'a [u8], base: &str) -> Option<&'a [u8]> {
    let rest = path.strip_prefix(base.as_bytes())?;
    let ends = rest.first().is_none_or(|next| b"/?#".contains(next));
    ends.then_some(rest)
}

/// The path and the rest, unchanged, of an address at `origin`. A reference with two leading slashes names a
/// host; one without a slash is relative to the request (RFC 3986, section 4.2).
fn path<'a>(address: &'a [u8], origin: &str) -> Option<&'a [u8]> {
    let path = match address.strip_prefix(origin.as_bytes()) {
        Some(path) => path,
        None if address.starts_with(b"//") => return None,
        None => address,
    };
    path.starts_with(b"/").then_some(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use http::{HeaderMap, HeaderValue, header};

    use super::{lead_back_from, lead_through};

    fn led(address: &str) -> String {
        led_below("/k8s", address)
    }

    fn led_below(prefix: &str, address: &str) -> String {
        let mut headers = HeaderMap::new();
        for name in [header::LOCATION, header::CONTENT_LOCATION] {
            headers.insert(name, HeaderValue::from_bytes(address.as_bytes()).unwrap());
        }
        lead_through(&mut headers, "https://api.example:6443", prefix);
        assert_eq!(headers[header::LOCATION], headers[header::CONTENT_LOCATION]);
        String::from_utf8(headers[header::LOCATION].as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_leads_to_the_api_server_leads_through_us() {
        for path in [
            "/",
            "/openapi/v3/apis/apps/v1?hash=0%2F1#x",
            "/api/v1/namespaces/demo/services/s/proxy/",
            "/a//b/../\u{e9}",
            "/\\example.com",
            "/k8s/x",
        ] {
            assert_eq!(led(path), format!("/k8s{path}"));
            assert_eq!(
                led(&format!("https://api.example:6443{path}")),
                format!("/k8s{path}")
            );
            // On a host of its own there is no prefix.
            assert_eq!(
                led_below("", &format!("https://api.example:6443{path}")),
                path
            );
        }
    }

    #[test]
    fn what_leads_elsewhere_stays() {
        for address in [
            "//api.example:6443/x",
            "https://api.example/x",
            "https://api.example:64430/x",
            "https://api.example:6443",
            "https://api.example:6443.example.com/x",
            "http://api.example:6443/x",
            "https://other.example/x",
            "x",
            "../x",
            "?x",
            "",
        ] {
            assert_eq!(led(address), address);
        }
    }

    /// The rewritten `address` of an app at `http://app.svc:80`.
    fn of_app(base: &str, prefix: &str, address: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_str(address).unwrap());
        lead_back_from(&mut headers, "http://app.svc:80", base, prefix);
        headers[header::LOCATION].to_str().unwrap().to_owned()
    }

    #[test]
    fn addresses_of_an_app_lead_to_where_its_client_reaches_it() {
        for (base, prefix, address, led) in [
            ("", "", "http://app.svc:80/x?y#z", "/x?y#z"),
            ("", "", "/x", "/x"),
            ("", "/a", "/x", "/a/x"),
            ("", "/a", "http://app.svc:80/x", "/a/x"),
            ("", "/a", "http://app.svc:80/a/x", "/a/a/x"),
            ("/base", "/a", "/base/x", "/a/x"),
            ("/base", "/a", "/base", "/a"),
            ("/base", "/a", "/base?x", "/a?x"),
            ("/base", "", "http://app.svc:80/base/x", "/x"),
        ] {
            assert_eq!(
                of_app(base, prefix, address),
                led,
                "{base} {prefix} {address}"
            );
        }
    }

    #[test]
    fn other_addresses_of_an_app_stay() {
        for (base, prefix, address) in [
            ("", "/a", "/a/x"),
            ("", "/a", "/a"),
            ("/base", "/a", "/other"),
            ("/base", "/a", "/based"),
            ("/base", "/a", "http://app.svc:80/other"),
            ("/base", "", "http://app.svc:80/base"),
            ("", "", "http://app.svc:80//evil.example"),
            ("", "/a", "//evil.example"),
            ("", "/a", "https://evil.example/x"),
            ("", "/a", "x"),
        ] {
            assert_eq!(of_app(base, prefix, address), address, "{base} {prefix}");
        }
    }
}
