//! The real oauth2-proxy beside `serve`: the cost of each for apps behind a sign-in, in one run.
//!
//! Both use the same entra-sim and the same app, and a Redis each. Where requests are carried, a plain nginx
//! is measured too.

mod app;
mod bearers;
mod checks;
mod nginx;
mod oauth2_proxy;
mod ours;
mod proxying;
mod rounds;
mod side;
mod streams;

use std::fmt;

use anyhow::{Context, Result};

use self::app::App;
use self::bearers::Bearers;
use self::checks::Checks;
use self::nginx::Nginx;
use self::oauth2_proxy::OAuth2Proxy;
use self::ours::Ours;
use self::proxying::Proxying;
use self::streams::Streams;
use crate::arguments::Arguments;

/// What was measured.
pub(crate) struct Compared {
    streams: Streams,
    checks: Checks,
    proxying: Proxying,
    bearers: Bearers,
}

/// Measures it all. Memory comes first, since earlier work affects it.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Compared> {
    let program = arguments.oauth2_proxy.as_deref();
    let program = program.context("there is no oauth2-proxy: `cargo xtask bench` builds it")?;
    eprintln!("bench: starting an app, nginx, oauth2-proxy and serve");
    let app = App::start().await?;
    let port = oauth2_proxy::port();
    let ours = Ours::start(
        &app,
        &oauth2_proxy::redirect_uri(port),
        arguments.access_tokens,
    )?;
    let theirs = OAuth2Proxy::start(program, port, &app, &ours.stack, &ours.tokens)?;
    let nginx = Nginx::start(&app)?;
    let (ours, theirs, nginx) = (&ours.side, &theirs.side, &nginx.side);
    Ok(Compared {
        streams: streams::measure(&[nginx, theirs, ours], arguments).await?,
        checks: checks::measure([theirs, ours], arguments).await?,
        proxying: proxying::measure(&[nginx, theirs, ours], arguments).await?,
        bearers: bearers::measure([theirs, ours], arguments).await?,
    })
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.checks, self.proxying)?;
        write!(f, "{}\n{}", self.streams, self.bearers)
    }
}
