//! Ways in for the fuzz targets (`fuzz/`): what kubelogin writes. Nothing else compiles them.

use super::credential;
use super::failure::Failure;
use super::prompt::Prompt;

/// What kubelogin asks the user to do.
pub struct Asked {
    /// The sentence.
    pub message: String,
    /// The code.
    pub user_code: Option<String>,
    /// The address.
    pub verification_uri: Option<String>,
}

/// Reads a line of stderr.
pub fn prompt(line: &str) -> Option<Asked> {
    Prompt::read(line).map(|prompt| Asked {
        message: prompt.message,
        user_code: prompt.user_code,
        verification_uri: prompt.verification_uri,
    })
}

/// The token in what kubelogin prints at its end.
pub fn token(output: &[u8]) -> Option<String> {
    credential::token(output)
}

/// What kubelogin complained of, for the log.
pub fn complaint(stderr: &str) -> Option<String> {
    Failure::read(Some(1), stderr).complaint
}
