//! A sound installation, until a test breaks something.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener as StdListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use entra_sim::{Options, Simulator};
use serde_json::{Value, json};
use tempfile::TempDir;
use tls::Files;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::api_server::ApiServer;
use crate::program::{Ended, run};

pub(super) const TENANT: &str = "7e9a7000-0000-4000-8000-000000000001";
pub(super) const CLIENT: &str = "c11e9700-0000-4000-8000-000000000001";
pub(super) const SESSION_SECRET: &str = "session-secret-of-a-test-0123456789abcdef";
pub(super) const BEARER: &str = "bearer-of-a-test-0123456789abcdef";
/// The version output of a released kubelogin.
const KUBELOGIN: &str = "echo 'kubelogin version '; echo 'git hash: v0.2.19/0123abc'";

/// Entra, files, and the environment of a doctor.
pub(super) struct World {
    pub(super) directory: TempDir,
    settings: BTreeMap<String, String>,
    /// The content of `[key_value_store.default]`.
    pub(super) store: String,
    /// The end of `[[client_tls]]` for localhost.
    pub(super) trust: String,
    /// The output of entra-sim.
    entra: Value,
    pub(super) api_server: ApiServer,
    runtime: Runtime,
}

impl World {
    /// With an Entra and an API server of its own.
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let redirect_uri = format!("http://localhost:{}/callback", free_port());
        let entra = start_entra(&runtime, directory.path(), &redirect_uri);
        let api_server = ApiServer::start(&runtime, directory.path());
        let kubelogin = program(directory.path(), KUBELOGIN);
        let text = |name: &str| entra[name].as_str().unwrap();
        let authorities = directory.path().join("authorities.pem");
        let all = [Path::new(text("ca_file")), api_server.authority.as_path()];
        let all = all.map(|file| fs::read_to_string(file).unwrap()).concat();
        fs::write(&authorities, all).unwrap();
        let authorities = authorities.to_str().unwrap();
        let settings = [
            ("TENANT_ID", TENANT),
            ("CLIENT_ID", CLIENT),
            ("AUTHORITY_HOST", text("http")),
            ("GRAPH_URL", text("http")),
            ("REDIRECT_URI", &redirect_uri),
            ("SESSION_SECRET", SESSION_SECRET),
            ("AZURE_FEDERATED_TOKEN_FILE", text("federated_token_file")),
            ("KUBERNETES_API_URL", &api_server.https),
            ("KUBERNETES_CA_FILE", authorities),
            ("KUBELOGIN_BINARY", kubelogin.to_str().unwrap()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            settings: settings.into(),
            store: "type = \"spin\"\npath = \"kv.db\"".to_owned(),
            trust: format!("ca_roots_file = \"{authorities}\""),
            directory,
            entra,
            api_server,
            runtime,
        }
    }

    /// Changes a setting; an empty one counts as unset.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// The same.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a setting.
    pub(super) fn setting(&self, name: &str) -> &str {
        &self.settings[name]
    }

    /// An address or a file of Entra.
    pub(super) fn entra(&self, name: &str) -> &str {
        self.entra[name].as_str().unwrap()
    }

    /// Sends entra-sim a command.
    pub(super) fn tell(&self, what: &str, body: &Value) {
        let address = self.entra("http").strip_prefix("http://").unwrap();
        let body = body.to_string();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "POST /_sim/{what} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    }

    /// Makes the token endpoint refuse the application once with this code.
    pub(super) fn refuse(&self, code: u32) {
        let error = json!({
            "error": "invalid_client",
            "error_codes": [code],
            "error_description": format!("AADSTS{code}: as the test says."),
            "correlation_id": "87654321-1234-1234-1234-123456789abc",
        });
        let fault = json!({
            "at": "token", "kind": "error", "grant_type": "client_credentials", "error": error,
        });
        self.tell("faults", &fault);
    }

    /// Serves TLS, and closes each connection after the handshake. Returns the port.
    pub(super) fn serve_tls(&self, files: &Files) -> u16 {
        let acceptor = tls::acceptor(files.clone(), &[]).unwrap();
        let listen = TcpListener::bind("127.0.0.1:0");
        let listener = self.runtime.block_on(listen).unwrap();
        let port = listener.local_addr().unwrap().port();
        self.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // The client reports the result.
                drop(acceptor.accept(stream).await);
            }
        });
        port
    }

    /// Runs the doctor.
    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        let config = self.directory.path().join("runtime-config.toml");
        let (store, trust) = (&self.store, &self.trust);
        let text = format!(
            "[key_value_store.default]\n{store}\n\n[[client_tls]]\n\
             component_ids = [\"callback\", \"kubernetes\", \"device-code\"]\n\
             hosts = [\"localhost\"]\n{trust}\n"
        );
        fs::write(&config, text).unwrap();
        let own = ["doctor", "--runtime-config", config.to_str().unwrap()];
        let environment: Vec<_> = self
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        run(&[&own, arguments].concat(), &environment)
    }

    /// The doctor's JSON report.
    pub(super) fn report(&self) -> Report {
        Report::of(&self.run(&["--json"]))
    }
}

