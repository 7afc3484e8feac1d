//! The value of `APPS`: how the first page shows apps.
//!
//! It is JSON, and is read whole, as `UPSTREAMS` is: everything that is wrong with it is said at once, each with
//! its place. Only the functions of the first page and of its pictures read it, so that pictures cost no other
//! function anything.

use serde_json::Value;
use url::Url;

use super::fields::{Faults, Fields};
use super::picture::{self, Picture};
use super::upstreams::UpstreamPolicy;
use super::{brand, parse};
use crate::terms::encoding;

/// The most entries: a page has its limits.
const MOST: usize = 50;
/// The longest value, in bytes. Linux passes no variable of 128 KiB or more to a process.
const LONGEST: usize = 120 * 1024;
/// The field with the picture.
const ICON: &str = "icon";

/// How the first page shows an app.
#[derive(Clone, Debug)]
pub struct ShownApp {
    /// Where its link leads.
    pub url: Url,
    /// What it is called; by default its host.
    pub name: String,
    /// Its picture.
    pub icon: Option<Picture>,
    /// The rules by which another proxy has each request to it checked, as its operator repeats them here. They
    /// decide nothing but what the page shows.
    pub check: Option<UpstreamPolicy>,
}

/// The entries, which are not read yet.
pub(in crate::settings) fn list(text: &str) -> Result<Vec<Value>, String> {
    if text.len() > LONGEST {
        let length = text.len();
        return Err(format!(
            "has {length} bytes; {LONGEST} are the most: take smaller icons"
        ));
    }
    let entries: Vec<Value> =
        serde_json::from_str(text).map_err(|error| format!("is no JSON list of apps ({error})"))?;
    match entries.len() {
        0 => Err("lists nothing".to_owned()),
        1..=MOST => Ok(entries),
        _ => Err(format!("lists more than {MOST} apps")),
    }
}

/// Reads the entries.
///
/// # Errors
/// With everything that is wrong, each with its place.
pub(in crate::settings) fn read(entries: Vec<Value>) -> Result<Vec<ShownApp>, Faults> {
    let mut faults = Vec::new();
    let mut apps: Vec<ShownApp> = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        let fields = Fields::of(entry, format!("[{at}]"), &mut faults);
        let Some(app) = fields.and_then(app) else {
            continue;
        };
        if apps.iter().any(|other| other.url == app.url) {
            faults.push(format!("[{at}].url: is that of another entry"));
        }
        apps.push(app);
    }
    match faults.is_empty() {
        true => Ok(apps),
        false => Err(faults),
    }
}

fn app(mut fields: Fields<'_>) -> Option<ShownApp> {
    let url = fields.needed("url", url);
    let name = fields.text("name", name);
    let icon = fields.text(ICON, picture::icon);
    let check = fields.object("check").map(UpstreamPolicy::read);
    fields.finish();
    let url = url?;
    let host = url.authority().to_owned();
    Some(ShownApp {
        name: name.unwrap_or(host),
        url,
        icon,
        check,
    })
}

fn url(text: &str) -> Result<Url, String> {
    let url = parse::secure_url(text)?;
    match url.fragment() {
        Some(_) => Err("has a fragment".to_owned()),
        None => Ok(url),
    }
}

fn name(text: &str) -> Result<String, String> {
    match text.trim().is_empty() {
        true => Err("is empty".to_owned()),
        false => brand::app_name(text),
    }
}

/// The picture among the `entries` whose digest begins with `digest`. What is wrong with the others is told
/// elsewhere.
pub(in crate::settings) fn icon(entries: &[Value], digest: &str) -> Option<Picture> {
    let mut icons = entries.iter().filter_map(|entry| entry.get(ICON)?.as_str());
    let found = icons.find(|icon| encoding::sha256(icon).starts_with(digest));
    picture::icon(found?).ok()
}

#[cfg(test)]
mod tests;
