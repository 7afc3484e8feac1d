//! The pages that people see. They have nothing from third parties, and a strict policy. Only a
//! page that waits for something has a script.

mod device_code;
mod kubeconfig;
mod layout;
mod problem;
mod sign_in;
mod sign_out;

pub(crate) use self::device_code::device_code;
pub(crate) use self::kubeconfig::kubeconfig;
pub(crate) use self::problem::{ProblemPage, Way, problem};
pub(crate) use self::sign_in::go_on;
pub(crate) use self::sign_out::{
    confirm_app_sign_out, confirm_sign_out, signed_out, signed_out_of_app,
};
