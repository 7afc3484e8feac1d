//! The chart's files that are generated from the program.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::program::Program;
use super::setting::{Fallback, Setting};

const BEGIN: &str = "  # <settings>\n";
const END: &str = "  # </settings>";

/// The settings without a value of their own, each with what replaces it.
const INSTEAD: [(&str, &str); 11] = [
    (
        "SESSION_SECRET",
        "use sessionSecret.value, or sessionSecret.existingSecret",
    ),
    ("SIDECAR_TOKEN", BEARER),
    ("TUNNEL_TOKEN", BEARER),
    ("KUBELOGIN_TOKEN", BEARER),
    ("SIDECAR_URL", "the chart knows where its sidecar is"),
    (
        "KUBELOGIN_URL",
        "the chart knows where its kubelogin is; use kubelogin.ownDeployment",
    ),
    ("COMPONENT_URL", "the chart knows where its component is"),
    ("UPSTREAMS", "use upstreams"),
    ("REDIS_PASSWORD", "use store.redis.existingSecret"),
    ("REDIS_PASSWORD_FILE", "use store.redis.existingSecret"),
    (
        "REDIS_SENTINEL_PASSWORD",
        "use store.redis.existingSecret and store.redis.sentinelPasswordKey",
    ),
];
/// What parses a list of objects.
const OBJECTS: &str = "shown_apps::list";
/// The prefix of the settings with the apps' origins.
const SLOT: &str = "UPSTREAM_ORIGIN";
const BEARER: &str = "the chart makes it; use bearers.existingSecret for one of your own";

/// `values.yaml` with the settings between the marks.
pub(super) fn values(written: &str, program: &Program) -> Result<String> {
    let (before, rest) = written.split_once(BEGIN).context("no mark <settings>")?;
    let (_, after) = rest.split_once(END).context("no mark </settings>")?;
    let made: String = in_values(program)
        .map(|(setting, readers)| value(setting, is_required(setting, readers)))
        .collect();
    Ok([before, BEGIN, &made, END, after].concat())
}

/// `values.schema.json` with the settings.
pub(super) fn schema(written: &str, program: &Program) -> Result<String> {
    let mut schema: Value = serde_json::from_str(written)?;
    let properties = schema.pointer_mut("/properties/settings/properties");
    let made: Map<String, Value> = in_values(program)
        .map(|(setting, _)| {
            let mut property = property(setting);
            if let Some(property) = property.as_object_mut() {
                property.insert("description".to_owned(), json!(setting.summary));
            }
            (setting.camel(), property)
        })
        .collect();
    *properties.context("the schema has no settings")? = Value::Object(made);
    Ok(format!("{}\n", serde_json::to_string_pretty(&schema)?))
}

/// `files/settings.yaml`. JSON is YAML.
pub(super) fn catalogue(program: &Program) -> Result<String> {
    let mut text =
        "# Made by `cargo xtask chart` from the settings of the program, their readers and spin.toml.\nsettings:\n"
            .to_owned();
    for (setting, readers) in &program.settings {
        text += &format!("- {}\n", row(setting, readers));
    }
    text += &format!("callers: {}\n", serde_json::to_string(&program.callers)?);
    text += &format!("pages: {}\n", serde_json::to_string(&program.pages)?);
    Ok(text)
}

fn in_values(program: &Program) -> impl Iterator<Item = (&Setting, &[&'static str])> {
    let all = program.settings.iter();
    all.filter(|(setting, _)| instead(setting).is_none())
        .map(|(setting, readers)| (setting, readers.as_slice()))
}

/// The chart's replacement for the setting.
pub(super) fn instead(setting: &Setting) -> Option<&'static str> {
    if setting.name.starts_with(SLOT) {
        return Some("the chart makes it of upstreams");
    }
    let found = INSTEAD.iter().find(|(name, _)| *name == setting.name);
    found.map(|(_, instead)| *instead)
}

