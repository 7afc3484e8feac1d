//! The workload-identity token: whether it is there, and whether Entra can take it at all. Whether it
//! fits the registration, `client-assertion` asks Entra.

use std::path::Path;

use time::OffsetDateTime;

use crate::call::Trouble;
use crate::check::Check;
use crate::claims::Claims;
use crate::row::Row;

const NAME: Check = Check::FederatedToken;

/// The audience that is usual, in every cloud with its own ending.
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// A token that can be presented.
pub(crate) struct FederatedToken {
    pub(crate) token: String,
    pub(crate) claims: Claims,
}

/// Reads `file` as the sidecar does.
pub(crate) async fn read(file: &Path) -> Result<String, Trouble> {
    let token = sidecar::federated_token(file).await;
    token.map_err(|unavailable| Trouble {
        seen: unavailable.what(),
        remedy: unavailable.remedy(),
    })
}

/// Looks into `token`.
pub(crate) fn check(
    token: Result<String, Trouble>,
    now: OffsetDateTime,
    tolerance: u64,
) -> (Row, Option<FederatedToken>) {
    let token = match token {
        Ok(token) => token,
        Err(trouble) => return (trouble.row(NAME), None),
    };
    let Some(claims) = Claims::read(&token) else {
        let seen = "it is no JWT";
        return (
            Row::failed(NAME, seen, "check AZURE_FEDERATED_TOKEN_FILE"),
            None,
        );
    };
    let row = judge(&claims, now.unix_timestamp(), tolerance);
    (row, Some(FederatedToken { token, claims }))
}

fn judge(claims: &Claims, now: i64, tolerance: u64) -> Row {
    let seen = shown(claims, now);
    let tolerance = i64::try_from(tolerance).unwrap_or(i64::MAX);
    let failed = |remedy: &str| Row::failed(NAME, &seen, remedy);
    if claims.algorithm != "RS256" {
        return failed("Entra takes tokens that are signed with RS256 alone: whose token is this?");
    }
    if !claims.subject.starts_with("system:serviceaccount:") {
        return failed("this is no token of a service account: check AZURE_FEDERATED_TOKEN_FILE");
    }
    if !is_public(&claims.issuer) {
        return failed(
            "Entra cannot reach this issuer: turn on the cluster's OIDC issuer (az aks update \
             --enable-oidc-issuer), and replace the pod",
        );
    }
    if claims.expires_at.is_none_or(|at| at <= now) {
        return failed("the kubelet no longer renews it, or this node's clock is wrong");
    }
    if claims
        .not_before
        .is_some_and(|at| at > now.saturating_add(tolerance))
    {
        return failed("it begins in the future: set this node's clock");
    }
    if !claims
        .audiences
        .iter()
        .any(|audience| audience.starts_with(AUDIENCE))
    {
        return Row::warning(
            NAME,
            &seen,
            format!(
                "{AUDIENCE} is usual: unless the federated credential names this audience, correct \
                 that of the projected volume"
            ),
        );
    }
    Row::ok(NAME, seen)
}

/// Everything that a federated credential names, to be compared with it. None of it is a secret.
fn shown(claims: &Claims, now: i64) -> String {
    let ends = match claims.expires_at.map(|at| at.saturating_sub(now)) {
        Some(seconds @ 1..) => format!("ends in {} minutes", seconds / 60),
        Some(_) => "has ended".to_owned(),
        None => "never ends".to_owned(),
    };
    format!(
        "issuer {}, subject {}, audience {}, {ends}",
        claims.issuer,
        claims.subject,
        claims.audiences.join(" "),
    )
}

/// Whether others than the cluster itself can look up the issuer's keys.
fn is_public(issuer: &str) -> bool {
    let host = issuer
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', ':']).next());
    host.is_some_and(|host| {
        !(host.is_empty()
            || host == "kubernetes.default"
            || host.ends_with(".svc")
            || host.ends_with(".cluster.local"))
    })
}

#[cfg(test)]
mod tests {
    use super::{Claims, judge};
    use crate::row::Status;

    const NOW: i64 = 1_800_000_000;

    fn good() -> Claims {
        Claims {
            algorithm: "RS256".to_owned(),
            issuer: "https://eastus.oic.prod-aks.azure.com/a/b/".to_owned(),
            subject: "system:serviceaccount:proxy:oauth-proxy".to_owned(),
            audiences: vec!["api://AzureADTokenExchange".to_owned()],
            expires_at: Some(NOW + 3600),
            not_before: Some(NOW),
        }
    }

    /// What is said of the good token with one thing changed.
    fn said(change: impl FnOnce(&mut Claims)) -> (Status, String) {
        let mut claims = good();
        change(&mut claims);
        let row = judge(&claims, NOW, 60);
        (row.status, row.remedy.unwrap_or_default())
    }

    #[test]
    fn a_good_token_is_shown_for_comparison() {
        let row = judge(&good(), NOW, 60);
        assert_eq!(row.status, Status::Ok);
        for part in ["/a/b/", "proxy:oauth-proxy", "api://", "60 minutes"] {
            assert!(row.seen.contains(part), "{part}: {}", row.seen);
        }
    }

    #[test]
    fn what_entra_can_never_take_has_failed() {
        type Change = fn(&mut Claims);
        let cases: [(Change, &str); 8] = [
            (|c| c.algorithm = "ES256".to_owned(), "RS256"),
            (|c| c.subject = "alice".to_owned(), "service account"),
            (
                |c| c.issuer = "https://kubernetes.default.svc.cluster.local".to_owned(),
                "OIDC issuer",
            ),
            (
                |c| c.issuer = "https://kubernetes.default.svc:443/".to_owned(),
                "OIDC issuer",
            ),
            (
                |c| c.issuer = "http://issuer.example".to_owned(),
                "OIDC issuer",
            ),
            (|c| c.expires_at = Some(NOW), "kubelet"),
            (|c| c.expires_at = None, "kubelet"),
            (|c| c.not_before = Some(NOW + 61), "clock"),
        ];
        for (change, part) in cases {
            let (status, remedy) = said(change);
            assert_eq!(status, Status::Failed, "{remedy}");
            assert!(remedy.contains(part), "{part}: {remedy}");
        }
    }

    #[test]
    fn another_audience_may_be_the_credentials_own() {
        let (status, remedy) = said(|c| c.audiences = vec!["https://kubernetes".to_owned()]);
        assert_eq!(status, Status::Warning);
        assert!(remedy.contains("api://AzureADTokenExchange"), "{remedy}");
        let gov = said(|c| c.audiences = vec!["api://AzureADTokenExchangeUSGov".to_owned()]);
        assert_eq!(gov.0, Status::Ok);
    }
}
