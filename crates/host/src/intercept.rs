//! Interceptors, which may answer instead of the application.

use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use crate::{App, Body, Client};

/// Sees every request on a connection before the application.
///
/// Its answer may be `101 Switching Protocols`: [`hyper::upgrade::on`] then yields the connection.
pub trait Intercept: Send + Sync {
    /// Takes `request`, or gives it back. With `app` it can ask a component in process ([`App::answer`]);
    /// such a request is not intercepted.
    fn intercept(&self, app: &Arc<App>, request: Request<Incoming>, client: Client) -> Intercepted;
}

/// The interceptor's decision on a request.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every request is passed, and would have to be boxed"
)]
pub enum Intercepted {
    /// The application answers it.
    Passed(Request<Incoming>),
    /// The interceptor answers it with this.
    Taken(Pin<Box<dyn Future<Output = Response<Body>> + Send>>),
}
