//! Output for people and programs: valid JSON, and pages to which no value adds a tag or an attribute. An
//! input has five texts with NUL between them.

#![no_main]

use std::fmt;

use aks_oauth_proxy_component::call::Call;
use aks_oauth_proxy_component::entra_error::EntraError;
use aks_oauth_proxy_component::fuzzing::{self, kubernetes};
use aks_oauth_proxy_component::kubelogin::Prompt;
use aks_oauth_proxy_component::platform::UnixTime;
use aks_oauth_proxy_component::problem::{Failure, Note, Problem, Tell, WayOn, sentences};
use aks_oauth_proxy_component::request::Request;
use aks_oauth_proxy_component::respond::Response;
use aks_oauth_proxy_component::session::credential::Listed;
use aks_oauth_proxy_component::terms::{ReturnPath, User};
use aks_oauth_proxy_fuzz::html::{harmless, skeleton};
use aks_oauth_proxy_fuzz::input;
use aks_oauth_proxy_fuzz::world::{NOW, World};
use http::{HeaderMap, HeaderValue, Method, header};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Texts from clients, Entra or an operator.
#[derive(Clone)]
struct Texts([String; 5]);

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error")
    }
}

impl Tell for Texts {
    fn problem(&self) -> Problem {
        let [why, target, error, description, setting] = &self.0;
        let entra = EntraError::from_callback(error, description);
        Problem::new(401, &sentences::NO_AKS_TOKEN)
            .with("why", why)
            .with("site", "https://proxy.example")
            .way_on(WayOn::SignIn)
            .way_on(WayOn::DeviceCode)
            .way_on(WayOn::SignOut)
            .leading_to(ReturnPath::parse(target).ok())
            .entra(&entra)
            .settings(vec![setting.clone()])
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note::detail(self.0[0].as_str()))
    }
}

fuzz_target!(|text: &str| {
    let texts = Texts(input::fields(text).map(str::to_owned));
    let Texts([name, target, _, _, setting]) = &texts;

    let document = parsed(&answer(&texts, "application/json"));
    assert_eq!(document["detail"], texts.problem().detail());
    assert_eq!(document["settings"][0], texts.0[4]);
    let status = parsed(&kubernetes::status(&texts.problem(), "id"));
    assert_eq!(status["message"], texts.problem().detail());
    assert_eq!(
        (&status["kind"], &status["code"]),
        (&"Status".into(), &401.into())
    );

    // Pages are long: each case looks at one.
    let mild = Texts(texts.0.clone().map(|text| harmless(&text)));
    let Texts([mild_name, mild_target, ..]) = &mild;
    match setting.bytes().next().unwrap_or_default() % 4 {
        0 => same(&answer(&texts, "text/html"), &answer(&mild, "text/html")),
        1 => same(
            &device_code(name, target, None),
            &device_code(mild_name, mild_target, None),
        ),
        2 => same(
            &device_code(name, target, Some(target)),
            &device_code(mild_name, mild_target, Some(mild_target)),
        ),
        _ => same(
            &kubeconfig(name, target),
            &kubeconfig(mild_name, mild_target),
        ),
    }
});

fn answer(texts: &Texts, accept: &'static str) -> Response {
    let [_, target, ..] = &texts.0;
    let world = World::default();
    let request = request(target, accept);
    let call = call(&world, &request);
    let response = fuzzing::problem(&call, &Failure::from(texts.clone()));
    for line in world.lines.borrow().iter() {
        let event: Value = serde_json::from_str(line).expect("a line is JSON");
        assert!(event.is_object() && !line.contains('\n'), "{line}");
    }
    response
}

fn request(target: &str, accept: &'static str) -> Request {
    let headers = [(header::ACCEPT, HeaderValue::from_static(accept))];
    Request {
        method: Method::GET,
        target: target.to_owned(),
        authority: String::new(),
        headers: HeaderMap::from_iter(headers),
    }
}

fn call<'a>(world: &'a World, request: &'a Request) -> Call<'a, World> {
    Call {
        platform: world,
        request,
        id: "id".to_owned(),
        route: "whoami",
        longest_form: 0,
    }
}

fn parsed(response: &Response) -> Value {
    serde_json::from_slice(response.body()).expect("it is JSON")
}

fn user(name: &str) -> User {
    User {
        tid: "t".to_owned(),
        oid: "o".to_owned(),
        name: None,
        preferred_username: Some(name.to_owned()),
        email: None,
        login_hint: None,
    }
}

/// With an address the code is shown, without one the message.
fn device_code(name: &str, message: &str, address: Option<&str>) -> Response {
    let prompt = Prompt {
        message: message.to_owned(),
        user_code: Some(message.to_owned()),
        verification_uri: address.map(str::to_owned),
        expires_in: 900,
    };
    let (world, request) = (World::default(), request("/", "text/html"));
    let page = fuzzing::device_code_page(&call(&world, &request), &user(name), &prompt);
    page.expect("the settings are right")
}

fn kubeconfig(name: &str, cluster: &str) -> Response {
    let listed = Listed {
        id: 1,
        name: name.to_owned(),
        created: UnixTime(NOW),
        end: UnixTime(NOW),
        last_used: None,
    };
    let (world, request) = (World::default(), request("/", "text/html"));
    let page = fuzzing::kubeconfig_page(&call(&world, &request), &user(name), cluster, &[listed]);
    page.expect("the settings are right")
}

/// Both pages have the same tags, attributes and policy.
fn same(page: &Response, mild: &Response) {
    let text = |page: &Response| String::from_utf8(page.body().clone()).expect("a page is text");
    assert_eq!(skeleton(&text(page)), skeleton(&text(mild)));
    assert_eq!(page.headers(), mild.headers());
}
