//! What the tunnel is told, and what everybody else is told.

use super::*;

const EXEC: &str = "/k8s/api/v1/namespaces/demo/pods/p/exec?command=sh";

fn open(target: &str, headers: &[(&str, &str)]) -> Value {
    json!({ "open": {
        "method": "GET", "target": target, "headers": headers, "client": "192.0.2.1:4711",
    } })
}

/// The answer to `exec` with the credential and these headers.
fn exec(proxy: &Proxy, target: &str, headers: &[(&str, &str)]) -> Value {
    let authorization = format!("Bearer {}", proxy.bearer);
    let headers = [&[("authorization", authorization.as_str())], headers].concat();
    proxy.tunnel(&open(target, &headers))
}

/// The status and the kind of the problem with which a connection is refused.
fn refused(told: &Value) -> (u64, String) {
    let answer = &told["answer"];
    let status: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let kind = status["details"]["causes"][0]["reason"].as_str().unwrap();
    assert_eq!(status["kind"], "Status");
    (answer["status"].as_u64().unwrap(), kind.to_owned())
}

/// What a look says of a connection whose credential has ended.
fn signed_out() -> Value {
    json!({ "go_on": false, "outcome": "session_ended" })
}

#[test]
fn a_connection_leads_to_the_api_server_with_the_users_own_token() {
    let proxy = Proxy::new();
    let headers = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-key", "k"),
        ("sec-websocket-protocol", "v5.channel.k8s.io"),
        ("cookie", "a=b"),
        ("x-forwarded-for", "1.2.3.4"),
        ("impersonate-user", "bob"),
        ("origin", "https://proxy.example"),
    ];
    let told = exec(&proxy, EXEC, &headers);
    let connect = &told["connect"];
    assert_eq!(connect["origin"], "https://api.example:6443");
    assert_eq!(connect["method"], "GET");
    assert_eq!(
        connect["target"],
        "/api/v1/namespaces/demo/pods/p/exec?command=sh"
    );
    let token = format!("Bearer {}", jwt(0));
    let expected = json!([
        ["sec-websocket-key", "k"],
        ["sec-websocket-protocol", "v5.channel.k8s.io"],
        ["impersonate-user", "bob"],
        ["origin", "https://proxy.example"],
        ["authorization", token],
    ]);
    assert_eq!(connect["headers"], expected);
    assert_eq!(connect["location_prefix"], "/k8s");
    let line = proxy.audit();
    assert_eq!(
        (&line["outcome"], &line["subresource"]),
        (&json!("opened"), &json!("exec"))
    );
}

#[test]
fn a_bearer_among_the_subprotocols_is_replaced() {
    let proxy = Proxy::new();
    let bearer = base64url(proxy.bearer.as_bytes());
    let protocols = format!("base64url.bearer.authorization.k8s.io.{bearer}, v5.channel.k8s.io");
    let told = proxy.tunnel(&open(EXEC, &[("sec-websocket-protocol", &protocols)]));
    let token = format!("Bearer {}", jwt(0));
    let expected = json!([
        ["sec-websocket-protocol", "v5.channel.k8s.io"],
        ["authorization", token]
    ]);
    assert_eq!(told["connect"]["headers"], expected);
    let both = exec(&proxy, EXEC, &[("sec-websocket-protocol", &protocols)]);
    assert_eq!(refused(&both), (400, "ambiguous-credential".to_owned()));
}

