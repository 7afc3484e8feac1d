//! Who asks the API server, and with which token that is passed on.

use http::{HeaderMap, HeaderValue, header};

use super::bearer::Bearer;
use super::error::KubernetesError;
use super::headers;
use super::impersonation::{As, decide};
use crate::admission::Door;
use crate::aks::{self, AksFailure, AksToken, Held};
use crate::entra::Entra;
use crate::errors::Error;
use crate::function::Call;
use crate::platform::{Platform, UnixTime};
use crate::session::streams::{self, Place};
use crate::session::{CredentialRecord, Handle, Keyring, Live, Records, Tokens, credential, lease};
use crate::settings::{
    AdmissionSettings, AksSettings, Client, KubernetesSettings, Lifetimes, Reader, SidecarSettings,
    Site,
};
use crate::terms::{Origin, Secret};

/// What everything that leads to the API server needs.
pub(crate) struct Settings {
    pub(crate) kubernetes: KubernetesSettings,
    pub(crate) keyring: Keyring,
    /// Where people sign in.
    pub(crate) public_url: Origin,
    client: Client,
    lifetimes: Lifetimes,
    aks: AksSettings,
    pub(super) sidecar: SidecarSettings,
    admission: AdmissionSettings,
}

impl Settings {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let kubernetes = KubernetesSettings::read(reader);
        let keyring = Keyring::read(reader);
        let site = Site::read(reader);
        let public_url = Site::read_public_url(site.as_ref(), reader);
        let client = Client::read(reader);
        let lifetimes = Lifetimes::read(reader);
        let aks = AksSettings::read(reader);
        let sidecar = SidecarSettings::read(reader);
        let admission = AdmissionSettings::read(reader, client.as_ref());
        Some(Self {
            kubernetes: kubernetes?,
            keyring: keyring?,
            public_url: public_url?,
            client: client?,
            lifetimes: lifetimes?,
            aks: aks?,
            sidecar: sidecar?,
            admission: admission?,
        })
    }
}

/// Somebody who may ask the API server: the only thing that a request to it is made from.
pub(crate) enum Caller {
    /// Who holds a credential of ours.
    SignedIn(Box<Live<CredentialRecord>>),
    /// Who brings a token of their own, of which the API server decides.
    OwnToken(Secret),
}

/// What the API server knows the caller by.
#[derive(Clone)]
pub(crate) struct Token {
    pub(super) secret: Secret,
    /// Since when we have it, if it is one that can be renewed.
    pub(super) issued_at: Option<UnixTime>,
    /// Whom it stands for: nobody but its owner, unless the proxy itself is that.
    pub(super) stands_for: Option<HeaderMap>,
}

/// A token that is refused within so many seconds of its issue is refused for what it is, and another
/// one would be no better.
const FRESH: u64 = 60;

/// The way of one request to the API server.
pub(crate) struct Access<'a, P> {
    pub(crate) call: &'a Call<'a, P>,
    pub(crate) settings: &'a Settings,
    pub(crate) records: &'a Records<'a, P>,
}

