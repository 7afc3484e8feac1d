//! Headers that tell an app of its user.

use http::HeaderName;

/// A header that tells an app of its user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimHeader {
    /// Its name.
    pub name: HeaderName,
    /// What is in it.
    pub claim: AppClaim,
}

/// What an app can be told of its user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AppClaim {
    /// The object id.
    Oid,
    /// The tenant's id.
    Tid,
    /// The user principal name; nothing for a guest.
    Upn,
    /// The e-mail address, if Entra says that it is verified.
    Email,
    /// What the user is called, with spaces.
    Name,
    /// What the user is called.
    PreferredUsername,
    /// The object ids of the groups.
    Groups,
    /// The app roles.
    Roles,
}

/// What says where a request comes from.
const OF_THE_WAY: [&str; 7] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-http-method-override",
    "x-real-ip",
];

impl ClaimHeader {
    pub(super) fn parse(name: &str, claim: &str) -> Result<Self, String> {
        let claim = match claim {
            "oid" => AppClaim::Oid,
            "tid" => AppClaim::Tid,
            "upn" => AppClaim::Upn,
            "email" => AppClaim::Email,
            "name" => AppClaim::Name,
            "preferred_username" => AppClaim::PreferredUsername,
            "groups" => AppClaim::Groups,
            "roles" => AppClaim::Roles,
            _ => {
                let known = "oid, tid, upn, email, name, preferred_username, groups, roles";
                return Err(format!("is none of {known}"));
            }
        };
        let name: HeaderName = name.parse().map_err(|_| "is no name of a header")?;
        let folded = name.as_str().replace(['_', '.'], "-");
        let is_own = folded.starts_with("x-") || folded.starts_with("remote-");
        let is_taken =
            OF_THE_WAY.contains(&folded.as_str()) || folded.starts_with("x-auth-request-");
        match is_own && !is_taken {
            true => Ok(Self { name, claim }),
            false => Err(
                "is no header for this: take one that begins with X- or Remote-, and that \
                 this proxy does not set for all apps"
                    .to_owned(),
            ),
        }
    }
}
