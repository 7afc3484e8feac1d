//! How the component is reached.

use std::pin::Pin;

use http::{Request, Response};
use hyper::body::Bytes;

/// What [`Component::ask`] gives: the component's answer, or why there is none.
pub type Answered<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, String>> + Send + 'a>>;

/// The way to the component: over HTTP, or in the same process.
pub trait Component: Send + Sync + 'static {
    /// Brings `request`, whose URI is a path, to the component. The caller sets the time limit, and
    /// drops the future when it is over. Among the extensions of `request` is the [`traces::Trace`] in
    /// which it is asked.
    fn ask(&self, request: Request<Bytes>) -> Answered<'_>;
}
