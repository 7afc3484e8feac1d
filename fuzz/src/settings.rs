//! Settings of a proxy, as an operator gives them.

use aks_oauth_proxy_component::settings::Reader;

/// The origin of the proxy.
pub const SITE: &str = "https://proxy.example";
/// The tenant.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
/// The client id.
pub const CLIENT: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
/// Every secret of the proxy.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// The origin of the API server.
pub const API_SERVER: &str = "https://api.example:6443";
/// The origin of Entra.
pub const ENTRA: &str = "https://login.example";

/// The value of a variable.
pub fn variable(name: &str) -> Option<String> {
    let value = match name {
        "tenant_id" => TENANT,
        "client_id" => CLIENT,
        "redirect_uri" => "https://proxy.example/callback",
        "session_secret" | "sidecar_token" | "tunnel_token" => SECRET,
        "authority_host" => ENTRA,
        "sidecar_url" => "http://127.0.0.1:8081",
        "kubernetes_api_url" => API_SERVER,
        "kubernetes_token_passthrough" => "true",
        _ => return None,
    };
    Some(value.to_owned())
}

/// A group of settings.
pub fn read<T>(read: impl FnOnce(&mut Reader<'_>) -> Option<T>) -> T {
    with(&[], read)
}

/// A group of settings, with these beside the defaults here.
pub fn with<T>(given: &[(&str, &str)], read: impl FnOnce(&mut Reader<'_>) -> Option<T>) -> T {
    let source = |name: &str| {
        let given = given.iter().find(|(known, _)| *known == name);
        given.map_or_else(|| variable(name), |(_, value)| Some((*value).to_owned()))
    };
    read(&mut Reader::new(&source)).expect("the settings are right")
}
