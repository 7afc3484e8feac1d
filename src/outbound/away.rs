//! A service that the proxy depends on is away.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::problem::{Note, Problem, Sentence, Tell, sentences};

/// After how many seconds a client may try again, unless the service that is away says otherwise.
pub(crate) const RETRY_AFTER: u64 = 5;

/// A service outside is away for the moment. This signs nobody out.
#[derive(Clone, Debug)]
pub struct Away {
    /// What is away.
    pub what: Dependency,
    /// Why, for the log.
    pub reason: String,
    /// After how many seconds to try again, if the service said so.
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
    /// The service that runs kubelogin.
    Kubelogin,
    /// The API server.
    ApiServer,
    /// Microsoft Graph, which knows the groups of users who are in many.
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
    /// `what` is away for an unknown time.
    pub fn new(what: Dependency, reason: impl Into<String>) -> Self {
        Self {
            what,
            reason: reason.into(),
            retry_after: None,
        }
    }

    /// For the log: what is away, and why.
    pub fn detail(&self) -> String {
        format!("{}: {}", self.what, self.reason)
    }

    /// What a client is told, in the words of `sentence`.
    pub fn in_words(&self, sentence: &'static Sentence) -> Problem {
        Problem::new(503, sentence).retry_after(self.retry_after.unwrap_or(RETRY_AFTER))
    }
}

impl Tell for Away {
    fn problem(&self) -> Problem {
        self.in_words(match self.what {
            Dependency::Entra => &sentences::ENTRA_AWAY,
            Dependency::Sidecar => &sentences::SIDECAR_AWAY,
            Dependency::Kubelogin => &sentences::KUBELOGIN_AWAY,
            Dependency::Store => &sentences::STORE_AWAY,
            Dependency::ApiServer => &sentences::API_SERVER_AWAY,
            Dependency::Graph => &sentences::GRAPH_AWAY,
        })
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note::detail(self.detail()))
    }
}
