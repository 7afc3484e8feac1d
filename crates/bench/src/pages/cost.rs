//! CPU of a page beside that of the JSON of the same route.

use std::fmt;

use anyhow::Result;
use http::StatusCode;

use crate::arguments::Arguments;
use crate::client::{Ask, Crowd};
use crate::figures::{median, micros};
use crate::proxy::Proxy;
use crate::servers::{Host, Servers};
use crate::sign_in::{Browser, Session};

/// Requests before each measurement, so that the pool holds instances of what is measured.
const WARM_UP: usize = 50;
/// What a browser wants.
const HTML: &str = "text/html";
/// The routes that answer browsers and programs, and the one that nobody knows.
const ROUTES: [&str; 7] = [
    "/",
    "/whoami",
    "/kubeconfig",
    "/kubeconfig/credentials",
    "/sign-ins",
    "/logout",
    "/unknown",
];

/// One route, asked for in both ways.
struct Route {
    path: &'static str,
    /// JSON, and the page.
    ways: [Way; 2],
}

/// One way to ask for it.
struct Way {
    get: Ask,
    /// Of the answer's body.
    bytes: usize,
    /// In microseconds for each request, round by round.
    cpu: Vec<f64>,
}

/// All routes.
pub(crate) struct Costs {
    rounds: usize,
    requests: usize,
    connections: usize,
    routes: Vec<Route>,
}

/// Measures all routes in one process, in rounds that alternate.
pub(super) async fn measure(arguments: &Arguments) -> Result<Costs> {
    let (rounds, requests) = (arguments.rounds, arguments.requests);
    eprintln!("bench: pages beside JSON, {rounds} rounds of {requests} requests");
    let servers = Servers::new(arguments, Host::Serve).await?;
    let proxy = servers.serve("pages").await?;
    let mut browser = Browser::open(&proxy, servers.entra()).await?;
    let session = browser.sign_in().await?;
    let mut crowd = Crowd::connect(proxy.url()?, arguments.connections).await?;
    let mut routes = Vec::new();
    for path in ROUTES {
        routes.push(Route::new(path, &session, &proxy).await?);
    }
    for _ in 0..rounds {
        for way in routes.iter_mut().flat_map(|route| &mut route.ways) {
            way.round(&proxy, &mut crowd, requests).await?;
        }
        // Alternating the order, so that drift affects all alike.
        routes.reverse();
    }
    routes.sort_by_key(|route| ROUTES.iter().position(|path| *path == route.path));
    Ok(Costs {
        rounds,
        requests,
        connections: arguments.connections,
        routes,
    })
}

impl Route {
    async fn new(path: &'static str, session: &Session, proxy: &Proxy) -> Result<Self> {
        let status = match path {
            "/unknown" => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        };
        let way = async |accept| {
            let get = Ask {
                status,
                accept,
                ..session.get(path)
            };
            let mut client = crate::client::Client::connect(proxy.url()?).await?;
            let bytes = client.ask(&get).await?.body().len();
            anyhow::Ok(Way {
                get,
                bytes,
                cpu: Vec::new(),
            })
        };
        Ok(Self {
            path,
            ways: [way(None).await?, way(Some(HTML)).await?],
        })
    }
}

impl Way {
    async fn round(&mut self, proxy: &Proxy, crowd: &mut Crowd, count: usize) -> Result<()> {
        crowd.ask(&self.get, WARM_UP).await?;
        let before = proxy.cpu_of_threads()?;
        crowd.ask(&self.get, count).await?;
        let cpu = proxy.cpu_of_threads()?.saturating_sub(before);
        self.cpu.push(micros(cpu) / count as f64);
        Ok(())
    }

    fn cost(&self) -> f64 {
        median(self.cpu.iter().copied())
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Pages beside JSON, with a session, in CPU of serve per request: µs (medians of {} rounds of {} \
             requests, {} connections), and bytes of the body",
            self.rounds, self.requests, self.connections
        )?;
        writeln!(
            f,
            "  {:<26}{:>9}{:>9}{:>8}{:>12}{:>12}",
            "", "JSON", "page", "ratio", "JSON, B", "page, B"
        )?;
        for Route { path, ways } in &self.routes {
            let [json, page] = ways;
            let ratio = page.cost() / json.cost();
            writeln!(
                f,
                "  {path:<26}{:>9.0}{:>9.0}{ratio:>8.2}{:>12}{:>12}",
                json.cost(),
                page.cost(),
                json.bytes,
                page.bytes
            )?;
        }
        Ok(())
    }
}
