//! Pictures that an operator gives: the logo, and icons of apps.

use std::fmt;

use base64ct::{Base64, Encoding};

use crate::terms::encoding;

/// The largest logo, in bytes.
const LARGEST_LOGO: usize = 16 * 1024;
/// The largest icon of an app, in bytes. There may be many.
const LARGEST_ICON: usize = 8 * 1024;
/// What each PNG begins with (PNG, third edition, section 5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A picture.
#[derive(Clone, Eq, PartialEq)]
pub struct Picture {
    /// `image/png` or `image/svg+xml`.
    pub media_type: &'static str,
    /// The file.
    pub content: Vec<u8>,
    /// SHA-256 of its type and content.
    pub digest: String,
}

impl fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            media_type, digest, ..
        } = self;
        write!(formatter, "Picture({media_type}, {digest})")
    }
}

pub(in crate::settings) fn logo(text: &str) -> Result<Picture, String> {
    picture(text, LARGEST_LOGO)
}

pub(super) fn icon(text: &str) -> Result<Picture, String> {
    picture(text, LARGEST_ICON)
}

/// Reads a data URI (RFC 2397) of a PNG or an SVG in base64, of a file of at most `largest` bytes.
fn picture(text: &str, largest: usize) -> Result<Picture, String> {
    let kinds = ["image/png", "image/svg+xml"].into_iter();
    let begins = |kind: &str| text.strip_prefix(&format!("data:{kind};base64,"));
    let mut found = kinds.filter_map(|kind| begins(kind).map(|content| (kind, content)));
    let Some((media_type, encoded)) = found.next() else {
        return Err(
            "begins neither with `data:image/png;base64,` nor with `data:image/svg+xml;base64,`"
                .to_owned(),
        );
    };
    let content = Base64::decode_vec(encoded)
        .map_err(|_| "is not base64, in one line and with its padding (`base64 -w0`)".to_owned())?;
    if content.len() > largest {
        let size = content.len();
        return Err(format!("has {size} bytes; {largest} are the most"));
    }
    let is_what_it_says = match media_type {
        "image/png" => content.starts_with(PNG),
        _ => is_svg(&content),
    };
    if !is_what_it_says {
        return Err(format!("is no {media_type}"));
    }
    Ok(Picture {
        media_type,
        content,
        digest: encoding::sha256(text),
    })
}

/// Whether it is text with the element that an SVG has. Browsers read the rest, where no script runs.
fn is_svg(content: &[u8]) -> bool {
    let text = std::str::from_utf8(content).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && text.contains("<svg")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::*;

    fn data(media_type: &str, content: &[u8]) -> String {
        let content = Base64::encode_string(content);
        format!("data:{media_type};base64,{content}")
    }

    fn what_is_wrong(text: &str) -> String {
        logo(text).map(|logo| logo.media_type).unwrap_err()
    }

    #[test]
    fn a_png_and_an_svg_are_read() {
        let png = [PNG, b"rest"].concat();
        let read = logo(&data("image/png", &png)).unwrap();
        assert_eq!((read.media_type, read.content), ("image/png", png));
        for svg in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "\u{feff}\n<?xml version='1.0'?><!-- x --><svg/>",
        ] {
            let read = logo(&data("image/svg+xml", svg.as_bytes())).unwrap();
            assert_eq!(read.media_type, "image/svg+xml");
            assert_eq!(read.content, svg.as_bytes());
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_is_wrong() {
        let svg = |text: &str| data("image/svg+xml", text.as_bytes());
        for (text, wrong) in [
            ("https://example.com/logo.png".to_owned(), "begins neither"),
            (data("text/html", b"<svg/>"), "begins neither"),
            (data("image/png", b"<svg/>"), "is no image/png"),
            (data("image/svg+xml", PNG), "is no image/svg+xml"),
            (svg("<html></html>"), "is no image/svg+xml"),
            (svg("svg <svg"), "is no image/svg+xml"),
            (svg(""), "is no image/svg+xml"),
            ("data:image/png;base64,%%%".to_owned(), "is not base64"),
            (
                "data:image/png;base64,iVBORw0KGgo".to_owned(),
                "is not base64",
            ),
            (
                svg(&format!("<svg>{}", "x".repeat(LARGEST_LOGO))),
                "16384 are the most",
            ),
        ] {
            let said = what_is_wrong(&text);
            assert!(said.contains(wrong), "{said}");
        }
        let most = format!("<svg>{}", "x".repeat(LARGEST_LOGO - 5));
        assert!(logo(&svg(&most)).is_ok());
    }
}
