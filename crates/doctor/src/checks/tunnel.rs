//! The API server, as the tunnel reaches it for exec, attach, port-forward and cp: it trusts by a file of
//! its own.

use aks_oauth_proxy_component::terms::Origin;
use tunnel::reach;
use url::Url;

use crate::call::{LIMIT, no_answer};
use crate::check::Check;
use crate::installation::TunnelWay;
use crate::row::Row;

const NAME: Check = Check::Tunnel;

/// What to do where an authority is not trusted.
const AUTHORITIES: &str = "name the file with the API server's authority in KUBERNETES_CA_FILE (in the \
     chart: kubernetesCa)";

/// Connects to each of the tunnel's origins.
pub(crate) async fn check(way: &TunnelWay) -> Row {
    if let Err(unusable) = way.trust.check() {
        return Row::failed(NAME, unusable.to_string(), AUTHORITIES);
    }
    for origin in &way.origins {
        let Err(error) = reach(origin, &way.proxies, &way.trust, LIMIT).await else {
            continue;
        };
        let url = Url::parse(&origin.to_string()).ok();
        let Some(named) = url.as_ref().and_then(Origin::of) else {
            continue; // What the tunnel takes for an origin is one.
        };
        let error = error.into();
        return no_answer(
            &named,
            "KUBERNETES_API_URL or TUNNEL_ORIGINS",
            AUTHORITIES,
            &error,
        )
        .await
        .row(NAME);
    }
    let origins: Vec<_> = way.origins.iter().map(ToString::to_string).collect();
    Row::ok(NAME, format!("it reaches {}", origins.join(" ")))
}
