//! The real kube-oidc-proxy beside `serve`: lists through both, in one run.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::{PROGRAM, Process, free_port};
use serde_json::{Value, json};

use super::lists::{self, Lists, Side};
use super::site::Site;
use super::way::Way;
use crate::arguments::Arguments;

/// How long it may take until it knows the issuer's keys.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

/// Measures lists through `serve` and through `program`.
pub(crate) async fn measure(
    arguments: &Arguments,
    program: &Path,
) -> Result<impl std::fmt::Display + use<>> {
    eprintln!("bench: starting a cluster, serve and kube-oidc-proxy");
    let site = Site::start()?;
    let site = site.context("there is no cluster, since there is no Go to build it")?;
    let theirs = KubeOidcProxy::start(program, &site)?;
    let sides = [
        Side {
            name: "serve",
            process: site.serve(),
            way: &site.through,
        },
        Side {
            name: "kube-oidc-proxy",
            process: theirs.process.id(),
            way: &theirs.way,
        },
    ];
    let lists: Lists = lists::measure(&site, &sides, arguments).await?;
    Ok(lists)
}

/// The running program, and the way through it.
struct KubeOidcProxy {
    process: Process,
    way: Way,
}

impl KubeOidcProxy {
    /// Starts `program` before the cluster of `site`. It admits alice's ID token, and impersonates her as an
    /// administrator.
    fn start(program: &Path, site: &Site) -> Result<Self> {
        let proxied = &site.proxied;
        let entra = |member: &str| {
            let said = proxied.stack.entra.get(member).and_then(Value::as_str);
            said.with_context(|| format!("entra-sim does not say its {member}"))
        };
        // It takes no issuer without TLS.
        let issuer = format!("{}/{}/v2.0", entra("https")?, entra("tenant_id")?);
        let (port, probes) = (free_port(), free_port());
        let mut command = Command::new(program);
        command
            .env_clear()
            .arg("--bind-address=127.0.0.1")
            .arg(format!("--secure-port={port}"))
            .arg(format!("--readiness-probe-port={probes}"))
            .arg("--tls-cert-file")
            .arg(proxied.certificates.certificate())
            .arg("--tls-private-key-file")
            .arg(proxied.certificates.key())
            .arg(format!("--oidc-issuer-url={issuer}"))
            .arg(format!("--oidc-ca-file={}", entra("ca_file")?))
            .arg(format!("--oidc-client-id={PROGRAM}"))
            .arg("--oidc-username-claim=upn")
            .arg("--kubeconfig")
            .arg(proxied.kubernetes.admin_kubeconfig());
        let mut process = Process::spawn(&mut command);
        process.until_it_listens(probes);
        let probe = proxied
            .stack
            .browser_at(&format!("http://127.0.0.1:{probes}"));
        let begun = Instant::now();
        while probe.clone().get("/ready").status != 200 {
            ensure!(begun.elapsed() < PATIENCE, "{}", process.output());
            sleep(PAUSE);
        }
        let authority = proxied.certificates.authority();
        let url = format!("https://localhost:{port}");
        Ok(Self {
            process,
            way: Way::new(&url, &authority, &id_token(site, &issuer)?)?,
        })
    }
}

/// An ID token of alice's, as a client gets it that asks `issuer` itself.
fn id_token(site: &Site, issuer: &str) -> Result<String> {
    let stack = &site.proxied.stack;
    stack.control("id-token", &json!({ "claims": { "iss": issuer } }));
    let tokens = stack.tokens("alice", "openid");
    let token = tokens.get("id_token").and_then(Value::as_str);
    Ok(token.context("there is no ID token")?.to_owned())
}
