//! The rescue: the only place that turns an error into an answer, and tells the log.
//!
//! A person gets a page that says what happened and what to do. A program gets a problem document
//! (RFC 9457). What Entra refuses is a 400. What is away is a 503 with `Retry-After`. Kubernetes
//! clients get a `Status` with the same sentence, which `kubernetes` writes.

mod answer;
mod document;
mod page;
mod way_on;

pub(crate) use self::answer::rescue;
