//! How values are read.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use url::Url;

use super::choices::{Propagation, Sampling};

/// Where spans are sent if the endpoint is that of all signals.
const TRACES_PATH: &str = "v1/traces";
/// The most that a queue may be asked to hold: its places are made at the start.
const LARGEST_QUEUE: usize = 65_536;

/// The endpoint of all signals, with the path of traces.
pub(super) fn base(text: &str) -> Result<Url, String> {
    let mut url = endpoint(text)?;
    let path = format!("{}/{TRACES_PATH}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// The endpoint of traces, as it is.
pub(super) fn endpoint(text: &str) -> Result<Url, String> {
    let what = || "is not an http or https address without user, query and fragment".to_owned();
    let url = Url::parse(text).map_err(|_| what())?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_plain.then_some(url).ok_or_else(what)
}

/// `true` or `false`.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("is neither true nor false".to_owned()),
    }
}

/// Whether spans are exported: the list of exporters has `otlp`, or is `none`.
pub(super) fn exporter(text: &str) -> Result<bool, String> {
    match text {
        "otlp" => Ok(true),
        "none" => Ok(false),
        _ => Err("is neither otlp nor none; there is no other exporter here".to_owned()),
    }
}

/// The protocol that there is.
pub(super) fn protocol(text: &str) -> Result<(), String> {
    match text {
        "http/protobuf" => Ok(()),
        _ => Err("is not http/protobuf; gRPC and JSON are not spoken here".to_owned()),
    }
}

/// The compression that there is.
pub(super) fn compression(text: &str) -> Result<(), String> {
    match text {
        "none" => Ok(()),
        _ => Err("is not none; nothing is compressed here".to_owned()),
    }
}

/// What must not be set, since nobody would heed it.
pub(super) fn nothing(_: &str) -> Result<(), String> {
    Err("is set, but client certificates are not known here: leave it out".to_owned())
}

/// Any text.
pub(super) fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// `name=value,name=value`; values may be percent-encoded.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').map(str::trim);
    pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            let value = percent_decode_str(value).decode_utf8().ok()?;
            (!name.is_empty()).then(|| (name.to_owned(), value.into_owned()))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| "is not name=value,name=value with values percent-encoded".to_owned())
}

/// Headers, as pairs. What is wrong says nothing of the values: one of them is the collector's key.
pub(super) fn headers(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = pairs(text)?;
    let is_header = |(name, value): &(String, String)| {
        HeaderName::try_from(name.as_str()).is_ok() && HeaderValue::from_str(value).is_ok()
    };
    match pairs.iter().all(is_header) {
        true => Ok(pairs),
        false => Err("has a name or a value that no header may have".to_owned()),
    }
}

/// Milliseconds, at least one.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    let milliseconds: Option<u32> = text.parse().ok().filter(|number| *number > 0);
    let milliseconds = milliseconds.ok_or_else(|| "is not a number of milliseconds".to_owned())?;
    Ok(Duration::from_millis(milliseconds.into()))
}

/// A number of spans.
pub(super) fn spans(text: &str) -> Result<usize, String> {
    let number: Option<usize> = text.parse().ok();
    number
        .filter(|number| (1..=LARGEST_QUEUE).contains(number))
        .ok_or_else(|| format!("is not a number from 1 to {LARGEST_QUEUE}"))
}

/// A sampler by its name.
pub(super) fn sampling(text: &str) -> Result<Sampling, String> {
    match text {
        "always_on" => Ok(Sampling::AlwaysOn),
        "always_off" => Ok(Sampling::AlwaysOff),
        "traceidratio" => Ok(Sampling::Ratio),
        "parentbased_always_on" => Ok(Sampling::ParentOrOn),
        "parentbased_always_off" => Ok(Sampling::ParentOrOff),
        "parentbased_traceidratio" => Ok(Sampling::ParentOrRatio),
        _ => Err(
            "is none of always_on, always_off, traceidratio, parentbased_always_on, \
                  parentbased_always_off and parentbased_traceidratio"
                .to_owned(),
        ),
    }
}

/// A part of all traces.
pub(super) fn ratio(text: &str) -> Result<f64, String> {
    let ratio: Option<f64> = text.parse().ok();
    ratio
        .filter(|ratio| (0.0..=1.0).contains(ratio))
        .ok_or_else(|| "is not a number from 0 to 1".to_owned())
}

/// A list of formats in which traces are passed on.
pub(super) fn propagators(text: &str) -> Result<Propagation, String> {
    let formats: Vec<&str> = text.split(',').map(str::trim).collect();
    let known = ["tracecontext", "baggage"];
    match formats.as_slice() {
        ["none"] => Ok(Propagation::None),
        formats if formats.iter().all(|format| known.contains(format)) => {
            match formats.contains(&"tracecontext") {
                true => Ok(Propagation::FromProxies),
                false => Ok(Propagation::None),
            }
        }
        _ => Err(
            "has another format than tracecontext and baggage, or none beside others".to_owned(),
        ),
    }
}
