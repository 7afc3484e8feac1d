//! Compares the documents with the table of functions.

use crate::dispatch::{Function, markdown};

#[test]
fn the_page_on_security_has_the_table() {
    let page = include_str!("../../../docs/security.md");
    let (_, rest) = page.split_once("<!-- functions -->\n").unwrap();
    let (written, _) = rest.split_once("<!-- /functions -->").unwrap();
    assert_eq!(written.trim(), markdown().trim());
}

/// The tunnel's route is for nobody else, and nobody writes that of apps. The last one is for paths at which there is nothing.
#[test]
fn the_page_on_routes_names_every_route_that_people_use() {
    let page = include_str!("../../../docs/routes.md");
    let (routes, _) = page.split_once("\n## ").unwrap();
    let hidden = [Function::Tunnel, Function::Apps, Function::NotFound];
    for function in Function::ALL
        .iter()
        .filter(|function| !hidden.contains(function))
    {
        let row = function.row();
        let path = row.route.replace("...", "\u{2026}");
        let line = routes.lines().find(|line| {
            line.contains(&format!(" {path}`")) || line.contains(&format!("`{path}`"))
        });
        assert!(line.is_some(), "{path} is not there");
        let all: Vec<&str> = routes
            .lines()
            .filter(|other| other.contains(path.as_str()))
            .collect();
        for method in row
            .methods
            .into_iter()
            .flat_map(|methods| methods.split(", "))
        {
            let named = all.iter().any(|line| line.contains(&format!("`{method}")));
            assert!(named || method == "HEAD", "{path} lacks {method}");
        }
    }
}
