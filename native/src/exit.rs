//! How the program ends when it cannot run (sysexits.h).

use std::fmt;
use std::process::ExitCode;

use aks_oauth_proxy_component::settings::Fault;
use host::LoadError;

const UNHEALTHY: u8 = 1;
const USAGE: u8 = 64;
const SOFTWARE: u8 = 70;

/// Why the program does not run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The settings are wrong.
    Settings(Vec<Fault>),
    /// A file that the operator named is wrong.
    Usage(String),
    /// Somebody was asked whether all is well with them, and it is not.
    Unhealthy(String),
    /// Something else.
    Internal(String),
}

impl Failure {
    pub(crate) fn internal(reason: impl fmt::Display) -> Self {
        Self::Internal(reason.to_string())
    }

    /// Says it on stderr, and with the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Settings(faults) => {
                let problems = if faults.len() == 1 {
                    "problem"
                } else {
                    "problems"
                };
                eprintln!("error: {} {problems} with the settings:", faults.len());
                for fault in faults {
                    eprintln!("  {fault}");
                }
                ExitCode::from(USAGE)
            }
            Self::Usage(reason) => {
                eprintln!("error: {reason}");
                ExitCode::from(USAGE)
            }
            Self::Unhealthy(reason) => {
                eprintln!("{reason}");
                ExitCode::from(UNHEALTHY)
            }
            Self::Internal(reason) => {
                eprintln!("error: {reason}");
                ExitCode::from(SOFTWARE)
            }
        }
    }
}

/// Prints what clap has to say: help or version, which were asked for, or what is wrong with the
/// command line.
pub(crate) fn instead_of_running(instead: &clap::Error) -> ExitCode {
    // Nobody is left to tell if the stream is closed.
    let _ = instead.print();
    match instead.use_stderr() {
        true => ExitCode::from(USAGE),
        false => ExitCode::SUCCESS,
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Engine(_) => Self::internal(error),
            LoadError::File { .. } | LoadError::Variable { .. } | LoadError::Store { .. } => {
                Self::Usage(error.to_string())
            }
        }
    }
}
