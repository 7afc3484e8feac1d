//! Why a run of kubelogin brought no token, as far as its output says.

use serde::Serialize;

/// The longest error line that is kept, in characters.
const LONGEST: usize = 300;

/// The reasons. kubelogin does not tell a user who declined from one who was blocked: it drops Entra's
/// answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// Nobody entered the code in time.
    Expired,
    /// The user declined, or is not allowed (Conditional Access).
    Declined,
    /// Entra issued no device code.
    Refused,
    /// Entra cannot be reached.
    Unreachable,
    /// The program is missing, or cannot be run.
    Missing,
    /// Its output is no credential, or too long.
    Nonsense,
    /// Anything else.
    Failed,
}

impl Reason {
    /// The label in metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Missing => "missing",
            Self::Nonsense => "nonsense",
            Self::Failed => "failed",
        }
    }
}

/// The end of a run without a token.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// The numbers after `AADSTS`, if Entra gave any.
    pub(super) codes: Vec<u32>,
    /// kubelogin's error line, for the log.
    #[serde(skip)]
    pub(crate) complaint: Option<String>,
}

impl Failure {
    /// Without further details.
    pub(super) fn new(reason: Reason) -> Self {
        Self {
            reason,
            codes: Vec::new(),
            complaint: None,
        }
    }

    /// Reads stderr of a run that ended with `code`.
    pub(super) fn read(code: Option<i32>, stderr: &str) -> Self {
        let said = |text: &str| stderr.contains(text);
        let reason = if code == Some(super::guard::NOT_STARTED) {
            Reason::Missing
        } else if said("context deadline exceeded") {
            Reason::Expired
        } else if said("DeviceCodeCredential authentication failed") {
            Reason::Declined
        } else if said("AADSTS") {
            Reason::Refused
        } else if said("unable to resolve an endpoint") || said("dial tcp") {
            Reason::Unreachable
        } else {
            Reason::Failed
        };
        let digits = |text: &str| {
            let end = text
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len());
            text.get(..end)?.parse().ok()
        };
        Self {
            reason,
            codes: stderr
                .split("AADSTS")
                .skip(1)
                .filter_map(digits)
                .take(4)
                .collect(),
            complaint: complaint(stderr),
        }
    }
}

/// The prompt, which has the code, never begins like this.
fn complaint(stderr: &str) -> Option<String> {
    let line = stderr.lines().find(|line| line.starts_with("Error:"))?;
    let plain = line.chars().filter(|c| !c.is_control());
    Some(plain.take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::{Failure, Reason};

    #[test]
    fn what_kubelogin_says_is_told_apart() {
        for (stderr, reason) in [
            (
                "Error: failed to authenticate: DeviceCodeCredential: context deadline exceeded",
                Reason::Expired,
            ),
            (
                "Error: failed to authenticate: DeviceCodeCredential authentication failed. \nPOST https://host/token\nRESPONSE 400: 400 Bad Request\nResponse contained no body",
                Reason::Declined,
            ),
            (
                "Error: failed to authenticate: http call(https://host/devicecode)(POST) error: reply status code was 400:\n{\"error_description\":\"AADSTS700016: Application\"}",
                Reason::Refused,
            ),
            (
                "Error: failed to authenticate: unable to resolve an endpoint: server response error:\n Get \"…\": tls: failed to verify certificate",
                Reason::Unreachable,
            ),
            (
                "Error: failed to store record: no space left on device",
                Reason::Failed,
            ),
            ("", Reason::Failed),
        ] {
            assert_eq!(Failure::read(Some(1), stderr).reason, reason, "{stderr}");
        }
        assert_eq!(Failure::read(Some(127), "").reason, Reason::Missing);
    }

    #[test]
    fn entras_numbers_are_kept() {
        let failure = Failure::read(Some(1), "AADSTS7000218: x AADSTSx AADSTS50001");
        assert_eq!(failure.codes, [7_000_218, 50_001]);
    }

    #[test]
    fn the_complaint_is_kept_without_the_prompt() {
        let failure = Failure::read(
            Some(1),
            "enter the code ABCDEFGHI\nError: no\u{1b} space\nx",
        );
        assert_eq!(failure.complaint.as_deref(), Some("Error: no space"));
        let long = Failure::read(Some(1), &format!("Error: {}", "x".repeat(9000)));
        assert_eq!(long.complaint.map(|text| text.len()), Some(300));
    }
}
