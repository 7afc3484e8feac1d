//! Calls as the component makes them, and what to do where there is no answer.

use std::time::Duration;

use aks_oauth_proxy_component::terms::Origin;
use host::{CallError, Surroundings};
use http::header::AUTHORIZATION;
use http::{Request, Response};
use hyper::body::Bytes;
use tokio::net::lookup_host;
use tokio::time::timeout;
use url::Url;

use crate::check::Check;
use crate::row::Row;

/// How long a check may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// Who is called.
pub(crate) struct Target<'a> {
    pub(crate) origin: &'a Origin,
    /// The setting that says so.
    pub(crate) setting: &'static str,
    /// A component that calls there.
    pub(crate) component: &'static str,
}

/// Why a check has failed, and what to do.
pub(crate) struct Trouble {
    pub(crate) seen: String,
    pub(crate) remedy: String,
}

impl Trouble {
    pub(crate) fn row(self, check: Check) -> Row {
        Row::failed(check, self.seen, self.remedy)
    }
}

impl Target<'_> {
    /// Asks for `path`.
    pub(crate) async fn get(
        &self,
        surroundings: &Surroundings,
        path: &str,
        bearer: Option<&str>,
    ) -> Result<Response<Bytes>, Trouble> {
        let mut request = Request::get(self.origin.join(path));
        if let Some(bearer) = bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
        }
        self.send(surroundings, request.body(Bytes::new())).await
    }

    /// Sends `request`.
    pub(crate) async fn send(
        &self,
        surroundings: &Surroundings,
        request: http::Result<Request<Bytes>>,
    ) -> Result<Response<Bytes>, Trouble> {
        match self.try_send(surroundings, request, None).await {
            Ok(response) => Ok(response),
            Err(error) => Err(self.trouble(&error).await),
        }
    }

    /// The same, for whom the error itself counts. Where there are `authorities`, in PEM, they alone are
    /// trusted.
    pub(crate) async fn try_send(
        &self,
        surroundings: &Surroundings,
        request: http::Result<Request<Bytes>>,
        authorities: Option<&str>,
    ) -> Result<Response<Bytes>, CallError> {
        let request = request.map_err(|error| CallError::Connect(error.to_string()))?;
        let sent = surroundings.send(self.component, request, LIMIT, authorities);
        timeout(LIMIT, sent).await.unwrap_or(Err(CallError::Silent))
    }

    /// What to do about `error`.
    pub(crate) async fn trouble(&self, error: &CallError) -> Trouble {
        let authorities = format!(
            "name its authority in runtime-config.toml: [[client_tls]] with hosts = [\"{}\"] and \
             ca_roots_file, for each component that calls it",
            self.host()
        );
        no_answer(self.origin, self.setting, &authorities, error).await
    }

    fn host(&self) -> String {
        let url = Url::parse(self.origin.as_str());
        let host = url.ok().and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_default()
    }
}

/// What to do where `error` came instead of an answer. `authorities` says how an authority is trusted.
pub(crate) async fn no_answer(
    origin: &Origin,
    setting: &str,
    authorities: &str,
    error: &CallError,
) -> Trouble {
    let remedy = match error {
        CallError::Connect(_) if !has_address(origin).await => format!(
            "nobody knows an address of this host: correct {setting}, or the names that this pod asks for \
             (kubectl -n kube-system get pods -l k8s-app=kube-dns)"
        ),
        CallError::Connect(_) => format!(
            "is it {setting} that is wrong, or does nobody listen there? Does a NetworkPolicy, a firewall \
             or a proxy of this network stop the way out?"
        ),
        CallError::Silent => format!(
            "does a NetworkPolicy or a firewall drop what goes to this address ({setting})? Does it need \
             a proxy?"
        ),
        CallError::UnknownAuthority => authorities.to_owned(),
        CallError::OtherName => {
            format!(
                "write a name in {setting} that is in the certificate, or renew the certificate"
            )
        }
        CallError::OutOfTime => {
            "renew the certificate; if it is good, set this node's clock".to_owned()
        }
        CallError::Tls(_) => {
            format!("does somebody who speaks TLS listen there? Correct {setting}")
        }
        CallError::Answer(_) => {
            format!("does somebody else listen there, or a proxy in between? Correct {setting}")
        }
    };
    Trouble {
        seen: format!("{origin}: {error}"),
        remedy,
    }
}

/// Whether the host of `origin` has an address. If the name servers do not answer in time, it counts as having
/// one: the name may be right.
async fn has_address(origin: &Origin) -> bool {
    let url = Url::parse(origin.as_str()).ok();
    let Some((host, port)) = url.and_then(|url| {
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        Some((host, url.port_or_known_default()?))
    }) else {
        return false;
    };
    match timeout(LIMIT, lookup_host((host, port))).await {
        Ok(found) => found.is_ok_and(|mut addresses| addresses.next().is_some()),
        Err(_) => true,
    }
}
