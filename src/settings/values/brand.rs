//! What an operator calls the pages, and their colour.

use url::Url;

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The least contrast of text against what is behind it (WCAG 2.2, section 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;
/// The text on buttons.
const WHITE: [u8; 3] = [255, 255, 255];
/// What is behind links on a dark screen; `--card` in `pages/style.css`.
const DARK: [u8; 3] = [0x16, 0x1b, 0x22];

/// The colour of buttons and links.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Accent([u8; 3]);

impl Accent {
    /// As CSS writes it: behind white text, and for links on a light screen.
    pub fn css(self) -> String {
        css(self.0)
    }

    /// The same colour, as much nearer to white as links on a dark screen need.
    pub fn on_dark(self) -> String {
        let lighter = (0..=20_u16).map(|step| self.0.map(|channel| towards_white(channel, step)));
        let mut legible = lighter.filter(|colour| contrast(*colour, DARK) >= LEAST_CONTRAST);
        css(legible.next().unwrap_or(WHITE))
    }
}

/// The channel after `step` of 20 steps to white.
fn towards_white(channel: u8, step: u16) -> u8 {
    let channel = u16::from(channel);
    u8::try_from(channel + (255 - channel) * step / 20).unwrap_or(255)
}

fn css([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The relative luminance (WCAG 2.2, "relative luminance").
fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let channel = f64::from(channel) / 255.0;
        match channel <= 0.040_45 {
            true => channel / 12.92,
            false => ((channel + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

pub(in crate::settings) fn accent(text: &str) -> Result<Accent, String> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some([0, red, green, blue]) = number.map(u32::to_be_bytes) else {
        return Err("is not a colour such as #0a5fb4".to_owned());
    };
    let colour = [red, green, blue];
    let contrast = contrast(colour, WHITE);
    if contrast < LEAST_CONTRAST {
        return Err(format!(
            "has a contrast of {contrast:.1}:1 against the white text on it; {LEAST_CONTRAST}:1 is \
             the least that people can read: take a darker colour"
        ));
    }
    Ok(Accent(colour))
}

pub(in crate::settings) fn app_name(text: &str) -> Result<String, String> {
    let is_odd = |character: char| {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.chars().count() > LONGEST_NAME || text.chars().any(is_odd) {
        return Err(format!(
            "is not a line of at most {LONGEST_NAME} characters"
        ));
    }
    Ok(text.to_owned())
}

pub(in crate::settings) fn support_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "https" | "mailto"))
        .ok_or_else(|| "is neither an https:// address nor mailto:".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{DARK, LEAST_CONTRAST, accent, contrast, css};

    #[test]
    fn contrasts_are_those_of_wcag() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.001);
        assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.01);
        assert!((contrast([9; 3], [9; 3]) - 1.0).abs() < 0.001);
    }

    #[test]
    fn an_accent_on_which_nobody_can_read_is_refused() {
        assert!(accent("#767676").is_ok());
        for text in ["#777777", "#ffffff", "#ffcc00"] {
            assert!(accent(text).unwrap_err().contains("contrast"), "{text}");
        }
        for text in [
            "", "0a5fb4", "#0a5fb", "#0a5fb44", "#gggggg", "red", "#+a5fb4",
        ] {
            assert!(accent(text).unwrap_err().contains("not a colour"), "{text}");
        }
    }

    #[test]
    fn every_accent_has_a_shade_for_dark_screens() {
        for text in ["#0a5fb4", "#000000", "#b3001b", "#005500", "#0000ff"] {
            let shade = accent(text).unwrap().on_dark();
            let number = u32::from_str_radix(shade.trim_start_matches('#'), 16).unwrap();
            let [_, red, green, blue] = number.to_be_bytes();
            let shade = [red, green, blue];
            assert!(
                contrast(shade, DARK) >= LEAST_CONTRAST,
                "{text}: {}",
                css(shade)
            );
        }
    }
}
