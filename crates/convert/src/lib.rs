//! Reads what another proxy is configured with, and writes the settings of this one.
//!
//! One table for each of them ([`Program`]) says what becomes of each of its flags. The guides in
//! `docs/moving/` show the same table ([`guide()`]), so the document and the converter cannot differ.

mod command_line;
mod config_file;
mod converted;
mod given;
mod guide;
mod how;
mod kube_oidc_proxy;
mod oauth2_proxy;
mod refused;
mod row;

#[cfg(test)]
mod tests;

pub use self::converted::Converted;
use self::given::Given;
pub use self::guide::guide;
pub use self::kube_oidc_proxy::KUBE_OIDC_PROXY;
pub use self::oauth2_proxy::OAUTH2_PROXY;
pub use self::refused::Refused;
pub use self::row::Program;

/// Converts the text of a configuration file of `program`, and a command line, which wins.
///
/// What has no counterpart is a note in the result and no error.
///
/// # Errors
/// When the file cannot be read as the one that `program` has.
pub fn convert(
    program: &'static Program,
    file: Option<&str>,
    arguments: &[String],
) -> Result<Converted, Refused> {
    let mut given = Given::default();
    if let Some(text) = file {
        config_file::read(program, text, &mut given)?;
    }
    command_line::read(program, arguments, &mut given);
    Ok(Converted::of(program, &given))
}
