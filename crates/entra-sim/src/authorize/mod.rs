//! `/authorize`: who is it, do they consent, and back with a code (RFC 6749, section 4.1).

mod pages;

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::fault::fault;
use crate::keys::{guid, random};
use crate::parameters::Parameters;
use crate::scopes::Scopes;
use crate::state::users::{self, Consent, User};
use crate::state::{At, Code, SignOn, Sim, now};

/// Holds the user and the session: `alice.GUID`.
const SIGN_ON: &str = "entra_sim_sign_on";

/// An authorization request by GET: nothing has been decided yet.
pub(crate) async fn get(
    State(sim): State<Arc<Sim>>,
    Path(tenant): Path<String>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    sim.count("authorize");
    if let Some(response) = fault(&sim, At::Authorize).await {
        return response;
    }
    let request = AuthorizationRequest {
        sim: &sim,
        query: Parameters::parse(&query.unwrap_or_default()),
    };
    request.respond(&tenant, &uri.to_string(), &headers, &Parameters::default())
}

/// The same request with what somebody chose on a page.
pub(crate) async fn post(
    State(sim): State<Arc<Sim>>,
    Path(tenant): Path<String>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: String,
) -> Response {
    let request = AuthorizationRequest {
        sim: &sim,
        query: Parameters::parse(&query.unwrap_or_default()),
    };
    request.respond(
        &tenant,
        &uri.to_string(),
        &headers,
        &Parameters::parse(&form),
    )
}

/// A `Set-Cookie` that ends the single sign-on.
pub(crate) fn clear_sign_on() -> &'static str {
    "entra_sim_sign_on=; Path=/; Max-Age=0"
}

struct AuthorizationRequest<'a> {
    sim: &'a Arc<Sim>,
    query: Parameters,
}

