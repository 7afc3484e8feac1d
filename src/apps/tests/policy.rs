//! What the query of `/oauth2/auth` asks of the user.

use form_urlencoded::Serializer;

use super::{Person, alice, dave};
use crate::apps::{Denied, Policy, Rule, TABLE, markdown};
use crate::problem::Tell;
use crate::request::Parameters;

/// What is said of `person` by this query.
fn ask(query: &str, person: &Person) -> Result<(), Denied> {
    let policy = Policy::of(&Parameters::parse(query.as_bytes()))?;
    policy.admit(&person.facts())
}

fn one(name: &str, value: &str) -> String {
    Serializer::new(String::new())
        .append_pair(name, value)
        .finish()
}

#[test]
fn without_rules_everybody_is_admitted() {
    for query in ["", "rd=%2Fx", "x=allowed_groups", "groups=nobody"] {
        assert_eq!(ask(query, &alice()), Ok(()), "{query}");
    }
}

/// GHSA-652x-m2gr-hppm: no rule may be switched off without a test that sees it.
#[test]
fn ghsa_652x_m2gr_hppm_each_rule_admits_and_denies() {
    let rules: Vec<Rule> = TABLE.iter().map(|row| row.rule).collect();
    assert_eq!(rules, Rule::ALL);
    for row in TABLE {
        let name = row.rule.parameter();
        assert!(row.admitting.len() > 1 && row.denying.len() > 1, "{name}");
        for value in row.admitting {
            assert_eq!(ask(&one(name, value), &alice()), Ok(()), "{name}={value}");
        }
        for value in row.denying {
            let denied = ask(&one(name, value), &alice());
            assert_eq!(denied, Err(Denied::By(row.rule)), "{name}={value}");
        }
    }
}

#[test]
fn the_documentation_has_the_table() {
    let document = include_str!("../../../docs/http-apps.md");
    let (_, rest) = document.split_once("<!-- rules -->\n").unwrap_or_default();
    let (written, _) = rest.split_once("<!-- /rules -->").unwrap_or_default();
    assert_eq!(written.trim(), markdown().trim());
}

#[test]
fn a_rule_lists_by_commas_and_by_coming_again() {
    let group = "6700d000-0000-4000-8000-000000000002";
    for query in [
        format!("allowed_groups=other,{group}"),
        format!("allowed_groups=other%2C{group}"),
        format!("allowed_groups=other&x=y&allowed_groups={group}"),
        format!("allowed_groups={group}&allowed_groups="),
        format!("allowed_groups=,%20{group}%20,"),
    ] {
        assert_eq!(ask(&query, &alice()), Ok(()), "{query}");
    }
}

#[test]
fn of_several_rules_each_must_admit() {
    let admitting: Vec<String> = TABLE
        .iter()
        .map(|row| one(row.rule.parameter(), row.admitting.first().unwrap_or(&"")))
        .collect();
    assert_eq!(ask(&admitting.join("&"), &alice()), Ok(()));
    for (at, row) in TABLE.iter().enumerate() {
        let mut rules = admitting.clone();
        rules.remove(at);
        rules.push(one(row.rule.parameter(), "nobody"));
        let denied = ask(&rules.join("&"), &alice());
        assert_eq!(denied, Err(Denied::By(row.rule)));
        assert_eq!(denied.map_err(Denied::rule), Err(row.rule.parameter()));
    }
}

/// oauth2-proxy takes an empty list for no rule. A template with an empty value would open the app.
#[test]
fn a_rule_that_lists_nothing_admits_nobody() {
    for rule in Rule::ALL {
        let name = rule.parameter();
        for value in ["", "=", "=,", "=+,%20,"] {
            let denied = ask(&format!("{name}{value}"), &alice());
            assert_eq!(denied, Err(Denied::By(rule)), "{name}{value}");
        }
    }
}

/// oauth2-proxy leaves it out, and everybody is admitted.
#[test]
fn a_rule_that_nobody_knows_admits_nobody() {
    for name in [
        "allowed_group",
        "allowed-groups",
        "Allowed_Groups",
        "ALLOWED_EMAILS",
        "allowed_tenants",
        "allow_groups",
        "%20allowed_groups",
        // As HTML has it, and with oauth2-proxy's flag in mind.
        "amp;allowed_groups",
        "auth_allowed_groups",
    ] {
        let query = format!("allowed_roles=cluster-user&{name}=x");
        assert_eq!(ask(&query, &alice()), Err(Denied::Unknown), "{name}");
    }
}

