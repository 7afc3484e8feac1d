//! What a browser calls itself, in two words of ours.

use serde::{Deserialize, Serialize};

/// The browser of a sign-in, as far as its `User-Agent` tells (RFC 9110, section 10.1.5). Anybody can
/// send anything in that header. So none of its text is kept: only which of our words it stands for.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Browser {
    /// The program, if it is known.
    pub name: Option<String>,
    /// The operating system, if it is known.
    pub system: Option<String>,
}

/// What programs send, the most telling first: all call themselves Mozilla, and most Chrome and Safari
/// too.
const NAMES: [(&str, &str); 15] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
];
/// Systems, the most telling first: Android is a Linux too, and iOS is like macOS.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("CrOS ", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("FreeBSD", "FreeBSD"),
];

impl Browser {
    /// Reads what is in `User-Agent`.
    pub fn of(user_agent: &str) -> Self {
        let first = |words: &[(&str, &str)]| {
            let mut words = words.iter();
            let found = words.find(|(sent, _)| user_agent.contains(sent));
            found.map(|(_, word)| (*word).to_owned())
        };
        Self {
            name: first(&NAMES),
            system: first(&SYSTEMS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_their_names() {
        for (sent, name, system) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
                "Chrome",
                "iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
        ] {
            let known = |word: &str| Some(word.to_owned());
            let expected = Browser {
                name: known(name),
                system: known(system),
            };
            assert_eq!(Browser::of(sent), expected, "{sent}");
        }
    }

    #[test]
    fn nothing_of_what_is_sent_is_kept() {
        let hostile = format!("<script>alert(1)</script>\u{202e}{}", "x".repeat(10_000));
        assert_eq!(Browser::of(&hostile), Browser::default());
        let known = Browser::of(&format!("{hostile}Firefox/1<b>"));
        assert_eq!(known.name.as_deref(), Some("Firefox"));
        assert_eq!(known.system, None);
        assert_eq!(Browser::of(""), Browser::default());
    }
}
