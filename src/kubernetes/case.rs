//! The verdict on one request to the API server, and what is decided on it while it is carried: here, or
//! by native code that asks at `/-/tunnel`.

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderMap, Method, Response};
use verdict::{Audit, Forward, Limits, Rules, Writing};

use super::access::Access;
use super::admit::Asked;
use super::bearer::Bearer;
use super::caller::Caller;
use super::error::KubernetesError;
use super::place::Whose;
use super::refused::Refusal;
use super::token::Token;
use super::{upgrade, websocket};
use crate::carrier::{Decider, Look, pace};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::Place;

/// A client's request, whose head has one reading.
pub(super) struct Asking<'a> {
    pub(super) method: &'a Method,
    pub(super) headers: Cow<'a, HeaderMap>,
    /// The host that was asked for.
    pub(super) authority: &'a str,
    pub(super) asked: Asked<'a>,
    /// Whether it is no upgrade.
    pub(super) plain: bool,
}

impl Asking<'_> {
    /// The one bearer token of the client. What a browser has put elsewhere is taken out of there.
    fn bearer(&mut self) -> Result<Option<Bearer>, KubernetesError> {
        match self.plain {
            true => Ok(Bearer::of(&self.headers)),
            false => websocket::bearer(self.headers.to_mut()),
        }
    }
}

/// A request that may be carried.
pub(super) struct Case<'a, P> {
    access: &'a Access<'a, P>,
    asking: Asking<'a>,
    pub(super) caller: Caller,
    pub(super) token: Token,
    pub(super) place: Option<Place>,
    /// Whether the token is another one than that which the API server has refused.
    pub(super) is_renewed: bool,
    request_id: String,
}

impl<'a, P: Platform> Case<'a, P> {
    /// Decides on a request: who asks, and with which token it goes on. It holds no place yet.
    ///
    /// # Errors
    /// With what its client is answered instead.
    pub(super) async fn open(
        access: &'a Access<'a, P>,
        mut asking: Asking<'a>,
        audit: &mut Audit,
    ) -> Result<Self, Failure> {
        let bearer = asking.bearer()?;
        let caller = access.admit(bearer, audit).await?;
        if asking.plain && upgrade::is_wanted(&asking.headers, &asking.asked.info) {
            return Err(KubernetesError::NeedsTunnel.into());
        }
        let token = access.token(&caller, &asking.headers, None).await?;
        Ok(Self {
            access,
            asking,
            caller,
            token,
            place: None,
            is_renewed: false,
            request_id: audit.request_id.clone(),
        })
    }

    /// Takes a place, if it is known already that the request will last.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub(super) async fn take_place(&mut self) -> Result<(), Failure> {
        let most = self.access.settings.kubernetes.body;
        let is_long = !self.asking.plain || self.asking.asked.info.is_long();
        if is_long || pace::is_long_body(&self.asking.headers, most) {
            self.lasts().await?;
        }
        Ok(())
    }

    /// Where the request goes, and what its client gets of the answer.
    ///
    /// # Errors
    /// When the token cannot be sent.
    pub(super) fn forward(&self) -> Result<Forward, KubernetesError> {
        let settings = self.access.settings;
        let target = self.asking.asked.target.as_str().parse();
        // The answer to an upgrade may have trailers, and goes back with what is said of them.
        let removed = match self.asking.plain {
            true => verdict::not_to_client(),
            false => verdict::orders(),
        };
        Ok(Forward {
            origin: settings.kubernetes.api_url.as_str().to_owned(),
            host: None,
            method: self.asking.method.clone(),
            target: target.map_err(|_| KubernetesError::AmbiguousPath)?,
            headers: self.access.head(&self.asking.headers, &self.token)?,
            removed,
            set: HeaderMap::new(),
            location_prefix: Some(settings.prefix(self.asking.authority).to_owned()),
            location_base: None,
            cookies: Vec::new(),
            asks_again: self.asks_again(),
        })
    }

    /// A 401 of the API server's own says that our token does not do. A token of the client's own is
    /// between the two of them.
    fn asks_again(&self) -> Vec<u16> {
        match self.caller {
            Caller::SignedIn(_) => vec![401],
            Caller::OwnToken(_) => Vec::new(),
        }
    }

    /// What else holds for a request that is no upgrade, and is looked at so often.
    pub(super) fn rules(&self, every: Duration) -> Rules {
        let (settings, info) = (&self.access.settings.kubernetes, &self.asking.asked.info);
        Rules {
            body: pace::body(settings.body),
            limits: Limits {
                connect: settings.connect,
                send: settings.silence,
                // What stands behind the API server may think as long as it likes, as long as its caller
                // may ask.
                answer: (!info.is_proxied()).then_some(settings.silence),
            },
            looks: pace::looks(every),
            events: info.verb == "watch",
            apart: info.is_written_elsewhere(),
        }
    }

    /// Gives its place back.
    pub(super) async fn close(self) {
        self.access.places().give_back(self.place).await;
    }
}

impl<P: Platform> Decider for Case<'_, P> {
    type Refusal = Failure;

    async fn lasts(&mut self) -> Result<(), Failure> {
        if self.place.is_none() {
            self.place = self.access.place(&self.caller).await?;
        }
        Ok(())
    }

    async fn refused(
        &mut self,
        answer: &Response<()>,
        again: bool,
    ) -> Result<Option<Forward>, Failure> {
        let refusal = Refusal {
            caller: &self.caller,
            info: &self.asking.asked.info,
            headers: &self.asking.headers,
            token: &self.token,
            is_renewed: self.is_renewed,
        };
        let Some(token) = self.access.instead_of(&refusal, answer).await? else {
            return Ok(None);
        };
        if !again {
            return Err(KubernetesError::Renewed.into());
        }
        (self.token, self.is_renewed) = (token, true);
        Ok(Some(self.forward()?))
    }

    async fn look(&mut self, writing: Option<Writing>) -> Look<Failure> {
        let whose = Whose::of(&self.caller, &self.access.settings.keyring);
        let look = self.access.look(&whose, &mut self.place).await;
        self.access.follows(look, writing, &self.request_id)
    }
}
