//! All checks, in the order of what they need from each other.

use aks_oauth_proxy_component::settings::Client;
use host::Surroundings;
use time::OffsetDateTime;
use tokio::join;

use crate::call::Trouble;
use crate::check::Check;
use crate::checks::federated_token::FederatedToken;
use crate::checks::{
    api_server, authority, client_assertion, clock, discovery, federated_token, keys, kubelogin,
    public_address, redirect_uri, runtime_config, settings, sidecar, store, tunnel,
    workload_identity,
};
use crate::installation::{Identity, Installation, Kubelogin};
use crate::report::Report;
use crate::row::{Row, Status};

/// What is said where a setting is missing that `settings` has complained about.
const NO_SETTINGS: &str = "settings that it needs are wrong";
/// What is said of what nobody wants to know.
const LEFT_OUT: &str = "left out (--without)";
/// The tolerance of clocks where that setting is wrong, in seconds: the default.
const TOLERANCE: u64 = 60;

/// Examines `installation`, but for what is in `without`. Each check has five seconds; what does not
/// depend on each other goes on at once. Needs a runtime of several threads.
pub async fn examine(installation: &Installation, without: &[Check]) -> Report {
    let examination = Examination {
        installation,
        without,
    };
    let (entra, others) = join!(examination.of_entra(), examination.of_others());
    let mut rows = settings::check(&installation.faults, &installation.advice);
    rows.push(runtime_config::check(installation.surroundings.as_ref()));
    rows.extend(entra);
    rows.extend(others);
    rows.retain(|row| !without.contains(&row.name));
    rows.extend(without.iter().map(|check| Row::skipped(*check, LEFT_OUT)));
    rows.sort_by_key(|row| Check::ALL.iter().position(|check| *check == row.name));
    Report::new(rows)
}

struct Examination<'a> {
    installation: &'a Installation,
    without: &'a [Check],
}

