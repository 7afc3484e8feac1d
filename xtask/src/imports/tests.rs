#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::fs;
use std::path::Path;

use super::floors::Floors;
use super::graph::Imports;

/// A crate of these files.
fn imports(files: &[(&str, &str)]) -> Imports {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = directory.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    Imports::read(&directory.path().join("lib.rs")).unwrap()
}

fn arrows(imports: &Imports) -> Vec<String> {
    let shown = |file: &Path| file.to_str().unwrap().to_owned();
    let arrows = imports.arrows.keys();
    arrows
        .map(|(from, to)| format!("{} -> {}", shown(from), shown(to)))
        .collect()
}

#[test]
fn an_import_leads_to_the_file_that_defines_the_name() {
    let imports = imports(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::Thing; fn f(_: Thing) {}"),
        ("b/mod.rs", "mod thing; pub use self::thing::Thing;"),
        ("b/thing.rs", "pub struct Thing;"),
    ]);
    assert_eq!(
        arrows(&imports),
        ["a.rs -> b/thing.rs", "b/mod.rs -> b/thing.rs"]
    );
}

#[test]
fn every_way_of_naming_something_counts() {
    for text in [
        "use crate::b::f;",
        "use super::b::{self as other}; fn g() { other::f() }",
        "use crate::b; fn g() { b::f() }",
        "fn g() { crate::b::f() }",
        "fn g() { println!(\"{}\", crate::b::f()) }",
        "mod inner { fn g() { super::super::b::f() } }",
    ] {
        let imports = imports(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", text),
            ("b.rs", "pub fn f() {}"),
        ]);
        assert_eq!(arrows(&imports), ["a.rs -> b.rs"], "{text}");
    }
}

#[test]
fn what_is_no_file_of_this_crate_and_what_is_a_test_do_not_count() {
    for text in [
        "use b::f; mod c { pub fn b() {} }",
        "use crate::b;",
        "#[cfg(test)] use crate::b::f;",
        "#[cfg(test)] mod tests { use crate::b::f; }",
        "#[test] fn t() { crate::b::f() }",
        "// use crate::b::f;",
    ] {
        let imports = imports(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", text),
            ("b.rs", "pub fn f() {}"),
        ]);
        assert!(arrows(&imports).is_empty(), "{text}");
    }
}

#[test]
fn a_circle_is_told_with_what_ties_it() {
    let circle = imports(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "use crate::a::A; pub struct C;"),
    ]);
    let told = circle.circles();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("c.rs -> a.rs: crate::a::A"), "{told:?}");
}

const PLAN: &str = "\
<!-- floors -->
| floor | rooms | what |
|---|---|---|
| 2 | `b` | above |
| 1 | `a`, `c` | ground |
<!-- /floors -->";

#[test]
fn one_import_turned_round_is_a_fault() {
    let floors = Floors::parse(PLAN).unwrap();
    let [down, up, beside] = [
        [("a.rs", "pub fn f() {}"), ("b.rs", "use crate::a::f;")],
        [("a.rs", "use crate::b::f;"), ("b.rs", "pub fn f() {}")],
        [("a.rs", "use crate::c::f;"), ("b.rs", "")],
    ]
    .map(|files| {
        let rest = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("c.rs", "pub fn f() {}"),
        ];
        let all: Vec<_> = files.into_iter().chain(rest).collect();
        floors.faults(&imports(&all))
    });
    assert!(down.is_empty(), "{down:?}");
    assert_eq!(
        up,
        ["floor 1 imports from floor 2: a.rs -> b.rs: crate::b::f"]
    );
    assert_eq!(
        beside,
        ["floor 1 imports from floor 1: a.rs -> c.rs: crate::c::f"]
    );
}

#[test]
fn every_room_has_a_floor() {
    let floors = Floors::parse(PLAN).unwrap();
    let faults = floors.faults(&imports(&[
        ("lib.rs", "mod a; mod b; mod d;"),
        ("a.rs", ""),
        ("b.rs", ""),
        ("d.rs", ""),
    ]));
    assert_eq!(
        faults,
        ["`d` is on no floor", "`c` has a floor and is no room"]
    );
}
