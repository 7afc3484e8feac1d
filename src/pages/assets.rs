//! The style sheet and the script of all pages, and the operator's pictures. Their addresses name their
//! content, so browsers may keep them for good.

use crate::addresses::ASSETS;
use crate::respond::{self, Response};
use crate::settings::{Accent, Branding, Icons, Picture};
use crate::terms::encoding;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

const STYLE_FILE: &str = "style.css";
const SCRIPT_FILE: &str = "script.js";
const LOGO_FILE: &str = "logo";
const ICON_FILE: &str = "icon";

/// The policy of a picture (CSP Level 3, section 6.3.2). In a page no script of an SVG runs. With this
/// policy none runs either where somebody opens its address: it is as if at an origin of its own.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

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

/// The address of the logo.
pub(super) fn logo(logo: &Picture) -> String {
    named(LOGO_FILE, short(&logo.digest))
}

/// The address of an app's picture.
pub(super) fn icon(icon: &Picture) -> String {
    named(ICON_FILE, short(&icon.digest))
}

/// The file of this name. It may be kept for good if `digest` is its own. While a new release is
/// rolled out, a page of one replica asks another one, which has the file with another digest. The
/// answer is then the file that is there, and browsers do not keep it.
pub(crate) fn asset(
    file: &str,
    digest: &str,
    branding: &Branding,
    icons: &Icons,
) -> Option<Response> {
    let (media_type, text) = match file {
        STYLE_FILE => ("text/css; charset=utf-8", style_sheet(branding.accent)),
        SCRIPT_FILE => ("text/javascript; charset=utf-8", SCRIPT.to_owned()),
        // There are many of this name, so its address alone says which one is meant.
        ICON_FILE if digest.len() == DIGEST => {
            return icons.find(digest).map(|icon| picture(&icon, digest));
        }
        LOGO_FILE => return branding.logo.as_ref().map(|logo| picture(logo, digest)),
        _ => return None,
    };
    let is_named = digest == digest_of(&text);
    Some(respond::asset(media_type, text, is_named))
}

fn picture(picture: &Picture, digest: &str) -> Response {
    let is_named = digest == short(&picture.digest);
    let mut response = respond::asset(picture.media_type, picture.content.clone(), is_named);
    respond::set_header(&mut response, "content-security-policy", PICTURE_POLICY);
    response
}

fn style_sheet(accent: Accent) -> String {
    let (light, dark) = (accent.css(), accent.on_dark());
    format!(":root {{ --accent: {light}; --accent-on-dark: {dark} }}\n{STYLE}")
}

fn address(file: &str, content: &str) -> String {
    named(file, &digest_of(content))
}

fn named(file: &str, digest: &str) -> String {
    format!("{ASSETS}?file={file}&v={digest}")
}

fn digest_of(content: &str) -> String {
    short(&encoding::sha256(content)).to_owned()
}

fn short(digest: &str) -> &str {
    digest.get(..DIGEST).unwrap_or(digest)
}
