//! `GET /whoami`: who is signed in, and the AKS token's metadata and claims. The token is refreshed
//! when it is close to its expiry.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::admission::Door;
use crate::aks::{self, AksFailure, AksToken, Held, Way};
use crate::entra::authorize::aks_scope;
use crate::entra::{Authorization, Entra, decode_unverified};
use crate::errors::{Error, Failure};
use crate::function::Call;
use crate::kubelogin::{DEVICE_CODE, DeviceCodeError, Kubelogin};
use crate::platform::Platform;
use crate::respond::{self, Response};
use crate::session::{
    InteractionKind, Keyring, Live, Records, SessionError, Tokens, cookies, lease, resume,
};
use crate::settings::{
    AdmissionSettings, AksConsent, AksSettings, Client, CookieSettings, JobService, Lifetimes,
    Reader, SidecarSettings, Site, table,
};
use crate::terms::ReturnPath;

struct Settings {
    client: Client,
    site: Site,
    keyring: Keyring,
    cookies: CookieSettings,
    lifetimes: Lifetimes,
    aks: AksSettings,
    expose_access_token: bool,
    sidecar: SidecarSettings,
    admission: AdmissionSettings,
    consent: AksConsent,
    jobs: Option<JobService>,
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
        let admission = AdmissionSettings::read(reader, client.as_ref());
        let consent = AksConsent::read(reader);
        let jobs = JobService::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
            aks: aks?,
            expose_access_token: expose_access_token?,
            sidecar: sidecar?,
            admission: admission?,
            consent: consent?,
            jobs: jobs?,
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
    match visit.aks_token(&records, &session).await? {
        Held::Token(tokens) => visit.show(&session, &tokens),
        Held::Nothing(tokens, failure) => {
            visit
                .without_token(&records, &session, &tokens, failure)
                .await
        }
        Held::Ended => visit.nobody(),
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

    async fn aks_token(
        &self,
        records: &Records<'_, P>,
        session: &Live,
    ) -> Result<Held, SessionError> {
        let (client, sidecar) = (&self.settings.client, &self.settings.sidecar);
        let entra = Entra::new(self.call.platform, client, sidecar);
        let door = Door {
            entra: &entra,
            records,
            settings: &self.settings.admission,
            clock_tolerance: self.settings.lifetimes.clock_tolerance,
        };
        let token = AksToken {
            call: self.call,
            settings: &self.settings.aks,
            door,
        };
        token.of(&session.holder()).await
    }

    async fn without_token(
        &self,
        records: &Records<'_, P>,
        session: &Live,
        tokens: &Tokens,
        failure: AksFailure,
    ) -> Result<Response, Failure> {
        match failure {
            AksFailure::Away(away) => Err(away.into()),
            AksFailure::NotAdmitted(refusal) => Err(Error::NotAdmitted(refusal).into()),
            AksFailure::Unusable(what) => Err(Error::UnusableAksToken(what).into()),
            AksFailure::Refused(error) => Err(Error::AksTokenRefused(error).into()),
            AksFailure::NoRefreshToken if tokens.generation == 0 => {
                Err(Error::UnusableAksToken("Entra has given no refresh token".to_owned()).into())
            }
            // A refresh token that never gave anything: to sign in again would go in circles.
            AksFailure::SignInAgain(error) if tokens.generation == 0 => {
                Err(Error::AksTokenRefused(error).into())
            }
            AksFailure::NoRefreshToken | AksFailure::SignInAgain(_) => self.nobody(),
            AksFailure::Interaction(kind, error) => {
                match aks::way(self.settings.consent, tokens, &kind, &error) {
                    Way::Open => Err(Error::InteractionOpen.into()),
                    Way::Choose { open } => Err(Error::ConsentOrDeviceCode { open }.into()),
                    Way::Refused(first) => Err(Error::AksTokenRefused(Box::new(first)).into()),
                    Way::DeviceCode => self.device_code(records, session, tokens).await,
                    Way::Entra if self.call.request.wants_html() => {
                        self.interact(records, session, &kind).await
                    }
                    Way::Entra => Err(Error::InteractionRequired(error).into()),
                }
            }
        }
    }

    /// Lets kubelogin take over. A program is told where: it may not want to wait for a user.
    async fn device_code(
        &self,
        records: &Records<'_, P>,
        session: &Live,
        tokens: &Tokens,
    ) -> Result<Response, Failure> {
        if !self.call.request.wants_html() {
            return Err(DeviceCodeError::Needed.into());
        }
        let service = self.settings.jobs.as_ref();
        let kubelogin = Kubelogin {
            call: self.call,
            records,
            service: service.ok_or(DeviceCodeError::Disabled)?,
            session,
            clock_tolerance: self.settings.lifetimes.clock_tolerance,
        };
        let before = tokens.job.as_ref().map(|job| job.return_path.clone());
        kubelogin
            .start(before.unwrap_or_else(|| self.here()))
            .await?;
        Ok(respond::redirect(http::StatusCode::FOUND, DEVICE_CODE))
    }

    /// Sends the browser to Entra, once.
    async fn interact(
        &self,
        records: &Records<'_, P>,
        session: &Live,
        kind: &InteractionKind,
    ) -> Result<Response, Failure> {
        let (attempt, interaction) = aks::begin_interaction(self.call.platform, kind, self.here());
        let note = |tokens: &mut Tokens| tokens.interaction = Some(interaction.clone());
        let tolerance = self.settings.lifetimes.clock_tolerance;
        lease::change(records, tolerance, &session.holder(), note).await?;
        let authorization = Authorization {
            client: &self.settings.client,
            redirect_uri: &self.settings.site.redirect_uri,
            attempt: &attempt,
            scope: &aks_scope(&self.settings.aks.server_id),
            claims: kind.claims(),
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

    fn show(&self, session: &Live, tokens: &Tokens) -> Result<Response, Failure> {
        let server_id = self.settings.aks.server_id.as_str();
        let Some(token) = tokens.access_tokens.get(server_id) else {
            return self.nobody();
        };
        let user = &session.record.user;
        let mut shown = json!({
            "source": token.source,
            "audience": server_id,
            "scopes": token.scopes,
            "issued_at": token.issued_at.rfc3339(),
            "expires_at": token.expires_at.rfc3339(),
            "expires_in": token.left(self.call.platform.now()),
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
                "email": user.email,
            }),
            token: shown,
            claims: decode_unverified(token.token.reveal()).unwrap_or_default(),
        };
        Ok(respond::json(200, &body))
    }

    /// Where this request leads back to.
    fn here(&self) -> ReturnPath {
        ReturnPath::parse(&self.call.request.target).unwrap_or_else(|_| ReturnPath::whoami())
    }
}
