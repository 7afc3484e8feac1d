//! English: every text of a page, and every sentence about an error. None is written elsewhere.

use super::text::{Sentence, Text};

macro_rules! sentences {
    ($all:ident: $($name:ident: $kind:literal, $title:literal, $detail:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Sentence =
                Sentence { name: stringify!($name), kind: $kind, title: $title, detail: $detail };
        )*

        /// These sentences, in the order of the documentation.
        #[cfg(test)]
        pub(crate) const $all: &[&Sentence] = &[$(&$name),*];
    };
}

sentences! { FOR_PEOPLE:
    MISCONFIGURED: "misconfigured", "The proxy is not configured correctly",
        "The platform team has to correct these settings.";
    NOT_FOUND: "not-found", "Not found",
        "There is nothing at this address.";
    METHOD_NOT_ALLOWED: "method-not-allowed", "Method not allowed",
        "This address takes {methods} only.";
    BODY_TOO_LARGE: "body-too-large", "Request too large",
        "The body of the request is longer than this address accepts.";
    BAD_PARAMETER: "bad-parameter", "Bad request",
        "The parameter `{name}` {what}.";
    FOREIGN_ORIGIN: "foreign-origin", "Not from this site",
        "The request was sent by a page of another site, and was not carried out.";
    TOO_MANY_COOKIES: "too-many-cookies", "Perhaps still signed in",
        "The request has more than {most} session cookies. Another site of this domain must have set \
         them. The sessions of the first {most} were ended. Delete the cookies of this site in the \
         browser, sign in, and choose to end all sessions at /logout.";

    // Signing in.
    NO_SESSION: "no-session", "Not signed in",
        "There is no session, or it has ended. Sign in at /login.";
    NO_ATTEMPT: "no-attempt", "This sign-in cannot be finished",
        "It was begun in another browser or under another host name, took longer than ten \
         minutes, or its cookie was blocked. Nobody was signed in.";
    ATTEMPT_USED: "attempt-used", "This sign-in is already finished",
        "Each sign-in can be finished once. Begin a new one at /login.";
    INVALID_ID_TOKEN: "invalid-id-token", "The sign-in could not be verified",
        "The ID token was not accepted: {what}. Nobody was signed in.";
    ANOTHER_USER: "another-user", "Another account came back",
        "You are signed in here with one account, and Microsoft Entra answered for another one. \
         Nothing was changed; sign in anew to change accounts.";
    SIGNED_OUT_MEANWHILE: "signed-out-meanwhile", "Signed out meanwhile",
        "All your sessions were ended while this sign-in was under way. Begin a new one at \
         /login.";
    TOO_MANY_FAILURES: "too-many-failures", "Too many failed sign-ins",
        "Too many sign-ins from your address have failed. Reload this page in {seconds} seconds.";
    NOT_ADMITTED_BY_USERS: "not-admitted", "This account may not sign in here",
        "{user} is signed in at Microsoft Entra, but this proxy admits only certain accounts \
         ({setting}). Sign in with another account, or ask the platform team.";
    NOT_ADMITTED_BY_ROLES: "not-admitted", "This account may not sign in here",
        "{user} is signed in at Microsoft Entra, but this proxy admits only accounts with certain \
         app roles ({setting}). Sign in with another account, or ask the platform team.";
    NOT_ADMITTED_BY_GROUPS: "not-admitted", "This account may not sign in here",
        "{user} is signed in at Microsoft Entra, but this proxy admits only members of certain \
         groups ({setting}). Sign in with another account, or ask the platform team.";
    CREDENTIAL_UNKNOWN: "credential-unknown", "Microsoft Entra does not know this proxy yet",
        "Microsoft Entra knows no federated credential of this proxy's app registration that fits. \
         If it was made just now, that takes a few minutes. Your sign-in is kept: reload this page \
         in {seconds} seconds.";
    SIGN_IN_REFUSED: "sign-in-refused", "Microsoft Entra refused the sign-in",
        "{explanation}";

    // Apps.
    APP_DENIED: "app-denied", "This account may not use this app",
        "You are signed in, but the app admits only certain accounts ({rule}). Sign in with another \
         account, or ask the platform team.";
    APP_RULE_UNKNOWN: "app-denied", "Nobody may use this app",
        "The app is protected by a rule that this proxy does not know, so it admits nobody. The \
         platform team has to correct the parameters of /oauth2/auth.";

    UNDESCRIBED: "undescribed-request", "The proxy in front does not say enough",
        "The check says too little of the request that it is about: {what}. The platform team has \
         to correct the configuration of the proxy in front.";

    // The AKS token.
    UNUSABLE_AKS_TOKEN: "unusable-aks-token", "The AKS token could not be verified",
        "The token that came is not one for this user and AKS: {what}.";
    AKS_TOKEN_REFUSED: "aks-token-refused", "No token for AKS",
        "You are signed in, but there is no token for AKS. {explanation}";
    INTERACTION_REQUIRED: "interaction-required", "Microsoft Entra asks for you",
        "The token for AKS needs a step in a browser. {explanation}";
    INTERACTION_OPEN: "interaction-open", "Microsoft Entra has not answered yet",
        "You are signed in, but there is no token for AKS yet: you were sent to Microsoft Entra \
         for it and have not come back. If an administrator has to allow it, come back when that \
         is done.";
    CONSENT_OR_DEVICE_CODE: "consent-or-device-code", "A permission is missing",
        "You are signed in, but this application is not allowed yet to use AKS on your behalf. \
         Ask Microsoft Entra for that permission, or continue with a device code, which needs \
         none.";
    CONSENT_OPEN_OR_DEVICE_CODE: "consent-or-device-code", "A permission is missing",
        "You are signed in, but there is no token for AKS yet: you were sent to Microsoft Entra \
         for it and have not come back. If an administrator has to allow it, come back when that \
         is done, or continue with a device code, which needs nobody's permission.";

    // Device codes.
    KUBELOGIN_DISABLED: "kubelogin-disabled", "No device codes here",
        "This proxy does not run kubelogin (KUBELOGIN_ENABLED).";
    DEVICE_CODE_REQUIRED: "device-code-required", "A device code is needed",
        "This application is not allowed to use AKS on your behalf. POST to the address in \
         `device_code` for a device code, or open the one in `login` in a browser.";
    DEVICE_CODE_OFFERED: "device-code-required", "A device code is needed",
        "You are signed in, but this application is not allowed to use AKS on your behalf. Get a \
         device code to continue: another site may have led you here, so none was asked for yet.";
    TOO_MANY_DEVICE_CODES: "too-many-device-codes", "Too many device codes",
        "Too many people are entering device codes at the moment. Try again in a minute.";
    DEVICE_CODE_TOO_SOON: "device-code-too-soon", "A device code was asked for just now",
        "You can ask for the next one in {seconds} seconds. If the last one was not cancelled and \
         has not failed, it is still good, at /kubelogin/device-code.";
    NO_DEVICE_CODE: "no-device-code", "No device code",
        "No device code was asked for in this session, or it was cancelled.";
    DEVICE_CODE_LOST: "device-code-lost", "This device code is gone",
        "It ended, or the service that waited for it was restarted. Get a new one.";
    ANOTHER_USERS_DEVICE_CODE: "another-users-device-code", "Another account entered the code",
        "The code was entered with another account than the one that is signed in here. Nothing \
         was kept. Get a new code, and enter it with your own account.";
    UNUSABLE_KUBELOGIN_TOKEN: "unusable-aks-token", "The AKS token could not be verified",
        "The token that kubelogin brought was not accepted: {what}. Nothing was kept.";
    DEVICE_CODE_EXPIRED: "device-code-expired", "The device code has expired",
        "Nobody entered it in time. Get a new one.";
    DEVICE_CODE_DECLINED: "device-code-declined", "The device code was declined",
        "It was declined at Microsoft Entra, or a Conditional Access policy of your organisation \
         does not allow device codes.{explanation}";
    DEVICE_CODE_REFUSED: "device-code-refused", "Microsoft Entra gives no device code",
        "Microsoft Entra gave no device code.{explanation}";
    KUBELOGIN_UNREACHING: "entra-unavailable", "Temporarily unavailable",
        "kubelogin cannot reach Microsoft Entra. Try again shortly.";
    KUBELOGIN_FAILED: "kubelogin-failed", "kubelogin has failed",
        "It ended without a token. The log says more.{explanation}";
    KUBELOGIN_MISSING: "kubelogin-missing", "kubelogin is not there",
        "The program that gets device codes cannot be run. The platform team has to look at \
         KUBELOGIN_BINARY and KUBELOGIN_ENABLED of the sidecar.";

    // Kubeconfigs.
    NO_SUCH_CREDENTIAL: "no-such-credential", "No such kubeconfig",
        "There is no kubeconfig with this id in your session, or it has ended.";
    TOO_MANY_CREDENTIALS: "too-many-credentials", "Too many kubeconfigs",
        "At most {most} kubeconfigs of one sign-in are in force at once, and a hundred in all. \
         Revoke one that you do not use, or sign in again.";

    // Sign-ins.
    NO_SUCH_SIGN_IN: "no-such-sign-in", "No such sign-in",
        "You have no other sign-in with this id, or it has ended. The one that you use now is ended at \
         /logout.";

    // Signing in at an app's host.
    APP_UNKNOWN: "app-unknown", "No app is known here",
        "This proxy signs nobody in at {origin}. The platform team has to add it to \
         ALLOWED_RETURN_ORIGINS.";
    APP_ON_OWN_ORIGIN: "app-on-own-origin", "An app cannot be here",
        "{origin} is at the host of the proxy's own pages. An app here could get kubeconfigs in the \
         user's name, so nobody is let through. The platform team has to give the app a host of its \
         own.";
    NO_APP_SESSION: "no-app-session", "Not signed in",
        "There is no sign-in for this app, or it has ended. Sign in at {start}.";
    NO_APP_TOKEN: "no-app-token", "No token for this app",
        "You are signed in, but there is no token for what this app needs: {why}. The platform team \
         has to look at the permissions of this proxy's app registration (FORWARD_AUTH_SCOPE).";
    BEARER_REFUSED: "bearer-refused", "Token not accepted",
        "The bearer token of this request was not accepted: {what}.";
    TOO_MANY_BEARERS: "too-many-failures", "Too many wrong tokens",
        "Too many tokens from your address were not accepted. Try again in {seconds} seconds.";
    APP_NOT_BEGUN_HERE: "app-not-begun", "This sign-in cannot be finished",
        "It was begun in another browser or at another host, took longer than twenty minutes, or \
         its cookie was blocked. Nobody was signed in.";
    APP_TICKET_LATE: "app-ticket-late", "This sign-in cannot be finished",
        "The way from this proxy to the app took longer than a minute. Begin again.";
    APP_TICKET_USED: "app-ticket-used", "This sign-in is already finished",
        "Each sign-in can be finished once. Open the app, or begin again.";
    APP_SESSION_ENDED: "app-session-ended", "Signed out meanwhile",
        "The session was ended while the app was being opened. Begin again.";

    // The reverse proxy.
    APP_AMBIGUOUS_PATH: "ambiguous-path", "Ambiguous address",
        "The path of this address can be read in two ways (.., //, ;, %2F, a known path in another \
         case …), so nothing can be decided on it.";
    APP_METHOD: "method-not-allowed", "Method not allowed",
        "This app takes {methods} only.";
    APP_UPGRADE: "app-upgrade", "No WebSocket here",
        "The app is asked for a WebSocket, and the request did not come here as one. It takes \
         `aks-oauth-proxy serve` or `tunnel` in front, and every proxy before it has to pass `Upgrade` on.";
    APP_PROTOCOL: "app-protocol", "Only WebSockets here",
        "A connection to an app can be upgraded to a WebSocket, and to nothing else.";
    APP_FOREIGN_ORIGIN: "app-foreign-origin", "Not from this app",
        "A page of another site wants a WebSocket of this app. The platform team can name its origin in \
         `websocket_origins`.";
    APP_KEEPS_HOST: "app-keeps-host", "This app needs another proxy",
        "The app is to be asked by the host that you have asked for (`keep_host`), which only \
         `aks-oauth-proxy serve` or `tunnel` in front of this proxy can do.";
    APP_TOO_MANY_STREAMS: "app-too-many-streams", "Too many at once",
        "You have {most} WebSockets, streams of events and uploads under way at apps \
         (UPSTREAMS_MAX_STREAMS). End some, by closing their tabs.";
    APP_NO_AKS_TOKEN: "no-aks-token", "No token for AKS",
        "The app acts in AKS in your name, and there is no token for that: {why}. Open {site}/whoami.";
    APP_BODY_TOO_LARGE: "body-too-large", "Request too large",
        "The request's body is longer than {most} bytes, the most that this app takes.";
    APP_BODY_CUT_OFF: "body-cut-off", "Body cut off",
        "The request's body did not arrive whole.";
    APP_UNREACHABLE: "app-unreachable", "The app cannot be reached",
        "You are signed in, but the app does not answer this proxy. Try again shortly.";
    APP_SILENT: "app-silent", "The app does not answer",
        "You are signed in, but the app has not answered in time.";

    // What is away.
    ENTRA_AWAY: "entra-unavailable", "Temporarily unavailable",
        "Microsoft Entra does not answer. Nobody was signed out; try again shortly.";
    SIDECAR_AWAY: "sidecar-unavailable", "Temporarily unavailable",
        "The proxy's own identity service (its sidecar) does not answer. Nobody was signed out; \
         try again shortly.";
    KUBELOGIN_AWAY: "kubelogin-unavailable", "Temporarily unavailable",
        "The service that runs kubelogin does not answer. Nobody was signed out; try again \
         shortly.";
    STORE_AWAY: "store-unavailable", "Temporarily unavailable",
        "The session store does not answer. Nobody was signed out; try again shortly.";
    API_SERVER_AWAY: "api-server-unavailable", "Temporarily unavailable",
        "The API server does not answer. Nobody was signed out; try again shortly.";
    GRAPH_AWAY: "graph-unavailable", "Temporarily unavailable",
        "Microsoft Graph, which knows the groups of this account, does not answer. Nobody was \
         signed out; try again shortly.";

    // The same, while a sign-in is being finished.
    ENTRA_INTERRUPTS: "entra-unavailable", "Temporarily unavailable",
        "Microsoft Entra does not answer, and this sign-in cannot be finished. Begin a new one at \
         /login in a moment.";
    SIDECAR_INTERRUPTS: "sidecar-unavailable", "Temporarily unavailable",
        "The proxy's own identity service (its sidecar) does not answer, and this sign-in cannot \
         be finished. Begin a new one at /login in a moment.";
    KUBELOGIN_INTERRUPTS: "kubelogin-unavailable", "Temporarily unavailable",
        "The service that runs kubelogin does not answer, and this sign-in cannot be finished. \
         Begin a new one at /login in a moment.";
    STORE_INTERRUPTS: "store-unavailable", "Temporarily unavailable",
        "The session store does not answer, and this sign-in cannot be finished. Begin a new one \
         at /login in a moment.";
    API_SERVER_INTERRUPTS: "api-server-unavailable", "Temporarily unavailable",
        "The API server does not answer, and this sign-in cannot be finished. Begin a new one at \
         /login in a moment.";
    GRAPH_INTERRUPTS: "graph-unavailable", "Temporarily unavailable",
        "Microsoft Graph, which knows the groups of this account, does not answer, and this \
         sign-in cannot be finished. Begin a new one at /login in a moment.";
}

