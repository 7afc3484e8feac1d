//! A stack whose proxy is in front of an API server that the test plays.

use std::io;

use serde_json::Value;

use crate::{ApiServer, Asker, Browser, Builder, Heard, Seen, Stack, Wire};

/// Both, and helpers for tests.
pub struct Staged {
    /// The API server.
    pub api: ApiServer,
    /// The proxy, in the clear.
    pub stack: Stack,
}

impl Staged {
    /// An API server that answers every request with an empty object.
    pub fn start() -> Self {
        Self::playing(|_, asker| asker.json("200 OK", "{}"))
    }

    /// An API server that answers as the test says.
    pub fn playing(
        answer: impl Fn(&Seen, &mut Asker) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::with(Builder::default(), ApiServer::start(answer))
    }

    /// With another stack.
    pub fn with(builder: Builder, api: ApiServer) -> Self {
        let stack = builder.setting("KUBERNETES_API_URL", api.url()).start();
        Self { api, stack }
    }

    /// A credential that `browser` has asked for.
    pub fn credential(&self, browser: &mut Browser) -> String {
        let kubeconfig = browser.send("POST", "/kubeconfig", &[], "name=test");
        assert_eq!(kubeconfig.status, 200, "{kubeconfig:?}");
        let line = kubeconfig
            .body
            .lines()
            .find_map(|line| line.trim().strip_prefix("token: "));
        let token: Value = serde_json::from_str(line.unwrap()).unwrap();
        token.as_str().unwrap().to_owned()
    }

    /// A credential of `user`, who has consented and signs in.
    pub fn credential_of(&self, user: &str) -> String {
        self.stack.consent(user);
        self.credential(&mut self.stack.signed_in(user))
    }

    /// Sends these bytes; returns all that comes until the connection ends.
    pub fn send(&self, bytes: impl AsRef<[u8]>) -> Heard {
        let mut wire = Wire::to(&self.stack.origin);
        wire.send(bytes);
        wire.hear()
    }

    /// `GET target` with these further header lines, each with its line end.
    pub fn get(&self, target: &str, lines: &str) -> Heard {
        self.send(request("GET", target, lines))
    }

    /// The same with a bearer.
    pub fn get_as(&self, bearer: &str, target: &str) -> Heard {
        self.get(target, &format!("authorization: Bearer {bearer}\r\n"))
    }
}

/// A request without a body that closes the connection after its answer.
pub fn request(method: &str, target: &str, lines: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{lines}\r\n")
}
