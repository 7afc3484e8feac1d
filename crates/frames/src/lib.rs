//! Frames of HTTP/2 (RFC 9113, section 4) written by hand, for tests: no client library lets one
//! misbehave.

/// How a client begins (RFC 9113, section 3.4). Its SETTINGS come next.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// That the client's part of the stream ends with this frame.
pub const END_STREAM: u8 = 0x1;
/// That the head ends with this frame.
pub const END_HEADERS: u8 = 0x4;

/// GET, in the static table (RFC 7541, appendix A).
pub const GET: u8 = 2;
/// POST, in the static table.
pub const POST: u8 = 3;

/// The kinds of frames (RFC 9113, section 6).
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A piece of a body.
    Data = 0,
    /// The beginning of a head.
    Headers = 1,
    /// The end of a stream that is given up; its content is an error code.
    Reset = 3,
    /// Settings, six bytes each.
    Settings = 4,
    /// A question whether the other end is there; eight bytes.
    Ping = 6,
    /// How much more may be sent; four bytes.
    WindowUpdate = 8,
    /// More of a head.
    Continuation = 9,
}

/// One frame. The stream of what concerns the whole connection is 0.
pub fn frame(kind: Kind, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(content.len())
        .unwrap_or(u32::MAX)
        .to_be_bytes();
    let mut frame = length.to_vec();
    frame.extend([kind as u8, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(content);
    frame
}

/// The head of a request by `method` for `path`, which has at most 126 bytes (RFC 7541, section 6).
pub fn head(method: u8, path: &str) -> Vec<u8> {
    let http = 6;
    let mut head = vec![0x80 | method, 0x80 | http];
    // :authority and :path.
    for (name, value) in [(1, "localhost"), (4, path)] {
        head.extend([name, u8::try_from(value.len()).unwrap_or(u8::MAX)]);
        head.extend(value.as_bytes());
    }
    head
}

/// A whole GET.
pub fn get(stream: u32, path: &str) -> Vec<u8> {
    let flags = END_STREAM | END_HEADERS;
    frame(Kind::Headers, flags, stream, &head(GET, path))
}

/// The streams that a client opens are odd (RFC 9113, section 5.1.1): the first one is that of 0.
pub fn stream(number: u32) -> u32 {
    2 * number + 1
}
