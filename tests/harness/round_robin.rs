//! What stands before replicas: each connection goes to the next one.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use crate::Replica;

/// A round-robin proxy on loopback. It ends with the test's process.
pub struct RoundRobin {
    address: String,
}

impl RoundRobin {
    /// Before `replicas`.
    pub fn before(replicas: &[&Replica]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let targets = replicas.iter().map(|replica| replica.origin());
        let targets: Vec<String> = targets
            .map(|origin| origin.trim_start_matches("http://").to_owned())
            .collect();
        thread::spawn(move || {
            let clients = listener.incoming().map_while(Result::ok);
            for (client, target) in clients.zip(targets.iter().cycle()) {
                let replica = TcpStream::connect(target).unwrap();
                carry(client.try_clone().unwrap(), replica.try_clone().unwrap());
                carry(replica, client);
            }
        });
        Self { address }
    }

    /// Where it is.
    pub fn origin(&self) -> &str {
        &self.address
    }
}

/// In one direction, until either side goes.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}
