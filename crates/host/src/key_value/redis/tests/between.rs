//! What stands between a store and its server: an address that can point elsewhere, and a wire that is
//! cut when a command comes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

use super::server::Server;

/// Where the wire is cut.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cut {
    /// Before the server has the command.
    Before,
    /// After the server has answered it, before the client has the answer.
    After,
}

/// An address in front of a server. Connections that there are stay where they are.
pub(super) struct Between {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    port: u16,
    /// At the next commands that contain this; and at how many.
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

    /// The connection that brings the next command that contains `word` is cut.
    pub(super) fn cut_at(&self, word: &'static str, cut: Cut) {
        self.state.lock().unwrap().cut = Some((word, cut, 1));
    }

    /// So many connections are cut, each when it brings such a command.
    pub(super) fn cut_each(&self, word: &'static str, times: usize) {
        self.state.lock().unwrap().cut = Some((word, Cut::Before, times));
    }

    /// Whether all commands have come that were waited for.
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

/// Whether the connection is to be cut at `command`, of which the server may get to know another way.
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
    /// Where `command` is to be cut, if it is one of those.
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