/// The webhook or the chart sets the path of the workload-identity token.
fn is_required(setting: &Setting, readers: &[&str]) -> bool {
    setting.fallback == Fallback::Required && readers.contains(&"component")
}

fn row(setting: &Setting, readers: &[&str]) -> Value {
    let mut row = json!({ "name": setting.name, "readers": readers });
    let mut put = |key: &str, value: Value| {
        if let Some(row) = row.as_object_mut() {
            row.insert(key.to_owned(), value);
        }
    };
    if let Some(instead) = instead(setting) {
        put("camel", json!(setting.camel()));
        put("instead", json!(instead));
        return row;
    }
    put("value", json!(setting.camel()));
    if let Some(form) = form(setting) {
        put("form", json!(form));
        put("example", json!(setting.example));
    }
    if is_required(setting, readers) {
        put("required", json!(true));
        put("summary", json!(setting.summary));
        put("example", json!(setting.example));
    }
    row
}

/// What a template checks, and says in a sentence: helm shows a pattern of the schema as it is.
fn form(setting: &Setting) -> Option<&'static str> {
    match setting.kind() {
        "guid" => Some("guid"),
        "origin" => Some("origin"),
        _ if type_name(setting) == "int" => Some("number"),
        _ => None,
    }
}

/// With comments for helm-docs.
fn value(setting: &Setting, is_required: bool) -> String {
    let required = if is_required { "(required) " } else { "" };
    let default = match &setting.fallback {
        Fallback::Required if is_required => String::new(),
        Fallback::Required => "  # @default -- set by the webhook\n".to_owned(),
        Fallback::Value(value) => format!("  # @default -- `{value}`\n"),
        Fallback::Derived(from) => format!("  # @default -- {from}\n"),
    };
    format!(
        "  # -- ({}) {required}{}\n{default}  {}: \"\"\n",
        type_name(setting),
        setting.summary,
        setting.camel()
    )
}

fn type_name(setting: &Setting) -> &'static str {
    if setting.parser == OBJECTS {
        return "list";
    }
    match setting.kind() {
        "boolean" => "bool",
        "positive" | "seconds" | "count" | "replicas" | "version" => "int",
        "networks" | "users" | "words" | "guids" | "origins" | "sentinels" | "return_origins"
        | "cookie_domains" => "list",
        _ => "string",
    }
}

/// The schema of a setting. Any may be empty, which counts as unset. Forms are checked by a template.
fn property(setting: &Setting) -> Value {
    let number = |minimum: u64| json!({ "type": ["integer", "string"], "minimum": minimum });
    let one_of = |words: &[&str]| {
        let words: Vec<_> = words.iter().chain(&[""]).collect();
        json!({ "enum": words })
    };
    match setting.parser.as_str() {
        "same_site::parse" => return one_of(&["Lax", "Strict"]),
        "consent::parse" => return one_of(&["auto", "ask", "kubelogin"]),
        "apps::profile" => {
            return one_of(&["nginx", "traefik", "caddy", "envoy", "haproxy"]);
        }
        OBJECTS => {
            return json!({ "type": ["array", "string"], "items": { "type": "object" } });
        }
        "kubernetes::auth" => return one_of(&["token", "impersonate"]),
        "kubernetes::user_claim" => return one_of(&["upn", "oid"]),
        "kubelogin::login" => return one_of(&["devicecode"]),
        "kubelogin::environment" => {
            return one_of(&[
                "AzurePublicCloud",
                "AzureUSGovernmentCloud",
                "AzureChinaCloud",
            ]);
        }
        _ => {}
    }
    match setting.kind() {
        "boolean" => json!({ "enum": [true, false, "true", "false", ""] }),
        "positive" | "seconds" => number(1),
        "count" | "replicas" => number(0),
        "version" => json!({ "type": ["integer", "string"], "minimum": 1, "maximum": 2 }),
        _ if type_name(setting) == "list" => {
            json!({ "type": ["array", "string"], "items": { "type": "string" } })
        }
        _ => json!({ "type": "string" }),
    }
}
