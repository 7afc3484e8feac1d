//! What people see: nothing from third parties, a strict policy, and a script only where a page has to
//! wait for something.

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
pub(crate) use self::sign_out::{confirm_sign_out, signed_out};
