//! `GET /livez` tells probes that the component runs, as Kubernetes tells it. It reaches nothing.

use probes::Report;

use crate::call::Call;
use crate::problem::Failure;
use crate::respond::{self, Response};

pub(crate) async fn respond<P>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let query = call.request.target.split_once('?').map(|(_, query)| query);
    Ok(respond::report(&Report::alive(), query))
}
