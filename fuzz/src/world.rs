//! A world in memory, in which the component runs natively.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aks_oauth_proxy_component::platform::{
    Body, Carried, Clock, Console, Exchange, HttpClient, HttpError, KeyValue, Limits, Payload,
    Progress, Random, Relay, RelayLimits, StoreError, UnixTime, Variables, one_by_one,
};
use http::{Request, Response};

use crate::settings;

/// The world of one request.
pub const NOW: u64 = 1_800_000_000;

/// What one request finds.
#[derive(Default)]
pub struct World {
    /// The function that is asked.
    pub function: String,
    /// The body of the request.
    pub body: Vec<u8>,
    /// The answer of Entra, the sidecar and the API server.
    pub answer: Vec<u8>,
    /// The store.
    pub store: RefCell<BTreeMap<String, Vec<u8>>>,
    /// The lines of the log.
    pub lines: RefCell<Vec<String>>,
    /// The requests that were passed on.
    pub relayed: RefCell<Vec<Request<Payload>>>,
    /// How often the store was read and written, and other servers were called.
    pub cost: Cell<[usize; 3]>,
    paused: Cell<Duration>,
    random: Cell<u64>,
}

impl World {
    fn pays(&self, what: usize) {
        let mut cost = self.cost.get();
        cost[what] += 1;
        self.cost.set(cost);
    }
}

/// Runs a future of a world, which never waits.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a world never waits"),
    }
}

impl Clock for World {
    fn now(&self) -> UnixTime {
        UnixTime(NOW)
    }

    fn monotonic(&self) -> Duration {
        self.paused.get()
    }

    async fn pause(&self, duration: Duration) {
        self.paused.set(self.paused.get() + duration);
    }
}

impl Console for World {
    fn print(&self, line: &str) {
        self.lines.borrow_mut().push(line.to_owned());
    }
}

impl Variables for World {
    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "function" => Some(self.function.clone()),
            name => settings::variable(name),
        }
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.set(self.random.get() + 1);
        let number = self.random.get().to_le_bytes();
        for (byte, value) in bytes.iter_mut().zip(number.into_iter().cycle()) {
            *byte = value;
        }
    }
}

impl HttpClient for World {
    async fn send(&self, _: Request<Vec<u8>>, _: Limits) -> Result<Response<Vec<u8>>, HttpError> {
        self.pays(2);
        Ok(Response::new(self.answer.clone()))
    }
}

/// An exchange that carries nothing.
pub struct Nothing;

impl Exchange for Nothing {
    fn carried(&self) -> Carried {
        Carried::default()
    }
}

impl Relay for World {
    type Exchange = Nothing;

    async fn has_body(&self, _: Duration) -> Option<bool> {
        Some(!self.body.is_empty())
    }

    async fn body(&self, limit: usize, _: Duration) -> Body {
        match self.body.len() <= limit {
            true => Body::Whole(self.body.clone()),
            false => Body::Unusable,
        }
    }

    async fn relay(&self, request: Request<Payload>, _: RelayLimits) -> Result<Nothing, HttpError> {
        self.pays(2);
        self.relayed.borrow_mut().push(request);
        Ok(Nothing)
    }

    async fn head(&self, _: &mut Nothing, _: Duration) -> Result<Option<Response<()>>, HttpError> {
        Ok(Some(Response::new(())))
    }

    fn begin(&self, _: &mut Nothing, _: Response<()>, _: bool) {}

    async fn carry(&self, _: &mut Nothing, _: Duration) -> Progress {
        Progress::Ended
    }

    fn finish(&self, _: &mut Nothing, _: &[u8]) {}
}

impl KeyValue for World {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.pays(0);
        Ok(self.store.borrow().get(key).cloned())
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        one_by_one(self, keys).await
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.pays(1);
        self.store
            .borrow_mut()
            .insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.pays(1);
        self.store.borrow_mut().remove(key);
        Ok(())
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        self.pays(1);
        self.store.borrow_mut().retain(|key, _| !keys.contains(key));
        Ok(())
    }

    async fn exists(&self, key: &str) -> Result<bool, StoreError> {
        self.pays(0);
        Ok(self.store.borrow().contains_key(key))
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        self.pays(1);
        let mut store = self.store.borrow_mut();
        let old = store
            .get(key)
            .and_then(|bytes| bytes.as_slice().try_into().ok());
        let new = old.map_or(0, i64::from_le_bytes) + delta;
        store.insert(key.to_owned(), new.to_le_bytes().to_vec());
        Ok(new)
    }
}
