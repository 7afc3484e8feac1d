//! Flags about the provider and about who may sign in.

use crate::how;
use crate::row::Takes::{Nothing, One, Several};
use crate::row::{Row, always, becomes, elsewhere, nothing};

pub(super) const ENTRA: &[Row] = &[
    becomes(
        &["provider"],
        One,
        &[],
        how::provider,
        "`entra-id`, `azure` and `oidc` with Entra's issuer need nothing. Microsoft Entra alone signs people in here",
    ),
    becomes(
        &["oidc-issuer-url"],
        One,
        &["TENANT_ID", "AUTHORITY_HOST"],
        how::issuer,
        "The issuer's tenant and cloud",
    ),
    becomes(
        &["azure-tenant"],
        One,
        &["TENANT_ID"],
        how::tenant,
        "A GUID. `common` has no counterpart",
    ),
    becomes(
        &["entra-id-allowed-tenant"],
        Several,
        &["TENANT_ID"],
        how::tenant,
        "One tenant",
    ),
    always(
        &["entra-id-federated-token-auth"],
        Nothing,
        "the proxy always proves itself by its workload-identity token",
    ),
    becomes(
        &["client-id"],
        One,
        &["CLIENT_ID"],
        how::client_id,
        "The same registration can serve",
    ),
    nothing(
        &[
            "client-secret",
            "client-secret-file",
            "jwt-key",
            "jwt-key-file",
            "pubjwk-url",
        ],
        One,
        "there is no client secret; make a federated credential",
    ),
    becomes(
        &["redirect-url"],
        One,
        &["REDIRECT_URI"],
        how::redirect_uri,
        "The same, if its path is `/oauth2/callback`. Else the same site with `/callback`, to be registered with Entra. No app may be at that site",
    ),
    nothing(
        &["relative-redirect-url"],
        Nothing,
        "`REDIRECT_URI` is always absolute; one site for each installation",
    ),
    becomes(
        &["scope"],
        One,
        &["OIDC_SCOPES"],
        how::scopes,
        "`openid profile offline_access` and what else is there",
    ),
    always(
        &["code-challenge-method", "force-code-challenge-method"],
        One,
        "PKCE with S256",
    ),
    always(
        &[
            "insecure-oidc-skip-nonce",
            "insecure-oidc-skip-issuer-verification",
            "insecure-oidc-allow-unverified-email",
        ],
        Nothing,
        "nonce and issuer are checked; no address is believed",
    ),
    always(
        &[
            "oidc-jwks-url",
            "login-url",
            "redeem-url",
            "validate-url",
            "profile-url",
        ],
        One,
        "Entra's addresses follow from `AUTHORITY_HOST` and `TENANT_ID`",
    ),
    always(
        &["skip-oidc-discovery", "skip-claims-from-profile-url"],
        Nothing,
        "only issuer and keys are discovered; claims are those of the ID token",
    ),
    always(
        &["oidc-enabled-signing-alg", "oidc-public-key-file"],
        Several,
        "RS256 with a key of the tenant",
    ),
    always(
        &["prompt", "approval-prompt"],
        One,
        "the user picks an account (`prompt=select_account`)",
    ),
    always(
        &["auth-request-response-mode"],
        One,
        "`response_mode=query`",
    ),
    always(&["encode-state"], Nothing, "`state` is safe in an address"),
    nothing(
        &["acr-values"],
        One,
        "Conditional Access decides; its claims challenges are answered",
    ),
    nothing(
        &["resource", "azure-graph-group-field"],
        One,
        "tokens are asked for AKS (`AKS_SERVER_ID`); groups are object ids",
    ),
    elsewhere(
        &["oidc-extra-audience"],
        Several,
        "`BEARER_AUDIENCES` lists the audiences of the access tokens that are taken in place of a session",
    ),
    always(
        &["oidc-audience-claim"],
        Several,
        "the audience is in `aud`",
    ),
    elsewhere(
        &["skip-jwt-bearer-tokens"],
        Nothing,
        "`BEARER_AUDIENCES` lists the audiences of the access tokens that are taken at `/oauth2/auth`, and for apps of `UPSTREAMS`. ID tokens are not taken. For the API server there is `KUBERNETES_TOKEN_PASSTHROUGH`",
    ),
    nothing(
        &["bearer-token-login-fallback"],
        Nothing,
        "a token for one of `BEARER_AUDIENCES` that is not valid is told so, by 401",
    ),
    nothing(&["extra-jwt-issuers"], One, "one issuer: the tenant's"),
    elsewhere(
        &["provider-ca-file"],
        Several,
        "`[[client_tls]]` in `runtime-config.toml` says which authorities are trusted for which host",
    ),
    elsewhere(
        &["use-system-trust-store"],
        Nothing,
        "`[[client_tls]]` in `runtime-config.toml` says which authorities are trusted for which host",
    ),
    nothing(
        &["ssl-insecure-skip-verify"],
        Nothing,
        "certificates are always checked",
    ),
    elsewhere(
        &["backend-logout-url"],
        One,
        "`POST /logout` with `entra=1` goes on to Entra's sign-out; register `/logout/front-channel` for the other way",
    ),
];

pub(super) const ADMISSION: &[Row] = &[
    becomes(
        &["allowed-group"],
        Several,
        &["ALLOWED_GROUPS"],
        how::groups,
        "Object ids alone. Groups of people in more than 200 are asked of Microsoft Graph",
    ),
    elsewhere(
        &["allowed-role"],
        Several,
        "roles of Keycloak. `ALLOWED_ROLES` takes app roles of the registration, and for one app `allowed_roles` in the query of `/oauth2/auth`",
    ),
    becomes(
        &["email-domain"],
        Several,
        &[],
        how::email_domains,
        "`*` needs nothing: everybody of the tenant. A domain has no counterpart, since an address proves nothing in Entra. For one app there is `allowed_email_domains` in the query of `/oauth2/auth`, which counts verified addresses",
    ),
    elsewhere(
        &["authenticated-emails-file"],
        One,
        "`ALLOWED_USERS` lists user principal names, or better object ids; for one app `allowed_users` or `allowed_emails` in the query of `/oauth2/auth`",
    ),
    always(
        &["oidc-groups-claim", "oidc-email-claim", "user-id-claim"],
        One,
        "groups are those of `groups`, people are known by `tid` and `oid`",
    ),
    nothing(&["htpasswd-file"], One, "there are no passwords"),
    nothing(&["htpasswd-user-group"], Several, "there are no passwords"),
];

pub(super) const OTHERS: &[Row] = &[
    nothing(
        &[
            "bitbucket-repository",
            "bitbucket-team",
            "github-org",
            "github-repo",
            "github-team",
            "github-token",
            "google-admin-api-user-scope",
            "google-admin-email",
            "google-service-account-json",
            "google-target-principal",
            "google-use-application-default-credentials",
            "google-use-organization-id",
        ],
        One,
        "Microsoft Entra alone signs people in here",
    ),
    nothing(
        &[
            "github-user",
            "gitlab-group",
            "gitlab-project",
            "google-group",
            "keycloak-group",
        ],
        Several,
        "Microsoft Entra alone signs people in here",
    ),
];
