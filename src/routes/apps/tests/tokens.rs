//! Apps that get a token of the user.

use super::*;
use crate::routes::oauth2::tests::entra::Entra;
use crate::terms::encoding::base64url;

const SERVER_ID: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";

fn aks(settings: &[(&str, &str)]) -> Proxy {
    let upstreams = json!([{ "host": APP, "url": "http://headlamp.svc", "access_token": "aks" }]);
    Proxy::with(&upstreams, settings)
}

fn jwt() -> String {
    let user = alice();
    let claims = json!({ "aud": SERVER_ID, "tid": user.tid, "oid": user.oid });
    let part = |json: Value| base64url(json.to_string().as_bytes());
    format!("{}.{}.c2ln", part(json!({ "alg": "RS256" })), part(claims))
}

/// Makes Entra answer like this.
fn entra_says(proxy: &Proxy, status: u16, body: Value) {
    proxy.world.answers(move |request| {
        let (status, body) = match request.uri().path() {
            "/v1/federated-token" => (200, json!({ "token": "a.b.c", "expires_at": 0 })),
            _ => (status, body.clone()),
        };
        let answer = Response::builder().status(status);
        Ok(answer.body(body.to_string().into_bytes()).unwrap())
    });
}

fn entra_gives_a_token(proxy: &Proxy) {
    let body = json!({
        "access_token": jwt(), "refresh_token": "new", "expires_in": 3600,
        "token_type": "Bearer", "scope": "x",
    });
    entra_says(proxy, 200, body);
}

fn entra_wants_consent(proxy: &Proxy) {
    let body = json!({
        "error": "invalid_grant", "suberror": "consent_required",
        "error_description": "AADSTS65001: no consent", "error_codes": [65001],
    });
    entra_says(proxy, 400, body);
}

#[test]
fn an_app_gets_the_users_token_in_place_of_what_the_client_sent() {
    let proxy = aks(&[]);
    entra_gives_a_token(&proxy);
    let cookie = proxy.sign_in();
    let headers = [
        ("cookie", cookie.as_str()),
        ("authorization", "Bearer forged"),
    ];
    for _ in 0..2 {
        assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
        let sent = proxy.relayed().headers().clone();
        let values: Vec<_> = sent.get_all("authorization").iter().collect();
        assert_eq!(values, [format!("Bearer {}", jwt()).as_str()]);
    }
    let asked = proxy.world.called.borrow().len();
    assert_eq!(asked, 2, "the assertion, and one token for both requests");
    assert!(
        proxy
            .world
            .lines
            .borrow()
            .iter()
            .all(|line| !line.contains(&jwt()))
    );
}

#[test]
fn a_person_is_led_to_consent_once_and_comes_back_to_the_app() {
    let proxy = aks(&[]);
    entra_wants_consent(&proxy);
    let cookie = proxy.sign_in();
    let headers = [&NAVIGATION[..], &[("cookie", cookie.as_str())]].concat();
    let to = proxy.ask(Method::GET, "/page?x=1", &headers).location();
    let to = url::Url::parse(&to).unwrap();
    assert_eq!(
        to.as_str().split('?').next().unwrap(),
        "https://auth.example.com/login"
    );
    let query: std::collections::BTreeMap<_, _> = to.query_pairs().into_owned().collect();
    assert_eq!(query["for"], "aks");
    let start = url::Url::parse("https://auth.example.com")
        .unwrap()
        .join(&query["rd"])
        .unwrap();
    assert_eq!(start.path(), "/oauth2/start");
    let back = start.query_pairs().next().unwrap().1.into_owned();
    assert_eq!(back, "https://podinfo.example.com/page?x=1");
}

#[test]
fn a_program_is_told_that_consent_is_missing() {
    let proxy = aks(&[]);
    entra_wants_consent(&proxy);
    let told = proxy.get("/", &[]);
    assert_eq!(told.problem(), problem(403, "no-aks-token"));
    let body = String::from_utf8(told.0.unwrap().into_body()).unwrap();
    assert!(body.contains("https://auth.example.com/whoami"), "{body}");
    assert_eq!(proxy.count(), 0);
}

