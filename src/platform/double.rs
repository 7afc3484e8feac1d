//! A world for tests: a clock that only tests move, a store in memory, Entra as a function.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::future::poll_fn;
use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{Request, Response};

use super::{
    Body, Carried, Clock, Console, Exchange, HttpClient, HttpError, KeyValue, Limits, Payload,
    Progress, Random, Relay, RelayLimits, StoreError, UnixTime, Variables, one_by_one,
};

/// What a test's world answers to a request.
type Answer = Box<dyn Fn(&Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError>>;

/// The head of a server's answer to a relayed request.
type Server = Box<dyn Fn(&Request<Payload>) -> Result<Response<()>, HttpError>>;

/// What happens to the world while an answer is carried.
type Meanwhile = Box<dyn Fn(&World)>;

/// The world of one test.
pub(crate) struct World {
    pub(crate) now: Cell<u64>,
    pub(crate) store: RefCell<BTreeMap<String, Vec<u8>>>,
    pub(crate) store_is_down: Cell<bool>,
    /// How often the store was read, and how often it was written.
    pub(crate) reads: Cell<usize>,
    pub(crate) writes: Cell<usize>,
    /// In how many questions it was read, where several keys may be one question.
    pub(crate) questions: Cell<usize>,
    pub(crate) variables: RefCell<HashMap<String, String>>,
    /// The variables that were asked for.
    pub(crate) read: RefCell<BTreeSet<String>>,
    pub(crate) lines: RefCell<Vec<String>>,
    pub(crate) answer: RefCell<Answer>,
    /// The addresses that were called.
    pub(crate) called: RefCell<Vec<String>>,
    /// Whether the body of the client's request was asked for.
    pub(crate) body_was_read: Cell<bool>,
    /// That body; nothing if it is cut off.
    pub(crate) body: RefCell<Option<Vec<u8>>>,
    /// Whether it comes only once it is waited for again.
    pub(crate) body_is_slow: Cell<bool>,
    /// The server's answer to relayed requests, and these requests.
    pub(crate) server: RefCell<Server>,
    pub(crate) relayed: RefCell<Vec<Request<Payload>>>,
    /// How many looks the server says nothing for.
    pub(crate) silent: Cell<usize>,
    /// What answers were finished with.
    pub(crate) last: RefCell<Vec<Vec<u8>>>,
    /// The heads of answers that were begun.
    pub(crate) begun: RefCell<Vec<Response<()>>>,
    /// The progress of an answer, one entry for each look. After the last entry it has ended.
    pub(crate) progress: RefCell<VecDeque<Progress>>,
    /// What happens during each look.
    pub(crate) meanwhile: RefCell<Meanwhile>,
    /// What happens before the store answers each read.
    before_read: RefCell<Meanwhile>,
    /// Whether each store operation is a turn. Other tasks may take theirs between two turns.
    pub(crate) in_turns: Cell<bool>,
    /// Whether the task that had the last turn waits for others.
    pub(crate) waits: Cell<bool>,
    paused: Cell<Duration>,
    random: Cell<u64>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: Cell::new(1_800_000_000),
            store: RefCell::default(),
            store_is_down: Cell::new(false),
            reads: Cell::new(0),
            writes: Cell::new(0),
            questions: Cell::new(0),
            variables: RefCell::default(),
            read: RefCell::default(),
            lines: RefCell::default(),
            answer: RefCell::new(Box::new(|_| {
                Err(HttpError::Failed("nobody is there".to_owned()))
            })),
            called: RefCell::default(),
            body_was_read: Cell::new(false),
            body: RefCell::new(Some(Vec::new())),
            body_is_slow: Cell::default(),
            server: RefCell::new(Box::new(|_| {
                Err(HttpError::Unreachable("nobody is there".to_owned()))
            })),
            relayed: RefCell::default(),
            silent: Cell::default(),
            last: RefCell::default(),
            begun: RefCell::default(),
            progress: RefCell::default(),
            meanwhile: RefCell::new(Box::new(|_| {})),
            before_read: RefCell::new(Box::new(|_| {})),
            in_turns: Cell::default(),
            waits: Cell::default(),
            paused: Cell::default(),
            random: Cell::new(0),
        }
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.now.set(self.now.get() + seconds);
    }

    /// Lets time go by that only the monotonic clock shows.
    pub(crate) fn takes(&self, duration: Duration) {
        self.paused.set(self.paused.get() + duration);
    }

    /// Sets how calls are answered.
    pub(crate) fn answers(
        &self,
        answer: impl Fn(&Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> + 'static,
    ) {
        *self.answer.borrow_mut() = Box::new(answer);
    }

    /// Sets how relayed requests are answered.
    pub(crate) fn serves(
        &self,
        server: impl Fn(&Request<Payload>) -> Result<Response<()>, HttpError> + 'static,
    ) {
        *self.server.borrow_mut() = Box::new(server);
    }

    /// Sets what happens during each look at an answer.
    pub(crate) fn does_meanwhile(&self, meanwhile: impl Fn(&Self) + 'static) {
        *self.meanwhile.borrow_mut() = Box::new(meanwhile);
    }

    /// Lets time pass during a look, with all that happens meanwhile.
    fn passes(&self, time: Duration) {
        self.paused.set(self.paused.get() + time);
        self.pass(time.as_secs());
        (self.meanwhile.borrow())(self);
    }

    /// Sets what happens before the store answers each read.
    pub(crate) fn does_before_reads(&self, before: impl Fn(&Self) + 'static) {
        *self.before_read.borrow_mut() = Box::new(before);
    }

    /// Lets others have their turn first.
    async fn turn(&self) {
        let mut had = !self.in_turns.get();
        poll_fn(|_| {
            if mem::replace(&mut had, true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    fn store(&self) -> Result<std::cell::RefMut<'_, BTreeMap<String, Vec<u8>>>, StoreError> {
        if self.store_is_down.get() {
            return Err(StoreError("down".to_owned()));
        }
        Ok(self.store.borrow_mut())
    }

    fn asked(&self) {
        self.reads.set(self.reads.get() + 1);
        (self.before_read.borrow())(self);
    }

    fn written(&self) {
        self.writes.set(self.writes.get() + 1);
    }
}

/// Runs a future of a world without turns. Nothing in it waits.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the double never waits"),
    }
}

impl Clock for World {
    fn now(&self) -> UnixTime {
        UnixTime(self.now.get())
    }

    fn monotonic(&self) -> Duration {
        self.paused.get()
    }

    async fn pause(&self, duration: Duration) {
        self.paused.set(self.paused.get() + duration);
        self.waits.set(true);
        self.turn().await;
    }
}

impl Console for World {
    fn print(&self, line: &str) {
        self.lines.borrow_mut().push(line.to_owned());
    }
}

impl Variables for World {
    fn variable(&self, name: &str) -> Option<String> {
        self.read.borrow_mut().insert(name.to_owned());
        self.variables.borrow().get(name).cloned()
    }
}

impl Random for World {
    /// Never the same twice, and the same in each run.
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.random.get() + 1;
        self.random.set(number);
        for (byte, value) in bytes
            .iter_mut()
            .zip(number.to_le_bytes().into_iter().cycle())
        {
            *byte = value;
        }
    }
}

