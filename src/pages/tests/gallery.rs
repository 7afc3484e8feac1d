//! Every page, with names that a test chooses.

use serde_json::{Map, Value, json};

use crate::entra::{Group, NamedGroups, NoNames};
use crate::entra_error::EntraError;
use crate::kubelogin::Prompt;
use crate::pages::{self, App, DeniedBy, Home, Offer, ProblemPage, View, Way, Whoami};
use crate::platform::UnixTime;
use crate::respond::Response;
use crate::session::credential::Listed;
use crate::session::sign_ins;
use crate::session::{AccessToken, Source};
use crate::settings::{Branding, Picture, Reader};
use crate::terms::{Browser, Origin, Secret, User};
use crate::texts::{Language, en};

const NOW: UnixTime = UnixTime(1_795_315_182);

/// What others wrote.
pub(super) struct Names {
    user: String,
    credential: String,
    claim: String,
    message: String,
    browser: String,
    system: String,
    app: String,
    closed_app: String,
    group: String,
}

impl Names {
    /// As they are every day.
    pub(super) fn mild() -> Self {
        Self {
            user: "alice@contoso.example".to_owned(),
            credential: "my laptop".to_owned(),
            claim: "Alice Example".to_owned(),
            message: "To sign in, enter the code".to_owned(),
            browser: "Firefox".to_owned(),
            system: "Linux".to_owned(),
            app: "Grafana".to_owned(),
            closed_app: "Vault".to_owned(),
            group: "Platform team".to_owned(),
        }
    }

    /// All the same.
    pub(super) fn all(text: &str) -> Self {
        Self {
            user: text.to_owned(),
            credential: text.to_owned(),
            claim: text.to_owned(),
            message: text.to_owned(),
            browser: text.to_owned(),
            system: text.to_owned(),
            app: text.to_owned(),
            closed_app: text.to_owned(),
            group: text.to_owned(),
        }
    }

    fn user(&self) -> User {
        User {
            tid: "11111111-2222-3333-4444-555555555555".to_owned(),
            oid: "00000000-1111-2222-3333-444444444444".to_owned(),
            name: Some(self.claim.clone()),
            preferred_username: Some(self.user.clone()),
            email: Some(self.user.clone()),
            login_hint: None,
        }
    }
}

/// How a page looks to somebody who reads `language`.
pub(super) fn view(language: Language) -> View {
    View {
        language,
        branding: Branding::read(&mut Reader::new(&|_| None)).unwrap(),
        now: NOW,
        place: "/whoami".to_owned(),
        own: None,
    }
}

fn token() -> AccessToken {
    AccessToken {
        token: Secret::new("a.b.c"),
        source: Source::Entra,
        scopes: vec!["user.read".to_owned()],
        issued_at: NOW,
        refresh_at: None,
        expires_at: NOW.plus(4000),
    }
}

fn claims(names: &Names) -> Map<String, Value> {
    let groups: Vec<String> = (0..200)
        .map(|n| format!("6700d000-0000-4000-8000-{n:012}"))
        .collect();
    let claims = json!({
        "aud": "6dae42f8-4368-4678-94ff-3960e28e3630",
        "iss": "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
        "iat": 1_795_315_182, "nbf": 1_795_315_182, "exp": 1_795_319_182,
        "acr": "1", "aio": "E2Zg", "amr": ["pwd", "mfa"], "appid": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "appidacr": "2", "groups": groups, "ipaddr": "203.0.113.9", "name": names.claim,
        "oid": "00000000-1111-2222-3333-444444444444", "scp": "user.read", "sub": "s",
        "tid": "11111111-2222-3333-4444-555555555555", "unique_name": names.user, "upn": names.user,
        "uti": "u", "ver": "1.0", "wids": [names.claim], "xms_ftd": {"odd": names.claim},
    });
    claims.as_object().unwrap().clone()
}

