//! An app behind a real nginx, with the configuration that ingress-nginx generates from oauth2-proxy's
//! annotations.

use e2e::{Annotations, AppHost, Browser, Builder, Nginx, Response, Stack};

/// A proxy, and an app behind nginx.
struct Behind {
    stack: Stack,
    app: AppHost,
    _nginx: Nginx,
}

impl Behind {
    /// With `auth-url` and `auth-signin` as nginx gets them, and further settings of the proxy.
    fn nginx(annotations: &Annotations<'_>, settings: &[(&str, &str)]) -> Self {
        let app = AppHost::choose();
        let mut builder = Builder::default().setting("ALLOWED_RETURN_ORIGINS", &app.origin());
        for (name, value) in settings {
            builder = builder.setting(name, value);
            if *name == "REDIRECT_URI" {
                builder = builder.redirect_uri(value);
            }
        }
        let stack = builder.start();
        let proxy = stack.origin.replace("http://localhost", "127.0.0.1");
        let nginx = Nginx::start(app, &proxy, annotations);
        Self {
            stack,
            app,
            _nginx: nginx,
        }
    }

    /// A user's browser at the app, without any cookie.
    fn browser(&self) -> Browser {
        let mut browser = self.stack.browser_at(&self.app.address()).html();
        browser.headers.push(("host".to_owned(), self.app.host()));
        browser
    }

    /// Follows the sign-in of an app's page, from the app to the proxy and back.
    fn open(&self, browser: &mut Browser, own: &mut Browser, page: &str) -> Response {
        let start = browser.get(page);
        assert_eq!(start.status, 302, "{start:?}");
        let to_proxy = browser.get(start.location());
        assert!(
            to_proxy.location().starts_with(&self.stack.origin),
            "{to_proxy:?}"
        );
        let mut answer = own.get(to_proxy.location());
        if answer.location().starts_with("/login?") {
            let entra = own.get(answer.location());
            let callback = self.stack.at_entra(entra.location(), "alice", "");
            let back = own.get(callback.location());
            answer = own.get(back.location());
        }
        assert!(
            answer.location().starts_with(&self.app.origin()),
            "{answer:?}"
        );
        let ticket = browser.get(answer.location());
        browser.get(ticket.location())
    }
}

