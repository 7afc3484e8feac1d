//! What goes over a connection on which nothing happens, so that nothing in between forgets it: Azure's load
//! balancer does after four minutes.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use frames::{Kind, PREFACE, frame, get, stream};
use listener::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::yield_now;

use crate::server::{NEVER, Server, kinds};

/// The frame type PING (RFC 9113, section 6.7).
const PING: u8 = 6;

#[tokio::test]
async fn an_http_2_client_that_waits_is_pinged_and_one_that_has_gone_is_noticed() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect(1).await;
    let settings = frame(Kind::Settings, 0, 0, &[]);
    let begun = [PREFACE, &settings, &get(stream(0), NEVER)].concat();
    client.write_all(&begun).await.unwrap();
    while !server.counts("aks_oauth_proxy_requests_in_flight 1") {
        yield_now().await;
    }
    // From here on time goes by when nothing else does.
    tokio::time::pause();
    let mut sent = Vec::new();
    let _ = client.read_to_end(&mut sent).await;
    assert!(kinds(&sent).contains(&PING), "{sent:?}");
}

#[tokio::test]
async fn the_system_probes_every_other_connection() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect(1).await;
    let request = format!("GET {NEVER} HTTP/1.1\r\nhost: h\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    let address = client.local_addr().unwrap();
    let probed = loop {
        if let Some(probed) = next_probe(server.address, address) {
            break probed;
        }
        yield_now().await;
    };
    assert!(probed < Duration::from_secs(240), "{probed:?}");
}

/// When the system probes the connection from `client`, by `/proc/net/tcp` (proc(5)): `tr` is 2 for the timer
/// of keep-alive, and `tm->when` its rest in hundredths of a second.
fn next_probe(server: SocketAddr, client: SocketAddr) -> Option<Duration> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let ends = [server, client].map(|address| format!("{:04X}", address.port()));
    table.lines().find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let [_, local, remote, _, _, timer, ..] = columns[..] else {
            return None;
        };
        if !(local.ends_with(&ends[0]) && remote.ends_with(&ends[1])) {
            return None;
        }
        let (kind, rest) = timer.split_once(':')?;
        let rest = u64::from_str_radix(rest, 16).ok()?;
        (kind == "02").then(|| Duration::from_millis(10 * rest))
    })
}