#[test]
fn what_may_not_be_is_answered_instead() {
    let proxy = Proxy::with(&[("kubernetes_max_streams", "1")]);
    let without = proxy.tunnel(&open(EXEC, &[]));
    assert_eq!(refused(&without), (401, "no-credential".to_owned()));
    for (target, status, kind) in [
        ("/k8s/api/v1/../pods/p/exec", 400, "ambiguous-path"),
        (
            "/k8s/api/v1/namespaces/demo/pods/p%2fexec",
            400,
            "ambiguous-path",
        ),
        ("/whoami", 404, "not-found"),
        ("/-/tunnel", 404, "not-found"),
        ("//k8s/api/v1/namespaces/demo/pods/p/exec", 404, "not-found"),
    ] {
        assert_eq!(
            refused(&exec(&proxy, target, &[])),
            (status, kind.to_owned()),
            "{target}"
        );
    }
    let mut traced = open(
        EXEC,
        &[("authorization", &format!("Bearer {}", proxy.bearer))],
    );
    traced["open"]["method"] = "TRACE".into();
    let expected = (405, "method-not-allowed".to_owned());
    assert_eq!(refused(&proxy.tunnel(&traced)), expected);
    assert!(exec(&proxy, EXEC, &[]).get("connect").is_some());
    assert_eq!(
        refused(&exec(&proxy, EXEC, &[])),
        (429, "too-many-streams".to_owned())
    );
    proxy.sign_out();
    assert_eq!(
        refused(&exec(&proxy, EXEC, &[])),
        (401, "credential-ended".to_owned())
    );
}

#[test]
fn addresses_in_a_refusal_lead_to_where_the_client_found_the_api_server() {
    let proxy = Proxy::with(&[("kubernetes_host", "kube.example.com")]);
    for (host, prefix) in [("proxy.example", "/k8s"), ("kube.example.com", "")] {
        let told = exec(&proxy, EXEC, &[("host", host)]);
        assert_eq!(told["connect"]["location_prefix"], prefix, "{host}");
        let closed = json!({
            "ticket": told["connect"]["ticket"], "status": 307, "sent": 0, "received": 0,
            "milliseconds": 1,
        });
        proxy.tunnel(&json!({ "closed": closed }));
    }
}

/// KubeVirt's consoles are upgraded by an aggregated API, for example.
#[test]
fn the_api_server_decides_what_can_be_upgraded() {
    let proxy = Proxy::new();
    for path in [
        "/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachineinstances/vm/console",
        "/api/v1/namespaces/demo/pods",
        "/version",
    ] {
        let told = exec(&proxy, &format!("/k8s{path}"), &[]);
        assert_eq!(told["connect"]["target"], path);
    }
}

/// What the component says about a 401 to `exec`, which was opened with `told`.
fn unauthorized(proxy: &Proxy, told: &Value, target: &str, challenges: &[&str]) -> Value {
    let authorization = format!("Bearer {}", proxy.bearer);
    let open = open(target, &[("authorization", &authorization)]);
    proxy.tunnel(&json!({ "refused": {
        "ticket": told["connect"]["ticket"], "open": open["open"], "challenges": challenges,
    } }))
}

fn token(told: &Value) -> &str {
    let headers = told["connect"]["headers"].as_array().unwrap();
    let token = headers.iter().find(|header| header[0] == "authorization");
    token.unwrap()[1].as_str().unwrap()
}

#[test]
fn a_token_that_the_api_server_refuses_is_renewed_once() {
    let proxy = Proxy::with(&[("kubernetes_max_streams", "1")]);
    entra_gives_tokens(&proxy.world);
    proxy.world.pass(100);
    let told = exec(&proxy, EXEC, &[]);
    assert_eq!(token(&told), format!("Bearer {}", jwt(0)));
    let again = unauthorized(&proxy, &told, EXEC, &["Bearer"]);
    assert_eq!(token(&again), format!("Bearer {}", jwt(1)));
    assert_eq!(again["connect"]["target"], told["connect"]["target"]);
    // The same place: there is no second one.
    let look = json!({ "look": { "ticket": again["connect"]["ticket"] } });
    assert_eq!(proxy.tunnel(&look), json!({ "go_on": true }));
    let third = unauthorized(&proxy, &again, EXEC, &["Bearer"]);
    assert_eq!(refused(&third), (401, "token-refused".to_owned()));
    // Another request has renewed it meanwhile.
    let late = unauthorized(&proxy, &told, EXEC, &["Bearer"]);
    assert_eq!(token(&late), format!("Bearer {}", jwt(1)));
}

