//! An app cookie opens what is for apps, and nothing else, however it is presented.

use http::{HeaderMap, Method, Response};

use super::costs::SETTINGS;
use crate::dispatch::{Function, respond};
use crate::platform::Clock;
use crate::platform::double::{World, run};
use crate::request::Request;
use crate::session::app::{AppRecord, Scope, issue};
use crate::session::{Claims, NewSession, SignIn, Tokens};
use crate::settings::Reader;
use crate::store::{Keyring, Records};
use crate::terms::{Browser, ReturnPath, User};

/// Those that an app cookie opens.
const FOR_APPS: [Function; 4] = [
    Function::ForwardAuth,
    Function::EnvoyAuth,
    Function::AppUserInfo,
    Function::AppSignOut,
];

/// An app cookie that is in force, at the host of an app and at our own.
async fn app_cookie(records: &Records<'_, World>) -> String {
    let user = User {
        tid: "t".to_owned(),
        oid: "o".to_owned(),
        name: None,
        preferred_username: None,
        email: None,
        login_hint: None,
    };
    let claims = Claims {
        user: user.clone(),
        upn: None,
        groups: Vec::new(),
        roles: Vec::new(),
    };
    let end = records.platform.now().plus(3600);
    let new = NewSession {
        end,
        browser: Browser::default(),
        tokens: &Tokens::default(),
        claims: Some(&claims),
        state_hash: String::new(),
        return_path: ReturnPath::whoami(),
        clock_tolerance: 60,
    };
    let begun = SignIn::begin(records, user.clone(), None)
        .await
        .ok()
        .unwrap();
    let session = begun.finish(records, new, None).await.ok().unwrap();
    let record = AppRecord {
        user,
        end,
        grant: session.unwrap().record.grant,
        scope: Scope::Domain("example.com".to_owned()),
    };
    let app = issue(records, record, None).await.ok().unwrap().unwrap();
    app.handle.write(records.keyring).reveal().to_owned()
}

/// What the function answers to a request with `handle` in every place where a handle may be.
fn ask(function: Function, method: Method, own: bool) -> (u16, bool) {
    let world = World::new();
    let name = ("function", function.row().name);
    let domain = ("cookie_domains", "example.com");
    let profile = ("forward_auth_profile", "envoy");
    for (name, value) in SETTINGS.into_iter().chain([name, domain, profile]) {
        let (name, value) = (name.to_owned(), value.to_owned());
        world.variables.borrow_mut().insert(name, value);
    }
    let source = |name: &str| world.variables.borrow().get(name).cloned();
    let keyring = Keyring::read(&mut Reader::new(&source)).unwrap();
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let real = run(app_cookie(&records));
    let made_up = format!("1.{}.{}", keyring.kid(), "A".repeat(43));
    let handle = if own { real } else { made_up };
    let cookies = [
        "proxy_session",
        "__Host-proxy_session_app",
        "__Secure-proxy_session_app",
    ];
    let cookies = cookies.map(|name| format!("{name}={handle}")).join("; ");
    let mut headers = HeaderMap::new();
    headers.insert("cookie", cookies.parse().unwrap());
    headers.insert("authorization", format!("Bearer {handle}").parse().unwrap());
    let origin = match FOR_APPS.contains(&function) {
        true => "https://app.example.com",
        false => "https://aks.example.com",
    };
    headers.insert("origin", origin.parse().unwrap());
    let mut path = function.row().route.replace("...", "api/v1/pods");
    if function == Function::AppLogin {
        let challenge = "A".repeat(43);
        path = format!("{path}?app=https://app.example.com&challenge={challenge}");
    }
    let request = Request {
        method,
        target: path,
        authority: "app.example.com".to_owned(),
        headers,
    };
    let before = world.store.borrow().len();
    let answer = run(respond(&world, request));
    let status = answer.map_or(0, |answer: Response<Vec<u8>>| answer.status().as_u16());
    (status, world.store.borrow().len() < before)
}

/// Everywhere else it is as good as one that somebody has made up.
#[test]
fn an_app_cookie_opens_nothing_but_what_is_for_apps() {
    for &function in Function::ALL {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let (status, deletes) = ask(function, method.clone(), true);
            if FOR_APPS.contains(&function) {
                let opens = status == 202 || status == 200 || status == 405;
                assert!(opens, "{method} {} {status}", function.row().name);
                continue;
            }
            let nobody = ask(function, method.clone(), false);
            assert_eq!(
                (status, deletes),
                nobody,
                "{method} {}",
                function.row().name
            );
            assert!(!deletes, "{method} {}", function.row().name);
        }
    }
}

/// The functions of people's own sessions tell that there is none.
#[test]
fn our_own_pages_answer_it_with_401() {
    let own = [
        (Function::Whoami, Method::GET),
        (Function::DeviceCode, Method::GET),
        (Function::Kubeconfig, Method::GET),
        (Function::Credentials, Method::GET),
        (Function::SignIns, Method::GET),
        (Function::Kubernetes, Method::GET),
        (Function::AppLogin, Method::GET),
    ];
    for (function, method) in own {
        assert_eq!(
            ask(function, method, true).0,
            401,
            "{}",
            function.row().name
        );
    }
}
