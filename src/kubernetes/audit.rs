//! What the audit line of a request is told here.

use verdict::Audit;

use super::status;
use crate::problem::Tell;
use crate::respond::Response;
use crate::terms::User;

/// Notes whose credential it is.
pub(super) fn by(audit: &mut Audit, user: &User, fingerprint: String, credential: &str) {
    audit.oid = Some(user.oid.clone());
    audit.tid = Some(user.tid.clone());
    audit.upn.clone_from(&user.preferred_username);
    audit.session = Some(fingerprint);
    audit.credential = Some(credential.to_owned());
}

/// Notes why the request was refused. Returns what its client is told.
pub(super) fn refused(audit: &mut Audit, error: &dyn Tell) -> Response {
    let problem = error.problem();
    problem.kind().clone_into(&mut audit.outcome);
    audit.status = Some(problem.status());
    audit.detail = error.note().and_then(|note| note.detail);
    status::write(&problem, &audit.request_id)
}
