//! A tunnel with its component and its API server.

use std::net::SocketAddr;
use std::time::Duration;

use egress::Proxies;
use listener::{Ending, Listener, Times};
use metrics::Registry;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tunnel::proxy::Proxy;
use tunnel::{Config, Counts, Limits, Trust, Tunnel};

use crate::api::Api;
use crate::client::{Client, EXEC};
use crate::component::{Component, TOKEN};

/// Short enough that a test waits for it.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// Longer than any test.
pub(crate) const LONG: Duration = Duration::from_secs(3600);

/// A running tunnel. Dropping it stops it.
pub(crate) struct Stack {
    pub(crate) api: Api,
    pub(crate) component: Component,
    /// Where the tunnel listens.
    pub(crate) address: SocketAddr,
    counts: Counts,
    stop: Option<oneshot::Sender<Times>>,
    served: JoinHandle<()>,
}

impl Stack {
    /// A stack with the usual limits.
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    /// A stack with these limits.
    pub(crate) async fn with(limits: Limits) -> Self {
        Self::at(limits, listener::Limits::default()).await
    }

    /// A stack with limits for the listener, too.
    pub(crate) async fn at(limits: Limits, listening: listener::Limits) -> Self {
        let api = Api::start().await;
        let origin = format!("http://{}", api.address);
        let component = Component::start(&origin).await;
        let tunnel = tunnel_to(&origin, limits, Trust::default());
        let counts = tunnel.counts().clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = Listener::clear(listener, listening).with_extended_connect();
        let (stop, served) = serve(tunnel, component.address, listener);
        Self {
            api,
            component,
            address,
            counts,
            stop: Some(stop),
            served,
        }
    }

    /// Returns when the tunnel's metrics have this line.
    pub(crate) async fn counts(&self, line: &str) {
        while !has(&self.counts, line) {
            tokio::task::yield_now().await;
        }
    }

    /// The tunnel's counts, for after its end.
    pub(crate) fn kept_counts(&self) -> Counts {
        self.counts.clone()
    }

    /// A client whose exec is carried: that client, and the API server's end.
    pub(crate) async fn exec(&self) -> (Client, tokio::net::TcpStream) {
        let (client, api) = tokio::join!(Client::send(self.address, EXEC), self.api.switch());
        assert_eq!(client.status(), 101);
        (client, api)
    }

    /// Sends `request` and gives the answer.
    pub(crate) async fn send(&self, request: &str) -> Client {
        Client::send(self.address, request).await
    }

    /// Tells the tunnel how to stop. Returns its task and the component, which continues.
    pub(crate) fn stop(mut self, times: Times) -> (JoinHandle<()>, Component) {
        self.tell(times);
        (self.served, self.component)
    }

    /// Tells the tunnel that it will have to stop.
    pub(crate) fn drain(&mut self) {
        self.tell(Times {
            draining: LONG,
            closing: LONG,
        });
    }

    fn tell(&mut self, times: Times) {
        self.stop.take().unwrap().send(times).unwrap();
    }
}

/// Whether the metrics of `counts` have this line.
pub(crate) fn has(counts: &Counts, line: &str) -> bool {
    let mut registry = Registry::new("test", "0");
    counts.register(&mut registry);
    registry.text().lines().any(|have| have == line)
}

/// A listener in the clear.
pub(crate) fn clear(socket: TcpListener) -> Listener {
    Listener::clear(socket, listener::Limits::default())
}

/// A tunnel that connects to `origin` only.
pub(crate) fn tunnel_to(origin: &str, limits: Limits, trust: Trust) -> Tunnel {
    let config = Config {
        token: TOKEN.to_owned(),
        origins: vec![origin.parse().unwrap()],
        proxies: Proxies::default(),
        trust,
        apps: Vec::new(),
        app_proxies: Proxies::default(),
        trusted_proxies: Vec::new(),
        limits,
    };
    Tunnel::new(config).unwrap()
}

/// Serves `tunnel` until the sender is used or dropped.
pub(crate) fn serve(
    tunnel: Tunnel,
    component: SocketAddr,
    listener: Listener,
) -> (oneshot::Sender<Times>, JoinHandle<()>) {
    let origin = format!("http://{component}").parse().unwrap();
    let (stop, stopped) = oneshot::channel::<Times>();
    // Dropping the sender ends it at once.
    let ending = Ending::after(async { stopped.await.unwrap_or_default() });
    let proxy = Proxy::new(tunnel, origin, &Trust::default(), ending).unwrap();
    (stop, tokio::spawn(proxy.serve(listener)))
}
