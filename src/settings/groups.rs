//! The settings in groups, each read whole by the functions that need it.

use ipnet::IpNet;
use url::Url;

use super::admission::AdmissionSettings;
use super::consent::{AksConsent, JobService};
use super::kubernetes::{KubeconfigSettings, KubernetesSettings, tunnel_token};
use super::reader::Reader;
use super::table;
use crate::session::Keyring;
use crate::terms::{Guid, Origin, Secret};

/// Where this proxy is.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where Entra sends people back to.
    pub redirect_uri: Url,
    /// The origin of the proxy's own pages: that of `redirect_uri`.
    pub origin: Origin,
}

impl Site {
    /// Reads `REDIRECT_URI`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let redirect_uri = reader.read(&table::REDIRECT_URI)?;
        let origin = Origin::of(&redirect_uri)?;
        Some(Self {
            redirect_uri,
            origin,
        })
    }

    /// Reads `PUBLIC_URL`, by default the origin of `site`.
    pub fn read_public_url(site: Option<&Self>, reader: &mut Reader<'_>) -> Option<Origin> {
        let given = reader.read_optional(&table::PUBLIC_URL);
        given.or_else(|| site.map(|site| site.origin.clone()))
    }
}

/// This proxy's registration with Entra.
#[derive(Clone, Debug)]
pub struct Client {
    /// The tenant in which people sign in.
    pub tenant_id: Guid,
    /// The application's id.
    pub client_id: Guid,
    /// The origin of Entra.
    pub authority_host: Origin,
}

impl Client {
    /// Reads `TENANT_ID`, `CLIENT_ID` and `AUTHORITY_HOST`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let tenant_id = reader.read(&table::TENANT_ID);
        let client_id = reader.read(&table::CLIENT_ID);
        let authority_host = reader.read(&table::AUTHORITY_HOST);
        Some(Self {
            tenant_id: tenant_id?,
            client_id: client_id?,
            authority_host: authority_host?,
        })
    }
}

/// How cookies are named and sent.
#[derive(Clone, Debug)]
pub struct CookieSettings {
    /// The session cookie's name.
    pub name: String,
    /// Whether cookies are `Secure`.
    pub secure: bool,
    /// The SameSite attribute of the session cookie. Attempts are always `Lax`: they have to arrive
    /// with Entra's redirect.
    pub same_site: SameSite,
}

impl CookieSettings {
    /// Reads `SESSION_COOKIE_NAME`, `SESSION_COOKIE_SECURE` and `SESSION_COOKIE_SAMESITE`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let name = reader.read(&table::SESSION_COOKIE_NAME);
        let secure = reader.read(&table::SESSION_COOKIE_SECURE);
        let same_site = reader.read(&table::SESSION_COOKIE_SAMESITE);
        let (name, secure) = (name?, secure?);
        if !secure && split_prefix(&name).0.is_some() {
            reader.fault(
                &table::SESSION_COOKIE_NAME,
                "has a prefix that browsers accept only with SESSION_COOKIE_SECURE=true",
            );
        }
        Some(Self {
            name,
            secure,
            same_site: same_site?,
        })
    }
}

/// A cookie's name without the prefix that browsers give a meaning, in whatever case, and that prefix
/// (RFC 6265bis, section 4.1.3).
pub(crate) fn split_prefix(name: &str) -> (Option<&'static str>, &str) {
    for prefix in ["__Host-", "__Secure-"] {
        if let Some((start, rest)) = name.split_at_checked(prefix.len())
            && start.eq_ignore_ascii_case(prefix)
        {
            return (Some(prefix), rest);
        }
    }
    (None, name)
}

/// The SameSite attribute of the session cookie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SameSite {
    /// Sent with top-level navigations from other sites.
    Lax,
    /// Never sent with anything that another site began.
    Strict,
}

