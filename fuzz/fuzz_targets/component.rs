//! The whole component through its only entry: any request to any function, with any answers from Entra, the
//! sidecar and the API server.
//!
//! An input has five texts with NUL between them: the function, `METHOD target`, headers (one per line), the
//! body, and the answer of all other servers. `$SESSION`, `$BEARER`, `$ATTEMPT`, `$STATE` and `$TUNNEL` stand
//! for secrets of a signed-in user.

#![no_main]

use aks_oauth_proxy_component::dispatch::{self, Function};
use aks_oauth_proxy_component::request::Request;
use aks_oauth_proxy_component::respond::Response;
use aks_oauth_proxy_fuzz::html::skeleton;
use aks_oauth_proxy_fuzz::proxy::Proxy;
use aks_oauth_proxy_fuzz::world::{World, run};
use aks_oauth_proxy_fuzz::{input, settings};
use http::header;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use url::Url;

/// The longest line of the log, in bytes.
const LONGEST_LINE: usize = 4000;

thread_local!(static PROXY: Proxy = Proxy::new());

fuzz_target!(|text: &str| {
    let [function, line, lines, body, answer] = input::fields(text);
    let Some((method, target)) = line.split_once(' ') else {
        return;
    };
    let Ok(method) = method.parse() else {
        return;
    };
    PROXY.with(|proxy| {
        let (target, in_target) = proxy.fill(target);
        let (lines, in_lines) = proxy.fill(lines);
        let (body, in_body) = proxy.fill(body);
        let world = proxy.world(function, &body, answer);
        let request = Request {
            method,
            target: target.clone(),
            authority: String::new(),
            headers: input::headers(lines.as_bytes()),
        };
        let is_known = in_target || in_lines || in_body;
        let response = run(dispatch::respond(&world, request));
        if let Some(response) = &response {
            is_well_formed(response);
            let text = String::from_utf8_lossy(response.body());
            assert!(is_known || !text.contains(settings::SECRET));
            if function == "tunnel" && in_lines {
                is_a_decision(response);
            }
        }
        was_logged(&world, is_known);
        went_on_unchanged(&world, &target);
        if !is_known {
            cost_no_more_than_it_may(&world);
        }
    });
});

fn is_well_formed(response: &Response) {
    let header = |name: header::HeaderName| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().expect("ours are text"))
    };
    assert_eq!(header(header::CACHE_CONTROL), Some("no-store"));
    let text = std::str::from_utf8(response.body()).expect("ours are text");
    let media_type = header(header::CONTENT_TYPE).unwrap_or_default();
    if media_type.contains("json") {
        let document: Value = serde_json::from_str(text).expect("JSON is JSON");
        if media_type.contains("problem") {
            assert_eq!(document["status"], response.status().as_u16());
        }
    } else if media_type.starts_with("text/html") {
        assert!(header(header::CONTENT_SECURITY_POLICY).is_some());
        skeleton(text);
    }
    if let Some(location) = header(header::LOCATION) {
        let page: Url = settings::SITE.parse().expect("an address");
        let led = page.join(location).expect("it leads somewhere");
        let to = led.origin().ascii_serialization();
        assert!(
            [settings::SITE, settings::ENTRA].contains(&to.as_str()),
            "{location}"
        );
    }
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().expect("ours are text");
        let attributes = ["HttpOnly", "Path=/", "Secure", "SameSite=Lax", "Max-Age="];
        assert!(
            attributes.iter().all(|one| cookie.contains(one)),
            "{cookie}"
        );
    }
}

/// The tunnel can read the answer.
fn is_a_decision(response: &Response) {
    let told: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    if response.status() == 200 && told.get("go_on").is_none() {
        assert!(
            tunnel::fuzzing::decision(response.body()).is_some(),
            "{told}"
        );
    }
}

fn was_logged(world: &World, is_known: bool) {
    for line in world.lines.borrow().iter() {
        let event: Value = serde_json::from_str(line).expect("a line is JSON");
        assert!(event.is_object() && !line.contains(['\n', '\r']), "{line}");
        assert!(line.len() <= LONGEST_LINE, "{}", line.len());
        assert!(is_known || !line.contains(settings::SECRET));
    }
}

/// The request reaches the API server unchanged, with one token and no cookie.
fn went_on_unchanged(world: &World, target: &str) {
    for request in world.relayed.borrow().iter() {
        assert_eq!(
            request.uri().to_string(),
            format!(
                "{}{}",
                settings::API_SERVER,
                target.strip_prefix("/k8s").expect("it is below the prefix"),
            )
        );
        let headers = request.headers();
        assert_eq!(headers.get_all(header::AUTHORIZATION).iter().count(), 1);
        assert!(!headers.contains_key(header::COOKIE) && !headers.contains_key("x-remote-user"));
    }
}

/// The table has the highest cost of an unauthenticated request for each function.
fn cost_no_more_than_it_may(world: &World) {
    let named = |function: &&Function| function.row().name == world.function;
    let function = Function::ALL
        .iter()
        .find(named)
        .unwrap_or(&Function::NotFound);
    let most = function.row().stranger;
    let [reads, writes, calls] = world.cost.get();
    assert!(reads <= most.reads, "{} reads of {most:?}", reads);
    assert!(writes <= most.writes, "{} writes of {most:?}", writes);
    // With a token of their own, clients reach the API server, which checks it.
    let carried = world.relayed.borrow().len();
    assert!(calls <= most.calls + carried, "{} calls of {most:?}", calls);
}
