//! The page that tells a person of a problem.

use super::way_on;
use crate::pages;
use crate::problem::{Problem, WayOn};
use crate::request::Request;
use crate::respond::Response;

/// The page about `problem`.
pub(super) fn write(problem: &Problem, request: &Request, request_id: &str) -> Response {
    let ways = problem.ways_on().iter().map(|way| pages::Way {
        label: way_on::label(*way),
        address: way_on::address(*way, problem, request),
        posts: *way == WayOn::DeviceCode,
        second: *way == WayOn::SignOut,
    });
    pages::problem(&pages::ProblemPage {
        status: problem.status(),
        title: problem.title(),
        detail: &problem.detail(),
        lines: problem.wrong_settings().unwrap_or_default(),
        ways: ways.collect(),
        entra: problem.said_by_entra(),
        request_id,
    })
}
