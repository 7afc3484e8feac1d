//! Kinds that others bring into a cluster, as far as the chart uses them. None of their own files is
//! here: the fields of a SpinApp are those of SpinKube's `v1alpha1`, written by hand, and nothing else
//! is taken; of the other two kinds only the names are right, and every field is taken.

/// SpinKube's runtime class.
pub(super) const RUNTIME_CLASS: &str = r#"{
    "apiVersion": "node.k8s.io/v1",
    "kind": "RuntimeClass",
    "metadata": { "name": "wasmtime-spin-v2" },
    "handler": "spin"
}"#;

/// SpinKube's operator has no webhook that the chart would meet: the schema alone decides here.
pub(super) const SPIN_APP: &str = include_str!("spinapp.yaml");

/// Whoever may install the chart, and read runtime classes, but not the namespace itself.
pub(super) const INSTALLER: &str = include_str!("installer.yaml");

/// A definition whose fields are not looked at.
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
