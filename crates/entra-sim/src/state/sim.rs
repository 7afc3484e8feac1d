//! The simulator: how it was started, and what it remembers.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, bail};

use super::data::Data;
use super::device::{Decision, DeviceCodeChange};
use super::sign_on::SignOn;
use super::users::{self, Consent, User};
use crate::keys::{Key, guid};
use crate::options::Options;

/// A running simulator.
pub(crate) struct Sim {
    pub(crate) options: Options,
    pub(crate) auto_sign_in: Option<&'static User>,
    data: Mutex<Data>,
}

impl Sim {
    pub(crate) fn new(options: Options) -> anyhow::Result<Self> {
        let auto_sign_in = match &options.auto_sign_in {
            None => None,
            Some(name) => match users::find(name) {
                Some(user) => Some(user),
                None => bail!("there is no user `{name}`; there are {}", users::names()),
            },
        };
        let data = Data {
            keys: vec![Key::make()?, Key::make()?],
            cluster_key: Key::of_a_cluster()?,
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            devices: HashMap::new(),
            device_code: DeviceCodeChange::default(),
            consents: given(),
            group_names: false,
            groups: BTreeMap::new(),
            faults: VecDeque::new(),
            id_token: VecDeque::new(),
            aks_token: VecDeque::new(),
            application_token: VecDeque::new(),
            counters: BTreeMap::new(),
            token_requests: VecDeque::new(),
            secrets: BTreeSet::new(),
        };
        Ok(Self {
            options,
            auto_sign_in,
            data: Mutex::new(data),
        })
    }

    pub(crate) fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more of `what`.
    pub(crate) fn count(&self, what: &str) {
        *self.data().counters.entry(what.to_owned()).or_default() += 1;
    }

    /// Remembers something secret.
    pub(crate) fn remember(&self, secret: &str) {
        if !secret.is_empty() {
            self.data().secrets.insert(secret.to_owned());
        }
    }

    /// The key that signs tokens.
    pub(crate) fn signing_key(&self) -> anyhow::Result<Key> {
        self.data()
            .keys
            .first()
            .cloned()
            .context("there is no signing key")
    }

    /// The issuer of v1 tokens.
    pub(crate) fn v1_issuer(&self) -> String {
        format!("https://sts.windows.net/{}/", self.options.tenant_id)
    }

    /// Whether `uri` is registered. As in Entra, the port of localhost does not count.
    pub(crate) fn is_registered(&self, uri: &str) -> bool {
        self.options
            .redirect_uris
            .iter()
            .any(|known| known == uri || without_port(known) == without_port(uri))
    }

    /// The object ids of the groups in which `user` is.
    pub(crate) fn groups(&self, user: &User) -> Vec<String> {
        let said = self.data().groups.get(user.id).cloned();
        said.unwrap_or_else(|| users::groups(user))
    }

    /// Whether a device waits with this user code.
    pub(crate) fn is_waiting(&self, user_code: &str) -> bool {
        let data = self.data();
        data.devices
            .values()
            .any(|device| device.waits_with(user_code))
    }

    /// What `user` says about the device that waits with this code, if one does.
    pub(crate) fn decide(
        &self,
        user_code: &str,
        user: &'static User,
        approved: bool,
    ) -> anyhow::Result<()> {
        let sid = guid()?;
        let mut data = self.data();
        let device = data
            .devices
            .values_mut()
            .find(|device| device.waits_with(user_code));
        if let Some(device) = device {
            device.decision = match approved {
                true => Decision::Approved(SignOn { user, sid }),
                false => Decision::Declined,
            };
        }
        Ok(())
    }

    /// Forgets faults, mutations, consents, groups and counters; keys, codes and tokens stay.
    pub(crate) fn reset(&self) {
        let mut data = self.data();
        data.faults.clear();
        data.id_token.clear();
        data.aks_token.clear();
        data.application_token.clear();
        data.counters.clear();
        data.token_requests.clear();
        data.consents = given();
        data.group_names = false;
        data.groups.clear();
        data.device_code = DeviceCodeChange::default();
    }
}

fn given() -> BTreeSet<&'static str> {
    users::USERS
        .iter()
        .filter(|user| user.consent == Consent::Given)
        .map(|user| user.id)
        .collect()
}

fn without_port(uri: &str) -> Option<String> {
    let mut url = url::Url::parse(uri).ok()?;
    if !matches!(url.host_str(), Some("localhost" | "127.0.0.1")) {
        return None;
    }
    url.set_port(None).ok()?;
    Some(url.into())
}
