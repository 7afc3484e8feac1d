//! A host of its own for the API server (`KUBERNETES_HOST`): at this host `/` is what is `/k8s/`
//! elsewhere, for clients that drop the path of a kubeconfig's `server:`. And the hosts of apps
//! ([`AppHosts`]).
//!
//! Native code leads requests for these hosts below a prefix before anybody decides on them. The component
//! writes the first one into kubeconfigs, and keeps the prefix out of addresses in answers.

mod api_server;
mod apps;
mod lead;

pub use api_server::KubernetesHost;
pub use apps::AppHosts;
