//! kubelogin takes over where consent for AKS cannot be had. The user enters a device code, and the
//! sidecar's run of kubelogin brings the token.
//!
//! Each grant has at most one run, under a name that only its own records give. A run may bring
//! anybody's token, since anybody can enter a code. So the token is validated in full before it is
//! kept.

mod end;
mod failure;
mod jobs;
mod run;

pub use self::end::end_runs;
pub use self::failure::{DeviceCodeError, Reason, RunFailure};
pub use self::jobs::Prompt;
pub use self::run::{Anew, Answer, Kubelogin};
