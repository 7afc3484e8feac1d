#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod apps;
mod examples;
mod forms;
mod tables;

use crate::{Converted, KUBE_OIDC_PROXY, OAUTH2_PROXY, convert};

const TENANT: &str = "11111111-2222-3333-4444-555555555555";

fn arguments(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// What a configuration file of oauth2-proxy becomes.
fn of_file(text: &str) -> Converted {
    convert(&OAUTH2_PROXY, Some(text), &[]).unwrap()
}

/// What a command line of oauth2-proxy becomes.
fn of_line(line: &str) -> Converted {
    convert(&OAUTH2_PROXY, None, &arguments(line)).unwrap()
}

/// What a command line of kube-oidc-proxy becomes.
fn of_kube(line: &str) -> Converted {
    convert(&KUBE_OIDC_PROXY, None, &arguments(line)).unwrap()
}

/// The lines that are no sentences.
fn settings(converted: &Converted) -> Vec<String> {
    let text = converted.environment();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// The sentences about a flag.
fn about(converted: &Converted, flag: &str) -> Vec<String> {
    let text = converted.environment();
    let start = format!("# {flag}: ");
    let lines = text.lines().filter_map(|line| line.strip_prefix(&start));
    lines.map(str::to_owned).collect()
}
