//! Compares what `spin.toml` grants with the table.

use std::collections::BTreeSet;

use crate::dispatch::{Function, respond};
use crate::platform::double::{World, run};
use crate::request::Request;

fn manifest() -> toml::Table {
    include_str!("../../../spin.toml").parse().unwrap()
}

/// A world that has exactly what `spin.toml` grants to `function`, without any value.
fn granted(function: Function) -> World {
    let manifest = manifest();
    let component = &manifest["component"][function.row().name];
    let world = World::new();
    for (name, template) in component["variables"].as_table().unwrap() {
        let template = template.as_str().unwrap();
        assert!(
            name == "function" || template == format!("{{{{ {name} }}}}"),
            "{template}"
        );
        let value = if name == "function" { template } else { "" };
        world
            .variables
            .borrow_mut()
            .insert(name.clone(), value.to_owned());
    }
    world
}

/// Each function reads all variables that it is granted, and no others.
#[test]
fn each_function_is_granted_the_variables_that_it_reads() {
    for &function in Function::ALL {
        let world = granted(function);
        let mut request = Request {
            method: http::Method::GET,
            target: function.row().route.replace("...", ""),
            authority: String::new(),
            headers: http::HeaderMap::new(),
        };
        if world.variables.borrow().contains_key("app_name") {
            // It reads the settings of pages only for somebody who wants a page.
            request
                .headers
                .insert("accept", "text/html".parse().unwrap());
        }
        if function == Function::Language {
            request.method = http::Method::POST;
        }
        if function == Function::Tunnel {
            // A request that is not the tunnel's gets no further than its token.
            let token = "0123456789abcdef0123456789abcdef";
            world
                .variables
                .borrow_mut()
                .insert("tunnel_token".to_owned(), token.to_owned());
            *world.body.borrow_mut() = Some(br#"{"look":{"ticket":"x"}}"#.to_vec());
            let bearer = format!("Bearer {token}").parse().unwrap();
            request.headers.insert("authorization", bearer);
            request.method = http::Method::POST;
        }
        run(respond(&world, request));
        if function == Function::Tunnel {
            // Settings of apps are read for requests to apps alone.
            ask_about_an_app(&world);
        }
        let granted: BTreeSet<String> = world.variables.borrow().keys().cloned().collect();
        assert_eq!(world.read.into_inner(), granted, "{}", function.row().name);
    }
}

/// Asks as a native carrier does whether a request to an app may go on.
fn ask_about_an_app(world: &World) {
    let token = world.variables.borrow()["tunnel_token"].clone();
    let mut headers = http::HeaderMap::new();
    let bearer = format!("Bearer {token}").parse().unwrap();
    headers.insert("authorization", bearer);
    *world.body.borrow_mut() = Some(br#"{"look":{"ticket":"app.x"}}"#.to_vec());
    let request = Request {
        method: http::Method::POST,
        target: "/-/tunnel".to_owned(),
        authority: String::new(),
        headers,
    };
    run(respond(world, request));
}

#[test]
fn a_route_leads_to_its_function_and_only_some_reach_out() {
    let manifest = manifest();
    for trigger in manifest["trigger"]["http"].as_array().unwrap() {
        let component = trigger["component"].as_str().unwrap();
        let function = Function::named(Some(component));
        assert_eq!(function.row().name, component);
        assert_eq!(trigger["route"].as_str().unwrap(), function.row().route);
        let entry = &manifest["component"][component];
        let calls = matches!(
            function,
            Function::Callback
                | Function::Whoami
                | Function::DeviceCode
                | Function::Kubernetes
                | Function::Tunnel
                | Function::SignIns
                | Function::Logout
                | Function::FrontChannel
                | Function::Readyz
                | Function::AppCallback
                | Function::AppSignOut
                | Function::ForwardAuth
                | Function::EnvoyAuth
                | Function::AppUserInfo
                | Function::Apps
        );
        let stores = calls
            || matches!(
                function,
                Function::Home
                    | Function::Login
                    | Function::Kubeconfig
                    | Function::Credentials
                    | Function::AppLogin
                    | Function::AppStart
                    | Function::AppSignIn
                    | Function::AppTicket
                    | Function::Ready
            );
        assert_eq!(
            entry.get("allowed_outbound_hosts").is_some(),
            calls,
            "{component}"
        );
        assert_eq!(
            entry.get("key_value_stores").is_some(),
            stores,
            "{component}"
        );
    }
}

/// The variables that hold origins. A function may reach what they name, and nothing else.
const ORIGINS: [&str; 5] = [
    "authority_host",
    "graph_url",
    "kubelogin_url",
    "kubernetes_api_url",
    "sidecar_url",
];

#[test]
fn a_function_reaches_the_origins_of_its_own_settings_alone() {
    let manifest = manifest();
    for function in Function::ALL {
        let entry = &manifest["component"][function.row().name];
        let Some(hosts) = entry.get("allowed_outbound_hosts") else {
            continue;
        };
        let hosts: BTreeSet<String> = hosts.as_array().unwrap().iter().map(text).collect();
        let read = entry["variables"].as_table().unwrap().keys();
        // Signing out sends the browser to Entra, but asks Entra nothing.
        let by_browser = matches!(
            function,
            Function::Logout | Function::FrontChannel | Function::AppSignOut
        );
        // An app is at neither of them, which is why they are read. What native code carries to apps, the
        // function does not reach itself.
        let is_apps = |name: &str| name.starts_with("upstream_origin");
        let compared = |name: &str| match function {
            Function::Apps => ["kubelogin_url", "kubernetes_api_url"].contains(&name),
            Function::Tunnel => name == "kubelogin_url" || is_apps(name),
            _ => false,
        };
        let is_origin = |name: &str| ORIGINS.contains(&name) || is_apps(name);
        let origins = read
            .filter(|name| is_origin(name))
            .filter(|name| !compared(name))
            .filter(|name| !(by_browser && *name == "authority_host"));
        let expected = origins.map(|name| format!("{{{{ {name} }}}}")).collect();
        assert_eq!(hosts, expected, "{}", function.row().name);
    }
}

fn text(value: &toml::Value) -> String {
    value.as_str().unwrap().to_owned()
}
