//! Ways in for the fuzz targets (`fuzz/`): what a stranger's bytes reach, and this crate keeps to
//! itself. `cargo fuzz` compiles with `--cfg fuzzing`; nothing else does. No code here decides.

use crate::call::Call;
use crate::kubelogin::Prompt;
use crate::pages;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::rescue;
use crate::respond::Response;
use crate::session::credential::Listed;
use crate::terms::User;

pub use crate::entra::fuzzing as entra;
pub use crate::kubernetes::fuzzing as kubernetes;

/// The answer that tells of `failure`: a page or a problem document.
pub fn problem<P: Platform>(call: &Call<'_, P>, failure: &Failure) -> Response {
    rescue::rescue(call, failure)
}

/// The page with a device code.
pub fn device_code_page(user: &User, prompt: &Prompt) -> Response {
    pages::device_code(user, Some(prompt), 5)
}

/// The page on which a user gets a kubeconfig.
pub fn kubeconfig_page(user: &User, cluster: &str, credentials: &[Listed]) -> Response {
    pages::kubeconfig(user, cluster, credentials)
}
