//! Real proxies in front of apps, with the configurations in docs/http-apps-proxies.md.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::nginx::nginx as debians_nginx;
use crate::python::python;
use crate::{AppHost, Process, Wire, snippet};

/// How long Traefik may take to load its file.
const PATIENCE: Duration = Duration::from_secs(30);

/// The part of nginx's configuration that is not about apps.
pub(crate) const NGINX: &str = "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr warn;\n\
    events {}\nhttp {\naccess_log off;\nclient_body_temp_path body;\nproxy_temp_path proxy;\n\
    fastcgi_temp_path fastcgi;\nuwsgi_temp_path uwsgi;\nscgi_temp_path scgi;\n";

/// Which proxy it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FrontKind {
    /// Debian's.
    Nginx,
    /// Debian's.
    Caddy,
    /// Debian's.
    HaProxy,
    /// From the virtual environment.
    Traefik,
    /// From the virtual environment.
    Envoy,
}

/// The addresses of all parts.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    /// The app's host, where the front listens.
    pub host: AppHost,
    /// The authenticating proxy: `host:port`.
    pub proxy: &'a str,
    /// The app: `host:port`.
    pub app: &'a str,
}

/// A running front.
pub struct Front {
    _process: Process,
    _directory: TempDir,
}

impl FrontKind {
    /// The value for `FORWARD_AUTH_PROFILE`; `None` if checks come to the app's host.
    pub fn profile(self) -> Option<&'static str> {
        match self {
            Self::Nginx => None,
            Self::Caddy => Some("caddy"),
            Self::HaProxy => Some("haproxy"),
            Self::Traefik => Some("traefik"),
            Self::Envoy => Some("envoy"),
        }
    }

    /// Whether it is installed. `cargo xtask test` installs each; otherwise those of the virtual environment
    /// may be missing, also on a system without builds of them.
    pub fn is_here(self) -> bool {
        match self {
            Self::Traefik => of_environment("traefik").is_some(),
            Self::Envoy => of_environment("envoy").is_some(),
            Self::Nginx | Self::Caddy | Self::HaProxy => true,
        }
    }

    /// Starts it.
    pub fn start(self, places: &Places<'_>) -> Front {
        let directory = tempfile::tempdir().unwrap();
        let mut command = self.configured(places, directory.path());
        command
            .current_dir(directory.path())
            .env("HOME", directory.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME");
        let mut process = Process::spawn(&mut command);
        process.until_it_listens(places.host.port());
        if self == Self::Traefik {
            until_it_knows(places.host);
        }
        Front {
            _process: process,
            _directory: directory,
        }
    }

    /// Its command line, after its files are written to `directory`.
    fn configured(self, places: &Places<'_>, directory: &Path) -> Command {
        match self {
            Self::Nginx => nginx(places, directory),
            Self::Caddy => caddy(places, directory),
            Self::HaProxy => haproxy(places, directory),
            Self::Traefik => traefik(places, directory),
            Self::Envoy => envoy(places, directory),
        }
    }
}

fn nginx(places: &Places<'_>, directory: &Path) -> Command {
    let server = snippet("nginx alone", "nginx");
    let listen = format!("listen 127.0.0.1:{};", places.host.port());
    let server = replaced(&server, "listen 443 ssl;", &listen);
    let lines = server
        .lines()
        .filter(|line| !line.contains("ssl_certificate"));
    let server: String = lines.map(|line| format!("{line}\n")).collect();
    let name = format!("server_name {};", places.host.name());
    let server = replaced(&server, "server_name podinfo.example.com;", &name);
    let text = format!("{NGINX}{}}}\n", places.named(&server));
    debians_nginx(directory, &written(directory, "nginx.conf", &text))
}

fn caddy(places: &Places<'_>, directory: &Path) -> Command {
    let site = snippet("Caddy", "caddyfile");
    let site = replaced(
        &site,
        "podinfo.example.com {",
        "http://podinfo.example.com {",
    );
    let text = format!("{{\nadmin off\nauto_https off\n}}\n{}", places.named(&site));
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]);
    command.arg(written(directory, "Caddyfile", &text));
    command
}

fn haproxy(places: &Places<'_>, directory: &Path) -> Command {
    let script = written(directory, "sign-in.lua", &snippet("HAProxy", "lua"));
    let text = snippet("HAProxy", "haproxy");
    let text = replaced(&text, "/etc/haproxy/sign-in.lua", script.to_str().unwrap());
    let bind = format!("bind 127.0.0.1:{}", places.host.port());
    let text = replaced(&text, "bind :443 ssl crt /etc/haproxy/certificates/", &bind);
    let mut command = Command::new("/usr/sbin/haproxy");
    command.args(["-db", "-f"]);
    command.arg(written(directory, "haproxy.cfg", &places.named(&text)));
    command
}

fn traefik(places: &Places<'_>, directory: &Path) -> Command {
    let text = snippet("Traefik", "yaml");
    // A Traefik rule has the host without its port.
    let text = replaced(&text, "podinfo.example.com", &places.host.name());
    let file = written(directory, "apps.yaml", &places.named(&text));
    let mut command = Command::new(of_environment("traefik").unwrap());
    command.arg(format!(
        "--entryPoints.web.address=127.0.0.1:{}",
        places.host.port()
    ));
    command.arg(format!("--providers.file.filename={}", file.display()));
    command
}

fn envoy(places: &Places<'_>, directory: &Path) -> Command {
    let listen = format!("127.0.0.1:{}", places.host.port());
    let mut text = snippet("Envoy, Envoy Gateway, Istio", "yaml");
    for (old, at) in [
        ("address: 0.0.0.0, port_value: 8443", listen.as_str()),
        ("address: oauth-proxy, port_value: 8080", places.proxy),
        ("address: app, port_value: 8080", places.app),
    ] {
        let (host, port) = at.split_once(':').unwrap();
        text = replaced(&text, old, &format!("address: {host}, port_value: {port}"));
    }
    let mut command = Command::new(of_environment("envoy").unwrap());
    command.args(["--disable-hot-restart", "--concurrency", "1", "-c"]);
    command.arg(written(directory, "envoy.yaml", &places.named(&text)));
    command
}

impl Places<'_> {
    /// `text` with the document's names replaced by the real addresses.
    fn named(&self, text: &str) -> String {
        text.replace("podinfo.example.com", &self.host.host())
            .replace("oauth-proxy:8080", self.proxy)
            .replace("app:8080", self.app)
    }
}

/// Traefik listens before it has loaded its file, and knows no routes until then.
fn until_it_knows(host: AppHost) {
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        host.host()
    );
    let begun = Instant::now();
    loop {
        let mut wire = Wire::to(&host.address());
        wire.send(&request);
        if wire.hear().status() != 404 {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it reads no file");
        thread::sleep(Duration::from_millis(5));
    }
}

/// `text` with `new` in place of `old`, which must be there.
fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "no `{old}` in: {text}");
    text.replace(old, new)
}

/// The file `name` in `directory`, with this text.
fn written(directory: &Path, name: &str, text: &str) -> PathBuf {
    let file = directory.join(name);
    fs::write(&file, text).unwrap();
    file
}

/// A program from `tests/python/requirements.txt`.
fn of_environment(name: &str) -> Option<PathBuf> {
    let program = python()?.with_file_name(name);
    if !program.is_file() {
        assert!(env::var_os("CI").is_none(), "in CI there must be {name}");
        eprintln!("skipped: there is no {name} beside the Python of the tests");
        return None;
    }
    Some(program)
}
