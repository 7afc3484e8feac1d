//! A real Prometheus that scrapes a test's programs.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use ureq::Agent;
use url::Url;

use crate::serve::free_port;

/// How long to wait for an expected result: Prometheus scrapes and evaluates its rules each second.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Prometheus on loopback. Dropping it stops it.
pub struct Prometheus {
    port: u16,
    server: Child,
    agent: Agent,
    _directory: TempDir,
}

impl Prometheus {
    /// Starts a Prometheus that scrapes `/metrics` at `target`, with the alerts in `rules`.
    pub fn start(target: &str, rules: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("prometheus.yml");
        let (rules, port) = (rules.display(), free_port());
        let text = format!(
            "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\n\
             rule_files: ['{rules}']\n\
             scrape_configs: [{{ job_name: proxy, static_configs: [{{ targets: ['{target}'] }}] }}]\n"
        );
        fs::write(&config, text).unwrap();
        let server = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                directory.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--log.level=error")
            .stdout(Stdio::null())
            .spawn()
            .expect("Debian's package prometheus is installed");
        let agent = Agent::config_builder().http_status_as_error(false);
        Self {
            port,
            server,
            agent: agent.proxy(None).build().into(),
            _directory: directory,
        }
    }

    /// The result of `query`, once it is `right`.
    pub fn until(&self, query: &str, right: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut last = Value::Null;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            last = self.ask("query", &[("query", query)]);
            assert_ne!(last["status"], "error", "{query}: {last}");
            if let Some(found) = last["data"]["result"].as_array()
                && right(found)
            {
                return found.clone();
            }
        }
        panic!("{query} gives {last}");
    }

    /// Waits until the sum of `query` is `expected`.
    pub fn comes_to(&self, query: &str, expected: f64) {
        self.until(
            &format!("sum({query})"),
            |found| matches!(found, [one] if value(one) == expected),
        );
    }

    /// Waits until each alert was evaluated without an error, and none fires; returns their number.
    pub fn is_content(&self) -> usize {
        let mut last = Value::Null;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            last = self.ask("rules", &[]);
            let is_content = |rule: &Value| rule["health"] == "ok" && rule["state"] == "inactive";
            if let Some(rules) = last["data"]["groups"][0]["rules"].as_array()
                && rules.iter().all(is_content)
            {
                return rules.len();
            }
        }
        panic!("the alerts are not content: {last}");
    }

    /// The answer of its API; null while it starts.
    fn ask(&self, what: &str, parameters: &[(&str, &str)]) -> Value {
        let address = format!("http://127.0.0.1:{}/api/v1/{what}", self.port);
        let address = Url::parse_with_params(&address, parameters).unwrap();
        let Ok(mut answer) = self.agent.get(address.as_str()).call() else {
            return Value::Null;
        };
        let text = answer.body_mut().read_to_string().unwrap();
        // `Service Unavailable` until it is ready.
        serde_json::from_str(&text).unwrap_or_default()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Fails if it has ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The value of one series.
fn value(series: &Value) -> f64 {
    series["value"][1].as_str().unwrap().parse().unwrap()
}
