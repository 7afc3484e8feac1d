//! Traces of `serve`, as a collector receives them: the expected spans, and no personal data.

use e2e::{ApiServer, Builder, Redis, Stack, Staged};
use otlp_sim::{Collector, Span};

/// With `collector`, and export at once.
fn traced(collector: &Collector) -> Builder {
    Builder::default()
        .setting("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint())
        .setting("OTEL_BSP_SCHEDULE_DELAY", "50")
}

/// The only span with this name and kind, once it has arrived.
fn only(collector: &Collector, kind: &str, name: &str) -> Span {
    let is_it = |span: &&Span| span.name == name && span.kind == kind;
    let spans = collector.until(|spans| spans.iter().any(|span| is_it(&span)));
    let found: Vec<_> = spans.iter().filter(is_it).collect();
    let [span] = found[..] else {
        panic!("{kind} {name}: {found:#?}");
    };
    span.clone()
}

fn server(collector: &Collector, name: &str) -> Span {
    only(collector, "SPAN_KIND_SERVER", name)
}

/// The direct children of `span`, by name.
fn below(collector: &Collector, span: &Span) -> Vec<Span> {
    let spans = collector.spans().into_iter();
    spans
        .filter(|other| other.parent == span.id && other.trace == span.trace)
        .collect()
}

fn attribute<'a>(span: &'a Span, name: &str) -> &'a str {
    span.attributes.get(name).map_or("", String::as_str)
}

/// Asserts that `collector` has got nothing secret or personal.
fn nothing_is_told(collector: &Collector, stack: &Stack, others: &[&str]) {
    let secrets = stack.secrets();
    assert!(secrets.len() > 3);
    let words = [
        "alice",
        "contoso",
        "a11ce000",
        "code=",
        "state=",
        "secret",
        "eyJ",
        "Bearer",
        "proxy_session",
        stack.entra["tenant_id"].as_str().unwrap(),
        stack.entra["client_id"].as_str().unwrap(),
    ];
    let secrets = secrets.iter().map(String::as_str);
    for word in words
        .into_iter()
        .chain(others.iter().copied())
        .chain(secrets)
    {
        collector.has_nothing_of(word);
    }
}

