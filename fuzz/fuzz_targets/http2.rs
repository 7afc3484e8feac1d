//! HTTP/2 in `serve`: for any frames, the output consists of frames, and each stream has one answer. An input
//! has the frames after the preface and the client's SETTINGS.

#![no_main]

use std::collections::BTreeMap;

use aks_oauth_proxy_fuzz::serving::serve;
use libfuzzer_sys::fuzz_target;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;

fuzz_target!(|data: &[u8]| {
    let served = serve(&[PREFACE, data]);
    let mut rest = served.answered.as_slice();
    let mut ended: BTreeMap<u32, bool> = BTreeMap::new();
    let mut is_first = true;
    while !rest.is_empty() {
        let (head, after) = rest.split_at_checked(9).expect("a frame has a head");
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5] & 0x7f, head[6], head[7], head[8]]);
        assert!(
            length <= 16_384 && after.len() >= length,
            "a frame is whole, and not too long"
        );
        assert!(kind <= CONTINUATION && kind != PUSH_PROMISE, "{kind}");
        assert!(!is_first || kind == SETTINGS, "SETTINGS come first");
        is_first = false;
        if [DATA, HEADERS].contains(&kind) {
            assert!(stream % 2 == 1, "a client's stream is odd");
            let known = ended.contains_key(&stream);
            assert!(kind == HEADERS || known, "an answer begins with its head");
            assert!(
                kind == DATA || !known,
                "there is one answer, without trailers"
            );
            let end = ended.entry(stream).or_default();
            assert!(!*end, "nothing follows the end of stream {stream}");
            *end = flags & END_STREAM != 0;
        }
        rest = &after[length..];
    }
    assert!(
        ended.len() <= served.seen.len(),
        "who did not ask gets no answer"
    );
    for seen in &served.seen {
        if let (Some(body), [length]) = (&seen.body, seen.lengths.as_slice()) {
            assert_eq!(length.parse(), Ok(body.len()), "{seen:?}");
        }
    }
});
