//! The three programs: how each is started, and what it is asked.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use http::StatusCode;
use tokio::process::Command;
use tokio::time::sleep;

use crate::arguments::Arguments;
use crate::client::{Ask, Client};
use crate::figures::micros;
use crate::process::Running;
use crate::proxy::Proxy;
use crate::servers::{Host, SIDECAR_TOKEN, Servers};
use crate::sign_in::Browser;

/// How often it is asked whether it is ready.
const PAUSE: Duration = Duration::from_millis(1);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of the programs.
#[derive(Clone, Copy)]
pub(super) enum Program {
    Serve,
    Sidecar,
    Tunnel,
}

/// What they stand on: Entra, and a component for the tunnel.
pub(super) struct Site {
    servers: Servers,
    component: Proxy,
}

/// A program that is ready, and how long that took, in milliseconds.
pub(super) struct Started {
    pub(super) running: Running,
    /// To the line that says where it listens.
    pub(super) listening: f64,
    /// To a 200 at `/readyz`.
    pub(super) ready: f64,
}

impl Program {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Serve, Self::Sidecar, Self::Tunnel];
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Serve => "serve",
            Self::Sidecar => "sidecar",
            Self::Tunnel => "tunnel",
        })
    }
}

impl Site {
    pub(super) async fn new(arguments: &Arguments) -> Result<Self> {
        let servers = Servers::new(arguments, Host::Serve).await?;
        Ok(Self {
            component: servers.serve("component").await?,
            servers,
        })
    }

    /// Starts `program` and waits until it is ready. `state` is `serve`'s directory of cache and store.
    pub(super) async fn start(&self, program: Program, state: &str) -> Result<Started> {
        let mut command = self.command(program, state)?;
        let begun = Instant::now();
        let running = Running::start(&mut command).await?;
        let listening = micros(begun.elapsed()) / 1e3;
        until_ready(running.said("url")?).await?;
        let ready = micros(begun.elapsed()) / 1e3;
        Ok(Started {
            running,
            listening,
            ready,
        })
    }

    fn command(&self, program: Program, state: &str) -> Result<Command> {
        match program {
            Program::Serve => self.servers.serve_command(state),
            Program::Sidecar => self.servers.sidecar_command(),
            Program::Tunnel => Ok(self.servers.tunnel_command(self.component.url()?)),
        }
    }

    /// The usual requests to `program` at `origin`: for a component those of users and probes, also through
    /// the tunnel.
    pub(super) async fn requests(&self, program: Program, origin: &str) -> Result<Vec<Ask>> {
        if let Program::Sidecar = program {
            return Ok(vec![Ask {
                bearer: Some(SIDECAR_TOKEN.to_owned()),
                ..Ask::get("/v1/federated-token")
            }]);
        }
        let mut browser = Browser::at(origin, self.servers.entra()).await?;
        let session = browser.sign_in().await?;
        let answered = |target, status| Ask {
            status,
            ..Ask::get(target)
        };
        Ok(vec![
            session.get("/whoami"),
            answered("/whoami", StatusCode::UNAUTHORIZED),
            answered("/login", StatusCode::FOUND),
            Ask::get("/healthz"),
        ])
    }
}

async fn until_ready(origin: &str) -> Result<()> {
    let begun = Instant::now();
    let mut client = Client::connect(origin).await?;
    while let Err(error) = client.ask(&Ask::get("/readyz")).await {
        if begun.elapsed() > PATIENCE {
            bail!("{origin} was not ready in time: {error:#}");
        }
        sleep(PAUSE).await;
        client = Client::connect(origin).await?;
    }
    Ok(())
}
