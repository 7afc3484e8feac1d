//! A gate between a proxy and its Redis, which passes only so many writes.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use crate::Redis;

/// The writing commands, as the host sends them.
const WRITES: [&str; 4] = ["SET", "MSET", "DEL", "INCRBY"];

/// A gate in front of a Redis.
pub struct Gate {
    port: u16,
    state: Arc<State>,
}

struct State {
    redis: String,
    passed: Mutex<Passed>,
    changed: Condvar,
}

/// The number of writes so far, and the first one that does not pass.
#[derive(Default)]
struct Passed {
    writes: usize,
    limit: Option<usize>,
    /// Whether connections are cut there; otherwise they hang.
    cut: bool,
    /// Whether the wait for the end of the request is over.
    over: bool,
}

impl Gate {
    /// An open gate. It ends with the test's process.
    pub fn new(redis: &Redis) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            redis: redis.address(),
            passed: Mutex::default(),
            changed: Condvar::new(),
        });
        let shared = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let state = shared.clone();
                thread::spawn(move || state.carry(client));
            }
        });
        Self { port, state }
    }

    /// The address for `runtime-config.toml`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/3", self.port)
    }

    /// From now on `writes` pass; the next one hangs, and everything with it.
    pub fn hang_after(&self, writes: usize) {
        self.limit(writes, false);
    }

    /// From now on `writes` pass; at the next one all connections are cut.
    pub fn cut_after(&self, writes: usize) {
        self.limit(writes, true);
    }

    /// Everything passes again.
    pub fn open(&self) {
        self.state.passed.lock().unwrap().limit = None;
    }

    /// Waits until a write hangs or [`Gate::over`] is called; returns whether one hangs.
    pub fn hangs(&self) -> bool {
        let passed = self.state.passed.lock().unwrap();
        let changed = &self.state.changed;
        let passed = changed
            .wait_while(passed, |passed| !passed.is_shut() && !passed.over)
            .unwrap();
        passed.is_shut()
    }

    /// The request behind the gate is over.
    pub fn over(&self) {
        self.state.passed.lock().unwrap().over = true;
        self.state.changed.notify_all();
    }

    fn limit(&self, writes: usize, cut: bool) {
        *self.state.passed.lock().unwrap() = Passed {
            writes: 0,
            limit: Some(writes),
            cut,
            over: false,
        };
    }
}

impl Passed {
    /// Whether a write has come that does not pass.
    fn is_shut(&self) -> bool {
        self.limit.is_some_and(|limit| self.writes > limit)
    }
}

impl State {
    /// Carries one connection in both directions.
    fn carry(&self, client: TcpStream) {
        let redis = TcpStream::connect(&self.redis);
        let Ok(redis) = redis else { return };
        let (mut answers, mut back) = (redis.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || {
            // Either side may disconnect at any time: that is tested.
            let _ = io::copy(&mut answers, &mut back);
            let _ = back.shutdown(Shutdown::Both);
        });
        let _ = self.commands(&client, &redis);
        let _ = redis.shutdown(Shutdown::Both);
        let _ = client.shutdown(Shutdown::Both);
    }

    fn commands(&self, client: &TcpStream, mut redis: &TcpStream) -> io::Result<()> {
        let mut client = BufReader::new(client);
        while let Some((name, command)) = read(&mut client)? {
            if WRITES.contains(&name.as_str()) {
                self.pass()?;
            }
            redis.write_all(&command)?;
        }
        Ok(())
    }

    /// Counts a write, and returns if it passes.
    fn pass(&self) -> io::Result<()> {
        let mut passed = self.passed.lock().unwrap();
        passed.writes += 1;
        self.changed.notify_all();
        if passed.is_shut() && passed.cut {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let hanging = self.changed.wait_while(passed, |passed| passed.is_shut());
        drop(hanging.unwrap());
        Ok(())
    }
}

/// A command of the Redis protocol: its name, and all of its bytes.
fn read(client: &mut impl BufRead) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut command = Vec::new();
    if client.read_until(b'\n', &mut command)? == 0 {
        return Ok(None);
    }
    let mut name = String::new();
    for index in 0..number(&command) {
        let start = command.len();
        client.read_until(b'\n', &mut command)?;
        let length = number(&command[start..]);
        let start = command.len();
        command.resize(start + length + 2, 0);
        client.read_exact(&mut command[start..])?;
        if index == 0 {
            name = String::from_utf8_lossy(&command[start..start + length]).to_uppercase();
        }
    }
    Ok(Some((name, command)))
}

/// What stands in `*3` or `$12`.
fn number(line: &[u8]) -> usize {
    let text = String::from_utf8_lossy(line);
    text.trim().get(1..).unwrap_or("").parse().unwrap_or(0)
}