// Kubernetes clients: kubectl prints these after its own words, in English as all of these.
sentences! { FOR_KUBECTL:
    NO_CREDENTIAL: "no-credential", "No credential",
        "there is no credential in this request: open {site}/kubeconfig in a browser and download \
         a kubeconfig";
    CREDENTIAL_ENDED: "credential-ended", "Session ended",
        "your session has ended: open {site}/login and download a new kubeconfig at \
         {site}/kubeconfig";
    AMBIGUOUS_CREDENTIAL: "ambiguous-credential", "Ambiguous credential",
        "there is more than one credential in this request, or one that cannot be read";
    NOT_UPGRADABLE: "not-upgradable", "No upgrade here",
        "the head of this request to upgrade cannot be read";
    AMBIGUOUS_PATH: "ambiguous-path", "Ambiguous path",
        "the path of this request can be read in two ways (.., //, ;, %2F …)";
    HEADERS_TOO_LARGE: "headers-too-large", "Headers too large",
        "the headers of this request are longer than 64 kB";
    KUBERNETES_BODY_TOO_LARGE: "body-too-large", "Request too large",
        "the body of this request is longer than {most} bytes (KUBERNETES_MAX_BODY_BYTES)";
    BODY_CUT_OFF: "body-cut-off", "Body cut off",
        "the body of this request did not arrive whole";
    TUNNEL_REQUIRED: "tunnel-required", "No tunnel here",
        "exec, attach, port-forward and cp need the tunnel of this proxy, and this request did \
         not come through it: ask the platform team";
    TOO_MANY_STREAMS: "too-many-streams", "Too many streams",
        "you have {most} watches, followed logs, uploads and tunnels under way \
         (KUBERNETES_MAX_STREAMS): end some";
    NO_AKS_TOKEN: "no-aks-token", "No token for AKS",
        "there is no token for AKS in your name: {why}: open {site}/whoami in the browser in \
         which you signed in";
    STRONGER_SIGN_IN: "stronger-sign-in", "Stronger sign-in needed",
        "the cluster wants you to sign in again: open {site}/login?for=aks in the browser in \
         which you signed in";
    TOKEN_REFUSED: "token-refused", "Token refused",
        "the API server does not take the token that Microsoft Entra gives for you: {site}/whoami \
         shows what is in it";
    TOKEN_RENEWED: "token-renewed", "Token renewed",
        "the API server had refused your token, and there is a new one: try again";
    IMPERSONATION_REFUSED: "impersonation-refused", "Impersonation refused",
        "this proxy does not let you act as somebody else (--as)";
    SYSTEM_IDENTITY: "system-identity", "Identity refused",
        "{name} would be a name of the cluster's own (system:…), which no user of Microsoft Entra \
         gets here";
    API_SERVER_UNREACHABLE: "api-server-unreachable", "API server unreachable",
        "the API server cannot be reached from this proxy (KUBERNETES_API_URL)";
    API_SERVER_SILENT: "api-server-silent", "API server silent",
        "the API server has not answered in time";
}

