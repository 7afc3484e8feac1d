//! The page that tells a person of a problem.

use http::Method;

use super::way_on;
use crate::addresses::{self, HOME};
use crate::pages::{self, View};
use crate::problem::{Problem, WayOn};
use crate::request::Request;
use crate::respond::Response;
use crate::texts::en;

/// The page about `problem`, as `view` shows it.
pub(super) fn write(
    view: &View,
    problem: &Problem,
    request: &Request,
    request_id: &str,
) -> Response {
    let ways = problem.ways_on().iter().map(|way| pages::Way {
        label: way_on::label(*way),
        address: way_on::address(*way, problem, request),
        posts: *way == WayOn::DeviceCode,
        second: *way == WayOn::SignOut,
    });
    let mut ways: Vec<pages::Way> = ways.collect();
    if ways.is_empty() {
        ways.push(without_a_way(view, problem, request));
    }
    pages::problem(
        view,
        &pages::ProblemPage {
            status: problem.status(),
            kind: problem.kind(),
            title: problem.title_in(view.language),
            detail: &problem.detail_in(view.language),
            lines: problem.wrong_settings().unwrap_or_default(),
            ways,
            wait: problem.wait(),
            rule: problem.ruled_by(),
            entra: problem.said_by_entra(),
            request_id,
        },
    )
}

/// What is left where nothing else helps: the same again if that may be better later, or the first page.
fn without_a_way(view: &View, problem: &Problem, request: &Request) -> pages::Way {
    let again = problem.wait().is_some() && request.method == Method::GET;
    let (label, address) = match again {
        true => (
            en::WAY_TRY_AGAIN,
            addresses::asked(&request.target).to_owned(),
        ),
        false => (en::WAY_HOME, view.ours(HOME.to_owned())),
    };
    pages::Way {
        label,
        address,
        posts: false,
        second: true,
    }
}
