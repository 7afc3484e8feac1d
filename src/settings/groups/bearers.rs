//! Access tokens that programs bring in place of an app cookie.

use super::aks::AksSettings;
use super::failure_limit::FailureLimit;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::audience::Audience;

/// Which access tokens are taken in place of an app cookie.
#[derive(Clone, Debug)]
pub struct Bearers {
    /// The audiences; with none, no token is.
    pub audiences: Vec<Audience>,
    /// Whether a token may be of an application alone.
    pub applications: bool,
    /// Whether it goes on to the app.
    pub pass_on: bool,
    /// How many may fail.
    pub limit: FailureLimit,
}

impl Bearers {
    /// Reads `BEARER_AUDIENCES`, `BEARER_APPLICATIONS`, `BEARER_PASS_ON` and the limit of failures. The
    /// tokens of `aks` are none of them: every cluster of the tenant gets them of its users.
    pub fn read(aks: Option<&AksSettings>, reader: &mut Reader<'_>) -> Option<Self> {
        let audiences = reader.read_optional(&table::BEARER_AUDIENCES);
        let audiences = audiences.unwrap_or_default();
        let applications = reader.read(&table::BEARER_APPLICATIONS);
        let pass_on = reader.read(&table::BEARER_PASS_ON);
        let limit = FailureLimit::read(reader);
        let is_aks =
            |audience: &Audience| aks.is_some_and(|aks| audience.is(aks.server_id.as_str()));
        if audiences.iter().any(is_aks) {
            reader.fault(
                &table::BEARER_AUDIENCES,
                "has the AKS server application: every cluster of the tenant gets such tokens of its \
                 users, and could be them here; name an API of your own",
            );
        }
        Some(Self {
            audiences,
            applications: applications?,
            pass_on: pass_on?,
            limit: limit?,
        })
    }

    /// Whether any are.
    pub fn are_taken(&self) -> bool {
        !self.audiences.is_empty()
    }

    /// The audiences of tokens that do not go on to the app.
    pub fn kept(&self) -> &[Audience] {
        match self.pass_on {
            true => &[],
            false => &self.audiences,
        }
    }
}