#[test]
fn a_claims_challenge_to_an_upgrade_leads_to_a_stronger_sign_in() {
    let proxy = Proxy::new();
    entra_gives_tokens(&proxy.world);
    let challenge = concat!(
        r#"Bearer error="insufficient_claims", claims=""#,
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19\""
    );
    let told = exec(&proxy, EXEC, &[]);
    let told = unauthorized(&proxy, &told, EXEC, &[challenge]);
    assert_eq!(refused(&told), (401, "stronger-sign-in".to_owned()));
}

/// So is a kubelet's, to an exec.
#[test]
fn the_workloads_own_401_to_an_upgrade_is_passed_on() {
    let proxy = Proxy::new();
    proxy.world.answers(|request| {
        assert_eq!(request.uri().path(), "/api");
        Ok(Response::new(b"{}".to_vec()))
    });
    proxy.world.pass(100);
    let pass = json!({ "pass": {} });
    for target in ["/k8s/api/v1/namespaces/demo/services/s/proxy/ws", EXEC] {
        let told = exec(&proxy, target, &[]);
        assert_eq!(unauthorized(&proxy, &told, target, &["Bearer"]), pass);
    }
    let forged = json!({ "connect": { "ticket": "AAAA" } });
    assert_eq!(unauthorized(&proxy, &forged, EXEC, &["Bearer"]), pass);
}

#[test]
fn a_connection_goes_on_until_its_session_ends() {
    let proxy = Proxy::with(&[("kubernetes_max_streams", "1")]);
    let told = exec(&proxy, EXEC, &[]);
    let mut look = json!({ "look": { "ticket": told["connect"]["ticket"] } });
    for _ in 0..5 {
        proxy.world.pass(30);
        let looked = proxy.tunnel(&look);
        assert_eq!(looked["go_on"], true);
        // The place has been noted again, which the next look has to know.
        look["look"]["ticket"] = looked["ticket"].clone();
        assert_eq!(refused(&exec(&proxy, EXEC, &[])).1, "too-many-streams");
    }
    proxy.sign_out();
    assert_eq!(proxy.tunnel(&look), signed_out());
    let forged = json!({ "look": { "ticket": "AAAA" } });
    assert_eq!(proxy.tunnel(&forged), json!({ "go_on": false }));
}

#[test]
fn a_place_is_noted_only_when_it_is_due() {
    let proxy = Proxy::new();
    let told = exec(&proxy, EXEC, &[]);
    let look = json!({ "look": { "ticket": told["connect"]["ticket"] } });
    for _ in 0..4 {
        proxy.world.pass(5);
        assert_eq!(proxy.tunnel(&look), json!({ "go_on": true }));
    }
    proxy.world.pass(5);
    assert!(proxy.tunnel(&look)["ticket"].is_string());
}

#[test]
fn many_of_one_credential_are_looked_at_together() {
    let proxy = Proxy::new();
    let asks = |number: usize| -> Value {
        let tickets = (0..number).map(|_| exec(&proxy, EXEC, &[])["connect"]["ticket"].clone());
        let asks = tickets.map(|ticket| json!({ "ticket": ticket }));
        json!({ "look_all": asks.collect::<Vec<_>>() })
    };
    let (one, many) = (asks(1), asks(4));
    let reads = |message: &Value| {
        let before = proxy.world.reads.get();
        let told = proxy.tunnel(message);
        (told, proxy.world.reads.get() - before)
    };
    let ((looked, once), (all, at_once)) = (reads(&one), reads(&many));
    assert_eq!(looked, json!([{ "go_on": true }]));
    assert_eq!(all, Value::from(vec![json!({ "go_on": true }); 4]));
    assert!(once > 0);
    assert_eq!(at_once, once);
    proxy.world.store_is_down.set(true);
    assert_eq!(proxy.tunnel(&many), json!([null, null, null, null]));
    proxy.world.store_is_down.set(false);
    proxy.sign_out();
    assert_eq!(proxy.tunnel(&many), Value::from(vec![signed_out(); 4]));
}

#[test]
fn while_the_store_is_away_a_look_has_no_answer() {
    let proxy = Proxy::new();
    let told = exec(&proxy, EXEC, &[]);
    proxy.world.store_is_down.set(true);
    let look = json!({ "look": { "ticket": told["connect"]["ticket"] } });
    assert_eq!(proxy.tunnel(&look).get("go_on"), None);
}

