//! The collector.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use crate::http::{Export, answer};
use crate::span::Span;

/// How long something may take that has to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A collector. It listens until the process ends.
pub struct Collector {
    address: SocketAddr,
    kept: Arc<Kept>,
}

/// What has come, and word of more.
#[derive(Default)]
struct Kept {
    exports: Mutex<Vec<Export>>,
    grown: Condvar,
}

impl Collector {
    /// Starts one that takes everything.
    pub fn start() -> Self {
        Self::answering("200 OK")
    }

    /// Starts one that answers with `status`, such as `401 Unauthorized`.
    pub fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Kept::default());
        let keeper = kept.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, keeper) = (stream.unwrap(), keeper.clone());
                // Whoever goes away meanwhile has exported nothing.
                thread::spawn(move || {
                    if let Ok(export) = answer(&mut stream, status) {
                        keeper.exports.lock().unwrap().push(export);
                        keeper.grown.notify_all();
                    }
                });
            }
        });
        Self { address, kept }
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has come so far.
    pub fn exports(&self) -> Vec<Export> {
        self.kept.exports.lock().unwrap().clone()
    }

    /// The spans that have come so far.
    pub fn spans(&self) -> Vec<Span> {
        spans(&self.exports())
    }

    /// The spans, once they are `right`.
    #[track_caller]
    pub fn until(&self, right: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let exports = self.kept.exports.lock().unwrap();
        let wrong = |exports: &mut Vec<Export>| !right(&spans(exports));
        let waited = self.kept.grown.wait_timeout_while(exports, PATIENCE, wrong);
        let (exports, timeout) = waited.unwrap();
        let spans = spans(&exports);
        assert!(!timeout.timed_out(), "these came: {spans:#?}");
        spans
    }

    /// That `word` stands nowhere in what has come, be it as text or in the messages' own form.
    #[track_caller]
    pub fn has_nothing_of(&self, word: &str) {
        assert!(!word.is_empty());
        for Export { head, body } in self.exports() {
            let is_there = body.windows(word.len()).any(|part| part == word.as_bytes());
            let spans = Span::all(&body);
            assert!(
                !is_there && !head.contains(word),
                "{word}: {head}{spans:#?}"
            );
        }
    }
}

fn spans(exports: &[Export]) -> Vec<Span> {
    let bodies = exports.iter().map(|export| export.body.as_slice());
    bodies.flat_map(Span::all).collect()
}
