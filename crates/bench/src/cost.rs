//! The cost of `/whoami`, as a multiple of an empty component's.

use anyhow::Result;
use http::StatusCode;
use serde_json::json;

use crate::arguments::Arguments;
use crate::client::{Ask, Crowd};
use crate::columns::Section;
use crate::figures::{median, micros, quantile};
use crate::proxy::Proxy;
use crate::servers::{Servers, TUNNEL_TOKEN};
use crate::sign_in::Browser;
use crate::steps;

/// Requests before each measurement, so that the pool holds instances of the measured component.
const WARM_UP: usize = 50;
/// The aim, beside the store reads.
const AIM: f64 = 1.6;

/// The measured routes. Each of the first four includes the one before it. The others are the component
/// itself: `/healthz`, without a session, with one, and its decision on a request to the API server.
const ROUTES: [&str; 8] = [
    "no-op",
    "variables",
    "reads",
    "seals",
    "healthz",
    "nobody",
    "whoami",
    "decision",
];

/// One route, and what was measured.
struct Route {
    name: &'static str,
    ask: Ask,
    rounds: Vec<Round>,
}

/// One round.
struct Round {
    /// CPU time of the host per request, in microseconds.
    cpu: f64,
    /// Requests per second.
    rate: f64,
}

/// All routes.
pub(crate) struct Costs {
    rounds: usize,
    requests: usize,
    connections: usize,
    routes: Vec<Route>,
}

/// Measures all routes in one process, in rounds that alternate.
pub(crate) async fn measure(servers: &Servers, arguments: &Arguments) -> Result<Costs> {
    let manifest = steps::write_manifest(
        &arguments.manifest,
        &arguments.wasm,
        &arguments.noop_wasm,
        &servers.directory("steps.toml"),
    )?;
    let proxy = servers.serve_manifest("steps", &manifest).await?;
    let mut costs = Costs {
        rounds: arguments.rounds,
        requests: arguments.requests,
        connections: arguments.connections,
        routes: routes(servers, &proxy).await?,
    };
    let mut crowd = Crowd::connect(proxy.url()?, arguments.connections).await?;
    eprintln!(
        "bench: CPU of {} routes, {} rounds of {} requests",
        ROUTES.len(),
        arguments.rounds,
        arguments.requests
    );
    for _ in 0..arguments.rounds {
        for route in &mut costs.routes {
            let count = arguments.requests;
            let measured = measure_round(&proxy, &mut crowd, &route.ask, count).await?;
            route.rounds.push(measured);
        }
        // Alternating the order, so that drift affects all alike.
        costs.routes.reverse();
    }
    Ok(costs)
}

/// All requests but one carry the session, whether or not their route looks at it.
async fn routes(servers: &Servers, proxy: &Proxy) -> Result<Vec<Route>> {
    let session = Browser::open(proxy, servers.entra())
        .await?
        .sign_in()
        .await?;
    let query = steps::query(proxy.url()?, &session).await?;
    let credential = session.credential(proxy).await?;
    let route = |name| Route {
        name,
        ask: match name {
            "no-op" => session.get("/bench/noop"),
            "variables" => session.get("/bench/variables"),
            "healthz" | "whoami" => session.get(&format!("/{name}")),
            "nobody" => Ask {
                status: StatusCode::UNAUTHORIZED,
                ..Ask::get("/whoami")
            },
            "decision" => decision(&credential),
            step => session.get(&format!("/bench/{step}?{query}")),
        },
        rounds: Vec::new(),
    };
    Ok(ROUTES.map(route).into())
}

