//! What is spoken: HTTP/1.1 and HTTP/2, within limits.
//!
//! Against floods of HTTP/2 frames h2 has limits of its own, which end the connection: resets of
//! streams (20 that nobody has seen yet, RFC 9113, section 10.5), streams that it must reset itself
//! (1024), CONTINUATION frames beyond what a head may weigh, empty DATA frames (100). It answers PING
//! and SETTINGS one at a time: whoever reads no answers is not read either.

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;

/// The most that the head of a request may weigh, in bytes.
const HEAD_SIZE: u32 = 128 * 1024;
/// The most requests in flight over one HTTP/2 connection. Clients open another connection for more, as
/// kubectl and client-go do for their watches.
const STREAMS: u32 = 250;
/// What waits in each direction of an HTTP/2 stream for a reader who is slow, in bytes.
const STREAM_BUFFER: u32 = 128 * 1024;
/// What all streams of a connection may have sent unread: a few of them must not hold up the others.
const CONNECTION_WINDOW: u32 = 32 * STREAM_BUFFER;
/// How often a client of HTTP/2 is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);
/// How long the client may take to answer that.
const PONG: Duration = Duration::from_secs(20);

/// What serves connections. How long the head of a request may take is not hyper's concern here.
///
/// With `extended_connect` clients of HTTP/2 are told that they may ask for other protocols (RFC 8441).
pub fn protocols(extended_connect: bool) -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(HEAD_SIZE as usize);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_SIZE)
        .max_send_buf_size(STREAM_BUFFER as usize)
        .initial_stream_window_size(STREAM_BUFFER)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG);
    if extended_connect {
        server.http2().enable_connect_protocol();
    }
    server
}