macro_rules! texts {
    ($($name:ident: $english:literal;)*) => {
        $(
            #[doc = $english]
            pub const $name: Text = Text { name: stringify!($name), english: $english };
        )*

        /// All texts of pages.
        #[cfg(test)]
        pub(super) const TEXTS: &[&Text] = &[$(&$name),*];
    };
}

texts! {
    // Every page.
    SKIP: "Skip to the content";
    NAV: "Pages";
    NAV_HOME: "Home";
    NAV_TOKEN: "AKS token";
    NAV_KUBECONFIGS: "Kubeconfigs";
    NAV_SIGN_OUT: "Sign out";
    LANGUAGES: "Language";
    HELP: "Get help";
    COPY: "Copy";
    COPIED: "Copied";
    MINUTES: "{minutes} min";
    HOURS: "{hours} h {minutes} min";
    SIGNED_IN_AS: "You are signed in as {user}.";

    // Before and after a session.
    WELCOME: "Use Kubernetes with your own account";
    WELCOME_WHAT: "Sign in once with your Microsoft account. You then get a kubeconfig with which kubectl, helm and k9s act in your name.";
    WELCOME_AFTER: "Your password stays with Microsoft. You can sign out here at any time; every kubeconfig ends then.";
    SIGN_IN_WITH_MICROSOFT: "Sign in with Microsoft";
    SIGNING_IN: "Signing in";
    GO_ON: "Go on";
    SIGN_OUT_QUESTION: "Sign out?";
    SIGN_OUT_HERE: "Sign out here";
    SIGN_OUT_EVERYWHERE: "Sign out everywhere";
    SIGN_OUT_OF_MICROSOFT: "Sign out of Microsoft too";
    SIGN_OUT_WHAT: "Signing out here ends this sign-in and its kubeconfigs. Signing out everywhere ends those of all your browsers.";
    SIGNED_OUT: "Signed out";
    SIGNED_OUT_WHAT: "This session has ended, and so have its kubeconfigs.";
    SIGN_IN_AGAIN: "Sign in again";
    APP_SIGN_OUT: "Sign out";
    APP_SIGN_OUT_WHAT: "This ends your sign-in here, in all other apps, and in the kubeconfigs that you got with it.";
    APP_SIGNED_OUT_WHAT: "This sign-in has ended, in all apps.";

    // The first page.
    HOME_TITLE: "Your sign-in";
    SESSION_LASTS: "This sign-in lasts {time} more, until {end}. It ends earlier if you do not use it for {idle}.";
    TOKEN: "AKS token";
    TOKEN_VALID: "Valid for {time} more";
    TOKEN_MISSING: "No valid token yet";
    TOKEN_MISSING_WHAT: "kubectl needs one. Getting it may lead through Microsoft, which asks for your consent.";
    TOKEN_GET: "Get the token";
    TOKEN_RENEWS: "Before it ends, a new one is fetched by itself.";
    TOKEN_ENDS: "It cannot be renewed by itself: after its end, come here for a new one.";
    TOKEN_DETAILS: "What is in the token";
    SOURCE_ENTRA: "It came from Microsoft Entra by this sign-in.";
    SOURCE_KUBELOGIN: "It came from kubelogin, by the device code that you entered.";

    // Kubeconfigs.
    KUBECONFIG_TITLE: "Get a kubeconfig";
    KUBECONFIG_WHAT: "The file holds a credential for {cluster}, with which kubectl acts in your name until you sign out. Keep it to yourself.";
    KUBECONFIG_NAME: "A name for it, such as the machine where it will be";
    KUBECONFIG_NAME_EXAMPLE: "laptop";
    DOWNLOAD: "Download";
    COMMANDS: "Then, in a terminal (the file has the name that you chose):";
    IN_FORCE: "Kubeconfigs in force";
    NONE_IN_FORCE: "There is none.";
    CREDENTIAL_TIMES: "Made: {made}. Last used: {used}. Ends: {end}.";
    NEVER: "never";
    REVOKE: "Revoke";
    REVOKE_NAMED: "Revoke {name}";

    // Apps.
    APPS: "Apps";
    APPS_WHAT: "You sign in to these with the same account. An app may have rules of its own.";
    DENIED_APPS: "Apps that you may not open";
    DENIED_APPS_WHAT: "Their rules do not admit your account. If you need one of them, ask the platform team.";
    ADMITS_GROUPS: "Only members of certain groups";
    ADMITS_EMAILS: "Only certain e-mail addresses";
    ADMITS_EMAIL_DOMAINS: "Only e-mail addresses of certain domains";
    ADMITS_ROLES: "Only accounts with certain app roles";
    ADMITS_USERS: "Only certain accounts";

    // Sign-ins.
    SIGN_INS_TITLE: "Your other sign-ins";
    SIGN_INS_WHAT: "Each ends with its kubeconfigs and its apps. If you do not know one, end it.";
    NO_OTHER_SIGN_IN: "There is no other one.";
    SIGN_IN_TIMES: "Signed in: {at}. Last used, to the hour: {used}. Ends: {end}.";
    BROWSER_ON: "{browser} on {system}";
    UNKNOWN_BROWSER: "Unknown browser";
    UNKNOWN: "unknown";
    END: "End";
    END_NAMED: "End the sign-in with {name}";
    END_OTHERS: "End all others";

    // The token.
    WHOAMI_TITLE: "Who you are";
    RAW_JSON: "The same as JSON, as programs get it";
    ACCOUNT: "Account";
    DISPLAY_NAME: "Name";
    EMAIL: "E-mail";
    OBJECT_ID: "Object ID";
    TENANT: "Tenant";
    AUDIENCE: "For";
    SCOPES: "Scopes";
    ISSUED: "Received";
    EXPIRES: "Ends";
    CLAIMS_TITLE: "Claims";
    CLAIMS_WHAT: "What Microsoft Entra says about you in the token. The cluster decides by it. Long values are cut here; the JSON has them whole.";
    MORE: "and {number} more";
    MORE_THAN: "and more than {number} more";
    GROUPS_TITLE: "Your groups";
    GROUPS_WHAT: "As Microsoft Graph knows them now, groups in groups too.";
    GROUPS_NONE: "You are in no group.";
    GROUPS_NOT_ALLOWED: "This proxy may not read the names of your groups yet. An administrator of your organisation can allow it: the permission is GroupMember.Read.All.";
    GROUPS_AWAY: "Microsoft Graph, which knows the names of your groups, does not answer. Reload this page in a minute.";

    // The device code.
    DEVICE_CODE: "Device code";
    DEVICE_CODE_TITLE: "Continue with a device code";
    DEVICE_CODE_COMES: "Getting a code from Microsoft Entra…";
    DEVICE_CODE_ENTER: "Enter this code at Microsoft, with the account {user}:";
    DEVICE_CODE_WAITS: "Waiting for the code to be entered.";
    DEVICE_CODE_WARNING: "Never enter a code that somebody else has sent you. This page goes on by itself.";
    TIME_LEFT: "Time left: {time}";
    OPEN: "Open {address}";

    // Errors.
    WAIT: "Try again in {time}.";
    FOR_THE_ADMINISTRATOR: "For the administrator";
    REPORT: "If you ask for help, send these lines along. They hold no secret.";
    WAY_SIGN_IN: "Sign in";
    WAY_ANOTHER_ACCOUNT: "Use another account";
    WAY_ASK_AGAIN: "Ask Microsoft Entra";
    WAY_DEVICE_CODE: "Get a device code";
    WAY_SIGN_OUT: "Sign out";
    WAY_TRY_AGAIN: "Try again";
    WAY_HOME: "To the first page";
    WAY_OPEN_APP: "Open the app";
}