impl Examination<'_> {
    /// What is about Entra, and about the token with which the proxy proves itself there.
    async fn of_entra(&self) -> Vec<Row> {
        let now = OffsetDateTime::now_utc();
        let (reached, (mut rows, token)) = join!(self.authority(), self.identity(now));
        let reached = match reached {
            Ok((row, theirs)) => {
                rows.push(row);
                rows.push(clock::check(theirs, now, self.tolerance()));
                Ok(())
            }
            Err(row) => {
                let why = format!("{} {}", row.name.name(), ending(&row));
                rows.push(row);
                rows.push(Row::skipped(Check::Clock, &why));
                Err(why)
            }
        };
        let (discovery, keys, assertion, redirect_uri) = join!(
            self.discovery(&reached),
            self.keys(&reached),
            self.client_assertion(&reached, token.as_ref()),
            self.redirect_uri(&reached),
        );
        rows.extend([discovery, keys, assertion, redirect_uri]);
        rows
    }

    /// Everything else.
    async fn of_others(&self) -> Vec<Row> {
        let (store, api_server, tunnel, kubelogin, public_address) = join!(
            self.store(),
            self.api_server(),
            self.tunnel(),
            self.kubelogin(),
            self.public_address(),
        );
        vec![store, api_server, tunnel, kubelogin, public_address]
    }

    async fn authority(&self) -> Result<(Row, Option<OffsetDateTime>), Row> {
        let (surroundings, client) = self.entra(Check::Authority)?;
        authority::check(surroundings, client).await
    }

    async fn discovery(&self, reached: &Result<(), String>) -> Row {
        match self.reached(Check::Discovery, reached) {
            Ok((surroundings, client)) => discovery::check(surroundings, client).await,
            Err(row) => row,
        }
    }

    async fn keys(&self, reached: &Result<(), String>) -> Row {
        match self.reached(Check::Keys, reached) {
            Ok((surroundings, client)) => keys::check(surroundings, client).await,
            Err(row) => row,
        }
    }

    /// Sidecar, webhook and token: their rows, and the token if it can be presented.
    async fn identity(&self, now: OffsetDateTime) -> (Vec<Row>, Option<FederatedToken>) {
        let webhook = match &self.installation.client {
            Some(client) => workload_identity::check(&self.installation.webhook, client),
            None => Row::skipped(Check::WorkloadIdentity, NO_SETTINGS),
        };
        let (sidecar, token) = self.token().await;
        let (row, token) = match token {
            Ok(token) => federated_token::check(token, now, self.tolerance()),
            Err(why) => (Row::skipped(Check::FederatedToken, why), None),
        };
        (vec![webhook, sidecar, row], token)
    }

    /// The sidecar's row, and the token; or why it is not looked at.
    async fn token(&self) -> (Row, Result<Result<String, Trouble>, &'static str>) {
        let not_read = |row| (row, Err("there is no sidecar to ask"));
        match (
            &self.installation.identity,
            self.surroundings(Check::Sidecar),
        ) {
            (None, _) => {
                let row = Row::skipped(Check::Sidecar, NO_SETTINGS);
                (row, Err(NO_SETTINGS))
            }
            (Some(Identity::File(file)), _) => {
                let row = Row::skipped(Check::Sidecar, "`serve` has its own");
                (row, Ok(federated_token::read(file).await))
            }
            (Some(Identity::Sidecar(_)), Err(row)) => not_read(row),
            (Some(Identity::Sidecar(settings)), Ok(surroundings)) => {
                let (row, token) = sidecar::check(surroundings, settings).await;
                match token {
                    Some(token) => (row, Ok(token)),
                    None => not_read(row),
                }
            }
        }
    }

    async fn client_assertion(
        &self,
        reached: &Result<(), String>,
        token: Option<&FederatedToken>,
    ) -> Row {
        const NAME: Check = Check::ClientAssertion;
        let (surroundings, client) = match self.reached(NAME, reached) {
            Ok(both) => both,
            Err(row) => return row,
        };
        let Some(graph) = &self.installation.graph else {
            return Row::skipped(NAME, NO_SETTINGS);
        };
        match token {
            Some(token) => client_assertion::check(surroundings, client, graph, token).await,
            None => Row::skipped(NAME, "there is no token to present"),
        }
    }

    async fn redirect_uri(&self, reached: &Result<(), String>) -> Row {
        const NAME: Check = Check::RedirectUri;
        match (self.reached(NAME, reached), &self.installation.site) {
            (Err(row), _) => row,
            (_, None) => Row::skipped(NAME, NO_SETTINGS),
            (Ok((surroundings, client)), Some(site)) => {
                redirect_uri::check(surroundings, client, site).await
            }
        }
    }

    async fn public_address(&self) -> Row {
        const NAME: Check = Check::PublicAddress;
        match (self.surroundings(NAME), &self.installation.public_url) {
            (Err(row), _) => row,
            (_, None) => Row::skipped(NAME, NO_SETTINGS),
            (Ok(surroundings), Some(url)) => {
                let public_ca = self.installation.public_ca.as_deref();
                public_address::check(surroundings, url, public_ca).await
            }
        }
    }

    async fn store(&self) -> Row {
        match self.surroundings(Check::Store) {
            Err(row) => row,
            Ok(surroundings) => match surroundings.store("default") {
                Some(store) => store::check(store).await,
                None => Row::skipped(Check::Store, "there is none"),
            },
        }
    }

    async fn api_server(&self) -> Row {
        const NAME: Check = Check::ApiServer;
        match (self.surroundings(NAME), &self.installation.api_server) {
            (Err(row), _) => row,
            (_, None) => Row::skipped(NAME, NO_SETTINGS),
            (Ok(surroundings), Some(origin)) => api_server::check(surroundings, origin).await,
        }
    }

    async fn tunnel(&self) -> Row {
        match (self.wanted(Check::Tunnel), &self.installation.tunnel) {
            (Err(row), _) => row,
            (_, None) => Row::skipped(Check::Tunnel, NO_SETTINGS),
            (Ok(()), Some(way)) => tunnel::check(way).await,
        }
    }

    async fn kubelogin(&self) -> Row {
        const NAME: Check = Check::Kubelogin;
        if let Err(row) = self.wanted(NAME) {
            return row;
        }
        match (&self.installation.kubelogin, self.surroundings(NAME)) {
            (None, _) => Row::skipped(NAME, NO_SETTINGS),
            (Some(Kubelogin::Off), _) => Row::skipped(NAME, "KUBELOGIN_ENABLED is false"),
            (Some(Kubelogin::Program(program)), _) => kubelogin::program(program).await,
            (Some(Kubelogin::Service { .. }), Err(row)) => row,
            (
                Some(Kubelogin::Service {
                    url,
                    token,
                    settings,
                }),
                Ok(surroundings),
            ) => kubelogin::service(surroundings, url, token, *settings).await,
        }
    }

    /// What was left out is not done.
    fn wanted(&self, check: Check) -> Result<(), Row> {
        match self.without.contains(&check) {
            false => Ok(()),
            true => Err(Row::skipped(check, LEFT_OUT)),
        }
    }

    fn surroundings(&self, check: Check) -> Result<&Surroundings, Row> {
        self.wanted(check)?;
        let read = self.installation.surroundings.as_ref();
        read.map_err(|_| Row::skipped(check, "runtime-config failed"))
    }

    fn entra(&self, check: Check) -> Result<(&Surroundings, &Client), Row> {
        let surroundings = self.surroundings(check)?;
        let client = self.installation.client.as_ref();
        Ok((
            surroundings,
            client.ok_or_else(|| Row::skipped(check, NO_SETTINGS))?,
        ))
    }

    fn reached(
        &self,
        check: Check,
        reached: &Result<(), String>,
    ) -> Result<(&Surroundings, &Client), Row> {
        match reached {
            Ok(()) => self.entra(check),
            Err(why) => Err(Row::skipped(check, why)),
        }
    }

    fn tolerance(&self) -> u64 {
        self.installation.clock_tolerance.unwrap_or(TOLERANCE)
    }
}

/// What has become of a check that others need.
fn ending(row: &Row) -> &'static str {
    match row.status {
        Status::Skipped => "was skipped",
        _ => "failed",
    }
}
