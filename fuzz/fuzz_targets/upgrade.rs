//! Requests to upgrade: the component is asked only about unambiguous ones. An input is `METHOD target`, and
//! then one header per line.

#![no_main]

use aks_oauth_proxy_fuzz::input;
use http::{Request, header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (line, lines) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end..]),
        None => (data, &[][..]),
    };
    let Some((method, target)) = std::str::from_utf8(line)
        .ok()
        .and_then(|line| line.split_once(' '))
    else {
        return;
    };
    let Ok(request) = Request::builder().method(method).uri(target).body(()) else {
        return;
    };
    let (mut request, ()) = request.into_parts();
    request.headers = input::headers(lines);
    let asked_about = tunnel::fuzzing::is_asked_about(&request);
    if asked_about {
        assert!(tunnel::is_upgrade(&request));
        assert!(request.uri.path().starts_with('/') && request.uri.authority().is_none());
        let headers = &request.headers;
        let count = |name| headers.get_all(name).iter().count();
        assert_eq!((count(header::HOST), count(header::UPGRADE)), (1, 1));
        assert_eq!(count(header::TRANSFER_ENCODING), 0);
        assert!(
            headers
                .get(header::CONTENT_LENGTH)
                .is_none_or(|length| length == "0")
        );
        assert!(
            !headers[header::UPGRADE]
                .as_bytes()
                .eq_ignore_ascii_case(b"h2c")
        );
        // JSON can only carry text.
        assert!(
            headers
                .values()
                .all(|value| std::str::from_utf8(value.as_bytes()).is_ok())
        );
        let host = headers[header::HOST].to_str().expect("a host is text");
        let url = url::Url::parse(&format!("https://{host}/"));
        if let Ok(url) = url {
            assert!(url.username().is_empty() && url.path() == "/", "{host}");
        }
    }
});
