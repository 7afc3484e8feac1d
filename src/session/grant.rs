//! Grants: what a sign-in obtained, in records that every handle of the grant shares.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::expiry::{self, Entry};
use super::keys::store_key;
use super::list::{List, ListKind};
use super::records::Records;
use super::tokens::Tokens;
use super::{SessionError, credential};
use crate::platform::{Platform, UnixTime};
use crate::terms::encoding;

const TOKENS: &str = "tokens";
const IDLE: &str = "idle";
const END: &str = "end";
const CLOSING: &str = "closing";
/// The store keys of the records of a grant's handles.
const HANDLES: ListKind = ListKind {
    counter: "handles",
    slot: "handle",
    bound: 100,
};

/// The idle mark is moved at most so often, in seconds, and at least four times in an idle timeout: a
/// session may end by that much too early, and never too late.
const MARK_INTERVAL: u64 = 60;

/// A grant's id: 256 bits, known to the records of its handles alone. It opens the tokens.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantId([u8; 32]);

/// SHA-256 of a grant's id: names its records, and so is enough to end it or to sweep it, and opens
/// no token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantName([u8; 32]);

impl GrantId {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What names it and opens nothing.
    pub fn name(&self) -> GrantName {
        GrantName(Sha256::digest(self.0).into())
    }

    /// The grant's tokens; nothing if it has ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<Tokens>, SessionError> {
        records.read(TOKENS, &self.name().0, &self.0).await
    }

    /// Replaces the grant's tokens. Once it has a handle only the holder of a lease does.
    pub(super) async fn write_tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
        tokens: &Tokens,
    ) -> Result<(), SessionError> {
        records.write(TOKENS, &self.name().0, &self.0, tokens).await
    }

    /// Whether the grant was used within `idle` seconds; if so, this use counts.
    pub(super) async fn touch<P: Platform>(
        &self,
        records: &Records<'_, P>,
        idle: u64,
    ) -> Result<bool, SessionError> {
        let Some(unused) = self.unused(records, idle).await? else {
            return Ok(false);
        };
        if unused >= MARK_INTERVAL.min(idle / 4) {
            self.mark(records).await?;
        }
        Ok(true)
    }

    /// For how many seconds the grant was not used; nothing if that is `idle` or more, or it is ended.
    pub(super) async fn unused<P: Platform>(
        &self,
        records: &Records<'_, P>,
        idle: u64,
    ) -> Result<Option<u64>, SessionError> {
        let mark: Option<UnixTime> = records.read(IDLE, &self.name().0, &self.0).await?;
        let unused = mark.map(|mark| records.platform.now().since(mark));
        Ok(unused.filter(|unused| *unused < idle))
    }

    /// Notes that the grant is used now.
    pub(super) async fn mark<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<(), SessionError> {
        let now = records.platform.now();
        records.write(IDLE, &self.name().0, &self.0, &now).await
    }
}

impl GrantName {
    /// Under which name runs of kubelogin for this grant are started, and found by whoever ends it.
    pub fn job_owner(&self) -> String {
        encoding::sha256(&store_key(TOKENS, &self.0))
    }

    /// Lets the grant end at `end`, and not before: its expiry entry goes first. An end only moves
    /// on, so that no handle outlives its grant.
    pub(super) async fn extend<P: Platform>(
        &self,
        records: &Records<'_, P>,
        end: UnixTime,
    ) -> Result<(), SessionError> {
        expiry::note(records, end, &Entry::Grant(self.clone())).await?;
        let end = self.end(records).await?.map_or(end, |old| old.max(end));
        // Under no salt: whoever sweeps knows the name only.
        records.write(END, &self.0, &[], &end).await
    }

    /// When the grant ends; nothing if it is swept.
    pub(super) async fn end<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<UnixTime>, SessionError> {
        records.read(END, &self.0, &[]).await
    }

    /// Whether somebody has begun to end this grant.
    pub(super) async fn is_closing<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, SessionError> {
        records.exists(CLOSING, &self.0).await
    }

    /// The grant's handles: each slot holds the store key of a handle's record.
    pub(super) fn handles(&self) -> List {
        List::new(HANDLES, self.0)
    }

    /// Ends the grant: from the closing counter on, no handle opens it. All handles but `asking` are
    /// deleted; the grant's end and list stay for the sweep. Every step may be repeated.
    pub(super) async fn close<P: Platform>(
        &self,
        records: &Records<'_, P>,
        asking: Option<&str>,
    ) -> Result<(), SessionError> {
        records.increment(CLOSING, &self.0).await?;
        let handles = self.handles();
        let mut keys = vec![store_key(TOKENS, &self.0), store_key(IDLE, &self.0)];
        for slot in 1..=handles.length(records).await? {
            let key: Option<String> = handles.get(records, slot).await?;
            keys.extend(key.filter(|key| Some(key.as_str()) != asking));
        }
        keys.reverse();
        records.delete_keys(&keys).await
    }

    /// The name itself.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The store keys of everything that a grant has beside its handles, for when its end is over.
    pub(super) fn all_keys(&self) -> [String; 6] {
        let handles = self.handles().counter_key();
        let credentials = credential::counter_key(self);
        let [tokens, idle, closing, end] =
            [TOKENS, IDLE, CLOSING, END].map(|kind| store_key(kind, &self.0));
        [tokens, idle, closing, handles, credentials, end]
    }
}

macro_rules! written_as_base64url {
    ($type:ident) => {
        impl From<$type> for String {
            fn from(id: $type) -> Self {
                encoding::base64url(&id.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                encoding::bytes32(&text)
                    .map(Self)
                    .ok_or("not 32 bytes of base64url")
            }
        }
    };
}

written_as_base64url!(GrantId);
written_as_base64url!(GrantName);
