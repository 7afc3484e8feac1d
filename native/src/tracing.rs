//! Settings of traces in the environment: OpenTelemetry's `OTEL_…`.

use aks_oauth_proxy_component::settings::Fault;
use egress::Proxies;
use ipnet::IpNet;
use traces::{Program, Settings, Traces, Wrong};

use crate::environment::Lookup;
use crate::exit::Failure;

/// The settings of traces, if they are enabled, and the faults in the variables.
pub(crate) fn read(environment: Lookup<'_>) -> (Option<Settings>, Vec<Fault>) {
    match Settings::read(environment) {
        Ok(settings) => (settings, Vec::new()),
        Err(wrong) => (None, wrong.into_iter().map(fault).collect()),
    }
}

/// Starts traces for the program `name`, unless the settings have another name.
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