/// How long sessions live, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Unused.
    pub idle: u64,
    /// In all.
    pub absolute: u64,
    /// How far the clocks of the replicas and of Entra may be apart.
    pub clock_tolerance: u64,
}

/// The longest absolute timeout: how far lists of sessions are walked, and how far back the sweep begins.
pub const LONGEST_SESSION: u64 = 30 * 24 * 3600;

impl Lifetimes {
    /// Reads both timeouts.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let idle = reader.read(&table::SESSION_IDLE_TIMEOUT_SECONDS);
        let absolute = reader.read(&table::SESSION_ABSOLUTE_TIMEOUT_SECONDS);
        let clock_tolerance = reader.read(&table::CLOCK_TOLERANCE_SECONDS);
        let (idle, absolute) = (idle?, absolute?);
        if absolute > LONGEST_SESSION {
            reader.fault(
                &table::SESSION_ABSOLUTE_TIMEOUT_SECONDS,
                format!("is longer than 30 days ({LONGEST_SESSION})"),
            );
        }
        if idle > absolute {
            reader.fault(
                &table::SESSION_IDLE_TIMEOUT_SECONDS,
                "is longer than SESSION_ABSOLUTE_TIMEOUT_SECONDS",
            );
        }
        Some(Self {
            idle,
            absolute,
            clock_tolerance: clock_tolerance?,
        })
    }
}

/// How AKS tokens are obtained.
#[derive(Clone, Debug)]
pub struct AksSettings {
    /// The AKS server application.
    pub server_id: Guid,
    /// How long before its expiry a token is refreshed, in seconds.
    pub refresh_margin: u64,
}

impl AksSettings {
    /// Reads `AKS_SERVER_ID` and `TOKEN_REFRESH_MARGIN_SECONDS`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let server_id = reader.read(&table::AKS_SERVER_ID);
        let refresh_margin = reader.read(&table::TOKEN_REFRESH_MARGIN_SECONDS);
        Some(Self {
            server_id: server_id?,
            refresh_margin: refresh_margin?,
        })
    }
}

/// How the sidecar is reached.
#[derive(Clone)]
pub struct SidecarSettings {
    /// Its origin.
    pub url: Origin,
    /// The bearer that it wants.
    pub token: Secret,
}

impl SidecarSettings {
    /// Reads `SIDECAR_URL` and `SIDECAR_TOKEN`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let url = reader.read(&table::SIDECAR_URL);
        let token = reader.read(&table::SIDECAR_TOKEN);
        Some(Self {
            url: url?,
            token: token?,
        })
    }
}

/// How many sign-ins may fail.
#[derive(Clone, Debug)]
pub struct FailureLimit {
    /// From one client address in a minute; 0 is no limit.
    pub per_minute: u64,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl FailureLimit {
    /// Reads `FAILED_SIGN_INS_PER_MINUTE` and `TRUSTED_PROXIES`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let per_minute = reader.read(&table::FAILED_SIGN_INS_PER_MINUTE);
        let trusted_proxies = reader.read_optional(&table::TRUSTED_PROXIES);
        Some(Self {
            per_minute: per_minute?,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
        })
    }
}

/// Reads every group, for its problems alone.
pub(super) fn read_all(reader: &mut Reader<'_>) {
    let client = Client::read(reader);
    let site = Site::read(reader);
    Site::read_public_url(site.as_ref(), reader);
    Keyring::read(reader);
    CookieSettings::read(reader);
    let lifetimes = Lifetimes::read(reader);
    reader.read(&table::OIDC_SCOPES);
    AksSettings::read(reader);
    reader.read(&table::EXPOSE_ACCESS_TOKEN);
    SidecarSettings::read(reader);
    FailureLimit::read(reader);
    AdmissionSettings::read(reader, client.as_ref());
    AksConsent::read(reader);
    JobService::read(reader);
    KubernetesSettings::read(reader);
    KubeconfigSettings::read(lifetimes.as_ref(), reader);
    tunnel_token(reader);
}
