//! The tokens that apps get.

use super::aks::AksSettings;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::scope::ApiScope;

/// The tokens that apps get in the answers to forward-auth.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppTokens {
    /// Whether `Authorization` has the ID token.
    pub id_token: bool,
    /// The access token, if they get one.
    pub access_token: Option<AppToken>,
}

/// An access token for apps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AppToken {
    /// For an API of theirs.
    Of(ApiScope),
    /// For AKS.
    Aks,
}

impl AppTokens {
    /// None at all.
    pub const NONE: Self = Self {
        id_token: false,
        access_token: None,
    };

    /// Reads `SET_AUTHORIZATION_HEADER`, `FORWARD_AUTH_SCOPE` and `FORWARD_AUTH_AKS_TOKEN`. The AKS token
    /// has a setting of its own, which says what it gives away: no scope is that of `aks`.
    pub fn read(aks: Option<&AksSettings>, reader: &mut Reader<'_>) -> Option<Self> {
        let id_token = reader.read(&table::SET_AUTHORIZATION_HEADER);
        let scope = reader.read_optional(&table::FORWARD_AUTH_SCOPE);
        let of_aks = reader.read(&table::FORWARD_AUTH_AKS_TOKEN)?;
        let is_aks = |scope: &ApiScope| aks.is_some_and(|aks| scope.is_of(&aks.server_id));
        if scope.as_ref().is_some_and(is_aks) {
            reader.fault(
                &table::FORWARD_AUTH_SCOPE,
                "is that of AKS: whoever gets this token can use every cluster of the tenant as the \
                 user; if that is wanted, set FORWARD_AUTH_AKS_TOKEN=true in its place",
            );
        } else if scope.is_some() && of_aks {
            reader.fault(
                &table::FORWARD_AUTH_SCOPE,
                "is given beside FORWARD_AUTH_AKS_TOKEN=true, and there is one header for both",
            );
        }
        let access_token = match of_aks {
            true => Some(AppToken::Aks),
            false => scope.map(AppToken::Of),
        };
        Some(Self {
            id_token: id_token?,
            access_token,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{AppToken, AppTokens};
    use crate::settings::{AksSettings, Misconfigured, Reader};

    fn read(given: &[(&str, &str)]) -> Result<AppTokens, Misconfigured> {
        let source = |name: &str| {
            let found = given.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut reader = Reader::new(&source);
        let aks = AksSettings::read(&mut reader);
        let tokens = AppTokens::read(aks.as_ref(), &mut reader);
        reader.finish(tokens)
    }

    #[test]
    fn apps_get_no_token_unless_a_setting_says_so() {
        let tokens = read(&[]).unwrap();
        assert_eq!((tokens.id_token, tokens.access_token), (false, None));
        let tokens = read(&[("set_authorization_header", "true")]).unwrap();
        assert_eq!((tokens.id_token, tokens.access_token), (true, None));
        let tokens = read(&[("forward_auth_scope", "api://podinfo/.default")]).unwrap();
        assert!(matches!(tokens.access_token, Some(AppToken::Of(_))));
        let tokens = read(&[("forward_auth_aks_token", "true")]).unwrap();
        assert_eq!(tokens.access_token, Some(AppToken::Aks));
    }

    #[test]
    fn the_aks_token_has_a_setting_of_its_own() {
        let server = "6dae42f8-4368-4678-94ff-3960e28e3630";
        for scope in [
            format!("{server}/.default"),
            format!("{}/user.read", server.to_ascii_uppercase()),
            format!("spn:{server}/.default"),
        ] {
            let said = read(&[("forward_auth_scope", &scope)]).unwrap_err();
            assert!(
                said.to_string().contains("FORWARD_AUTH_AKS_TOKEN"),
                "{said}"
            );
        }
        let both = [
            ("forward_auth_scope", "api://podinfo/.default"),
            ("forward_auth_aks_token", "true"),
        ];
        let said = read(&both).unwrap_err();
        assert!(said.to_string().contains("one header"), "{said}");
    }
}
