//! The app behind all proxies: files, and idle streams of events.

use std::fs;
use std::path::Path;

use anyhow::Result;
use e2e::{Process, free_port, nginx};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A file of 3 kB.
pub(super) const SMALL: &str = "/small";
/// One of 10 MB.
pub(super) const LARGE: &str = "/large";
/// A stream of events.
pub(super) const EVENTS: &str = "/events";
/// How long the files are, in bytes.
pub(super) const LENGTHS: [(&str, usize); 2] = [(SMALL, 3_000), (LARGE, 10_000_000)];

/// The first event of a stream, and the last one.
const EVENT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                     cache-control: no-store\r\ntransfer-encoding: chunked\r\n\r\n\
                     d\r\ndata: first\n\n\r\n";

/// The running app.
pub(super) struct App {
    /// Where the files are: an origin.
    pub(super) files: String,
    /// Where the streams are: an origin.
    pub(super) events: String,
    _nginx: Process,
    _directory: TempDir,
    _streams: JoinHandle<()>,
}

impl App {
    /// Starts it.
    pub(super) async fn start() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        for (path, length) in LENGTHS {
            let file = directory.path().join(path.trim_start_matches('/'));
            fs::write(file, vec![b'x'; length])?;
        }
        let port = free_port();
        let root = directory.path().display();
        let server = format!("listen 127.0.0.1:{port}; root {root}; sendfile on;");
        let process = start_nginx(directory.path(), port, "", &server)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let events = format!("http://{}", listener.local_addr()?);
        Ok(Self {
            files: format!("http://127.0.0.1:{port}"),
            events,
            _nginx: process,
            _directory: directory,
            _streams: tokio::spawn(serve(listener)),
        })
    }
}

/// Debian's nginx in one process, which listens at `port`: `http` stands beside the server, `server` in it.
pub(super) fn start_nginx(
    directory: &Path,
    port: u16,
    http: &str,
    server: &str,
) -> Result<Process> {
    let text = format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr warn;\n\
         events {{ worker_connections 8192; }}\nhttp {{\naccess_log off;\n\
         client_body_temp_path body;\nproxy_temp_path proxy;\nfastcgi_temp_path fastcgi;\n\
         uwsgi_temp_path uwsgi;\nscgi_temp_path scgi;\nkeepalive_requests 1000000;\n\
         {http}\nserver {{ {server} }}\n}}\n"
    );
    let file = directory.join("nginx.conf");
    fs::write(&file, text)?;
    let mut process = Process::spawn(&mut nginx(directory, &file));
    process.until_it_listens(port);
    Ok(process)
}

/// Answers each client with one event, and keeps the stream until the client goes.
async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(keep(stream));
    }
}

async fn keep(mut stream: TcpStream) -> Result<()> {
    let mut buffer = [0; 4096];
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            read => head.extend_from_slice(buffer.get(..read).unwrap_or_default()),
        }
    }
    stream.write_all(EVENT.as_bytes()).await?;
    // Ends when the client does.
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}
