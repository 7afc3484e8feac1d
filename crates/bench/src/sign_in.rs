//! One sign-in, as a browser makes it: `/login`, Entra, `/callback`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use http::{Response, StatusCode, header};
use hyper::body::Bytes;
use url::Url;

use crate::client::{Ask, Client};
use crate::process::Running;
use crate::proxy::Proxy;

/// A browser with a connection to the proxy and one to Entra.
pub(crate) struct Browser {
    proxy: Client,
    entra: Client,
}

/// What a sign-in leaves behind: the cookies that open its session.
#[derive(Debug)]
pub(crate) struct Session(BTreeMap<String, String>);

impl Browser {
    /// Opens both connections.
    pub(crate) async fn open(proxy: &Proxy, entra: &Running) -> Result<Self> {
        Self::at(proxy.url()?, entra).await
    }

    /// The same for the proxy at `origin`.
    pub(crate) async fn at(origin: &str, entra: &Running) -> Result<Self> {
        Ok(Self {
            proxy: Client::connect(origin).await?,
            entra: Client::connect(entra.said("http")?).await?,
        })
    }

    /// Signs in as nobody in particular: entra-sim knows who it is.
    pub(crate) async fn sign_in(&mut self) -> Result<Session> {
        let mut session = Session(BTreeMap::new());
        let login = redirected(&mut self.proxy, "/login", &mut session).await?;
        let back = redirected(&mut self.entra, &login, &mut Session(BTreeMap::new())).await?;
        let end = redirected(&mut self.proxy, &back, &mut session).await?;
        ensure!(end == "/whoami", "signing in ended at {end}");
        Ok(session)
    }
}

impl Session {
    /// `GET target` with this session.
    pub(crate) fn get(&self, target: &str) -> Ask {
        let cookies: Vec<_> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
        Ask {
            cookies: cookies.join("; "),
            ..Ask::get(target)
        }
    }

    /// A new credential of this session, as it stands in a kubeconfig.
    pub(crate) async fn credential(&self, proxy: &Proxy) -> Result<String> {
        let kubeconfig = Ask {
            body: Some("name=bench".into()),
            ..self.get("/kubeconfig")
        };
        let answer = Client::connect(proxy.url()?)
            .await?
            .ask(&kubeconfig)
            .await?;
        credential(&String::from_utf8_lossy(answer.body()))
    }

    /// The handle in the session cookie: the last of its parts.
    pub(crate) fn handle(&self) -> Result<&str> {
        let cookie = self.0.get("proxy_session").context("no session cookie")?;
        cookie.rsplit('.').next().context("no handle in the cookie")
    }

    fn keep(&mut self, response: &Response<Bytes>) -> Result<()> {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (pair, _) = cookie.to_str()?.split_once(';').context("a bare cookie")?;
            let (name, value) = pair.split_once('=').context("a cookie without a value")?;
            match value {
                "" => self.0.remove(name),
                value => self.0.insert(name.to_owned(), value.to_owned()),
            };
        }
        Ok(())
    }
}

/// The bearer in a kubeconfig.
pub(crate) fn credential(kubeconfig: &str) -> Result<String> {
    let mut lines = kubeconfig.lines();
    let line = lines.find_map(|line| line.trim().strip_prefix("token: "));
    let line = line.with_context(|| format!("no token: {kubeconfig}"))?;
    Ok(serde_json::from_str(line)?)
}

/// Asks, keeps the cookies, and gives the path and query where the answer leads.
async fn redirected(client: &mut Client, target: &str, session: &mut Session) -> Result<String> {
    let get = Ask {
        status: StatusCode::FOUND,
        ..session.get(target)
    };
    let response = client.ask(&get).await?;
    session.keep(&response)?;
    let location = response.headers().get(header::LOCATION);
    let location = location.context("a redirect to nowhere")?.to_str()?;
    // Some are absolute, and the server's port is not the one that Entra knows.
    let url = Url::parse("http://localhost")?.join(location)?;
    Ok(match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::credential;

    #[test]
    fn the_bearer_is_found() {
        let kubeconfig = "users:\n- name: \"a\"\n  user:\n    token: \"1.abc.def\"\n";
        assert_eq!(credential(kubeconfig).unwrap(), "1.abc.def");
        assert!(credential("users:\n").is_err());
    }
}
