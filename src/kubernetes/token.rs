//! The token with which the API server is asked.

use http::{HeaderMap, HeaderValue, header};

use super::access::Access;
use super::caller::Caller;
use super::error::KubernetesError;
use super::impersonation::{As, decide};
use crate::admission::Door;
use crate::aks::{self, AksFailure, AksToken, Held, NoAksToken, Without};
use crate::entra::Entra;
use crate::platform::{Platform, UnixTime};
use crate::problem::Failure;
use crate::session::{CredentialRecord, Live, Tokens, lease};
use crate::settings::KubernetesSettings;
use crate::terms::Secret;

/// The token by which the API server knows the caller.
#[derive(Clone)]
pub(crate) struct Token {
    pub(super) secret: Secret,
    /// When we got it, if it can be renewed.
    pub(super) issued_at: Option<UnixTime>,
    /// Whom it stands for, if it is the proxy's own. Any other token stands for its owner.
    pub(super) stands_for: Option<HeaderMap>,
}

/// If a token younger than this, in seconds, is refused, a new one would be refused too.
const FRESH: u64 = 60;

impl<P: Platform> Access<'_, P> {
    /// The token for a request of `caller` with these headers. If the API server has refused
    /// `refused`, it is another one.
    pub(crate) async fn token(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        refused: Option<&Token>,
    ) -> Result<Token, Failure> {
        let KubernetesSettings { auth, naming, .. } = &self.settings.kubernetes;
        let others = verdict::impersonation(headers);
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
    ) -> Result<Token, Failure> {
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
            Held::Nothing(tokens, failure) => Err(self.without_token(failure, &tokens)),
            Held::Ended => Err(KubernetesError::Ended(self.settings.public_url.clone()).into()),
        }
    }

    fn aks_token(&self, tokens: &Tokens) -> Result<Token, Failure> {
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

    /// Whether `token` was issued only now, or cannot be renewed.
    pub(crate) fn is_fresh(&self, token: &Token) -> bool {
        let now = self.call.platform.now();
        let tolerance = self.settings.lifetimes.clock_tolerance;
        let is_young = |issued: UnixTime| {
            let age = issued.age(now, tolerance);
            age.is_some_and(|age| age < FRESH)
        };
        token.issued_at.is_none_or(is_young)
    }

    /// Keeps what the API server wants of the user, so that a sign-in in the browser asks Entra for
    /// it. The token that does not suffice is dropped.
    pub(crate) async fn challenged(
        &self,
        credential: &Live<CredentialRecord>,
        claims: String,
    ) -> Result<(), Failure> {
        let (now, server_id) = (self.call.platform.now(), &self.settings.aks.server_id);
        let tolerance = self.settings.lifetimes.clock_tolerance;
        let note = |tokens: &mut Tokens| aks::challenged(tokens, server_id, &claims, now);
        let noted = lease::change(self.records, tolerance, &credential.holder(), note).await?;
        match noted {
            Some(_) => Ok(()),
            None => Err(KubernetesError::Ended(self.settings.public_url.clone()).into()),
        }
    }

    /// What a client without a token for AKS is told.
    fn without_token(&self, failure: AksFailure, tokens: &Tokens) -> Failure {
        let site = self.settings.public_url.clone();
        let why = match aks::without(failure, tokens) {
            Without::Failed(failure) => return failure,
            Without::SignInAgain => return KubernetesError::Ended(site).into(),
            Without::NoRefreshToken => {
                "it is over, and Microsoft Entra gave nothing to renew it".to_owned()
            }
            Without::Refused(refused) => refused.why(),
            Without::Interaction(_, error) => NoAksToken::InteractionRequired(error).why(),
        };
        KubernetesError::NoToken(site, why).into()
    }
}

impl<P> Access<'_, P> {
    /// The client's headers as they go to the API server. It knows the caller by `token`.
    pub(crate) fn head(
        &self,
        headers: &HeaderMap,
        token: &Token,
    ) -> Result<HeaderMap, KubernetesError> {
        let mut head = verdict::to_server(headers, token.stands_for.is_none());
        head.extend(token.stands_for.clone().unwrap_or_default());
        let authorization = format!("Bearer {}", token.secret.reveal());
        let unusable = |_| KubernetesError::Unreachable("the token is no header value".to_owned());
        let mut authorization = HeaderValue::try_from(authorization).map_err(unusable)?;
        authorization.set_sensitive(true);
        head.insert(header::AUTHORIZATION, authorization);
        Ok(head)
    }
}
