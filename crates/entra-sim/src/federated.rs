//! The cluster's side: the projected service-account token that proves the application.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::jwt;
use crate::keys::{guid, random};
use crate::merge::merge;
use crate::state::{Sim, now};

/// The file with the key that signs tokens, for an API server that is to issue them as well.
pub(crate) const KEY_FILE: &str = "cluster-key.pem";
/// The token's file.
pub(crate) const FILE: &str = "azure-identity-token";
/// The `iss` that the application's federated credential names.
pub(crate) const ISSUER: &str = "https://cluster.issuer.invalid/";
/// The `sub` that it names.
pub(crate) const SUBJECT: &str = "system:serviceaccount:aks-oauth-proxy:aks-oauth-proxy";
/// The `aud` that it names.
pub(crate) const AUDIENCE: &str = "api://AzureADTokenExchange";

const LIFETIME: u64 = 3600;

/// Writes a new token, with other claims where `changes` says so, as the kubelet does: into a new
/// directory, to which `..data` then points.
pub(crate) fn write(sim: &Arc<Sim>, changes: &Value) -> anyhow::Result<()> {
    let directory = &sim.options.directory;
    let version = format!("..{}", random(9)?);
    fs::create_dir(directory.join(&version))?;
    fs::write(directory.join(&version).join(FILE), token(sim, changes)?)?;
    let previous = fs::read_link(directory.join("..data"));
    replace_link(directory, Path::new(&version), "..data")?;
    if !directory.join(FILE).is_symlink() {
        replace_link(directory, &Path::new("..data").join(FILE), FILE)?;
    }
    if let Ok(previous) = previous {
        fs::remove_dir_all(directory.join(previous))?;
    }
    Ok(())
}

/// Writes the key that signs tokens.
pub(crate) fn write_key(sim: &Sim) -> anyhow::Result<()> {
    let pem = sim.data().cluster_key.pem()?;
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(sim.options.directory.join(KEY_FILE))?;
    Ok(file.write_all(pem.as_bytes())?)
}

/// Writes a new token whenever half of the old one's life is over.
pub(crate) async fn keep_fresh(sim: &Arc<Sim>) {
    loop {
        tokio::time::sleep(Duration::from_secs(LIFETIME / 2)).await;
        if let Err(error) = write(sim, &json!({})) {
            eprintln!("warning: the federated token was not rotated: {error:#}");
        }
    }
}

fn token(sim: &Sim, changes: &Value) -> anyhow::Result<String> {
    let key = sim.data().cluster_key.clone();
    let header = json!({ "alg": "RS256", "kid": key.id, "typ": "JWT" });
    let mut claims = json!({
        "iss": ISSUER, "sub": SUBJECT, "aud": [AUDIENCE],
        "iat": now(), "nbf": now(), "exp": now() + LIFETIME, "jti": guid()?,
    });
    merge(&mut claims, changes);
    jwt::rs256(&jwt::unsigned(&header, &claims), &key.private)
}

fn replace_link(directory: &Path, target: &Path, name: &str) -> anyhow::Result<()> {
    let new = directory.join("..new");
    symlink(target, &new)?;
    Ok(fs::rename(new, directory.join(name))?)
}
