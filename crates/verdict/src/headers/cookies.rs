//! Cookies between the client and the proxy alone.
//!
//! They are listed by name, or by prefixes of names, which end in `_`.

use http::{HeaderMap, HeaderValue, header};

/// Removes the `listed` cookies from a client's headers (RFC 6265, section 4.2.1). All others stay unchanged.
pub fn without_cookies(headers: &mut HeaderMap, listed: &[String]) {
    let lines: Vec<HeaderValue> = headers.get_all(header::COOKIE).iter().cloned().collect();
    headers.remove(header::COOKIE);
    for line in lines {
        let pairs: Vec<&[u8]> = line.as_bytes().split(|byte| *byte == b';').collect();
        let kept: Vec<&[u8]> = pairs
            .iter()
            .copied()
            .filter(|pair| !is_listed(pair, listed))
            .collect();
        if kept.len() == pairs.len() {
            headers.append(header::COOKIE, line);
            continue;
        }
        let kept = kept.join(&b';');
        let kept = kept.trim_ascii();
        // A part of a valid value is valid.
        if let Ok(value) = HeaderValue::from_bytes(kept)
            && !kept.is_empty()
        {
            headers.append(header::COOKIE, value);
        }
    }
}

/// Removes `Set-Cookie` headers for the `listed` cookies (RFC 6265, section 5.2).
pub fn without_set_cookies(headers: &mut HeaderMap, listed: &[String]) {
    if listed.is_empty() {
        return;
    }
    let lines: Vec<HeaderValue> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter(|line| !is_listed(line.as_bytes(), listed))
        .cloned()
        .collect();
    headers.remove(header::SET_COOKIE);
    for line in lines {
        headers.append(header::SET_COOKIE, line);
    }
}

/// Whether a pair has one of the `listed` names. A cookie without a name is sent as its value alone, so its
/// value `a=b` looks like another cookie (RFC 6265bis, section 5.6).
fn is_listed(pair: &[u8], listed: &[String]) -> bool {
    let begins = pair
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
        .unwrap_or(pair.len());
    let named = pair.get(begins..).unwrap_or_default();
    let name = named.split(|byte| b"=;".contains(byte)).next();
    let name = name.unwrap_or_default().trim_ascii();
    listed.iter().any(|listed| {
        let listed = listed.as_bytes();
        name == listed || (listed.ends_with(b"_") && name.starts_with(listed))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderName, HeaderValue, header};

    use super::{without_cookies, without_set_cookies};

    fn listed() -> Vec<String> {
        ["s", "s_start_", "__Host-s_app"]
            .map(str::to_owned)
            .to_vec()
    }

    fn lines(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
        let text = |value: &HeaderValue| String::from_utf8(value.as_bytes().to_vec()).unwrap();
        headers.get_all(name).iter().map(text).collect()
    }

    fn sent(cookies: &[&str]) -> Vec<String> {
        let mut headers = lines(&header::COOKIE, cookies);
        without_cookies(&mut headers, &listed());
        values(&headers, &header::COOKIE)
    }

    #[test]
    fn ours_are_left_out_and_all_others_stay_byte_for_byte() {
        for odd in [
            "a=b;c=d",
            "a=b;  c = \"d\" ;",
            "x",
            "=x",
            "\u{e9}=1; sx=2; S=3",
            "s-=1",
            "",
        ] {
            assert_eq!(sent(&[odd]), [odd]);
        }
        assert_eq!(sent(&["s=1; a=b;c=d"]), ["a=b;c=d"]);
        assert_eq!(sent(&["a=b;s=1;  c=d"]), ["a=b;  c=d"]);
        assert_eq!(sent(&["a=b; s=1"]), ["a=b"]);
        assert_eq!(
            sent(&["a=b; s_start_abc=1; __Host-s_app=2; __host-s_app=3"]),
            ["a=b; __host-s_app=3"]
        );
        assert_eq!(sent(&["s=1", "a=b", " s = 2 ", "=s=3"]), ["a=b"]);
    }

    #[test]
    fn nothing_sets_ours() {
        let set = [
            "s=1; Path=/",
            " s =1",
            "s_start_x=1",
            "__Host-s_app=1; Secure",
            "=s=1",
            "==\ts=1",
            "s",
            "a=s=1",
            "sx=1",
            "; s=1",
            "theirs=1",
        ];
        let mut headers = lines(&header::SET_COOKIE, &set);
        without_set_cookies(&mut headers, &listed());
        let left = ["a=s=1", "sx=1", "; s=1", "theirs=1"];
        assert_eq!(values(&headers, &header::SET_COOKIE), left);
    }
}
