//! A request to the API server: it is read as the API server reads it, however it is written.
//!
//! An input is `METHOD /target`, without our prefix.

#![no_main]

use aks_oauth_proxy_component::fuzzing::kubernetes::{Info, request_info};
use http::Method;
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;

fuzz_target!(|text: &str| {
    let Some((method, target)) = text.split_once(' ') else {
        return;
    };
    let Ok(method) = method.parse::<Method>() else {
        return;
    };
    let ours = format!("/k8s{target}");
    let Some(info) = request_info(&method, &ours) else {
        return;
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    agrees_with_itself(&info, &method, path, query);
    agrees_with_the_api_server(&info, &method, path, query);
});

/// Equivalent requests are read alike.
fn agrees_with_itself(info: &Info, method: &Method, path: &str, query: &str) {
    let read = |method: &Method, path: &str, query: &str| {
        request_info(method, &format!("/k8s{path}?{query}")).expect("it is as good as the first")
    };
    if method == Method::GET {
        let mut head = read(&Method::HEAD, path, query);
        if !info.words[7].is_empty() {
            head.words[0].clone_from(&info.words[0]);
        }
        assert_eq!(&head, info, "HEAD asks for what GET asks for");
    }
    // Go uses the first value, so later ones change nothing.
    assert_eq!(&read(method, path, &format!("{query}&x=y")), info);
    if !path.ends_with('/') && info.words[7].is_empty() {
        assert_eq!(&read(method, &format!("{path}/"), query), info);
    }
}

/// `RequestInfoFactory.NewRequestInfo` of `k8s.io/apiserver`, line by line.
fn agrees_with_the_api_server(info: &Info, method: &Method, path: &str, query: &str) {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let [
        mut verb,
        group,
        version,
        namespace,
        resource,
        subresource,
        name,
        other,
    ] = info
        .words
        .each_ref()
        .map(|word| percent_decode_str(word).decode_utf8_lossy());
    let Some(theirs) = api_server(method, &decoded, query) else {
        assert_eq!(other, decoded, "it is no resource");
        return;
    };
    if !name.is_empty() && subresource.is_empty() && theirs[0] == "get" && verb == "watch" {
        // It watches one object by any name.
        verb = "get".into();
    }
    let read = [verb, group, version, namespace, resource, subresource, name];
    assert_eq!(
        read.each_ref().map(AsRef::as_ref),
        theirs.each_ref().map(String::as_str)
    );
    assert!(other.is_empty());
}

/// Verb, group, version, namespace, resource, subresource, name; `None` for a non-resource request.
fn api_server(method: &Method, path: &str, query: &str) -> Option<[String; 7]> {
    let trimmed = path.trim_matches('/');
    let mut parts: Vec<&str> = trimmed.split('/').collect();
    if trimmed.is_empty() || parts.len() < 3 || !["api", "apis"].contains(&parts[0]) {
        return None;
    }
    let mut group = "";
    if parts.remove(0) == "apis" {
        if parts.len() < 3 {
            return None;
        }
        group = parts.remove(0);
    }
    let version = parts.remove(0);
    let mut verb = match method.as_str() {
        "POST" => "create",
        "GET" | "HEAD" => "get",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "",
    };
    if ["proxy", "watch"].contains(&parts[0]) {
        if parts.len() < 2 {
            return None;
        }
        verb = parts.remove(0);
    }
    let mut namespace = "";
    if parts[0] == "namespaces" && parts.len() > 1 {
        namespace = parts[1];
        if parts.len() > 2 && !["status", "finalize"].contains(&parts[2]) {
            parts.drain(..2);
        }
    }
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let (resource, name) = (part(0), part(1));
    let subresource = if verb == "proxy" { "" } else { part(2) };
    if name.is_empty() && verb == "get" {
        verb = if watches(query) { "watch" } else { "list" };
    }
    if name.is_empty() && verb == "delete" {
        verb = "deletecollection";
    }
    Some([verb, group, version, namespace, resource, subresource, name].map(str::to_owned))
}

/// `url.ParseQuery`, which drops malformed pairs, and the conversion to a boolean.
fn watches(query: &str) -> bool {
    let values = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (!pair.contains(';')).then_some((unescaped(key)?, unescaped(value)?))
    });
    let mut watches = values.filter(|(key, _)| key == b"watch");
    let first = watches.next().map(|(_, value)| value.to_ascii_lowercase());
    first.is_some_and(|value| value != b"false" && value != b"0")
}

/// `url.QueryUnescape`. `None` for an invalid escape.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let digits = |rest: &str| {
        let digits = rest.as_bytes().get(..2)?;
        digits.iter().all(u8::is_ascii_hexdigit).then_some(())
    };
    text.split('%').skip(1).try_for_each(digits)?;
    Some(percent_decode_str(&text.replace('+', " ")).collect())
}
