//! One direction of an exchange: from an incoming body to an outgoing one. The bytes stay with the
//! host.

use spin_sdk::wit::wasi::http0_2_0::types::OutgoingBody;
use wasi::io::poll::Pollable;
use wasi::io::streams::{InputStream, OutputStream, StreamError};

use super::deadline::Deadline;
use super::outbound;

/// The most that is carried in one step, in bytes.
const CHUNK: u64 = 256 * 1024;
/// How many steps one direction takes before the other one has its turn.
const STEPS: usize = 8;

/// Carries from a stream to a body. Children come before parents: WASI wants them dropped in this
/// order.
pub(super) struct Flow {
    readable: Pollable,
    writable: Pollable,
    from: InputStream,
    to: OutputStream,
    sink: OutgoingBody,
    carried: u64,
    limit: u64,
}

/// Why a flow has stopped.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Stopped {
    /// It has moved something, and could go on.
    Turn,
    /// Nothing has come.
    NoInput,
    /// Nothing more fits.
    NoRoom,
    /// Everything has been carried.
    Ended,
    /// What comes was cut off.
    SourceFailed,
    /// More has come than is allowed.
    TooMuch,
    /// Nobody takes the output any more.
    SinkGone,
}

impl Flow {
    /// Carries from `from` to `sink`, at most `limit` bytes; nothing if the body was taken before.
    pub(super) fn new(from: InputStream, sink: OutgoingBody, limit: u64) -> Option<Self> {
        let to = sink.write().ok()?;
        Some(Self {
            readable: from.subscribe(),
            writable: to.subscribe(),
            from,
            to,
            sink,
            carried: 0,
            limit,
        })
    }

    /// Carries what can be carried without waiting.
    pub(super) fn run(&mut self) -> Stopped {
        for _ in 0..STEPS {
            match self.step() {
                Stopped::Turn => {}
                stopped => return stopped,
            }
        }
        Stopped::Turn
    }

    fn step(&mut self) -> Stopped {
        match self.to.splice(&self.from, CHUNK) {
            Ok(0) => match self.to.check_write() {
                Ok(0) => Stopped::NoRoom,
                Ok(_) => Stopped::NoInput,
                Err(_) => Stopped::SinkGone,
            },
            Ok(bytes) => {
                self.carried += bytes;
                match self.carried > self.limit {
                    true => Stopped::TooMuch,
                    false => Stopped::Turn,
                }
            }
            // The error may come from either end.
            Err(_) if self.is_gone() => Stopped::SinkGone,
            Err(StreamError::Closed) => Stopped::Ended,
            Err(StreamError::LastOperationFailed(_)) => Stopped::SourceFailed,
        }
    }

    /// Whether nobody takes the output any more. If nothing was sent, a component has no other sign
    /// that a client has gone.
    pub(super) fn is_gone(&self) -> bool {
        self.to.check_write().is_err()
    }

    /// What to wait for after [`Flow::run`] has said `stopped`.
    pub(super) fn event(&self, stopped: Stopped) -> Option<&Pollable> {
        match stopped {
            Stopped::NoInput => Some(&self.readable),
            Stopped::NoRoom => Some(&self.writable),
            _ => None,
        }
    }

    /// How many bytes it has carried.
    pub(super) fn carried(&self) -> u64 {
        self.carried
    }

    /// Ends the outgoing body as complete. False if its length is not the one announced.
    pub(super) fn finish(self) -> bool {
        let Self {
            readable,
            writable,
            from,
            to,
            sink,
            ..
        } = self;
        drop((readable, writable));
        drop((from, to));
        OutgoingBody::finish(sink, None).is_ok()
    }

    /// Ends the outgoing body as complete, with `last` at its end. Nothing else is carried.
    pub(super) fn finish_with(self, last: &[u8], deadline: &Deadline) {
        if outbound::write_to(&self.to, &self.writable, last, deadline).is_ok() {
            // Whoever does not get it has gone.
            self.finish();
        }
    }
}
