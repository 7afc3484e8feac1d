//! Grants: what a sign-in obtained, in records that every handle of the grant shares.

use super::expiry::{self, Entry};
use super::grant_id::{GrantId, GrantName};
use super::tokens::Tokens;
use crate::platform::{Platform, UnixTime};
use crate::store::{List, ListKind, Records, StoreFailure, store_key};
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
/// What is told of a grant's credentials without their secrets.
const CREDENTIALS: ListKind = ListKind {
    counter: "credentials",
    slot: "credential-slot",
    bound: 100,
};

/// The idle mark is moved at most so often, in seconds, and at least four times in an idle timeout: a
/// session may end by that much too early, and never too late.
const MARK_INTERVAL: u64 = 60;

impl GrantId {
    /// The grant's tokens; nothing if it has ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<Tokens>, StoreFailure> {
        records
            .read(TOKENS, self.name().bytes(), self.bytes())
            .await
    }

    /// Replaces the grant's tokens. Once it has a handle only the holder of a lease does.
    pub(super) async fn write_tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
        tokens: &Tokens,
    ) -> Result<(), StoreFailure> {
        records
            .write(TOKENS, self.name().bytes(), self.bytes(), tokens)
            .await
    }

    /// Whether the grant was used within `idle` seconds; if so, this use counts.
    pub(super) async fn touch<P: Platform>(
        &self,
        records: &Records<'_, P>,
        idle: u64,
    ) -> Result<bool, StoreFailure> {
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
    ) -> Result<Option<u64>, StoreFailure> {
        let mark: Option<UnixTime> = records
            .read(IDLE, self.name().bytes(), self.bytes())
            .await?;
        let unused = mark.map(|mark| records.platform.now().since(mark));
        Ok(unused.filter(|unused| *unused < idle))
    }

    /// Notes that the grant is used now.
    pub(super) async fn mark<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<(), StoreFailure> {
        let now = records.platform.now();
        records
            .write(IDLE, self.name().bytes(), self.bytes(), &now)
            .await
    }
}

impl GrantName {
    /// Under which name runs of kubelogin for this grant are started, and found by whoever ends it.
    pub fn job_owner(&self) -> String {
        encoding::sha256(&store_key(TOKENS, self.bytes()))
    }

    /// Lets the grant end at `end`, and not before: its expiry entry goes first. An end only moves
    /// on, so that no handle outlives its grant.
    pub(super) async fn extend<P: Platform>(
        &self,
        records: &Records<'_, P>,
        end: UnixTime,
    ) -> Result<(), StoreFailure> {
        expiry::note(records, end, &Entry::Grant(self.clone())).await?;
        let end = self.end(records).await?.map_or(end, |old| old.max(end));
        // Under no salt: whoever sweeps knows the name only.
        records.write(END, self.bytes(), &[], &end).await
    }

    /// When the grant ends; nothing if it is swept.
    pub(super) async fn end<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<UnixTime>, StoreFailure> {
        records.read(END, self.bytes(), &[]).await
    }

    /// Whether somebody has begun to end this grant.
    pub(super) async fn is_closing<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, StoreFailure> {
        records.exists(CLOSING, self.bytes()).await
    }

    /// The grant's handles: each slot holds the store key of a handle's record.
    pub(super) fn handles(&self) -> List {
        List::new(HANDLES, *self.bytes())
    }

    /// The grant's credentials, those among them that have ended.
    pub(super) fn credentials(&self) -> List {
        List::new(CREDENTIALS, *self.bytes())
    }

    /// Ends the grant: from the closing counter on, no handle opens it. All handles but `asking` are
    /// deleted; the grant's end and list stay for the sweep. Every step may be repeated.
    pub(super) async fn close<P: Platform>(
        &self,
        records: &Records<'_, P>,
        asking: Option<&str>,
    ) -> Result<(), StoreFailure> {
        records.increment(CLOSING, self.bytes()).await?;
        let handles = self.handles();
        let mut keys = vec![
            store_key(TOKENS, self.bytes()),
            store_key(IDLE, self.bytes()),
        ];
        for slot in 1..=handles.length(records).await? {
            let key: Option<String> = handles.get(records, slot).await?;
            keys.extend(key.filter(|key| Some(key.as_str()) != asking));
        }
        keys.reverse();
        records.delete_keys(&keys).await
    }

    /// The store keys of everything that a grant has beside its handles, for when its end is over.
    pub(super) fn all_keys(&self) -> [String; 6] {
        let handles = self.handles().counter_key();
        let credentials = self.credentials().counter_key();
        let [tokens, idle, closing, end] =
            [TOKENS, IDLE, CLOSING, END].map(|kind| store_key(kind, self.bytes()));
        [tokens, idle, closing, handles, credentials, end]
    }
}
