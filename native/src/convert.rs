//! `aks-oauth-proxy convert`.

use std::fs;
use std::path::{Path, PathBuf};

use ::convert::{KUBE_OIDC_PROXY, OAUTH2_PROXY, Program};
use clap::{Args, ValueEnum};

use crate::exit::Failure;

/// Convert the configuration of another proxy into settings of this one.
///
/// It writes to stdout: settings, and a comment for everything that has no counterpart. It writes no secret
/// and changes nothing. The guides in docs/moving describe each flag.
///
/// Exit codes: 0 if the configuration could be read, even if nothing could be converted; 64 if not.
#[derive(Args)]
pub(crate) struct Convert {
    /// Whose configuration it is.
    #[arg(value_enum, value_name = "PROXY")]
    proxy: Proxy,

    /// Its configuration file: for oauth2-proxy the TOML file, not the alpha configuration (YAML);
    /// kube-oidc-proxy has none.
    #[arg(value_name = "CONFIG")]
    config: Option<PathBuf>,

    /// The output: lines of an environment file, or values of the Helm chart.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "env")]
    format: Format,

    /// Its command line, which overrides the file.
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Proxy {
    Oauth2Proxy,
    KubeOidcProxy,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Env,
    Values,
}

/// Converts and prints.
pub(crate) fn run(arguments: &Convert) -> Result<(), Failure> {
    let program = program(arguments.proxy);
    if arguments.config.is_none() && arguments.arguments.is_empty() {
        let nothing = "nothing to convert: give a CONFIG, or a command line after --";
        return Err(Failure::Usage(nothing.to_owned()));
    }
    let file = arguments.config.as_deref().map(read).transpose()?;
    let converted = ::convert::convert(program, file.as_deref(), &arguments.arguments);
    let converted = converted.map_err(|refused| Failure::Usage(refused.to_string()))?;
    match arguments.format {
        Format::Env => print!("{}", converted.environment()),
        Format::Values => print!("{}", converted.values()),
    }
    Ok(())
}

fn program(proxy: Proxy) -> &'static Program {
    match proxy {
        Proxy::Oauth2Proxy => &OAUTH2_PROXY,
        Proxy::KubeOidcProxy => &KUBE_OIDC_PROXY,
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file)
        .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", file.display())))
}
