//! A problem as a client is told of it, in any form (RFC 9457).

use std::borrow::Cow;

use crate::entra_error::EntraError;
use crate::terms::ReturnPath;
use crate::texts::{Language, Sentence};

/// What a client is told about an error.
#[derive(Debug)]
pub struct Problem {
    status: u16,
    sentence: &'static Sentence,
    values: Vec<(&'static str, String)>,
    retry_after: Option<u64>,
    allow: Option<Cow<'static, str>>,
    challenge: Option<String>,
    ways_on: Vec<WayOn>,
    leading_to: Option<ReturnPath>,
    rule: Option<&'static str>,
    entra: Option<EntraError>,
    settings: Option<Vec<String>>,
}

/// What the client can do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WayOn {
    /// A new sign-in.
    SignIn,
    /// A sign-in with another account.
    AnotherAccount,
    /// Asking Entra again for the AKS token.
    AskAgain,
    /// A new device code.
    DeviceCode,
    /// A sign-out, for somebody with the wrong account.
    SignOut,
    /// A new sign-in at the host of an app, where this was asked.
    App,
}

impl Problem {
    /// A problem with this HTTP status and these words.
    pub fn new(status: u16, sentence: &'static Sentence) -> Self {
        Self {
            status,
            sentence,
            values: Vec::new(),
            retry_after: None,
            allow: None,
            challenge: None,
            ways_on: Vec::new(),
            leading_to: None,
            rule: None,
            entra: None,
            settings: None,
        }
    }

    /// With a value for the placeholder `{name}` of the sentence.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// With the number of seconds after which the client may try again.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// With the allowed methods, as in `Allow`.
    pub fn allow(mut self, methods: impl Into<Cow<'static, str>>) -> Self {
        self.allow = Some(methods.into());
        self
    }

    /// With how the client can prove who it is, as in `WWW-Authenticate` (RFC 9110, section 11.6.1).
    pub fn challenge(mut self, challenge: impl Into<String>) -> Self {
        self.challenge = Some(challenge.into());
        self
    }

    /// With a way on.
    pub fn way_on(mut self, way: WayOn) -> Self {
        self.ways_on.push(way);
        self
    }

    /// With where the ways on lead in the end, if the address of the request does not say it.
    pub fn leading_to(mut self, path: Option<ReturnPath>) -> Self {
        self.leading_to = path;
        self
    }

    /// With the setting that causes the problem.
    pub fn rule(mut self, setting: &'static str) -> Self {
        self.rule = Some(setting);
        self
    }

    /// With what Entra said, except the claims challenge, which is between Entra and us.
    pub fn entra(mut self, error: &EntraError) -> Self {
        self.entra = Some(error.without_claims());
        self
    }

    /// With everything that is wrong with the settings.
    pub fn settings(mut self, lines: Vec<String>) -> Self {
        self.settings = Some(lines);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The kind of problem: the last part of its `type`.
    pub fn kind(&self) -> &'static str {
        self.sentence.kind
    }

    /// What happened, in a few words, as programs are told.
    pub fn title(&self) -> &'static str {
        self.sentence.title
    }

    /// What happened, in a few words, as people are told who read `language`.
    pub fn title_in(&self, language: Language) -> &'static str {
        self.sentence.title_in(language)
    }

    /// What happened and what to do, in one or two sentences, as programs are told.
    pub fn detail(&self) -> String {
        self.detail_in(Language::English)
    }

    /// What happened and what to do, as people are told who read `language`.
    pub fn detail_in(&self, language: Language) -> String {
        self.sentence.detail_in(language, &self.values)
    }

    /// After how many seconds the client may try again.
    pub fn wait(&self) -> Option<u64> {
        self.retry_after
    }

    /// The allowed methods.
    pub fn allowed(&self) -> Option<&str> {
        self.allow.as_deref()
    }

    /// How the client can prove who it is.
    pub fn challenged(&self) -> Option<&str> {
        self.challenge.as_deref()
    }

    /// The ways on, the likeliest one first.
    pub fn ways_on(&self) -> &[WayOn] {
        &self.ways_on
    }

    /// Where the ways on lead in the end, if that is known.
    pub fn leads_to(&self) -> Option<&ReturnPath> {
        self.leading_to.as_ref()
    }

    /// The setting that causes the problem.
    pub fn ruled_by(&self) -> Option<&'static str> {
        self.rule
    }

    /// What Entra said.
    pub fn said_by_entra(&self) -> Option<&EntraError> {
        self.entra.as_ref()
    }

    /// Everything that is wrong with the settings.
    pub fn wrong_settings(&self) -> Option<&[String]> {
        self.settings.as_deref()
    }
}
