//! Something that the proxy depends on is away.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something outside is away for the moment: nobody is signed out by it.
#[derive(Clone, Debug)]
pub struct Away {
    /// What is away.
    pub what: Dependency,
    /// Why, for the log.
    pub reason: String,
    /// In how many seconds to try again, if it said so.
    pub retry_after: Option<u64>,
}

/// What the proxy depends on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dependency {
    /// Microsoft Entra.
    Entra,
    /// The sidecar, with the workload-identity token.
    Sidecar,
    /// The session store.
    Store,
    /// Who runs kubelogin.
    Kubelogin,
    /// The API server.
    ApiServer,
    /// Microsoft Graph, which knows the groups of those who are in many.
    Graph,
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entra => "Microsoft Entra",
            Self::Sidecar => "the sidecar",
            Self::Kubelogin => "the sidecar that runs kubelogin",
            Self::Store => "the session store",
            Self::ApiServer => "the API server",
            Self::Graph => "Microsoft Graph",
        })
    }
}

impl Away {
    /// `what` is away, as far as anybody knows for a moment.
    pub fn new(what: Dependency, reason: impl Into<String>) -> Self {
        Self {
            what,
            reason: reason.into(),
            retry_after: None,
        }
    }
}
