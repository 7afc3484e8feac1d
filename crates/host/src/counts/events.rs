//! The components' log events (docs/logging.md) as labels. Others count as `other`: a component's output must
//! not create series.

use std::borrow::Cow;

use serde::Deserialize;

const OTHER: &str = "other";

const EVENTS: [&str; 15] = [
    "app",
    "app_sign_in",
    "device_code",
    "fault",
    "group_names",
    "interaction",
    "kubeconfig",
    "kubernetes",
    "readiness",
    "refresh",
    "refusal",
    "revocation",
    "sign_in",
    "sign_out",
    "sweep",
];

/// The outcomes of asking for an AKS token: at `sign_in` and `refresh`.
const AKS_TOKEN: [&str; 8] = [
    "ok",
    "consent_required",
    "step_up_required",
    "sign_in_required",
    "refused",
    "unusable",
    "not_admitted",
    "away",
];

/// The outcomes of the other events, besides `ok`, `refused` and `unusable`.
const OUTCOMES: [&str; 8] = [
    "another_user",
    "cancelled",
    "client_gone",
    "cut_off",
    "opened",
    "session_ended",
    "started",
    "too_many_streams",
];

/// Unavailable dependencies: outcomes of `fault`.
const AWAY: [&str; 6] = [
    "api-server-unavailable",
    "entra-unavailable",
    "graph-unavailable",
    "kubelogin-unavailable",
    "sidecar-unavailable",
    "store-unavailable",
];

/// The other kinds of problems (docs/errors.md): outcomes of `refusal`, `fault` and `kubernetes`.
const KINDS: [&str; 72] = [
    "aks-token-refused",
    "ambiguous-credential",
    "ambiguous-path",
    "another-user",
    "another-users-device-code",
    "api-server-silent",
    "api-server-unreachable",
    "app-denied",
    "app-foreign-origin",
    "app-keeps-host",
    "app-not-begun",
    "app-on-own-origin",
    "app-protocol",
    "app-session-ended",
    "app-silent",
    "app-ticket-late",
    "app-ticket-used",
    "app-too-many-streams",
    "app-unknown",
    "app-unreachable",
    "app-upgrade",
    "attempt-used",
    "bad-parameter",
    "bearer-refused",
    "body-cut-off",
    "body-too-large",
    "consent-or-device-code",
    "credential-ended",
    "credential-unknown",
    "device-code-declined",
    "device-code-expired",
    "device-code-lost",
    "device-code-refused",
    "device-code-required",
    "device-code-too-soon",
    "foreign-origin",
    "headers-too-large",
    "impersonation-refused",
    "interaction-open",
    "interaction-required",
    "invalid-id-token",
    "kubelogin-disabled",
    "kubelogin-failed",
    "kubelogin-missing",
    "method-not-allowed",
    "misconfigured",
    "no-aks-token",
    "no-app-session",
    "no-app-token",
    "no-attempt",
    "no-credential",
    "no-device-code",
    "no-session",
    "no-such-credential",
    "no-such-sign-in",
    "not-admitted",
    "not-found",
    "not-upgradable",
    "sign-in-refused",
    "signed-out-meanwhile",
    "stronger-sign-in",
    "system-identity",
    "token-refused",
    "token-renewed",
    "too-many-cookies",
    "too-many-credentials",
    "too-many-device-codes",
    "too-many-failures",
    "too-many-streams",
    "tunnel-required",
    "undescribed-request",
    "unusable-aks-token",
];

/// The labels that alerts use. They exist from the start, so that the first event is an increase.
pub(super) fn from_the_start() -> impl Iterator<Item = [&'static str; 2]> {
    let asked = AKS_TOKEN.into_iter().flat_map(|outcome| {
        let events = ["sign_in", "refresh"];
        events.map(|event| [event, outcome])
    });
    let away = AWAY.map(|kind| ["fault", kind]);
    asked.chain(away).chain([["refusal", "sign-in-refused"]])
}

/// Event and outcome of a log line; `None` for other text.
pub(super) fn labels(line: &[u8]) -> Option<[&'static str; 2]> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(borrow)]
        event: Cow<'a, str>,
        #[serde(borrow, default)]
        outcome: Cow<'a, str>,
    }
    if !line.starts_with(b"{") {
        return None;
    }
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    let event = EVENTS.into_iter().find(|known| *known == line.event);
    let outcome = outcomes().find(|known| *known == line.outcome);
    Some([event.unwrap_or(OTHER), outcome.unwrap_or(OTHER)])
}

