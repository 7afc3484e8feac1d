//! Names of settings and of other variables: each that a page names stands somewhere in the code too.

use std::path::{Path, PathBuf};

use super::name::Name;
use super::page::Page;
use super::pages::Pages;

/// The pages about what was: a name in them may be gone.
const HISTORY: [&str; 2] = ["CHANGELOG.md", "docs/adr"];

/// Names of other programs and of standards, which only pages have.
const OF_OTHERS: [&str; 11] = [
    "DROP_HEADER",
    "OAUTH2_PROXY_X",
    "OTEL_BSP_EXPORT_TIMEOUT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "PAGEMAP_SCAN",
    "POD_NAME",
    "REJECT_REQUEST",
    "RST_STREAM",
    "SECURE_API_PORT",
    "SETTINGS_ENABLE_CONNECT_PROTOCOL",
    "STRICT_DNS",
];

/// What Spin puts before the name of a variable.
const OF_SPIN: &str = "SPIN_VARIABLE_";

/// A sentence for each name that there is not.
pub(super) fn faults(pages: &Pages) -> Vec<String> {
    let today = pages.by_path.iter().filter(|(path, _)| !is_history(path));
    let of_page = |(path, page): (&PathBuf, &Page)| {
        let unknown = page
            .names
            .iter()
            .filter(|name| !is_known(pages, &name.name));
        let sentence = |Name { line, name }: &Name| {
            format!("{}:{line}: {name}: nothing has this name", path.display())
        };
        unknown.map(sentence).collect::<Vec<_>>()
    };
    today.flat_map(of_page).collect()
}

fn is_history(path: &Path) -> bool {
    HISTORY.iter().any(|history| path.starts_with(history))
}

fn is_known(pages: &Pages, name: &str) -> bool {
    let of_ours = name.strip_prefix(OF_SPIN).unwrap_or(name);
    [name, of_ours]
        .iter()
        .any(|name| pages.names.contains(*name) || OF_OTHERS.contains(name))
}
