//! The page of an error.

use maud::{Markup, html};

use super::layout::{layout, policy};
use crate::entra_error::EntraError;
use crate::respond::{self, Response};

/// What the page of an error shows.
pub(crate) struct ProblemPage<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// What happened.
    pub(crate) title: &'a str,
    /// What it means and what to do.
    pub(crate) detail: &'a str,
    /// A list of single things, if there are any.
    pub(crate) lines: &'a [String],
    /// The ways on.
    pub(crate) ways: Vec<Way>,
    /// What Entra said.
    pub(crate) entra: Option<&'a EntraError>,
    /// The request's id in the log.
    pub(crate) request_id: &'a str,
}

/// A way on from a page.
pub(crate) struct Way {
    /// What the button says.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) address: String,
    /// Whether it changes something, and so posts.
    pub(crate) posts: bool,
    /// Whether most people choose another one.
    pub(crate) second: bool,
}

/// The page of an error.
pub(crate) fn problem(page: &ProblemPage<'_>) -> Response {
    let content = html! {
        h1 { (page.title) }
        p { (page.detail) }
        @if !page.lines.is_empty() {
            ul { @for line in page.lines { li { (line) } } }
        }
        (ways(&page.ways))
        (facts(page))
    };
    let posts = page.ways.iter().any(|way| way.posts);
    let policy = policy(if posts { "'self'" } else { "'none'" });
    respond::html(page.status, &policy, layout(page.title, content))
}

fn ways(ways: &[Way]) -> Markup {
    html! {
        div.ways {
            @for way in ways {
                @if way.posts {
                    form method="post" action=(way.address) {
                        button type="submit" { (way.label) }
                    }
                } @else {
                    a.button.second[way.second] href=(way.address) { (way.label) }
                }
            }
        }
    }
}

fn facts(page: &ProblemPage<'_>) -> Markup {
    html! {
        dl {
            @if let Some(entra) = page.entra {
                dt { "Error" } dd { (entra) }
                @if let Some(suberror) = &entra.suberror { dt { "Detail" } dd { (suberror) } }
                @if let Some(id) = &entra.correlation_id { dt { "Correlation ID" } dd { (id) } }
                @if let Some(id) = &entra.trace_id { dt { "Trace ID" } dd { (id) } }
            }
            dt { "Request" } dd { (page.request_id) }
        }
    }
}
