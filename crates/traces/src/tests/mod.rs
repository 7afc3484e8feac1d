//! What is exported, and how it gets to a collector.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

mod queue;
mod spans;
mod way;

use std::collections::HashMap;

use crate::Settings;

/// The settings with this environment.
fn settings(environment: &[(&str, &str)]) -> Settings {
    let environment: HashMap<_, _> = environment.iter().copied().collect();
    let read = Settings::read(&|name| environment.get(name).map(|value| (*value).to_owned()));
    read.ok().flatten().unwrap()
}
