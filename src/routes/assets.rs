//! `GET /assets`: the style sheet and the script of the pages, the logo, and the icons of apps.

use crate::call::Call;
use crate::pages;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::Response;
use crate::settings::{Branding, Icons, Reader};

fn settings(reader: &mut Reader<'_>) -> Option<(Branding, Icons)> {
    let branding = Branding::read(reader);
    let icons = Icons::read(reader);
    Some((branding?, icons?))
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let (branding, icons) = call.settings(settings)?;
    let query = call.request.query();
    let (file, digest) = (query.one("file")?, query.one("v")?);
    let (file, digest) = (file.unwrap_or_default(), digest.unwrap_or_default());
    let asset = pages::asset(file, digest, &branding, &icons);
    Ok(asset.ok_or(BadRequest::NotFound)?)
}
