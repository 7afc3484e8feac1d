//! What the simulator remembers.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde_json::Value;

use super::code::Code;
use super::device::{Device, DeviceCodeChange};
use super::fault::Fault;
use super::mutation::Mutation;
use super::sign_on::SignOn;
use crate::keys::Key;

/// Everything that changes.
pub(crate) struct Data {
    /// The first one signs.
    pub(crate) keys: Vec<Key>,
    /// Signs service-account tokens.
    pub(crate) cluster_key: Key,
    pub(crate) codes: HashMap<String, Code>,
    /// With the application to which each is bound.
    pub(crate) refresh_tokens: HashMap<String, (SignOn, String)>,
    /// By device code.
    pub(crate) devices: HashMap<String, Device>,
    /// How the next device codes are.
    pub(crate) device_code: DeviceCodeChange,
    /// The ids of users who have consented to AKS.
    pub(crate) consents: BTreeSet<&'static str>,
    /// Whether an administrator has granted the application Graph's permission for the names of groups.
    pub(crate) group_names: bool,
    /// What tests have said of the groups of users, by id.
    pub(crate) groups: BTreeMap<&'static str, Vec<String>>,
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) id_token: VecDeque<Mutation>,
    pub(crate) aks_token: VecDeque<Mutation>,
    /// Of tokens for the application itself.
    pub(crate) application_token: VecDeque<Mutation>,
    pub(crate) counters: BTreeMap<String, u64>,
    /// The last token requests, without any secret.
    pub(crate) token_requests: VecDeque<Value>,
    /// Everything secret that was given or taken, for tests that look where it went.
    pub(crate) secrets: BTreeSet<String>,
}
