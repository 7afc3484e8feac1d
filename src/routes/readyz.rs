//! `GET /readyz` tells probes whether requests may come: whether the store and the sidecar are there.
//!
//! Entra is not asked. Whatever is away there is away for all replicas, and sessions go on without it: no
//! pod is the worse for it, and without pods there would be nobody to say what is wrong.

use std::time::Duration;

use http::Request;
use probes::{READYZ, Report};

use crate::call::Call;
use crate::log::Event;
use crate::outbound::{Away, Dependency, Outbound};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::settings::table::SIDECAR_URL;
use crate::terms::Origin;

/// How long the sidecar may take. A kubelet waits a second, unless it is told otherwise.
const PATIENCE: Duration = Duration::from_millis(800);

/// The key that is looked for in the store. Nothing is there.
const NOTHING: &str = "readyz";

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let sidecar = call.settings(|reader| reader.read(&SIDECAR_URL))?;
    let store = call.platform.exists(NOTHING).await;
    let store = store.map_err(|error| Away::new(Dependency::Store, error.to_string()));
    let sidecar = ask(call, &sidecar).await;
    let report = Report::ready()
        .check("store", store.is_ok())
        .check("sidecar", sidecar.is_ok());
    for away in [store.err(), sidecar.err()].into_iter().flatten() {
        Event {
            outcome: "away",
            detail: Some(&away.detail()),
            ..call.event("readiness")
        }
        .log(call.platform);
    }
    let query = call.request.target.split_once('?').map(|(_, query)| query);
    Ok(respond::report(&report, query))
}

/// Asks the sidecar, which knows whether it has the tokens that it hands out. An older one does not have
/// this address: any answer of its own says that it is there.
async fn ask<P: Platform>(call: &Call<'_, P>, sidecar: &Origin) -> Result<(), Away> {
    let away = |reason: String| Away::new(Dependency::Sidecar, reason);
    let request = Request::get(sidecar.join(READYZ)).body(Vec::new());
    let request = request.map_err(|error| away(error.to_string()))?;
    let outbound = Outbound::within(call.platform, PATIENCE);
    let answer = outbound.ask_once(Dependency::Sidecar, request).await?;
    match answer.status().is_server_error() {
        true => Err(away(format!("answered {}", answer.status()))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, Method, Response as HttpResponse};

    use crate::dispatch;
    use crate::platform::HttpError;
    use crate::platform::double::{World, run};
    use crate::request::Request;

    /// A component whose sidecar answers with this status, if it answers.
    fn world(sidecar: Option<u16>) -> World {
        let world = World::new();
        for (name, value) in [
            ("function", "readyz"),
            ("sidecar_url", "http://127.0.0.1:8081"),
        ] {
            let mut variables = world.variables.borrow_mut();
            variables.insert(name.to_owned(), value.to_owned());
        }
        world.answers(move |request| {
            assert_eq!(request.uri(), "http://127.0.0.1:8081/readyz");
            let status = sidecar.ok_or_else(|| HttpError::Unreachable("gone".to_owned()))?;
            Ok(HttpResponse::builder()
                .status(status)
                .body(Vec::new())
                .unwrap())
        });
        world
    }

    fn ask(world: &World, target: &str) -> (u16, String) {
        let request = Request {
            method: Method::GET,
            target: target.to_owned(),
            authority: String::new(),
            headers: HeaderMap::new(),
        };
        let answer = run(dispatch::respond(world, request)).unwrap();
        let text = String::from_utf8(answer.body().clone()).unwrap();
        (answer.status().as_u16(), text)
    }

    #[test]
    fn with_store_and_sidecar_it_is_ready() {
        // Without the address it is an older sidecar.
        for status in [200, 404] {
            let world = world(Some(status));
            assert_eq!(ask(&world, "/readyz"), (200, "ok".to_owned()));
            let (_, text) = ask(&world, "/readyz?verbose");
            assert!(text.contains("[+]store ok\n[+]sidecar ok\n"), "{text}");
            assert!(world.lines.borrow().is_empty());
            assert_eq!(world.writes.get(), 0);
        }
    }

    #[test]
    fn what_is_away_is_named_and_the_log_says_why() {
        for (sidecar, is_down, names, why) in [
            (None, false, "[-]sidecar failed", "gone"),
            (Some(503), false, "[-]sidecar failed", "503"),
            (Some(200), true, "[-]store failed", "down"),
        ] {
            let world = world(sidecar);
            world.store_is_down.set(is_down);
            let (status, text) = ask(&world, "/readyz");
            assert_eq!(status, 503);
            assert!(text.contains(names) && !text.contains(why), "{text}");
            let lines = world.lines.borrow();
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines.iter().all(|line| line.contains(why)), "{lines:?}");
        }
    }
}
