//! An app behind each of the common proxies, with the configuration in docs/http-apps-proxies.md.

use e2e::{
    AppHost, Browser, Builder, Echo, Front, FrontKind, Places, Podinfo, Response, Stack, Told, Wire,
};
use url::Url;

/// The groups that the configurations admit: alice is in the first, erin in the second, bob in neither.
const GROUPS: &str = "6700d000-0000-4000-8000-000000000002,6700d000-0000-4000-8000-000000000101";
const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";

/// Paths that a proxy and an app could read differently.
const TRICKS: [&str; 20] = [
    "/a/..%2fadmin",
    "/a/%2e%2e/admin",
    "/a/../admin",
    "/a%5cadmin",
    "/a;x=/../admin",
    "//admin",
    "/a//b",
    "/a%252fb",
    "/%2fadmin",
    "/oauth2/../admin",
    "/oauth2/..%2fadmin",
    "/oauth2/%2e%2e/admin",
    "/oauth2/..;/admin",
    "/oauth2%2f..%2fadmin",
    "//oauth2/admin",
    "/OAuth2/admin",
    "/oauth2;/admin",
    "/oauth2/..%5cadmin",
    "/oauth2/%252e%252e/admin",
    "/a%23b?c=%23d",
];

/// A client's own identity headers, in spellings that an app may accept.
const FORGED: &str = "X-Auth-Request-User: root\r\n\
    x-auth-request-user: root\r\n\
    X_Auth_Request_User: root\r\n\
    X-Auth_Request-User: root\r\n\
    x_auth-Request_User: root\r\n\
    X-Auth-Request-Email: root@contoso.example\r\n\
    X_AUTH_REQUEST_GROUPS: root\r\n\
    X-Auth-Request-Groups: root\r\n\
    X-AUTH-REQUEST-PREFERRED-USERNAME: root\r\n\
    X-Auth-Request-Access-Token: root\r\n";

const IDENTITY: [&str; 5] = [
    "x-auth-request-user",
    "x-auth-request-email",
    "x-auth-request-groups",
    "x-auth-request-preferred-username",
    "x-auth-request-access-token",
];

#[test]
fn nginx() {
    keeps_its_promises(FrontKind::Nginx);
}

#[test]
fn caddy() {
    keeps_its_promises(FrontKind::Caddy);
}

#[test]
fn haproxy() {
    keeps_its_promises(FrontKind::HaProxy);
}

#[test]
fn traefik() {
    keeps_its_promises(FrontKind::Traefik);
}

#[test]
fn envoy() {
    keeps_its_promises(FrontKind::Envoy);
}

/// The app that users usually test with.
#[test]
fn podinfo_behind_nginx() {
    let Some(podinfo) = Podinfo::start() else {
        return;
    };
    let behind = Behind::start(FrontKind::Nginx, podinfo.address());
    let mut alice = behind.person("alice");
    let headers = alice.open("/headers?a=b&c=%26d");
    assert_eq!(headers.status, 200, "{headers:?}");
    let seen = headers.json();
    assert_eq!(seen["X-Auth-Request-User"][0], ALICE, "{seen}");
    let echoed = alice.app.send("POST", "/echo", &[], "said=hello");
    assert!(echoed.body.contains("said=hello"), "{echoed:?}");
}

fn keeps_its_promises(kind: FrontKind) {
    if !kind.is_here() {
        return;
    }
    let echo = Echo::start();
    let behind = Behind::start(kind, &echo.address());

    // Nobody is signed in.
    let asked = TRICKS.map(|path| behind.raw("GET", path, "Accept: text/html\r\n").1);
    let (status, _) = behind.raw(
        "POST",
        "/page",
        "Accept: text/html\r\nContent-Length: 0\r\n",
    );
    assert_eq!(status, 401, "a form is not redirected");
    let (status, _) = behind.raw("GET", "/page", "Accept: application/json\r\n");
    assert_eq!(status, 401, "a program is not redirected");
    let (status, _) = behind.raw("GET", "/page", FORGED);
    assert_eq!(status, 401, "{kind:?}");
    assert!(echo.take().is_empty(), "nothing comes unasked");

    // It returns to the page with its query.
    let mut alice = behind.person("alice");
    let page = alice.open("/page?a=b&c=%26d");
    assert_eq!(page.status, 200, "{page:?}");
    let told = only(&echo);
    assert_eq!(told.target(), "/page?a=b&c=%26d");
    assert_eq!(told.values(IDENTITY[0]), [ALICE]);
    alice.app.send("POST", "/form", &[], "said=hello");
    assert_eq!(only(&echo).body, "said=hello");

    // A client's own identity headers are replaced.
    let cookies = alice.cookies();
    let (status, _) = behind.raw("GET", "/", &format!("{cookies}{FORGED}"));
    assert_eq!(status, 200, "{kind:?}");
    let told = only(&echo);
    assert!(!told.head.contains("root"), "{}", told.head);
    for name in IDENTITY {
        assert!(told.values(name).len() < 2, "{}", told.head);
    }
    assert_eq!(told.values(IDENTITY[0]), [ALICE], "{}", told.head);

    // The checked path is the path that arrives.
    for (path, asked) in TRICKS.iter().zip(asked) {
        behind.raw("GET", path, &cookies);
        for told in echo.take() {
            let asked = asked.as_deref().unwrap_or(path);
            assert_eq!(read(told.target()), read(asked), "{kind:?}: {path}");
        }
    }

    // Many groups, and none that is admitted.
    let mut erin = behind.person("erin");
    assert_eq!(erin.open("/").status, 200, "{kind:?}");
    let told = only(&echo);
    assert_eq!(told.values(IDENTITY[2])[0].split(',').count(), 250);
    let refused = behind.person("bob").open("/page");
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(echo.take().is_empty(), "bob is kept out");
}

