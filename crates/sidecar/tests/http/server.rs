//! A sidecar on a free port, stopped at the end of the test.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use listener::{Ending, Limits, Times};
use metrics::Registry;
use sidecar::{Config, Counts, Listener};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{self, Answer};

/// The bearer between component and sidecar in these tests.
pub(crate) const BEARER: &str = "the-bearer-of-the-tests-has-32-bytes";

/// Longer than any test.
const LONG: Duration = Duration::from_secs(3600);

/// A running sidecar. Dropping it stops it at once.
pub(crate) struct Sidecar {
    pub(crate) address: SocketAddr,
    counts: Counts,
    stop: Option<oneshot::Sender<Times>>,
    ending: Ending,
    served: JoinHandle<()>,
}

impl Sidecar {
    /// Starts a sidecar that reads `file`.
    pub(crate) async fn start(file: impl Into<PathBuf>) -> Self {
        Self::with(Some(file.into()), None, Limits::default()).await
    }

    /// Starts a sidecar that reads `file` as the service account's token.
    pub(crate) async fn with_service_account(file: impl Into<PathBuf>) -> Self {
        Self::with(None, Some(file.into()), Limits::default()).await
    }

    /// Starts a sidecar with these limits, and without a file.
    pub(crate) async fn limited(limits: Limits) -> Self {
        Self::with(None, None, limits).await
    }

    async fn with(
        federated: Option<PathBuf>,
        service_account: Option<PathBuf>,
        limits: Limits,
    ) -> Self {
        let any = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(any, None, limits).await.unwrap();
        let origin = listener.origin().unwrap();
        let counts = listener.counts().clone();
        let address = origin.trim_start_matches("http://").parse().unwrap();
        let (stop, stopped) = oneshot::channel::<Times>();
        let config = Config {
            kubelogin: None,
            token: BEARER.to_owned(),
            federated_token_file: federated,
            service_account_token_file: service_account,
        };
        // Dropping the sender ends it at once.
        let ending = Ending::after(async { stopped.await.unwrap_or_default() });
        let served = tokio::spawn(sidecar::serve(listener, config, ending.clone()));
        Self {
            address,
            counts,
            stop: Some(stop),
            ending,
            served,
        }
    }

    /// Asks for the token as the component does.
    pub(crate) async fn federated_token(&self) -> Answer {
        self.get(
            "/v1/federated-token",
            &[("authorization", &format!("Bearer {BEARER}"))],
        )
        .await
    }

    /// Whether its metrics have this line.
    pub(crate) fn counts(&self, line: &str) -> bool {
        let mut registry = Registry::new("test", "0");
        self.counts.register(&mut registry);
        registry.text().lines().any(|have| have == line)
    }

    /// `GET path`.
    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        client::send(self.address, "GET", path, headers).await
    }

    /// Tells it to stop; returns its task.
    pub(crate) fn stop(mut self) -> JoinHandle<()> {
        self.tell(Times {
            draining: Duration::ZERO,
            closing: LONG,
        });
        self.served
    }

    /// Tells it that it will have to stop.
    pub(crate) async fn drain(&mut self) {
        self.tell(Times {
            draining: LONG,
            closing: LONG,
        });
        self.ending.draining().await;
    }

    fn tell(&mut self, times: Times) {
        self.stop.take().unwrap().send(times).unwrap();
    }
}
