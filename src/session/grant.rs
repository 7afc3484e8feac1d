//! Grants: what a sign-in obtained, in records that every handle of the grant shares.

use serde::{Deserialize, Serialize};

use super::SessionError;
use super::expiry::{self, Entry};
use super::keys::store_key;
use super::records::Records;
use super::tokens::Tokens;
use crate::encoding;
use crate::platform::{Platform, UnixTime};

const TOKENS: &str = "tokens";
const IDLE: &str = "idle";
const END: &str = "end";
const CLOSING: &str = "closing";

/// The idle mark is moved at most so often, in seconds, and at least four times in an idle timeout: a
/// session may end by that much too early, and never too late.
const MARK_INTERVAL: u64 = 60;

/// A grant's id: 256 bits, known to the records of its handles alone.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantId([u8; 32]);

impl GrantId {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Writes a new grant: its expiry entry, its end, its tokens, and last its idle mark, without
    /// which nothing else counts.
    pub(super) async fn create<P: Platform>(
        &self,
        records: &Records<'_, P>,
        end: UnixTime,
        tokens: &Tokens,
    ) -> Result<(), SessionError> {
        let entry = Entry {
            grant_end: Some(store_key(END, &self.0)),
            ..Entry::about(&[TOKENS, IDLE, END], &self.0)
        };
        expiry::note(records, end, &entry).await?;
        // Under no salt: whoever sweeps knows its store key only.
        records.write(END, &self.0, &[], &end).await?;
        self.write_tokens(records, tokens).await?;
        self.mark(records, records.platform.now()).await
    }

    /// The grant's tokens; nothing if it has ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<Tokens>, SessionError> {
        records.read(TOKENS, &self.0, &self.0).await
    }

    /// Replaces the grant's tokens.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write_tokens<P: Platform>(
        &self,
        records: &Records<'_, P>,
        tokens: &Tokens,
    ) -> Result<(), SessionError> {
        records.write(TOKENS, &self.0, &self.0, tokens).await
    }

    /// Whether somebody has begun to end this grant.
    pub(super) async fn is_closing<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, SessionError> {
        records.exists(CLOSING, &self.0).await
    }

    /// Whether the grant is in force and was used within `idle` seconds; this use does not count.
    pub(super) async fn is_in_use<P: Platform>(
        &self,
        records: &Records<'_, P>,
        idle: u64,
    ) -> Result<bool, SessionError> {
        let now = records.platform.now();
        let mark = records.read::<UnixTime>(IDLE, &self.0, &self.0).await?;
        Ok(mark.is_some_and(|mark| now.since(mark) < idle) && !self.is_closing(records).await?)
    }

    /// Whether the grant was used within `idle` seconds; if so, this use counts.
    pub(super) async fn touch<P: Platform>(
        &self,
        records: &Records<'_, P>,
        idle: u64,
    ) -> Result<bool, SessionError> {
        let now = records.platform.now();
        let Some(mark) = records.read::<UnixTime>(IDLE, &self.0, &self.0).await? else {
            return Ok(false);
        };
        if now.since(mark) >= idle {
            return Ok(false);
        }
        if now.since(mark) >= MARK_INTERVAL.min(idle / 4) {
            self.mark(records, now).await?;
        }
        Ok(true)
    }

    /// Ends the grant: from the closing counter on, no handle opens it. The grant's end stays for
    /// the sweep.
    pub(super) async fn close<P: Platform>(
        &self,
        records: &Records<'_, P>,
        end: UnixTime,
    ) -> Result<(), SessionError> {
        expiry::note(records, end, &Entry::about(&[CLOSING], &self.0)).await?;
        records.increment(CLOSING, &self.0).await?;
        records.delete(TOKENS, &self.0).await?;
        records.delete(IDLE, &self.0).await
    }

    async fn mark<P: Platform>(
        &self,
        records: &Records<'_, P>,
        now: UnixTime,
    ) -> Result<(), SessionError> {
        records.write(IDLE, &self.0, &self.0, &now).await
    }
}

impl From<GrantId> for String {
    fn from(id: GrantId) -> Self {
        encoding::base64url(&id.0)
    }
}

impl TryFrom<String> for GrantId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        encoding::bytes32(&text).map(Self).ok_or("not a grant id")
    }
}
