//! Microsoft Graph, as far as it says in which groups somebody is.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::fault;
use crate::jwt::Untrusted;
use crate::merge::merge;
use crate::origin::Origin;
use crate::state::users::{USERS, User};
use crate::state::{At, Sim, now};

/// The most that a page may hold.
const LONGEST_PAGE: usize = 999;

#[derive(Deserialize)]
pub(crate) struct Paging {
    #[serde(rename = "$top", default = "page")]
    top: usize,
    #[serde(rename = "$skiptoken", default)]
    skip: usize,
}

/// `GET /v1.0/me/transitiveMemberOf`: the groups of the token's user, page by page.
pub(crate) async fn member_of(
    State(sim): State<Arc<Sim>>,
    Extension(Origin(origin)): Extension<Origin>,
    headers: HeaderMap,
    Query(paging): Query<Paging>,
) -> Response {
    sim.count("graph");
    if let Some(response) = fault(&sim, At::Graph).await {
        return response;
    }
    let Some(user) = bearer(&sim, &headers) else {
        return error(401, "InvalidAuthenticationToken");
    };
    if !(1..=LONGEST_PAGE).contains(&paging.top) {
        return error(400, "Request_UnsupportedQuery");
    }
    let groups = sim.groups(user);
    let page: Vec<Value> = groups
        .iter()
        .skip(paging.skip)
        .take(paging.top)
        .map(|id| json!({ "@odata.type": "#microsoft.graph.group", "id": id }))
        .collect();
    let mut answer = json!({
        "@odata.context": format!("{origin}/v1.0/$metadata#directoryObjects(id)"),
        "value": page,
    });
    let (top, next) = (paging.top, paging.skip.saturating_add(paging.top));
    if next < groups.len() {
        let link =
            format!("{origin}/v1.0/me/transitiveMemberOf?$select=id&$top={top}&$skiptoken={next}");
        merge(&mut answer, &json!({ "@odata.nextLink": link }));
    }
    Json(answer).into_response()
}

/// The user of a token that is for Graph, of this tenant, and not over.
fn bearer(sim: &Sim, headers: &HeaderMap) -> Option<&'static User> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = Untrusted::parse(header.strip_prefix("Bearer ")?)?;
    let text = |name: &str| token.claims.get(name).and_then(Value::as_str);
    let good = sim
        .data()
        .keys
        .iter()
        .any(|key| token.is_signed_by(&key.public()))
        && text("aud") == Some("https://graph.microsoft.com")
        && token.claims.get("exp").and_then(Value::as_u64) > Some(now())
        && text("scp")?.split(' ').any(|scope| scope == "User.Read");
    let user = USERS.iter().find(|user| text("oid") == Some(user.oid))?;
    good.then_some(user)
}

fn error(status: u16, code: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "error": { "code": code, "message": code } });
    (status, Json(body)).into_response()
}

fn page() -> usize {
    100
}
