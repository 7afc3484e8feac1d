//! The settings as the documentation shows them.

use super::native::NATIVE;
use super::setting::Described;
use super::setting::Fallback::{Derived, Required, Value};
use super::table::COMPONENT;

/// Every setting, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static dyn Described> {
    COMPONENT.iter().copied().chain(NATIVE.iter().copied())
}

/// The settings as a Markdown table, for the README.
pub fn markdown() -> String {
    let rows = all().map(|setting| {
        let default = match setting.fallback() {
            Required => "(required)".to_owned(),
            Value(value) => format!("`{value}`"),
            Derived(from) => from.to_owned(),
        };
        format!(
            "| `{}` | {default} | {} |\n",
            setting.name(),
            setting.summary()
        )
    });
    ["| setting | default | what it does |\n|---|---|---|\n".to_owned()]
        .into_iter()
        .chain(rows)
        .collect()
}
