//! An API server, as far as the doctor needs it.

use std::fs;
use std::path::{Path, PathBuf};

use tls::Files;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Its version.
const VERSION: &str = r#"{"major":"1","minor":"35","gitVersion":"v1.35.3"}"#;

/// Answers every request with its version, in the clear and over TLS, until the runtime is dropped.
pub(super) struct ApiServer {
    /// Its address in the clear.
    pub(super) http: String,
    /// Its address over TLS.
    pub(super) https: String,
    /// The file with its certificate authority.
    pub(super) authority: PathBuf,
}

impl ApiServer {
    /// Starts it; its certificate is written to `directory`.
    pub(super) fn start(runtime: &Runtime, directory: &Path) -> Self {
        let files = Files {
            certificates: directory.join("api-server.crt"),
            key: directory.join("api-server.key"),
        };
        let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(&files.certificates, pair.cert.pem()).unwrap();
        fs::write(&files.key, pair.signing_key.serialize_pem()).unwrap();
        let authority = files.certificates.clone();
        let acceptor = tls::acceptor(files, &[]).unwrap();
        let (clear, secure) = runtime.block_on(async {
            let any = || TcpListener::bind("127.0.0.1:0");
            (any().await.unwrap(), any().await.unwrap())
        });
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let http = format!("http://localhost:{}", port(&clear));
        let https = format!("https://localhost:{}", port(&secure));
        runtime.spawn(async move {
            while let Ok((stream, _)) = clear.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        runtime.spawn(async move {
            while let Ok((stream, _)) = secure.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream).await;
                    }
                });
            }
        });
        Self {
            http,
            https,
            authority,
        }
    }
}

/// Answers one request. A client that only connects gets nothing.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{VERSION}",
        VERSION.len()
    );
    // The client may have gone.
    if stream.write_all(answer.as_bytes()).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}
