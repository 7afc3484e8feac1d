#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::collections::BTreeMap;

use http::{Request, Response};
use serde_json::{Value, json};

use super::{Door, NotAdmitted, Rule};
use crate::entra::{Entra, Groups, IdToken, Membership};
use crate::platform::double::{World, run};
use crate::platform::{HttpError, UnixTime};
use crate::settings::{AdmissionSettings, Client, Reader, SidecarSettings};
use crate::store::{Keyring, Records};
use crate::terms::{Secret, User};

const OID: &str = "a11ce000-0000-4000-8000-000000000001";
const GROUP: &str = "6700d000-0000-4000-8000-000000000001";
const OTHER: &str = "99999999-0000-4000-8000-000000000009";

fn alice() -> IdToken {
    IdToken {
        expires_at: UnixTime(u64::MAX),
        user: User {
            tid: "11111111-2222-3333-4444-555555555555".to_owned(),
            oid: OID.to_owned(),
            name: None,
            preferred_username: Some("alice@contoso.example".to_owned()),
            email: None,
            login_hint: None,
        },
        sid: None,
        membership: Membership {
            groups: Groups::Listed(vec![GROUP.to_owned()]),
            roles: vec!["reader".to_owned(), "cluster-user".to_owned()],
            upn: Some("Alice@contoso.example".to_owned()),
        },
    }
}

/// Asks the rules about `id_token`. There is no error if it is admitted.
fn ask(world: &World, rules: &[(&str, &str)], id_token: &IdToken) -> Result<(), NotAdmitted> {
    let rules: BTreeMap<_, _> = rules.iter().copied().collect();
    let variable = |name: &str| {
        let value = match name {
            "tenant_id" => "11111111-2222-3333-4444-555555555555",
            "client_id" => "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "authority_host" => "https://login.example",
            "graph_url" => "https://graph.example",
            "session_secret" | "sidecar_token" => "0123456789abcdef0123456789abcdef",
            "sidecar_url" => "http://127.0.0.1:8081",
            _ => rules.get(name)?,
        };
        Some(value.to_owned())
    };
    let mut reader = Reader::new(&variable);
    let client = Client::read(&mut reader).unwrap();
    let sidecar = SidecarSettings::read(&mut reader).unwrap();
    let keyring = Keyring::read(&mut reader).unwrap();
    let settings = AdmissionSettings::read(&mut reader, Some(&client)).unwrap();
    reader.finish(Some(())).unwrap();
    let door = Door {
        entra: &Entra::new(world, &client, &sidecar),
        records: &Records {
            platform: world,
            keyring: &keyring,
        },
        settings: &settings,
        clock_tolerance: 60,
    };
    run(door.admit(id_token, Some(&Secret::new("refresh"))))
}

/// The rule that does not admit, if any.
fn rule(rules: &[(&str, &str)], id_token: &IdToken) -> Option<Rule> {
    match ask(&World::new(), rules, id_token) {
        Ok(()) => None,
        Err(NotAdmitted::Refused(refusal)) => Some(refusal.rule),
        Err(_) => unreachable!("nothing is away"),
    }
}

#[test]
fn without_rules_everybody_is_admitted() {
    assert_eq!(rule(&[], &alice()), None);
    assert_eq!(rule(&[("allowed_users", " ")], &alice()), None);
}

#[test]
fn each_rule_admits_by_any_of_its_entries() {
    let several = |entry: &str| format!("{OTHER}, x@y.example\n{entry}");
    for rules in [
        ("allowed_users", OID.to_owned()),
        ("allowed_users", OID.to_uppercase()),
        ("allowed_users", "alice@CONTOSO.example".to_owned()),
        ("allowed_users", several(OID)),
        ("allowed_roles", "admin,cluster-user".to_owned()),
        (
            "allowed_groups",
            format!("{OTHER} {}", GROUP.to_uppercase()),
        ),
    ] {
        assert_eq!(rule(&[(rules.0, &rules.1)], &alice()), None, "{rules:?}");
    }
}

#[test]
fn of_several_rules_each_must_admit() {
    let all = [
        ("allowed_users", OID),
        ("allowed_roles", "cluster-user"),
        ("allowed_groups", GROUP),
    ];
    assert_eq!(rule(&all, &alice()), None);
    for (index, wrong, expected) in [
        (0, OTHER, Rule::Users),
        (1, "Cluster-User", Rule::Roles),
        (2, OTHER, Rule::Groups),
    ] {
        let mut rules = all;
        rules[index].1 = wrong;
        assert_eq!(rule(&rules, &alice()), Some(expected));
    }
}

#[test]
fn who_is_in_no_group_is_in_none_of_those_allowed() {
    let mut nobody = alice();
    nobody.membership.groups = Groups::Listed(Vec::new());
    nobody.membership.roles = Vec::new();
    assert_eq!(
        rule(&[("allowed_groups", GROUP)], &nobody),
        Some(Rule::Groups)
    );
    assert_eq!(
        rule(&[("allowed_roles", "cluster-user")], &nobody),
        Some(Rule::Roles)
    );
}

