//! Traces from the environment: `OTEL_…`, as OpenTelemetry has them.

use aks_oauth_proxy_component::settings::Fault;
use egress::Proxies;
use ipnet::IpNet;
use traces::{Program, Settings, Traces, Wrong};

use crate::environment::Lookup;
use crate::exit::Failure;

/// How is traced, if it is, and what is wrong with the variables.
pub(crate) fn read(environment: Lookup<'_>) -> (Option<Settings>, Vec<Fault>) {
    match Settings::read(environment) {
        Ok(settings) => (settings, Vec::new()),
        Err(wrong) => (None, wrong.into_iter().map(fault).collect()),
    }
}

/// Traces of the program that is called `name` unless the settings say otherwise.
pub(crate) fn start(
    settings: Option<Settings>,
    name: &'static str,
    proxies: Proxies,
    trusted_proxies: Vec<IpNet>,
) -> Result<Traces, Failure> {
    let Some(settings) = settings else {
        return Ok(Traces::default());
    };
    let program = Program {
        name,
        version: env!("CARGO_PKG_VERSION"),
    };
    Traces::start(&settings, program, proxies, trusted_proxies)
        .map_err(|error| Failure::Usage(error.to_string()))
}

fn fault(wrong: Wrong) -> Fault {
    Fault {
        setting: wrong.variable,
        what: wrong.what,
        example: wrong.example,
    }
}
