#![allow(clippy::unwrap_used, reason = "a test may")]

use base64ct::{Base64UrlUnpadded, Encoding};

use super::{Fault, ProjectedToken};

const NOW: i64 = 1_800_000_000;

fn part(text: &str) -> String {
    Base64UrlUnpadded::encode_string(text.as_bytes())
}

fn jwt(claims: &str) -> String {
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(claims),
        part("signature")
    )
}

fn parse(text: &str) -> Result<ProjectedToken, Fault> {
    ProjectedToken::parse(text.as_bytes(), NOW)
}

#[test]
fn white_space_around_the_token_is_dropped() {
    let jwt = jwt(r#"{"exp":1800000001,"sub":"x"}"#);
    for text in [jwt.clone(), format!("{jwt}\n"), format!(" \r\n{jwt}\t\n")] {
        let token = parse(&text).ok().unwrap();
        assert_eq!((token.token, token.expires_at), (jwt.clone(), NOW + 1));
    }
}

#[test]
fn an_expiry_may_have_a_fraction() {
    assert!(parse(&jwt(r#"{"exp":1800000001.75}"#)).is_ok_and(|t| t.expires_at == NOW + 1));
}

#[test]
fn a_token_expires_at_its_expiry() {
    for expires in [0, 1, NOW - 1, NOW] {
        let result = parse(&jwt(&format!(r#"{{"exp":{expires}}}"#)));
        assert!(
            matches!(result, Err(Fault::Expired(at)) if at == expires),
            "{expires}"
        );
    }
}

#[test]
fn what_is_no_jwt_with_an_expiry_is_refused() {
    let good = jwt(r#"{"exp":1800000001}"#);
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    let texts = [
        String::new(),
        " \n".into(),
        "garbage".into(),
        "a.b.c".into(),
        "..".into(),
        unsigned.into(),
        format!("{unsigned}."),
        format!("{good}.{}", part("more")),
        format!("{good} {good}"),
        good.replace('.', "\n"),
        format!("{good}="),
        jwt("{}"),
        jwt(r#"{"exp":"1800000001"}"#),
        jwt(r#"{"exp":null}"#),
        jwt(r#"{"exp":-1}"#),
        jwt(r#"{"exp":1e300}"#),
        jwt("[]"),
        jwt("not JSON"),
        jwt(r#""exp""#),
    ];
    for text in texts {
        assert!(matches!(parse(&text), Err(Fault::NoJwt)), "{text:?}");
    }
    assert!(matches!(
        ProjectedToken::parse(b"\xff.\xff.\xff", NOW),
        Err(Fault::NoJwt)
    ));
}
