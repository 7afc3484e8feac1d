//! Connections are kept for calls that may use them, and limits apply on kept ones, too.

use std::path::Path;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::upstream::{Event, Upstream};
use crate::client_tls::{ClientTls, Trust};
use crate::exchange;
use crate::pool::Origin;
use crate::way::Way;

/// Settings for the component `one` at `127.0.0.1`; all others have the default.
const FOR_ONE: &str = "component_ids = [\"one\"]\nhosts = [\"127.0.0.1\"]";
const SHORT: Duration = Duration::from_millis(20);
/// A call's own limit.
const MINUTE: Duration = Duration::from_secs(60);
/// The limit without one.
const DEFAULT: Duration = Duration::from_secs(600);

fn trust() -> ClientTls {
    ClientTls::load(&[toml::from_str(FOR_ONE).unwrap()], Path::new("")).unwrap()
}

async fn ask(
    trust: &Trust,
    url: &str,
    options: Option<RequestOptions>,
) -> Result<Response<WasiBody>, Error> {
    let body = Empty::new().map_err(Error::from).boxed_unsync();
    let request = Request::get(url).body(body).unwrap();
    exchange::send(request, options, DEFAULT, trust, &Way::Straight).await
}

async fn get(trust: &Trust, upstream: &Upstream, path: &str) -> Result<String, Error> {
    let url = format!("http://{}{path}", upstream.address);
    let body = ask(trust, &url, None).await?.into_body().collect().await?;
    Ok(String::from_utf8(body.to_bytes().to_vec()).unwrap())
}

#[tokio::test]
async fn what_was_read_to_its_end_is_used_again() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    for path in ["/", "/long", "/"] {
        get(&trust, &upstream, path).await.unwrap();
    }
    assert_eq!(upstream.opened(), 1);
}

#[tokio::test]
async fn what_is_in_use_is_not() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    let url = format!("http://{}/stall", upstream.address);
    let busy = ask(&trust, &url, None).await.unwrap();
    get(&trust, &upstream, "/").await.unwrap();
    assert_eq!(upstream.opened(), 2);
    drop(busy);
}

#[tokio::test]
async fn what_was_not_read_to_its_end_is_closed() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    let url = format!("http://{}/long", upstream.address);
    let mut answer = ask(&trust, &url, None).await.unwrap();
    answer.body_mut().frame().await.unwrap().unwrap();
    drop(answer);
    get(&trust, &upstream, "/").await.unwrap();
    assert_eq!(upstream.opened(), 2);
}

/// Spin keeps connections by address alone, so that one component may use another's client certificate.
#[tokio::test]
async fn nobody_uses_what_was_made_under_other_rules() {
    let (upstream, trust) = (Upstream::start(), trust());
    let (one, two) = (trust.of("one", "127.0.0.1"), trust.of("two", "127.0.0.1"));
    for _ in 0..2 {
        get(&one, &upstream, "/").await.unwrap();
        get(&two, &upstream, "/").await.unwrap();
    }
    assert_eq!(upstream.opened(), 2);
    // Components with the same settings share connections.
    get(&trust.of("three", "127.0.0.1"), &upstream, "/")
        .await
        .unwrap();
    assert_eq!(upstream.opened(), 0);
}

/// Has `trust` keep a connection; returns its task.
async fn keep(trust: &Trust, upstream: &Upstream) -> JoinHandle<()> {
    let io = TokioIo::new(TcpStream::connect(upstream.address).await.unwrap());
    let (sender, connection) = http1::handshake::<_, WasiBody>(io).await.unwrap();
    let task = tokio::spawn(async { drop(connection.await) });
    while !sender.is_ready() {
        tokio::task::yield_now().await;
    }
    let origin = Origin {
        secure: false,
        authority: upstream.address.to_string().parse().unwrap(),
        rules: None,
    };
    trust.pool.put(origin, sender);
    task
}

#[tokio::test]
async fn what_was_closed_meanwhile_is_replaced() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    let task = keep(&trust, &upstream).await;
    task.abort();
    assert!(task.await.is_err());
    assert_eq!(get(&trust, &upstream, "/").await.unwrap(), "ok");
    assert_eq!(upstream.opened(), 2);
}

/// The task ends only while this one waits: the request was handed over, and is given back.
#[tokio::test]
async fn what_is_closed_at_this_moment_is_replaced_if_nothing_was_sent() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    keep(&trust, &upstream).await.abort();
    assert_eq!(get(&trust, &upstream, "/").await.unwrap(), "ok");
    assert_eq!(upstream.opened(), 2);
}

#[tokio::test]
async fn what_has_been_sent_is_never_sent_again() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    get(&trust, &upstream, "/").await.unwrap();
    assert!(get(&trust, &upstream, "/drop").await.is_err());
    assert_eq!(upstream.event(), Event::Opened(1));
    assert_eq!(upstream.event(), Event::Asked(1, "/".to_owned()));
    assert_eq!(upstream.event(), Event::Asked(1, "/drop".to_owned()));
    assert_eq!(upstream.event(), Event::Closed(1));
}

#[tokio::test]
async fn what_stands_idle_is_closed() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    get(&trust, &upstream, "/").await.unwrap();
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(50)).await;
    assert_eq!(upstream.opened(), 1);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(upstream.event(), Event::Closed(1));
}

#[tokio::test]
async fn limits_hold_over_kept_connections() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    get(&trust, &upstream, "/").await.unwrap();
    let url = |path: &str| format!("http://{}{path}", upstream.address);
    let options = RequestOptions {
        between_bytes_timeout: Some(SHORT),
        ..RequestOptions::default()
    };
    let answer = ask(&trust, &url("/stall"), Some(options)).await.unwrap();
    let body = answer.into_body().collect().await;
    assert!(matches!(body, Err(Error::ConnectionReadTimeout)));
    get(&trust, &upstream, "/").await.unwrap();
    let options = RequestOptions {
        first_byte_timeout: Some(SHORT),
        ..RequestOptions::default()
    };
    let answer = ask(&trust, &url("/silent"), Some(options)).await;
    assert!(matches!(answer, Err(Error::ConnectionReadTimeout)));
    // The handshake is part of connecting. This server never finishes it.
    let options = RequestOptions {
        connect_timeout: Some(SHORT),
        ..RequestOptions::default()
    };
    let url = format!("https://{}/", upstream.address);
    let answer = ask(&trust, &url, Some(options)).await;
    assert!(matches!(answer, Err(Error::ConnectionTimeout)));
}

#[tokio::test]
async fn where_a_call_says_nothing_the_default_holds_and_else_not() {
    let (upstream, trust) = (Upstream::start(), trust().of("two", "127.0.0.1"));
    let url = format!("http://{}/stall", upstream.address);
    let own = RequestOptions {
        between_bytes_timeout: Some(MINUTE),
        ..RequestOptions::default()
    };
    for (options, limit) in [(None, DEFAULT), (Some(own), MINUTE)] {
        let mut answer = ask(&trust, &url, options).await.unwrap();
        answer.body_mut().frame().await.unwrap().unwrap();
        // Nothing more comes.
        tokio::time::pause();
        let begun = Instant::now();
        let body = answer.into_body().collect().await;
        assert!(matches!(body, Err(Error::ConnectionReadTimeout)));
        // The rest of the limit when the clock was paused.
        assert_eq!(begun.elapsed().as_secs().div_ceil(60), limit.as_secs() / 60);
        tokio::time::resume();
    }
}
