//! Path and method are checked before anything else happens.

use http::{HeaderMap, Method};

use super::costs::SETTINGS;
use crate::dispatch::{Function, respond};
use crate::platform::double::{World, run};
use crate::request::Request;

/// The status of a request without headers, and whether its body was asked for.
fn ask(function: Function, method: Method, target: &str) -> (u16, bool) {
    let world = World::new();
    let name = function.row().name.to_owned();
    let function = [("function".to_owned(), name)];
    let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    world.variables.borrow_mut().extend(settings);
    world.variables.borrow_mut().extend(function);
    let request = Request {
        method,
        target: target.to_owned(),
        authority: String::new(),
        headers: HeaderMap::new(),
    };
    let status = run(respond(&world, request)).unwrap().status().as_u16();
    (status, world.body_was_read.get())
}

/// Whatever a stranger sends, it is not read: a body that never comes holds no instance.
#[test]
fn no_body_of_a_stranger_is_read() {
    for &function in Function::ALL {
        let row = function.row();
        let path = row.route.replace("...", "x");
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let (_, read) = ask(function, method.clone(), &path);
            assert!(!read, "{method} {}", row.name);
        }
    }
}

#[test]
fn a_wrong_path_or_method_is_answered_at_once() {
    let functions = Function::ALL.iter().copied();
    for function in functions.filter(|function| function.row().methods.is_some()) {
        let row = function.row();
        let elsewhere = format!("{}/x", row.route);
        for (method, path, status) in [
            (Method::POST, elsewhere.as_str(), 404),
            (Method::GET, &elsewhere, 404),
            (Method::PATCH, row.route, 405),
            (Method::OPTIONS, row.route, 405),
        ] {
            let told = ask(function, method.clone(), path);
            assert_eq!(told, (status, false), "{method} {path}");
        }
    }
}
