//! Answers that are not as they should be.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;

use crate::parameters::Parameters;

/// Where a fault happens.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum At {
    Token,
    DeviceCode,
    Authorize,
    Keys,
    Discovery,
    Graph,
}

/// A fault that waits for its request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    at: At,
    pub(crate) kind: Kind,
    /// Only for this grant type.
    grant_type: Option<String>,
    /// Only for scopes that contain this.
    scope_contains: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: String,
    /// An error of the token endpoint.
    #[serde(default)]
    pub(crate) error: Value,
    #[serde(default)]
    pub(crate) delay_ms: u64,
    /// For how many requests; 0 is all until a reset.
    #[serde(default = "once")]
    times: u64,
}

/// What happens.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// `status`, `headers` and `body` as given.
    Status,
    /// The right answer, `delay_ms` later.
    Delay,
    /// The connection is closed without an answer.
    Close,
    /// 200, and a body without end.
    Endless,
    /// The token endpoint's error `error`, with `status` (400).
    Error,
}

impl Fault {
    /// The fault of a request at `at` with these parameters.
    pub(crate) fn take(queue: &mut VecDeque<Self>, at: At, form: &Parameters) -> Option<Self> {
        let position = queue.iter().position(|fault| fault.fits(at, form))?;
        let fault = queue.get_mut(position)?;
        let taken = fault.clone();
        match fault.times {
            0 => {}
            1 => drop(queue.remove(position)),
            _ => fault.times -= 1,
        }
        Some(taken)
    }

    fn fits(&self, at: At, form: &Parameters) -> bool {
        self.at == at
            && self
                .grant_type
                .as_deref()
                .is_none_or(|grant| grant == form.text("grant_type"))
            && self
                .scope_contains
                .as_deref()
                .is_none_or(|part| form.text("scope").contains(part))
    }
}

fn once() -> u64 {
    1
}
