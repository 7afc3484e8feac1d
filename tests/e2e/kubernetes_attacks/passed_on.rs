//! The caller's identity for the API server, whatever the client says.

use std::fs;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use e2e::{ApiServer, Builder, Heard, Seen, Staged};
use serde_json::Value;

/// A client's own identity headers, which must not be believed.
const CLAIMED: &str = "Cookie: proxy_session=x\r\n\
    spin-client-addr: 10.0.0.1:1\r\nSpin_Full_Url: http://x/\r\nspin.path-info: /x\r\n\
    Forwarded: for=10.0.0.1\r\nX-Forwarded-For: 10.0.0.1\r\nx_forwarded_user: root\r\n\
    X-Forwarded-Groups: system:masters\r\nX.Forwarded.Email: root@x\r\nX-Forwarded-Client-Cert: x\r\n\
    X-Real-IP: 10.0.0.1\r\nX-Remote-User: root\r\nX-Remote-Group: system:masters\r\n\
    X_Remote_Group: system:masters\r\nx-remote-extra-a: b\r\nX-Remote-Uid: 0\r\n\
    X-Auth-Request-User: root\r\nSSL-Client-Verify: SUCCESS\r\nssl_client_s_dn: CN=root\r\n\
    X-SSL-Client-Cert: x\r\nX-Client-Cert: x\r\nClient-Cert: :x:\r\nX-ARR-ClientCert: x\r\n\
    Proxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\nKeep-Alive: 5\r\nTE: trailers\r\n\
    Trailer: x\r\nHTTP2-Settings: AAMAAABk\r\nX-Original-URL: /x\r\n\
    impersonate_user: root\r\nImpersonate.Group: system:masters\r\nIMPERSONATE_EXTRA_a: b\r\n\
    impersonate-extra_a: b\r\nImpersonate-Roles: root\r\n";

/// An unverified service account token.
fn service_account_token(file: &Path) -> String {
    let encode = |json: &str| Base64UrlUnpadded::encode_string(json.as_bytes());
    let (head, claims) = (
        encode(r#"{"alg":"RS256"}"#),
        encode(r#"{"exp":4102444800}"#),
    );
    let token = format!("{head}.{claims}.{}", encode("signature"));
    fs::write(file, &token).unwrap();
    token
}

/// The values of `name` in any spelling.
fn folded<'a>(seen: &'a Seen, name: &str) -> Vec<&'a str> {
    let lines = seen.head.lines().skip(1);
    lines
        .filter(|line| {
            let line = line.to_ascii_lowercase().replace(['_', '.'], "-");
            line.starts_with(name)
        })
        .collect()
}

