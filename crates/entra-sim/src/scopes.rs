//! Scopes, and the resources to which they belong.

/// The AKS server application, in every cloud.
pub(crate) const AKS: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";
/// Microsoft Graph, to which scopes without a resource belong.
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// Azure Managed Redis and Azure Cache for Redis.
pub(crate) const REDIS: &str = "https://redis.azure.com";

/// Graph's permission to read the groups of the user with their names.
pub(crate) const GROUP_NAMES: &str = "GroupMember.Read.All";

const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The scopes of a request.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Scopes {
    pub(crate) openid: bool,
    pub(crate) offline_access: bool,
    /// Whether [`GROUP_NAMES`] of Graph is asked for.
    pub(crate) group_names: bool,
    /// The resources, in the order in which they are named.
    pub(crate) resources: Vec<String>,
}

impl Scopes {
    /// Reads a `scope` parameter.
    pub(crate) fn parse(text: &str) -> Self {
        let mut scopes = Self::default();
        for scope in text.split_ascii_whitespace() {
            match scope {
                "openid" => scopes.openid = true,
                "offline_access" => scopes.offline_access = true,
                _ if OPENID.contains(&scope) => {}
                _ => {
                    let resource = match scope.rsplit_once('/') {
                        None => GRAPH,
                        // Graph's App ID URI is its address; the simulator's is on this machine.
                        Some((uri, _)) if is_graph(uri) => GRAPH,
                        Some((resource, _)) => resource,
                    };
                    scopes.group_names |= resource == GRAPH && scope.ends_with(GROUP_NAMES);
                    if !scopes.resources.iter().any(|known| known == resource) {
                        scopes.resources.push(resource.to_owned());
                    }
                }
            }
        }
        scopes
    }

    /// The resource for which an access token is given.
    pub(crate) fn resource(&self) -> &str {
        self.resources.first().map_or(GRAPH, String::as_str)
    }

    pub(crate) fn wants_aks(&self) -> bool {
        self.resources.iter().any(|resource| resource == AKS)
    }
}

/// Whether Graph's App ID URI is `uri`. The simulator plays Graph too, on this machine.
pub(crate) fn is_graph(uri: &str) -> bool {
    uri == "https://graph.microsoft.com" || uri.contains("://localhost") || uri.contains("://127.")
}

#[cfg(test)]
mod tests {
    use super::{AKS, GRAPH, Scopes};

    #[test]
    fn the_resource_is_what_stands_before_the_last_slash() {
        let scopes = Scopes::parse(&format!("{AKS}/.default openid profile offline_access"));
        assert!(scopes.openid && scopes.offline_access && scopes.wants_aks());
        assert_eq!(scopes.resource(), AKS);
    }

    #[test]
    fn without_a_resource_it_is_graph() {
        assert_eq!(Scopes::parse("openid profile").resource(), GRAPH);
        assert_eq!(Scopes::parse("User.Read").resources, [GRAPH]);
    }

    #[test]
    fn graph_is_known_by_its_address() {
        let scopes = Scopes::parse("https://graph.microsoft.com/User.Read offline_access");
        assert_eq!(scopes.resources, [GRAPH]);
        let here = Scopes::parse("http://localhost:8081/User.Read");
        assert_eq!(here.resources, [GRAPH]);
        assert!(!here.group_names);
        let names = Scopes::parse("http://localhost:8081/GroupMember.Read.All");
        assert!(names.group_names && names.resources == [GRAPH]);
    }
}
