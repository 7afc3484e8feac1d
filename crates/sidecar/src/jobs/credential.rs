//! kubelogin's output: an ExecCredential (client.authentication.k8s.io).

use serde::Deserialize;

#[derive(Deserialize)]
struct ExecCredential {
    kind: String,
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    token: String,
}

/// The token in `output`. It is opaque here; the component checks it.
pub(super) fn token(output: &[u8]) -> Option<String> {
    let credential: ExecCredential = serde_json::from_slice(output).ok()?;
    let token = credential.status.token;
    (credential.kind == "ExecCredential" && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn it_is_in_the_status() {
        let output = r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false},"status":{"expirationTimestamp":"2026-11-22T02:39:42Z","token":"a.b.c"}}
"#;
        assert_eq!(token(output.as_bytes()).as_deref(), Some("a.b.c"));
    }

    #[test]
    fn everything_else_is_none() {
        for output in [
            "",
            "a.b.c",
            "{}",
            "[]",
            "null",
            r#"{"kind":"ExecCredential","status":{"token":""}}"#,
            r#"{"kind":"ExecCredential","status":{}}"#,
            r#"{"kind":"Status","status":{"token":"a.b.c"}}"#,
            r#"{"kind":"ExecCredential","status":{"token":"a.b.c"}} trailing"#,
        ] {
            assert_eq!(token(output.as_bytes()), None, "{output}");
        }
    }
}
