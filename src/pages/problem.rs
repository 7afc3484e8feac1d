//! The page of an error: what happened, what one can do now, and what the administrator wants to know.

use maud::{Markup, html};

use super::layout::{Page, copied};
use super::shown::shown;
use super::view::View;
use crate::entra_error::EntraError;
use crate::respond::Response;
use crate::texts::{Text, en};

/// What the page of an error shows.
pub(crate) struct ProblemPage<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The kind of problem, as programs and the log know it.
    pub(crate) kind: &'a str,
    /// What happened.
    pub(crate) title: &'a str,
    /// What it means and what to do.
    pub(crate) detail: &'a str,
    /// A list of single things, if there are any.
    pub(crate) lines: &'a [String],
    /// The ways on.
    pub(crate) ways: Vec<Way>,
    /// After how many seconds a way on may help.
    pub(crate) wait: Option<u64>,
    /// The setting that causes it.
    pub(crate) rule: Option<&'a str>,
    /// What Entra said.
    pub(crate) entra: Option<&'a EntraError>,
    /// The request's id in the log.
    pub(crate) request_id: &'a str,
}

/// A way on from a page.
pub(crate) struct Way {
    /// What the button says.
    pub(crate) label: Text,
    /// Where it leads.
    pub(crate) address: String,
    /// Whether it changes something, and so posts.
    pub(crate) posts: bool,
    /// Whether most people choose another one.
    pub(crate) second: bool,
}

/// The page of an error.
pub(crate) fn problem(view: &View, page: &ProblemPage<'_>) -> Response {
    let content = html! {
        div.card {
            h1 { (page.title) }
            p { (shown_whole(page.detail)) }
            @if !page.lines.is_empty() {
                ul lang="en" { @for line in page.lines { li { (shown_whole(line)) } } }
            }
            (ways(view, &page.ways))
            @if let Some(seconds) = page.wait {
                p.soft.small { (view.fill(&en::WAIT, &[("time", countdown(view, seconds))])) }
            }
        }
        div.card {
            h2 { (view.say(&en::FOR_THE_ADMINISTRATOR)) }
            p.soft { (view.say(&en::REPORT)) }
            (copied(view, "report", &html! { (report(view, page)) }))
        }
    };
    let page = Page {
        status: page.status,
        ..Page::new(page.title, content)
    };
    page.answer(view)
}

/// A sentence of ours, in which values of others stand.
fn shown_whole(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(shown).collect();
    words.join(" ")
}

fn countdown(view: &View, seconds: u64) -> Markup {
    html! { span data-seconds=(seconds) { (view.left(view.now.plus(seconds))) } }
}

fn ways(view: &View, ways: &[Way]) -> Markup {
    html! {
        @if !ways.is_empty() {
            div.ways {
                @for way in ways {
                    @if way.posts {
                        form method="post" action=(way.address) {
                            button.second[way.second] type="submit" { (view.say(&way.label)) }
                        }
                    } @else {
                        a.button.second[way.second] href=(way.address) { (view.say(&way.label)) }
                    }
                }
            }
        }
    }
}

/// What the administrator wants to know, a line each: the same words as in the log and the documents.
fn report(view: &View, page: &ProblemPage<'_>) -> String {
    let mut lines = vec![
        ("time", view.now.rfc3339()),
        ("request_id", page.request_id.to_owned()),
        ("problem", format!("{} ({})", page.kind, page.status)),
    ];
    lines.extend(page.rule.map(|rule| ("rule", rule.to_owned())));
    if let Some(entra) = page.entra {
        lines.push(("entra", entra.to_string()));
        let more = [
            ("suberror", &entra.suberror),
            ("correlation_id", &entra.correlation_id),
            ("trace_id", &entra.trace_id),
            ("timestamp", &entra.timestamp),
        ];
        let given = more
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.clone()?)));
        lines.extend(given);
    }
    let lines: Vec<String> = lines
        .iter()
        .map(|(name, value)| format!("{name}: {}", shown(value)))
        .collect();
    lines.join("\n")
}
