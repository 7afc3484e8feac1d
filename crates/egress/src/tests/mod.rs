//! Which way a call takes, and what a proxy can answer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

mod exceptions;
mod tunnels;
mod variables;

use crate::{Proxies, Target, Wrong};

/// Reads the variables as they are given here.
fn read(variables: &[(&str, &str)]) -> Result<Proxies, Vec<Wrong>> {
    let environment = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Proxies::read(&environment)
}

/// The proxy by which `url` is reached.
fn way(proxies: &Proxies, url: &str) -> Option<String> {
    let target = Target::of(url).unwrap();
    proxies.to(&target).map(ToString::to_string)
}
