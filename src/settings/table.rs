//! Every setting: its name, default, check and documentation.
//!
//! In the environment a setting has the name given here (`TENANT_ID`). The Spin variable has the
//! same name in lower case (`tenant_id`), so Spin reads `SPIN_VARIABLE_TENANT_ID`.

use ipnet::IpNet;
use serde_json::Value as JsonValue;
use url::Url;

use kubernetes_host::KubernetesHost;

use super::setting::Fallback::{Derived, Required, Value};
use super::setting::{Described, Setting};
use super::values::admission::{self, AllowedUser};
use super::values::apps::{self, CookieDomain, ForwardAuthProfile, ReturnOrigin};
use super::values::audience::{self, Audience};
use super::values::brand::{self, Accent};
use super::values::consent::{self, AksConsent};
use super::values::kubernetes::{self, KubernetesAuth, UserClaim};
use super::values::parse;
use super::values::pattern::{self, NamePattern};
use super::values::picture::{self, Picture};
use super::values::record_format::{self, RecordFormat};
use super::values::same_site::{self, SameSite};
use super::values::scope::{self, ApiScope};
use super::values::shown_apps;
use super::values::upstreams;
use crate::terms::{Guid, Origin, Secret};

macro_rules! settings {
    ($($name:ident: $type:ty = $fallback:expr, $parse:path, $example:literal, $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub const $name: Setting<$type> = Setting {
                name: stringify!($name),
                fallback: $fallback,
                summary: $summary,
                example: $example,
                parse: $parse,
            };
        )*

        /// The settings of the component, in the order of the documentation.
        pub const COMPONENT: &[&dyn Described] = &[$(&$name),*];
    };
}

