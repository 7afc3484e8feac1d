//! The base of the end-to-end tests: the real component in the real host with its sidecar, and entra-sim,
//! started for each test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

mod api_server;
mod apps;
mod axe;
mod browser;
mod certificates;
mod charted;

mod clock;
mod container;
mod device_code;
mod devtools;
mod echo;
mod elsewhere;
mod examined;
mod forward_proxy;
mod front;
mod gate;
mod images;
mod ingress;
mod kubectl;
mod kubernetes;
mod names;
mod nginx;
mod pages;
mod podinfo;
mod process;
mod program;
mod prometheus;
mod proxied;
mod python;
mod real_browser;
mod redis;
mod response;
mod serve;
mod sidecar;
mod snippet;
mod sockets;
mod sockets_http2;
mod spin;
mod spin_image;
mod stack;
mod staged;
mod store;
mod terminal;
mod tls;
mod wire;

pub use api_server::{ApiServer, Asker, Seen};
pub use apps::Apps;
pub use axe::Axe;
pub use browser::Browser;
pub use certificates::Certificates;
pub use charted::Charted;

pub use clock::Clock;
pub use container::{Container, Running, bundle};
pub use device_code::DEVICE_CODE;
pub use devtools::Line;
pub use echo::{Echo, Told};
pub use elsewhere::{Answer, Elsewhere};
pub use forward_proxy::ForwardProxy;
pub use front::{Front, FrontKind, Places};
pub use gate::Gate;
pub use ingress::Ingress;
pub use kubectl::{Kubectl, Ran};
pub use kubernetes::Kubernetes;
pub use names::Names;
pub use nginx::{Annotations, AppHost, Nginx, nginx};
pub use pages::Pages;
pub use podinfo::Podinfo;
pub use process::{Process, binary, workspace};
pub use program::PROGRAM;
pub use prometheus::Prometheus;
pub use proxied::{Proxied, TUNNEL_TOKEN};
pub use python::python;
pub use real_browser::RealBrowser;
pub use redis::Redis;
pub use response::Response;
pub use serve::Replica;
pub use serve::free_port;
pub use sidecar::{SIDECAR_TOKEN, Sidecar, kubelogin};
pub use snippet::snippet;
pub use sockets::{Socket, SocketApp};
pub use spin::is_spins_own;
pub use spin_image::SpinImage;
pub use stack::{Builder, Stack};
pub use staged::{Staged, request};
pub use store::Store;
pub use terminal::Terminal;
pub use wire::{Heard, Wire};