impl<P: Platform> Access<'_, P> {
    /// Who presents `bearer`.
    pub(super) async fn caller(&self, bearer: Option<Bearer>) -> Result<Caller, Error> {
        let site = || self.settings.public_url.clone();
        match bearer {
            None => Err(KubernetesError::NoBearer(site()).into()),
            Some(Bearer::Credential(handle)) => match self.open(handle).await? {
                Some(credential) => Ok(Caller::SignedIn(Box::new(credential))),
                None => Err(KubernetesError::Ended(site()).into()),
            },
            Some(Bearer::Jwt(token)) if self.settings.kubernetes.passthrough => {
                Ok(Caller::OwnToken(token))
            }
            Some(Bearer::Jwt(_) | Bearer::Unknown) => Err(KubernetesError::Ended(site()).into()),
        }
    }

    /// The credential of `handle`, if it is in force; this use counts.
    pub(crate) async fn open(
        &self,
        handle: Handle<CredentialRecord>,
    ) -> Result<Option<Live<CredentialRecord>>, Error> {
        let idle = self.settings.kubernetes.idle;
        Ok(credential::open(self.records, handle, idle).await?)
    }

    /// The token with which `caller` asks, whose request has these headers; another one than `refused`,
    /// if the API server has refused that.
    pub(crate) async fn token(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        refused: Option<&Token>,
    ) -> Result<Token, Error> {
        let KubernetesSettings { auth, naming, .. } = &self.settings.kubernetes;
        let others = headers::impersonation(headers);
        let own_token = matches!(caller, Caller::OwnToken(_));
        let decided = decide(own_token, *auth, naming, !others.is_empty());
        match (caller, decided) {
            (_, As::Nobody) => Err(KubernetesError::Impersonation.into()),
            (Caller::OwnToken(token), _) => Ok(Token {
                secret: token.clone(),
                issued_at: None,
                stands_for: None,
            }),
            (Caller::SignedIn(credential), As::Owner) => self.users_own(credential, refused).await,
            (Caller::SignedIn(credential), As::User) => self.proxys_own(credential, None).await,
            (Caller::SignedIn(credential), As::Others) => {
                self.proxys_own(credential, Some(others)).await
            }
        }
    }

    /// The AKS token of the owner of `credential`.
    async fn users_own(
        &self,
        credential: &Live<CredentialRecord>,
        refused: Option<&Token>,
    ) -> Result<Token, Error> {
        let entra = Entra::new(
            self.call.platform,
            &self.settings.client,
            &self.settings.sidecar,
        );
        let token = AksToken {
            call: self.call,
            settings: &self.settings.aks,
            door: Door {
                entra: &entra,
                records: self.records,
                settings: &self.settings.admission,
                clock_tolerance: self.settings.lifetimes.clock_tolerance,
            },
        };
        let holder = credential.holder();
        let held = match refused {
            None => token.of(&holder).await?,
            Some(refused) => token.instead_of(&refused.secret, &holder).await?,
        };
        match held {
            Held::Token(tokens) => self.aks_token(&tokens),
            Held::Nothing(_, failure) => Err(self.without_token(failure)),
            Held::Ended => Err(KubernetesError::Ended(self.settings.public_url.clone()).into()),
        }
    }

    fn aks_token(&self, tokens: &Tokens) -> Result<Token, Error> {
        let now = self.call.platform.now();
        let token = tokens.access_token(&self.settings.aks.server_id, now);
        // It may have ended in this second.
        let site = || self.settings.public_url.clone();
        let token = token.ok_or_else(|| KubernetesError::NoToken(site(), "it is over".into()))?;
        Ok(Token {
            secret: token.token.clone(),
            issued_at: Some(token.issued_at),
            stands_for: None,
        })
    }

    /// Whether `token` was issued only now.
    pub(crate) fn is_fresh(&self, token: &Token) -> bool {
        let now = self.call.platform.now();
        token
            .issued_at
            .is_none_or(|issued| now.since(issued) < FRESH)
    }

    /// Keeps what the API server wants of the user, so that a sign-in in the browser asks Entra for it;
    /// the token that does not do is dropped.
    pub(crate) async fn challenged(
        &self,
        credential: &Live<CredentialRecord>,
        claims: String,
    ) -> Result<(), Error> {
        let (now, server_id) = (self.call.platform.now(), &self.settings.aks.server_id);
        let tolerance = self.settings.lifetimes.clock_tolerance;
        let note = |tokens: &mut Tokens| aks::challenged(tokens, server_id, &claims, now);
        lease::change(self.records, tolerance, &credential.holder(), note).await?;
        Ok(())
    }

    /// Whether an answer to `caller` that has lasted for a while may go on. It then keeps its place, or
    /// takes one: whoever reads a short one slowly must not hold up everybody.
    pub(crate) async fn goes_on(
        &self,
        caller: &Caller,
        place: &mut Option<Place>,
    ) -> Result<bool, Error> {
        let Caller::SignedIn(credential) = caller else {
            return Ok(true);
        };
        if self.open(credential.handle.clone()).await?.is_none() {
            return Ok(false);
        }
        match place {
            Some(place) => place.renew(self.records).await?,
            None => *place = self.place(caller).await?,
        }
        Ok(true)
    }

    /// The client's headers as they go on to the API server, which knows the caller by `token`.
    pub(crate) fn head(
        &self,
        headers: &HeaderMap,
        token: &Token,
    ) -> Result<HeaderMap, KubernetesError> {
        let mut head = headers::to_server(headers, token.stands_for.is_none());
        head.extend(token.stands_for.clone().unwrap_or_default());
        let authorization = format!("Bearer {}", token.secret.reveal());
        let unusable = |_| KubernetesError::Unreachable("the token is no header value".to_owned());
        let mut authorization = HeaderValue::try_from(authorization).map_err(unusable)?;
        authorization.set_sensitive(true);
        head.insert(header::AUTHORIZATION, authorization);
        Ok(head)
    }

    /// A place for a long answer to `caller`; who brings a token of their own needs none.
    pub(crate) async fn place(&self, caller: &Caller) -> Result<Option<Place>, Error> {
        let Caller::SignedIn(credential) = caller else {
            return Ok(None);
        };
        let most = self.settings.kubernetes.streams;
        let record = &credential.record;
        let place = streams::take(self.records, &record.grant.name(), record.end, most).await?;
        match place {
            Some(place) => Ok(Some(place)),
            None => Err(KubernetesError::TooManyStreams(most).into()),
        }
    }

    /// What the client is told who has no token for AKS.
    fn without_token(&self, failure: AksFailure) -> Error {
        let site = self.settings.public_url.clone();
        let why = match failure {
            AksFailure::Away(away) => return Error::Away(away),
            AksFailure::NotAdmitted(refusal) => return Error::NotAdmitted(refusal),
            AksFailure::SignInAgain(_) => return KubernetesError::Ended(site).into(),
            AksFailure::NoRefreshToken => {
                "it is over, and Microsoft Entra gave nothing to renew it".into()
            }
            AksFailure::Unusable(what) => format!("what came is not one ({what})"),
            AksFailure::Interaction(_, error) | AksFailure::Refused(error) => {
                error.explanation().trim_end_matches('.').to_owned()
            }
        };
        KubernetesError::NoToken(site, why).into()
    }
}
