//! Tokens that are not as they should be.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;

/// What is different about the next tokens of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutation {
    /// `none` or `HS256-with-public-key`.
    pub(crate) alg: Option<String>,
    /// Signed by another key than the header names.
    #[serde(default)]
    pub(crate) broken_signature: bool,
    /// Claims that are set; `null` removes.
    #[serde(default)]
    pub(crate) claims: Value,
    /// Header members that are set; `null` removes.
    #[serde(default)]
    pub(crate) header: Value,
    /// The life of the token, in seconds.
    pub(crate) expires_in: Option<u64>,
    /// After so many seconds it should be refreshed.
    pub(crate) refresh_in: Option<u64>,
    /// For how many tokens; 0 is all until a reset.
    #[serde(default = "once")]
    times: u64,
}

impl Mutation {
    /// The mutation of the token that is being made.
    pub(crate) fn take(queue: &mut VecDeque<Self>) -> Option<Self> {
        let mutation = queue.front_mut()?;
        let taken = mutation.clone();
        match mutation.times {
            0 => {}
            1 => drop(queue.pop_front()),
            _ => mutation.times -= 1,
        }
        Some(taken)
    }
}

fn once() -> u64 {
    1
}
