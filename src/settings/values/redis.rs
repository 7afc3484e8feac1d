//! How a Redis is reached.

use super::parse::{count, list};
use crate::terms::Secret;

/// More replicas than any Redis has.
const MOST_REPLICAS: u64 = 100;

/// The name of a user, or of what Sentinels watch over.
pub(in crate::settings) fn name(text: &str) -> Result<String, String> {
    match text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        true => Err("has white space or a control character".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// Any text. Whether it is the right one, Redis says.
pub(in crate::settings) fn password(text: &str) -> Result<Secret, String> {
    Ok(Secret::new(text))
}

/// What a client-credentials grant takes: all of one resource (Entra: `/.default`).
pub(in crate::settings) fn scope(text: &str) -> Result<String, String> {
    let resource = text.strip_suffix("/.default").unwrap_or_default();
    match resource.is_empty() || text.contains(char::is_whitespace) {
        true => Err("is not one scope that ends in /.default".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// `host:port` of each.
pub(in crate::settings) fn sentinels(text: &str) -> Result<Vec<String>, String> {
    list(text, |entry| {
        let (host, port) = entry.rsplit_once(':').unwrap_or_default();
        let is_address = !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok();
        match is_address {
            true => Ok(entry.to_owned()),
            false => Err(format!("has `{entry}`, which is not host:port")),
        }
    })
}

/// How many replicas are waited for.
pub(in crate::settings) fn replicas(text: &str) -> Result<u64, String> {
    match count(text)? {
        replicas if replicas > MOST_REPLICAS => Err(format!("is more than {MOST_REPLICAS}")),
        replicas => Ok(replicas),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{name, replicas, scope, sentinels};

    #[test]
    fn sentinels_are_hosts_with_ports() {
        let two = sentinels("a.redis:26379, [::1]:26380").unwrap();
        assert_eq!(two, ["a.redis:26379", "[::1]:26380"]);
        for wrong in ["a.redis", ":26379", "a:b", "redis://a:26379", "a:99999"] {
            assert!(sentinels(wrong).unwrap_err().contains("not host:port"));
        }
        assert!(sentinels(",").is_err());
    }

    #[test]
    fn a_scope_is_all_of_one_resource() {
        assert!(scope("https://redis.azure.com/.default").is_ok());
        for wrong in [
            "https://redis.azure.com",
            "/.default",
            "openid https://redis.azure.com/.default",
        ] {
            assert!(scope(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_and_numbers_are_what_they_are_called() {
        assert!(name("11111111-2222-3333-4444-555555555555").is_ok());
        assert!(name("two words").is_err());
        assert_eq!(replicas("2"), Ok(2));
        assert!(replicas("101").is_err() && replicas("-1").is_err());
    }
}
