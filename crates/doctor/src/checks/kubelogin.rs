//! kubelogin: the program, run as the sidecar runs it, or the service that runs it.

use std::path::Path;
use std::process::Stdio;

use aks_oauth_proxy_component::terms::{Origin, Secret};
use host::Surroundings;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::call::{LIMIT, Target};
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Kubelogin;

/// The release that the proxy's tests run, and the oldest that is known to do.
const TRIED: [u64; 3] = [0, 2, 19];

/// Nobody's job: it has the form of one.
const NO_JOB: &str = "/v1/jobs/doctordoctordoctordoctordoctordoctordoctord/doctor";

/// Runs `kubelogin --version`.
pub(crate) async fn program(program: &Path) -> Row {
    let shown = program.display();
    let mut command = Command::new(program);
    command.arg("--version").env_clear().kill_on_drop(true);
    command.stdin(Stdio::null());
    let output = match timeout(LIMIT, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => {
            return Row::failed(
                NAME,
                format!("{shown} cannot be run: {error}"),
                "correct KUBELOGIN_BINARY, or KUBELOGIN_ENABLED=false if consent for AKS is given",
            );
        }
        Err(_) => {
            return Row::failed(
                NAME,
                format!("{shown} --version does not end"),
                "is this Microsoft's kubelogin? Correct KUBELOGIN_BINARY",
            );
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let is_it = output.status.success() && text.contains("kubelogin");
    if !is_it {
        return Row::failed(
            NAME,
            format!(
                "{shown} --version says nothing of kubelogin ({})",
                output.status
            ),
            "is this Microsoft's kubelogin (https://github.com/Azure/kubelogin)? Correct \
             KUBELOGIN_BINARY",
        );
    }
    let tried = TRIED.map(|number| number.to_string()).join(".");
    match version(&text) {
        Some(found) if found < TRIED => Row::warning(
            NAME,
            format!(
                "{shown} is {}",
                found.map(|number| number.to_string()).join(".")
            ),
            format!(
                "it is older than {tried}, with which this release was tried: take that, or a newer one"
            ),
        ),
        Some(found) => {
            let found = found.map(|number| number.to_string()).join(".");
            Row::ok(NAME, format!("{shown} is {found}"))
        }
        None => Row::ok(NAME, format!("{shown} runs, and does not say its version")),
    }
}

/// Asks the service for a job that it cannot have.
pub(crate) async fn service(
    surroundings: &Surroundings,
    url: &Origin,
    token: &Secret,
    settings: [&'static str; 2],
) -> Row {
    let [address, bearer] = settings;
    let target = Target {
        origin: url,
        setting: address,
        component: "device-code",
    };
    let response = match target.get(surroundings, NO_JOB, Some(token.reveal())).await {
        Ok(response) => response,
        Err(trouble) => return trouble.row(NAME),
    };
    let status = response.status().as_u16();
    let document: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let kind = document
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let seen = format!("{url} answers {status}");
    match (status, kind.rsplit(':').next().unwrap_or_default()) {
        (404, "unknown-job") => Row::ok(NAME, format!("{url} runs it, and takes {bearer}")),
        (404, "no-jobs") => Row::failed(
            NAME,
            format!("{url} does not run kubelogin"),
            "give that sidecar KUBELOGIN_ENABLED=true, or name another one in KUBELOGIN_URL",
        ),
        (401, _) => Row::failed(
            NAME,
            seen,
            format!(
                "{bearer} must be that sidecar's SIDECAR_TOKEN; a changed Secret needs new pods"
            ),
        ),
        _ => Row::failed(
            NAME,
            seen,
            format!("does somebody else listen there? Correct {address}"),
        ),
    }
}

/// `git hash: v0.2.19/…`: the tag of a release; a build by hand has none.
fn version(text: &str) -> Option<[u64; 3]> {
    let (_, rest) = text.split_once("hash: v")?;
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next()?.parse().ok();
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_release_says_its_tag() {
        let text = |version| format!("kubelogin version \ngit hash: {version}\nGo version: go1.26");
        assert_eq!(version(&text("v0.2.19/0123abc")), Some([0, 2, 19]));
        assert_eq!(version(&text("v0.2.19")), Some([0, 2, 19]));
        assert_eq!(version(&text("v0.10.1-dirty")), Some([0, 10, 1]));
        for none in ["unknown", "0123abc", "v1", ""] {
            assert_eq!(version(&text(none)), None, "{none}");
        }
    }
}
