//! Which function this is, and what is the same for all of them.

use http::Method;

use crate::errors::{Error, Failure};
use crate::kubelogin::DEVICE_CODE;
use crate::log::Event;
use crate::platform::Platform;
use crate::request::Request;
use crate::respond::{self, Response};
use crate::session::{self, Records};
use crate::settings::{Misconfigured, Reader};
use crate::terms::encoding::base64url;
use crate::{kubernetes, routes};

/// The longest body of a form, in bytes: a few fields.
const LONGEST_BODY: usize = 16 * 1024;

/// A function of `spin.toml`. All are one `.wasm`; each is told by its variable `function` which one
/// it is, never by a path or header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Function {
    /// `GET /healthz`.
    Healthz,
    /// `GET /`.
    Home,
    /// `GET /login`.
    Login,
    /// `GET /callback`.
    Callback,
    /// `GET /whoami`.
    Whoami,
    /// `GET`, `POST` and `DELETE /kubelogin/device-code`.
    DeviceCode,
    /// `GET` and `POST /kubeconfig`.
    Kubeconfig,
    /// `GET`, `POST` and `DELETE /kubeconfig/credentials`.
    Credentials,
    /// Everything below `/k8s/`.
    Kubernetes,
    /// `POST /-/tunnel`, for the tunnel alone.
    Tunnel,
    /// `GET` and `POST /logout`.
    Logout,
    /// `GET /logout/front-channel`.
    FrontChannel,
    /// Every other path.
    NotFound,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Healthz,
        Self::Home,
        Self::Login,
        Self::Callback,
        Self::Whoami,
        Self::DeviceCode,
        Self::Kubeconfig,
        Self::Credentials,
        Self::Kubernetes,
        Self::Tunnel,
        Self::Logout,
        Self::FrontChannel,
        Self::NotFound,
    ];

    /// The value of the variable `function`, which is the component's name as well.
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthz => "healthz",
            Self::Home => "home",
            Self::Login => "login",
            Self::Callback => "callback",
            Self::Whoami => "whoami",
            Self::DeviceCode => "device-code",
            Self::Kubeconfig => "kubeconfig",
            Self::Credentials => "credentials",
            Self::Kubernetes => "kubernetes",
            Self::Tunnel => "tunnel",
            Self::Logout => "logout",
            Self::FrontChannel => "front-channel",
            Self::NotFound => "not-found",
        }
    }

    /// Its route in `spin.toml`.
    pub fn route(self) -> &'static str {
        match self {
            Self::Kubernetes => "/k8s/...",
            _ => self.path().unwrap_or("/..."),
        }
    }

    /// Whether `path` is one that it answers: Spin's routes take more than is meant.
    fn answers(self, path: &str) -> bool {
        match self {
            Self::Kubernetes => kubernetes::is_below(path),
            _ => self.path() == Some(path),
        }
    }

    /// The one path that it answers; nothing for a function that answers many, or none.
    fn path(self) -> Option<&'static str> {
        match self {
            Self::Healthz => Some("/healthz"),
            Self::Home => Some("/"),
            Self::Login => Some("/login"),
            Self::Callback => Some("/callback"),
            Self::Whoami => Some("/whoami"),
            Self::DeviceCode => Some(DEVICE_CODE),
            Self::Kubeconfig => Some("/kubeconfig"),
            Self::Credentials => Some("/kubeconfig/credentials"),
            Self::Tunnel => Some("/-/tunnel"),
            Self::Logout => Some("/logout"),
            Self::FrontChannel => Some("/logout/front-channel"),
            Self::Kubernetes | Self::NotFound => None,
        }
    }

    /// The methods that it takes, as in `Allow`.
    fn methods(self) -> &'static str {
        match self {
            Self::Healthz | Self::Home => "GET, HEAD",
            Self::DeviceCode | Self::Credentials => "GET, POST, DELETE",
            Self::Logout | Self::Kubeconfig => "GET, POST",
            _ => "GET",
        }
    }
}

/// One request on its way through a function.
pub struct Call<'a, P> {
    /// The world.
    pub platform: &'a P,
    /// What came.
    pub request: &'a Request,
    /// Names the request in log and answer.
    pub id: String,
    /// The function.
    pub function: Function,
}

