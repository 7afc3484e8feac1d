//! The rescue: the one place that makes an answer of an error, and tells the log.
//!
//! A person gets a page that says what happened and what to do; a program gets a problem document
//! (RFC 9457). What Entra refuses is a 400, what is away is a 503 with `Retry-After`. Kubernetes clients
//! get a `Status` with the same sentence; `kubernetes` writes it.

mod answer;
mod document;
mod page;
mod way_on;

pub(crate) use self::answer::rescue;
