//! The part of `up --apps`: two apps behind the sign-in, with a real nginx in front of them and of the proxy.
//!
//! Its configuration of an app is the one in docs/http-apps-proxies.md for plain nginx.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use super::port::free_port;
use super::programs::Programs;
use super::supervisor::Supervisor;
use crate::{debian, process, tools};

const DOMAIN: &str = "apps.localhost";
const PAGE: &str = include_str!("../../../docs/http-apps-proxies.md");

/// Only alice is in the group that the document's example admits.
const RULE: &str =
    "?allowed_groups=6700d000-0000-4000-8000-000000000002,6700d000-0000-4000-8000-000000000101";

/// The addresses and files.
pub(super) struct Apps {
    /// nginx's port, for all hosts.
    port: u16,
    /// The proxy's port, behind nginx.
    pub(super) proxy: u16,
    podinfo: u16,
    /// The port of the app that shows its request; nginx itself serves it.
    echo: u16,
    /// The certificate of nginx, which the browser is told to trust.
    certificate: PathBuf,
}

impl Apps {
    /// Checks that nginx, openssl and podinfo are installed, and makes a certificate.
    pub(super) fn prepare(programs: &Programs<'_>, port: u16) -> Result<Self> {
        for program in ["nginx", "openssl"] {
            if process::which(program).is_none() && !Path::new("/usr/sbin").join(program).exists() {
                debian::ensure(&[program], "--apps")?;
            }
        }
        let free = || free_port(0);
        let apps = Self {
            port,
            proxy: free()?,
            podinfo: free()?,
            echo: free()?,
            certificate: programs.state().join("apps.crt"),
        };
        apps.certify()?;
        Ok(apps)
    }

    /// The proxy's own origin.
    pub(super) fn own(port: u16) -> String {
        format!("https://auth.{DOMAIN}:{port}")
    }

    /// The apps' origins, for the setting.
    pub(super) fn origins(&self) -> String {
        ["podinfo", "b"].map(|name| self.origin(name)).join(" ")
    }

    /// The apps on the first page, for the setting. nginx checks a rule for one of them, and the page repeats
    /// it.
    pub(super) fn shown(&self) -> String {
        let (_, groups) = RULE.split_once('=').unwrap_or_default();
        let groups: Vec<&str> = groups.split(',').collect();
        let address = |name| format!("{}/", self.origin(name));
        let apps = json!([
            { "url": address("podinfo"), "name": "Podinfo" },
            { "url": address("b"), "name": "What an app is told", "check": { "groups": groups } },
        ]);
        apps.to_string()
    }

    fn origin(&self, name: &str) -> String {
        format!("https://{name}.{DOMAIN}:{}", self.port)
    }

    fn key(&self) -> PathBuf {
        self.certificate.with_extension("key")
    }