#[test]
fn a_guest_is_known_by_object_id_group_and_role_only() {
    let mut guest = dave();
    for upn in [None, Some("dave_fabrikam.example#EXT#@contoso.example")] {
        guest.upn = upn.map(str::to_owned);
        for query in [
            "allowed_emails=alice@contoso.example",
            "allowed_emails=dave@fabrikam.example",
            "allowed_emails=dave_fabrikam.example%23EXT%23@contoso.example",
            "allowed_email_domains=contoso.example",
            "allowed_email_domains=fabrikam.example",
            "allowed_users=dave@fabrikam.example",
            "allowed_users=dave_fabrikam.example%23EXT%23@contoso.example",
        ] {
            assert!(ask(query, &guest).is_err(), "{query}");
        }
        for query in [
            "allowed_users=da7e0000-0000-4000-8000-000000000004",
            "allowed_groups=6700d000-0000-4000-8000-000000000001",
        ] {
            assert_eq!(ask(query, &guest), Ok(()), "{query}");
        }
    }
}

#[test]
fn an_address_that_is_verified_counts_and_one_that_is_not_does_not() {
    let mut person = dave();
    let by_address = "allowed_emails=dave@fabrikam.example";
    let by_domain = "allowed_email_domains=fabrikam.example";
    for query in [by_address, by_domain] {
        assert!(ask(query, &person).is_err());
    }
    person.user.email = Some("dave@fabrikam.example".to_owned());
    for query in [by_address, by_domain] {
        assert_eq!(ask(query, &person), Ok(()));
    }
}

/// What another tenant calls its user is no name of ours, however it is written.
#[test]
fn the_preferred_username_is_for_people_alone() {
    let mut person = dave();
    person.user.preferred_username = Some("alice@contoso.example".to_owned());
    person.user.name = Some("alice@contoso.example".to_owned());
    for rule in [Rule::Emails, Rule::Users] {
        let query = one(rule.parameter(), "alice@contoso.example");
        assert_eq!(ask(&query, &person), Err(Denied::By(rule)));
    }
}

#[test]
fn ghsa_c5c4_8r6x_56w3_an_address_has_exactly_one_at() {
    for email in [
        "attacker@evil.example@contoso.example",
        "attacker@evil.example\"@contoso.example",
        "@contoso.example",
        "contoso.example",
        "alice@",
    ] {
        let mut person = dave();
        person.user.email = Some(email.to_owned());
        person.upn = Some(email.to_owned());
        let rules = [
            (Rule::EmailDomains, "contoso.example"),
            (Rule::Emails, email),
        ];
        for (rule, entry) in rules {
            let denied = ask(&one(rule.parameter(), entry), &person);
            assert_eq!(denied, Err(Denied::By(rule)), "{email}");
        }
    }
}

#[test]
fn ghsa_4mf2_f3wh_gvf2_a_domain_ends_at_a_label() {
    let ask = |domain: &str, entry: &str| {
        let mut person = dave();
        person.user.email = Some(format!("dave@{domain}"));
        ask(&one("allowed_email_domains", entry), &person).is_ok()
    };
    for (domain, entry) in [
        ("example.com", "example.com"),
        ("example.com", ".example.com"),
        ("example.com", "*.example.com"),
        ("a.b.example.com", ".example.com"),
        ("A.EXAMPLE.com", "*.example.COM"),
    ] {
        assert!(ask(domain, entry), "{domain} {entry}");
    }
    for (domain, entry) in [
        ("evil-example.com", ".example.com"),
        ("evilexample.com", "*.example.com"),
        ("a.example.com", "example.com"),
        (".example.com", "*.example.com"),
        ("example.com.evil.example", ".example.com"),
        ("example.com", "*"),
        ("example.com", "."),
        ("example.com", "*."),
        ("example.com", "*.com.*"),
    ] {
        assert!(!ask(domain, entry), "{domain} {entry}");
    }
}

#[test]
fn the_answer_names_the_rule_and_nothing_of_what_it_lists() {
    let denied = ask("allowed_groups=secret-project", &alice()).unwrap_err();
    let problem = denied.problem();
    assert_eq!((problem.status(), problem.kind()), (403, "app-denied"));
    let detail = problem.detail();
    assert!(detail.contains("allowed_groups") && !detail.contains("secret"));
    assert_eq!(Denied::Unknown.problem().kind(), "app-denied");
}
