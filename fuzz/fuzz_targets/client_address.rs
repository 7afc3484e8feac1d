//! `X-Forwarded-For`: only a trusted proxy can name the client's address. An input is the address of the
//! connection, and then one header per line.

#![no_main]

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;

static TRUSTED: LazyLock<[IpNet; 2]> =
    LazyLock::new(|| ["10.0.0.0/8", "2001:db8:1::/48"].map(|net| net.parse().expect("a network")));

fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let Some(peer) = lines.next().and_then(forwarded::parse) else {
        return;
    };
    let lines: Vec<&str> = lines.collect();
    let told = forwarded::client_address(peer, lines.iter().copied(), TRUSTED.as_slice());
    assert_eq!(told, told.to_canonical());
    let alone = forwarded::client_address(peer, lines.iter().copied(), &[]);
    assert_eq!(
        alone,
        peer.to_canonical(),
        "without proxies it is the connection's"
    );

    // A client's values precede those of proxies, and do not change them.
    let proxied = format!("{}, 203.0.113.7", lines.join(", "));
    let proxy: IpAddr = "10.0.0.1".parse().expect("an address");
    let through = forwarded::client_address(proxy, [proxied.as_str()], TRUSTED.as_slice());
    assert_eq!(through.to_string(), "203.0.113.7");
    let one: IpNet = format!("{told}/{}", if told.is_ipv4() { 32 } else { 128 })
        .parse()
        .expect("a network");
    assert!(one.contains(&told));
    assert_eq!(
        forwarded::client(told),
        forwarded::client(forwarded::client(told))
    );
});
