//! Who may use an app.

use crate::settings::values::fields::Fields;

/// Who may use an app. Without a rule everybody who is signed in may. What each rule lists and how it is
/// compared is that of `/oauth2/auth`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UpstreamPolicy {
    /// Whether one rule is enough that admits. Otherwise each of them must.
    pub any: bool,
    /// Object ids of groups.
    pub groups: Option<Vec<String>>,
    /// App roles.
    pub roles: Option<Vec<String>>,
    /// Object ids of users, or user principal names.
    pub users: Option<Vec<String>>,
    /// E-mail addresses.
    pub emails: Option<Vec<String>>,
    /// Domains of e-mail addresses.
    pub email_domains: Option<Vec<String>>,
}

impl UpstreamPolicy {
    pub(in crate::settings::values) fn read(mut fields: Fields<'_>) -> Self {
        let any = fields.text("match", |text| match text {
            "all" => Ok(false),
            "any" => Ok(true),
            _ => Err("is neither `all` nor `any`".to_owned()),
        });
        let mut list = |name: &str| fields.texts(name, entry);
        let policy = Self {
            any: any.unwrap_or_default(),
            groups: list("groups"),
            roles: list("roles"),
            users: list("users"),
            emails: list("emails"),
            email_domains: list("email_domains"),
        };
        fields.finish();
        policy
    }
}

fn entry(text: &str) -> Result<String, String> {
    match text.is_empty() || text.trim() != text {
        true => Err("is empty, or has white space around it".to_owned()),
        false => Ok(text.to_owned()),
    }
}
