//! What is spoken with clients, within which limits.

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The most that the head of a request may weigh, in bytes.
const HEAD_SIZE: u32 = 128 * 1024;
/// So many requests may be in flight over one HTTP/2 connection. Clients open another one for more, as
/// kubectl and client-go do for their watches.
const STREAMS: u32 = 250;
/// What waits in each direction of an HTTP/2 stream for a reader who is slow, in bytes.
const STREAM_BUFFER: u32 = 128 * 1024;
/// What all streams of a connection may have sent unread: a few of them must not hold up the others.
const CONNECTION_WINDOW: u32 = 32 * STREAM_BUFFER;
/// So often a client of HTTP/2 is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);
/// And so long it may take to say so.
const PONG: Duration = Duration::from_secs(20);
/// What is spoken: HTTP/1.1 and HTTP/2. Against floods of resets and of CONTINUATION frames hyper
/// has limits of its own.
pub(crate) fn protocols() -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
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
    server
}
