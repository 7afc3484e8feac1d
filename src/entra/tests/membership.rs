//! What an ID token says beyond the user's identity.

use super::*;

impl Tenant {
    /// What a token with these additional claims says.
    fn read(&self, more: &Value) -> Result<IdToken, InvalidToken> {
        let mut claims = self.claims();
        let members = more.as_object().unwrap().clone();
        claims.as_object_mut().unwrap().extend(members);
        self.id_token(&self.token(&header(), &claims))
    }
}

#[test]
fn what_a_token_says_of_groups_and_roles() {
    let tenant = Tenant::new();
    let listed = |more: Value| match tenant.read(&more).unwrap().membership.groups {
        Groups::Listed(groups) => Some(groups),
        Groups::InGraph => None,
    };
    assert_eq!(listed(json!({})), Some(vec![]));
    assert_eq!(
        listed(json!({ "groups": ["g"] })),
        Some(vec!["g".to_owned()])
    );
    let elsewhere = json!({ "_claim_names": { "groups": "src1" } });
    assert_eq!(listed(elsewhere.clone()), None);
    let both = json!({ "_claim_names": { "groups": "src1" }, "groups": ["g"] });
    assert_eq!(listed(both), None, "a part is not taken for all");
    assert_eq!(
        listed(json!({ "_claim_names": { "x": "src1" } })),
        Some(vec![])
    );
    for wrong in [json!("g"), json!({}), json!([1]), Value::Null] {
        let refused = tenant.read(&json!({ "groups": wrong })).err();
        assert_eq!(refused, Some(InvalidToken::Claim("groups")), "{wrong}");
        let refused = tenant.read(&json!({ "roles": wrong })).err();
        assert_eq!(refused, Some(InvalidToken::Claim("roles")), "{wrong}");
    }
    let roles = tenant
        .read(&json!({ "roles": ["r"] }))
        .unwrap()
        .membership
        .roles;
    assert_eq!(roles, ["r"]);
}

#[test]
fn a_guest_has_no_user_principal_name() {
    let tenant = Tenant::new();
    let upn = |more: Value| tenant.read(&more).unwrap().membership.upn;
    let name = "alice@contoso.example";
    assert_eq!(upn(json!({})), None);
    assert_eq!(
        upn(json!({ "preferred_username": name })).as_deref(),
        Some(name)
    );
    let both = json!({ "upn": name, "preferred_username": "other@contoso.example" });
    assert_eq!(upn(both).as_deref(), Some(name));
    for guest in [
        json!({ "upn": name, "idp": "https://sts.windows.net/other/" }),
        json!({ "preferred_username": name, "idp": "live.com" }),
        json!({ "upn": "alice_fabrikam.example#EXT#@contoso.example" }),
        json!({ "upn": "x#ext#@contoso.example", "preferred_username": name }),
    ] {
        assert_eq!(upn(guest.clone()), None, "{guest}");
    }
}

#[test]
fn an_email_address_counts_if_the_owner_of_its_domain_has_verified_it() {
    let tenant = Tenant::new();
    let email = |verified: Value, email: &str| {
        let claims = json!({ "email": email, "xms_edov": verified });
        tenant.read(&claims).unwrap().user.email
    };
    let address = "alice@contoso.example";
    for verified in [
        json!(true),
        json!(1),
        json!("1"),
        json!("true"),
        json!("True"),
    ] {
        assert_eq!(email(verified, address).as_deref(), Some(address));
    }
    for not in [
        json!(false),
        json!(0),
        json!("0"),
        json!(""),
        json!([true]),
        Value::Null,
    ] {
        assert_eq!(email(not.clone(), address), None, "{not}");
    }
    assert_eq!(
        tenant
            .read(&json!({ "email": address }))
            .unwrap()
            .user
            .email,
        None
    );
    for none in ["alice", "alice@contoso.example@evil.example", ""] {
        assert_eq!(email(json!(true), none), None, "{none}");
    }
}