/// The tunnel's question about kubectl's list of config maps.
fn decision(credential: &str) -> Ask {
    let bearer = format!("Bearer {credential}");
    let open = json!({ "open": {
        "method": "GET",
        "target": "/k8s/api/v1/namespaces/bench-small/configmaps?limit=500",
        "headers": [
            ["host", "127.0.0.1:8443"],
            ["authorization", bearer],
            ["user-agent", "kubectl/v1.35.0 (linux/amd64) kubernetes/0000000"],
            ["accept", "application/json"],
            ["accept-encoding", "gzip"],
        ],
        "client": "127.0.0.1:40000",
        "plain": true,
    } });
    Ask {
        bearer: Some(TUNNEL_TOKEN.to_owned()),
        ..Ask::post("/-/tunnel", open.to_string())
    }
}

async fn measure_round(proxy: &Proxy, crowd: &mut Crowd, ask: &Ask, count: usize) -> Result<Round> {
    crowd.ask(ask, WARM_UP).await?;
    let before = proxy.cpu_of_threads()?;
    let elapsed = crowd.ask(ask, count).await?;
    let cpu = proxy.cpu_of_threads()?.saturating_sub(before);
    let count = count as f64;
    Ok(Round {
        cpu: micros(cpu) / count,
        rate: count / elapsed.as_secs_f64(),
    })
}

impl Costs {
    fn route(&self, name: &str) -> impl Iterator<Item = &Round> + '_ {
        let route = self.routes.iter().find(|route| route.name == name);
        route.into_iter().flat_map(|route| &route.rounds)
    }

    /// CPU of a route, in the order of the rounds.
    fn cpu(&self, name: &str) -> impl Iterator<Item = f64> + '_ {
        self.route(name).map(|round| round.cpu)
    }

    /// How much more a route costs than another: the median of the differences per round.
    fn more(&self, name: &str, than: &str) -> f64 {
        median(self.cpu(name).zip(self.cpu(than)).map(|(a, b)| a - b))
    }
}

impl Costs {
    /// As it is shown.
    pub(crate) fn section(&self) -> Section {
        let mut section = Section::new(format!(
            "/whoami with a session, in CPU of the host per request: µs, and multiples of a no-op \
             (medians of {} rounds of {} requests, {} connections)",
            self.rounds, self.requests, self.connections
        ));
        let noop = median(self.cpu("no-op"));
        for (what, cost) in self.parts() {
            section.row(what, format!("{cost:.0} {:>8.2}×", cost / noop));
        }
        section.row("  the aim for that", format!("{AIM:.2}×"));
        section.remarks = self.raw();
        section
    }

    fn parts(&self) -> Vec<(&'static str, f64)> {
        let (noop, whoami) = (median(self.cpu("no-op")), median(self.cpu("whoami")));
        let variables = self.more("variables", "no-op");
        let settings = self.more("nobody", "healthz") - variables;
        let reads = self.more("reads", "variables");
        let own = self.more("healthz", "no-op");
        let mut parts = vec![
            ("a component that does nothing", noop),
            ("  + this one instead, doing nothing", own),
            ("  + 15 variables", variables),
            ("  + settings parsed, a 401 written", settings),
            ("  + the store: opened, 3 gets, 1 exists", reads),
            ("  + seals opened, JSON parsed", self.more("seals", "reads")),
        ];
        let rest = whoami - parts.iter().map(|(_, cost)| cost).sum::<f64>();
        parts.extend([
            ("  + the rest: claims, a longer answer", rest),
            ("/whoami", whoami),
            ("/whoami without its store reads", whoami - reads),
            ("the decision on a list", median(self.cpu("decision"))),
        ]);
        parts
    }

    fn raw(&self) -> String {
        let mut raw = format!(
            "  {:<12}{:>8}{:>8}{:>8}{:>8}{:>8}   requests/s\n",
            "µs", "least", "25 %", "median", "75 %", "most"
        );
        for name in ROUTES {
            let quantiles =
                [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(self.cpu(name), share));
            let quantiles = quantiles.map(|figure| format!("{figure:>8.0}")).concat();
            let rate = median(self.route(name).map(|round| round.rate));
            raw += &format!("  {name:<12}{quantiles}{rate:>13.0}\n");
        }
        raw
    }
}
