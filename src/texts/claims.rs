//! What the claims of Entra's access tokens mean ("Access token claims reference" and "Optional claims
//! reference" of the Microsoft identity platform).

use super::en;
use super::language::Language;

/// What the claim `name` means, for people who read `language`. Nothing if Entra does not document it.
pub fn meaning(name: &str, language: Language) -> Option<&'static str> {
    let (_, english) = en::CLAIMS.iter().find(|(known, _)| *known == name)?;
    Some(language.claim(name).unwrap_or(*english))
}
