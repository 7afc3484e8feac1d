//! Problem documents (RFC 9457) and the pages that say the same to people.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::entra_error::EntraError;
use crate::kubelogin::DEVICE_CODE;
use crate::pages;
use crate::request::Request;
use crate::respond::{self, Response};
use crate::terms::ReturnPath;

/// What a client is told about an error.
pub struct Problem {
    status: u16,
    kind: &'static str,
    title: &'static str,
    detail: String,
    retry_after: Option<u64>,
    allow: Option<&'static str>,
    ways_on: Vec<WayOn>,
    rule: Option<&'static str>,
    entra: Option<EntraError>,
    list: Option<(&'static str, Vec<String>)>,
}

impl Problem {
    pub(super) fn new(status: u16, kind: &'static str, title: &'static str) -> Self {
        Self {
            status,
            kind,
            title,
            detail: String::new(),
            retry_after: None,
            allow: None,
            ways_on: Vec::new(),
            rule: None,
            entra: None,
            list: None,
        }
    }

    /// What happened and what to do, in one or two sentences.
    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(super) fn allow(mut self, methods: &'static str) -> Self {
        self.allow = Some(methods);
        self
    }

    /// The way on is a new sign-in.
    pub(super) fn login(mut self) -> Self {
        self.ways_on.push(WayOn::SignIn);
        self
    }

    /// The way on is a sign-in with another account.
    pub(super) fn another_account(mut self) -> Self {
        self.ways_on.push(WayOn::AnotherAccount);
        self
    }

    /// The setting by which it is so.
    pub(super) fn rule(mut self, setting: &'static str) -> Self {
        self.rule = Some(setting);
        self
    }

    /// The way on is to ask Entra again for the AKS token.
    pub(super) fn ask_again(mut self) -> Self {
        self.ways_on.push(WayOn::AskAgain);
        self
    }

    /// The way on is a new device code.
    pub(super) fn device_code(mut self) -> Self {
        self.ways_on.push(WayOn::DeviceCode);
        self
    }

    /// The way on, for somebody who is the wrong one here, is out.
    pub(super) fn sign_out(mut self) -> Self {
        self.ways_on.push(WayOn::SignOut);
        self
    }

    pub(super) fn entra(mut self, error: &EntraError) -> Self {
        // The claims challenge is between Entra and us.
        self.entra = Some(error.without_claims());
        self
    }

    pub(super) fn list(mut self, name: &'static str, lines: Vec<String>) -> Self {
        self.list = Some((name, lines));
        self
    }

    /// What kind of problem it is: the last part of its `type`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The answer to `request`: a page for a person, a document for a program.
    pub fn respond(&self, request: &Request, request_id: &str) -> Response {
        let mut response = if request.wants_html() {
            self.page(request, request_id)
        } else {
            self.document(request, request_id)
        };
        self.add_headers(&mut response);
        response
    }

    /// What happened and what to do; if there is nothing to add, what happened.
    pub(super) fn sentence(&self) -> &str {
        match self.detail.as_str() {
            "" => self.title,
            detail => detail,
        }
    }

    /// In how many seconds to try again.
    pub(super) fn wait(&self) -> Option<u64> {
        self.retry_after
    }

    /// The headers of every answer that tells of it.
    pub(super) fn add_headers(&self, response: &mut Response) {
        if let Some(seconds) = self.retry_after {
            respond::set_header(response, "retry-after", &seconds.to_string());
        }
        if let Some(methods) = self.allow {
            respond::set_header(response, "allow", methods);
        }
    }

    fn document(&self, request: &Request, request_id: &str) -> Response {
        let mut extensions = Map::new();
        for way_on in &self.ways_on {
            let address = way_on.address(request);
            extensions.insert(way_on.member().to_owned(), json!(address));
        }
        if let Some(setting) = self.rule {
            extensions.insert("rule".to_owned(), json!(setting));
        }
        if let Some(entra) = &self.entra {
            extensions.insert("entra".to_owned(), json!(entra));
        }
        if let Some((name, lines)) = &self.list {
            extensions.insert((*name).to_owned(), json!(lines));
        }
        let document = Document {
            kind: format!("urn:aks-oauth-proxy:problem:{}", self.kind),
            title: self.title,
            status: self.status,
            detail: &self.detail,
            extensions,
            request_id,
        };
        respond::json_as("application/problem+json", self.status, &document)
    }

    fn page(&self, request: &Request, request_id: &str) -> Response {
        let lines = self.list.as_ref().map_or(&[][..], |(_, lines)| lines);
        let ways = self.ways_on.iter().map(|way_on| pages::Way {
            label: way_on.label(),
            address: way_on.address(request),
            posts: *way_on == WayOn::DeviceCode,
            second: *way_on == WayOn::SignOut,
        });
        pages::problem(&pages::ProblemPage {
            status: self.status,
            title: self.title,
            detail: &self.detail,
            lines,
            ways: ways.collect(),
            entra: self.entra.as_ref(),
            request_id,
        })
    }
}

/// Where the client goes from here.
#[derive(Clone, Copy, Eq, PartialEq)]
enum WayOn {
    SignIn,
    AnotherAccount,
    AskAgain,
    DeviceCode,
    SignOut,
}

impl WayOn {
    fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in",
            Self::AnotherAccount => "Use another account",
            Self::AskAgain => "Ask Microsoft Entra",
            Self::DeviceCode => "Get a device code",
            Self::SignOut => "Sign out",
        }
    }

    /// The extension member that names it: one to be followed, or one to be posted to.
    fn member(self) -> &'static str {
        match self {
            Self::SignIn | Self::AnotherAccount | Self::AskAgain => "login",
            Self::DeviceCode => "device_code",
            Self::SignOut => "logout",
        }
    }

    fn address(self, request: &Request) -> String {
        let back = back(request);
        match self {
            Self::SignIn | Self::AnotherAccount => respond::login_address(&back, false),
            Self::AskAgain => respond::login_address(&back, true),
            Self::DeviceCode => respond::device_code_address(&back),
            Self::SignOut => "/logout".to_owned(),
        }
    }
}

/// Where the user was going.
fn back(request: &Request) -> ReturnPath {
    let wanted = match request.path() {
        "/login" | DEVICE_CODE => request.query().one("rd").ok().flatten().map(str::to_owned),
        "/callback" | "/logout" => None,
        _ => Some(request.target.clone()),
    };
    wanted
        .and_then(|path| ReturnPath::parse(&path).ok())
        .unwrap_or_else(ReturnPath::whoami)
}

/// RFC 9457, section 3, with our extension members.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(flatten)]
    extensions: Map<String, Value>,
    request_id: &'a str,
}