/// What Entra's claims mean.
pub(super) const CLAIMS: &[(&str, &str)] = &[
    (
        "_claim_names",
        "What did not fit into the token: the cluster has to ask Microsoft Graph.",
    ),
    ("_claim_sources", "Where that can be asked for."),
    (
        "acct",
        "Whether you are a member of the tenant (0) or a guest (1).",
    ),
    (
        "acr",
        "How you signed in, in old tokens: 0 means that it does not meet ISO/IEC 29115.",
    ),
    (
        "acrs",
        "The authentication contexts of Conditional Access that this sign-in satisfies.",
    ),
    ("aio", "For Entra's own use."),
    (
        "amr",
        "How you proved who you are: pwd is a password, mfa a second factor, rsa a key or certificate, fido a security key.",
    ),
    ("appid", "The application that asked for the token."),
    (
        "appidacr",
        "How that application proved itself: 0 not at all, 1 by a secret, 2 by a certificate or federated token.",
    ),
    ("aud", "Whom the token is for: the AKS server application."),
    ("auth_time", "When you last signed in with Microsoft."),
    ("azp", "The application that asked for the token."),
    (
        "azpacr",
        "How that application proved itself: 0 not at all, 1 by a secret, 2 by a certificate or federated token.",
    ),
    ("ctry", "Your country or region."),
    (
        "email",
        "Your e-mail address, if you have one. It can change: nothing should be decided by it.",
    ),
    ("exp", "When the token ends."),
    ("family_name", "Your family name."),
    ("fwd", "The address from which the request to Entra came."),
    ("given_name", "Your first name."),
    (
        "groups",
        "The object ids of your groups. Role bindings of the cluster can name them.",
    ),
    (
        "hasgroups",
        "You are in too many groups to list here: the cluster has to ask Microsoft Graph.",
    ),
    ("iat", "When the token was made."),
    (
        "idp",
        "Who confirmed who you are, if not this tenant: a guest's own organisation.",
    ),
    (
        "idtyp",
        "Whether the token stands for a user or for an application.",
    ),
    ("in_corp", "You signed in from your company's network."),
    ("ipaddr", "The address from which you signed in."),
    ("iss", "Who made the token: the tenant's token service."),
    (
        "login_hint",
        "A hint by which Entra finds your account when you sign in or out.",
    ),
    (
        "name",
        "Your name, for people. It can change and is not unique.",
    ),
    ("nbf", "The token counts from this moment on."),
    (
        "oid",
        "Your object id: who you are in this tenant. It never changes.",
    ),
    (
        "onprem_sid",
        "Your identifier in the company's own Active Directory.",
    ),
    (
        "preferred_username",
        "Your name for signing in. It can change: nothing should be decided by it.",
    ),
    (
        "pwd_exp",
        "How long your password is still good, in seconds.",
    ),
    ("pwd_url", "Where you can change your password."),
    ("rh", "For Entra's own use."),
    ("roles", "The app roles that you were given."),
    ("scp", "What the application may do in your name."),
    (
        "sid",
        "The session at Entra, by which it can end this sign-in.",
    ),
    (
        "sub",
        "Who you are to this application: other applications see another value.",
    ),
    ("tenant_ctry", "The country or region of the tenant."),
    ("tenant_region_scope", "The region of the tenant."),
    ("tid", "The tenant in which you signed in."),
    (
        "unique_name",
        "Your name for signing in, in old tokens. It is not unique over time.",
    ),
    (
        "upn",
        "Your user principal name. The cluster shows it as your user name.",
    ),
    (
        "uti",
        "The token's own id, by which Microsoft's support finds it.",
    ),
    ("ver", "The version of the token's format."),
    ("wids", "The ids of the tenant-wide roles that you have."),
    (
        "xms_cc",
        "What the application can deal with: cp1 means claims challenges.",
    ),
    (
        "xms_edov",
        "Whether the owner of your e-mail's domain has verified it.",
    ),
    ("xms_pdl", "Where your data is kept, as Entra names it."),
    ("xms_pl", "Your preferred language."),
    ("xms_tpl", "The tenant's preferred language."),
    ("verified_primary_email", "Your verified e-mail addresses."),
    (
        "verified_secondary_email",
        "Your further verified e-mail addresses.",
    ),
];