/// The only request that reached the app.
fn only(echo: &Echo) -> Told {
    let told = echo.take();
    assert_eq!(told.len(), 1, "{told:?}");
    told[0].clone()
}

/// A path as a browser reads it.
fn read(path: &str) -> String {
    let url = Url::parse(&format!("http://app.localhost{path}")).unwrap();
    url[url::Position::BeforePath..].to_ascii_lowercase()
}

/// A proxy, and an app behind a front.
struct Behind {
    stack: Stack,
    host: AppHost,
    _front: Front,
}

impl Behind {
    fn start(kind: FrontKind, app: &str) -> Self {
        let host = AppHost::choose();
        let mut builder = Builder::default().setting("ALLOWED_RETURN_ORIGINS", &host.origin());
        if let Some(profile) = kind.profile() {
            builder = builder.setting("FORWARD_AUTH_PROFILE", profile);
            builder = builder.setting("TRUSTED_PROXIES", "127.0.0.1");
        }
        if kind == FrontKind::Envoy {
            builder = builder.setting("ALLOWED_GROUPS", GROUPS);
        }
        let stack = builder.start();
        let proxy = stack.origin.replace("http://localhost", "127.0.0.1");
        let front = kind.start(&Places {
            host,
            proxy: &proxy,
            app,
        });
        Self {
            stack,
            host,
            _front: front,
        }
    }

    /// Sends a request unchanged; returns its status, and the path and query of the return address.
    fn raw(&self, method: &str, target: &str, headers: &str) -> (u16, Option<String>) {
        let mut wire = Wire::to(&self.host.address());
        let host = self.host.host();
        wire.send(format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
        ));
        let heard = wire.hear();
        let base = Url::parse(&self.host.origin()).unwrap();
        let start = base.join(heard.header("location")).unwrap();
        let mut query = start.query_pairs();
        let back = query.find_map(|(name, value)| (name == "rd").then(|| value.into_owned()));
        (heard.status(), back)
    }

    /// A person with a browser.
    fn person(&self, user: &'static str) -> Person<'_> {
        let mut app = self.stack.browser_at(&self.host.address()).html();
        app.headers.push(("host".to_owned(), self.host.host()));
        Person {
            behind: self,
            user,
            app,
            own: self.stack.browser().html(),
        }
    }
}

/// A browser has separate cookies for the app and the proxy.
struct Person<'a> {
    behind: &'a Behind,
    user: &'static str,
    app: Browser,
    own: Browser,
}

impl Person<'_> {
    /// Opens a page of the app, and follows all redirects, through Entra too.
    fn open(&mut self, page: &str) -> Response {
        let stack = &self.behind.stack;
        let entra = stack.entra["http"].as_str().unwrap();
        let mut at = Url::parse(&self.behind.host.origin()).unwrap();
        at = at.join(page).unwrap();
        for _ in 0..12 {
            let answer = if at.as_str().starts_with(entra) {
                stack.at_entra(at.as_str(), self.user, "")
            } else if at.as_str().starts_with(&stack.origin) {
                self.own.get(at.as_str())
            } else {
                self.app.get(at.as_str())
            };
            if !(300..400).contains(&answer.status) {
                return answer;
            }
            at = at.join(answer.location()).unwrap();
        }
        panic!("no end of redirects at {at}");
    }

    /// The `Cookie` header for the app.
    fn cookies(&self) -> String {
        let cookies = self.app.cookies.iter();
        let pairs: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("Cookie: {}\r\n", pairs.join("; "))
    }
}
