//! `GET /whoami`: who is signed in, and the AKS token's metadata and claims. The token is refreshed
//! when it is close to its expiry.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::aks::{self, AksFailure};
use crate::entra::authorize::aks_scope;
use crate::entra::{Authorization, Entra, decode_unverified};
use crate::errors::{Error, Failure};
use crate::function::Call;
use crate::platform::{Platform, UnixTime};
use crate::respond::{self, Response};
use crate::return_path::ReturnPath;
use crate::session::{
    AccessToken, InteractionKind, Keyring, Live, Outcome, Records, Tokens, cookies, resume,
};
use crate::settings::{
    AksSettings, Client, CookieSettings, Lifetimes, Reader, SidecarSettings, Site, table,
};

struct Settings {
    client: Client,
    site: Site,
    keyring: Keyring,
    cookies: CookieSettings,
    lifetimes: Lifetimes,
    aks: AksSettings,
    expose_access_token: bool,
    sidecar: SidecarSettings,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let keyring = Keyring::read(reader);
        let cookies = CookieSettings::read(reader);
        let lifetimes = Lifetimes::read(reader);
        let aks = AksSettings::read(reader);
        let expose_access_token = reader.read(&table::EXPOSE_ACCESS_TOKEN);
        let sidecar = SidecarSettings::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
            aks: aks?,
            expose_access_token: expose_access_token?,
            sidecar: sidecar?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let visit = Visit {
        call,
        settings: &settings,
    };
    let records = Records {
        platform: call.platform,
        keyring: &settings.keyring,
    };
    let Some(handle) = cookies::session_handle(call.request, &settings.cookies) else {
        return visit.nobody();
    };
    let Some(session) = resume(&records, handle, settings.lifetimes.idle).await? else {
        return visit.nobody();
    };
    let Some(tokens) = session.record.grant.tokens(&records).await? else {
        return visit.nobody();
    };
    match tokens.access_tokens.get(settings.aks.server_id.as_str()) {
        Some(token) if visit.left(token) > settings.aks.refresh_margin => {
            Ok(visit.show(&session, token))
        }
        _ => visit.refresh(&records, &session, tokens).await,
    }
}

/// The answer, in the order in which people read it.
#[derive(Serialize)]
struct Whoami {
    user: Value,
    token: Value,
    claims: Map<String, Value>,
}

/// One request with a session or without.
struct Visit<'a, P> {
    call: &'a Call<'a, P>,
    settings: &'a Settings,
}