#[test]
fn a_sign_in_is_a_trace_with_its_calls_and_nothing_of_alice() {
    let collector = Collector::start();
    let stack = traced(&collector).start();
    let mut alice = stack.signed_in("alice");
    let cookie = alice.cookies["proxy_session"].clone();
    assert_eq!(alice.get("/whoami?secret-query").status, 200);
    assert_eq!(alice.get("/secret-path/secret-session").status, 404);

    let callback = server(&collector, "GET /callback");
    assert_eq!(attribute(&callback, "http.response.status_code"), "302");
    assert_eq!(attribute(&callback, "http.route"), "/callback");
    assert_eq!(attribute(&callback, "error.type"), "");
    assert_eq!(callback.parent, "");
    assert_eq!(callback.resource["service.name"], "aks-oauth-proxy");
    let signed_in = callback.events.iter().find(|(name, _)| name == "sign_in");
    let (_, outcome) = signed_in.unwrap();
    assert_eq!(outcome["aks_oauth_proxy.outcome"], "ok");
    let line = stack.proxy.line(r#""event":"sign_in""#);
    let id = attribute(&callback, "aks_oauth_proxy.request_id");
    assert!(!id.is_empty() && line.contains(id), "{id}: {line}");

    for name in ["GET /login", "GET /whoami", "GET /..."] {
        assert_ne!(server(&collector, name).trace, callback.trace, "{name}");
    }
    let below = below(&collector, &callback);
    let of = |name: &'static str| below.iter().filter(move |span| span.name == name);
    // One for the code, and one for AKS.
    assert_eq!(of("POST /{tenant}/oauth2/v2.0/token").count(), 2);
    assert!(of("GET /{tenant}/discovery/v2.0/keys").count() > 0);
    assert!(of("set sqlite").count() > 0 && of("increment sqlite").count() > 0);
    assert!(below.iter().all(|span| span.kind == "SPAN_KIND_CLIENT"));
    // The sidecar's span is a child of the call.
    let asked: Vec<_> = of("GET /v1/federated-token").collect();
    assert!(!asked.is_empty());
    let spans = collector.spans();
    for call in asked {
        let answered = spans.iter().find(|span| span.parent == call.id).unwrap();
        assert_eq!(answered.kind, "SPAN_KIND_SERVER");
        assert_eq!(attribute(answered, "http.response.status_code"), "200");
    }
    nothing_is_told(&collector, &stack, &[&cookie, "/callback?"]);
}

#[test]
fn what_entra_refuses_and_what_is_away_is_seen() {
    let collector = Collector::start();
    let redis = Redis::start();
    let stack = traced(&collector).redis(&redis).start();
    let refused = stack
        .browser()
        .get("/callback?code=secret-code&state=secret-state");
    assert_eq!(refused.status, 400);
    let span = server(&collector, "GET /callback");
    assert_eq!(attribute(&span, "http.response.status_code"), "400");
    let id = refused.json()["request_id"].as_str().unwrap().to_owned();
    assert_eq!(attribute(&span, "aks_oauth_proxy.request_id"), id);
    assert!(span.events.iter().any(|(name, _)| name == "refusal"));

    let alice = stack.signed_in("alice");
    drop(redis);
    assert_eq!(stack.browser_like(&alice).get("/whoami").status, 503);
    let span = server(&collector, "GET /whoami");
    assert_eq!(attribute(&span, "error.type"), "503");
    let below = below(&collector, &span);
    let failed = below
        .iter()
        .find(|span| attribute(span, "error.type") == "error");
    assert_eq!(attribute(failed.unwrap(), "db.system.name"), "redis");
    nothing_is_told(&collector, &stack, &[]);
}

#[test]
fn the_api_server_hears_of_the_trace_that_a_stranger_did_not_choose() {
    let collector = Collector::start();
    let api = ApiServer::start(|_, asker| asker.json("200 OK", "{}"));
    let staged = Staged::with(traced(&collector), api);
    let bearer = staged.credential_of("alice");
    let theirs = "0af7651916cd43dd8448eb211c80319c";
    let lines = format!(
        "authorization: Bearer {bearer}\r\ntraceparent: 00-{theirs}-b7ad6b7169203331-01\r\n\
         tracestate: vendor=secret\r\n"
    );
    let target = "/k8s/api/v1/namespaces/secret-namespace/pods?labelSelector=secret";
    assert_eq!(staged.get(target, &lines).status(), 200);
    let request = server(&collector, "GET /k8s/...");
    let call = only(&collector, "SPAN_KIND_CLIENT", "GET /api/...");
    assert_eq!((&call.parent, &call.trace), (&request.id, &request.trace));
    let seen = staged.api.take();
    let head = &seen.last().unwrap().head;
    let told = format!("00-{}-{}-01", call.trace, call.id);
    assert!(head.contains(&told), "{head}");
    assert!(
        !head.contains(theirs) && !head.contains("tracestate"),
        "{head}"
    );
    nothing_is_told(
        &collector,
        &staged.stack,
        &[&bearer, "namespace", "labelSelector"],
    );
}

#[test]
fn an_upgrade_is_a_trace_with_what_the_component_decides() {
    let collector = Collector::start();
    // It does not upgrade.
    let api = ApiServer::start(|_, asker| asker.json("403 Forbidden", "{}"));
    let staged = Staged::with(traced(&collector), api);
    let bearer = staged.credential_of("alice");
    let heard = staged.send(format!(
        "POST /k8s/api/v1/namespaces/demo/pods/p/exec?command=secret HTTP/1.1\r\nhost: localhost\r\n\
         connection: Upgrade\r\nupgrade: SPDY/3.1\r\nauthorization: Bearer {bearer}\r\n\r\n"
    ));
    assert_eq!(heard.status(), 403, "{}", heard.text());
    let request = server(&collector, "POST /k8s/...");
    assert_eq!(attribute(&request, "http.response.status_code"), "403");
    let decision = only(&collector, "SPAN_KIND_INTERNAL", "POST /-/tunnel");
    let call = only(&collector, "SPAN_KIND_CLIENT", "POST /api/...");
    for span in [&decision, &call] {
        assert_eq!((&span.parent, &span.trace), (&request.id, &request.trace));
    }
    assert!(
        !below(&collector, &decision).is_empty(),
        "it asks the store"
    );
    let seen = staged.api.take();
    let told = format!("00-{}-{}-01", call.trace, call.id);
    assert!(seen.last().unwrap().head.contains(&told));
    nothing_is_told(&collector, &staged.stack, &[&bearer, "exec", "demo"]);
}

#[test]
fn probes_are_in_no_trace() {
    let collector = Collector::start();
    let stack = traced(&collector).start();
    for path in ["/healthz", "/livez", "/readyz", "/readyz?verbose"] {
        assert_eq!(stack.browser().get(path).status, 200, "{path}");
    }
    stack.browser().get("/login");
    let login = server(&collector, "GET /login");
    for span in collector.spans() {
        assert_eq!(span.trace, login.trace, "{span:#?}");
    }
}
