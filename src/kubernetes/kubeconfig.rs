//! The kubeconfig that a user downloads (`client.authentication.k8s.io`, `v1.Config`).

use base64ct::{Base64, Encoding};
use kubernetes_host::KubernetesHost;
use serde_json::json;

use crate::addresses::KUBERNETES;
use crate::platform::UnixTime;
use crate::settings::{KubeconfigSettings, NamePattern, Part};
use crate::terms::{Origin, Secret};

/// What goes into a kubeconfig.
pub(crate) struct Kubeconfig<'a> {
    pub(crate) settings: &'a KubeconfigSettings,
    /// Where clients reach this proxy.
    pub(crate) public_url: &'a Origin,
    /// The host that is the API server's alone.
    pub(crate) own_host: Option<&'a KubernetesHost>,
    /// The user's name, for people.
    pub(crate) user: &'a str,
    /// The owner's name for the credential.
    pub(crate) name: &'a str,
    /// The credential.
    pub(crate) bearer: &'a Secret,
    /// Its end.
    pub(crate) end: UnixTime,
}

/// What a cluster is called.
pub(crate) fn cluster_name(settings: &KubeconfigSettings, public_url: &Origin) -> String {
    let host = public_url.host();
    settings.cluster.fill(|part| match part {
        Part::Host => host,
        // The setting takes no other.
        Part::Cluster | Part::User | Part::Name => "",
    })
}

/// What the context is called of the credential `name` of `user`.
pub(crate) fn context_name(
    settings: &KubeconfigSettings,
    public_url: &Origin,
    user: &str,
    name: &str,
) -> String {
    filled(settings, public_url, user, name, &settings.context)
}

fn filled(
    settings: &KubeconfigSettings,
    public_url: &Origin,
    user: &str,
    name: &str,
    pattern: &NamePattern,
) -> String {
    let cluster = cluster_name(settings, public_url);
    pattern.fill(|part| match part {
        Part::Host => public_url.host(),
        Part::Cluster => &cluster,
        Part::User => user,
        Part::Name => name,
    })
}

impl Kubeconfig<'_> {
    /// What its context is called.
    pub(crate) fn context(&self) -> String {
        self.filled(&self.settings.context)
    }

    fn server(&self) -> String {
        match self.own_host {
            Some(host) => host.server(self.public_url.as_str()),
            None => self.public_url.join(KUBERNETES),
        }
    }

    fn filled(&self, pattern: &NamePattern) -> String {
        filled(
            self.settings,
            self.public_url,
            self.user,
            self.name,
            pattern,
        )
    }

    /// As YAML.
    pub(crate) fn write(&self) -> String {
        let cluster = quoted(&cluster_name(self.settings, self.public_url));
        let context = quoted(&self.context());
        let user = quoted(&self.filled(&self.settings.user));
        let server = quoted(&self.server());
        let bearer = quoted(self.bearer.reveal());
        let authority = self
            .settings
            .public_ca
            .as_deref()
            .map_or_else(String::new, |ca| {
                let data = Base64::encode_string(ca.as_bytes());
                format!("    certificate-authority-data: {}\n", quoted(&data))
            });
        let head = format!(
            "# Credential {} of {}, made by the AKS OAuth Proxy at {}\n\
             # It ends at {}, or when you sign out. Keep this file to yourself.\n",
            quoted(self.name),
            quoted(self.user),
            self.public_url,
            self.end.rfc3339(),
        );
        format!(
            "{head}apiVersion: v1\nkind: Config\ncurrent-context: {context}\n\
             clusters:\n- name: {cluster}\n  cluster:\n    server: {server}\n{authority}\
             contexts:\n- name: {context}\n  context:\n    cluster: {cluster}\n    user: {user}\n\
             users:\n- name: {user}\n  user:\n    token: {bearer}\n"
        )
    }
}

/// A JSON string, which is also a YAML string (YAML 1.2, section 1.3). kubectl reads YAML 1.1. What
/// ends lines there (section 5.4), or is no character there, is escaped.
fn quoted(text: &str) -> String {
    let quoted = json!(text).to_string();
    let escaped = quoted.chars().map(|character| match character {
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            format!("\\u{:04x}", u32::from(character))
        }
        other => other.to_string(),
    });
    escaped.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::*;
    use crate::settings::{Reader, Setting, table};

    fn pattern(setting: &Setting<NamePattern>, text: &str) -> NamePattern {
        let source = |_: &str| Some(text.to_owned());
        Reader::new(&source).read(setting).unwrap()
    }

    #[test]
    fn names_cannot_break_out_of_it() {
        let settings = KubeconfigSettings {
            cluster: pattern(&table::KUBECONFIG_CLUSTER, "aks"),
            context: pattern(&table::KUBECONFIG_CONTEXT, "{name}"),
            user: pattern(&table::KUBECONFIG_USER, "{user}@{cluster}"),
            public_ca: Some("-----BEGIN".to_owned()),
            lifetime: 1,
        };
        let public_url = Origin::of(&"https://aks.example".parse().unwrap()).unwrap();
        let written = Kubeconfig {
            settings: &settings,
            public_url: &public_url,
            own_host: None,
            user: "a\"b\nkind: Evil",
            name: "x\ny: z\u{85}a: b\u{2028}c: d\u{2029}e: f\u{7f}\u{feff}\u{1f600}",
            bearer: &Secret::new("1.abc.def"),
            end: UnixTime(0),
        }
        .write();
        assert!(
            written.contains(r#"server: "https://aks.example/k8s""#),
            "{written}"
        );
        assert!(written.contains(r#"certificate-authority-data: "LS0tLS1CRUdJTg==""#));
        assert!(written.contains(r#"user: "a\"b\nkind: Evil@aks""#));
        assert!(written.contains("ends at 1970-01-01T00:00:00Z"));
        let name = "\"x\\ny: z\\u0085a: b\\u2028c: d\\u2029e: f\\u007f\\ufeff\u{1f600}\"";
        assert!(
            written.starts_with(&format!("# Credential {name} of")),
            "{written}"
        );
        let known = [
            "#",
            "apiVersion:",
            "kind: Config",
            "current-context:",
            "clusters:",
            "contexts:",
            "users:",
            "- ",
            "  ",
        ];
        for line in written.lines() {
            assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
        }
    }
}
