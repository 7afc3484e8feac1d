//! Grants: what a sign-in obtained, in records that every handle of the grant shares.

use std::cell::Cell;

use serde::de::DeserializeOwned;

use super::claims::CLAIMS;
use super::expiry::{self, Entry};
use super::grant_id::{GrantId, GrantName};
use super::succession::{AFTER, BEFORE};
use super::tokens::Tokens;
use crate::platform::{Platform, UnixTime};
use crate::store::{List, ListKind, Records, StoreFailure, store_key};
use crate::terms::encoding;

pub(super) const TOKENS: &str = "tokens";
const IDLE: &str = "idle";
/// The hour in which a grant was used last. Unlike the idle mark it opens with the secret alone, so that
/// the user sees it in another sign-in.
const USED: &str = "used";
const END: &str = "end";
const CLOSING: &str = "closing";
/// The store keys of the records of a grant's handles.
const HANDLES: ListKind = ListKind {
    counter: "handles",
    slot: "handle",
    bound: 100,
};
/// A grant's credentials without their secrets.
const CREDENTIALS: ListKind = ListKind {
    counter: "credentials",
    slot: "credential-slot",
    bound: 100,
};

/// How long the idle mark stays before a use moves it, in seconds. It stays for at most a quarter
/// of the idle timeout. A session may end too early by that much, and never too late.
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

    /// Replaces the grant's tokens. Once the grant has a handle, only the holder of a lease does
    /// this.
    pub(super) async fn write_tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
        tokens: &Tokens,
    ) -> Result<(), StoreFailure> {
        records
            .write(TOKENS, self.name().bytes(), self.bytes(), tokens)
            .await
    }

    /// The store key of the idle mark.
    pub(super) fn idle_key(&self) -> String {
        store_key(IDLE, self.name().bytes())
    }

    /// Whether the grant was used within `idle` seconds, by its idle mark, which is `sealed` if there is
    /// one. If so, this use counts too.
    pub(super) async fn touch<P: Platform>(
        &self,
        records: &Records<'_, P>,
        sealed: Option<&[u8]>,
        idle: u64,
    ) -> Result<bool, StoreFailure> {
        let mark = records.opened(IDLE, &self.idle_key(), self.bytes(), sealed)?;
        let Some(unused) = within(mark, records.platform.now(), idle) else {
            return Ok(false);
        };
        if unused >= MARK_INTERVAL.min(idle / 4) {
            let now = records.platform.now();
            let before = UnixTime(now.0.saturating_sub(unused));
            self.mark(records).await?;
            // One write an hour. In the hour of the sign-in there is none: its time is known.
            if whole_hour(before) != whole_hour(now) {
                let name = self.name();
                records
                    .write(USED, name.bytes(), &[], &whole_hour(now))
                    .await?;
            }
        }
        Ok(true)
    }

    /// How long the grant was not used, in seconds; nothing if that is `idle` or more, or if it is
    /// ended.
    pub(super) async fn unused<P: Platform>(
        &self,
        records: &Records<'_, P>,
        idle: u64,
    ) -> Result<Option<u64>, StoreFailure> {
        let mark: Option<UnixTime> = records
            .read(IDLE, self.name().bytes(), self.bytes())
            .await?;
        Ok(within(mark, records.platform.now(), idle))
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

/// What is needed of a grant at each use of a handle. It is read in one question, and so as it is at one
/// moment where the host can do that.
pub(super) struct Glance {
    /// Whether somebody has begun to end the grant.
    pub(super) is_closing: bool,
    /// The mark that was asked for, sealed.
    pub(super) mark: Option<Vec<u8>>,
    pub(super) ahead: Ahead,
}

/// A record of a grant as it was when its handle was opened, sealed: for the first who asks for it. Who asks
/// again wants it as it is by then.
#[derive(Default)]
pub(super) struct Ahead {
    kind: &'static str,
    sealed: Cell<Option<Option<Vec<u8>>>>,
}

/// Looks at many grants, and at a mark beside each. Nothing is read ahead. One question.
pub(super) async fn glance_all<P: Platform>(
    records: &Records<'_, P>,
    grants: Vec<(GrantName, String)>,
) -> Result<Vec<Glance>, StoreFailure> {
    let closing = grants
        .iter()
        .map(|(grant, _)| store_key(CLOSING, grant.bytes()));
    let mut keys: Vec<String> = closing.collect();
    keys.extend(grants.into_iter().map(|(_, mark)| mark));
    // Whether somebody has begun to end them is read first, as in [`GrantId::glance`].
    let mut closing = records.sealed_all(&keys).await?;
    let marks = closing.split_off(closing.len() / 2);
    let glances = closing
        .into_iter()
        .zip(marks)
        .map(|(closing, mark)| Glance {
            is_closing: closing.is_some(),
            mark,
            ahead: Ahead::default(),
        });
    Ok(glances.collect())
}

impl GrantId {
    /// Looks at the grant, at a mark beside it, and at the record of the kind `ahead`.
    pub(super) async fn glance<P: Platform>(
        &self,
        records: &Records<'_, P>,
        mark: String,
        ahead: &'static str,
    ) -> Result<Glance, StoreFailure> {
        let name = self.name();
        let [closing, next] = [CLOSING, ahead].map(|kind| store_key(kind, name.bytes()));
        let [closing, mark, next] = records.sealed(&[closing, mark, next]).await?;
        Ok(Glance {
            is_closing: closing.is_some(),
            mark,
            ahead: Ahead {
                kind: ahead,
                sealed: Cell::new(Some(next)),
            },
        })
    }

    /// The grant's record of this kind: what was read `ahead`, if that is it and nobody had it yet.
    pub(super) async fn read_once<P: Platform, T: DeserializeOwned>(
        &self,
        records: &Records<'_, P>,
        kind: &str,
        ahead: &Ahead,
    ) -> Result<Option<T>, StoreFailure> {
        let name = self.name();
        let sealed = match ahead.kind == kind {
            true => ahead.sealed.take(),
            false => None,
        };
        let Some(sealed) = sealed else {
            return records.read(kind, name.bytes(), self.bytes()).await;
        };
        let key = store_key(kind, name.bytes());
        records.opened(kind, &key, self.bytes(), sealed.as_deref())
    }
}

impl GrantName {
    /// The name under which runs of kubelogin for this grant start. Whoever ends the grant finds
    /// them by it.
    pub fn job_owner(&self) -> String {
        encoding::sha256(&store_key(TOKENS, self.bytes()))
    }

    /// Lets the grant end at `end`, and not before. Its expiry entry is written first. An end never
    /// moves back, so no handle outlives its grant.
    pub(super) async fn extend<P: Platform>(
        &self,
        records: &Records<'_, P>,
        end: UnixTime,
    ) -> Result<(), StoreFailure> {
        expiry::note(records, end, &Entry::Grant(self.clone())).await?;
        let end = self.end(records).await?.map_or(end, |old| old.max(end));
        // Without a salt: the sweep knows only the name.
        records.write(END, self.bytes(), &[], &end).await
    }

    /// When the grant ends; nothing if it is swept.
    pub(super) async fn end<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<UnixTime>, StoreFailure> {
        records.read(END, self.bytes(), &[]).await
    }

    /// The beginning of the hour in which the grant was used last; nothing if it was not used after the
    /// hour of its sign-in.
    pub(super) async fn last_used<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<UnixTime>, StoreFailure> {
        records.read(USED, self.bytes(), &[]).await
    }

    /// Whether somebody has begun to end this grant.
    pub(super) async fn is_closing<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, StoreFailure> {
        records.exists(CLOSING, self.bytes()).await
    }

    /// Whether the grant has not ended by time, nor has anybody begun to end it. A grant that is swept has
    /// ended: a closing counter would stay there for ever.
    pub(super) async fn is_open<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, StoreFailure> {
        let now = records.platform.now();
        let lasts = self.end(records).await?.is_some_and(|end| end > now);
        Ok(lasts && !self.is_closing(records).await?)
    }

    /// The grant's handles: each slot holds the store key of a handle's record.
    pub(super) fn handles(&self) -> List {
        List::new(HANDLES, *self.bytes())
    }

    /// The grant's credentials, including those that have ended.
    pub(super) fn credentials(&self) -> List {
        List::new(CREDENTIALS, *self.bytes())
    }

    /// Ends the grant. From the closing counter on, no handle opens it. All handles but `asking`
    /// are deleted. The grant's end and list stay for the sweep. Every step may be repeated.
    pub(super) async fn close<P: Platform>(
        &self,
        records: &Records<'_, P>,
        asking: Option<&str>,
    ) -> Result<(), StoreFailure> {
        records.increment(CLOSING, self.bytes()).await?;
        let handles = self.handles();
        let mut keys = vec![
            store_key(TOKENS, self.bytes()),
            store_key(CLAIMS, self.bytes()),
            store_key(IDLE, self.bytes()),
            store_key(USED, self.bytes()),
        ];
        for slot in 1..=handles.length(records).await? {
            let key: Option<String> = handles.get(records, slot).await?;
            keys.extend(key.filter(|key| Some(key.as_str()) != asking));
        }
        keys.reverse();
        records.delete_keys(&keys).await
    }

    /// The store keys of everything of a grant except its handles. They are deleted after its end.
    pub(super) fn all_keys(&self) -> [String; 10] {
        let handles = self.handles().counter_key();
        let credentials = self.credentials().counter_key();
        let kinds = [TOKENS, CLAIMS, IDLE, USED, BEFORE, AFTER, CLOSING, END];
        let [tokens, claims, idle, used, before, after, closing, end] =
            kinds.map(|kind| store_key(kind, self.bytes()));
        [
            tokens,
            claims,
            idle,
            used,
            before,
            after,
            closing,
            handles,
            credentials,
            end,
        ]
    }
}

/// How long ago `mark` was, in seconds; nothing if that is `idle` or more, or if there is none.
fn within(mark: Option<UnixTime>, now: UnixTime, idle: u64) -> Option<u64> {
    let unused = mark.map(|mark| now.since(mark));
    unused.filter(|unused| *unused < idle)
}

/// The beginning of the hour of `moment`.
pub(super) fn whole_hour(moment: UnixTime) -> UnixTime {
    UnixTime(moment.0 - moment.0 % 3600)
}
