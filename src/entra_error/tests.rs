//! What Entra says when it refuses, and what follows.

#![allow(clippy::unwrap_used, reason = "a test may")]

use serde_json::{Value, json};

use super::*;

mod published;

fn refusal(body: Value) -> EntraError {
    EntraError::from_token_endpoint(body.to_string().as_bytes()).unwrap()
}

#[test]
fn what_follows_from_a_refusal() {
    let cases = [
        (json!({"error": "consent_required"}), Verdict::Consent),
        (
            json!({"error": "invalid_grant", "suberror": "consent_required"}),
            Verdict::Consent,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [65001]}),
            Verdict::Consent,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [90094]}),
            Verdict::Consent,
        ),
        (json!({"error": "interaction_required"}), Verdict::Consent),
        (
            json!({"error": "interaction_required", "suberror": "basic_action"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "interaction_required", "error_codes": [50076]}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [50076], "suberror": "basic_action"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "claims": "{}"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "suberror": "consent_required", "claims": "{}"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [53003]}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "suberror": "bad_token"}),
            Verdict::SignInAgain,
        ),
        (
            json!({"error": "invalid_grant", "suberror": "token_expired"}),
            Verdict::SignInAgain,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [700082]}),
            Verdict::SignInAgain,
        ),
        (json!({"error": "invalid_grant"}), Verdict::SignInAgain),
        (
            json!({"error": "invalid_grant", "error_codes": [50196]}),
            Verdict::Refused,
        ),
        (
            json!({"error": "temporarily_unavailable"}),
            Verdict::Transient,
        ),
        (
            json!({"error": "invalid_request", "error_codes": [90033]}),
            Verdict::Transient,
        ),
        (
            json!({"error": "invalid_client", "error_codes": [700213]}),
            Verdict::Refused,
        ),
        (json!({"error": "unauthorized_client"}), Verdict::Refused),
        (json!({"error": "something_new"}), Verdict::Refused),
    ];
    for (body, verdict) in cases {
        assert_eq!(refusal(body.clone()).verdict(), verdict, "{body}");
    }
}

/// What may be over in some minutes, and is the registration's fault if it is not. It decides nothing
/// about a session.
#[test]
fn a_federated_credential_may_not_be_known_yet() {
    for code in [70021, 700_211, 700_212, 700_213, 7_000_272] {
        let error = refusal(json!({"error": "invalid_client", "error_codes": [code]}));
        assert!(error.is_unknown_credential(), "{code}");
        assert_eq!(error.verdict(), Verdict::Refused, "{code}");
        let told = error.explanation();
        assert!(told.contains("federated credential"), "{code}: {told}");
    }
    // Differs in case; outside its time; a secret that is wrong; another application.
    for code in [7_002_138, 700_024, 7_000_215, 700_016] {
        let error = refusal(json!({"error": "invalid_client", "error_codes": [code]}));
        assert!(!error.is_unknown_credential(), "{code}");
    }
    let described = json!({"error": "invalid_client", "error_description": "AADSTS700213: No."});
    assert!(refusal(described).is_unknown_credential());
}

#[test]
fn codes_and_ids_are_found_in_either_form_of_the_description() {
    let (trace, correlation) = (
        "12345678-1234-1234-1234-123456789abc",
        "87654321-1234-1234-1234-123456789abc",
    );
    for separator in [" ", "\r\n"] {
        let description = format!(
            "AADSTS65004: User declined.{separator}Trace ID: {trace}{separator}Correlation ID: \
             {correlation}{separator}Timestamp: 2026-01-01 00:00:00Z"
        );
        let error = EntraError::from_callback("access_denied", &description);
        assert_eq!(error.codes, [65004]);
        assert_eq!(error.trace_id.as_deref(), Some(trace));
        assert_eq!(error.correlation_id.as_deref(), Some(correlation));
    }
}

#[test]
fn hostile_text_does_not_survive() {
    let hostile = "<script>alert(1)</script> AADSTS99999999999999999999 Trace ID: ../../etc\nCorrelation ID: x";
    let error = EntraError::from_callback(&format!("access_denied{hostile}"), hostile);
    let text = serde_json::to_string(&error).unwrap();
    for part in ["<", ">", "(", "etc", "\\n", "9999999999"] {
        assert!(!text.contains(part), "{text}");
    }
}

#[test]
fn there_are_only_so_many_codes() {
    let codes: Vec<u32> = (1..=2000).collect();
    let many = refusal(json!({"error": "invalid_grant", "error_codes": codes}));
    assert_eq!(many.codes, [1, 2, 3, 4]);
}
