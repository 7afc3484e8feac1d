//! axe-core, which finds accessibility problems in a page (WCAG 2.2).

use std::{env, fs};

use serde_json::{Value, json};

use crate::RealBrowser;

/// axe-core's script: `cargo xtask test` fetches it.
pub struct Axe(String);

impl Axe {
    /// Reads it; `None` without one.
    pub fn read() -> Option<Self> {
        let Some(file) = env::var_os("E2E_AXE") else {
            eprintln!("the pages are not looked at by axe-core: there is none (E2E_AXE)");
            return None;
        };
        Some(Self(fs::read_to_string(file).unwrap()))
    }

    /// Its findings on the page.
    pub async fn findings(&self, browser: &RealBrowser) -> Value {
        let client = &browser.client;
        client.execute(&self.0, Vec::new()).await.unwrap();
        let tags = json!([
            "wcag2a",
            "wcag2aa",
            "wcag21a",
            "wcag21aa",
            "wcag22aa",
            "best-practice"
        ]);
        client.execute_async(RUN, vec![tags]).await.unwrap()
    }
}

const RUN: &str = "
    const [tags, done] = arguments;
    const told = (violation) => violation.id + ': ' + violation.nodes.map((node) => node.html).join(' ');
    axe.run(document, { runOnly: tags }).then(
        (results) => done(results.violations.map(told)),
        (error) => done([String(error)]),
    );
";
