//! One file or folder for each route. Each route is a function of its own in `spin.toml`.

pub(crate) mod app_login;
pub(crate) mod assets;
pub(crate) mod callback;
pub(crate) mod credentials;
pub(crate) mod device_code;
pub(crate) mod front_channel;
pub(crate) mod healthz;
pub(crate) mod home;
pub(crate) mod kubeconfig;
pub(crate) mod language;
pub(crate) mod livez;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod not_found;
pub(crate) mod oauth2;
pub(crate) mod readyz;
pub(crate) mod sign_ins;
mod to_entra;
pub(crate) mod tunnel;
pub(crate) mod whoami;
