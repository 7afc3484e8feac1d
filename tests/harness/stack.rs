//! entra-sim and the proxy for one test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::browser::{Browser, read};
use crate::process::{Process, binary};
use crate::serve::{Replica, Serve, free_port, redis_store, write_config};
use crate::{Certificates, Clock, Redis, Response, Store};

/// The directory for kubelogin's runs.
const RUNS: &str = "runs";

/// The options of a stack.
#[derive(Default)]
pub struct Builder {
    settings: BTreeMap<String, String>,
    has_clock: bool,
    entra_over_tls: bool,
    entra_at: Option<String>,
    redis: Option<String>,
    kubelogin: Option<PathBuf>,
    trusted: Vec<(String, PathBuf)>,
    arguments: Vec<String>,
    redirect_uris: Vec<String>,
}

/// A proxy with its Entra.
pub struct Stack {
    /// The proxy.
    pub proxy: Process,
    /// Where the proxy is: `http://localhost:PORT`.
    pub origin: String,
    /// entra-sim's own description.
    pub entra: Value,
    _entra: Process,
    serve: Serve,
    /// The store's section in `runtime-config.toml`.
    store: String,
    directory: TempDir,
    agent: Agent,
}

impl Builder {
    /// With a setting, by its name in the environment.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With one more argument on the command line of the proxy.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// With a clock that the test moves.
    pub fn clock(mut self) -> Self {
        self.has_clock = true;
        self.setting("SESSION_IDLE_TIMEOUT_SECONDS", "28800")
    }

    /// With Entra over TLS, as kubelogin needs it; the proxy trusts its authority.
    pub fn entra_over_tls(mut self) -> Self {
        self.entra_over_tls = true;
        self
    }

    /// With Entra over TLS at `host`, which is neither a loopback address nor a name for one.
    pub fn entra_at(mut self, host: &str) -> Self {
        self.entra_at = Some(host.to_owned());
        self.entra_over_tls()
    }

    /// With this program as kubelogin, and so with Entra over TLS.
    pub fn kubelogin(mut self, program: &Path) -> Self {
        self.kubelogin = Some(program.to_owned());
        self.entra_over_tls()
    }

    /// With one more redirect URI of the application, for a proxy that is installed elsewhere.
    pub fn redirect_uri(mut self, uri: &str) -> Self {
        self.redirect_uris.push(uri.to_owned());
        self
    }

    /// Calls of `host` trust this authority.
    pub fn trusting(mut self, host: &str, authority: PathBuf) -> Self {
        self.trusted.push((host.to_owned(), authority));
        self
    }

    /// With sessions in `redis`.
    pub fn redis(self, redis: &Redis) -> Self {
        self.redis_at(redis.url())
    }

    /// With sessions in the Redis at `url`.
    pub fn redis_at(mut self, url: String) -> Self {
        self.redis = Some(url);
        self
    }