settings! {
    TENANT_ID: Guid = Required, parse::guid, "11111111-2222-3333-4444-555555555555",
        "The Entra tenant in which people sign in: its GUID.";
    CLIENT_ID: Guid = Required, parse::guid, "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "The application (client) id of this proxy's app registration.";
    REDIRECT_URI: Url = Required, parse::redirect_uri, "https://aks.example.com/callback",
        "Where Entra sends people back to; registered with Entra, byte for byte. Plain http only on localhost or a name under it.";
    SESSION_SECRET: Vec<Secret> = Required, parse::session_secrets, "the output of: openssl rand -hex 32",
        "Seals cookies and stored records; at least 32 bytes. Several, separated by white space: the first seals, all open.";
    SESSION_RECORD_FORMAT: RecordFormat = Value("1"), record_format::version, "1",
        "Which format of cookies and stored records is written: `1` or `2`. Both are read. `1` is for the time in which an older release may run beside this one, or come back.";
    SESSION_COOKIE_NAME: String = Value("proxy_session"), parse::cookie_name, "__Host-proxy_session",
        "The name of the session cookie. The prefix `__Host-` needs SESSION_COOKIE_SECURE.";
    SESSION_COOKIE_SECURE: bool = Value("true"), parse::boolean, "true",
        "Whether cookies are sent over https only. `false` is for development on plain http.";
    SESSION_COOKIE_SAMESITE: SameSite = Value("Lax"), same_site::parse, "Lax",
        "The SameSite attribute of the session cookie: `Lax` or `Strict`.";
    SESSION_IDLE_TIMEOUT_SECONDS: u64 = Value("1800"), parse::seconds, "1800",
        "A session that is not used for so long ends.";
    SESSION_ABSOLUTE_TIMEOUT_SECONDS: u64 = Value("28800"), parse::seconds, "28800",
        "A session ends so long after its sign-in, used or not.";
    CLOCK_TOLERANCE_SECONDS: u64 = Value("60"), parse::seconds, "60",
        "How far the clocks of the replicas and of Entra may be apart.";
    OIDC_SCOPES: String = Value("openid profile offline_access"), parse::oidc_scopes, "openid profile offline_access",
        "What is asked for at sign-in; must contain `openid profile offline_access`.";
    AKS_SERVER_ID: Guid = Value("6dae42f8-4368-4678-94ff-3960e28e3630"), parse::guid, "6dae42f8-4368-4678-94ff-3960e28e3630",
        "The application id of the AKS Entra server, for which tokens are obtained; the same in all clouds.";
    TOKEN_REFRESH_MARGIN_SECONDS: u64 = Value("300"), parse::seconds, "300",
        "An AKS token that is nearer to its expiry than this is refreshed.";
    EXPOSE_ACCESS_TOKEN: bool = Value("false"), parse::boolean, "false",
        "Whether /whoami shows the raw AKS token as well: whoever can read that page can then act as the user.";
    ALLOWED_USERS: Vec<AllowedUser> = Derived("everybody"), admission::users, "00000000-1111-2222-3333-444444444444 alice@example.com",
        "Admits only these accounts: object ids, or user principal names, which can change hands. As all lists: separated by white space or commas.";
    ALLOWED_ROLES: Vec<String> = Derived("everybody"), admission::words, "cluster-user",
        "Admits only accounts with one of these app roles of the registration.";
    ALLOWED_GROUPS: Vec<Guid> = Derived("everybody"), admission::guids, "00000000-1111-2222-3333-444444444444",
        "Admits only members of one of these groups: object ids. Of the three rules, each that is given must admit.";
    FAILED_SIGN_INS_PER_MINUTE: u64 = Value("0"), parse::count, "10",
        "From one client address so many sign-ins may fail at Entra in a minute; 0 is no limit. Behind an ingress it needs TRUSTED_PROXIES.";
    TRUSTED_PROXIES: Vec<IpNet> = Derived("nobody"), parse::networks, "10.244.0.0/16",
        "The addresses or networks whose X-Forwarded-For is believed, and the headers of FORWARD_AUTH_PROFILE: the ingress.";
    FORWARD_AUTH_PROFILE: ForwardAuthProfile = Derived("none: no header describes a request"), apps::profile, "nginx",
        "Which proxy asks `/oauth2/auth`, and so which headers name the method, host and address of a request: `nginx`, `traefik`, `caddy`, `envoy` or `haproxy`. They are believed from TRUSTED_PROXIES only.";
    ALLOWED_RETURN_ORIGINS: Vec<ReturnOrigin> = Derived("this proxy's own origin alone"), apps::return_origins, "https://podinfo.example.com *.apps.example.com",
        "The origins of the apps, to which a sign-in or a sign-out may lead back: origins, or `*.example.com` for all hosts below a domain, over https.";
    COOKIE_DOMAINS: Vec<CookieDomain> = Derived("none: each app's host has a cookie of its own"), apps::cookie_domains, "apps.example.com",
        "The domains whose hosts share one app cookie, so that people sign in to them once. Every app there can then act as its users towards the others.";
    SET_AUTHORIZATION_HEADER: bool = Value("false"), parse::boolean, "true",
        "Whether apps are told who asks by the user's ID token too, in `Authorization: Bearer`: for apps that verify it themselves.";
    FORWARD_AUTH_SCOPE: ApiScope = Derived("none: apps get no access token"), scope::api, "api://podinfo/.default",
        "The scope of the apps' own API, for which they get an access token of the user's in `X-Auth-Request-Access-Token`.";
    FORWARD_AUTH_AKS_TOKEN: bool = Value("false"), parse::boolean, "true",
        "Whether apps get the user's AKS token in `X-Auth-Request-Access-Token`: each of them can then use every cluster of the tenant as the user.";
    UPSTREAMS: Vec<JsonValue> = Derived("none"), upstreams::list, "[{\"host\":\"podinfo.example.com\",\"url\":\"http://podinfo.podinfo.svc:9898\"}]",
        "The apps to which this proxy carries requests itself: a list of hosts and where they lead, in JSON, or in TOML as tables `[[upstream]]` (docs/http-apps.md). ALLOWED_RETURN_ORIGINS need not name them.";
    UPSTREAM_ORIGIN1: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "The first of sixteen origins that upstreams may be at: `spin.toml` grants each of them, and no list can be granted.";
    UPSTREAM_ORIGIN2: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN3: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN4: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN5: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN6: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN7: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN8: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN9: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN10: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN11: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN12: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN13: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN14: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN15: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAM_ORIGIN16: Option<Origin> = Derived("none"), parse::maybe_any_origin, "http://podinfo.podinfo.svc:9898",
        "As UPSTREAM_ORIGIN1.";
    UPSTREAMS_MAX_STREAMS: u64 = Value("100"), parse::positive, "100",
        "So many requests to apps that last (WebSockets, streams of events, uploads) of one person at once.";
    APPS: Vec<JsonValue> = Derived("each app by its host"), shown_apps::list, "[{\"url\":\"https://podinfo.example.com/\",\"name\":\"Podinfo\"}]",
        "How the first page shows apps, as JSON: a list of addresses with names and icons (docs/pages.md). Each is at one of ALLOWED_RETURN_ORIGINS or UPSTREAMS.";
    SHOW_DENIED_APPS: bool = Value("false"), parse::boolean, "true",
        "Whether the first page also shows apps that the user may not open, each with the rule that says so.";
    BEARER_AUDIENCES: Vec<Audience> = Derived("none: only app cookies are taken"), audience::list, "api://podinfo",
        "The audiences whose Entra access tokens are taken in place of an app cookie, from programs: application ids, or App ID URIs.";
    BEARER_APPLICATIONS: bool = Value("false"), parse::boolean, "true",
        "Whether tokens of BEARER_AUDIENCES count too that an application has got for itself, without a user.";
    BEARER_PASS_ON: bool = Value("false"), parse::boolean, "true",
        "Whether such a token goes on to the app, in `Authorization`.";
    GRAPH_URL: Origin = Value("https://graph.microsoft.com"), parse::origin, "https://graph.microsoft.us",
        "The origin of Microsoft Graph, which is asked for the groups of people who are in more than 200, and for the names of groups: `https://graph.microsoft.com`, `https://graph.microsoft.us` (US Government) or `https://microsoftgraph.chinacloudapi.cn` (China).";
    SHOW_GROUP_NAMES: bool = Value("false"), parse::boolean, "true",
        "Whether the page of /whoami shows the user's groups with their names, as Microsoft Graph has them. An administrator has to grant the delegated permission GroupMember.Read.All.";
    AUTHORITY_HOST: Origin = Value("https://login.microsoftonline.com"), parse::origin, "https://login.microsoftonline.us",
        "The origin of Entra: `https://login.microsoftonline.com`, `https://login.microsoftonline.us` (US Government), `https://login.partner.microsoftonline.cn` or `https://login.chinacloudapi.cn` (China).";
    AKS_CONSENT: AksConsent = Value("auto"), consent::parse, "auto",
        "What comes first where the permission for AKS is missing: `auto` asks for consent once and then takes kubelogin, `ask` lets the user choose, `kubelogin` asks for no consent.";
    KUBELOGIN_ENABLED: bool = Value("true"), parse::boolean, "true",
        "Whether kubelogin takes over where the permission for AKS is missing, by a device code that the user enters.";
    KUBELOGIN_URL: Option<Origin> = Derived("SIDECAR_URL"), parse::maybe_origin, "https://kubelogin.aks-oauth-proxy.svc:8443",
        "The origin of the one sidecar that runs kubelogin for all replicas; with several replicas it must be given.";
    KUBELOGIN_TOKEN: Secret = Derived("SIDECAR_TOKEN, without KUBELOGIN_URL"), parse::bearer, "the output of: openssl rand -hex 32",
        "The SIDECAR_TOKEN of the sidecar at KUBELOGIN_URL.";
    PUBLIC_URL: Origin = Derived("the origin of REDIRECT_URI"), parse::origin, "https://aks.example.com",
        "The origin under which people reach this proxy, for absolute addresses.";
    POST_LOGOUT_REDIRECT_URI: Url = Derived("PUBLIC_URL"), parse::exact_url, "https://www.example.com/goodbye",
        "Where Entra leads people after they have signed out of Microsoft too; registered with Entra as a redirect URI, byte for byte.";
    PUBLIC_CA: String = Derived("a public authority"), kubernetes::certificates, "-----BEGIN CERTIFICATE----- …",
        "The authority that signed the certificate of PUBLIC_URL, in PEM: it goes into kubeconfigs.";
    KUBERNETES_API_URL: Origin = Value("https://kubernetes.default.svc"), parse::origin, "https://kubernetes.default.svc",
        "The origin of the API server to which `/k8s/` leads.";
    KUBERNETES_HOST: KubernetesHost = Derived("none"), kubernetes::host, "kube.example.com",
        "A host on which the API server is at `/`, beside `/k8s/` on every other: for clients that drop the path of a kubeconfig's `server:`. Kubeconfigs then lead there.";
    KUBERNETES_AUTH: KubernetesAuth = Value("token"), kubernetes::auth, "token",
        "As whom `/k8s/` asks: `token` with the user's own AKS token, `impersonate` with the proxy's service account, for clusters that take no Entra tokens.";
    KUBERNETES_USER_CLAIM: UserClaim = Value("upn"), kubernetes::user_claim, "oid",
        "With `impersonate`, by what the cluster knows users: `upn`, and guests by their object id, or `oid`.";
    KUBERNETES_USER_PREFIX: String = Derived("nothing"), kubernetes::prefix, "entra:",
        "With `impersonate`, what stands before user names.";
    KUBERNETES_GROUP_PREFIX: String = Derived("nothing"), kubernetes::prefix, "entra:",
        "With `impersonate`, what stands before the object ids of groups.";
    KUBERNETES_CLIENT_IMPERSONATION: bool = Value("false"), parse::boolean, "true",
        "With `impersonate`, whether users may act as somebody else (`--as` of kubectl), if the cluster lets them: each time a SubjectAccessReview is asked.";
    KUBERNETES_TOKEN_PASSTHROUGH: bool = Value("false"), parse::boolean, "false",
        "Whether a bearer that is a JWT goes on to the API server as it is: service accounts, and people who use kubelogin themselves.";
    KUBERNETES_MAX_STREAMS: u64 = Value("100"), parse::positive, "100",
        "So many watches, followed logs, uploads and tunnels of one person at once.";
    KUBERNETES_MAX_BODY_BYTES: u64 = Value("104857600"), parse::positive, "104857600",
        "The longest body of a request to `/k8s/`.";
    KUBERNETES_CONNECT_TIMEOUT_SECONDS: u64 = Value("5"), parse::seconds, "5",
        "How long connecting to the API server may take.";
    KUBERNETES_RESPONSE_TIMEOUT_SECONDS: u64 = Value("120"), parse::seconds, "120",
        "How long the API server may take to begin its answer.";
    KUBECONFIG_CLUSTER: NamePattern = Value("{host}"), pattern::of_cluster, "aks-production",
        "What the cluster is called in kubeconfigs; `{host}` is the host of PUBLIC_URL.";
    KUBECONFIG_CONTEXT: NamePattern = Value("{name}@{cluster}"), pattern::of_credential, "{name}@{cluster}",
        "What the context is called in kubeconfigs; `{name}` is the credential's name, `{user}` the user's.";
    KUBECONFIG_USER: NamePattern = Value("{user}/{name}@{cluster}"), pattern::of_credential, "{user}/{name}@{cluster}",
        "What the user is called in kubeconfigs, by the same words. kubectl takes the first of several entries with one name.";
    KUBECONFIG_LIFETIME_SECONDS: u64 = Derived("SESSION_ABSOLUTE_TIMEOUT_SECONDS"), parse::seconds, "28800",
        "How long the credential in a kubeconfig lasts, at most; it ends with its sign-in.";
    KUBECONFIG_IDLE_TIMEOUT_SECONDS: u64 = Value("0"), parse::count, "3600",
        "A credential that is not used for so long ends; 0 is never.";
    TUNNEL_TOKEN: Secret = Derived("no tunnel; `serve` makes one for its own"), parse::bearer, "the output of: openssl rand -hex 32",
        "What component and tunnel share, so that nobody else can ask the internal route; at least 32 bytes.";
    SIDECAR_URL: Origin = Derived("`serve` starts a sidecar of its own"), parse::present_origin, "http://127.0.0.1:8081",
        "The origin of the sidecar, which reads the workload-identity token.";
    SIDECAR_TOKEN: Secret = Derived("`serve` makes one for its own sidecar"), parse::bearer, "the output of: openssl rand -hex 32",
        "What component and sidecar share, so that nobody else can ask the sidecar; at least 32 bytes.";
    APP_NAME: String = Value("AKS OAuth Proxy"), brand::app_name, "Contoso AKS",
        "What the pages are called.";
    SUPPORT_URL: Url = Derived("none"), brand::support_url, "https://help.example.com/aks",
        "Where people get help, by a link on every page: `https://` or `mailto:`.";
    ACCENT_COLOR: Accent = Value("#0a5fb4"), brand::accent, "#0a5fb4",
        "The colour of buttons and links on the pages. White text must be legible on it: a contrast of 4.5:1.";
    LOGO: Picture = Derived("none"), picture::logo, "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyIDIiPjxjaXJjbGUgY3g9IjEiIGN5PSIxIiByPSIxIi8+PC9zdmc+",
        "A picture beside the name on every page: a data URI of a PNG or an SVG in base64, the file at most 16 kB.";
}
