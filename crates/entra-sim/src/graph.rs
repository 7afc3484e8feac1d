//! Microsoft Graph, as far as it says in which groups somebody is.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::fault;
use crate::jwt::Untrusted;
use crate::merge::merge;
use crate::origin::Origin;
use crate::scopes::GROUP_NAMES;
use crate::state::users::{USERS, User};
use crate::state::{At, Sim, now};

/// Where it is.
pub(crate) const MEMBER_OF: &str = "/v1.0/me/transitiveMemberOf";
/// The same for groups alone.
pub(crate) const GROUPS: &str = "/v1.0/me/transitiveMemberOf/microsoft.graph.group";
/// The most that a page may hold.
const LONGEST_PAGE: usize = 999;

#[derive(Deserialize)]
pub(crate) struct Paging {
    #[serde(rename = "$top", default = "page")]
    top: usize,
    #[serde(rename = "$skiptoken", default)]
    skip: usize,
    #[serde(rename = "$select", default)]
    select: String,
    #[serde(rename = "$count", default)]
    count: bool,
}

/// `GET /v1.0/me/transitiveMemberOf`: the groups of the token's user, page by page. Of what the token does not
/// let it read Graph tells no more than the id.
pub(crate) async fn member_of(
    State(sim): State<Arc<Sim>>,
    Extension(Origin(origin)): Extension<Origin>,
    headers: HeaderMap,
    uri: Uri,
    Query(paging): Query<Paging>,
) -> Response {
    sim.count("graph");
    if let Some(response) = fault(&sim, At::Graph).await {
        return response;
    }
    let Some(Bearer { user, reads_names }) = bearer(&sim, &headers) else {
        return error(401, "InvalidAuthenticationToken");
    };
    if !(1..=LONGEST_PAGE).contains(&paging.top) {
        return error(400, "Request_UnsupportedQuery");
    }
    // A cast to groups is an advanced query.
    let is_cast = uri.path() != MEMBER_OF;
    if is_cast && (!paging.count || headers.get("consistencylevel").is_none()) {
        return error(400, "Request_UnsupportedQuery");
    }
    let groups = sim.groups(user);
    let page: Vec<Value> = groups
        .iter()
        .skip(paging.skip)
        .take(paging.top)
        .map(|id| group(id, &paging.select, reads_names))
        .collect();
    let mut answer = json!({
        "@odata.context": format!("{origin}/v1.0/$metadata#directoryObjects(id)"),
        "value": page,
    });
    let (top, next) = (paging.top, paging.skip.saturating_add(paging.top));
    if next < groups.len() {
        let (path, select, count) = (uri.path(), &paging.select, paging.count);
        let link =
            format!("{origin}{path}?$select={select}&$count={count}&$top={top}&$skiptoken={next}");
        merge(&mut answer, &json!({ "@odata.nextLink": link }));
    }
    Json(answer).into_response()
}

fn group(id: &str, select: &str, reads_names: bool) -> Value {
    let mut group = json!({ "@odata.type": "#microsoft.graph.group", "id": id });
    if select.split(',').any(|field| field == "displayName") {
        let number = id.rsplit('-').next().unwrap_or(id).trim_start_matches('0');
        let name = reads_names.then(|| format!("Group {number}"));
        merge(&mut group, &json!({ "displayName": name }));
    }
    group
}

/// What a token is good for.
struct Bearer {
    user: &'static User,
    reads_names: bool,
}

/// The user of a token that is for Graph, of this tenant, and not over.
fn bearer(sim: &Sim, headers: &HeaderMap) -> Option<Bearer> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = Untrusted::parse(header.strip_prefix("Bearer ")?)?;
    let text = |name: &str| token.claims.get(name).and_then(Value::as_str);
    let may = |permission: &str| {
        text("scp").is_some_and(|scp| scp.split(' ').any(|one| one == permission))
    };
    let good = sim
        .data()
        .keys
        .iter()
        .any(|key| token.is_signed_by(&key.public()))
        && text("aud") == Some("https://graph.microsoft.com")
        && token.claims.get("exp").and_then(Value::as_u64) > Some(now())
        && may("User.Read");
    let user = USERS.iter().find(|user| text("oid") == Some(user.oid))?;
    good.then(|| Bearer {
        user,
        reads_names: may(GROUP_NAMES),
    })
}

fn error(status: u16, code: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "error": { "code": code, "message": code } });
    (status, Json(body)).into_response()
}

fn page() -> usize {
    100
}
