//! All sentences that clients are told about errors. None is written elsewhere.

/// One of them.
#[derive(Debug)]
pub struct Sentence {
    /// The kind of problem: the last part of its `type`. It never changes.
    pub kind: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What happened and what to do, with placeholders for values: `{name}`.
    pub detail: &'static str,
}

impl Sentence {
    /// The detail with `values` in their placeholders. A value is never searched for placeholders.
    pub(super) fn filled(&self, values: &[(&'static str, String)]) -> String {
        let mut text = String::with_capacity(self.detail.len());
        let mut rest = self.detail;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            let value = values.iter().find(|(known, _)| *known == name);
            text.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        text + rest
    }
}

macro_rules! sentences {
    ($($name:ident: $kind:literal, $title:literal, $detail:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Sentence = Sentence { kind: $kind, title: $title, detail: $detail };
        )*

        /// All of them, in the order of the documentation.
        #[cfg(test)]
        pub(super) const ALL: &[&Sentence] = &[$(&$name),*];
    };
}

sentences! {
    MISCONFIGURED: "misconfigured", "The proxy is not configured correctly",
        "The platform team has to correct these settings.";
    NOT_FOUND: "not-found", "Not found",
        "There is nothing at this address.";
    METHOD_NOT_ALLOWED: "method-not-allowed", "Method not allowed",
        "This address takes {methods} only.";
    BODY_TOO_LARGE: "body-too-large", "Request too large",
        "The request's body is longer than anything this address takes.";
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
         minutes, or its cookie was blocked. Nothing was signed in.";
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
        "As many people as this proxy takes are entering device codes. Try again in a minute.";
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

    // Signing in at an app's host.
    APP_UNKNOWN: "app-unknown", "No app is known here",
        "This proxy signs nobody in at {origin}. The platform team has to add it to \
         ALLOWED_RETURN_ORIGINS.";
    APP_ON_OWN_ORIGIN: "app-on-own-origin", "An app cannot be here",
        "This is the origin of the proxy's own pages ({origin}). A script of an app here could get \
         kubeconfigs in the user's name, so nobody is let through. The platform team has to give \
         the app a host of its own.";
    NO_APP_SESSION: "no-app-session", "Not signed in",
        "There is no sign-in for this app, or it has ended. Sign in at {start}.";
    APP_NOT_BEGUN_HERE: "app-not-begun", "This sign-in cannot be finished",
        "It was begun in another browser or at another host, took longer than twenty minutes, or \
         its cookie was blocked. Nothing was signed in.";
    APP_TICKET_LATE: "app-ticket-late", "This sign-in cannot be finished",
        "The way from this proxy to the app took longer than a minute. Begin again.";
    APP_TICKET_USED: "app-ticket-used", "This sign-in is already finished",
        "Each sign-in can be finished once. Open the app, or begin again.";
    APP_SESSION_ENDED: "app-session-ended", "Signed out meanwhile",
        "The session was ended while the app was being opened. Begin again.";

    // Kubernetes clients: kubectl prints these after its own words.
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