/// Only a member of this tenant has a user principal name that counts.
#[test]
fn a_guest_is_known_by_object_id_only() {
    let mut guest = alice();
    guest.membership.upn = None;
    guest.user.email = Some("alice@contoso.example".to_owned());
    let by_name = [("allowed_users", "alice@contoso.example")];
    assert_eq!(rule(&by_name, &guest), Some(Rule::Users));
    assert_eq!(rule(&[("allowed_users", OID)], &guest), None);
}

/// A world in which Entra gives tokens, and Graph answers what `graph` says of an address.
fn world(graph: impl Fn(&str) -> (u16, Value) + 'static) -> World {
    let world = World::new();
    *world.answer.borrow_mut() = Box::new(move |request: &Request<Vec<u8>>| {
        let address = request.uri().to_string();
        let (status, body) = match request.uri().host() {
            Some("127.0.0.1") => (200, json!({ "token": "a.b.c", "expires_at": 0 })),
            Some("login.example") => (
                200,
                json!({ "access_token": "for-graph", "expires_in": 60 }),
            ),
            _ => {
                assert_eq!(request.headers()["authorization"], "Bearer for-graph");
                graph(&address)
            }
        };
        let response = Response::builder().status(status);
        response
            .body(body.to_string().into_bytes())
            .map_err(|error| HttpError::Failed(error.to_string()))
    });
    world
}

fn in_many_groups() -> IdToken {
    let mut token = alice();
    token.membership.groups = Groups::InGraph;
    token
}

fn page(groups: &[&str], next: Option<&str>) -> (u16, Value) {
    let value: Vec<Value> = groups.iter().map(|id| json!({ "id": id })).collect();
    (200, json!({ "value": value, "@odata.nextLink": next }))
}

const RULE: [(&str, &str); 1] = [("allowed_groups", GROUP)];

#[test]
fn graph_is_asked_page_by_page_and_what_it_said_holds_for_a_while() {
    let world = world(|address| match address {
        "https://graph.example/v1.0/me/transitiveMemberOf?$select=id&$top=100" => {
            page(&[OTHER], Some("https://graph.example/v1.0/next"))
        }
        "https://graph.example/v1.0/next" => page(&[GROUP], None),
        _ => (404, Value::Null),
    });
    let asked = |world: &World| {
        let called = world.called.borrow();
        called.iter().filter(|url| url.contains("graph")).count()
    };
    assert!(ask(&world, &RULE, &in_many_groups()).is_ok());
    assert_eq!(asked(&world), 2);
    assert!(ask(&world, &RULE, &in_many_groups()).is_ok());
    assert_eq!(asked(&world), 2, "kept");
    world.pass(300);
    assert!(ask(&world, &RULE, &in_many_groups()).is_ok());
    assert_eq!(asked(&world), 4, "asked anew");
    world.now.set(world.now.get() - 100);
    assert!(ask(&world, &RULE, &in_many_groups()).is_ok());
    assert_eq!(
        asked(&world),
        6,
        "what a clock that was ahead has written does not hold"
    );
}

#[test]
fn who_is_in_none_of_many_groups_is_refused() {
    let world = world(|_| page(&[OTHER], None));
    let refused = ask(&world, &RULE, &in_many_groups());
    assert!(matches!(refused, Err(NotAdmitted::Refused(refusal)) if refusal.rule == Rule::Groups));
}

/// A part of the groups is never taken for all of them, and the token goes nowhere but to Graph.
#[test]
fn whatever_keeps_the_groups_away_is_no_refusal() {
    let first = "https://graph.example/v1.0/me/";
    let nexts = [
        "https://graph.example.evil.example/v1.0/next",
        "http://graph.example/v1.0/next",
        "https://graph.example@evil.example/",
        "https://user@graph.example/v1.0/next",
        "/v1.0/next",
        "https://graph.example/v1.0/broken",
        "https://graph.example/v1.0/me/again",
    ];
    for next in nexts {
        let world = world(move |address| match address {
            _ if address.starts_with(first) => page(&[OTHER], Some(next)),
            "https://graph.example/v1.0/broken" => (200, json!("<html>")),
            _ => unreachable!("{address}"),
        });
        let away = ask(&world, &RULE, &in_many_groups());
        assert!(matches!(away, Err(NotAdmitted::Away(_))), "{next}");
        assert!(world.store.borrow().is_empty(), "nothing of it is kept");
    }
    for status in [401, 403, 404, 429, 500, 503] {
        let world = world(move |_| (status, Value::Null));
        let away = ask(&world, &RULE, &in_many_groups());
        assert!(matches!(away, Err(NotAdmitted::Away(_))), "{status}");
    }
}

#[test]
fn what_is_kept_cannot_be_read_or_planted() {
    let world = world(|_| page(&[OTHER], None));
    let _ = ask(&world, &RULE, &in_many_groups());
    let mut store = world.store.borrow_mut();
    assert!(!store.is_empty());
    for value in store.values_mut() {
        let text = String::from_utf8_lossy(value);
        assert!(!text.contains(OTHER) && !text.contains(OID));
        let planted = json!({ "groups": [GROUP], "at": world.now.get() });
        *value = planted.to_string().into_bytes();
    }
    drop(store);
    assert!(ask(&world, &RULE, &in_many_groups()).is_err());
}