fn listed(names: &Names, id: i64, last_used: Option<UnixTime>) -> Listed {
    Listed {
        id,
        name: names.credential.clone(),
        created: NOW,
        end: NOW.plus(28_800),
        last_used,
    }
}

fn sign_in(names: &Names, id: &str, current: bool) -> sign_ins::Listed {
    let browser = Browser {
        name: Some(names.browser.clone()),
        system: Some(names.system.clone()),
    };
    sign_ins::Listed::double(id, browser, NOW, current)
}

fn home(
    view: &View,
    names: &Names,
    token: Option<&AccessToken>,
    credentials: &[Listed],
    sign_ins: &[sign_ins::Listed],
    apps: &[App<'_>],
) -> Response {
    pages::home(
        view,
        &Home {
            user: &names.user(),
            end: NOW.plus(28_000),
            idle: 1800,
            token,
            renews: true,
            offer: Offer {
                cluster: "aks.example.com",
                file: "kubeconfig-aks.example.com.kubeconfig",
            },
            credentials,
            sign_ins,
            apps,
        },
    )
}

fn prompt(names: &Names, code: Option<&str>) -> Prompt {
    Prompt {
        message: names.message.clone(),
        user_code: code.map(str::to_owned),
        verification_uri: code.map(|_| "https://microsoft.com/devicelogin".to_owned()),
        expires_in: 870,
    }
}

fn way(label: crate::texts::Text, posts: bool, second: bool) -> Way {
    let address = "/login?rd=%2Fwhoami".to_owned();
    Way {
        label,
        address,
        posts,
        second,
    }
}

fn not_admitted(view: &View, names: &Names) -> Response {
    let values = [
        ("user", names.user.clone()),
        ("setting", "ALLOWED_GROUPS".to_owned()),
    ];
    let sentence = &en::NOT_ADMITTED_BY_GROUPS;
    pages::problem(
        view,
        &ProblemPage {
            status: 403,
            kind: sentence.kind,
            title: sentence.title_in(view.language),
            detail: &sentence.detail_in(view.language, &values),
            lines: &[],
            ways: vec![way(en::WAY_ANOTHER_ACCOUNT, false, false)],
            wait: None,
            rule: Some("ALLOWED_GROUPS"),
            entra: None,
            request_id: "NQWIAKV1j8HfrS1I",
        },
    )
}

fn consent(view: &View) -> Response {
    let description = "AADSTS65001: Trace ID: 22222222-2222-4222-8222-222222222222 \
                       Correlation ID: 11111111-1111-4111-8111-111111111111";
    let entra = EntraError::from_callback("consent_required", description);
    let sentence = &en::CONSENT_OR_DEVICE_CODE;
    pages::problem(
        view,
        &ProblemPage {
            status: 400,
            kind: sentence.kind,
            title: sentence.title_in(view.language),
            detail: &sentence.detail_in(view.language, &[]),
            lines: &[],
            ways: vec![
                way(en::WAY_ASK_AGAIN, false, false),
                way(en::WAY_DEVICE_CODE, true, false),
                way(en::WAY_SIGN_OUT, false, true),
            ],
            wait: None,
            rule: None,
            entra: Some(&entra),
            request_id: "NQWIAKV1j8HfrS1I",
        },
    )
}

fn misconfigured(view: &View, names: &Names) -> Response {
    let sentence = &en::MISCONFIGURED;
    pages::problem(
        view,
        &ProblemPage {
            status: 500,
            kind: sentence.kind,
            title: sentence.title_in(view.language),
            detail: &sentence.detail_in(view.language, &[]),
            lines: &[format!("TENANT_ID is not a GUID: {}", names.message)],
            ways: Vec::new(),
            wait: Some(5),
            rule: None,
            entra: None,
            request_id: "NQWIAKV1j8HfrS1I",
        },
    )
}

/// A picture of an app.
pub(super) fn icon() -> Picture {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'><circle cx='1' cy='1' r='1' fill='#e8590c'/></svg>";
    Picture {
        media_type: "image/svg+xml",
        content: svg.as_bytes().to_vec(),
        digest: "0".repeat(43),
    }
}

/// Apps with and without icons, and one that the user may not open.
fn apps<'a>(names: &'a Names, icon: &'a Picture) -> [App<'a>; 4] {
    let app = |name, host| App {
        name,
        host,
        address: format!("https://{host}/"),
        icon: None,
        denied: None,
    };
    let (admits, host) = (en::ADMITS_GROUPS, "vault.example.com");
    let rule = "allowed_groups";
    [
        App {
            icon: Some(icon),
            ..app(&names.app, "grafana.example.com")
        },
        app("Wiki", "wiki.apps.example.com"),
        app("podinfo.example.com:8443", "podinfo.example.com:8443"),
        App {
            denied: Some(DeniedBy { rule, admits }),
            ..app(&names.closed_app, host)
        },
    ]
}

