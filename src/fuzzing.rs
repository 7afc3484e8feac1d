//! Ways in for the fuzz targets (`fuzz/`): what a stranger's bytes reach, and this crate keeps to
//! itself. `cargo fuzz` compiles with `--cfg fuzzing`; nothing else does. No code here decides.

use crate::call::Call;
use crate::kubelogin::Prompt;
use crate::pages::{self, Offer, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::rescue;
use crate::respond::Response;
use crate::session::credential::Listed;
use crate::settings::Misconfigured;
use crate::terms::User;

pub use crate::entra::fuzzing as entra;
pub use crate::kubernetes::fuzzing as kubernetes;

/// The answer that tells of `failure`: a page or a problem document.
pub fn problem<P: Platform>(call: &Call<'_, P>, failure: &Failure) -> Response {
    rescue::rescue(call, failure)
}

/// The page with a device code.
pub fn device_code_page<P: Platform>(
    call: &Call<'_, P>,
    user: &User,
    prompt: &Prompt,
) -> Result<Response, Misconfigured> {
    Ok(pages::device_code(&View::of(call)?, user, Some(prompt), 5))
}

/// The page on which a user gets a kubeconfig.
pub fn kubeconfig_page<P: Platform>(
    call: &Call<'_, P>,
    user: &User,
    cluster: &str,
    credentials: &[Listed],
) -> Result<Response, Misconfigured> {
    let file = "kubeconfig";
    let offer = Offer { cluster, file };
    Ok(pages::kubeconfig(
        &View::of(call)?,
        user,
        &offer,
        credentials,
    ))
}