impl AuthorizationRequest<'_> {
    fn respond(
        &self,
        tenant: &str,
        here: &str,
        headers: &HeaderMap,
        form: &Parameters,
    ) -> Response {
        if let Some(page) = self.refuse_on_page(tenant) {
            return page;
        }
        if let Some((error, description)) = self.wrong_parameter() {
            return self.back_with_error(error, description);
        }
        let silent = self.query.get("prompt") == Some("none");
        let Some(user) = self.user(headers, form) else {
            return if silent {
                self.back_with_error(
                    "login_required",
                    "AADSTS50058: A silent sign-in request was sent but no user is signed in.",
                )
            } else {
                pages::accounts(here)
            };
        };
        let before = signed_on(headers).filter(|before| before.user.id == user.id);
        let Ok(sid) = before.map_or_else(guid, |before| Ok(before.sid)) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = self.with_user(
            &SignOn {
                user,
                sid: sid.clone(),
            },
            here,
            form,
            silent,
        );
        let cookie = format!(
            "{SIGN_ON}={}.{sid}; Path=/; HttpOnly; SameSite=Lax",
            user.id
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// What Entra never redirects for: nobody knows whether the address is the application's.
    fn refuse_on_page(&self, tenant: &str) -> Option<Response> {
        let (client, uri) = (
            self.query.text("client_id"),
            self.query.text("redirect_uri"),
        );
        let text = if tenant != self.sim.options.tenant_id {
            format!("AADSTS90002: Tenant '{tenant}' not found.")
        } else if client != self.sim.options.client_id {
            format!(
                "AADSTS700016: Application with identifier '{client}' was not found in the directory."
            )
        } else if !self.sim.is_registered(uri) {
            format!(
                "AADSTS50011: The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application."
            )
        } else {
            return None;
        };
        Some(pages::refusal(StatusCode::BAD_REQUEST, &text))
    }

    fn wrong_parameter(&self) -> Option<(&'static str, &'static str)> {
        if self.query.text("response_type") != "code" {
            return Some((
                "unsupported_response_type",
                "AADSTS700054: response_type is not enabled for the application.",
            ));
        }
        if !matches!(self.query.get("response_mode"), None | Some("query")) {
            return Some((
                "invalid_request",
                "AADSTS70007: The response_mode is not supported.",
            ));
        }
        if self.query.get("scope").is_none() {
            return Some((
                "invalid_request",
                "AADSTS900144: The request must contain the parameter 'scope'.",
            ));
        }
        if self.query.get("login_hint").is_some()
            && self.query.get("prompt") == Some("select_account")
        {
            return Some((
                "invalid_request",
                "AADSTS90023: login_hint and select_account exclude each other.",
            ));
        }
        None
    }

    /// Whoever was chosen, hinted at, or signed on before.
    fn user(&self, headers: &HeaderMap, form: &Parameters) -> Option<&'static User> {
        let chosen = form.get("user").and_then(users::find);
        let hinted = self.query.get("login_hint").and_then(users::find);
        let signed_on = || match self.query.get("prompt") {
            Some("select_account" | "login") => None,
            _ => signed_on(headers).map(|sign_on| sign_on.user),
        };
        chosen
            .or(self.sim.auto_sign_in)
            .or(hinted)
            .or_else(signed_on)
    }

    fn with_user(&self, sign_on: &SignOn, here: &str, form: &Parameters, silent: bool) -> Response {
        let user = sign_on.user;
        let scopes = Scopes::parse(self.query.text("scope"));
        let wanting = scopes.wants_aks() && !self.sim.data().consents.contains(user.id);
        if !wanting {
            return self.back_with_code(sign_on);
        }
        match (form.get("decision"), user.consent) {
            _ if silent => self.back_with_error("consent_required", "AADSTS65001: The user or administrator has not consented to use the application."),
            (Some("cancel"), _) => self.back_with_error("access_denied", "AADSTS65004: User declined to consent to access the app."),
            (Some("return"), _) => self.back_with_error("access_denied", "AADSTS90094: An administrator of contoso.example has set a policy that prevents you from granting the application the permissions it is requesting."),
            (Some("accept"), Consent::ByUser | Consent::Given) => {
                self.sim.data().consents.insert(user.id);
                self.back_with_code(sign_on)
            }
            (_, Consent::ByAdministrator) => pages::approval_required(here, user),
            _ => pages::consent(here, user),
        }
    }

    fn back_with_code(&self, sign_on: &SignOn) -> Response {
        let Ok(code) = random(48) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let method = self
            .query
            .get("code_challenge_method")
            .unwrap_or("plain")
            .to_owned();
        let issued = Code {
            sign_on: sign_on.clone(),
            redirect_uri: self.query.text("redirect_uri").to_owned(),
            scope: self.query.text("scope").to_owned(),
            nonce: self.query.get("nonce").map(str::to_owned),
            challenge: self
                .query
                .get("code_challenge")
                .map(|value| (method, value.to_owned())),
            issued_at: now(),
            redeemed: false,
        };
        self.sim.data().codes.insert(code.clone(), issued);
        for secret in [&code, self.query.text("state"), self.query.text("nonce")] {
            self.sim.remember(secret);
        }
        self.back(&[("code", &code)])
    }

    fn back_with_error(&self, error: &str, description: &str) -> Response {
        self.back(&[("error", error), ("error_description", description)])
    }

    fn back(&self, answer: &[(&str, &str)]) -> Response {
        let Ok(mut address) = url::Url::parse(self.query.text("redirect_uri")) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        address.query_pairs_mut().extend_pairs(answer);
        if let Some(state) = self.query.get("state") {
            address.query_pairs_mut().append_pair("state", state);
        }
        (
            StatusCode::FOUND,
            [(header::LOCATION, String::from(address))],
        )
            .into_response()
    }
}

/// Who has signed on in this browser.
pub(crate) fn signed_on(headers: &HeaderMap) -> Option<SignOn> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == SIGN_ON)?;
    let (user, sid) = value.split_once('.')?;
    Some(SignOn {
        user: users::find(user)?,
        sid: sid.to_owned(),
    })
}