#[test]
fn annotations_for_oauth2_proxy_work_as_they_are() {
    let behind = Behind::nginx(
        &Annotations {
            auth_host: "$http_host",
            auth_url: "/oauth2/auth?allowed_email_domains=contoso.example",
            sign_in: "$scheme://$http_host/oauth2/start?rd=$escaped_request_uri",
        },
        &[],
    );
    let (mut alice, mut own) = (behind.browser(), behind.stack.browser().html());
    let page = behind.open(&mut alice, &mut own, "/page?a=b&c=%26d");
    assert_eq!(page.status, 200, "{page:?}");
    let says = |what: &str| assert!(page.body.contains(what), "{what}: {}", page.body);
    says("uri /page?a=b&c=%26d\n");
    says("user a11ce000-0000-4000-8000-000000000001\n");
    // A client's own identity headers are replaced, even without a claim.
    let claims = [
        ("x-auth-request-user", "root"),
        ("x-auth-request-email", "root@contoso.example"),
        ("x-auth-request-groups", "admins"),
    ];
    let page = alice.send("GET", "/", &claims, "");
    assert!(
        page.status == 200 && !page.body.contains("root"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("admins"), "{}", page.body);
    // The app's cookie is not valid at the proxy's own pages.
    let mut thief = behind.stack.browser();
    thief.cookies = alice.cookies.clone();
    for value in alice.cookies.values() {
        thief
            .cookies
            .insert("proxy_session".to_owned(), value.clone());
    }
    assert_eq!(thief.get("/whoami").status, 401);
    assert_eq!(thief.get("/kubeconfig").status, 401);
    // A link in the app signs out of all of them.
    let link = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert_eq!(alice.send("GET", "/oauth2/sign_out", &link, "").status, 200);
    assert_eq!(alice.get("/page").status, 302);
    assert_eq!(
        own.get("/kubeconfig").status,
        303,
        "the session has ended too"
    );
}

#[test]
fn a_rule_of_the_annotation_keeps_others_out() {
    let behind = Behind::nginx(
        &Annotations {
            auth_host: "$http_host",
            auth_url: "/oauth2/auth?allowed_emails=bob@contoso.example",
            sign_in: "$scheme://$http_host/oauth2/start?rd=$escaped_request_uri",
        },
        &[],
    );
    let (mut alice, mut own) = (behind.browser(), behind.stack.browser().html());
    let page = behind.open(&mut alice, &mut own, "/page");
    assert_eq!(page.status, 403, "{page:?}");
}

/// The check goes to the service's address, and the return address is absolute, as ingress-nginx makes it by
/// default.
#[test]
fn a_check_at_the_service_is_believed_from_the_ingress() {
    let behind = Behind::nginx(
        &Annotations {
            auth_host: "oauth-proxy.oauth-proxy.svc.cluster.local",
            auth_url: "/oauth2/auth",
            sign_in: "$scheme://$http_host/oauth2/start?rd=$scheme://$http_host$escaped_request_uri",
        },
        &[
            ("FORWARD_AUTH_PROFILE", "nginx"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ],
    );
    let (mut alice, mut own) = (behind.browser(), behind.stack.browser().html());
    let page = behind.open(&mut alice, &mut own, "/page?a=b");
    assert_eq!(
        (page.status, page.body.contains("uri /page?a=b\n")),
        (200, true),
        "{page:?}"
    );
    // An untrusted client cannot name the app.
    let mut direct = behind.stack.browser();
    direct.cookies = alice.cookies.clone();
    let url = format!("{}/page", behind.app.origin());
    let check = direct.send("GET", "/oauth2/auth", &[("x-original-url", &url)], "");
    assert_eq!(check.status, 202, "from the same address it is the ingress");
    direct.cookies.clear();
    let check = direct.send("GET", "/oauth2/auth", &[("x-original-url", &url)], "");
    assert_eq!(check.problem(), (401, "no-app-session".to_owned()));
}

/// Our own host answers the checks for all apps, and its cookie is for the domain of both: the app's host has
/// no `/oauth2`.
#[test]
fn our_own_host_checks_for_all_apps_of_a_domain() {
    let behind = Behind::nginx(
        &Annotations {
            auth_host: "auth.apps.localhost:4180",
            auth_url: "/oauth2/auth?allowed_groups=6700d000-0000-4000-8000-000000000002",
            sign_in: "http://auth.apps.localhost:4180/oauth2/start?rd=$scheme://$http_host$escaped_request_uri",
        },
        &[
            ("REDIRECT_URI", "http://auth.apps.localhost:4180/callback"),
            ("COOKIE_DOMAINS", "apps.localhost"),
        ],
    );
    let entra = behind.stack.entra["http"].as_str().unwrap();
    let page = format!("{}/page?a=b&c=%26d", behind.app.origin());
    for (user, status) in [("alice", 200), ("bob", 403)] {
        let (mut app, mut own) = (behind.browser(), behind.stack.browser().html());
        own.headers
            .push(("host".to_owned(), "auth.apps.localhost:4180".to_owned()));
        let mut at = app.get("/page?a=b&c=%26d").location().to_owned();
        for _ in 0..8 {
            if at.starts_with(&behind.app.origin()) {
                break;
            }
            let answer = match at.starts_with(entra) {
                true => behind.stack.at_entra(&at, user, ""),
                false => own.get(&at),
            };
            answer.location().clone_into(&mut at);
        }
        assert_eq!(at, page);
        let shared = own
            .cookies
            .iter()
            .filter(|(name, _)| name.ends_with("_app"));
        app.cookies
            .extend(shared.map(|(name, value)| (name.clone(), value.clone())));
        let shown = app.get(&page);
        assert_eq!(shown.status, status, "{shown:?}");
        if user == "alice" {
            assert!(shown.body.contains("uri /page?a=b&c=%26d\n"), "{shown:?}");
        }
    }
}

/// Whoever has used oauth2-proxy keeps the redirect URI that is registered.
#[test]
fn a_sign_in_comes_back_by_oauth2_callback() {
    let (host, path) = ("auth.apps.localhost:4180", "/oauth2/callback");
    let uri = format!("http://{host}{path}");
    let stack = Builder::default()
        .setting("REDIRECT_URI", &uri)
        .redirect_uri(&uri)
        .start();
    let mut browser = stack.browser().html();
    browser.headers.push(("host".to_owned(), host.to_owned()));
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    assert!(callback.starts_with(&uri), "{callback}");
    assert_eq!(browser.get(&callback).location(), "/whoami");
    assert_eq!(browser.get("/whoami").status, 200);
    // Where another address is registered there is nothing.
    let elsewhere = Stack::start().browser().get(path);
    assert_eq!(elsewhere.problem(), (404, "not-found".to_owned()));
}
