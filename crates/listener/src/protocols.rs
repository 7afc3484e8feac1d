//! The protocols, HTTP/1.1 and HTTP/2, and their limits.
//!
//! h2 has limits of its own against floods of frames, which end the connection. They are for resets of
//! streams (20 that were not accepted yet, RFC 9113, section 10.5), streams that h2 itself must reset (1024),
//! CONTINUATION frames beyond the limit of a head, and empty DATA frames (100). h2 answers PING and SETTINGS
//! one at a time: it does not read from a client that does not read answers.

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;

/// The longest head of a request, in bytes.
const HEAD_SIZE: u32 = 128 * 1024;
/// The most requests in flight on one HTTP/2 connection. Clients open another connection for more, as kubectl
/// and client-go do for watches.
const STREAMS: u32 = 250;
/// How many bytes may wait for a slow reader in each direction of an HTTP/2 stream.
const STREAM_BUFFER: u32 = 128 * 1024;
/// How many unread bytes all streams of a connection may have: a few unread streams must not hold up the
/// others.
const CONNECTION_WINDOW: u32 = 32 * STREAM_BUFFER;
/// How often an HTTP/2 client is pinged.
const PING: Duration = Duration::from_secs(30);
/// How long the client may take to answer a ping.
const PONG: Duration = Duration::from_secs(20);

/// Builds the HTTP server. This crate limits the time for the head of a request, not hyper.
///
/// With `extended_connect`, HTTP/2 clients are told that they may ask for other protocols (RFC 8441).
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
