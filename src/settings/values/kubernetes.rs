//! Values of the settings for the API server.

use kubernetes_host::KubernetesHost;

/// As whom requests go to the API server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KubernetesAuth {
    /// With the user's own AKS token.
    Token,
    /// With the proxy's service account, which names the user (`Impersonate-User` …).
    Impersonate,
}

/// The claim by which a cluster knows a user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserClaim {
    /// The user principal name; the object id of those who have none.
    Upn,
    /// The object id.
    Oid,
}

pub(in crate::settings) fn host(text: &str) -> Result<KubernetesHost, String> {
    KubernetesHost::parse(text)
}

pub(in crate::settings) fn auth(text: &str) -> Result<KubernetesAuth, String> {
    match text {
        "token" => Ok(KubernetesAuth::Token),
        "impersonate" => Ok(KubernetesAuth::Impersonate),
        _ => Err("is neither `token` nor `impersonate`".to_owned()),
    }
}

pub(in crate::settings) fn user_claim(text: &str) -> Result<UserClaim, String> {
    match text {
        "upn" => Ok(UserClaim::Upn),
        "oid" => Ok(UserClaim::Oid),
        _ => Err("is neither `upn` nor `oid`".to_owned()),
    }
}

/// A prefix of names. It must not begin with `system:`, as the cluster's own names do.
pub(in crate::settings) fn prefix(text: &str) -> Result<String, String> {
    if text.starts_with("system:") {
        return Err("begins with `system:`, as only the cluster's own names do".to_owned());
    }
    name(text)
}

/// A name in a kubeconfig, which people type after `--context`.
pub(in crate::settings) fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.@:/".contains(c);
    if !text.chars().all(fits) || text.len() > 100 {
        return Err(
            "is not a name of at most 100 letters, digits and the characters - _ . @ : /"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

/// One or more certificates in PEM (RFC 7468).
pub(in crate::settings) fn certificates(text: &str) -> Result<String, String> {
    let begun = text.matches("-----BEGIN CERTIFICATE-----").count();
    let ended = text.matches("-----END CERTIFICATE-----").count();
    let private = text.contains("PRIVATE KEY");
    if begun == 0 || begun != ended || private || !text.starts_with("-----BEGIN") {
        return Err("is not a certificate in PEM, or more than that".to_owned());
    }
    Ok(format!("{text}\n"))
}
