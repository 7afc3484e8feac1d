//! Slow clients, and many clients.

use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use e2e::{ApiServer, Builder, Staged, Wire, request};

/// The most bytes that an unread connection may have taken. Linux buffers up to 36 MB in each of its two
/// directions (tcp(7), `tcp_rmem` and `tcp_wmem`).
const BOUND: u64 = 96 << 20;
const WATCH: &str = "/k8s/api/v1/pods?watch=1";
const WATCHES: usize = 300;

/// Two answers at once: an unread one holds up the API server, and costs the proxy nothing.
#[test]
fn who_does_not_read_is_waited_for_in_bounded_memory() {
    let (sender, stood_still) = mpsc::channel();
    let sender = Mutex::new(sender);
    let api = ApiServer::start(move |_, asker| {
        asker.write("HTTP/1.1 200 OK\r\ncontent-length: 1099511627776\r\n\r\n")?;
        let taken = asker.flood(&[b'x'; 0x10000], Duration::from_secs(3));
        sender.lock().unwrap().send(taken).unwrap();
        asker.stall()
    });
    let staged = Staged::with(Builder::default(), api);
    let bearer = staged.credential_of("alice");
    let before = staged.stack.proxy.memory_from_now();
    let line = format!("authorization: Bearer {bearer}\r\n");
    let mut slow: Vec<_> = (0..8).map(|_| Wire::to(&staged.stack.origin)).collect();
    for wire in &mut slow {
        wire.send(request("GET", "/k8s/api/v1/pods", &line));
        assert!(wire.head().starts_with("HTTP/1.1 200"));
    }
    for _ in &slow {
        let taken = stood_still.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(taken < BOUND, "{taken}");
    }
    // A byte, and another one.
    for wire in &mut slow {
        for _ in 0..10 {
            assert_eq!(wire.read(&mut [0]), 1);
        }
    }
    let (_, most) = staged.stack.proxy.memory();
    assert!(most < before + 96 * 1024, "{before} kB, then {most} kB");
    // Others do not wait for them.
    assert_eq!(staged.stack.browser().get("/healthz").status, 200);
}

/// Watches without events: they hold no instance, and end when their clients go.
#[test]
fn hundreds_of_idle_watches_leave_nothing_behind() {
    let api = ApiServer::start(|seen, asker| {
        if !seen.line().contains("watch=1") {
            return asker.json("200 OK", "{}");
        }
        asker.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
        asker.stall()
    });
    let builder = Builder::default()
        .setting("KUBERNETES_MAX_STREAMS", "1000")
        .setting("TUNNEL_MAX_REQUESTS", &WATCHES.to_string())
        .argument("--max-instances=20");
    let staged = Staged::with(builder, api);
    let bearer = staged.credential_of("alice");
    let line = format!("authorization: Bearer {bearer}\r\n");
    let open = || {
        let mut watches = Vec::new();
        for number in 0..WATCHES {
            let mut wire = Wire::to(&staged.stack.origin);
            wire.send(request("GET", WATCH, &line));
            let head = wire.head();
            assert!(head.starts_with("HTTP/1.1 200"), "{number}: {head}");
            watches.push(wire);
        }
        watches
    };
    let watches = open();
    let refused = staged.get_as(&bearer, "/k8s/api");
    assert_eq!(refused.status(), 429, "{}", refused.text());
    assert_eq!(refused.header("retry-after"), "1");
    staged.stack.proxy.line("tunnel_full");
    let page = staged.get("/login", "");
    assert_eq!(page.status(), 302, "{}", page.text());
    assert_eq!(staged.get("/healthz", "").status(), 200);
    drop(watches);
    staged.stack.proxy.lines("client_gone", WATCHES);
    // As many again, so all of them have ended and given back their places.
    drop(open());
    let (_, most) = staged.stack.proxy.memory();
    assert!(most < 256 * 1024, "{most} kB");
}

/// One session's watches do not hold up another's.
#[test]
fn a_session_has_so_many_watches_and_no_more() {
    let api = ApiServer::start(|seen, asker| {
        if !seen.line().contains("watch=1") {
            return asker.json("200 OK", "{}");
        }
        asker.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
        asker.stall()
    });
    let builder = Builder::default().setting("KUBERNETES_MAX_STREAMS", "3");
    let staged = Staged::with(builder, api);
    let (alice, bob) = (staged.credential_of("alice"), staged.credential_of("bob"));
    let watch = |bearer: &str| {
        let mut wire = Wire::to(&staged.stack.origin);
        let line = format!("authorization: Bearer {bearer}\r\n");
        wire.send(request("GET", WATCH, &line));
        (wire.head(), wire)
    };
    let watches: Vec<_> = (0..3).map(|_| watch(&alice)).collect();
    for (head, _) in &watches {
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    }
    let refused = staged.get_as(&alice, WATCH);
    assert_eq!(refused.problem(), (429, "too-many-streams".to_owned()));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(
        staged.get_as(&alice, "/k8s/api").status(),
        200,
        "what is short goes on"
    );
    assert!(watch(&bob).0.starts_with("HTTP/1.1 200"));
}
