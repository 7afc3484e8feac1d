//! A relay between a store and its server: it can be pointed elsewhere, and can be cut when a command comes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

use super::server::Server;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cut {
    /// Before the server gets the command.
    Before,
    /// After the server's answer, before the client gets it.
    After,
}

/// A relay in front of a server. Existing connections stay.
pub(super) struct Between {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    port: u16,
    /// Commands that contain this text are cut, this many times.
    cut: Option<(&'static str, Cut, usize)>,
}

impl Between {
    pub(super) async fn new(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            port: server.port,
            cut: None,
        }));
        let shared = state.clone();
        // Ends with the test's runtime.
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, shared.clone()));
            }
        });
        Self { address, state }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// New connections go to `server`.
    pub(super) fn point_to(&self, server: &Server) {
        self.state.lock().unwrap().port = server.port;
    }

    /// Cuts the connection at the next command that contains `word`.
    pub(super) fn cut_at(&self, word: &'static str, cut: Cut) {
        self.state.lock().unwrap().cut = Some((word, cut, 1));
    }

    /// Cuts this many connections, each at such a command.
    pub(super) fn cut_each(&self, word: &'static str, times: usize) {
        self.state.lock().unwrap().cut = Some((word, Cut::Before, times));
    }

    /// Whether all expected commands have come.
    pub(super) fn was_cut(&self) -> bool {
        self.state.lock().unwrap().cut.is_none()
    }
}

async fn carry(mut client: TcpStream, state: Arc<Mutex<State>>) {
    let port = state.lock().unwrap().port;
    // Without a server the client's connection ends.
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let (mut answers, mut commands) = server.into_split();
    let (mut from, mut to) = client.split();
    let there = async {
        let mut buffer = [0; 64 * 1024];
        loop {
            let length = from.read(&mut buffer).await.unwrap_or(0);
            let command = &buffer[..length];
            if command.is_empty() || is_cut(command, port, &state).await {
                return;
            }
            if commands.write_all(command).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = there => {}
        _ = copy(&mut answers, &mut to) => {}
    }
}

/// Whether to cut the connection at `command`. The server may still get it by another connection.
async fn is_cut(command: &[u8], port: u16, state: &Mutex<State>) -> bool {
    let cut = state
        .lock()
        .unwrap()
        .take(&String::from_utf8_lossy(command));
    if cut == Some(Cut::After) {
        let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        server.write_all(command).await.unwrap();
        assert!(server.read(&mut [0; 1024]).await.unwrap() > 0);
    }
    cut.is_some()
}

impl State {
    /// Where to cut at `command`, if it is to be cut.
    fn take(&mut self, command: &str) -> Option<Cut> {
        let (word, cut, times) = self.cut.as_mut()?;
        if !command.contains(*word) {
            return None;
        }
        let cut = *cut;
        *times -= 1;
        if *times == 0 {
            self.cut = None;
        }
        Some(cut)
    }
}
