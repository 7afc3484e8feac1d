//! The sidecar's `Host`: an accepted host is this machine for a WHATWG parser, too. An input has a target on
//! its first line, and then one host per line.

#![no_main]

use std::net::Ipv4Addr;

use http::{HeaderValue, Request, header};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let target = lines.next().unwrap_or_default();
    let Ok(mut request) = Request::get(target).body(Default::default()) else {
        return;
    };
    let hosts: Vec<&str> = lines.collect();
    for host in &hosts {
        let Ok(value) = HeaderValue::from_str(host) else {
            return;
        };
        request.headers_mut().append(header::HOST, value);
    }
    if !sidecar::fuzzing::is_for_this_machine(&request) {
        return;
    }
    let authority = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    assert_eq!(hosts.len(), 1);
    for host in hosts.into_iter().chain(authority) {
        let url = Url::parse(&format!("http://{host}/")).expect("it is an authority");
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback() && address != Ipv4Addr::UNSPECIFIED,
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        assert!(local, "{host}");
    }
});
