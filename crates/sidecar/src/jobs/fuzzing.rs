//! Entry points for the fuzz targets (`fuzz/`) to the parsers of kubelogin's output. Only fuzzing compiles
//! them.

use super::credential;
use super::failure::Failure;
use super::prompt::Prompt;

/// kubelogin's prompt.
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

/// The token in kubelogin's output.
pub fn token(output: &[u8]) -> Option<String> {
    credential::token(output)
}

/// kubelogin's error line, for the log.
pub fn complaint(stderr: &str) -> Option<String> {
    Failure::read(Some(1), stderr).complaint
}
