//! A client with an address of its own: Linux answers for all of 127.0.0.0/8.

use std::net::Ipv4Addr;

use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ureq::http::Request;

/// Sends GET requests from one address.
pub struct Elsewhere {
    client: Client<HttpConnector, String>,
    origin: String,
}

/// The relevant parts of an answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Location`.
    pub location: String,
    /// The first cookie, as a `Cookie` header sends it.
    pub cookie: String,
    /// `Retry-After`.
    pub retry_after: Option<u64>,
}

impl Elsewhere {
    /// A client at `address` of the proxy at `origin`.
    pub fn new(address: Ipv4Addr, origin: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_local_address(Some(address.into()));
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            origin: origin.replace("localhost", "127.0.0.1"),
        }
    }

    /// `GET target`.
    pub async fn get(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(format!("{}{target}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(String::new()).unwrap();
        let response = self.client.request(request).await.unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let cookie = header("set-cookie");
        Answer {
            status: response.status().as_u16(),
            location: header("location"),
            cookie: cookie.split(';').next().unwrap().to_owned(),
            retry_after: header("retry-after").parse().ok(),
        }
    }

    /// A sign-in with a code that Entra has not issued.
    pub async fn fail(&self, headers: &[(&str, &str)]) -> Answer {
        let login = self.get("/login", &[]).await;
        let (_, query) = login.location.split_once('?').unwrap();
        let state = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("state="));
        let callback = format!("/callback?code=made-up&state={}", state.unwrap());
        let headers = [headers, &[("cookie", &login.cookie)]].concat();
        self.get(&callback, &headers).await
    }
}