impl HttpClient for World {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        _: Limits,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        self.called.borrow_mut().push(request.uri().to_string());
        (self.answer.borrow())(&request)
    }
}

/// An exchange that carries nothing but a body that was read before. Only the adapter handles its bytes.
pub(crate) struct Relayed {
    answer: Option<Result<Response<()>, HttpError>>,
    sent: u64,
}

impl Exchange for Relayed {
    fn carried(&self) -> Carried {
        Carried {
            sent: self.sent,
            received: 0,
        }
    }
}

impl Relay for World {
    type Exchange = Relayed;

    async fn has_body(&self, time: Duration) -> Option<bool> {
        if self.body_is_slow.get() {
            self.passes(time);
        }
        let body = self.body.borrow();
        body.as_ref().map(|body| !body.is_empty())
    }

    async fn body(&self, limit: usize, time: Duration) -> Body {
        self.body_was_read.set(true);
        if self.body_is_slow.replace(false) {
            self.passes(time);
            return Body::NotYet;
        }
        match self.body.borrow().clone() {
            Some(body) if body.len() <= limit => Body::Whole(body),
            _ => Body::Unusable,
        }
    }

    async fn relay(&self, request: Request<Payload>, _: RelayLimits) -> Result<Relayed, HttpError> {
        let answer = Some((self.server.borrow())(&request));
        let sent = match request.body() {
            Payload::Whole(body) => body.len() as u64,
            Payload::Client { .. } => 0,
        };
        self.relayed.borrow_mut().push(request);
        Ok(Relayed { answer, sent })
    }

    async fn head(
        &self,
        exchange: &mut Relayed,
        time: Duration,
    ) -> Result<Option<Response<()>>, HttpError> {
        if self.silent.get() > 0 {
            self.silent.set(self.silent.get() - 1);
            self.passes(time);
            return Ok(None);
        }
        exchange.answer.take().transpose()
    }

    fn begin(&self, _: &mut Relayed, head: Response<()>, _: bool) {
        self.begun.borrow_mut().push(head);
    }

    async fn carry(&self, _: &mut Relayed, time: Duration) -> Progress {
        let progress = self.progress.borrow_mut().pop_front();
        let progress = progress.unwrap_or(Progress::Ended);
        if progress == Progress::Open {
            self.passes(time);
        }
        progress
    }

    fn finish(&self, _: &mut Relayed, last: &[u8]) {
        self.last.borrow_mut().push(last.to_owned());
    }
}

impl KeyValue for World {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.turn().await;
        self.asked();
        self.questions.set(self.questions.get() + 1);
        Ok(self.store()?.get(key).cloned())
    }

    /// As on Spin: others may have their turn between two of them.
    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let questions = self.questions.get();
        let values = one_by_one(self, keys).await;
        // It counts as one question all the same.
        self.questions.set(questions + 1);
        values
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.turn().await;
        self.store()?.insert(key.to_owned(), value.to_owned());
        self.written();
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.turn().await;
        self.store()?.remove(key);
        self.written();
        Ok(())
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        self.turn().await;
        for key in keys {
            self.store()?.remove(key);
        }
        self.written();
        Ok(())
    }

    async fn exists(&self, key: &str) -> Result<bool, StoreError> {
        self.turn().await;
        self.asked();
        self.questions.set(self.questions.get() + 1);
        Ok(self.store()?.contains_key(key))
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        self.turn().await;
        let mut store = self.store()?;
        let old = store
            .get(key)
            .and_then(|bytes| bytes.as_slice().try_into().ok());
        let new = old.map_or(0, i64::from_le_bytes) + delta;
        store.insert(key.to_owned(), new.to_le_bytes().to_vec());
        self.written();
        Ok(new)
    }
}
