//! Asks Microsoft Graph, with the user's own token, for the groups of a user who is in more than a
//! token names, and for the names of groups.

use http::{HeaderValue, Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Entra, EntraFailure, Grant};
use crate::outbound::{Away, Dependency, Repeat};
use crate::platform::Platform;
use crate::terms::{Origin, Secret};

/// The first page. Memberships through other groups count.
const MEMBER_OF: &str = "/v1.0/me/transitiveMemberOf?$select=id&$top=100";
/// Entra lets nobody be in more than a few thousand groups.
const MOST_PAGES: usize = 100;

/// Groups with their names, one page. With 500 of the longest names it is below the limit of an answer.
const NAMED_GROUPS: &str =
    "/v1.0/me/transitiveMemberOf/microsoft.graph.group?$select=id,displayName&$count=true&$top=500";

/// A permission of Graph's.
const USER_READ: &str = "User.Read";
/// The least permission with which Graph tells the names of groups. An administrator grants it.
const GROUP_NAMES: &str = "GroupMember.Read.All";

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    id: String,
}

/// A group of the user's.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Group {
    /// Its object id.
    pub id: String,
    /// Its name; nothing if Graph does not tell it.
    #[serde(rename = "displayName", default)]
    pub name: Option<String>,
}

/// Groups of the user's.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct NamedGroups {
    /// At most 500.
    pub groups: Vec<Group>,
    /// Whether there are more.
    pub more: bool,
}

/// Why the names of groups are not known.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoNames {
    /// Entra gives no token with which they may be read.
    NotAllowed,
    /// Graph, or what is needed to ask it, is away.
    Away,
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
        let token = self.graph_token(graph, USER_READ, refresh_token).await;
        let token = token.map_err(|failure| match failure {
            EntraFailure::Away(away) => away,
            EntraFailure::Refused(error) => {
                away(format!("Entra gives no token for {USER_READ}: {error}"))
            }
        })?;
        let mut groups = Vec::new();
        let mut next = Some(graph.join(MEMBER_OF));
        for _ in 0..MOST_PAGES {
            let Some(address) = next else {
                return Ok(groups);
            };
            let page: Page<Object> = self.page(&address, &token).await?;
            groups.extend(page.value.into_iter().map(|object| object.id));
            next = match page.next {
                Some(link) => Some(of_graph(graph, &link)?),
                None => None,
            };
        }
        Err(away(format!("has more than {MOST_PAGES} pages of groups")))
    }

    /// The names of the groups (without directory roles) of the owner of `refresh_token`.
    ///
    /// # Errors
    /// When Entra gives no token for `GroupMember.Read.All`, or Graph does not answer.
    pub async fn named_groups(
        &self,
        graph: &Origin,
        refresh_token: &Secret,
    ) -> Result<NamedGroups, EntraFailure> {
        let token = self.graph_token(graph, GROUP_NAMES, refresh_token).await?;
        let page: Page<Group> = self.page(&graph.join(NAMED_GROUPS), &token).await?;
        Ok(NamedGroups {
            groups: page.value,
            more: page.next.is_some(),
        })
    }

    async fn graph_token(
        &self,
        graph: &Origin,
        permission: &str,
        refresh_token: &Secret,
    ) -> Result<Secret, EntraFailure> {
        let assertion = self.client_assertion().await?;
        let grant = Grant::RefreshToken(refresh_token);
        let scope = format!("{graph}/{permission}");
        let answer = self.tokens(grant, &scope, &assertion).await?;
        Ok(answer.access_token)
    }

    async fn page<T: DeserializeOwned>(
        &self,
        address: &str,
        token: &Secret,
    ) -> Result<Page<T>, Away> {
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
