//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, ValueEnum};

/// Measures the component in the native host.
///
/// `cargo xtask bench` builds everything and starts this.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where aks-oauth-proxy and entra-sim are.
    #[arg(long, value_name = "DIRECTORY", env = "BENCH_BIN_DIR")]
    pub(crate) bin_dir: PathBuf,

    /// The component.
    #[arg(long, value_name = "FILE", env = "BENCH_WASM")]
    pub(crate) wasm: PathBuf,

    /// The component that does nothing.
    #[arg(long, value_name = "FILE", env = "BENCH_NOOP_WASM")]
    pub(crate) noop_wasm: PathBuf,

    /// Measure the component also in this program: the Spin CLI, or what takes the arguments of `spin up`.
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) spin: Option<PathBuf>,

    /// The manifest that is measured.
    #[arg(long, value_name = "FILE", default_value = "spin.toml")]
    pub(crate) manifest: PathBuf,

    /// Measure CPU in this many rounds, and take medians.
    #[arg(long, value_name = "COUNT", default_value_t = 101)]
    pub(crate) rounds: usize,

    /// Send this many requests to each route in a round.
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    pub(crate) requests: usize,

    /// Keep this many connections busy.
    #[arg(long, value_name = "COUNT", default_value_t = 16)]
    pub(crate) connections: usize,

    /// Start this many times with a warm compilation cache.
    #[arg(long, value_name = "COUNT", default_value_t = 11)]
    pub(crate) starts: usize,

    /// Look at the memory after this many requests, and again after as many more.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    pub(crate) memory_requests: usize,

    /// Compare a store of a thousand records with one of so many in Redis, and a tenth of it in SQLite.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
    pub(crate) records: usize,

    /// Let this many connections ask at once when a token has expired.
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    pub(crate) storm: usize,

    /// Sweep what this many sign-ins have left.
    #[arg(long, value_name = "COUNT", default_value_t = 400)]
    pub(crate) swept_sign_ins: usize,

    /// Keep this many watches open.
    #[arg(long, value_name = "COUNT", default_value_t = 500)]
    pub(crate) watches: usize,

    /// Let so many sign-ins watch at once.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) crowd_sign_ins: usize,

    /// Open so many watches for each of them.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) crowd_watches: usize,

    /// Stream so much to a reader who is slow.
    #[arg(long, value_name = "MEGABYTES", default_value_t = 1000)]
    pub(crate) slow_megabytes: u64,

    /// Open each page so often on a slow line.
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    pub(crate) visits: usize,

    /// Measure nothing else.
    #[arg(long, value_name = "PART")]
    pub(crate) only: Option<Part>,

    /// Measure beside this program, and nothing else: `oauth2-proxy` for apps, or `kube-oidc-proxy=PROGRAM` for
    /// lists of the API server.
    ///
    /// The second needs Go, which builds a Kubernetes, and PROGRAM:
    /// <https://github.com/TremoloSecurity/kube-oidc-proxy>, built by `go build ./cmd`.
    #[arg(long, value_name = "PEER", conflicts_with = "only")]
    pub(crate) peer: Option<Peer>,

    /// The first of these.
    #[arg(long, value_name = "FILE", env = "BENCH_OAUTH2_PROXY")]
    pub(crate) oauth2_proxy: Option<PathBuf>,

    /// Keep this many streams of events open, beside it.
    #[arg(long, value_name = "COUNT", default_value_t = 500)]
    pub(crate) event_streams: usize,

    /// Bring this many access tokens, beside it.
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    pub(crate) access_tokens: usize,

    /// Sign in this often.
    #[arg(long, value_name = "COUNT", default_value_t = 400)]
    pub(crate) sign_ins: usize,
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// `/whoami`, starts, memory, sign-ins.
    Component,
    /// Sessions in their stores.
    Sessions,
    /// kubelogin's device codes.
    DeviceCodes,
    /// The way to the API server.
    Kubernetes,
    /// Ten thousand watches.
    Crowd,
    /// Starts, memory and a roll-over of `serve`, `sidecar` and `tunnel`.
    Processes,
    /// Pages: bytes, requests, the time until something is seen, and CPU beside their JSON.
    Pages,
    /// What metrics and traces cost.
    Watching,
}

/// Beside whom it is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// <https://github.com/oauth2-proxy/oauth2-proxy>
    OAuth2Proxy,
    /// <https://github.com/TremoloSecurity/kube-oidc-proxy>, which is this program.
    KubeOidcProxy(PathBuf),
}

impl FromStr for Peer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=').unwrap_or((text, "")) {
            ("oauth2-proxy", "") => Ok(Self::OAuth2Proxy),
            ("kube-oidc-proxy", program) if !program.is_empty() => {
                Ok(Self::KubeOidcProxy(program.into()))
            }
            _ => Err("it is neither oauth2-proxy nor kube-oidc-proxy=PROGRAM"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Peer;

    #[test]
    fn a_peer_that_is_not_built_here_comes_with_its_program() {
        assert_eq!("oauth2-proxy".parse(), Ok(Peer::OAuth2Proxy));
        let program = Peer::KubeOidcProxy("a=b".into());
        assert_eq!("kube-oidc-proxy=a=b".parse(), Ok(program));
        for wrong in ["kube-oidc-proxy", "kube-oidc-proxy=", "oauth2-proxy=a", ""] {
            assert!(wrong.parse::<Peer>().is_err(), "{wrong}");
        }
    }
}
