//! A request to the API server, read as the API server reads it (`k8s.io/apiserver/pkg/endpoints/request`,
//! `RequestInfoFactory`). It is for the audit line, and tells which answers last.

use http::Method;
use serde::{Deserialize, Serialize};

/// A request's verb and object.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct RequestInfo {
    /// `get`, `list`, `watch`, `create` …; the method in lower case for a non-resource path.
    pub verb: String,
    /// The API group; empty for the core group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_group: String,
    /// Its version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// The namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The resource, in the plural.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// `log`, `exec`, `status` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subresource: String,
    /// The object's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The path, for a non-resource request.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    #[serde(skip)]
    follows: bool,
}

impl RequestInfo {
    /// Reads a method, and a path and query of the API server.
    #[must_use]
    pub fn parse(method: &Method, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self::resource(method, path, query).unwrap_or_else(|| Self {
            verb: method.as_str().to_ascii_lowercase(),
            path: path.to_owned(),
            ..Self::default()
        })
    }

    /// Whether the answer lasts until one side ends it.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.verb == "watch"
            || matches!(self.subresource.as_str(), "exec" | "attach" | "portforward")
            || (self.subresource == "log" && self.follows)
    }

    /// Whether a service, pod or node behind the API server answers.
    #[must_use]
    pub fn is_proxied(&self) -> bool {
        self.subresource == "proxy" || self.verb == "proxy"
    }

    /// Whether the answer's pieces are written by others behind the API server.
    #[must_use]
    pub fn is_written_elsewhere(&self) -> bool {
        self.is_proxied() || self.subresource == "log"
    }

    fn resource(method: &Method, path: &str, query: &str) -> Option<Self> {
        let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let api_group = match (parts.first(), parts.len()) {
            (Some(&"api"), 3..) => String::new(),
            (Some(&"apis"), 4..) => parts.remove(1).to_owned(),
            _ => return None,
        };
        let api_version = parts.get(1)?.to_string();
        let mut parts = parts.get(2..)?;
        let mut verb = verb_of(method);
        if let Some(special @ (&"watch" | &"proxy")) = parts.first() {
            verb = *special;
            parts = parts.get(1..).filter(|rest| !rest.is_empty())?;
        }
        let mut namespace = String::new();
        if let ["namespaces", name, rest @ ..] = parts {
            namespace = (*name).to_owned();
            if !matches!(rest, [] | ["status" | "finalize", ..]) {
                parts = rest;
            }
        }
        let part = |index: usize| parts.get(index).map_or("", |part| part).to_owned();
        let mut info = Self {
            verb: verb.to_owned(),
            api_group,
            api_version,
            namespace,
            resource: part(0),
            subresource: if verb == "proxy" {
                String::new()
            } else {
                part(2)
            },
            name: part(1),
            path: String::new(),
            follows: is_true(query, "follow"),
        };
        if info.name.is_empty() {
            info.verb = match info.verb.as_str() {
                "get" if is_true(query, "watch") => "watch".to_owned(),
                "get" => "list".to_owned(),
                "delete" => "deletecollection".to_owned(),
                _ => info.verb,
            };
        } else if info.verb == "get" && info.subresource.is_empty() && is_true(query, "watch") {
            // The API server takes this for a watch of one object.
            info.verb = "watch".to_owned();
        }
        Some(info)
    }
}

fn verb_of(method: &Method) -> &'static str {
    match *method {
        Method::POST => "create",
        Method::GET | Method::HEAD => "get",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ => "",
    }
}

/// Whether a parameter is true, as the API server converts it. Only the first value counts. Any value but a
/// denial is true.
fn is_true(query: &str, name: &str) -> bool {
    let pairs = query.split('&').filter(|pair| is_pair(pair));
    pairs
        .flat_map(|pair| form_urlencoded::parse(pair.as_bytes()))
        .find(|(key, _)| key == name)
        .is_some_and(|(_, value)| !matches!(value.to_ascii_lowercase().as_str(), "false" | "0"))
}

