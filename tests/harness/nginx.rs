//! A real nginx in front of an app, with the configuration that ingress-nginx generates.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::Process;
use crate::serve::free_port;

const CONFIGURATION: &str = include_str!("nginx.conf");

/// The app's address, known before the proxy and nginx start, since each needs the other's.
#[derive(Clone, Copy)]
pub struct AppHost {
    port: u16,
}

/// An ingress's annotations.
pub struct Annotations<'a> {
    /// The host that a check is sent to.
    pub auth_host: &'a str,
    /// The path and query of a check.
    pub auth_url: &'a str,
    /// The address for signing in.
    pub sign_in: &'a str,
}

/// A running nginx.
pub struct Nginx {
    _server: Process,
    _directory: TempDir,
}

/// Debian's nginx in `directory`, with this configuration.
pub fn nginx(directory: &Path, configuration: &Path) -> Command {
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(directory);
    command.args(["-e", "stderr", "-c"]).arg(configuration);
    command
}

impl AppHost {
    /// A free address.
    pub fn choose() -> Self {
        Self { port: free_port() }
    }

    /// Its name, without the port.
    pub fn name(self) -> String {
        "app.apps.localhost".to_owned()
    }

    /// Its port.
    pub fn port(self) -> u16 {
        self.port
    }

    /// The app's public origin.
    pub fn origin(self) -> String {
        format!("http://{}", self.host())
    }

    /// `Host` of its requests.
    pub fn host(self) -> String {
        format!("{}:{}", self.name(), self.port)
    }

    /// Its real address.
    pub fn address(self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Nginx {
    /// Starts nginx at `app`; checks and `/oauth2/` go to the proxy at `proxy` (`host:port`).
    pub fn start(app: AppHost, proxy: &str, annotations: &Annotations<'_>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let text = CONFIGURATION
            .replace("PROXYAUTH_URL", &format!("{proxy}{}", annotations.auth_url))
            .replace("AUTH_HOST", annotations.auth_host)
            .replace("SIGN_IN", annotations.sign_in)
            .replace("PROXY", proxy)
            .replace("PORT", &app.port.to_string())
            .replace("APP", &free_port().to_string());
        let configuration = directory.path().join("nginx.conf");
        fs::write(&configuration, text).unwrap();
        let mut server = Process::spawn(&mut nginx(directory.path(), &configuration));
        server.until_it_listens(app.port);
        Self {
            _server: server,
            _directory: directory,
        }
    }
}
