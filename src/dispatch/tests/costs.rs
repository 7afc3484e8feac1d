//! What a stranger may cost. The table says the most, and some request reaches it.

use base64ct::Encoding;
use http::{HeaderMap, Method, Response};

use crate::dispatch::{Cost, Function, respond};
use crate::platform::double::{World, run};
use crate::request::Request;
use crate::session::app::Start;
use crate::session::attempt::Purpose;
use crate::session::tests::sweeping::leave_grants;
use crate::session::{Attempt, Kept};
use crate::settings::{CookieSettings, Reader};
use crate::store::{Keyring, Records};
use crate::terms::ReturnPath;

/// The least that must be set, and the limit of failures, which costs something.
pub(super) const SETTINGS: [(&str, &str); 11] = [
    ("tenant_id", "11111111-2222-3333-4444-555555555555"),
    ("client_id", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
    ("redirect_uri", "https://aks.example.com/callback"),
    ("session_secret", "0123456789abcdef0123456789abcdef"),
    ("sidecar_url", "http://127.0.0.1:8081"),
    ("sidecar_token", "0123456789abcdef0123456789abcdef"),
    ("failed_sign_ins_per_minute", "1000"),
    ("allowed_return_origins", "https://app.example.com"),
    (
        "upstreams",
        r#"[{"host":"app.example.com","url":"http://app.svc"}]"#,
    ),
    ("upstream_origin1", "http://app.svc"),
    ("bearer_audiences", "api://podinfo"),
];
/// The host that is asked: an app's. Our own functions look at none.
const HOST: &str = "app.example.com";
/// What a request has in its query that asks a host of which nobody knows.
const ELSEWHERE: &str = "elsewhere";

/// How others behave.
#[derive(Clone, Copy, Debug)]
enum Others {
    /// They answer at once.
    Answer,
    /// Each answers the last try only.
    AnswerLate,
}

fn variable(name: &str) -> Option<String> {
    let (_, value) = SETTINGS.into_iter().find(|(known, _)| *known == name)?;
    Some(value.to_owned())
}

fn world(function: Function, others: Others) -> World {
    let world = World::new();
    let given = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let name = ("function".to_owned(), function.row().name.to_owned());
    world.variables.borrow_mut().extend(given);
    world.variables.borrow_mut().extend([name]);
    if function == Function::EnvoyAuth {
        let profile = ("forward_auth_profile".to_owned(), "envoy".to_owned());
        world.variables.borrow_mut().extend([profile]);
    }
    if function == Function::AppCallback {
        // It is there only where the address says so.
        let redirect_uri = "https://aks.example.com/oauth2/callback".to_owned();
        let name = "redirect_uri".to_owned();
        world.variables.borrow_mut().insert(name, redirect_uri);
    }
    let tries = std::cell::Cell::new(0);
    world.answers(move |request| {
        tries.set(tries.get() + 1);
        let busy = matches!(others, Others::AnswerLate) && tries.get() % 5 != 0;
        let (status, body) = match request.uri().path() {
            _ if busy => (503, "{}".to_owned()),
            "/v1/federated-token" => (200, r#"{"token":"a.b.c"}"#.to_owned()),
            path if path.ends_with("/token") => (400, r#"{"error":"invalid_grant"}"#.to_owned()),
            path if path.ends_with("/keys") => {
                let key = r#"{"keys":[{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}]}"#;
                (200, key.to_owned())
            }
            _ => {
                let issuer =
                    "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";
                (200, format!(r#"{{"issuer":"{issuer}"}}"#))
            }
        };
        let answer = Response::builder().status(status).body(body.into_bytes());
        Ok(answer.unwrap())
    });
    world
}

/// What a request has in its query that brings an access token.
const WITH_TOKEN: &str = "with-token";

/// An access token that we have to verify, and that nobody has signed.
fn token(world: &World) -> String {
    let part = |text: String| base64ct::Base64UrlUnpadded::encode_string(text.as_bytes());
    let now = world.now.get();
    let claims = format!(
        r#"{{"aud":"api://podinfo","tid":"11111111-2222-3333-4444-555555555555","oid":"o","azp":"c","scp":"s","nbf":{now},"exp":{}}}"#,
        now + 600
    );
    let header = r#"{"alg":"RS256","kid":"unknown"}"#.to_owned();
    [part(header), part(claims), "AAAA".to_owned()].join(".")
}

/// A session cookie that we have not made.
fn handle(byte: char) -> String {
    format!("1.abcdef.{}A", byte.to_string().repeat(42))
}

/// The cookie and the state of a stranger's own attempt.
pub(super) fn attempt(world: &World) -> (String, String) {
    let mut reader = Reader::new(&variable);
    let keyring = Keyring::read(&mut reader).unwrap();
    let cookies = CookieSettings::read(&mut reader).unwrap();
    let attempt = Attempt::begin(world, Purpose::SignIn, ReturnPath::whoami());
    let sealed = attempt.seal(&keyring, &cookies, world);
    let cookie = format!("{}={}", attempt.cookie_name(&cookies), sealed.reveal());
    (cookie, attempt.state().reveal().to_owned())
}

/// The cookie and the challenge of what a stranger has begun at an app's host.
fn start(world: &World) -> (String, String) {
    let mut reader = Reader::new(&variable);
    let keyring = Keyring::read(&mut reader).unwrap();
    let cookies = CookieSettings::read(&mut reader).unwrap();
    let start = Start::begin(world, ReturnPath::root());
    let sealed = start.seal(&keyring, &cookies, world);
    let cookie = format!("{}={}", start.name(&cookies), sealed.reveal());
    (cookie, start.challenge())
}

/// The requests that cost a function the most.
fn requests(function: Function, world: &World) -> Vec<(Method, String, String)> {
    let path = function.row().route.replace("...", "api/v1/pods");
    let handles = [
        format!("proxy_session={}", handle('A')),
        format!("__Host-proxy_session_app={}", handle('A')),
    ];
    let cookie = handles.join("; ");
    let mut requests = vec![
        (Method::GET, path.clone(), String::new()),
        (Method::GET, path.clone(), cookie.clone()),
        (Method::POST, path.clone(), cookie.clone()),
        (Method::DELETE, path.clone(), cookie.clone()),
    ];
    match function {
        Function::Callback | Function::AppCallback => {
            let (own, state) = attempt(world);
            let cookies = format!("{own}; {cookie}");
            for answer in ["error=access_denied", "error=server_error", "code=x"] {
                let target = format!("{path}?state={state}&{answer}");
                requests.push((Method::GET, target, cookies.clone()));
            }
        }
        Function::Logout => {
            let many = ('A'..='z').filter(char::is_ascii_alphabetic);
            let cookies: Vec<String> = many
                .map(|byte| format!("proxy_session={}", handle(byte)))
                .collect();
            requests.push((Method::POST, path, cookies.join("; ")));
        }
        Function::AppSignOut => {
            let many = ('A'..='z').filter(char::is_ascii_alphabetic);
            let cookies: Vec<String> = many
                .map(|byte| format!("__Host-proxy_session_app={}", handle(byte)))
                .collect();
            requests.push((Method::GET, format!("{path}?{ELSEWHERE}"), cookie));
            requests.push((Method::POST, path, cookies.join("; ")));
        }
        Function::AppLogin => {
            let challenge = "A".repeat(43);
            for app in [HOST, "nowhere.example"] {
                let target = format!("{path}?app=https://{app}&challenge={challenge}");
                requests.push((Method::GET, target, cookie.clone()));
            }
        }
        Function::AppTicket => {
            let (own, challenge) = start(world);
            let target = format!("{path}?state={challenge}&ticket=x");
            requests.push((Method::GET, target, format!("{own}; {cookie}")));
            requests.push((Method::GET, format!("{path}?{ELSEWHERE}"), cookie));
        }
        Function::AppStart | Function::AppSignIn => {
            requests.push((Method::GET, format!("{path}?{ELSEWHERE}"), cookie));
        }
        Function::ForwardAuth | Function::EnvoyAuth => {
            requests.push((Method::GET, format!("{path}?{ELSEWHERE}"), cookie.clone()));
            requests.push((Method::GET, format!("{path}?{WITH_TOKEN}"), cookie));
        }
        Function::Apps | Function::AppUserInfo => {
            requests.push((Method::GET, format!("{path}?{WITH_TOKEN}"), cookie));
        }
        Function::FrontChannel => {
            requests.push((Method::GET, format!("{path}?sid=x"), String::new()));
        }
        Function::Login => {
            requests.push((Method::GET, format!("{path}?for=aks"), cookie));
        }
        _ => {}
    }
    requests
}

/// As much as one request of a stranger takes, in as many hours. Without a position the sweep begins 31
/// days back.
fn leave_something_to_sweep(world: &World) {
    let keyring = Keyring::read(&mut Reader::new(&variable)).unwrap();
    let records = Records {
        platform: world,
        keyring: &keyring,
    };
    let first = world.now.get() / 3600 - 31 * 24;
    leave_grants(&records, first, 5);
    leave_grants(&records, first + 1, 5);
}

/// What one request costs, for somebody who wants `accept`.
fn cost(function: Function, others: Others, accept: &str, number: usize) -> Option<Cost> {
    let world = world(function, others);
    leave_something_to_sweep(&world);
    let (method, target, cookie) = requests(function, &world).into_iter().nth(number)?;
    let mut headers = HeaderMap::new();
    headers.insert("spin-client-addr", "192.0.2.1:1".parse().unwrap());
    headers.insert("accept", accept.parse().unwrap());
    let origin = match function {
        Function::AppSignOut => "https://app.example.com",
        _ => "https://aks.example.com",
    };
    headers.insert("origin", origin.parse().unwrap());
    if !cookie.is_empty() {
        headers.insert("cookie", cookie.parse().unwrap());
    }
    let bearer = match target.ends_with(WITH_TOKEN) {
        true => format!("Bearer {}", token(&world)),
        false => format!("Bearer {}", handle('A')),
    };
    headers.insert("authorization", bearer.parse().unwrap());
    let authority = match target.ends_with(ELSEWHERE) {
        true => "elsewhere.example",
        false => HOST,
    };
    let request = Request {
        method,
        target,
        authority: authority.to_owned(),
        headers,
    };
    world.reads.set(0);
    world.writes.set(0);
    run(respond(&world, request)).unwrap();
    let runs = |address: &String| address.contains("/v1/jobs");
    assert!(!world.called.borrow().iter().any(runs), "a process");
    Some(Cost {
        reads: world.reads.get(),
        writes: world.writes.get(),
        calls: world.called.borrow().len(),
    })
}

/// The reads and writes of `GET /callback` with an attempt of one's own and this `answer`, one request
/// after the other.
fn refusals(answer: &str, limit: &str) -> Vec<(u16, usize, usize)> {
    let world = world(Function::Callback, Others::Answer);
    let limited = ("failed_sign_ins_per_minute".to_owned(), limit.to_owned());
    world.variables.borrow_mut().extend([limited]);
    let request = || {
        let (cookie, state) = attempt(&world);
        let mut headers = HeaderMap::new();
        headers.insert("spin-client-addr", "192.0.2.1:1".parse().unwrap());
        headers.insert("cookie", cookie.parse().unwrap());
        world.reads.set(0);
        world.writes.set(0);
        let request = Request {
            method: Method::GET,
            target: format!("/callback?state={state}&{answer}"),
            authority: String::new(),
            headers,
        };
        let response = run(respond(&world, request)).unwrap();
        let cleared = response.headers()["set-cookie"].to_str().unwrap();
        assert!(cleared.contains("Max-Age=0"), "{cleared}");
        let status = response.status().as_u16();
        (status, world.reads.get(), world.writes.get())
    };
    let requests = (0..3).map(|_| request()).collect();
    assert!(world.called.borrow().is_empty(), "nobody else is asked");
    requests
}

/// What Entra refuses is told, and leaves nothing but the count of its address, if that is wanted.
#[test]
fn an_error_from_entra_leaves_nothing_behind() {
    let refused = "error=access_denied&error_description=AADSTS65004:%20declined";
    assert_eq!(refusals(refused, "0"), [(400, 0, 0); 3]);
    // The first of a minute also notes when the count may go, and looks for something to sweep. Who
    // cancels always gets their page.
    let counted = [(400, 5, 4), (400, 1, 1), (400, 1, 1)];
    assert_eq!(refusals(refused, "1000"), counted);
    assert_eq!(refusals(refused, "1"), counted);
    assert_eq!(refusals("error=server_error", "1"), [(503, 0, 0); 3]);
}

#[test]
fn a_stranger_costs_what_the_table_says() {
    for &function in Function::ALL {
        let mut most = Cost::NOTHING;
        let kinds = ["*/*", "text/html"];
        let cases = [Others::Answer, Others::AnswerLate].into_iter();
        for (others, accept) in cases.flat_map(|others| kinds.map(|accept| (others, accept))) {
            let costs = (0..).map_while(|number| cost(function, others, accept, number));
            for cost in costs {
                most.reads = most.reads.max(cost.reads);
                most.writes = most.writes.max(cost.writes);
                most.calls = most.calls.max(cost.calls);
            }
        }
        assert_eq!(most, function.row().stranger, "{}", function.row().name);
    }
}