/// Whether Go's `url.ParseQuery` keeps a pair: it drops pairs with a semicolon, or with a `%` that is no
/// escape.
fn is_pair(pair: &str) -> bool {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    !pair.contains(';') && pair.split('%').skip(1).all(is_escape)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::*;

    fn parse(method: &Method, path: &str) -> RequestInfo {
        RequestInfo::parse(method, path)
    }

    /// verb, group, version, namespace, resource, subresource, name.
    fn read(method: &Method, path: &str) -> [String; 7] {
        let info = parse(method, path);
        [
            info.verb,
            info.api_group,
            info.api_version,
            info.namespace,
            info.resource,
            info.subresource,
            info.name,
        ]
    }

    /// These cases follow the API server's own table (`requestinfo_test.go`).
    #[test]
    fn resources_are_read_as_the_api_server_reads_them() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        let (patch, delete) = (Method::PATCH, Method::DELETE);
        let cases = [
            (
                &get,
                "/api/v1/namespaces",
                ["list", "", "v1", "", "namespaces", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a",
                ["get", "", "v1", "a", "namespaces", "", "a"],
            ),
            (
                &put,
                "/api/v1/namespaces/a/finalize",
                ["update", "", "v1", "a", "namespaces", "finalize", "a"],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods",
                ["list", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods?watch=true",
                ["watch", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods?watch",
                ["watch", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods?watch=0",
                ["list", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods?watch=False&watch=1",
                ["list", "", "v1", "a", "pods", "", ""],
            ),
            // Go drops malformed pairs.
            (
                &get,
                "/api/v1/namespaces/a/pods?watch=1;x",
                ["list", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods?watch=%zz",
                ["list", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods?watch=0%&watch=1",
                ["watch", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods/p?watch=1",
                ["watch", "", "v1", "a", "pods", "", "p"],
            ),
            (
                &get,
                "/api/v1/watch/namespaces/a/pods",
                ["watch", "", "v1", "a", "pods", "", ""],
            ),
            (
                &get,
                "/api/v1/namespaces/a/pods/p/log?follow=true",
                ["get", "", "v1", "a", "pods", "log", "p"],
            ),
            (
                &post,
                "/api/v1/namespaces/a/pods/p/exec",
                ["create", "", "v1", "a", "pods", "exec", "p"],
            ),
            (
                &get,
                "/api/v1/nodes/n",
                ["get", "", "v1", "", "nodes", "", "n"],
            ),
            (
                &post,
                "/apis/apps/v1/namespaces/a/deployments",
                ["create", "apps", "v1", "a", "deployments", "", ""],
            ),
            (
                &patch,
                "/apis/apps/v1/namespaces/a/deployments/d/scale",
                ["patch", "apps", "v1", "a", "deployments", "scale", "d"],
            ),
            (
                &delete,
                "/api/v1/namespaces/a/pods",
                ["deletecollection", "", "v1", "a", "pods", "", ""],
            ),
            (
                &delete,
                "/api/v1/namespaces/a/pods/p",
                ["delete", "", "v1", "a", "pods", "", "p"],
            ),
        ];
        for (method, path, expected) in cases {
            assert_eq!(read(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn what_is_no_resource_keeps_its_path() {
        for path in [
            "/",
            "/version",
            "/api",
            "/api/v1",
            "/apis/apps/v1",
            "/healthz/x",
            "/apis",
        ] {
            let info = parse(&Method::GET, path);
            assert_eq!((info.verb.as_str(), info.path.as_str()), ("get", path));
            assert!(info.resource.is_empty() && !info.is_long());
        }
    }

    #[test]
    fn long_are_watches_followed_logs_and_what_is_upgraded() {
        let long = |path: &str| parse(&Method::GET, path).is_long();
        for path in [
            "?watch=1",
            "/p?watch=true",
            "/p/log?follow=1",
            "/p/exec",
            "/p/attach",
            "/p/portforward",
        ] {
            assert!(long(&format!("/api/v1/namespaces/a/pods{path}")), "{path}");
        }
        for path in [
            "",
            "/p",
            "/p/log",
            "/p/log?follow=false",
            "/p/status",
            "?watch=false",
        ] {
            assert!(!long(&format!("/api/v1/namespaces/a/pods{path}")), "{path}");
        }
    }
}
