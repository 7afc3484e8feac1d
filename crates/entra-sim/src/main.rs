//! `entra-sim`: the simulator as a program.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use entra_sim::{Options, Simulator};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// An Entra ID that runs on localhost, for development and tests.
///
/// Prints one line of JSON when it listens: its addresses, the tenant and the client, and the files
/// with its CA and with the workload-identity token. The users are alice (everything is consented
/// to), bob (who has to consent to AKS), carol (whose administrator has to), dave (a guest whose home
/// tenant gives him alice's e-mail address) and erin (who is in more groups than a token names).
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Listen here over http; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// Listen here over https, with a certificate of an own CA for localhost.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    tls_listen: SocketAddr,

    /// Be at this host over https: a name or an address, for clients that reach it by a proxy. The
    /// certificate is for localhost too.
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    host: String,

    /// Write the CA's certificate and the workload-identity token here.
    #[arg(long, value_name = "DIRECTORY")]
    dir: PathBuf,

    /// The tenant.
    #[arg(
        long,
        value_name = "GUID",
        default_value = "7e9a7000-0000-4000-8000-000000000001"
    )]
    tenant_id: String,

    /// The registered application.
    #[arg(
        long,
        value_name = "GUID",
        default_value = "c11e9700-0000-4000-8000-000000000001"
    )]
    client_id: String,

    /// A redirect URI of the application; may be given several times.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,

    /// The application's front-channel logout URL: framed by the sign-out page, with `sid`.
    #[arg(long, value_name = "URI")]
    front_channel_logout_uri: Option<String>,

    /// Sign this user in without asking.
    #[arg(long, value_name = "USER")]
    auto_sign_in: Option<String>,

    /// The life of access tokens.
    #[arg(long, value_name = "SECONDS", default_value_t = 4500)]
    access_token_lifetime: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let simulator = Simulator::new(Options {
        directory: std::path::absolute(arguments.dir)?,
        host: arguments.host,
        tenant_id: arguments.tenant_id,
        client_id: arguments.client_id,
        redirect_uris: arguments.redirect_uris,
        front_channel_logout_uri: arguments.front_channel_logout_uri,
        auto_sign_in: arguments.auto_sign_in,
        access_token_lifetime: arguments.access_token_lifetime,
    })?;
    let http = listen(arguments.listen).await?;
    let https = listen(arguments.tls_listen).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    println!("{}", simulator.describe(&http, &https)?);
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    simulator.serve(http, https, shutdown).await
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}
