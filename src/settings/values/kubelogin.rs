//! Values of the settings for kubelogin.

/// The clouds that kubelogin knows by name. It takes any other name for the public cloud.
const ENVIRONMENTS: [&str; 6] = [
    "AzurePublicCloud",
    "AzurePublic",
    "AzureCloud",
    "AzureUSGovernmentCloud",
    "AzureUSGovernment",
    "AzureChinaCloud",
];

pub(in crate::settings) fn environment(text: &str) -> Result<String, String> {
    let known = ENVIRONMENTS
        .iter()
        .find(|name| name.eq_ignore_ascii_case(text));
    known
        .map(|name| (*name).to_owned())
        .ok_or_else(|| "is no cloud that kubelogin knows".to_owned())
}

pub(in crate::settings) fn login(text: &str) -> Result<String, String> {
    match text {
        "devicecode" => Ok(text.to_owned()),
        "interactive" => Err("needs a browser on the proxy's machine; use `devicecode`".to_owned()),
        "ropc" => Err("needs the password of each user; use `devicecode`".to_owned()),
        "spn" | "msi" | "workloadidentity" | "azurepipelines" => {
            Err("gives the proxy's own identity, not the user's; use `devicecode`".to_owned())
        }
        "azurecli" | "azd" => {
            Err("gives whoever is signed in on the proxy's machine; use `devicecode`".to_owned())
        }
        _ => Err("is no way to sign in that kubelogin knows; use `devicecode`".to_owned()),
    }
}
