//! A proxy with one signed-in user, who has a credential.

use std::cell::RefCell;
use std::collections::BTreeMap;

use aks_oauth_proxy_component::platform::UnixTime;
use aks_oauth_proxy_component::session::attempt::{Attempt, Purpose};
use aks_oauth_proxy_component::session::credential::{self, Issue};
use aks_oauth_proxy_component::session::{AccessToken, NewSession, SignIn, Source, Tokens};
use aks_oauth_proxy_component::settings::CookieSettings;
use aks_oauth_proxy_component::store::{Keyring, Records};
use aks_oauth_proxy_component::terms::{Browser, ReturnPath, Secret, User};

use crate::settings;
use crate::world::{NOW, World, run};

/// The application of AKS.
const SERVER_ID: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";
/// How long everything lasts, in seconds.
const LIFETIME: u64 = 28_800;

/// What is in the store, and what the user's browser and machine hold.
pub struct Proxy {
    store: BTreeMap<String, Vec<u8>>,
    session: String,
    bearer: String,
    attempt: String,
    state: String,
}

impl Proxy {
    /// Signs the user in.
    #[expect(clippy::new_without_default, reason = "it does a lot")]
    pub fn new() -> Self {
        let world = World::default();
        let keyring = settings::read(Keyring::read);
        let cookies = settings::read(CookieSettings::read);
        let records = Records {
            platform: &world,
            keyring: &keyring,
        };
        let tokens = tokens();
        let session = run(async {
            let new = NewSession {
                end: UnixTime(NOW + LIFETIME),
                browser: Browser::default(),
                tokens: &tokens,
                state_hash: String::new(),
                return_path: ReturnPath::whoami(),
                claims: None,
                clock_tolerance: 60,
            };
            let begun = SignIn::begin(&records, user(), None).await;
            let sign_in = begun.expect("the store works");
            let finished = sign_in.finish(&records, new, None).await;
            finished.ok().flatten().expect("nothing else happens")
        });
        let issued = credential::issue(&records, &session, "laptop".to_owned(), LIFETIME);
        let Ok(Issue::Credential(credential)) = run(issued) else {
            unreachable!("there is room for one");
        };
        let attempt = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
        let sealed = attempt.seal(&keyring, &cookies, &world);
        Self {
            session: format!(
                "{}={}",
                cookies.name,
                session.handle.write(&keyring).reveal()
            ),
            bearer: credential.handle.write(&keyring).reveal().to_owned(),
            attempt: format!("{}={}", attempt.cookie_name(&cookies), sealed.reveal()),
            state: attempt.state().reveal().to_owned(),
            store: world.store.take(),
        }
    }

    /// `text` with the user's secrets in place of their names, and whether it has one that an unauthenticated
    /// client cannot have.
    pub fn fill(&self, text: &str) -> (String, bool) {
        let filled = text
            .replace("$ATTEMPT", &self.attempt)
            .replace("$STATE", &self.state);
        let known = filled
            .replace("$SESSION", &self.session)
            .replace("$BEARER", &self.bearer)
            .replace("$TUNNEL", settings::SECRET);
        let is_known = known != filled;
        (known, is_known)
    }

    /// A world in which the user is signed in.
    pub fn world(&self, function: &str, body: &str, answer: &str) -> World {
        let mut world = World::default();
        function.clone_into(&mut world.function);
        world.body = body.as_bytes().to_vec();
        world.answer = answer.as_bytes().to_vec();
        world.store = RefCell::new(self.store.clone());
        world
    }
}

fn user() -> User {
    User {
        tid: settings::TENANT.to_owned(),
        oid: "o".to_owned(),
        name: None,
        preferred_username: Some("alice@contoso.example".to_owned()),
        email: None,
        login_hint: None,
    }
}

fn tokens() -> Tokens {
    let token = AccessToken {
        token: Secret::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"),
        source: Source::Entra,
        scopes: Vec::new(),
        issued_at: UnixTime(NOW),
        refresh_at: None,
        expires_at: UnixTime(NOW + LIFETIME),
    };
    Tokens {
        refresh_token: Some(Secret::new("refresh")),
        access_tokens: [(SERVER_ID.to_owned(), token)].into(),
        generation: 1,
        ..Tokens::default()
    }
}
