//! The functions, one row each. Tests compare `spin.toml` and the documents with this table.

use super::cost::Cost;
use crate::addresses::{
    APP_LOGIN, APP_SIGN_OUT, APP_START, APP_TICKET, ASSETS, CALLBACK, CREDENTIALS, DEVICE_CODE,
    HOME, KUBECONFIG, LANGUAGE, LOGIN, LOGOUT, OAUTH2_CALLBACK, SIGN_INS, WHOAMI,
};
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::Response;
use crate::{kubernetes, routes};

/// The longest body of a form, in bytes: a few fields.
const FORM: usize = 16 * 1024;

/// One function of `spin.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The value of the variable `function`, which is also the component's name.
    pub name: &'static str,
    /// Its route in `spin.toml`. A path that ends in `...` stands for everything below.
    pub route: &'static str,
    /// The methods that it takes, as in `Allow`. Nothing if it decides that by itself.
    pub methods: Option<&'static str>,
    /// The longest form that it takes, in bytes; 0, if it takes none.
    pub form: usize,
    /// The most that a request without a session may cost.
    pub stranger: Cost,
}

macro_rules! functions {
    ($($(#[$doc:meta])* $function:ident: $name:literal, $route:expr, $methods:expr, $form:expr, $stranger:expr, $handler:path;)*) => {
        /// A function of `spin.toml`. All are one `.wasm`; each is told by its variable `function`
        /// which one it is, never by a path or header.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Function {
            $($(#[$doc])* $function,)*
        }

        impl Function {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$function),*];

            /// Its row.
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$function => Row {
                        name: $name,
                        route: $route,
                        methods: $methods,
                        form: $form,
                        stranger: $stranger,
                    },)*
                }
            }

            /// Its answer. Nothing if that has been carried to the client already.
            pub(super) async fn handle<P: Platform>(
                self,
                call: &Call<'_, P>,
            ) -> Result<Option<Response>, Failure> {
                match self {
                    $(Self::$function => $handler(call).await.map(Into::into),)*
                }
            }
        }
    };
}

/// The cost of a stranger with their own attempt and a made-up code. The sidecar is asked for an
/// assertion, and Entra for issuer, keys and tokens, each at most five times. The attempt is
/// claimed, and the keys are kept. With `FAILED_SIGN_INS_PER_MINUTE` the failure is counted. Because
/// this leaves entries, ten older ones are swept, which costs 26 of the reads and 13 of the writes.
const CALLBACK_COST: Cost = Cost {
    reads: 30,
    writes: 20,
    calls: 20,
};

/// One look into the store, and one question to the sidecar.
const READYZ_COST: Cost = Cost {
    reads: 1,
    writes: 0,
    calls: 1,
};

/// The cost at an app of a made-up token for one of `BEARER_AUDIENCES`, where Entra's keys are not known yet: issuer
/// and keys are asked for, each at most five times, and kept. The failure is counted, and logged once a minute.
/// Because this leaves entries, ten older ones are swept, which costs most of the reads and writes. A cookie
/// costs one look.
const CHECK_COST: Cost = Cost {
    reads: 31,
    writes: 20,
    calls: 10,
};

/// The cost of the first request in a minute that leads nowhere: to a host that is no app's, or back to elsewhere. It
/// is logged, and that is kept for a minute. Because this leaves an entry, ten older ones are swept, which costs 26
/// of the reads and 13 of the writes.
const NOWHERE_COST: Cost = Cost {
    reads: 27,
    writes: 16,
    calls: 0,
};

