//! `GET /assets`: the style sheet and the script of the pages, and the logo.

use crate::call::Call;
use crate::pages;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::Response;
use crate::settings::Branding;

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let branding = call.settings(Branding::read)?;
    let query = call.request.query();
    let (file, digest) = (query.one("file")?, query.one("v")?);
    let (file, digest) = (file.unwrap_or_default(), digest.unwrap_or_default());
    let asset = pages::asset(file, digest, &branding);
    Ok(asset.ok_or(BadRequest::NotFound)?)
}