/// Where a person has to choose, or takes a device code, our own origin says so, on the way to the app.
#[test]
fn a_person_is_led_to_the_choice_or_the_device_code_once_and_never_in_circles() {
    for consent in ["ask", "kubelogin"] {
        let proxy = aks(&[("aks_consent", consent)]);
        entra_wants_consent(&proxy);
        let cookie = proxy.sign_in();
        let program = [("cookie", cookie.as_str())];
        let person = [&NAVIGATION[..], &program].concat();
        let told = proxy.ask(Method::GET, "/page", &program);
        assert_eq!(told.problem(), problem(403, "no-aks-token"), "{consent}");
        let led = proxy.ask(Method::GET, "/page", &person).location();
        assert_eq!(led, "https://podinfo.example.com/oauth2/start?rd=%2Fpage");
        let told = proxy.ask(Method::GET, "/page", &person);
        assert_eq!(told.0.unwrap().status(), 403, "{consent}");
    }
}

#[test]
fn while_entra_is_away_nobody_is_signed_out() {
    let proxy = aks(&[]);
    entra_says(&proxy, 503, json!({}));
    let cookie = proxy.sign_in();
    let headers = [("cookie", cookie.as_str())];
    let told = proxy.ask(Method::GET, "/", &headers).problem();
    assert_eq!(told, problem(503, "entra-unavailable"));
    entra_gives_a_token(&proxy);
    proxy.world.pass(60);
    assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
}

#[test]
fn other_apps_get_no_token_and_ask_for_none() {
    let proxy = Proxy::new(json!({}));
    assert!(proxy.get("/", &[]).is_carried());
    assert!(proxy.world.called.borrow().is_empty());
}

/// A token for the app's own API, which the two peers cannot get.
#[test]
fn an_app_gets_a_token_for_its_own_api_and_another_app_gets_another() {
    let upstreams = json!([
        { "host": APP, "url": "http://podinfo.svc", "access_token": "api://podinfo/.default" },
        { "host": OTHER, "url": "http://other.svc", "access_token": "api://other/read" },
    ]);
    let proxy = Proxy::with(&upstreams, &[]);
    let entra = Entra::of(&proxy.world);
    for (host, token, scope) in [
        (APP, "for-podinfo", "api://podinfo/.default"),
        (OTHER, "for-other", "api://other/read"),
    ] {
        *entra.access_token.borrow_mut() = token.to_owned();
        let cookie = proxy.sign_in_at(host, &[GROUP.to_owned()]);
        let headers = [
            ("cookie", cookie.as_str()),
            ("authorization", "Bearer forged"),
        ];
        for _ in 0..2 {
            assert!(proxy.ask_at(host, Method::GET, "/", &headers).is_carried());
            let sent = proxy.relayed().headers().clone();
            let values: Vec<_> = sent.get_all("authorization").iter().collect();
            assert_eq!(values, [format!("Bearer {token}").as_str()]);
        }
        let asked = [format!("{scope} openid profile offline_access")];
        assert_eq!(entra.asked(), asked, "once for both requests");
    }
}

#[test]
fn who_lacks_consent_for_an_apps_own_api_is_led_to_it_once_and_a_program_is_told() {
    let upstream = json!([{ "host": APP, "url": "http://podinfo.svc", "access_token": "api://podinfo/.default" }]);
    let proxy = Proxy::with(&upstream, &[]);
    entra_wants_consent(&proxy);
    let cookie = proxy.sign_in();
    let program = [("cookie", cookie.as_str())];
    let person = [&NAVIGATION[..], &program].concat();
    let told = proxy.ask(Method::GET, "/page", &program);
    assert_eq!(told.problem(), problem(403, "no-app-token"));
    let told = proxy.ask(Method::POST, "/page", &person);
    assert_eq!(told.0.unwrap().status(), 403, "a body would be lost");
    let led = proxy.ask(Method::GET, "/page", &person).location();
    assert_eq!(led, "https://podinfo.example.com/oauth2/start?rd=%2Fpage");
    let told = proxy.ask(Method::GET, "/page", &person);
    assert_eq!(told.0.unwrap().status(), 403);
    assert_eq!(proxy.count(), 0);
}