fn names(seen: &Seen) -> Vec<String> {
    let lines = seen.head.lines().skip(1);
    let names = lines.filter_map(|line| Some(line.split_once(':')?.0.to_ascii_lowercase()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn the_users_token_goes_on_and_nothing_that_they_claim() {
    let staged = Staged::with(
        Builder::default().setting("EXPOSE_ACCESS_TOKEN", "true"),
        ApiServer::start(|_, asker| asker.json("200 OK", "{}")),
    );
    let bearer = staged.credential_of("alice");
    let token = staged.stack.aks_token("alice");
    let kept = "accept: application/json\r\nuser-agent: kubectl\r\nx-twice: 1\r\nx-twice: 2\r\n\
                kubectl-session: x\r\n";
    let lines = format!("authorization: Bearer {bearer}\r\n{CLAIMED}{kept}");
    let heard = staged.get("/k8s/api", &lines);
    assert_eq!(heard.status(), 200, "{}", heard.text());
    let seen = &staged.api.seen()[0];
    let expected = [
        "accept",
        "authorization",
        "host",
        "kubectl-session",
        "user-agent",
        "x-twice",
        "x-twice",
    ];
    assert_eq!(names(seen), expected, "{}", seen.head);
    let authorization = seen.all("authorization");
    let same_user = |token: &str| {
        let claims = token.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&Base64UrlUnpadded::decode_vec(claims).unwrap()).unwrap();
        (claims["oid"].clone(), claims["aud"].clone())
    };
    assert_eq!(authorization.len(), 1);
    let sent = authorization[0].strip_prefix("Bearer ").unwrap();
    assert_eq!(same_user(sent), same_user(&token));
    assert_eq!(
        seen.all("host"),
        [staged.api.url().trim_start_matches("http://")]
    );
    assert!(!seen.head.contains(&bearer));
}

#[test]
fn with_the_users_own_token_the_api_server_decides_whom_they_name() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    let named = "Impersonate-User: bob\r\nimpersonate-group: a\r\nIMPERSONATE-GROUP: b\r\n\
                 Impersonate-Uid: 1\r\nImpersonate-Extra-Scopes: c\r\n";
    let lines = format!("authorization: Bearer {bearer}\r\n{CLAIMED}{named}");
    assert_eq!(staged.get("/k8s/api", &lines).status(), 200);
    let seen = &staged.api.seen()[0];
    assert_eq!(seen.all("impersonate-user"), ["bob"]);
    assert_eq!(seen.all("impersonate-group"), ["a", "b"]);
    assert_eq!(seen.all("impersonate-uid"), ["1"]);
    assert_eq!(seen.all("impersonate-extra-scopes"), ["c"]);
    assert_eq!(folded(seen, "impersonate").len(), 5, "{}", seen.head);
}

/// A proxy that impersonates users, its token, and alice's credential.
struct Naming {
    staged: Staged,
    token: String,
    bearer: String,
    _directory: tempfile::TempDir,
}

impl Naming {
    fn start(client_impersonation: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("token");
        let token = service_account_token(&file);
        let builder = Builder::default()
            .setting("KUBERNETES_AUTH", "impersonate")
            .setting(
                "KUBERNETES_CLIENT_IMPERSONATION",
                &client_impersonation.to_string(),
            )
            .setting("KUBERNETES_TOKEN_FILE", file.to_str().unwrap());
        // Only bob may be impersonated.
        let api =
            ApiServer::start(
                |seen, asker| match seen.line().contains("subjectaccessreviews") {
                    true => {
                        let review: Value = serde_json::from_slice(&seen.body).unwrap();
                        let allowed = review["spec"]["resourceAttributes"]["name"] == "bob";
                        asker.json(
                            "201 Created",
                            &format!("{{\"status\":{{\"allowed\":{allowed}}}}}"),
                        )
                    }
                    false => asker.json("200 OK", "{}"),
                },
            );
        let staged = Staged::with(builder, api);
        let bearer = staged.credential_of("alice");
        Self {
            staged,
            token,
            bearer,
            _directory: directory,
        }
    }

    fn get(&self, lines: &str) -> Heard {
        let lines = format!("authorization: Bearer {}\r\n{lines}", self.bearer);
        self.staged.get("/k8s/api", &lines)
    }
}

#[test]
fn who_is_named_by_the_proxy_names_nobody_else() {
    let naming = Naming::start(false);
    let heard = naming.get(CLAIMED);
    assert_eq!(heard.status(), 200, "{}", heard.text());
    let seen = &naming.staged.api.take()[0];
    assert_eq!(
        seen.all("authorization"),
        [format!("Bearer {}", naming.token)]
    );
    assert_eq!(seen.all("impersonate-user"), ["alice@contoso.example"]);
    let groups = seen.all("impersonate-group");
    assert!(groups.contains(&"system:authenticated"), "{groups:?}");
    let system = groups.iter().filter(|group| group.contains("system:"));
    assert_eq!(system.count(), 1, "{groups:?}");
    let known = ["user", "group", "uid", "extra-oid", "extra-tid"];
    for line in folded(seen, "impersonate") {
        let is_known = |name| {
            line.to_ascii_lowercase()
                .starts_with(&format!("impersonate-{name}:"))
        };
        assert!(known.iter().any(is_known), "{line}");
    }
    assert!(folded(seen, "x-remote").is_empty() && folded(seen, "x-forwarded").is_empty());
    for named in [
        "Impersonate-User: bob",
        "impersonate-user: alice@contoso.example",
        "IMPERSONATE-GROUP: system:masters",
        "Impersonate-Uid: 1",
        "Impersonate-Extra-A: b",
        "Impersonate-User:",
    ] {
        let heard = naming.get(&format!("{named}\r\n"));
        let expected = (403, "impersonation-refused".to_owned());
        assert_eq!(heard.problem(), expected, "{named}: {}", heard.text());
        assert!(naming.staged.api.take().is_empty(), "{named}");
    }
}

#[test]
fn where_users_may_name_others_each_name_is_asked_for() {
    let naming = Naming::start(true);
    for named in [
        "Impersonate-User: root\r\n",
        "Impersonate-User: bob\r\nImpersonate-User: root\r\n",
        "Impersonate-User: bob\r\nImpersonate-Group: system:masters\r\n",
        "Impersonate-User: bob\r\nImpersonate-Uid: 0\r\n",
        "Impersonate-User: bob\r\nImpersonate-Extra-Scopes: all\r\n",
        "Impersonate-Group: bob\r\n",
        "Impersonate-User: BOB\r\n",
        "Impersonate-User: bob, root\r\n",
        "Impersonate-User: system:serviceaccount:bob:bob:bob\r\n",
    ] {
        let heard = naming.get(named);
        let expected = (403, "impersonation-refused".to_owned());
        assert_eq!(heard.problem(), expected, "{named}: {}", heard.text());
        let seen = naming.staged.api.take();
        let only_reviews = seen
            .iter()
            .all(|seen| seen.line().contains("subjectaccessreviews"));
        assert!(only_reviews, "{named}: {seen:?}");
    }
    let heard = naming.get(&format!("Impersonate-User: bob\r\n{CLAIMED}"));
    assert_eq!(heard.status(), 200, "{}", heard.text());
    let seen = naming.staged.api.take();
    assert_eq!(seen.len(), 2, "{seen:?}");
    let review: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(review["spec"]["user"], "alice@contoso.example");
    assert_eq!(folded(&seen[1], "impersonate"), ["impersonate-user: bob"]);
    assert_eq!(
        seen[1].all("authorization"),
        [format!("Bearer {}", naming.token)]
    );
}

/// As the API server reads them: a name that is no service account's is a user's, and keys are
/// percent-encoded.
#[test]
fn names_are_asked_for_as_the_api_server_reads_them() {
    let naming = Naming::start(true);
    let asked = |lines: &str| {
        naming.get(lines);
        let reviews = naming.staged.api.take();
        let review: Value = serde_json::from_slice(&reviews.last().unwrap().body).unwrap();
        review["spec"]["resourceAttributes"].clone()
    };
    for (name, resource) in [
        ("system:serviceaccount:ns:robot", "serviceaccounts"),
        ("system:serviceaccount:ns:a:b", "users"),
        ("system:serviceaccount:ns:", "users"),
        ("system:serviceaccount::robot", "users"),
        ("system:serviceaccount:NS:robot", "users"),
        ("system:serviceaccount:ns", "users"),
    ] {
        let attributes = asked(&format!("Impersonate-User: {name}\r\n"));
        assert_eq!(attributes["resource"], resource, "{name}: {attributes}");
    }
    for (key, subresource) in [
        ("scopes", "scopes"),
        ("example.org%2froles", "example.org/roles"),
        ("%73copes", "scopes"),
        ("a%zz", "a%zz"),
    ] {
        let lines = format!("Impersonate-User: bob\r\nImpersonate-Extra-{key}: x\r\n");
        let attributes = asked(&lines);
        assert_eq!(
            attributes["subresource"], subresource,
            "{key}: {attributes}"
        );
    }
}
