//! The tokens that are issued.

use serde_json::{Value, json};

use crate::jwt;
use crate::keys::{guid, random};
use crate::merge::merge;
use crate::origin::{Origin, v2_issuer};
use crate::scopes::{AKS, GRAPH, GROUP_NAMES};
use crate::state::users::{MOST_GROUPS, User};
use crate::state::{KUBELOGIN, Mutation, SERVICE_PRINCIPAL, SignOn, Sim, now};

/// How long an ID token lives, in seconds.
const ID_TOKEN: u64 = 3600;

/// An ID token (v2).
pub(crate) fn id_token(
    sim: &Sim,
    origin: &Origin,
    sign_on: &SignOn,
    client_id: &str,
    nonce: Option<&str>,
) -> anyhow::Result<String> {
    let user = sign_on.user;
    let mut claims = json!({
        "aud": client_id,
        "iss": v2_issuer(origin, sim),
        "iat": now(), "nbf": now(), "exp": now() + ID_TOKEN,
        "aio": random(24)?, "rh": random(24)?, "uti": random(16)?,
        "name": user.name,
        "preferred_username": user.home.map_or(user.upn, |home| home.username),
        "upn": user.upn,
        "email": user.email.address,
        "xms_edov": user.email.verified,
        "login_hint": format!("O.{}", user.id),
        "oid": user.oid,
        "sid": sign_on.sid,
        "sub": pairwise(user, client_id),
        "tid": sim.options.tenant_id,
        "ver": "2.0",
    });
    merge(&mut claims, &memberships(sim, user));
    if let Some(nonce) = nonce {
        merge(&mut claims, &json!({ "nonce": nonce }));
    }
    if let Some(home) = user.home {
        merge(&mut claims, &json!({ "idp": home.issuer }));
    }
    let mutation = Mutation::take(&mut sim.data().id_token);
    sign(sim, claims, mutation.as_ref())
}

/// An access token, as the token endpoint speaks of it.
pub(crate) struct AccessToken {
    pub(crate) token: String,
    /// Its life in seconds.
    pub(crate) expires_in: u64,
    /// After so many seconds it should be refreshed.
    pub(crate) refresh_in: Option<u64>,
}

/// An access token for `resource`.
pub(crate) fn access_token(
    sim: &Sim,
    user: &User,
    client_id: &str,
    resource: &str,
) -> anyhow::Result<AccessToken> {
    let mutation = if resource == AKS {
        Mutation::take(&mut sim.data().aks_token)
    } else {
        None
    };
    let changed = mutation.as_ref().and_then(|mutation| mutation.expires_in);
    let lifetime = changed.unwrap_or(sim.options.access_token_lifetime);
    // AKS and Graph both accept v1 tokens only.
    let mut claims = json!({
        "aud": if resource == GRAPH { "https://graph.microsoft.com" } else { resource },
        "iss": sim.v1_issuer(),
        "iat": now(), "nbf": now(), "exp": now() + lifetime,
        "acr": "1", "amr": ["pwd"],
        "aio": random(24)?, "rh": random(24)?, "uti": random(16)?,
        "appid": client_id, "appidacr": if client_id == KUBELOGIN { "0" } else { "2" },
        "idtyp": "user", "ipaddr": "127.0.0.1",
        "name": user.name,
        "oid": user.oid,
        "scp": scp(sim, resource),
        "sub": pairwise(user, resource),
        "tid": sim.options.tenant_id,
        "unique_name": user.upn,
        "upn": user.upn,
        "ver": "1.0",
        "jti": guid()?,
    });
    merge(&mut claims, &memberships(sim, user));
    Ok(AccessToken {
        token: sign(sim, claims, mutation.as_ref())?,
        expires_in: lifetime,
        refresh_in: mutation.and_then(|mutation| mutation.refresh_in),
    })
}

/// The permissions in a token: all that are granted for its resource.
fn scp(sim: &Sim, resource: &str) -> String {
    const GRAPHS: &str = "email openid profile User.Read";
    match resource {
        GRAPH if sim.data().group_names => format!("{GRAPHS} {GROUP_NAMES}"),
        GRAPH => GRAPHS.to_owned(),
        _ => "user.read".to_owned(),
    }
}

/// An access token for `resource`, of the application itself: there is no user in it.
pub(crate) fn application_token(
    sim: &Sim,
    client_id: &str,
    resource: &str,
) -> anyhow::Result<AccessToken> {
    let mutation = Mutation::take(&mut sim.data().application_token);
    let changed = mutation.as_ref().and_then(|mutation| mutation.expires_in);
    let lifetime = changed.unwrap_or(sim.options.access_token_lifetime);
    let claims = json!({
        "aud": resource,
        "iss": sim.v1_issuer(),
        "iat": now(), "nbf": now(), "exp": now() + lifetime,
        "aio": random(24)?, "rh": random(24)?, "uti": random(16)?,
        "appid": client_id, "appidacr": "2",
        "idp": sim.v1_issuer(),
        "idtyp": "app",
        "oid": SERVICE_PRINCIPAL,
        "sub": SERVICE_PRINCIPAL,
        "tid": sim.options.tenant_id,
        "ver": "1.0",
    });
    Ok(AccessToken {
        token: sign(sim, claims, mutation.as_ref())?,
        expires_in: lifetime,
        refresh_in: None,
    })
}

/// Roles, and groups as far as a token has room for them: beyond that it says where to ask, and names
/// an address that no longer answers, as Entra does.
fn memberships(sim: &Sim, user: &User) -> Value {
    let groups = sim.groups(user);
    let mut claims = if groups.len() > MOST_GROUPS {
        let endpoint = format!(
            "https://graph.windows.net/{}/users/{}/getMemberObjects",
            sim.options.tenant_id, user.oid
        );
        json!({
            "_claim_names": { "groups": "src1" },
            "_claim_sources": { "src1": { "endpoint": endpoint } },
        })
    } else {
        json!({ "groups": groups })
    };
    if !user.roles.is_empty() {
        merge(&mut claims, &json!({ "roles": user.roles }));
    }
    claims
}

fn pairwise(user: &User, audience: &str) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    use sha2::{Digest, Sha256};
    Base64UrlUnpadded::encode_string(&Sha256::digest(format!("{} {audience}", user.oid)))
}

fn sign(sim: &Sim, mut claims: Value, mutation: Option<&Mutation>) -> anyhow::Result<String> {
    let key = sim.signing_key()?;
    let mut header = json!({ "typ": "JWT", "alg": "RS256", "kid": key.id });
    let Some(mutation) = mutation else {
        return jwt::rs256(&jwt::unsigned(&header, &claims), &key.private);
    };
    merge(&mut claims, &mutation.claims);
    merge(&mut header, &mutation.header);
    match mutation.alg.as_deref() {
        Some("none") => {
            merge(&mut header, &json!({ "alg": "none" }));
            Ok(jwt::with_signature(&jwt::unsigned(&header, &claims), b""))
        }
        Some("HS256-with-public-key") => {
            merge(&mut header, &json!({ "alg": "HS256" }));
            jwt::hs256(&jwt::unsigned(&header, &claims), &key.public())
        }
        _ if mutation.broken_signature => {
            let other = crate::keys::Key::make()?;
            jwt::rs256(&jwt::unsigned(&header, &claims), &other.private)
        }
        _ => jwt::rs256(&jwt::unsigned(&header, &claims), &key.private),
    }
}
