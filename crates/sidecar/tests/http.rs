//! The sidecar over real HTTP.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use sidecar::{BindError, Config, bind, serve};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

const BEARER: &str = "0123456789abcdef0123456789abcdef";

struct Sidecar {
    address: SocketAddr,
    directory: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Sidecar {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = Config {
            token: BEARER.to_owned(),
            federated_token_file: directory.path().join("token"),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(serve(listener, config, async move { drop(stopped.await) }));
        Self {
            address,
            directory,
            _stop: stop,
        }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("token")
    }

    /// Status, headers and body of an answer to `GET target` with more header lines.
    async fn get(&self, target: &str, headers: &str) -> (u16, String, String) {
        let request = format!("GET {target} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    async fn token(&self) -> (u16, Value) {
        let headers = format!("host: localhost\r\nauthorization: Bearer {BEARER}\r\n");
        let (status, _, body) = self.get("/v1/federated-token", &headers).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn token(expires_at: u64, subject: &str) -> String {
    let part = |value: Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let claims = part(json!({ "exp": expires_at, "sub": subject }));
    format!("{}.{claims}.{}", part(json!({ "alg": "RS256" })), "c2ln")
}

#[tokio::test]
async fn gives_the_token_with_its_expiry() {
    let sidecar = Sidecar::start().await;
    let token = token(now() + 600, "one");
    fs::write(sidecar.file(), format!("{token}\n")).unwrap();
    let (status, body) = sidecar.token().await;
    assert_eq!((status, &body["token"]), (200, &json!(token)));
    assert!(body["expires_at"].as_u64().unwrap() > now());
}

/// The kubelet writes a directory and renames a symbolic link to it over the old one.
#[tokio::test]
async fn follows_the_kubelets_rotation() {
    let sidecar = Sidecar::start().await;
    let rotate = |version: &str| {
        let directory = sidecar.directory.path().join(version);
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("token"), token(now() + 600, version)).unwrap();
        let (link, data) = (
            sidecar.directory.path().join("..tmp"),
            sidecar.directory.path().join("..data"),
        );
        symlink(&directory, &link).unwrap();
        fs::rename(link, data).unwrap();
    };
    symlink(Path::new("..data/token"), sidecar.file()).unwrap();
    for version in ["one", "two"] {
        rotate(version);
        let expected = fs::read_to_string(sidecar.file()).unwrap();
        assert_eq!(sidecar.token().await.1["token"], json!(expected));
    }
}

#[tokio::test]
async fn says_what_is_wrong_with_the_file() {
    let sidecar = Sidecar::start().await;
    let (status, body) = sidecar.token().await;
    assert_eq!(status, 503);
    assert!(
        body["detail"]
            .as_str()
            .unwrap()
            .contains("azure.workload.identity/use"),
        "{body}"
    );
    let expired = token(now() - 5, "old");
    let huge = token(now() + 600, &"x".repeat(100_000));
    let no_expiry = "e30.e30.e30".to_owned();
    for (content, said) in [
        (expired, "expired"),
        (huge, "no service-account token"),
        (no_expiry, "no service-account token"),
        (String::new(), "no service-account token"),
        ("a.b".to_owned(), "no service-account token"),
        ("\0\0".to_owned(), "no service-account token"),
    ] {
        fs::write(sidecar.file(), &content).unwrap();
        let (status, body) = sidecar.token().await;
        let detail = body["detail"].as_str().unwrap();
        assert_eq!(status, 503, "{said}");
        assert!(
            detail.contains(said) && detail.contains("AZURE_FEDERATED_TOKEN_FILE"),
            "{detail}"
        );
        assert!(
            content.len() < 10 || !detail.contains(&content),
            "the token is not repeated"
        );
    }
}

#[tokio::test]
async fn nobody_gets_anything_without_the_bearer() {
    let sidecar = Sidecar::start().await;
    fs::write(sidecar.file(), token(now() + 600, "one")).unwrap();
    let wrong = [
        String::new(),
        "authorization: Bearer\r\n".to_owned(),
        format!("authorization: Basic {BEARER}\r\n"),
        format!("authorization: Bearer {BEARER}x\r\n"),
        format!("authorization: Bearer {}\r\n", &BEARER[1..]),
        format!("authorization: Bearer x\r\nauthorization: Bearer {BEARER}\r\n"),
        format!("authorization: Bearer {BEARER}\r\nauthorization: Bearer {BEARER}\r\n"),
    ];
    for headers in wrong {
        let headers = format!("host: localhost\r\n{headers}");
        let (status, head, body) = sidecar.get("/v1/federated-token", &headers).await;
        assert_eq!(status, 401, "{headers}");
        assert!(head.contains("www-authenticate: bearer"));
        assert!(!body.contains("eyJ"));
    }
}

#[tokio::test]
async fn a_browser_that_was_led_here_by_name_gets_nothing() {
    let sidecar = Sidecar::start().await;
    for host in [
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "10.0.0.1",
        "[",
    ] {
        let headers = format!("host: {host}\r\nauthorization: Bearer {BEARER}\r\n");
        assert_eq!(
            sidecar.get("/v1/federated-token", &headers).await.0,
            421,
            "{host}"
        );
    }
    for host in ["localhost", "localhost:8081", "127.0.0.1:1", "[::1]:1"] {
        assert_eq!(
            sidecar
                .get("/healthz", &format!("host: {host}\r\n"))
                .await
                .0,
            200,
            "{host}"
        );
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_problem_document() {
    let sidecar = Sidecar::start().await;
    let (status, head, _) = sidecar.get("/v1/jobs", "host: localhost\r\n").await;
    assert_eq!(status, 404);
    assert!(head.contains("application/problem+json"));
}

#[tokio::test]
async fn listens_on_loopback_only() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = bind(address.parse().unwrap()).await;
        assert!(
            matches!(refused, Err(BindError::NotLoopback(_))),
            "{address}"
        );
    }
}
