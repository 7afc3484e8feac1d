//! The tenant's issuer and signing keys, cached in the store.

use http::{Request, StatusCode};
use jwt_compact::jwk::JsonWebKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Entra;
use crate::outbound::{Away, Dependency, Repeat};
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure};

const KIND: &str = "metadata";
/// The kind of the record with the `iss` of v1 tokens.
const V1_ISSUER: &str = "v1-issuer";

/// After how many seconds the keys are fetched again.
const REFRESH: u64 = 3600;
/// How long cached keys serve while Entra is away, in seconds.
const LAST_GOOD: u64 = 24 * 3600;
/// How old the keys must be before an unknown key leads to a new fetch, in seconds.
const UNKNOWN_KEY: u64 = 300;
/// How far the clocks of replicas may be apart, in seconds. Keys that were fetched later than that are
/// fetched again: their clock has been set back since.
const AHEAD: u64 = 300;
/// A tenant has three to five keys.
const MOST_KEYS: usize = 50;

/// What is needed to validate the tenant's ID tokens.
#[derive(Clone, Deserialize, Serialize)]
pub struct Metadata {
    /// The `iss` of ID tokens.
    pub issuer: String,
    keys: Vec<SigningKey>,
    fetched_at: UnixTime,
}

#[derive(Clone, Deserialize, Serialize)]
struct SigningKey {
    kid: String,
    jwk: Value,
}

impl Metadata {
    /// The RSA key `kid`, if the tenant has it and it may sign.
    pub(super) fn key(&self, kid: &str) -> Option<JsonWebKey<'_>> {
        let key = self.keys.iter().find(|key| key.kid == kid)?;
        JsonWebKey::deserialize(&key.jwk).ok()
    }

    /// Whether the keys are old enough to be fetched again because one is unknown.
    fn may_lack_a_key(&self, now: UnixTime) -> bool {
        self.fetched_at
            .age(now, AHEAD)
            .is_none_or(|age| age >= UNKNOWN_KEY)
    }
}

impl<P: Platform> Entra<'_, P> {
    /// The tenant's metadata. While it is fresh it is from the store, otherwise from Entra. While
    /// Entra is away, the last good one serves for a day.
    ///
    /// # Errors
    /// When neither the store nor Entra has it.
    pub async fn metadata(&self, records: &Records<'_, P>) -> Result<Metadata, Away> {
        let cached = self.cached(records).await?;
        let now = self.platform.now();
        let age = |metadata: &Metadata| metadata.fetched_at.age(now, AHEAD);
        match cached.and_then(|metadata| Some((age(&metadata)?, metadata))) {
            Some((age, metadata)) if age < REFRESH => Ok(metadata),
            Some((age, metadata)) if age < LAST_GOOD => {
                Ok(self.fetch(records).await.unwrap_or(metadata))
            }
            _ => self.fetch(records).await,
        }
    }

    /// The tenant's metadata with the key `kid`, fetched anew if it may be a new key.
    ///
    /// # Errors
    /// When a new fetch is due and fails.
    pub async fn metadata_with_key(
        &self,
        records: &Records<'_, P>,
        metadata: Metadata,
        kid: &str,
    ) -> Result<Metadata, Away> {
        if metadata.key(kid).is_some() || !metadata.may_lack_a_key(self.platform.now()) {
            return Ok(metadata);
        }
        self.fetch(records).await
    }

    async fn cached(&self, records: &Records<'_, P>) -> Result<Option<Metadata>, StoreFailure> {
        records
            .read_cached(KIND, self.client.endpoint("").as_bytes(), &[])
            .await
    }

    async fn fetch(&self, records: &Records<'_, P>) -> Result<Metadata, Away> {
        let metadata = Metadata {
            issuer: self
                .issuer_of("v2.0/.well-known/openid-configuration", "/v2.0")
                .await?,
            keys: self.fetch_keys().await?,
            fetched_at: self.platform.now(),
        };
        records
            .write(KIND, self.client.endpoint("").as_bytes(), &[], &metadata)
            .await?;
        Ok(metadata)
    }

    /// The `iss` of the tenant's v1 tokens. Access tokens for AKS are v1 tokens.
    ///
    /// # Errors
    /// When Entra does not say it.
    pub(super) async fn v1_issuer(&self) -> Result<String, Away> {
        self.issuer_of(".well-known/openid-configuration", "/")
            .await
    }

    /// The same, from the store where it is kept. It never changes.
    ///
    /// # Errors
    /// When neither the store nor Entra says it.
    pub(super) async fn kept_v1_issuer(&self, records: &Records<'_, P>) -> Result<String, Away> {
        let id = self.client.endpoint("");
        let kept: Option<String> = records.read_cached(V1_ISSUER, id.as_bytes(), &[]).await?;
        if let Some(issuer) = kept {
            return Ok(issuer);
        }
        let issuer = self.v1_issuer().await?;
        records
            .write(V1_ISSUER, id.as_bytes(), &[], &issuer)
            .await?;
        Ok(issuer)
    }

    /// OpenID Connect Discovery 1.0, section 4. Only the document's issuer counts. It must be the
    /// tenant's.
    async fn issuer_of(&self, document: &str, ending: &str) -> Result<String, Away> {
        #[derive(Deserialize)]
        struct Document {
            issuer: String,
        }
        let document: Document = self.fetch_json(document).await?;
        let ending = format!("/{}{ending}", self.client.tenant_id);
        if !document.issuer.ends_with(&ending) {
            return Err(away("its discovery document names another tenant's issuer"));
        }
        Ok(document.issuer)
    }

    /// RFC 7517, section 5. Keys that cannot verify RS256, or are another tenant's, are left out.
    async fn fetch_keys(&self) -> Result<Vec<SigningKey>, Away> {
        #[derive(Deserialize)]
        struct KeySet {
            keys: Vec<Value>,
        }
        let set: KeySet = self.fetch_json("discovery/v2.0/keys").await?;
        let tenant = self.client.tenant_id.as_str();
        let keys: Vec<SigningKey> = set
            .keys
            .into_iter()
            .filter_map(|jwk| usable(jwk, tenant))
            .take(MOST_KEYS)
            .collect();
        if keys.is_empty() {
            return Err(away("its key set has no usable key"));
        }
        Ok(keys)
    }

    async fn fetch_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, Away> {
        let request = async || {
            Request::get(self.client.endpoint(path))
                .body(Vec::new())
                .map_err(|error| away(error.to_string()))
        };
        let response = self
            .outbound
            .ask(Dependency::Entra, Repeat::Always, request)
            .await?;
        if response.status() != StatusCode::OK {
            return Err(away(format!("answered {} for {path}", response.status())));
        }
        serde_json::from_slice(response.body())
            .map_err(|_| away(format!("answered something unreadable for {path}")))
    }
}

fn usable(jwk: Value, tenant: &str) -> Option<SigningKey> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let kid = text("kid")?.to_owned();
    let signs = text("kty") == Some("RSA") && text("use").is_none_or(|usage| usage == "sig");
    // A key of tenant-independent metadata has a template; one with a fixed tenant must be ours.
    let ours = text("issuer")
        .is_none_or(|issuer| issuer.contains("{tenantid}") || issuer.contains(tenant));
    (signs && ours).then_some(SigningKey { kid, jwk })
}

fn away(reason: impl Into<String>) -> Away {
    Away::new(Dependency::Entra, reason)
}
