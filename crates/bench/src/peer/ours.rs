//! `serve` before the app, with sessions in Redis.

use anyhow::{Result, ensure};
use e2e::{Browser, Builder, Redis, Stack};
use serde_json::{Value, json};

use super::app::{App, EVENTS};
use super::side::Side;
use crate::stack::origin;

/// Where people reach the app.
const HOST: &str = "app.apps.localhost";
/// The scope of a program: an access token that is accepted in place of a session, an ID token, and a refresh
/// token.
const SCOPE: &str = "api://podinfo/read openid offline_access";

/// The running proxy, with its Entra.
pub(super) struct Ours {
    pub(super) side: Side,
    /// What Entra gave a program of alice's, one after the other.
    pub(super) tokens: Vec<Value>,
    pub(super) stack: Stack,
}

impl Ours {
    /// Starts it before `app`, and signs alice in. Her Entra leads people to `redirect_uri` too, and gives a
    /// program `tokens`.
    pub(super) fn start(app: &App, redirect_uri: &str, tokens: usize) -> Result<Self> {
        let redis = Redis::start();
        let upstreams = json!([
            { "host": HOST, "url": app.files },
            { "host": HOST, "path": EVENTS, "url": app.events },
        ]);
        let stack = Builder::default()
            .redis(&redis)
            .redirect_uri(redirect_uri)
            .setting("UPSTREAMS", &upstreams.to_string())
            .setting("BEARER_AUDIENCES", "api://podinfo")
            // All clients have one address here.
            .argument("--max-instances=2000")
            .argument("--max-instances-per-client=2000")
            .start();
        let cookies = sign_in(&stack)?;
        let mut given = vec![stack.tokens("alice", SCOPE)];
        while given.len() < tokens {
            let next = given
                .first()
                .map(|first| stack.further_tokens(first, SCOPE));
            given.extend(next);
        }
        let access_tokens = given
            .iter()
            .filter_map(|all| all.get("access_token")?.as_str());
        Ok(Self {
            side: Side {
                name: "serve",
                origin: origin(&stack),
                process: stack.proxy.id(),
                host: Some(HOST.to_owned()),
                cookies,
                redis: Some(redis),
                tokens: access_tokens.map(str::to_owned).collect(),
            },
            tokens: given,
            stack,
        })
    }
}

/// Alice signs in at the app, by way of the proxy and Entra. Returns the app's cookie.
fn sign_in(stack: &Stack) -> Result<String> {
    let mut at_app: Browser = stack.browser().html();
    at_app.headers.push(("host".to_owned(), HOST.to_owned()));
    let mut own = stack.browser().html();
    let start = at_app.get("/oauth2/start?rd=%2F");
    let login = own.get(start.location());
    let entra = own.get(login.location());
    let callback = stack.at_entra(entra.location(), "alice", "");
    let back = own.get(callback.location());
    let ticket = own.get(back.location());
    let end = at_app.get(ticket.location());
    ensure!(end.status == 302, "signing in ended with {}", end.status);
    let cookies = at_app.cookies.iter();
    let cookies: Vec<String> = cookies.map(|(n, v)| format!("{n}={v}")).collect();
    Ok(cookies.join("; "))
}