functions! {
    /// Tells probes that the component runs.
    Healthz: "healthz", "/healthz", Some("GET, HEAD"), 0, Cost::NOTHING, routes::healthz::respond;
    /// Tells probes that the component runs, in the words of Kubernetes.
    Livez: "livez", "/livez", Some("GET, HEAD"), 0, Cost::NOTHING, routes::livez::respond;
    /// Tells probes whether store and sidecar are there.
    Readyz: "readyz", "/readyz", Some("GET, HEAD"), 0, READYZ_COST, routes::readyz::respond;
    /// The first page, and for programs the predecessor's health document.
    Home: "home", HOME, Some("GET, HEAD"), 0, Cost::reads(1), routes::home::respond;
    /// Sends the browser to Entra to sign in.
    Login: "login", LOGIN, Some("GET, HEAD"), 0, Cost::reads(1), routes::login::respond;
    /// Where Entra sends people back to.
    Callback: "callback", CALLBACK, Some("GET, HEAD"), 0, CALLBACK_COST, routes::callback::respond;
    /// Who is signed in, and their AKS token.
    Whoami: "whoami", WHOAMI, Some("GET, HEAD"), 0, Cost::reads(1), routes::whoami::respond;
    /// A device code, where consent cannot be had.
    DeviceCode: "device-code", DEVICE_CODE, Some("GET, HEAD, POST, DELETE"), 0, Cost::reads(1), routes::device_code::respond;
    /// A kubeconfig.
    Kubeconfig: "kubeconfig", KUBECONFIG, Some("GET, HEAD, POST"), FORM, Cost::reads(1), routes::kubeconfig::respond;
    /// The credentials of the user's own sign-in.
    Credentials: "credentials", CREDENTIALS, Some("GET, HEAD, POST, DELETE"), FORM, Cost::reads(1), routes::credentials::respond;
    /// The user's sign-ins.
    SignIns: "sign-ins", SIGN_INS, Some("GET, HEAD, POST, DELETE"), FORM, Cost::reads(1), routes::sign_ins::respond;
    /// The API server.
    Kubernetes: "kubernetes", "/k8s/...", None, 0, Cost::reads(1), kubernetes::respond;
    /// Answers the tunnel. For everybody else there is nothing here.
    Tunnel: "tunnel", "/-/tunnel", None, 0, Cost::NOTHING, routes::tunnel::respond;
    /// Signing out.
    Logout: "logout", LOGOUT, Some("GET, HEAD, POST"), FORM, Cost::reads(5), routes::logout::respond;
    /// Where Entra ends a session.
    FrontChannel: "front-channel", "/logout/front-channel", Some("GET, HEAD"), 0, Cost::reads(32), routes::front_channel::respond;
    /// Keeps the language that somebody chose.
    Language: "language", LANGUAGE, Some("POST"), 0, Cost::NOTHING, routes::language::respond;
    /// The style sheet and the script of the pages.
    Assets: "assets", ASSETS, Some("GET, HEAD"), 0, Cost::NOTHING, routes::assets::respond;
    /// Where a sign-in at the host of an app goes on, at our own origin.
    AppLogin: "app-login", APP_LOGIN, Some("GET, HEAD"), 0, NOWHERE_COST, routes::app_login::respond;
    /// Where a sign-in at the host of an app begins.
    AppStart: "app-start", APP_START, Some("GET, HEAD"), 0, NOWHERE_COST, routes::oauth2::start::respond;
    /// The same, by oauth2-proxy's other name for it.
    AppSignIn: "app-sign-in", "/oauth2/sign_in", Some("GET, HEAD"), 0, NOWHERE_COST, routes::oauth2::start::respond;
    /// Where that sign-in ends, with an app cookie.
    AppTicket: "app-ticket", APP_TICKET, Some("GET, HEAD"), 0, NOWHERE_COST, routes::oauth2::ticket::respond;
    /// Where Entra sends people back to, for a registration that was oauth2-proxy's.
    AppCallback: "app-callback", OAUTH2_CALLBACK, Some("GET, HEAD"), 0, CALLBACK_COST, routes::callback::at_oauth2;
    /// Tells a proxy before an app whether a request may go on.
    ForwardAuth: "forward-auth", "/oauth2/auth", None, 0, CHECK_COST, routes::oauth2::auth::respond;
    /// The same for Envoy, which appends the path of the request.
    EnvoyAuth: "envoy-auth", "/oauth2/auth/...", None, 0, CHECK_COST, routes::oauth2::auth::below;
    /// Who is signed in at an app.
    AppUserInfo: "app-userinfo", "/oauth2/userinfo", Some("GET, HEAD"), 0, CHECK_COST, routes::oauth2::userinfo::respond;
    /// Signing out at the host of an app.
    AppSignOut: "app-sign-out", APP_SIGN_OUT, Some("GET, HEAD, POST"), 0, NOWHERE_COST, routes::oauth2::sign_out::respond;
    /// Tells probes that the component runs, in the words of oauth2-proxy.
    Ping: "ping", "/ping", Some("GET, HEAD"), 0, Cost::NOTHING, routes::oauth2::ping::respond;
    /// Tells probes whether the store is there, in the words of oauth2-proxy.
    Ready: "ready", "/ready", Some("GET, HEAD"), 0, Cost::reads(1), routes::oauth2::ready::respond;
    /// The apps of `UPSTREAMS`. What is for their hosts is led here.
    Apps: "apps", "/-/apps/...", None, 0, CHECK_COST, routes::apps::respond;
    /// Every other path.
    NotFound: "not-found", "/...", None, 0, Cost::NOTHING, routes::not_found::respond;
}

impl Function {
    /// The function of this name. Any other name gives the function that answers nothing.
    pub(super) fn named(name: Option<&str>) -> Self {
        let mut all = Self::ALL.iter().copied();
        all.find(|function| Some(function.row().name) == name)
            .unwrap_or(Self::NotFound)
    }

    /// Whether it answers with a page or with JSON, as the client wants.
    pub(super) fn has_pages(self) -> bool {
        match self {
            Self::Home
            | Self::Login
            | Self::Callback
            | Self::Whoami
            | Self::DeviceCode
            | Self::Kubeconfig
            | Self::Credentials
            | Self::SignIns
            | Self::Logout
            | Self::Language
            | Self::AppLogin
            | Self::AppStart
            | Self::AppSignIn
            | Self::AppTicket
            | Self::AppCallback
            | Self::ForwardAuth
            | Self::EnvoyAuth
            | Self::AppUserInfo
            | Self::AppSignOut
            | Self::Apps
            | Self::NotFound
            // To a stranger it is not there, and so answers as every path where there is nothing.
            | Self::Tunnel => true,
            Self::Healthz
            | Self::Livez
            | Self::Readyz
            | Self::Kubernetes
            | Self::FrontChannel
            | Self::Assets
            | Self::Ping
            | Self::Ready => false,
        }
    }
}

impl Row {
    /// Whether the function answers `path`. Spin's routes take more than is meant.
    pub(super) fn answers(&self, path: &str) -> bool {
        match self.route.strip_suffix("...") {
            Some(above) => path.starts_with(above),
            // For Spin a slash at the end does not count, so the check itself is asked about the root of an
            // app behind Envoy.
            None => path == self.route || path == "/oauth2/auth/" && self.route == "/oauth2/auth",
        }
    }

    /// Whether the function takes this method.
    pub(super) fn takes(&self, method: &str) -> bool {
        self.methods
            .is_none_or(|methods| methods.split(", ").any(|taken| taken == method))
    }
}
