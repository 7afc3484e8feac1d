//! A load balancer in front of replicas: each connection goes to one of its targets.

use std::collections::VecDeque;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::Replica;

/// A round-robin proxy on loopback whose targets come and go; existing connections stay. It ends with the
/// test's process.
pub struct Ingress {
    address: String,
    targets: Arc<Mutex<VecDeque<String>>>,
}

impl Ingress {
    /// Without targets.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let targets = Arc::new(Mutex::new(VecDeque::<String>::new()));
        let known = targets.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let target = {
                    let mut known = known.lock().unwrap();
                    known.rotate_left(1);
                    known.back().cloned()
                };
                // Without a listener, the client sees an end without an answer.
                if let Some(replica) = target.and_then(|target| TcpStream::connect(target).ok()) {
                    carry(client.try_clone().unwrap(), replica.try_clone().unwrap());
                    carry(replica, client);
                }
            }
        });
        Self { address, targets }
    }

    /// In front of `replicas`.
    pub fn before(replicas: &[Replica]) -> Self {
        let this = Self::start();
        replicas.iter().for_each(|replica| this.add(replica.host()));
        this
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Adds a target.
    pub fn add(&self, address: &str) {
        self.targets.lock().unwrap().push_back(address.to_owned());
    }

    /// Removes a target.
    pub fn remove(&self, address: &str) {
        self.targets
            .lock()
            .unwrap()
            .retain(|target| target != address);
    }
}

/// Copies one direction until it ends, and passes the end on.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}
