#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod apps;
mod attempts;
mod cookies;
mod crashes;
mod credentials;
mod formats;
mod leases;
mod life;
mod owners;
mod replicas;
mod schedule;
mod sealing;
mod sign_ins;
mod streams;
mod streams_together;
pub(crate) mod sweeping;

use http::{HeaderMap, HeaderValue, Method, header};

use super::{Handle, HandleRecord, Live, NewSession, SignIn, Tokens, find, resume};
use crate::platform::Clock;
use crate::platform::double::{World, run};
use crate::request::Request;
use crate::settings::{CookieSettings, Reader, SameSite};
use crate::store::{Keyring, Opened, Records, StoreFailure};
use crate::terms::{Browser, ReturnPath, User};

const ONE: &str = "11111111111111111111111111111111";
const TWO: &str = "22222222222222222222222222222222";
const IDLE: u64 = 1800;
const ABSOLUTE: u64 = 28_800;
/// How far clocks may be apart in these tests.
const TOLERANCE: u64 = 60;

fn keyring(secrets: &str) -> Keyring {
    writing("1", secrets)
}

/// What a replica seals with whose `SESSION_RECORD_FORMAT` is `format`.
fn writing(format: &str, secrets: &str) -> Keyring {
    let source = |name: &str| match name {
        "session_secret" => Some(secrets.to_owned()),
        "session_record_format" => Some(format.to_owned()),
        _ => None,
    };
    Keyring::read(&mut Reader::new(&source)).unwrap()
}

fn plain(opened: Opened) -> Option<Vec<u8>> {
    match opened {
        Opened::Plain(bytes) => Some(bytes.to_vec()),
        Opened::Not | Opened::Newer => None,
    }
}

fn cookie_settings(secure: bool) -> CookieSettings {
    CookieSettings {
        name: "s".to_owned(),
        secure,
        same_site: SameSite::Lax,
    }
}

fn request(cookies: &[String]) -> Request {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        headers.append(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
    }
    Request {
        method: Method::GET,
        target: "/".to_owned(),
        authority: String::new(),
        headers,
    }
}

fn records<'a>(world: &'a World, keyring: &'a Keyring) -> Records<'a, World> {
    Records {
        platform: world,
        keyring,
    }
}

fn user(oid: &str) -> User {
    User {
        tid: "t".to_owned(),
        oid: oid.to_owned(),
        name: None,
        preferred_username: None,
        email: None,
        login_hint: None,
    }
}

fn browser() -> Browser {
    Browser::of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
}

/// A whole sign-in of `user` in a browser with the session of `previous`, at Entra's session `sid`.
async fn sign_in(
    records: &Records<'_, World>,
    user: &User,
    sid: &str,
    previous: Option<&Handle>,
) -> Result<Option<Live>, StoreFailure> {
    let sign_in = SignIn::begin(records, user.clone(), Some(sid)).await?;
    finish(records, sign_in, previous).await
}

/// The rest of a sign-in.
async fn finish(
    records: &Records<'_, World>,
    sign_in: SignIn,
    previous: Option<&Handle>,
) -> Result<Option<Live>, StoreFailure> {
    let tokens = Tokens {
        generation: 1,
        ..Tokens::default()
    };
    let previous = match previous {
        Some(handle) => find(records, handle.clone()).await?,
        None => None,
    };
    let new = NewSession {
        end: records.platform.now().plus(ABSOLUTE),
        browser: browser(),
        tokens: &tokens,
        claims: None,
        state_hash: String::new(),
        return_path: ReturnPath::whoami(),
        clock_tolerance: TOLERANCE,
    };
    sign_in.finish(records, new, previous.as_ref()).await
}

/// A session that was made now, as its cookie's handle.
fn session(records: &Records<'_, World>) -> Handle {
    let made = run(sign_in(records, &user("o"), "sid", None));
    made.ok().unwrap().unwrap().handle
}

fn is_live(records: &Records<'_, World>, handle: &Handle) -> bool {
    run(resume(records, handle.clone(), IDLE))
        .ok()
        .unwrap()
        .is_some()
}

fn live(records: &Records<'_, World>, handle: &Handle) -> Live {
    run(find(records, handle.clone())).ok().unwrap().unwrap()
}