impl<P: Platform> Call<'_, P> {
    /// An event of this request.
    pub fn event(&self, event: &'static str) -> Event<'_> {
        Event {
            event,
            route: self.function.name(),
            request_id: &self.id,
            ..Event::default()
        }
    }

    /// The settings that the function needs.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn settings<T>(
        &self,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Result<T, Misconfigured> {
        let source = |name: &str| self.platform.variable(name);
        let mut reader = Reader::new(&source);
        let settings = read(&mut reader);
        reader.finish(settings)
    }
}

impl<P: Platform> Call<'_, P> {
    /// Sweeps a little. What fails at it is nobody's concern but the log's.
    pub async fn sweep(&self, records: &Records<'_, P>) {
        match session::sweep(records).await {
            Ok(swept) if swept.entries == 0 => {}
            Ok(swept) => self.log_sweep("ok", &swept.to_string()),
            Err(error) => self.log_sweep("store-unavailable", &error.to_string()),
        }
    }

    fn log_sweep(&self, outcome: &str, detail: &str) {
        Event {
            outcome,
            detail: Some(detail),
            ..self.event("sweep")
        }
        .log(self.platform);
    }
}

/// Answers `request`, whose body is not read yet, as the function that the variable `function` names.
/// Nothing, if the answer has been carried to the client already.
pub async fn respond<P: Platform>(platform: &P, mut request: Request) -> Option<Response> {
    let name = platform.variable("function");
    let function = Function::ALL
        .into_iter()
        .find(|function| Some(function.name()) == name.as_deref())
        .unwrap_or(Function::NotFound);
    let mut id = [0; 12];
    platform.fill(&mut id);
    let answers = function.answers(request.path());
    let carries = answers && function == Function::Kubernetes;
    let reads = !matches!(request.method, Method::GET | Method::HEAD);
    // The tunnel's function reads nothing of somebody who is not the tunnel.
    if reads && !carries && function != Function::Tunnel {
        request.body = platform.body(LONGEST_BODY).await;
    }
    let call = Call {
        platform,
        request: &request,
        id: base64url(&id),
        function,
    };
    if carries {
        return kubernetes::respond(&call).await;
    }
    let answer = match function {
        _ if !answers => Err(Error::NotFound.into()),
        Function::Tunnel => routes::tunnel::respond(&call).await,
        _ => route(&call).await,
    };
    Some(answer.unwrap_or_else(|failure| fail(&call, &failure)))
}

async fn route<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let methods = call.function.methods();
    if !methods
        .split(", ")
        .any(|method| method == call.request.method.as_str())
    {
        return Err(Error::MethodNotAllowed(methods).into());
    }
    if call.request.body.is_none() {
        return Err(Error::BodyTooLarge.into());
    }
    match call.function {
        Function::Healthz => Ok(routes::healthz::respond()),
        Function::Home => Ok(routes::home::respond()),
        Function::Login => routes::login::respond(call).await,
        Function::Callback => routes::callback::respond(call).await,
        Function::Whoami => routes::whoami::respond(call).await,
        Function::DeviceCode => routes::device_code::respond(call).await,
        Function::Logout => routes::logout::respond(call).await,
        Function::FrontChannel => routes::front_channel::respond(call).await,
        Function::Kubeconfig => routes::kubeconfig::respond(call).await,
        Function::Credentials => routes::credentials::respond(call).await,
        Function::Kubernetes | Function::Tunnel | Function::NotFound => Err(Error::NotFound.into()),
    }
}

fn fail<P: Platform>(call: &Call<'_, P>, failure: &Failure) -> Response {
    let problem = failure.error.problem();
    // Somebody without a session, or at an address without anything, is no event.
    if !matches!(
        failure.error,
        Error::NotFound | Error::NoSession | Error::MethodNotAllowed(_)
    ) {
        let event = call.event(if problem.status() < 500 {
            "refusal"
        } else {
            "fault"
        });
        let event = match failure.error.user() {
            Some(user) => event.of(user),
            None => event,
        };
        Event {
            outcome: problem.kind(),
            entra: failure.error.entra(),
            detail: failure.error.log_detail().as_deref(),
            ..event
        }
        .log(call.platform);
    }
    let mut response = problem.respond(call.request, &call.id);
    for cookie in &failure.cookies {
        respond::add_cookie(&mut response, cookie);
    }
    response
}