/// The doctor's JSON report.
pub(super) struct Report {
    pub(super) code: Option<i32>,
    rows: Vec<Value>,
}

impl Report {
    pub(super) fn of(ended: &Ended) -> Self {
        for line in ended.stderr.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            assert!(event["event"].is_string(), "the log of the store: {line}");
        }
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        let rows = report["checks"].as_array().unwrap().clone();
        let has_failed = rows.iter().any(|row| row["status"] == "failed");
        assert_eq!(report["ok"], !has_failed, "{report}");
        assert_eq!(ended.code, Some(i32::from(has_failed)), "{report}");
        for row in &rows {
            let status = row["status"].as_str().unwrap();
            let needs_remedy = ["failed", "warning"].contains(&status);
            assert_eq!(row.get("remedy").is_some(), needs_remedy, "{row}");
            assert_ne!(row["seen"], "", "{row}");
        }
        Self {
            code: ended.code,
            rows,
        }
    }

    /// Names and statuses, in order.
    pub(super) fn statuses(&self) -> Vec<(&str, &str)> {
        let rows = self.rows.iter();
        rows.map(|row| {
            (
                row["name"].as_str().unwrap(),
                row["status"].as_str().unwrap(),
            )
        })
        .collect()
    }

    /// The names of the rows with this status.
    pub(super) fn with_status(&self, status: &str) -> Vec<&str> {
        let rows = self.rows.iter().filter(|row| row["status"] == status);
        rows.map(|row| row["name"].as_str().unwrap()).collect()
    }

    /// Asserts that only this check has failed, and that its only row contains all `parts`. Returns the row.
    pub(super) fn fails_only_at(&self, name: &str, parts: &[&str]) -> &Value {
        assert_eq!(self.with_status("failed"), [name], "{:#?}", self.rows);
        self.says(name, "failed", parts)
    }

    /// Asserts that the only row of this check has this status and contains all `parts`.
    pub(super) fn says(&self, name: &str, status: &str, parts: &[&str]) -> &Value {
        let rows: Vec<_> = self.rows.iter().filter(|row| row["name"] == name).collect();
        let [row] = rows[..] else {
            panic!("{name}: {:#?}", self.rows)
        };
        assert_eq!(row["status"], status, "{row:#}");
        let said = format!("{} / {}", row["seen"], row["remedy"]);
        for part in parts {
            assert!(said.contains(part), "`{part}` is not in: {said}");
        }
        row
    }
}

/// A shell script in `directory`, as a program.
pub(super) fn program(directory: &Path, script: &str) -> PathBuf {
    let program = directory.join("kubelogin");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    program
}

/// An origin whose host has no address. The name is too long for a DNS query, so none leaves this machine.
pub(super) fn nowhere() -> String {
    format!("https://{}.example", "a".repeat(64))
}

/// A port without a listener.
pub(super) fn free_port() -> u16 {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Serves until the runtime is dropped.
fn start_entra(runtime: &Runtime, directory: &Path, redirect_uri: &str) -> Value {
    let simulator = Simulator::new(Options {
        directory: directory.join("entra"),
        host: "localhost".to_owned(),
        tenant_id: TENANT.to_owned(),
        client_id: CLIENT.to_owned(),
        redirect_uris: vec![redirect_uri.to_owned()],
        front_channel_logout_uri: None,
        auto_sign_in: None,
        access_token_lifetime: 3600,
    })
    .unwrap();
    runtime.block_on(async {
        let any = || TcpListener::bind("127.0.0.1:0");
        let (http, https) = (any().await.unwrap(), any().await.unwrap());
        let description = simulator.describe(&http, &https).unwrap();
        tokio::spawn(simulator.serve(http, https, std::future::pending()));
        description
    })
}
