//! What an operator does about the AADSTS codes that a client credential can get (Microsoft's error
//! reference). What they mean to users stands in the component (`entra_error/codes.rs`). The tests below
//! compare the two.

use aks_oauth_proxy_component::entra_error::{EntraError, Verdict};
use aks_oauth_proxy_component::settings::Client;

use crate::claims::Claims;

/// What was presented, for a remedy that can be copied.
pub(crate) struct Presented<'a> {
    pub(crate) client: &'a Client,
    pub(crate) claims: &'a Claims,
}

/// What to do about `error`.
pub(crate) fn remedy(error: &EntraError, presented: &Presented<'_>) -> String {
    let known = error
        .codes
        .iter()
        .find_map(|code| of_code(*code, presented));
    known.unwrap_or_else(|| match error.verdict() {
        Verdict::Transient => {
            "Entra is in trouble; try again in a minute (https://status.azure.com)".to_owned()
        }
        _ => format!(
            "{} (https://login.microsoftonline.com/error says more of the code)",
            error.explanation()
        ),
    })
}

fn of_code(code: u32, presented: &Presented<'_>) -> Option<String> {
    let Presented { client, claims } = presented;
    let (client_id, tenant_id) = (&client.client_id, &client.tenant_id);
    let Claims {
        issuer, subject, ..
    } = claims;
    let new = "A credential that was just made takes some minutes";
    Some(match code {
        700_211 => format!(
            "give the federated credential of {client_id} exactly this issuer, slash and all: {issuer}. {new}"
        ),
        700_212 => format!(
            "give the federated credential of {client_id} this audience, or the token the credential's: \
             {}. {new}",
            claims.audiences.join(" ")
        ),
        700_213 => format!(
            "give the federated credential of {client_id} exactly this subject: {subject}. {new}"
        ),
        7_002_138 => format!(
            "write the subject of the federated credential of {client_id} in the same case: {subject}"
        ),
        70021 | 7_000_272 => format!(
            "the registration {client_id} needs a federated credential with issuer {issuer}, subject \
             {subject} and audience {}. {new}",
            claims.audiences.join(" ")
        ),
        70001 | 90112 | 650_059 | 700_011 | 700_016 | 1_000_031 | 7_000_112 => format!(
            "CLIENT_ID ({client_id}) is no application that may sign in to TENANT_ID ({tenant_id}): \
             correct the one or the other, or enable the application"
        ),
        7_000_229 => format!(
            "the application has no service principal in its tenant: az ad sp create --id {client_id}"
        ),
        50029 | 50059 | 50128 | 50194 | 90002 | 90019 | 90027 | 90124 | 90130 | 900_023
        | 9_002_332 => {
            format!(
                "there is no tenant {tenant_id} in this cloud: correct TENANT_ID, or AUTHORITY_HOST"
            )
        }
        50049 => format!(
            "AUTHORITY_HOST ({}) is no host of Entra: correct it",
            client.authority_host
        ),
        90038 | 90043 | 90051 | 900_382 | 900_432 => format!(
            "the tenant is in another cloud than AUTHORITY_HOST ({}): correct it",
            client.authority_host
        ),
        90061 | 50166 | 501_661 => format!(
            "Entra cannot fetch {}/.well-known/openid-configuration: the cluster's OIDC issuer must be \
             public (az aks update --enable-oidc-issuer)",
            issuer.trim_end_matches('/')
        ),
        700_024 | 500_133 | 50012 => {
            "the token's times do not fit Entra's: set this node's clock, and see that the kubelet \
             renews the token"
                .to_owned()
        }
        50006 | 50013 | 50099 | 700_027 | 900_384 => format!(
            "the signature is of no key at {}/openid/v1/jwks: have the cluster's signing keys been \
             rotated? Entra may need some minutes",
            issuer.trim_end_matches('/')
        ),
        700_222 | 700_229 | 700_231 => {
            "the token is of Entra itself: AZURE_FEDERATED_TOKEN_FILE must name a token of the \
             cluster's service account"
                .to_owned()
        }
        50027 | 50048 | 50098 | 50120 | 700_030 => {
            "Entra cannot read the token: AZURE_FEDERATED_TOKEN_FILE must name a token of the \
             cluster's service account, as the kubelet wrote it"
                .to_owned()
        }
        7_000_215 | 7_000_218 | 7_000_222 | 700_025 | 70002 => format!(
            "the registration {client_id} does not take this kind of credential: is it a public \
             client? It needs the platform \"Web\" and a federated credential"
        ),
        500_011 | 70011 | 1_002_012 | 50001 => {
            "the resource is not known in this cloud: correct GRAPH_URL".to_owned()
        }
        53000 | 53003 => format!(
            "a Conditional Access policy for workload identities blocks {client_id}: exclude it, or \
             its location"
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::collections::BTreeSet;

    use aks_oauth_proxy_component::entra_error::explanation;
    use aks_oauth_proxy_component::settings::{Client, Reader};

    use super::{Presented, of_code};
    use crate::claims::Claims;

    /// Beyond all codes of Microsoft's.
    const END: u32 = 10_000_000;

    /// Users never meet them. Only the doctor asks Graph for the application itself, where the scope is
    /// always `/.default`.
    const NO_USERS: [u32; 1] = [1_002_012];

    /// The doctor never meets them: they are about a user's permission for AKS and its scope, the redirect
    /// URI, the assignment of users, and the claims that are mapped into users' tokens.
    const USERS_ALONE: [u32; 35] = [
        28002, 28003, 50003, 50011, 50042, 50043, 50100, 50101, 50102, 50103, 50105, 50108, 50109,
        50111, 50123, 50124, 50130, 50146, 50162, 50163, 50165, 65002, 65005, 70004, 90009,
        500_014, 501_461, 501_621, 650_052, 650_054, 650_056, 650_057, 700_022, 700_023, 900_971,
    ];

    /// The codes that the doctor has a remedy for.
    fn remedies() -> BTreeSet<u32> {
        let source = |name: &str| match name {
            "tenant_id" | "client_id" => Some("11111111-2222-3333-4444-555555555555".to_owned()),
            _ => None,
        };
        let client = Client::read(&mut Reader::new(&source)).unwrap();
        let claims = Claims {
            algorithm: "RS256".to_owned(),
            issuer: "https://oidc.example/".to_owned(),
            subject: "system:serviceaccount:proxy:proxy".to_owned(),
            audiences: vec!["api://AzureADTokenExchange".to_owned()],
            expires_at: None,
            not_before: None,
        };
        let presented = Presented {
            client: &client,
            claims: &claims,
        };
        let is_known = |code: &u32| of_code(*code, &presented).is_some();
        (0..END).filter(is_known).collect()
    }

    /// The codes that are explained to users, if the explanation has these words.
    fn explained(words: &str) -> BTreeSet<u32> {
        let is_explained = |code: &u32| explanation(*code).is_some_and(|text| text.contains(words));
        (0..END).filter(is_explained).collect()
    }

    #[test]
    fn what_has_a_remedy_here_is_explained_to_users() {
        let unexplained: Vec<u32> = remedies().difference(&explained("")).copied().collect();
        assert_eq!(unexplained, NO_USERS);
    }

    #[test]
    fn what_sends_users_to_the_platform_team_has_a_remedy_here() {
        let for_operators = explained("platform team");
        let without: Vec<u32> = for_operators.difference(&remedies()).copied().collect();
        assert_eq!(without, USERS_ALONE);
    }
}
