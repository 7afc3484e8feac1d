//! What a page knows of the one who looks at it: their language, the names and colours that the
//! operator chose, and the time.

use http::Method;
use maud::{Markup, html};

use super::shown::shown;
use crate::addresses::{APPS, CALLBACK, HOME, LANGUAGE_COOKIE, OAUTH2, OAUTH2_CALLBACK};
use crate::call::Call;
use crate::platform::{Platform, UnixTime};
use crate::settings::{Branding, Misconfigured, Reader, Site};
use crate::terms::{Origin, ReturnPath};
use crate::texts::{Language, Part, Text, en, parts};

/// What a page knows of the one who looks at it.
pub(crate) struct View {
    /// The language in which the page is written.
    pub(crate) language: Language,
    /// What the operator calls the pages.
    pub(super) branding: Branding,
    /// Now.
    pub(super) now: UnixTime,
    /// Where the page is, if it is there again after another language was chosen.
    pub(super) place: String,
    /// Our own origin, if the page is at the host of an app: there only `/oauth2/` leads to us.
    pub(super) own: Option<Origin>,
}

impl View {
    /// For the sender of the request `call`.
    ///
    /// # Errors
    /// When the settings of the pages are wrong.
    pub(crate) fn of<P: Platform>(call: &Call<'_, P>) -> Result<Self, Misconfigured> {
        Ok(Self::with(call, call.settings(Branding::read)?))
    }

    /// The same where an error is told: wrong settings of the pages are then as if not given.
    pub(crate) fn of_error<P: Platform>(call: &Call<'_, P>) -> Option<Self> {
        let branding = call.settings(Branding::read).ok();
        let branding = branding.or_else(|| Branding::read(&mut Reader::new(&|_| None)));
        branding.map(|branding| Self::with(call, branding))
    }

    fn with<P: Platform>(call: &Call<'_, P>, branding: Branding) -> Self {
        let request = call.request;
        let chosen = request.cookie(LANGUAGE_COOKIE);
        let chosen = chosen.as_deref().and_then(Language::tagged);
        let accepted = || Language::accepted(request.header_values("accept-language"));
        let is_callback = [CALLBACK, OAUTH2_CALLBACK].contains(&request.path());
        let again = request.method == Method::GET && !is_callback;
        let own = elsewhere(call);
        // What stands at an app is nowhere at our own origin, which keeps the choice.
        let again = again && own.is_none();
        let here = ReturnPath::parse(&request.target).ok().filter(|_| again);
        Self {
            language: chosen.or_else(accepted).unwrap_or_default(),
            branding,
            now: call.platform.now(),
            place: here.map_or_else(|| HOME.to_owned(), String::from),
            own,
        }
    }

    /// Where something of ours is, whose address at our own origin is `path`.
    pub(crate) fn ours(&self, path: String) -> String {
        match &self.own {
            Some(own) => own.join(&path),
            None => path,
        }
    }

    /// A text in the reader's language.
    pub(super) fn say(&self, text: &Text) -> &'static str {
        text.to(self.language)
    }

    /// A text in the reader's language, with what is to stand in its places.
    pub(super) fn fill(&self, text: &Text, values: &[(&str, Markup)]) -> Markup {
        let found = |name: &str| values.iter().find(|(known, _)| *known == name);
        html! {
            @for part in parts(self.say(text)) {
                @match part {
                    Part::Words(words) => { (words) }
                    Part::Place(name) => { @if let Some((_, value)) = found(name) { (value) } }
                }
            }
        }
    }

    /// A moment as people read it, to the minute: `2026-11-22 02:39 UTC`.
    pub(super) fn time(&self, moment: UnixTime) -> Markup {
        let text = moment.rfc3339();
        let short = match text.split_once('T') {
            Some((day, time)) => format!("{day} {} UTC", time.get(..5).unwrap_or(time)),
            None => text.clone(),
        };
        html! { time datetime=(text) { (short) } }
    }

    /// How long it is until `moment`, to the minute.
    pub(super) fn left(&self, moment: UnixTime) -> String {
        let minutes = moment.since(self.now).div_ceil(60);
        let (hours, rest) = ((minutes / 60).to_string(), (minutes % 60).to_string());
        if minutes < 60 {
            return en::MINUTES.filled(self.language, &[("minutes", &rest)]);
        }
        en::HOURS.filled(self.language, &[("hours", &hours), ("minutes", &rest)])
    }
}

/// Our own origin, if the request was sent to the host of an app.
fn elsewhere<P: Platform>(call: &Call<'_, P>) -> Option<Origin> {
    let path = call.request.path();
    if !path.starts_with(OAUTH2) && !path.starts_with(APPS) {
        return None;
    }
    let own = call.settings(Site::read).ok()?.origin;
    (own.host() != call.request.authority).then_some(own)
}

/// A name that somebody chose, made to stand out.
pub(super) fn name(text: &str) -> Markup {
    html! { strong { bdi { (shown(text)) } } }
}
