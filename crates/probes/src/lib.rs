//! What probes are answered at `/livez` and `/readyz`, in the words of Kubernetes
//! (`k8s.io/apiserver/pkg/server/healthz`): component, tunnel and sidecar say it alike.
//!
//! The status differs: where a check fails Kubernetes says 500, and we say 503 (RFC 9110, section
//! 15.6.4). To a kubelet both are failures. Ingresses and load balancers take a 503 for "not now", and a
//! 500 for a fault of the program.

use std::fmt::Write;

/// The media type of an answer.
pub const MEDIA_TYPE: &str = "text/plain; charset=utf-8";

/// The path at which a process says that it lives.
pub const LIVEZ: &str = "/livez";

/// The path at which it says whether requests may come.
pub const READYZ: &str = "/readyz";

/// What was found when somebody asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// What was asked: `livez` or `readyz`.
    name: &'static str,
    checks: Vec<(&'static str, bool)>,
}

impl Report {
    /// That the process lives.
    #[must_use]
    pub fn alive() -> Self {
        Self::new("livez")
    }

    /// That requests may come, unless a check says otherwise.
    #[must_use]
    pub fn ready() -> Self {
        Self::new("readyz")
    }

    fn new(name: &'static str) -> Self {
        Self {
            name,
            // That there is an answer.
            checks: vec![("ping", true)],
        }
    }

    /// With one more check, and whether it has passed.
    #[must_use]
    pub fn check(mut self, name: &'static str, has_passed: bool) -> Self {
        self.checks.push((name, has_passed));
        self
    }

    /// Whether all checks have passed.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.checks.iter().all(|(_, has_passed)| *has_passed)
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.has_passed() {
            true => 200,
            false => 503,
        }
    }

    /// The answer. It is `ok`, unless a check has failed or `query`, the query of the address, has
    /// `verbose`: then there is a line for each check. Why one has failed is for the log: anybody may ask.
    #[must_use]
    pub fn text(&self, query: Option<&str>) -> String {
        if self.has_passed() && !is_verbose(query) {
            return "ok".to_owned();
        }
        let mut text = String::new();
        for (name, has_passed) in &self.checks {
            // Writing to a string does not fail.
            let _ = match has_passed {
                true => writeln!(text, "[+]{name} ok"),
                false => writeln!(text, "[-]{name} failed: reason withheld"),
            };
        }
        let end = if self.has_passed() {
            "passed"
        } else {
            "failed"
        };
        let _ = writeln!(text, "{} check {end}", self.name);
        text
    }
}

/// Whether `query` asks for a line for each check.
#[must_use]
pub fn is_verbose(query: Option<&str>) -> bool {
    let mut pairs = query.unwrap_or_default().split('&');
    pairs.any(|pair| pair.split('=').next() == Some("verbose"))
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn who_has_passed_says_ok_and_no_more_unless_asked() {
        let report = Report::ready().check("store", true);
        assert_eq!((report.status(), report.text(None).as_str()), (200, "ok"));
        assert_eq!(report.text(Some("quiet=verbose&verbosely")), "ok");
        for query in ["verbose", "verbose=", "a=b&verbose=1"] {
            let text = report.text(Some(query));
            assert_eq!(text, "[+]ping ok\n[+]store ok\nreadyz check passed\n");
        }
        let alive = Report::alive().text(Some("verbose"));
        assert_eq!(alive, "[+]ping ok\nlivez check passed\n");
    }

    #[test]
    fn what_has_failed_is_named_to_everybody_and_why_to_nobody() {
        let report = Report::ready().check("store", false).check("sidecar", true);
        assert_eq!(report.status(), 503);
        for query in [None, Some("verbose")] {
            assert_eq!(
                report.text(query),
                "[+]ping ok\n[-]store failed: reason withheld\n[+]sidecar ok\n\
                 readyz check failed\n"
            );
        }
    }
}
