//! The files by which the programs are configured. They are JSON, which is YAML too.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::pki::{Certificate, write_private};

/// Whose requests are the cluster's own affairs, and not in the audit log.
pub(crate) const CONTROLLER_MANAGER: &str = "system:kube-controller-manager";
/// The node.
pub(crate) const NODE: &str = "system:node:local";

/// How the API server knows people: by tokens of entra-sim for AKS, named as AKS names them.
pub(crate) fn authentication(arguments: &Arguments) -> Result<Value> {
    let tenant = &arguments.tenant_id;
    let authority = fs::read_to_string(&arguments.issuer_ca)
        .with_context(|| format!("cannot read {}", arguments.issuer_ca.display()))?;
    let discovery = format!(
        "{}/{tenant}/.well-known/openid-configuration",
        arguments.issuer
    );
    Ok(json!({
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "jwt": [{
            "issuer": {
                "url": format!("https://sts.windows.net/{tenant}/"),
                "discoveryURL": discovery,
                "certificateAuthority": authority,
                "audiences": [arguments.audience],
            },
            "claimMappings": {
                "username": { "expression": "has(claims.upn) ? claims.upn : claims.oid" },
                "groups": { "claim": "groups", "prefix": "" },
            },
        }],
    }))
}

/// Who did what, without the content; not what the cluster does by itself.
pub(crate) fn audit_policy() -> Value {
    let own = ["system:apiserver", CONTROLLER_MANAGER, NODE];
    json!({
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [{ "level": "None", "users": own }, { "level": "Metadata" }],
    })
}

/// A kubeconfig for whoever has this certificate.
pub(crate) fn kubeconfig(url: &str, authority: &Path, user: &Certificate) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "local", "cluster": {
            "server": url,
            "certificate-authority": authority,
        }}],
        "users": [{ "name": "user", "user": {
            "client-certificate": user.certificate,
            "client-key": user.key,
        }}],
        "contexts": [{ "name": "local", "context": { "cluster": "local", "user": "user" } }],
        "current-context": "local",
    })
}

/// Writes one of these as `name` in `directory`.
pub(crate) fn write(directory: &Path, name: &str, content: &Value) -> Result<PathBuf> {
    let path = directory.join(name);
    write_private(&path, content.to_string().as_bytes())?;
    Ok(path)
}
