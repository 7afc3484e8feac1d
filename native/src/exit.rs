//! Exit codes when the program cannot run (sysexits.h).

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
    /// A file of the operator is wrong.
    Usage(String),
    /// A health check failed.
    Unhealthy(String),
    /// Another error.
    Internal(String),
}

impl Failure {
    pub(crate) fn internal(reason: impl fmt::Display) -> Self {
        Self::Internal(reason.to_string())
    }

    /// Prints it on stderr, and returns the exit code.
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

/// Prints clap's output: help, version, or an error in the command line.
pub(crate) fn instead_of_running(instead: &clap::Error) -> ExitCode {
    // A closed stream leaves nobody to tell.
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
