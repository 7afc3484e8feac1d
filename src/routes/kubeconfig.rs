//! `/kubeconfig`: `GET` is a form. `POST` gives a kubeconfig with its own credential.

use http::{Method, StatusCode};
use kubernetes_host::KubernetesHost;
use serde_json::json;

use crate::addresses::KUBECONFIG;
use crate::call::Call;
use crate::gate::{Gate, SessionSettings, sign_in_first};
use crate::kubernetes::{Kubeconfig, cluster_name, context_name};
use crate::log::Event;
use crate::pages::{self, Offer, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, Parameters, Request};
use crate::respond::{self, Response};
use crate::session::credential::{self, CredentialRecord, CredentialRefused, Issue};
use crate::session::{self, Live};
use crate::settings::{KubeconfigSettings, Reader, Site, kubernetes_host};
use crate::store::Records;
use crate::terms::{Origin, ReturnPath};

/// The name of a credential to which its owner gives none.
pub(super) const UNNAMED: &str = "kubeconfig";
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

struct Settings {
    site: Site,
    public_url: Origin,
    /// The host that is the API server's alone.
    own_host: Option<KubernetesHost>,
    sessions: SessionSettings,
    kubeconfig: KubeconfigSettings,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let site = Site::read(reader);
        let public_url = Site::read_public_url(site.as_ref(), reader);
        let own_host = kubernetes_host(site.as_ref(), reader);
        let sessions = SessionSettings::read(reader);
        let kubeconfig = KubeconfigSettings::read(sessions.as_ref().map(|s| &s.lifetimes), reader);
        Some(Self {
            site: site?,
            public_url: public_url?,
            own_host,
            sessions: sessions?,
            kubeconfig: kubeconfig?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let posts = call.request.method == Method::POST;
    if posts {
        call.request.must_be_from(&settings.site.origin)?;
    }
    let gate = Gate::new(call, &settings.sessions);
    let Some(session) = gate.session().await? else {
        return nobody(call.request);
    };
    if !posts {
        return show(call, &settings, &gate.records, &session).await;
    }
    let name = name(&call.form().await?)?;
    let lifetime = settings.kubeconfig.lifetime;
    let issued = credential::issue(&gate.records, &session, name, lifetime).await?;
    session::sweep_beside(call, &gate.records).await;
    match issued {
        Issue::Credential(credential) => Ok(download(call, &settings, &credential)),
        Issue::TooMany | Issue::ListFull => Err(CredentialRefused::TooMany.into()),
        Issue::Ended => nobody(call.request),
    }
}

/// The sign-in leads to the form, whatever was posted.
fn nobody(request: &Request) -> Result<Response, Failure> {
    let back = ReturnPath::parse(KUBECONFIG).unwrap_or_else(|_| ReturnPath::whoami());
    sign_in_first(request, StatusCode::SEE_OTHER, &back)
}

/// The form, and the existing credentials.
async fn show<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    records: &Records<'_, P>,
    session: &Live,
) -> Result<Response, Failure> {
    if call.request.wants_html() {
        let grant = session.record.grant.name();
        let credentials = credential::listed(records, &grant).await?;
        let cluster = cluster_name(&settings.kubeconfig, &settings.public_url);
        let user = &session.record.user;
        let (named, public_url) = (&settings.kubeconfig, &settings.public_url);
        let context = context_name(named, public_url, user.display_name(), UNNAMED);
        let offer = Offer {
            cluster: &cluster,
            file: &file_name(&context),
        };
        return Ok(pages::kubeconfig(
            &View::of(call)?,
            user,
            &offer,
            &credentials,
        ));
    }
    let detail = "POST to this address, with a name for it in the form field `name`, for a kubeconfig; \
                  /kubeconfig/credentials lists those that are in force";
    Ok(respond::json(200, &json!({ "detail": detail })))
}

/// What its owner calls the credential.
fn name(form: &Parameters) -> Result<String, BadRequest> {
    let name = form.one("name")?.unwrap_or_default().trim().to_owned();
    let ends_line =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    let fits = name.chars().count() <= LONGEST_NAME && !name.chars().any(ends_line);
    match name.as_str() {
        "" => Ok(UNNAMED.to_owned()),
        _ if fits => Ok(name),
        _ => Err(BadRequest::Parameter(
            "name",
            "must be a line of at most 60 characters",
        )),
    }
}

fn download<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    credential: &Live<CredentialRecord>,
) -> Response {
    let record = &credential.record;
    Event {
        outcome: "ok",
        detail: Some(&record.name),
        ..credential.about(call.event("kubeconfig"))
    }
    .log(call.platform);
    let kubeconfig = Kubeconfig {
        settings: &settings.kubeconfig,
        public_url: &settings.public_url,
        own_host: settings.own_host.as_ref(),
        user: record.user.display_name(),
        name: &record.name,
        bearer: &credential.handle.write(&settings.sessions.keyring),
        end: record.end,
    };
    let file = file_name(&kubeconfig.context());
    respond::download("application/yaml", &file, kubeconfig.write())
}

/// A file's name that no system takes for anything else.
pub(super) fn file_name(context: &str) -> String {
    let is_plain = |character: &char| {
        character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
    };
    let plain = context.chars().map(|character| match is_plain(&character) {
        true => character,
        false => '-',
    });
    let name: String = plain.collect();
    format!("{}.kubeconfig", name.trim_start_matches('.'))
}
