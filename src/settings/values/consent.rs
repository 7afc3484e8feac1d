//! What comes first when the permission for AKS is missing.

/// What comes first when the permission for AKS is missing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AksConsent {
    /// Consent is asked for once, then kubelogin takes over.
    Auto,
    /// The user chooses.
    Ask,
    /// kubelogin is used at once.
    Kubelogin,
    /// Only consent: kubelogin is not enabled.
    Only,
}

pub(in crate::settings) fn parse(text: &str) -> Result<AksConsent, String> {
    match text {
        "auto" => Ok(AksConsent::Auto),
        "ask" => Ok(AksConsent::Ask),
        "kubelogin" => Ok(AksConsent::Kubelogin),
        _ => Err("is none of `auto`, `ask` and `kubelogin`".to_owned()),
    }
}
