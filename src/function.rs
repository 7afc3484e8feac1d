//! Which function this is, and what is the same for all of them.

use crate::encoding::base64url;
use crate::errors::{Error, Failure};
use crate::kubelogin::DEVICE_CODE;
use crate::log::Event;
use crate::platform::Platform;
use crate::request::Request;
use crate::respond::{self, Response};
use crate::routes;
use crate::session::{self, Records};
use crate::settings::{Misconfigured, Reader};

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
    /// `GET` and `POST /logout`.
    Logout,
    /// `GET /logout/front-channel`.
    FrontChannel,
    /// Every other path.
    NotFound,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Healthz,
        Self::Home,
        Self::Login,
        Self::Callback,
        Self::Whoami,
        Self::DeviceCode,
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
            Self::Logout => "logout",
            Self::FrontChannel => "front-channel",
            Self::NotFound => "not-found",
        }
    }

    /// The one path that it answers; nothing for the function that answers none.
    pub fn path(self) -> Option<&'static str> {
        match self {
            Self::Healthz => Some("/healthz"),
            Self::Home => Some("/"),
            Self::Login => Some("/login"),
            Self::Callback => Some("/callback"),
            Self::Whoami => Some("/whoami"),
            Self::DeviceCode => Some(DEVICE_CODE),
            Self::Logout => Some("/logout"),
            Self::FrontChannel => Some("/logout/front-channel"),
            Self::NotFound => None,
        }
    }

    /// The methods that it takes, as in `Allow`.
    fn methods(self) -> &'static str {
        match self {
            Self::Healthz | Self::Home => "GET, HEAD",
            Self::DeviceCode => "GET, POST, DELETE",
            Self::Logout => "GET, POST",
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

/// Answers `request` as the function that the variable `function` names.
pub async fn respond<P: Platform>(platform: &P, request: &Request) -> Response {
    let name = platform.variable("function");
    let function = Function::ALL
        .into_iter()
        .find(|function| Some(function.name()) == name.as_deref())
        .unwrap_or(Function::NotFound);
    let mut id = [0; 12];
    platform.fill(&mut id);
    let call = Call {
        platform,
        request,
        id: base64url(&id),
        function,
    };
    match route(&call).await {
        Ok(response) => response,
        Err(failure) => fail(&call, &failure),
    }
}

async fn route<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    if call.function.path() != Some(call.request.path()) {
        return Err(Error::NotFound.into());
    }
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
        Function::NotFound => Err(Error::NotFound.into()),
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
