//! Finds kubelogin's prompt by its structure, since Entra chooses the words.

use serde::Serialize;

/// The longest message that is passed on, in characters.
const LONGEST: usize = 1000;

/// The address and the code for the user.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub(super) struct Prompt {
    /// The sentence, unchanged.
    pub(super) message: String,
    /// The code, if one was found.
    pub(super) user_code: Option<String>,
    /// The address, if one was found.
    pub(super) verification_uri: Option<String>,
}

impl Prompt {
    /// Reads a line of stderr; `None` if it is no prompt, such as a warning or an error.
    pub(super) fn read(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty()
            || is_log(line)
            || line.starts_with("Error:")
            || line.starts_with("Flag --")
        {
            return None;
        }
        let message: String = line
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST)
            .collect();
        let words = || message.split_whitespace().map(bare);
        let verification_uri = words().find(|word| is_address(word)).map(str::to_owned);
        let user_code = words().find(|word| is_code(word)).map(str::to_owned);
        Some(Self {
            user_code,
            verification_uri,
            message,
        })
    }
}

/// A word without punctuation around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/')
}

/// Whether a word is an address that is not deceptive: a plain ASCII host name, without user information
/// before it. Punycode (RFC 3492) is not plain: a browser may show another name.
fn is_address(word: &str) -> bool {
    let Some(rest) = word.strip_prefix("https://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    // A browser reads a name that ends in a number as an IPv4 address.
    let last = host.rsplit('.').find(|label| !label.is_empty());
    let is_punycode = |label: &str| {
        let start = label.get(..4);
        start.is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    last.is_some_and(|label| label.starts_with(|first: char| first.is_ascii_alphabetic()))
        && host.bytes().all(in_name)
        && !host.split('.').any(is_punycode)
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok()
        && word.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Codes have capitals and digits, and are longer than most words in capitals.
fn is_code(word: &str) -> bool {
    (7..=16).contains(&word.len())
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && word.bytes().any(|b| b.is_ascii_uppercase())
}

/// A line of klog: `I1122 01:40:26.4 …`.
fn is_log(line: &str) -> bool {
    let mut characters = line.chars();
    matches!(characters.next(), Some('I' | 'W' | 'E' | 'F'))
        && characters
            .by_ref()
            .take(4)
            .filter(char::is_ascii_digit)
            .count()
            == 4
        && characters.next() == Some(' ')
}

#[cfg(test)]
mod tests {
    use super::Prompt;

    fn parts(line: &str) -> Option<(Option<String>, Option<String>)> {
        Prompt::read(line).map(|prompt| (prompt.user_code, prompt.verification_uri))
    }

    #[test]
    fn code_and_address_are_found_in_any_wording() {
        let both = |code: &str, uri: &str| Some((Some(code.to_owned()), Some(uri.to_owned())));
        let known = "https://microsoft.com/devicelogin";
        for (line, expected) in [
            (
                "To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code BL6XB575V to authenticate.",
                both("BL6XB575V", known),
            ),
            (
                "Um sich anzumelden, öffnen Sie https://microsoft.com/devicelogin, und geben Sie den Code \"BL6XB575V\" ein.",
                both("BL6XB575V", known),
            ),
            (
                "ブラウザーで https://login.microsoft.com/device を開き、コード BL6XB575V を入力してください。",
                both("BL6XB575V", "https://login.microsoft.com/device"),
            ),
            (
                "Code: ABCD-EFGH (see https://localhost:8443/devicelogin).",
                both("ABCD-EFGH", "https://localhost:8443/devicelogin"),
            ),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    #[test]
    fn a_sentence_without_them_is_still_a_sentence() {
        assert_eq!(parts("Please ask at the counter."), Some((None, None)));
        assert_eq!(
            parts("see http://insecure.example and enter 1234567"),
            Some((None, None))
        );
        let prompt = Prompt::read("a\u{1b}[31mb").unwrap_or_default();
        assert_eq!(prompt.message, "a[31mb", "no control characters");
        let long = Prompt::read(&"ä".repeat(5000)).unwrap_or_default();
        assert_eq!(long.message.chars().count(), 1000);
    }

    #[test]
    fn an_address_leads_where_people_see_that_it_leads() {
        for address in [
            "https://",
            "https:///device",
            "https://microsoft.com@evil.example/device",
            "https://microsoft.com\\@evil.example/device",
            "https://microsoft.com:443@evil.example/",
            "https://microsoft.com:99999/device",
            "https://microsoft\u{ff0e}com/device",
            "https://2130706433/device",
            "https://127.1/device",
            "https://microsoft.com%2eevil.example/device",
            "https://xn--mcrosoft-cza.com/device",
            "https://login.XN--mcrosoft-cza.com/device",
        ] {
            let line = format!("To sign in, open {address} and enter the code BL6XB575V");
            let code = Some("BL6XB575V".to_owned());
            assert_eq!(parts(&line), Some((code, None)), "{address}");
        }
    }

    #[test]
    fn warnings_logs_and_errors_are_no_sentence() {
        for line in [
            "",
            "   ",
            "I1122 01:40:26.412345   17 token.go:68] enter the code ABCDEFGHI",
            "Error: failed to authenticate: context canceled",
            "Flag --token-cache-dir has been deprecated, use --cache-dir",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }
}