impl<P: Platform> Visit<'_, P> {
    /// No session: a person signs in and comes back, a program is told where to.
    fn nobody(&self) -> Result<Response, Failure> {
        if self.call.request.wants_html() {
            let address = respond::login_address(&self.here(), false);
            return Ok(respond::redirect(http::StatusCode::FOUND, &address));
        }
        Err(Error::NoSession.into())
    }

    /// Obtains a token. Whatever fails, one that still lives is shown.
    async fn refresh(
        &self,
        records: &Records<'_, P>,
        session: &Live,
        mut tokens: Tokens,
    ) -> Result<Response, Failure> {
        let known = self.known(&tokens);
        let outcome = match known {
            Some(_) => Ok(()),
            None => self.acquire(records, session, &mut tokens).await?,
        };
        let token = tokens
            .access_tokens
            .get(self.settings.aks.server_id.as_str());
        match (token, known, outcome) {
            (Some(token), _, _) if self.left(token) > 0 => Ok(self.show(session, token)),
            (_, Some(error), _) => Err(error.into()),
            (_, _, Err(failure)) => self.without_token(records, session, tokens, failure).await,
            (_, _, Ok(())) => Err(Error::UnusableAksToken("it has ended already").into()),
        }
    }

    /// Asks Entra, and stores what it gave.
    async fn acquire(
        &self,
        records: &Records<'_, P>,
        session: &Live,
        tokens: &mut Tokens,
    ) -> Result<Result<(), AksFailure>, Failure> {
        let platform = self.call.platform;
        let entra = Entra {
            platform,
            client: &self.settings.client,
            sidecar: &self.settings.sidecar,
        };
        let server_id = &self.settings.aks.server_id;
        let user = &session.record.user;
        let outcome = aks::acquire(&entra, server_id, user, tokens).await;
        if outcome.is_ok() {
            session.record.grant.write_tokens(records, tokens).await?;
        }
        aks::log(self.call, "refresh", session, &outcome);
        Ok(outcome)
    }

    /// What is known already while the redirect to Entra is open, or was refused.
    fn known(&self, tokens: &Tokens) -> Option<Error> {
        let interaction = tokens.interaction.as_ref()?;
        if self.now() >= interaction.not_before {
            return None;
        }
        match &interaction.outcome {
            Outcome::Open => Some(Error::InteractionOpen),
            Outcome::Refused(error) => Some(Error::AksTokenRefused(Box::new(error.clone()))),
            Outcome::Granted => None,
        }
    }

    async fn without_token(
        &self,
        records: &Records<'_, P>,
        session: &Live,
        mut tokens: Tokens,
        failure: AksFailure,
    ) -> Result<Response, Failure> {
        let grant = &session.record.grant;
        match failure {
            AksFailure::Away(away) => Err(away.into()),
            AksFailure::Unusable(what) => Err(Error::UnusableAksToken(what).into()),
            AksFailure::Refused(error) => Err(Error::AksTokenRefused(error).into()),
            AksFailure::NoRefreshToken if tokens.generation == 0 => {
                Err(Error::UnusableAksToken("Entra has given no refresh token").into())
            }
            AksFailure::NoRefreshToken => self.nobody(),
            // A refresh token that never gave anything: to sign in again would go in circles.
            AksFailure::SignInAgain(error) if tokens.generation == 0 => {
                Err(Error::AksTokenRefused(error).into())
            }
            AksFailure::SignInAgain(_) => {
                tokens.refresh_token = None;
                grant.write_tokens(records, &tokens).await?;
                self.nobody()
            }
            AksFailure::Interaction(kind, error) => match &mut tokens.interaction {
                Some(interaction) => {
                    let outcome = interaction.outcome.clone();
                    aks::wait(self.call.platform, interaction);
                    grant.write_tokens(records, &tokens).await?;
                    Err(again(outcome, error).into())
                }
                None if self.call.request.wants_html() => {
                    self.interact(records, session, tokens, kind).await
                }
                None => Err(Error::InteractionRequired(error).into()),
            },
        }
    }

    /// Sends the browser to Entra, once.
    async fn interact(
        &self,
        records: &Records<'_, P>,
        session: &Live,
        mut tokens: Tokens,
        kind: InteractionKind,
    ) -> Result<Response, Failure> {
        let claims = kind.claims().map(str::to_owned);
        let attempt = aks::begin_interaction(self.call.platform, kind, self.here(), &mut tokens);
        session.record.grant.write_tokens(records, &tokens).await?;
        let authorization = Authorization {
            client: &self.settings.client,
            redirect_uri: &self.settings.site.redirect_uri,
            attempt: &attempt,
            scope: &aks_scope(&self.settings.aks.server_id),
            claims: claims.as_deref(),
            login_hint: session.record.user.sign_in_hint(),
        };
        let (cookies, keyring) = (&self.settings.cookies, &self.settings.keyring);
        Ok(respond::to_entra(
            self.call,
            cookies,
            keyring,
            &authorization,
        ))
    }

    fn show(&self, session: &Live, token: &AccessToken) -> Response {
        let user = &session.record.user;
        let mut shown = json!({
            "source": token.source,
            "audience": self.settings.aks.server_id.as_str(),
            "scopes": token.scopes,
            "issued_at": token.issued_at.rfc3339(),
            "expires_at": token.expires_at.rfc3339(),
            "expires_in": self.left(token),
        });
        if self.settings.expose_access_token
            && let Some(members) = shown.as_object_mut()
        {
            members.insert("access_token".to_owned(), Value::from(token.token.reveal()));
        }
        let body = Whoami {
            user: json!({
                "oid": user.oid,
                "tid": user.tid,
                "name": user.name,
                "preferred_username": user.preferred_username,
            }),
            token: shown,
            claims: decode_unverified(token.token.reveal()).unwrap_or_default(),
        };
        respond::json(200, &body)
    }

    /// Where this request leads back to.
    fn here(&self) -> ReturnPath {
        ReturnPath::parse(&self.call.request.target).unwrap_or_else(|_| ReturnPath::whoami())
    }

    /// How many seconds the token still has.
    fn left(&self, token: &AccessToken) -> u64 {
        token.expires_at.since(self.now())
    }

    fn now(&self) -> UnixTime {
        self.call.platform.now()
    }
}

/// A redirect has been made already, so there is no second one: the user is told, with a link.
fn again(outcome: Outcome, error: Box<crate::entra::EntraError>) -> Error {
    match outcome {
        Outcome::Open => Error::InteractionOpen,
        Outcome::Granted => Error::AksTokenRefused(error),
        Outcome::Refused(first) => Error::AksTokenRefused(Box::new(first)),
    }
}
