//! The platform that Spin gives to one request.

use std::cell::{Cell, OnceCell, RefCell};
use std::io::Write;

use all_variables::AllVariables;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};

use super::bucket::Bucket;
use super::reading::Reading;
use crate::platform::{Console, Random, Variables};

/// The platform that Spin gives to one request.
pub(super) struct Spin {
    /// All variables, once they are needed; nothing on a host that gives them one by one.
    pub(super) variables: OnceCell<Option<AllVariables>>,
    pub(super) bucket: Bucket,
    pub(super) request: IncomingRequest,
    /// Its body, once it has been begun to be read.
    pub(super) reading: RefCell<Option<Reading>>,
    /// Where the answer goes; nothing once it has begun.
    pub(super) out: Cell<Option<ResponseOutparam>>,
}

impl Spin {
    /// All variables; nothing on a host that gives them one by one.
    pub(super) fn all_variables(&self) -> Option<&AllVariables> {
        let ask = || {
            let all = spin_sdk::variables::get(all_variables::NAME).ok()?;
            AllVariables::read(all)
        };
        self.variables.get_or_init(ask).as_ref()
    }
}

impl Console for Spin {
    fn print(&self, line: &str) {
        // One write, with its line break. Without anybody to read the log there is nothing to do.
        let _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
    }
}

impl Random for Spin {
    fn fill(&self, bytes: &mut [u8]) {
        // On WASI this is `random_get`, which only fails on a buffer that does not exist. We cannot
        // go on without randomness, so the instance (one request) ends.
        if getrandom::getrandom(bytes).is_err() {
            std::process::abort();
        }
    }
}

impl Variables for Spin {
    fn variable(&self, name: &str) -> Option<String> {
        match self.all_variables() {
            Some(all) => all.get(name).map(str::to_owned),
            None => spin_sdk::variables::get(name).ok(),
        }
    }
}