#[test]
fn its_end_is_noted_and_its_place_is_free() {
    let proxy = Proxy::with(&[("kubernetes_max_streams", "1")]);
    let told = exec(&proxy, EXEC, &[]);
    let ticket = &told["connect"]["ticket"];
    proxy.tunnel(&json!({ "closed": {
        "ticket": ticket, "status": 101, "sent": 5, "received": 7, "milliseconds": 9,
    } }));
    let line = proxy.audit();
    for (name, value) in [
        ("status", 101),
        ("sent", 5),
        ("received", 7),
        ("milliseconds", 9),
    ] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(
        (&line["outcome"], &line["upn"]),
        (&json!("ok"), &json!("alice@contoso.example"))
    );
    assert!(exec(&proxy, EXEC, &[]).get("connect").is_some());
}

/// Its carrier heard of it by a look.
#[test]
fn a_connection_that_a_sign_out_has_ended_is_noted_as_that() {
    let proxy = Proxy::new();
    let ticket = &exec(&proxy, EXEC, &[])["connect"]["ticket"];
    proxy.sign_out();
    let looked = proxy.tunnel(&json!({ "look": { "ticket": ticket } }));
    proxy.tunnel(&json!({ "closed": {
        "ticket": ticket, "status": 101, "sent": 5, "received": 7, "milliseconds": 9,
        "outcome": looked["outcome"],
    } }));
    let line = proxy.audit();
    assert_eq!(
        (&line["outcome"], &line["status"]),
        (&json!("session_ended"), &json!(101))
    );
}

#[test]
fn to_everybody_else_there_is_nothing_here() {
    let proxy = Proxy::new();
    let nothing = |told: Told| {
        let response = told.0.unwrap();
        let mut document: Value = serde_json::from_slice(response.body()).unwrap();
        document["request_id"] = Value::Null;
        (
            response.status(),
            format!("{:?}", response.headers()),
            document,
        )
    };
    let unknown = nothing(proxy.ask("not-found", &Method::POST, "/nowhere", &[]));
    let (credential, almost) = (
        format!("Bearer {}", proxy.bearer),
        format!("Bearer {TUNNEL_TOKEN}x"),
    );
    let right = format!("Bearer {TUNNEL_TOKEN}");
    for headers in [
        &[][..],
        &[("authorization", credential.as_str())],
        &[("authorization", almost.as_str())],
        &[("authorization", TUNNEL_TOKEN)],
        &[
            ("authorization", right.as_str()),
            ("authorization", right.as_str()),
        ],
    ] {
        for method in [Method::POST, Method::GET, Method::DELETE] {
            let told = proxy.ask("tunnel", &method, "/-/tunnel", headers);
            assert_eq!(nothing(told), unknown, "{method} {headers:?}");
        }
    }
    let right = [("authorization", right.as_str())];
    for path in ["/-/tunnel/", "//-/tunnel", "/-/tunnel/x"] {
        assert_eq!(
            nothing(proxy.ask("tunnel", &Method::POST, path, &right)),
            unknown
        );
    }
    let off = Proxy::with(&[("tunnel_token", "")]);
    assert_eq!(
        nothing(off.ask(
            "tunnel",
            &Method::POST,
            "/-/tunnel",
            &[("authorization", "Bearer ")]
        )),
        unknown
    );
    assert!(proxy.world.lines.borrow().is_empty());
}

#[test]
fn a_head_that_is_too_large_is_refused_as_it_is_without_a_tunnel() {
    let proxy = Proxy::new();
    let long = "x".repeat(64 * 1024);
    let told = exec(&proxy, EXEC, &[("x-long", &long)]);
    let expected = (431, "headers-too-large".to_owned());
    assert_eq!(refused(&told), expected);
    let told = proxy.get("/k8s/api", &[("x-long", &long)]);
    assert_eq!((u64::from(told.code()), told.kind()), expected);
    assert!(exec(&proxy, EXEC, &[("x-long", "x")])["connect"].is_object());
}
