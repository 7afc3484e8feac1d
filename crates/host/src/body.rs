//! The bodies of answers.

use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Bytes;

/// The error of a body. The client only sees that its answer was cut off.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;