    /// Starts both.
    pub fn start(self) -> Stack {
        let directory = tempfile::tempdir().unwrap();
        let clock = self
            .has_clock
            .then(|| Clock::new(directory.path(), "clock"));
        let port = free_port();
        let origin = format!("http://localhost:{port}");
        let mut command = Command::new(binary("entra-sim"));
        command.arg("--dir").arg(directory.path().join("entra"));
        command.args(["--redirect-uri", &format!("{origin}/callback")]);
        command.args(["--redirect-uri", &format!("{origin}/")]);
        for uri in &self.redirect_uris {
            command.args(["--redirect-uri", uri]);
        }
        let front_channel = format!("{origin}/logout/front-channel");
        command.args(["--front-channel-logout-uri", &front_channel]);
        let entra_at = self.entra_at.as_deref().unwrap_or("localhost");
        command.args(["--host", entra_at]);
        if let Some(clock) = &clock {
            clock.rule(&mut command);
        }
        let (entra_process, entra) = Process::start(&mut command);

        let store = match &self.redis {
            Some(url) => redis_store(url),
            None => "type = \"spin\"\npath = \"kv.db\"\n".to_owned(),
        };
        let config = directory.path().join("runtime-config.toml");
        let mut trusted = self.trusted;
        if self.entra_over_tls {
            trusted.push((entra_at.to_owned(), text(&entra, "ca_file").into()));
        }
        write_config(&config, &store, &trusted);
        let authority = text(&entra, if self.entra_over_tls { "https" } else { "http" });
        let mut settings: BTreeMap<String, String> = [
            ("TENANT_ID", text(&entra, "tenant_id")),
            ("CLIENT_ID", text(&entra, "client_id")),
            ("AUTHORITY_HOST", authority),
            ("GRAPH_URL", authority),
            ("REDIRECT_URI", &format!("{origin}/callback")),
            ("SESSION_SECRET", "a-secret-of-this-test:-0123456789abcdef"),
            ("SESSION_COOKIE_SECURE", "false"),
            ("KUBELOGIN_ENABLED", "false"),
            (
                "AZURE_FEDERATED_TOKEN_FILE",
                text(&entra, "federated_token_file"),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        if let Some(program) = &self.kubelogin {
            let runs = directory.path().join(RUNS);
            fs::create_dir(&runs).unwrap();
            for (name, value) in [
                ("KUBELOGIN_ENABLED", "true"),
                ("KUBELOGIN_BINARY", program.to_str().unwrap()),
                // Tests start it again at once, except those about the interval.
                ("KUBELOGIN_MIN_INTERVAL_SECONDS", "0"),
                ("SSL_CERT_FILE", text(&entra, "ca_file")),
                ("TMPDIR", runs.to_str().unwrap()),
            ] {
                settings.insert(name.to_owned(), value.to_owned());
            }
        }
        settings.extend(self.settings);
        let serve = Serve {
            settings,
            config,
            clock,
            arguments: self.arguments,
        };
        let proxy = serve.start(port, &[]);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // A kept connection may be closed just when it is used, for instance after a fault.
            .max_idle_connections(0)
            .proxy(None);
        Stack {
            proxy,
            origin,
            entra,
            _entra: entra_process,
            serve,
            store,
            directory,
            agent: agent.build().into(),
        }
    }
}

impl Stack {
    /// One more proxy with the same settings and store.
    pub fn replica(&self) -> Replica {
        self.replica_with(&[])
    }

    /// One more proxy with the same settings, whose Redis is at `url`.
    pub fn replica_at(&self, url: &str) -> Replica {
        let config = self.directory.path().join("other-runtime-config.toml");
        write_config(&config, &redis_store(url), &[]);
        let port = free_port();
        let process = self.serve.start_with(&config, port, &[]);
        Replica {
            process,
            address: format!("http://127.0.0.1:{port}"),
        }
    }

    /// One more proxy with the same store, and other settings.
    pub fn replica_with(&self, settings: &[(&str, &str)]) -> Replica {
        let port = free_port();
        let process = self.serve.start(port, settings);
        Replica {
            process,
            address: format!("http://127.0.0.1:{port}"),
        }
    }

    /// One more proxy with the same store, over TLS at `port`, which trusts the authority in `trusted` for
    /// calls of 127.0.0.1.
    pub fn replica_over_tls(
        &self,
        port: u16,
        settings: &[(&str, &str)],
        certificates: &Certificates,
        trusted: &Path,
    ) -> Replica {
        let config = self.trusting(trusted);
        let process = self
            .serve
            .start_over_tls(&config, port, settings, certificates);
        Replica {
            process,
            address: format!("https://localhost:{port}"),
        }
    }

    /// The same in the clear.
    pub(crate) fn replica_trusting(&self, settings: &[(&str, &str)], trusted: &Path) -> Replica {
        let (config, port) = (self.trusting(trusted), free_port());
        let process = self.serve.start_with(&config, port, settings);
        Replica {
            process,
            address: format!("http://127.0.0.1:{port}"),
        }
    }

    /// The doctor's report on the proxy with these settings, which trusts the authority in `trusted` for
    /// calls of 127.0.0.1.
    pub(crate) fn examined(&self, settings: &[(&str, &str)], trusted: &Path) -> Value {
        self.serve.examined(&self.trusting(trusted), settings)
    }

    /// A runtime configuration with the same store, and this authority for calls of 127.0.0.1.
    fn trusting(&self, authority: &Path) -> PathBuf {
        let config = self.directory.path().join("trusting-runtime-config.toml");
        let trusted = [("127.0.0.1".to_owned(), authority.to_owned())];
        write_config(&config, &self.store, &trusted);
        config
    }

    /// With the default settings.
    pub fn start() -> Self {
        Builder::default().start()
    }

    /// A browser without any cookie.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin.replace("localhost", "127.0.0.1"))
    }

    /// With the default settings, and a clock that the test moves.
    pub fn with_clock() -> Self {
        Builder::default().clock().start()
    }

    /// Sets the clock `seconds` ahead, for Entra as well.
    pub fn at(&self, seconds: i64) {
        self.serve
            .clock
            .as_ref()
            .expect("this stack has a clock")
            .set(seconds);
        // As the kubelet would have done meanwhile.
        self.control("federated-token", &json!({}));
    }

    /// Sets the clock to the next full minute, for tests that must end within one.
    pub fn at_a_new_minute(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let left = 60 - i64::try_from(now.as_secs() % 60).unwrap();
        self.at(left);
        left
    }

    /// A browser without any cookie, at `address`.
    pub fn browser_at(&self, address: &str) -> Browser {
        Browser::new(address)
    }

    /// `browser`, with its cookies, at the first proxy.
    pub fn browser_like(&self, browser: &Browser) -> Browser {
        browser.at(&self.origin.replace("localhost", "127.0.0.1"))
    }

    /// The session store.
    pub fn store(&self) -> Store {
        Store::open(&self.directory.path().join("kv.db"))
    }

    /// Entra's answer to `user` at the address `authorize`, with `decision` on its page.
    pub fn at_entra(&self, authorize: &str, user: &str, decision: &str) -> Response {
        // The page is the same on both listeners.
        let (http, https) = (text(&self.entra, "http"), text(&self.entra, "https"));
        let authorize = authorize.replace(https, http);
        assert!(authorize.starts_with(http), "{authorize}");
        let form = [("user", user), ("decision", decision)];
        read(self.agent.post(authorize).send_form(form).unwrap())
    }

    /// Posts a form to entra-sim.
    pub(crate) fn post_to_entra(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let address = format!("{}{path}", text(&self.entra, "http"));
        let form = form.iter().copied();
        read(self.agent.post(address).send_form(form).unwrap())
    }

    /// Begins a sign-in in `browser`, and returns the address to which Entra redirects `user`.
    pub fn begin(&self, browser: &mut Browser, user: &str, rd: &str) -> String {
        let login = browser.get(&format!("/login?rd={rd}"));
        self.at_entra(login.location(), user, "")
            .location()
            .to_owned()
    }

    /// The whole sign-in; returns the callback's answer.
    pub fn sign_in(&self, browser: &mut Browser, user: &str) -> Response {
        let callback = self.begin(browser, user, "/whoami");
        browser.get(&callback)
    }

    /// A browser in which `user` is signed in.
    pub fn signed_in(&self, user: &str) -> Browser {
        let mut browser = self.browser();
        let response = self.sign_in(&mut browser, user);
        assert_eq!(response.status, 302, "{response:?}");
        assert!(browser.cookies.contains_key("proxy_session"));
        browser
    }

    /// Opens `page` of the app at `host` in `browser`, which has no cookie there yet: follows the redirects
    /// to the proxy, where alice signs in, and back.
    pub fn open_app(&self, browser: &mut Browser, host: &str, page: &str) -> Response {
        let mut own = self.browser().html();
        let start = browser.get(page);
        let to_proxy = browser.get(start.location());
        assert!(
            to_proxy.location().starts_with(&self.origin),
            "{to_proxy:?}"
        );
        let login = own.get(to_proxy.location());
        let entra = own.get(login.location());
        let callback = self.at_entra(entra.location(), "alice", "");
        let back = own.get(callback.location());
        let ticket = own.get(back.location());
        assert!(
            ticket.location().starts_with(&format!("http://{host}/")),
            "{ticket:?}"
        );
        let page = browser.get(ticket.location());
        browser.get(page.location())
    }

    /// The directory of kubelogin's runs.
    pub fn runs(&self) -> PathBuf {
        self.directory.path().join(RUNS)
    }

    /// Enters `user_code` on Entra's page as `user`, and approves or declines.
    pub fn enter(&self, user_code: &str, user: &str, approve: bool) {
        let said = json!({ "user_code": user_code, "user": user, "approve": approve });
        self.control("device-login", &said);
    }

    /// Sends entra-sim a command.
    pub fn control(&self, what: &str, body: &Value) {
        let address = format!("{}/_sim/{what}", text(&self.entra, "http"));
        let request = self
            .agent
            .post(address)
            .header("content-type", "application/json");
        assert_eq!(
            request.send(body.to_string()).unwrap().status(),
            204,
            "{what} {body}"
        );
    }

    /// How often entra-sim got requests for `what`.
    pub fn count(&self, what: &str) -> u64 {
        self.counters()["counters"][what]
            .as_u64()
            .unwrap_or_default()
    }

    /// All counters of entra-sim.
    pub fn counters(&self) -> Value {
        self.ask("counters")
    }

    /// All secrets that entra-sim has issued or received.
    pub fn secrets(&self) -> Vec<String> {
        serde_json::from_value(self.ask("secrets")).unwrap()
    }

    fn ask(&self, what: &str) -> Value {
        let address = format!("{}/_sim/{what}", text(&self.entra, "http"));
        read(self.agent.get(address).call().unwrap()).json()
    }

    /// Clears faults and consents.
    pub fn reset(&self) {
        self.control("reset", &json!({}));
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}
