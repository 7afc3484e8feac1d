//! An Entra ID that runs on localhost, for development and tests.
//!
//! It is as strict and as particular as Entra where a client can tell: discovery, keys, the sign-in
//! and consent pages, the token endpoint with its errors, the device-code grant, tokens of the application itself, v1 tokens for AKS, the groups in Microsoft
//! Graph. MSAL Python signs in
//! against it in `tests/python`. What a test wants to go wrong goes wrong by the addresses under `/_sim`. It also
//! plays the cluster that projects the workload-identity token.

mod authorize;
mod control;
mod device;
mod discovery;
mod fault;
mod federated;
mod graph;
mod jwt;
mod keys;
mod logout;
mod merge;
mod options;
mod origin;
mod page;
mod parameters;
mod scopes;
mod server;
mod state;
mod tls;
mod token;
mod tokens;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use self::options::Options;
use self::origin::Origin;
use self::state::Sim;

/// A simulator that is ready to serve.
pub struct Simulator {
    sim: Arc<Sim>,
    certificate: tls::Certificate,
}

impl Simulator {
    /// Makes keys, a CA and the federated token.
    ///
    /// # Errors
    /// When the directory cannot be written, or there is no user of that name.
    pub fn new(options: Options) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&options.directory)?;
        let certificate = tls::Certificate::make(&options.directory, &options.host)?;
        let sim = Arc::new(Sim::new(options)?);
        federated::write_key(&sim)?;
        federated::write(&sim, &json!({}))?;
        Ok(Self { sim, certificate })
    }

    /// What a client has to know, as JSON.
    ///
    /// # Errors
    /// When a listener has no address.
    pub fn describe(&self, http: &TcpListener, https: &TcpListener) -> io::Result<Value> {
        let options = &self.sim.options;
        Ok(json!({
            "event": "listening",
            "http": format!("http://{}", http.local_addr()?),
            "https": self.https(https)?,
            "tenant_id": options.tenant_id,
            "client_id": options.client_id,
            "service_principal": state::SERVICE_PRINCIPAL,
            "ca_file": options.directory.join(tls::CA_FILE),
            "federated_token_file": options.directory.join(federated::FILE),
            "cluster_issuer": federated::ISSUER,
            "cluster_key_file": options.directory.join(federated::KEY_FILE),
        }))
    }

    /// The origin of the https listener.
    fn https(&self, listener: &TcpListener) -> io::Result<String> {
        let (host, port) = (&self.sim.options.host, listener.local_addr()?.port());
        Ok(format!("https://{host}:{port}"))
    }

    /// Serves on both listeners until `shutdown` is ready.
    ///
    /// # Errors
    /// When a listener has no address.
    pub async fn serve(
        self,
        http: TcpListener,
        https: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let plain = router(&self.sim, format!("http://{}", http.local_addr()?));
        let secure = router(&self.sim, self.https(&https)?);
        let acceptor = self.certificate.acceptor()?;
        tokio::select! {
            () = server::serve(http, plain) => {}
            () = server::serve_tls(https, acceptor, secure) => {}
            () = federated::keep_fresh(&self.sim) => {}
            () = shutdown => {}
        }
        Ok(())
    }
}

/// The addresses; `origin` is where this listener is, which discovery and ID tokens name.
fn router(sim: &Arc<Sim>, origin: String) -> Router {
    let entra = Router::new()
        .route(
            "/{tenant}/v2.0/.well-known/openid-configuration",
            get(discovery::v2),
        )
        .route(
            "/{tenant}/.well-known/openid-configuration",
            get(discovery::v1),
        )
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys))
        .route("/{tenant}/discovery/keys", get(discovery::keys))
        .route("/common/discovery/instance", get(discovery::instance))
        .route(
            "/{tenant}/oauth2/v2.0/authorize",
            get(authorize::get).post(authorize::post),
        )
        .route("/{tenant}/oauth2/v2.0/token", post(token::respond))
        .route("/{tenant}/oauth2/v2.0/devicecode", post(device::authorize))
        .route("/devicelogin", get(device::page).post(device::decide))
        .route("/{tenant}/oauth2/v2.0/logout", get(logout::respond))
        .route(graph::MEMBER_OF, get(graph::member_of))
        .route(graph::GROUPS, get(graph::member_of))
        .layer(axum::Extension(Origin(origin)));
    entra
        .nest("/_sim", control::router())
        .with_state(sim.clone())
}
