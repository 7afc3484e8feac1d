#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::fs;

use super::files;
use super::program::Program;
use super::setting::{Fallback, Setting, of_constants, of_table};
use super::{made, page};
use crate::workspace::Workspace;

fn setting(name: &str, fallback: Fallback, parser: &str) -> Setting {
    Setting {
        name: name.to_owned(),
        fallback,
        parser: parser.to_owned(),
        example: "e".to_owned(),
        summary: "What it does.".to_owned(),
    }
}

#[test]
fn settings_are_read_from_a_table_and_from_constants() {
    let table = r#"
        macro_rules! settings { () => {}; }
        settings! {
            A_B: Vec<Secret> = Required, parse::secrets, "e", "What it does.";
            C: u64 = Value("1"), parse::seconds, "e", "What it does.";
        }
    "#;
    let wanted = [
        setting("A_B", Fallback::Required, "parse::secrets"),
        setting("C", Fallback::Value("1".to_owned()), "parse::seconds"),
    ];
    assert_eq!(of_table(table).unwrap(), wanted);
    let constants = r#"
        pub const D: Setting<u64> = Setting {
            name: "D", fallback: Derived("C"), summary: "What it does.", example: "e", parse: parse::count,
        };
        pub const ALL: &[&dyn Described] = &[&D];
    "#;
    let wanted = [setting(
        "D",
        Fallback::Derived("C".to_owned()),
        "parse::count",
    )];
    assert_eq!(of_constants(constants).unwrap(), wanted);
    assert!(of_table("settings! { A: u64 = Unknown, parse::count, \"e\", \"s\"; }").is_err());
}

#[test]
fn names_are_written_as_values_are() {
    let camel = |name: &str| setting(name, Fallback::Required, "parse::guid").camel();
    assert_eq!(camel("TENANT_ID"), "tenantId");
    assert_eq!(camel("AKS_SERVER_ID"), "aksServerId");
}

/// A setting's readers are found in the source text: each setting must have one.
#[test]
fn every_setting_has_a_reader() {
    let program = Program::read(&Workspace::locate().unwrap()).unwrap();
    for (setting, readers) in &program.settings {
        assert!(!readers.is_empty(), "{}", setting.name);
    }
    let readers = |name: &str| {
        let found = program.settings.iter().find(|(s, _)| s.name == name);
        found.unwrap().1.clone()
    };
    assert_eq!(readers("TENANT_ID"), ["component", "kubelogin"]);
    assert_eq!(readers("TUNNEL_TOKEN"), ["component", "tunnel"]);
    assert_eq!(readers("AZURE_FEDERATED_TOKEN_FILE"), ["sidecar"]);
    assert_eq!(readers("COMPONENT_PLAIN_HTTP"), ["tunnelAlone"]);
    assert_eq!(readers("REDIS_USERNAME"), ["serve"]);
}

#[test]
fn what_is_not_for_browsers_is_no_page() {
    let program = Program::read(&Workspace::locate().unwrap()).unwrap();
    assert!(program.pages.contains(&"/login".to_owned()));
    for route in &program.pages {
        assert!(!route.contains("...") && !route.contains("/-/"), "{route}");
    }
    assert_eq!(
        program.callers["KUBERNETES_API_URL"],
        ["kubernetes", "tunnel"]
    );
}

#[test]
fn settings_are_written_between_the_marks_and_again_the_same() {
    let program = Program::read(&Workspace::locate().unwrap()).unwrap();
    let empty = "a: 1\nsettings:\n  # <settings>\n  # </settings>\nz: 1\n";
    let values = files::values(empty, &program).unwrap();
    assert!(values.contains("  sessionIdleTimeoutSeconds: \"\"\n"));
    assert!(!values.contains("sessionSecret"));
    assert_eq!(files::values(&values, &program).unwrap(), values);
}

#[test]
fn the_page_says_who_reads_a_setting_and_who_is_granted_it() {
    let program = Program::read(&Workspace::locate().unwrap()).unwrap();
    let empty = "# Settings\n<!-- settings -->\n<!-- /settings -->\n";
    let page = page::settings(empty, &program).unwrap();
    let row = |name: &str| {
        let start = format!("| `{name}` |");
        let found = page.lines().find(|line| line.starts_with(&start));
        found.unwrap().to_owned()
    };
    assert!(row("TENANT_ID").contains("| component, `sidecar` | "));
    assert!(row("SIDECAR_URL").ends_with("| the chart knows where its sidecar is |"));
    assert!(row("GRAPH_URL").ends_with("| `settings.graphUrl` |"));
    assert!(row("PUBLIC_CA").contains("| component | home, kubeconfig | "));
    assert!(row("REDIS_USERNAME").contains("| `serve` |  | "));
    assert_eq!(page::settings(&page, &program).unwrap(), page);
}

#[test]
fn the_page_says_what_a_function_may_reach() {
    let program = Program::read(&Workspace::locate().unwrap()).unwrap();
    let empty = "# Routes\n<!-- functions -->\n<!-- /functions -->\n";
    let page = page::functions(empty, &program).unwrap();
    for row in [
        "| `healthz` | `/healthz` |  |  | 0 |\n",
        "| `readyz` | `/readyz` | yes | `SIDECAR_URL` | 1 |\n",
    ] {
        assert!(page.contains(row), "{page}");
    }
    assert_eq!(page::functions(&page, &program).unwrap(), page);
    assert!(page::functions("# Routes\n", &program).is_err());
}

#[test]
fn the_chart_and_the_pages_are_what_the_program_says() {
    let workspace = Workspace::locate().unwrap();
    for (file, text) in made(&workspace).unwrap() {
        let written = fs::read_to_string(workspace.path(&file)).unwrap();
        assert!(written == text, "{file} is stale; run: cargo xtask chart");
    }
}
