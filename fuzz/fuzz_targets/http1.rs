//! HTTP/1.1 in `serve`: for any bytes in any pieces, each request has one length and one answer, and the
//! output is well formed.

#![no_main]

use aks_oauth_proxy_fuzz::answers;
use aks_oauth_proxy_fuzz::serving::{NUMBER, Seen, Served, serve};
use http::Method;
use libfuzzer_sys::fuzz_target;

/// The beginning of an HTTP/2 connection, which `http2` tests.
const PREFACE: &[u8] = b"PRI";

fuzz_target!(|data: &[u8]| {
    if data.starts_with(PREFACE) {
        return;
    }
    let whole = serve(&[data]);
    check(&whole);
    let somewhere = data.iter().map(|byte| usize::from(*byte)).sum::<usize>() % (data.len() + 1);
    let (first, second) = data.split_at(somewhere);
    let pieces = serve(&[first, second]);
    check(&pieces);
    let complete = |served: &Served| -> Vec<Seen> {
        let seen = served.seen.iter();
        seen.take_while(|seen| seen.body.is_some())
            .cloned()
            .collect()
    };
    assert_eq!(complete(&whole), complete(&pieces), "pieces change nothing");
});

fn check(served: &Served) {
    for seen in &served.seen {
        if let Some(body) = &seen.body {
            has_one_length(seen, body);
        }
    }
    let mut rest = served.answered.as_slice();
    let mut answered = 0;
    let mut ended = false;
    while !rest.is_empty() {
        assert!(!ended, "something follows the last answer: {rest:?}");
        let request = served.seen.get(answered);
        let is_head = |answer: &answers::Answer| {
            let own = answer.header(NUMBER).is_some();
            own && request.is_some_and(|seen| seen.method == Method::HEAD)
        };
        let (answer, after) = answers::next(rest, is_head).expect("an answer is whole");
        rest = after;
        if answer.status == 100 {
            continue;
        }
        match answer.header(NUMBER) {
            Some(number) => {
                assert_eq!(
                    number,
                    answered.to_string(),
                    "each request is answered once, in turn"
                );
                answered += 1;
            }
            // Invalid input gets one refusal, and then the connection ends.
            None => {
                assert!(answer.status >= 400, "{answer:?}");
                ended = true;
            }
        }
        ended |= answer.header("connection") == Some("close");
    }
    assert!(answered <= served.seen.len());
}

/// RFC 9112, section 6.3.
fn has_one_length(seen: &Seen, body: &[u8]) {
    match (seen.lengths.as_slice(), seen.chunked) {
        ([], false) => assert!(body.is_empty(), "{seen:?}"),
        ([], true) => {}
        ([length], false) => assert_eq!(length.parse(), Ok(body.len()), "{seen:?}"),
        _ => panic!("two framings: {seen:?}"),
    }
}
