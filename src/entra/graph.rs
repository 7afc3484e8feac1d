//! Asks Microsoft Graph, with the user's own token, for the groups of a user who is in more than a
//! token names.

use http::{HeaderValue, Request, StatusCode, header};
use serde::Deserialize;
use url::Url;

use super::{Entra, EntraFailure, Grant};
use crate::outbound::{Away, Dependency, Repeat};
use crate::platform::Platform;
use crate::terms::{Origin, Secret};

/// The first page. Memberships through other groups count.
const MEMBER_OF: &str = "/v1.0/me/transitiveMemberOf?$select=id&$top=100";
/// Entra lets nobody be in more than a few thousand groups.
const MOST_PAGES: usize = 100;

#[derive(Deserialize)]
struct Page {
    value: Vec<Object>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    id: String,
}

impl<P: Platform> Entra<'_, P> {
    /// The object ids of all groups (and directory roles) of the owner of `refresh_token`.
    ///
    /// # Errors
    /// When not all of them can be had. A part of them would shut people out.
    pub async fn groups(
        &self,
        graph: &Origin,
        refresh_token: &Secret,
    ) -> Result<Vec<String>, Away> {
        let token = self.graph_token(graph, refresh_token).await?;
        let mut groups = Vec::new();
        let mut next = Some(graph.join(MEMBER_OF));
        for _ in 0..MOST_PAGES {
            let Some(address) = next else {
                return Ok(groups);
            };
            let page = self.page(&address, &token).await?;
            groups.extend(page.value.into_iter().map(|object| object.id));
            next = match page.next {
                Some(link) => Some(of_graph(graph, &link)?),
                None => None,
            };
        }
        Err(away(format!("has more than {MOST_PAGES} pages of groups")))
    }

    async fn graph_token(&self, graph: &Origin, refresh_token: &Secret) -> Result<Secret, Away> {
        let assertion = self.client_assertion().await?;
        let grant = Grant::RefreshToken(refresh_token);
        let scope = format!("{graph}/User.Read");
        match self.tokens(grant, &scope, &assertion).await {
            Ok(answer) => Ok(answer.access_token),
            Err(EntraFailure::Away(away)) => Err(away),
            Err(EntraFailure::Refused(error)) => {
                Err(away(format!("Entra gives no token for User.Read: {error}")))
            }
        }
    }

    async fn page(&self, address: &str, token: &Secret) -> Result<Page, Away> {
        let bearer = HeaderValue::try_from(format!("Bearer {}", token.reveal()))
            .map_err(|_| away("its token is none for a header"))?;
        let request = async || {
            Request::get(address)
                .header(header::ACCEPT, "application/json")
                .header(header::AUTHORIZATION, bearer.clone())
                .header("consistencylevel", "eventual")
                .body(Vec::new())
                .map_err(|error| away(error.to_string()))
        };
        let response = self
            .outbound
            .ask(Dependency::Graph, Repeat::Always, request)
            .await?;
        if response.status() != StatusCode::OK {
            return Err(away(format!("answered {}", response.status())));
        }
        serde_json::from_slice(response.body())
            .map_err(|_| away("answered something else than groups"))
    }
}

/// Reads the address of a next page. It must be Graph's: the token goes nowhere else. The host of
/// another one is not even parsed.
pub(super) fn of_graph(graph: &Origin, link: &str) -> Result<String, Away> {
    link.strip_prefix(graph.as_str())
        .filter(|rest| rest.starts_with('/'))
        .and_then(|_| Url::parse(link).ok())
        .map(String::from)
        .ok_or_else(|| away("names a next page that is not its own"))
}

fn away(reason: impl Into<String>) -> Away {
    Away::new(Dependency::Graph, reason)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::of_graph;
    use crate::terms::Origin;

    #[test]
    fn the_token_goes_to_no_other_host() {
        let graph = Origin::of(&"https://graph.example".parse().unwrap()).unwrap();
        let own = "https://graph.example/v1.0/me/transitiveMemberOf?$select=id&$skiptoken=x";
        assert_eq!(of_graph(&graph, own).ok().as_deref(), Some(own));
        for link in [
            "",
            "/v1.0/next",
            "http://graph.example/next",
            "https://graph.example",
            "https://graph.example.evil.example/next",
            "https://graph.example@evil.example/next",
            "https://graph.example:8443/next",
            "https://graph.example\\@evil.example/next",
            // A parser of host names that knows only ASCII stops at these letters in a debug build.
            "https://A\u{e9}.example/next",
        ] {
            assert!(of_graph(&graph, link).is_err(), "{link}");
        }
    }
}