    /// A new self-signed certificate for the three hosts.
    fn certify(&self) -> Result<()> {
        let names = ["auth", "podinfo", "b"].map(|name| format!("DNS:{name}.{DOMAIN}"));
        let mut openssl = Command::new("openssl");
        openssl
            .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "30"])
            .args(["-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-subj", "/CN=apps.localhost", "-addext"])
            .arg(format!("subjectAltName={}", names.join(",")))
            .arg("-keyout")
            .arg(self.key())
            .arg("-out")
            .arg(&self.certificate);
        process::output(&mut openssl).context("openssl could not make a certificate")?;
        Ok(())
    }

    /// Starts the apps, and nginx in front of all.
    pub(super) fn start(&self, programs: &Programs<'_>, supervisor: &mut Supervisor) -> Result<()> {
        let workspace = programs.workspace();
        let podinfo = tools::podinfo(workspace)?;
        let podinfo = podinfo.context("--apps needs Go, to build podinfo")?;
        let mut command = workspace.command(podinfo);
        command.args(["--level", "error", "--host", "127.0.0.1"]);
        command.args(["--port", &self.podinfo.to_string()]);
        command
            .arg("--ui-path")
            .arg(tools::podinfo_pages(workspace)?);
        supervisor.begin("podinfo", &command)?;

        let directory = programs.state().join("nginx");
        fs::create_dir_all(&directory)
            .with_context(|| format!("cannot make the directory {}", directory.display()))?;
        let file = directory.join("nginx.conf");
        fs::write(&file, self.configuration()?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        let found = process::which("nginx").unwrap_or_else(|| "/usr/sbin/nginx".into());
        let mut nginx = workspace.command(found);
        nginx.arg("-p").arg(&directory).arg("-c").arg(&file);
        nginx.args(["-e", "stderr"]);
        // It prints its version once it has all its sockets.
        supervisor.start("nginx", &nginx, |line| {
            line.contains("nginx/").then_some(())
        })
    }

    /// The whole of nginx's.
    fn configuration(&self) -> Result<String> {
        let own = Self::own(self.port);
        let host = own.trim_start_matches("https://");
        let Self {
            port, proxy, echo, ..
        } = self;
        let podinfo = self.site("podinfo", self.podinfo, "")?;
        let b = self.site("b", *echo, RULE)?;
        let tls = self.tls();
        Ok(format!(
            "daemon off;
master_process off;
pid nginx.pid;
error_log /dev/stdout notice;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name auth.{DOMAIN};
        {tls}
        location / {{
            proxy_pass http://127.0.0.1:{proxy};
            proxy_set_header Host {host};
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
    }}
    server {{
        listen 127.0.0.1:{echo};
        location / {{
            default_type text/plain;
            return 200 \"$request_method $request_uri\\nX-Auth-Request-User: $http_x_auth_request_user\\nX-Auth-Request-Email: $http_x_auth_request_email\\nX-Auth-Request-Groups: $http_x_auth_request_groups\\nX-Auth-Request-Preferred-Username: $http_x_auth_request_preferred_username\\nCookie: $http_cookie\\n\";
        }}
    }}
{podinfo}{b}}}
"
        ))
    }

    fn tls(&self) -> String {
        format!(
            "ssl_certificate {}; ssl_certificate_key {};",
            self.certificate.display(),
            self.key().display()
        )
    }

    /// The document's server, for the app `name` at `app`, which admits by `rule`.
    fn site(&self, name: &str, app: u16, rule: &str) -> Result<String> {
        let found = PAGE.split_once("\n## nginx alone\n");
        let found = found.and_then(|(_, rest)| rest.split_once("\n```nginx\n"));
        let found = found.and_then(|(_, block)| block.split_once("\n```\n"));
        let (server, _) = found.context("docs/http-apps-proxies.md has no nginx")?;
        let host = format!("{name}.{DOMAIN}");
        let server = server
            .lines()
            .filter(|line| !line.trim_start().starts_with("ssl_certificate"))
            .map(|line| format!("    {line}\n"))
            .collect::<String>();
        Ok(server
            .replace(
                "listen 443 ssl;",
                &format!(
                    "listen 127.0.0.1:{} ssl;\n        {}",
                    self.port,
                    self.tls()
                ),
            )
            .replace(
                "server_name podinfo.example.com;",
                &format!("server_name {host};"),
            )
            .replace("podinfo.example.com", &format!("{host}:{}", self.port))
            .replace("oauth-proxy:8080", &format!("127.0.0.1:{}", self.proxy))
            .replace("app:8080", &format!("127.0.0.1:{app}"))
            .replace(RULE, rule))
    }

    /// What to open.
    pub(super) fn greeting(&self) -> Vec<String> {
        let (podinfo, b) = (self.origin("podinfo"), self.origin("b"));
        vec![
            format!(
                "    apps   {podinfo}/headers?a=b  what podinfo gets, for everybody who signs in"
            ),
            format!("           {podinfo}/  its page, with scripts from the Internet"),
            format!("           {b}/page?a=b  tells what it gets, for alice alone"),
            format!(
                "    cert   {} is the certificate; curl needs --cacert with it, your browser will ask",
                self.certificate.display()
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn example() -> Apps {
        Apps {
            port: 8443,
            proxy: 1001,
            podinfo: 1002,
            echo: 1003,
            certificate: "/state/apps.crt".into(),
        }
    }

    #[test]
    fn nothing_of_the_documents_names_is_left() {
        let text = example().configuration().unwrap();
        for name in [
            "example.com",
            "oauth-proxy",
            "app:8080",
            "/etc/nginx",
            "listen 443",
        ] {
            assert!(!text.contains(name), "{name} in {text}");
        }
        assert!(text.contains("proxy_pass http://127.0.0.1:1002;"), "{text}");
        assert!(
            text.contains("proxy_set_header Host b.apps.localhost:8443;"),
            "{text}"
        );
    }

    #[test]
    fn one_app_is_for_everybody_and_one_for_a_group() {
        let text = example().configuration().unwrap();
        assert!(text.contains("/oauth2/auth;"), "{text}");
        assert!(text.contains(&format!("/oauth2/auth{RULE};")), "{text}");
    }
}
