//! Apps behind nginx over TLS, at hosts of their own, like `cargo xtask up --apps`: for a real browser.

use std::fs;

use tempfile::TempDir;

use crate::front::NGINX;
use crate::nginx::nginx;
use crate::{Builder, Certificates, Process, Stack, free_port, snippet};

/// The running proxy, with nginx in front of it and of two apps.
pub struct Apps {
    /// The proxy itself.
    pub stack: Stack,
    port: u16,
    _nginx: Process,
    _certificates: Certificates,
    _directory: TempDir,
}

impl Apps {
    /// Starts it with a clock that the test moves, in front of the apps at the addresses `podinfo` and `b`.
    /// Both have the rule of docs/http-apps-proxies.md, which admits alice.
    pub fn start(podinfo: &str, b: &str) -> Self {
        Self::with(Builder::default().clock(), podinfo, b)
    }

    /// The same with another stack.
    pub fn with(builder: Builder, podinfo: &str, b: &str) -> Self {
        let port = free_port();
        let origin = |name: &str| format!("https://{name}.apps.localhost:{port}");
        let own = origin("auth");
        let stack = builder
            .setting("REDIRECT_URI", &format!("{own}/callback"))
            .redirect_uri(&format!("{own}/callback"))
            .setting("SESSION_COOKIE_SECURE", "true")
            .setting(
                "ALLOWED_RETURN_ORIGINS",
                &format!("{} {}", origin("podinfo"), origin("b")),
            )
            .start();
        let proxy = stack.origin.replace("http://localhost", "127.0.0.1");
        let certificates = Certificates::make();
        let tls = format!(
            "ssl_certificate {}; ssl_certificate_key {};",
            certificates.certificate().display(),
            certificates.key().display()
        );
        let site = |name: &str, app: &str| {
            let host = format!("{name}.apps.localhost");
            snippet("nginx alone", "nginx")
                .replace("ssl_certificate /etc/nginx/tls.crt;", &tls)
                .replace("ssl_certificate_key /etc/nginx/tls.key;", "")
                .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"))
                .replace(
                    "server_name podinfo.example.com;",
                    &format!("server_name {host};"),
                )
                .replace("podinfo.example.com", &format!("{host}:{port}"))
                .replace("oauth-proxy:8080", &proxy)
                .replace("app:8080", app)
        };
        let text = format!(
            "{NGINX}{}{}server {{
                listen 127.0.0.1:{port} ssl;
                server_name auth.apps.localhost;
                {tls}
                location / {{
                    proxy_pass http://{proxy};
                    proxy_set_header Host auth.apps.localhost:{port};
                }}
            }}}}",
            site("podinfo", podinfo),
            site("b", b)
        );
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("nginx.conf");
        fs::write(&file, text).unwrap();
        let mut nginx = Process::spawn(&mut nginx(directory.path(), &file));
        nginx.until_it_listens(port);
        Self {
            stack,
            port,
            _nginx: nginx,
            _certificates: certificates,
            _directory: directory,
        }
    }

    /// The address of `path` at the host `name`: `auth`, `podinfo` or `b`.
    pub fn at(&self, name: &str, path: &str) -> String {
        format!("https://{name}.apps.localhost:{}{path}", self.port)
    }
}