/// The request id in a log line; empty if there is none.
pub(super) fn request_id(line: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Line {
        #[serde(default)]
        request_id: String,
    }
    serde_json::from_slice(line).map_or_else(|_| String::new(), |line: Line| line.request_id)
}

fn outcomes() -> impl Iterator<Item = &'static str> {
    let words = AKS_TOKEN.into_iter().chain(OUTCOMES);
    words.chain(AWAY).chain(KINDS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LOGGING: &str = include_str!("../../../../docs/logging.md");
    const ERRORS: &str = include_str!("../../../../docs/errors.md");

    /// The words in code quotes of a text.
    fn quoted(text: &str) -> impl Iterator<Item = &str> {
        text.split('`').skip(1).step_by(2)
    }

    /// The cells of all rows of all tables.
    fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
        let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
        rows.map(|row| row.split(" | ").collect())
    }

    fn section<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
        let (_, rest) = text.split_once(from).unwrap_or_default();
        rest.split_once(to).unwrap_or_default().0
    }

    #[test]
    fn the_events_are_those_of_the_document() {
        let table = section(LOGGING, "## Events", "Outcomes of asking");
        let documented: BTreeSet<_> = rows(table)
            .filter_map(|row| quoted(row.first().copied()?).next())
            .collect();
        assert_eq!(documented, BTreeSet::from(EVENTS));
        let outcome_cells = rows(table).filter_map(|row| row.get(2).copied());
        for word in outcome_cells
            .flat_map(quoted)
            .filter(|word| !["detail", "outcome"].contains(word))
        {
            assert!(outcomes().any(|known| known == word), "{word}");
        }
    }

    #[test]
    fn the_outcomes_are_those_of_the_document() {
        let table = section(LOGGING, "Outcomes of asking", "One request may");
        let documented: BTreeSet<_> = rows(table)
            .filter_map(|row| quoted(row.first().copied()?).next())
            .collect();
        assert_eq!(documented, BTreeSet::from(AKS_TOKEN));
        for outcome in OUTCOMES {
            assert!(quoted(LOGGING).any(|word| word == outcome), "{outcome}");
        }
    }

    #[test]
    fn the_kinds_are_those_of_the_document() {
        let documented: BTreeSet<_> = rows(ERRORS)
            .filter(|row| {
                row.get(1)
                    .is_some_and(|status| status.starts_with(['4', '5']))
            })
            .filter_map(|row| row.first().copied())
            .flat_map(quoted)
            .collect();
        let known: BTreeSet<_> = AWAY.into_iter().chain(KINDS).collect();
        assert_eq!(documented, known);
    }

    #[test]
    fn the_id_of_the_request_is_that_of_the_line() {
        for (line, expected) in [
            (
                r#"{"event":"sign_in","request_id":"kOPH0_RWAZ9sMkQD"}"#,
                "kOPH0_RWAZ9sMkQD",
            ),
            (r#"{"event":"sign_in"}"#, ""),
            (r#"{"event":"sign_in","request_id":7}"#, ""),
            ("sign_in", ""),
        ] {
            assert_eq!(request_id(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn what_is_not_known_adds_no_series() {
        let cases: [(&str, Option<[&str; 2]>); 8] = [
            (
                r#"{"time":"2026-11-24T01:58:23Z","event":"sign_in","route":"callback","outcome":"ok"}"#,
                Some(["sign_in", "ok"]),
            ),
            (
                r#"{"event":"fault","outcome":"store-unavailable","entra":{"error":"x"}}"#,
                Some(["fault", "store-unavailable"]),
            ),
            (
                r#"{"event":"alice","outcome":"bob"}"#,
                Some(["other", "other"]),
            ),
            (r#"{"event":"sweep"}"#, Some(["sweep", "other"])),
            (r#"{"event":"a\nb","outcome":"ok"}"#, Some(["other", "ok"])),
            (r#"{"outcome":"ok"}"#, None),
            (r#"{"event":"sign_in","outcome":"o"#, None),
            ("sign_in", None),
        ];
        for (line, expected) in cases {
            assert_eq!(labels(line.as_bytes()), expected, "{line}");
        }
    }
}
