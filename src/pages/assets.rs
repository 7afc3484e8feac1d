//! The style sheet and the script of all pages. Their addresses name their content, so browsers may
//! keep them for good.

use crate::addresses::ASSETS;
use crate::respond::{self, Response};
use crate::settings::Accent;
use crate::terms::encoding;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

const STYLE_FILE: &str = "style.css";
const SCRIPT_FILE: &str = "script.js";

/// How much of a digest stands in an address, in characters.
const DIGEST: usize = 16;

/// The address of the style sheet with this accent.
pub(super) fn style(accent: Accent) -> String {
    address(STYLE_FILE, &style_sheet(accent))
}

/// The address of the script.
pub(super) fn script() -> String {
    address(SCRIPT_FILE, SCRIPT)
}

/// The file of this name. It may be kept for good if `digest` is its own. While a new release is
/// rolled out, a page of one replica asks another one, which has the file with another digest: that is
/// answered with what there is, and kept by nobody.
pub(crate) fn asset(file: &str, digest: &str, accent: Accent) -> Option<Response> {
    let (media_type, text) = match file {
        STYLE_FILE => ("text/css; charset=utf-8", style_sheet(accent)),
        SCRIPT_FILE => ("text/javascript; charset=utf-8", SCRIPT.to_owned()),
        _ => return None,
    };
    let is_named = digest == digest_of(&text);
    Some(respond::asset(media_type, text, is_named))
}

fn style_sheet(accent: Accent) -> String {
    let (light, dark) = (accent.css(), accent.on_dark());
    format!(":root {{ --accent: {light}; --accent-on-dark: {dark} }}\n{STYLE}")
}

fn address(file: &str, content: &str) -> String {
    format!("{ASSETS}?file={file}&v={}", digest_of(content))
}

fn digest_of(content: &str) -> String {
    let digest = encoding::sha256(content);
    digest.get(..DIGEST).unwrap_or(&digest).to_owned()
}
