//! Removes differences that two runs of one command always have.

use std::sync::LazyLock;

use e2e::Ran;
use regex_lite::Regex;

/// The replacements, in this order.
static RULES: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        // kubectl prints this at the end of a stream only sometimes.
        (r"(?m)^E\d{4} .*websocket: close sent.*\n", ""),
        // A line of kubectl's own log: source location and process.
        (r"(?m)^[EWI]\d{4} \S+ +\d+ ", "LOG "),
        (
            r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d)",
            "TIME",
        ),
        (
            r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
            "TIME",
        ),
        (
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "UID",
        ),
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "TOKEN"),
        (r#"(resourceVersion"?: ?)"?\d+"?"#, "${1}VERSION"),
        (r#"("continue"|continue): ?"[^"]+""#, "${1}:MORE"),
        (r"JTI=[\w-]+", "CREDENTIAL"),
        (r"\b(127|10)\.\d+\.\d+\.\d+(:\d+)?|\[::1\]:\d+", "ADDRESS"),
        (r"\b(LIVE|MERGED)-\d+", "${1}"),
        (r"(?m)^Waiting for deployment .*\n", ""),
        (r"/dev/pts/\d+", "TERMINAL"),
        // Pod names end with five random characters after the template's; some look like an age.
        (r"\b(web-[0-9a-f]{6,10}|job)-[a-z0-9]{5}\b", "${1}-NAME"),
        (
            r"\b(([0-9]+d)?([0-9]+h)?([0-9]+m)?[0-9]+s|[0-9]+m)\b|<invalid>",
            "AGE",
        ),
        // Columns are as wide as their widest cell.
        (r" {2,}", "  "),
        (r"(?m)[ \t\r]+$", ""),
    ]
    .map(|(pattern, by)| (Regex::new(pattern).unwrap(), by))
    .into()
});

/// `ran`, with placeholders for the namespace, the server and random parts.
pub(crate) fn normal(ran: Ran, namespace: &str, server: &str) -> Ran {
    let text = |text: String| {
        let text = text
            .replace(server, "SERVER")
            .replace(namespace, "NAMESPACE");
        RULES.iter().fold(text, |text, (pattern, by)| {
            pattern.replace_all(&text, *by).into_owned()
        })
    };
    Ran {
        stdout: text(ran.stdout),
        stderr: text(ran.stderr),
        code: ran.code,
    }
}

#[test]
fn what_no_two_runs_have_in_common_is_replaced() {
    for (text, expected) in [
        (
            "a-namespace/x at https://here:1/api",
            "NAMESPACE/x at SERVER/api",
        ),
        (
            "web  1/1   Running   0  3m2s\n",
            "web  1/1  Running  0  AGE\n",
        ),
        ("web-57455c8c7d-7sq7l", "web-57455c8c7d-NAME"),
        ("web-fc5dd5b8d-4d58s", "web-fc5dd5b8d-NAME"),
        (
            "creationTimestamp: \"2026-11-25T19:14:54Z\"",
            "creationTimestamp: \"TIME\"",
        ),
        ("\"resourceVersion\":\"123\"", "\"resourceVersion\":VERSION"),
        ("uid: 007210dd-fe90-422c-afff-d4951d8fe5ad", "uid: UID"),
        (
            "Forwarding from 127.0.0.1:37093 -> 8080",
            "Forwarding from ADDRESS -> 8080",
        ),
        ("replicas: 3", "replicas: 3"),
    ] {
        let ran = Ran {
            stdout: text.to_owned(),
            stderr: String::new(),
            code: 0,
        };
        assert_eq!(
            normal(ran, "a-namespace", "https://here:1").stdout,
            expected
        );
    }
}
