//! Truncated answers: no client may take them for complete ones.

use std::io;

use e2e::{ApiServer, Asker, Builder, Certificates, Kubectl, Seen, Staged, free_port};
use h2::client::ResponseFuture;
use hyper::StatusCode;
use tokio::net::TcpStream;

/// The head of a chunked answer, and half of it.
const HALF_A_CHUNK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
     transfer-encoding: chunked\r\n\r\n40\r\n{\"kind\":\"PodList\",";

/// For any path.
fn cut(seen: &Seen, asker: &mut Asker) -> io::Result<()> {
    match seen.line().split('/').nth(1).unwrap() {
        "half-a-chunk HTTP" => asker.last(HALF_A_CHUNK),
        "between-chunks HTTP" => {
            asker.last("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n")
        }
        "no-last-line HTTP" => {
            asker.last("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
        }
        "odd-chunk HTTP" => {
            asker.last("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\nxyz\r\n")
        }
        "too-short HTTP" => asker.last("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}"),
        "whole HTTP" => asker.json("200 OK", "{}"),
        other => panic!("{other}"),
    }
}

const CUT: [&str; 5] = [
    "half-a-chunk",
    "between-chunks",
    "no-last-line",
    "odd-chunk",
    "too-short",
];

#[test]
fn a_cut_answer_is_never_ended_over_http1() {
    let staged = Staged::playing(cut);
    let bearer = staged.credential_of("alice");
    for path in CUT {
        let heard = staged.get_as(&bearer, &format!("/k8s/{path}"));
        assert_eq!(heard.status(), 200, "{path}: {}", heard.text());
        assert!(!heard.is_whole(), "{path}: {}", heard.text());
    }
    let whole = staged.get_as(&bearer, "/k8s/whole");
    assert!(whole.is_whole() && whole.rest == b"{}", "{}", whole.text());
    staged.stack.proxy.line("cut_off");
}

/// Receives an answer to its end; returns its status. Its stream must not be reset for any reason: hyper's
/// client takes one reset with CANCEL for complete.
async fn received(answer: ResponseFuture) -> Result<StatusCode, h2::Error> {
    // A reset may overtake the head.
    let (head, mut body) = answer.await?.into_parts();
    while let Some(data) = body.data().await {
        body.flow_control().release_capacity(data?.len())?;
    }
    body.trailers().await?;
    Ok(head.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_answer_is_never_ended_over_http2() {
    let staged = Staged::playing(cut);
    let bearer = staged.credential_of("alice");
    let address = staged.stack.origin.trim_start_matches("http://");
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    for (path, whole) in CUT
        .map(|path| (path, false))
        .into_iter()
        .chain([("whole", true)])
    {
        let request = hyper::Request::get(format!("{}/k8s/{path}", staged.stack.origin))
            .header("authorization", format!("Bearer {bearer}"));
        client = client.ready().await.unwrap();
        let sent = client.send_request(request.body(()).unwrap(), true);
        let status = received(sent.unwrap().0).await.ok();
        // In Spin the cut may also overtake the API server's head.
        let cut = [None, Some(StatusCode::SERVICE_UNAVAILABLE)].contains(&status);
        assert_eq!(cut, !whole, "{path}: {status:?}");
    }
    connection.abort();
}

/// An HTTP/1.0 answer without a length ends with its connection, cut or not (RFC 9112, section 6.3): half a
/// list would look complete.
#[test]
fn http_1_0_is_not_spoken_where_an_end_counts() {
    let staged = Staged::playing(cut);
    let bearer = staged.credential_of("alice");
    for path in ["between-chunks", "whole"] {
        let heard = staged.send(format!(
            "GET /k8s/{path} HTTP/1.0\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n\r\n"
        ));
        assert_eq!(heard.status(), 505, "{path}: {}", heard.text());
        assert!(heard.is_whole(), "{path}: {}", heard.text());
    }
    assert!(staged.api.seen().is_empty());
    let health = staged.send("GET /healthz HTTP/1.0\r\nhost: localhost\r\n\r\n");
    assert_eq!(health.status(), 200, "{}", health.text());
}

/// Over TLS the end must be announced (RFC 8446, section 6.1): otherwise anybody on the way could have cut
/// it.
#[test]
fn an_answer_that_ends_with_its_connection_is_cut_without_a_word_of_tls() {
    let certificates = Certificates::make();
    let api = ApiServer::over_tls(&certificates, |_, asker| {
        asker.last("HTTP/1.1 200 OK\r\n\r\n{\"items\":[")
    });
    let authority = certificates.authority();
    let builder = Builder::default()
        .setting("KUBERNETES_CA_FILE", authority.to_str().unwrap())
        .trusting("127.0.0.1", authority);
    let staged = Staged::with(builder, api);
    let bearer = staged.credential_of("alice");
    let heard = staged.get_as(&bearer, "/k8s/api/v1/pods");
    match heard.status() {
        200 => assert!(!heard.is_whole(), "{}", heard.text()),
        // In Spin the cut may overtake the head.
        _ => assert_eq!(heard.problem().0, 503, "{}", heard.text()),
    }
}

#[test]
fn half_a_list_makes_kubectl_fail() {
    let certificates = Certificates::make();
    let list = |seen: &Seen, asker: &mut Asker| {
        match seen.line().contains("/pods") {
        true => asker.last(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
             3f\r\n{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}     \r\n",
        ),
        false => asker.json("404 Not Found", "{}"),
    }
    };
    let staged = Staged::playing(list);
    let port = free_port();
    let replica =
        staged
            .stack
            .replica_over_tls(port, &[], &certificates, &certificates.authority());
    let bearer = staged.credential_of("alice");
    let server = format!("{}/k8s", replica.origin());
    let Some(kubectl) = Kubectl::to(&server, &certificates.authority(), &bearer) else {
        return;
    };
    // All of the JSON has arrived, without its end.
    let complaint = kubectl.fail(&["get", "--raw", "/api/v1/pods"]);
    assert!(complaint.contains("error"), "{complaint}");
}
