//! `GET /`: the first page for people, and for programs the predecessor's health document.

use serde_json::json;

use super::kubeconfig::{UNNAMED, file_name};
use super::oauth2::facts;
use crate::apps;
use crate::call::Call;
use crate::gate::{Gate, SessionSettings};
use crate::kubernetes::{cluster_name, context_name};
use crate::pages::{self, Home, Offer, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::session::{Source, credential, sign_ins};
use crate::settings::{AppOrigins, KubeconfigSettings, Reader, ShownApps, Site, table};
use crate::terms::{Guid, Origin};

struct Settings {
    public_url: Origin,
    sessions: SessionSettings,
    server_id: Guid,
    kubeconfig: KubeconfigSettings,
    origins: AppOrigins,
    apps: ShownApps,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let site = Site::read(reader);
        let public_url = Site::read_public_url(site.as_ref(), reader);
        let sessions = SessionSettings::read(reader);
        let server_id = reader.read(&table::AKS_SERVER_ID);
        let kubeconfig = KubeconfigSettings::read(sessions.as_ref().map(|s| &s.lifetimes), reader);
        let origins = AppOrigins::read(site.as_ref(), reader);
        let apps = ShownApps::read(origins.as_ref(), reader);
        Some(Self {
            origins: origins?,
            apps: apps?,
            public_url: public_url?,
            sessions: sessions?,
            server_id: server_id?,
            kubeconfig: kubeconfig?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    if !call.request.wants_html() {
        let document = json!({ "service": "aks-oauth-proxy", "status": "ok" });
        return Ok(respond::json(200, &document));
    }
    let settings = call.settings(Settings::read)?;
    let view = View::of(call)?;
    let gate = Gate::new(call, &settings.sessions);
    let Some(session) = gate.session().await? else {
        return Ok(pages::welcome(&view));
    };
    let (user, grant) = (&session.record.user, &session.record.grant);
    let Some(tokens) = grant.tokens(&gate.records).await? else {
        return Ok(pages::welcome(&view));
    };
    let credentials = credential::listed(&gate.records, &grant.name()).await?;
    let lifetimes = &settings.sessions.lifetimes;
    let sign_ins = sign_ins::listed(&gate.records, &session, lifetimes.absolute).await?;
    let claims = match settings.origins.return_origins.is_empty() {
        true => None,
        false => grant.claims(&gate.records).await?,
    };
    let facts = claims.as_ref().map(facts);
    let mut apps = apps::shown(&settings.origins, &settings.apps.apps, facts.as_ref());
    apps.retain(|app| settings.apps.denied || app.denied.is_none());
    let cluster = cluster_name(&settings.kubeconfig, &settings.public_url);
    let name = user.display_name();
    let context = context_name(&settings.kubeconfig, &settings.public_url, name, UNNAMED);
    let token = tokens.access_token(&settings.server_id, call.platform.now());
    // Only a new device code renews what kubelogin brought.
    let is_entras = token.is_some_and(|token| token.source == Source::Entra);
    let home = Home {
        user,
        end: session.record.end,
        idle: lifetimes.idle,
        token,
        renews: is_entras && tokens.refresh_token.is_some(),
        offer: Offer {
            cluster: &cluster,
            file: &file_name(&context),
        },
        credentials: &credentials,
        sign_ins: &sign_ins,
        apps: &apps,
    };
    Ok(pages::home(&view, &home))
}
