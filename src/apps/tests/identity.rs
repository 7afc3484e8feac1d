//! The headers that tell an app who its caller is.

use http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;

use super::{Person, alice, dave};
use crate::apps::identity::{ACCESS_TOKEN, EMAIL, GROUPS, PREFERRED_USERNAME, USER, set};

fn headers(person: &Person) -> HeaderMap {
    let mut headers = HeaderMap::new();
    set(&mut headers, &person.facts());
    headers
}

fn value(person: &Person, name: http::HeaderName) -> String {
    let headers = headers(person);
    assert_eq!(headers.get_all(&name).iter().count(), 1, "{name}");
    headers.get(&name).unwrap().to_str().unwrap().to_owned()
}

#[test]
fn an_app_is_told_who_its_caller_is() {
    let alice = alice();
    assert_eq!(value(&alice, USER), "a11ce000-0000-4000-8000-000000000001");
    assert_eq!(value(&alice, EMAIL), "alice@contoso.example");
    assert_eq!(value(&alice, PREFERRED_USERNAME), "alice@contoso.example");
    assert_eq!(
        value(&alice, GROUPS),
        "6700d000-0000-4000-8000-000000000001,6700d000-0000-4000-8000-000000000002"
    );
}

/// A proxy that copies a header that is not there leaves the client's own in the request.
#[test]
fn ghsa_vjrc_mh2v_45x6_every_header_is_always_there() {
    let mut nobody = dave();
    nobody.user.preferred_username = None;
    nobody.groups.clear();
    for name in [EMAIL, GROUPS, PREFERRED_USERNAME] {
        assert_eq!(value(&nobody, name), "");
    }
    assert!(!value(&nobody, USER).is_empty());
    assert_eq!(headers(&nobody).len(), headers(&alice()).len());
}

#[test]
fn ocm_cluster_proxy_329_what_was_there_is_gone() {
    let mut headers = HeaderMap::new();
    for name in [USER, EMAIL, GROUPS, PREFERRED_USERNAME, ACCESS_TOKEN] {
        for _ in 0..2 {
            headers.append(name.clone(), HeaderValue::from_static("root"));
        }
    }
    set(&mut headers, &dave().facts());
    assert!(headers.values().all(|value| value != "root"));
    assert_eq!(headers.len(), 5);
}

/// No line break, no second value and nothing that is not ASCII gets through, and what is decoded is what
/// Entra said.
#[test]
fn a_claim_is_encoded_so_that_it_comes_back() {
    for claim in [
        "J\u{fc}rgen@contoso.example",
        "\u{674e}\u{56db}@contoso.example",
        "\u{1f600}",
        "a\r\nX-Auth-Request-User: root",
        "a\nb",
        "a\0b",
        "a\tb",
        " a ",
        "100%25",
        "%",
        "a+b",
        "a,b;c=\"d\"",
        "\u{85}\u{2028}\u{feff}",
        "\u{7f}",
        "!1",
    ] {
        let mut person = alice();
        person.user.preferred_username = Some(claim.to_owned());
        person.user.email = Some(claim.to_owned());
        person.groups = vec![claim.to_owned(), "x".to_owned()];
        for name in [EMAIL, PREFERRED_USERNAME] {
            let value = value(&person, name);
            assert!(value.bytes().all(|byte| byte.is_ascii_graphic()), "{value}");
            assert_eq!(percent_decode_str(&value).decode_utf8().unwrap(), claim);
        }
        let list = value(&person, GROUPS);
        assert!(list.bytes().all(|byte| byte.is_ascii_graphic()), "{list}");
        let groups: Vec<_> = list
            .split(',')
            .map(|group| percent_decode_str(group).decode_utf8().unwrap())
            .collect();
        assert_eq!(groups, [claim, "x"]);
        assert!(!list.starts_with('!'));
    }
    let plain = "alice.o'hara+x@contoso.example";
    let mut person = alice();
    person.user.preferred_username = Some(plain.to_owned());
    assert_eq!(value(&person, PREFERRED_USERNAME), plain);
}

fn many(number: usize) -> Person {
    let mut erin = alice();
    let group = |number| format!("6700d000-0000-4000-8000-{number:012}");
    erin.groups = (1..=number).map(group).collect();
    erin
}

#[test]
fn two_hundred_and_fifty_groups_fit() {
    let erin = many(250);
    let list = value(&erin, GROUPS);
    assert_eq!(list.split(',').collect::<Vec<_>>(), erin.groups);
    assert_eq!(list.len(), 9249);
}

#[test]
fn beyond_the_bound_the_header_says_how_many_groups_are_left_out() {
    for number in [332, 333, 400, 10_000] {
        let erin = many(number);
        let list = value(&erin, GROUPS);
        let (groups, told) = match list.rsplit_once(",!") {
            Some((groups, told)) => (groups, told.parse().unwrap()),
            None => (list.as_str(), 0),
        };
        let groups: Vec<_> = groups.split(',').collect();
        assert_eq!(groups, erin.groups[..groups.len()], "whole, and the first");
        assert_eq!(groups.len() + told, number);
        assert_eq!(told == 0, number <= 332);
        assert!(list.len() < 13 * 1024);
    }
}

#[test]
fn one_group_that_is_too_long_is_left_out_too() {
    let mut person = alice();
    person.groups = vec!["x".repeat(20_000)];
    assert_eq!(value(&person, GROUPS), "!1");
}
