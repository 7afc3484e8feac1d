//! The host that a request asks for, and the target of a sign-in: an app, or our own origin.

use url::Url;

use super::error::AppRefused;
use crate::apps::{NotAReturnAddress, ReturnOrigins};
use crate::request::{BadRequest, Request};
use crate::session::app::Scope;
use crate::settings::{AppOrigins, Reader, Site};
use crate::terms::{Origin, ReturnPath};

/// Our own origin, and those of apps.
pub(crate) struct Place {
    pub(crate) site: Site,
    pub(crate) apps: AppOrigins,
}

/// The target of a sign-in or a sign-out.
pub(crate) struct Back {
    pub(crate) origin: Origin,
    pub(crate) path: ReturnPath,
}

/// The way of a sign-in.
pub(super) enum Way {
    /// To our own pages, like any sign-in.
    Login,
    /// The app's domain includes our origin, which sets the cookie.
    Domain,
    /// It begins at the host of another app.
    Elsewhere,
    /// Back to the host that was asked, with a ticket.
    Ticket,
}

impl Back {
    /// The whole address.
    pub(crate) fn address(&self) -> String {
        self.origin.join(self.path.as_str())
    }
}

impl Place {
    /// Reads `REDIRECT_URI`, `ALLOWED_RETURN_ORIGINS` and `COOKIE_DOMAINS`.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let site = Site::read(reader);
        let apps = AppOrigins::read(site.as_ref(), reader);
        Some(Self {
            site: site?,
            apps: apps?,
        })
    }

    /// The origin that was asked: an app's, or our own. The scheme is that of `REDIRECT_URI`, since a proxy
    /// in front may terminate TLS.
    pub(crate) fn of(&self, request: &Request) -> Result<Origin, AppRefused> {
        let own = self.site.origin.as_str();
        let (scheme, _) = own.split_once(':').unwrap_or((own, ""));
        self.known(&format!("{scheme}://{}", request.authority))
    }

    /// The target in `rd`, or in `X-Auth-Request-Redirect` from proxies. Neither is trusted: the target must
    /// be an app, or our origin.
    fn wish(request: &Request) -> Result<Option<String>, BadRequest> {
        let query = request.query();
        let rd = query.one("rd")?.filter(|rd| !rd.is_empty());
        let header = request.header_values("x-auth-request-redirect").next();
        Ok(rd.or(header).map(str::to_owned))
    }

    /// The target of a sign-in at `here`: by default the app's root, or `/whoami`.
    pub(super) fn back(&self, request: &Request, here: &Origin) -> Result<Back, BadRequest> {
        if let Some(text) = Self::wish(request)? {
            return self.back_to(&text, here);
        }
        let path = match *here == self.site.origin {
            true => ReturnPath::whoami(),
            false => ReturnPath::root(),
        };
        let origin = here.clone();
        Ok(Back { origin, path })
    }

    /// The target of a sign-out at `here`, if `rd` has one.
    pub(super) fn back_if_given(
        &self,
        request: &Request,
        here: &Origin,
    ) -> Result<Option<Back>, BadRequest> {
        let query = request.query();
        let rd = query.one("rd")?.filter(|rd| !rd.is_empty());
        rd.map(|text| self.back_to(text, here)).transpose()
    }

    /// The target of `text` for a browser at `here`.
    pub(crate) fn back_to(&self, text: &str, here: &Origin) -> Result<Back, BadRequest> {
        let origins = ReturnOrigins::new(&self.site.origin, &self.apps);
        let address = origins.admit(text, here)?;
        let origin = Url::parse(address.origin()).ok();
        let origin = origin.as_ref().and_then(Origin::of);
        let path = ReturnPath::parse(address.path()).ok();
        let back = origin.zip(path).map(|(origin, path)| Back { origin, path });
        back.ok_or_else(|| NotAReturnAddress.into())
    }

    /// The way of a sign-in at `here` with the target `back`.
    pub(super) fn way(&self, here: &Origin, back: &Back) -> Way {
        if back.origin == self.site.origin {
            Way::Login
        } else if self.shared_domain(&back.origin).is_some() {
            Way::Domain
        } else if back.origin == *here {
            Way::Ticket
        } else {
            Way::Elsewhere
        }
    }

    /// The origin of an app, from a parameter. No app is at our own host.
    pub(crate) fn app(&self, text: &str) -> Result<Origin, AppRefused> {
        let origin = self.known(text)?;
        if origin == self.site.origin {
            return Err(AppRefused::OwnOrigin(origin));
        }
        Ok(origin)
    }

    /// An app's origin, or our own.
    fn known(&self, text: &str) -> Result<Origin, AppRefused> {
        let origins = ReturnOrigins::new(&self.site.origin, &self.apps);
        let url = origins.parse(text).map_err(|_| AppRefused::Unknown(None))?;
        let origin = Origin::of(&url).ok_or(AppRefused::Unknown(None))?;
        // Only an origin: without user, path or query.
        let is_bare = url.as_str() == origin.join("/");
        let admits = self.apps.return_origins.iter().any(|app| app.admits(&url));
        let is_own = origin == self.site.origin;
        if !is_bare || !(admits || is_own) {
            return Err(AppRefused::Unknown(Some(origin)));
        }
        // An app at another port of our host would get the session cookie.
        match is_own || !origin.shares_cookies_with(&self.site.origin) {
            true => Ok(origin),
            false => Err(AppRefused::OwnOrigin(origin)),
        }
    }

    /// The scope of the cookie for an app at `origin`.
    pub(crate) fn scope(&self, origin: &Origin) -> Scope {
        let host = origin.host_name();
        match self.apps.cookie_domain(host) {
            Some(domain) => Scope::Domain(domain.as_str().to_owned()),
            None => Scope::Host(host.to_owned()),
        }
    }

    /// The scope of a cookie for the app at `origin`, if our own origin can set it.
    pub(crate) fn shared_domain(&self, origin: &Origin) -> Option<Scope> {
        let scope = self.scope(origin);
        let shared = scope.domain().is_some() && scope.covers(self.site.origin.host_name());
        (shared && *origin != self.site.origin).then_some(scope)
    }
}
