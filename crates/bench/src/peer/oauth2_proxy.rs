//! The real oauth2-proxy, configured for Entra as its documentation has it, with sessions in Redis and without
//! logs.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use e2e::{Browser, PROGRAM, Process, Redis, Stack, free_port};
use serde_json::Value;

use super::app::{App, EVENTS};
use super::side::Side;

/// The running program.
pub(super) struct OAuth2Proxy {
    pub(super) side: Side,
    _process: Process,
}

/// A port on which it may listen.
pub(super) fn port() -> u16 {
    free_port()
}

/// The redirect URI for users who sign in at `port`.
pub(super) fn redirect_uri(port: u16) -> String {
    format!("http://localhost:{port}/oauth2/callback")
}

impl OAuth2Proxy {
    /// Starts `program` at `port` before `app`, and signs alice in at the Entra of `stack`. In place of a
    /// session it takes the ID tokens in `tokens`.
    pub(super) fn start(
        program: &Path,
        port: u16,
        app: &App,
        stack: &Stack,
        tokens: &[Value],
    ) -> Result<Self> {
        let redis = Redis::start();
        let entra = |member: &str| {
            let said = stack.entra.get(member).and_then(Value::as_str);
            said.with_context(|| format!("entra-sim does not say its {member}"))
        };
        let (http, tenant) = (entra("http")?, entra("tenant_id")?);
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("AZURE_FEDERATED_TOKEN_FILE", entra("federated_token_file")?)
            .args([
                "--provider=entra-id",
                "--entra-id-federated-token-auth=true",
                "--code-challenge-method=S256",
                "--scope=openid profile email offline_access",
                "--email-domain=*",
                "--cookie-secret=0123456789abcdef0123456789abcdef",
                "--cookie-secure=false",
                "--session-store-type=redis",
                "--set-xauthrequest=true",
                "--reverse-proxy=true",
                "--trusted-proxy-ip=127.0.0.1",
                "--skip-provider-button=true",
                "--skip-jwt-bearer-tokens=true",
                "--request-logging=false",
                "--auth-logging=false",
                "--standard-logging=false",
            ])
            .arg(format!("--oidc-extra-audience={PROGRAM}"))
            .arg(format!("--http-address=127.0.0.1:{port}"))
            .arg(format!("--oidc-issuer-url={http}/{tenant}/v2.0"))
            .arg(format!("--client-id={}", entra("client_id")?))
            .arg(format!("--redirect-url={}", redirect_uri(port)))
            .arg(format!("--redis-connection-url={}", redis.url()))
            .arg(format!("--upstream={}/", app.files))
            .arg(format!("--upstream={}{EVENTS}", app.events));
        let mut process = Process::spawn(&mut command);
        process.until_it_listens(port);
        let origin = format!("http://127.0.0.1:{port}");
        let cookies =
            sign_in(stack, stack.browser_at(&origin)).with_context(|| process.output())?;
        let id_tokens = tokens
            .iter()
            .filter_map(|all| all.get("id_token")?.as_str());
        Ok(Self {
            side: Side {
                name: "oauth2-proxy",
                origin,
                process: process.id(),
                host: None,
                cookies,
                redis: Some(redis),
                tokens: id_tokens.map(str::to_owned).collect(),
            },
            _process: process,
        })
    }
}

/// Alice signs in with `browser`.
fn sign_in(stack: &Stack, mut browser: Browser) -> Result<String> {
    let start = browser.get("/oauth2/start?rd=%2F");
    let callback = stack.at_entra(start.location(), "alice", "");
    let end = browser.get(callback.location());
    ensure!(end.status == 302, "signing in ended with {}", end.status);
    let cookies = browser.cookies.iter();
    let cookies: Vec<String> = cookies.map(|(n, v)| format!("{n}={v}")).collect();
    Ok(cookies.join("; "))
}
