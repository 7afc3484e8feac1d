//! Kinds that other projects define, as far as the chart uses them. The fields of a SpinApp are those of
//! SpinKube's `v1alpha1`, written by hand, and no others are accepted. Of the other two kinds only the names
//! are right, and any field is accepted.

/// SpinKube's runtime class.
pub(super) const RUNTIME_CLASS: &str = r#"{
    "apiVersion": "node.k8s.io/v1",
    "kind": "RuntimeClass",
    "metadata": { "name": "wasmtime-spin-v2" },
    "handler": "spin"
}"#;

/// SpinKube's operator has no webhook for the chart's objects: the schema alone decides.
pub(super) const SPIN_APP: &str = include_str!("spinapp.yaml");

/// A user who may install the chart and read runtime classes, but not the namespace itself.
pub(super) const INSTALLER: &str = include_str!("installer.yaml");

/// A definition whose fields are not checked.
pub(super) fn open(group: &str, version: &str, kind: &str, plural: &str) -> String {
    let singular = kind.to_lowercase();
    format!(
        r#"{{
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {{
                "name": "{plural}.{group}",
                "annotations": {{ "api-approved.kubernetes.io": "unapproved, for a test" }}
            }},
            "spec": {{
                "group": "{group}",
                "scope": "Namespaced",
                "names": {{ "kind": "{kind}", "plural": "{plural}", "singular": "{singular}" }},
                "versions": [{{
                    "name": "{version}", "served": true, "storage": true,
                    "schema": {{ "openAPIV3Schema": {{
                        "type": "object", "x-kubernetes-preserve-unknown-fields": true
                    }} }}
                }}]
            }}
        }}"#
    )
}
