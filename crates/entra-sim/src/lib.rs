//! An Entra ID that runs on localhost, for development and tests.
//!
//! It is as strict and as particular as Entra where a client can tell: discovery, keys, the sign-in
//! and consent pages, the token endpoint with its errors, the device-code grant, v1 tokens for AKS, the groups in Microsoft
//! Graph. MSAL Python signs in
//! against it in `tests/python`. What a test wants to go wrong goes wrong by the addresses under `/_sim`. It also
//! plays the cluster that projects the workload-identity token.

mod authorize;
mod control;
mod device;
mod discovery;
mod federated;
mod graph;
mod jwt;
mod keys;
mod logout;
mod page;
mod parameters;
mod scopes;
mod server;
mod state;
mod tls;
mod token;
mod tokens;
mod users;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::state::Sim;

/// What a simulator is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the CA's certificate and the federated token are written.
    pub directory: PathBuf,
    /// The tenant.
    pub tenant_id: String,
    /// The application that is registered in it.
    pub client_id: String,
    /// The application's redirect URIs.
    pub redirect_uris: Vec<String>,
    /// The application's front-channel logout URL, if it has registered one.
    pub front_channel_logout_uri: Option<String>,
    /// Who signs in without being asked.
    pub auto_sign_in: Option<String>,
    /// The life of access tokens, in seconds.
    pub access_token_lifetime: u64,
}

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
        let certificate = tls::Certificate::make(&options.directory)?;
        let sim = Arc::new(Sim::new(options)?);
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
            "https": format!("https://localhost:{}", https.local_addr()?.port()),
            "tenant_id": options.tenant_id,
            "client_id": options.client_id,
            "ca_file": options.directory.join(tls::CA_FILE),
            "federated_token_file": options.directory.join(federated::FILE),
        }))
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
        let secure = router(
            &self.sim,
            format!("https://localhost:{}", https.local_addr()?.port()),
        );
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
        .route("/v1.0/me/transitiveMemberOf", get(graph::member_of))
        .layer(axum::Extension(discovery::Origin(origin)));
    entra
        .nest("/_sim", control::router())
        .with_state(sim.clone())
}
