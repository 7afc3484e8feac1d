//! A thief's open streams end with the session.

use std::io;
use std::time::{Duration, Instant};

use e2e::{ApiServer, Asker, Builder, Seen, Staged, Wire, request};

/// The promise of docs/kubernetes.md, with a margin for a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// A watch without further events, or a silent exec.
fn idle(seen: &Seen, asker: &mut Asker) -> io::Result<()> {
    match seen.all("upgrade").is_empty() {
        true => asker.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?,
        false => asker.write(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n",
        )?,
    }
    asker.stall()
}

#[test]
fn what_is_under_way_ends_with_its_session_and_not_as_if_it_were_whole() {
    let api = ApiServer::start(idle);
    let builder = Builder::default().setting("TUNNEL_ORIGINS", api.url());
    let staged = Staged::with(builder, api);
    staged.stack.consent("alice");
    let mut alice = staged.stack.signed_in("alice");
    let (revoked, left) = (staged.credential(&mut alice), staged.credential(&mut alice));
    let open = |bearer: &str, target: &str, lines: &str, status: &str| {
        let mut wire = Wire::to(&staged.stack.origin);
        wire.send(format!(
            "GET {target} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n{lines}\r\n"
        ));
        let head = wire.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}");
        wire
    };
    let watch = |bearer: &str| open(bearer, "/k8s/api/v1/pods?watch=1", "", "200");
    let exec = |bearer: &str| {
        let target = "/k8s/api/v1/namespaces/a/pods/p/exec?command=sh";
        let upgrade = "connection: Upgrade\r\nupgrade: websocket\r\n";
        open(bearer, target, upgrade, "101")
    };
    let of_revoked = [watch(&revoked), exec(&revoked)];
    let of_left = [watch(&left), exec(&left)];
    let ends = |wires: [Wire; 2]| {
        let begun = Instant::now();
        for mut wire in wires {
            let mut rest = [0; 64];
            let bytes = wire.read(&mut rest);
            assert_eq!(bytes, 0, "neither a last chunk nor anything else: {rest:?}");
        }
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    };
    let gone = alice.send("DELETE", "/kubeconfig/credentials?id=1", &[], "");
    assert_eq!(gone.status, 204, "{gone:?}");
    ends(of_revoked);
    assert_eq!(alice.get("/kubeconfig").status, 200, "the session goes on");
    alice.send("POST", "/logout", &[], "");
    ends(of_left);
    for what in ["\"verb\":\"watch\"", "\"subresource\":\"exec\""] {
        let ended = ["\"outcome\":\"session_ended\"", what];
        staged.stack.proxy.line_with(&ended);
    }
    let late = staged.send(request(
        "GET",
        "/k8s/api/v1/pods?watch=1",
        &format!("authorization: Bearer {left}\r\n"),
    ));
    assert_eq!(late.status(), 401, "{}", late.text());
}
