//! The functions as the documents show them.

use super::table::Function;

/// The functions as a Markdown table, for `docs/security.md`.
pub fn markdown() -> String {
    let rows = Function::ALL.iter().map(|function| {
        let row = function.row();
        let cost = row.stranger;
        format!(
            "| `{}` | `{}` | {} | {} | {} | {} | {} |\n",
            row.name,
            row.route,
            row.methods.unwrap_or("its own"),
            row.form,
            cost.reads,
            cost.writes,
            cost.calls
        )
    });
    let head = "| function | route | methods | form, bytes | reads | writes | calls |\n\
                |---|---|---|---|---|---|---|\n";
    [head.to_owned()].into_iter().chain(rows).collect()
}
