//! What may answer instead of the application.

use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use crate::{App, Body, Client};

/// Sees every request that comes over a connection before the application does.
///
/// Its answer may be `101 Switching Protocols`: [`hyper::upgrade::on`] then gives the connection.
pub trait Intercept: Send + Sync {
    /// Takes `request`, or gives it back. By `app` it can ask a component in process
    /// ([`App::answer`]); a request that is asked so is not seen here.
    fn intercept(&self, app: &Arc<App>, request: Request<Incoming>, client: Client) -> Intercepted;
}

/// What became of a request.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every request is passed, and would have to be boxed"
)]
pub enum Intercepted {
    /// It is for the application.
    Passed(Request<Incoming>),
    /// It is answered so.
    Taken(Pin<Box<dyn Future<Output = Response<Body>> + Send>>),
}
