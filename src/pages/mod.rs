//! The pages that people see. They have nothing from third parties, and a strict policy. One style
//! sheet and one script serve all of them. Every page works without the script.

mod apps;
mod assets;
mod device_code;
mod groups;
mod home;
mod kubeconfig;
mod layout;
mod problem;
mod shown;
mod sign_in;
mod sign_ins;
mod sign_out;
mod view;
mod whoami;

#[cfg(test)]
mod tests;

pub(crate) use self::apps::{App, DeniedBy};
pub(crate) use self::assets::asset;
pub(crate) use self::device_code::device_code;
pub(crate) use self::home::{Home, home};
pub(crate) use self::kubeconfig::{Offer, credentials, kubeconfig};
pub(crate) use self::problem::{ProblemPage, Way, problem};
pub(crate) use self::sign_in::{go_on, welcome};
pub(crate) use self::sign_ins::sign_ins;
pub(crate) use self::sign_out::{
    confirm_app_sign_out, confirm_sign_out, signed_out, signed_out_of_app,
};
pub(crate) use self::view::View;
pub(crate) use self::whoami::{Whoami, whoami};
