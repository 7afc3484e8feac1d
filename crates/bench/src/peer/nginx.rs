//! nginx, which carries requests without authentication: with its defaults, except that it writes no slow
//! answers to files and does not buffer events.

use anyhow::Result;
use e2e::{Process, free_port};
use tempfile::TempDir;

use super::app::{App, EVENTS, start_nginx};
use super::side::Side;

/// The running nginx.
pub(super) struct Nginx {
    pub(super) side: Side,
    _process: Process,
    _directory: TempDir,
}

impl Nginx {
    /// Starts it before `app`.
    pub(super) fn start(app: &App) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let port = free_port();
        let (files, events) = (host(&app.files), host(&app.events));
        let http = format!("upstream files {{ server {files}; keepalive 320; }}");
        let server = format!(
            "listen 127.0.0.1:{port}; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
             proxy_max_temp_file_size 0; proxy_read_timeout 3600s; \
             location / {{ proxy_pass http://files; }} \
             location {EVENTS} {{ proxy_buffering off; proxy_pass http://{events}; }}"
        );
        let process = start_nginx(directory.path(), port, &http, &server)?;
        Ok(Self {
            side: Side {
                name: "nginx",
                origin: format!("http://127.0.0.1:{port}"),
                process: process.id(),
                host: None,
                cookies: String::new(),
                redis: None,
                tokens: Vec::new(),
            },
            _process: process,
            _directory: directory,
        })
    }
}

fn host(origin: &str) -> &str {
    origin.split("//").last().unwrap_or(origin)
}
