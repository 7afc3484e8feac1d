//! `GET /whoami`: who is signed in, and the AKS token's metadata and claims. The token is refreshed
//! when it is close to its expiry.

mod groups;
mod respond;
mod settings;
mod shown;

#[cfg(test)]
mod tests;

pub(crate) use self::respond::respond;