fn named_groups(names: &Names) -> NamedGroups {
    let group = |n: usize| Group {
        id: format!("6700d000-0000-4000-8000-{n:012}"),
        name: (n > 1).then(|| names.group.clone()),
    };
    NamedGroups {
        groups: (1..4).map(group).collect(),
        more: false,
    }
}

/// Every page, by a name for its picture.
pub(super) fn gallery(view: &View, names: &Names) -> Vec<(&'static str, Response)> {
    let user = names.user();
    let authority = Origin::of(&"https://login.example".parse().unwrap()).unwrap();
    let icon = icon();
    let apps = apps(names, &icon);
    let credentials = [listed(names, 1, None), listed(names, 2, Some(NOW))];
    let sign_ins = [
        sign_in(names, "a", true),
        sign_in(names, "b", false),
        sign_in(names, "c", false),
    ];
    let offer = || Offer {
        cluster: &names.credential,
        file: "kubeconfig-aks.kubeconfig",
    };
    let (token, claims) = (token(), claims(names));
    let whoami = Whoami {
        user: &user,
        token: &token,
        server_id: "6dae42f8-4368-4678-94ff-3960e28e3630",
        claims: &claims,
        groups: None,
    };
    let groups = [Ok(named_groups(names)), Err(NoNames::NotAllowed)];
    let with_groups = |groups| {
        let groups = Some(groups);
        pages::whoami(view, &Whoami { groups, ..whoami })
    };
    let (known, unknown) = (prompt(names, Some("ABCD12345")), prompt(names, None));
    vec![
        ("welcome", pages::welcome(view)),
        (
            "home",
            home(view, names, Some(&token), &credentials, &sign_ins, &apps),
        ),
        ("home-without-token", home(view, names, None, &[], &[], &[])),
        ("whoami", pages::whoami(view, &whoami)),
        ("whoami-with-groups", with_groups(&groups[0])),
        ("whoami-without-names", with_groups(&groups[1])),
        (
            "kubeconfig",
            pages::kubeconfig(view, &user, &offer(), &credentials),
        ),
        ("credentials", pages::credentials(view, &credentials)),
        ("no-credentials", pages::credentials(view, &[])),
        ("sign-ins", pages::sign_ins(view, &sign_ins)),
        ("no-other-sign-in", pages::sign_ins(view, &[])),
        (
            "device-code",
            pages::device_code(view, &user, Some(&known), 2),
        ),
        (
            "device-code-message",
            pages::device_code(view, &user, Some(&unknown), 2),
        ),
        (
            "device-code-comes",
            pages::device_code(view, &user, None, 2),
        ),
        (
            "sign-out",
            pages::confirm_sign_out(view, Some(&user), &[&authority]),
        ),
        ("signed-out", pages::signed_out(view)),
        ("signing-in", pages::go_on(view, "/callback?again=1")),
        ("not-admitted", not_admitted(view, names)),
        ("consent", consent(view)),
        ("misconfigured", misconfigured(view, names)),
    ]
}
