//! What is checked, by name.

use std::str::FromStr;
use std::{error, fmt};

use serde::{Serialize, Serializer};

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A check.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Check {
            $($(#[$doc])* $variant,)*
        }

        impl Check {
            /// All of them, in the order of the report.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in reports and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

checks! {
    /// Every setting, as `serve` checks it.
    Settings = "settings",
    /// `runtime-config.toml`, and the files that it names.
    RuntimeConfig = "runtime-config",
    /// Whether Entra can be reached.
    Authority = "authority",
    /// Whether this machine's time is Entra's.
    Clock = "clock",
    /// The tenant's discovery document.
    Discovery = "discovery",
    /// The tenant's signing keys.
    Keys = "keys",
    /// What the webhook of workload identity says, against the settings.
    WorkloadIdentity = "workload-identity",
    /// The sidecar at `SIDECAR_URL`.
    Sidecar = "sidecar",
    /// The workload-identity token.
    FederatedToken = "federated-token",
    /// Whether Entra takes that token for this application.
    ClientAssertion = "client-assertion",
    /// Whether Entra knows the redirect URI.
    RedirectUri = "redirect-uri",
    /// Whether the proxy answers where people look for it.
    PublicAddress = "public-address",
    /// The session store.
    Store = "store",
    /// The API server, as the component reaches it.
    ApiServer = "api-server",
    /// The API server, as the tunnel reaches it.
    Tunnel = "tunnel",
    /// kubelogin: the program, or the service that runs it.
    Kubelogin = "kubelogin",
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl FromStr for Check {
    type Err = NoCheck;

    fn from_str(name: &str) -> Result<Self, NoCheck> {
        let mut all = Self::ALL.iter().copied();
        all.find(|check| check.name() == name).ok_or(NoCheck(()))
    }
}

/// There is no check of this name.
#[derive(Debug)]
pub struct NoCheck(());

impl fmt::Display for NoCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no check")
    }
}

impl error::Error for NoCheck {}
