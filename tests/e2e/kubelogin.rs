//! The real kubelogin in the sidecar's jobs, against entra-sim over TLS.

use e2e::{Sidecar, Stack, kubelogin};
use serde_json::{Value, json};

const OWNER: &str = "an-owner-of-43-characters-in-base64url-xxxx";

/// A stack and a sidecar with these settings, if there is a kubelogin.
fn start(settings: &[(&str, &str)]) -> Option<(Stack, Sidecar)> {
    let kubelogin = kubelogin()?;
    let stack = Stack::start();
    let sidecar = Sidecar::start(&stack, &kubelogin, settings);
    Some((stack, sidecar))
}

fn approve(stack: &Stack, job: &Value, user: &str, approve: bool) {
    let said = json!({ "user_code": job["user_code"], "user": user, "approve": approve });
    stack.control("device-login", &said);
}

#[test]
fn carol_enters_the_code_and_there_is_a_token() {
    let Some((stack, sidecar)) = start(&[]) else {
        return;
    };
    let path = sidecar.start_job(OWNER);
    let job = sidecar.once(&path, "pending");
    let uri = job["verification_uri"].as_str().unwrap();
    assert!(
        uri.starts_with("https://localhost:") && uri.ends_with("/devicelogin"),
        "{uri}"
    );
    assert_eq!(job["user_code"].as_str().unwrap().len(), 9);
    assert!(job["message"].as_str().unwrap().contains("To sign in"));
    approve(&stack, &job, "carol", true);
    let job = sidecar.once(&path, "succeeded");
    let token = job["token"].as_str().unwrap();
    assert!(
        stack.secrets().contains(&token.to_owned()),
        "as Entra gave it"
    );
    assert_eq!(
        sidecar.directories(),
        0,
        "what kubelogin had cached is gone"
    );
    let again = sidecar.start_job("another-owner-43-characters-in-base64url-xx");
    sidecar.once(&again, "pending");
    assert_eq!(
        sidecar.ask("GET", &again).json().get("token"),
        None,
        "nobody inherits it"
    );
}

#[test]
fn who_declines_or_is_too_late_or_is_refused_is_told_apart() {
    let Some((stack, sidecar)) = start(&[]) else {
        return;
    };
    let path = sidecar.start_job(OWNER);
    let job = sidecar.once(&path, "pending");
    approve(&stack, &job, "carol", false);
    assert_eq!(sidecar.once(&path, "failed")["reason"], "declined");

    stack.control("device-code", &json!({ "expires_in": 2 }));
    let path = sidecar.start_job(OWNER);
    assert_eq!(sidecar.once(&path, "failed")["reason"], "expired");

    let error = json!({ "error": "unauthorized_client", "error_codes": [700016],
        "error_description": "AADSTS700016: Application was not found." });
    let refused = json!({ "at": "devicecode", "kind": "error", "error": error, "times": 0 });
    stack.control("faults", &refused);
    let path = sidecar.start_job(OWNER);
    let job = sidecar.once(&path, "failed");
    assert_eq!(
        (&job["reason"], &job["codes"]),
        (&json!("refused"), &json!([700016]))
    );
    assert_eq!(sidecar.directories(), 0);
}

#[test]
fn an_entra_that_is_not_trusted_is_not_asked() {
    let Some((stack, sidecar)) = start(&[("SSL_CERT_FILE", "/dev/null")]) else {
        return;
    };
    let job = sidecar.once(&sidecar.start_job(OWNER), "failed");
    assert_eq!(job["reason"], "unreachable");
    assert_eq!(stack.count("devicecode"), 0);
}

#[test]
fn a_job_that_is_ended_leaves_nothing() {
    let Some((_stack, sidecar)) = start(&[]) else {
        return;
    };
    let path = sidecar.start_job(OWNER);
    sidecar.once(&path, "pending");
    assert_eq!(sidecar.ask("DELETE", OWNER).status, 204);
    assert_eq!(sidecar.ask("GET", &path).status, 404);
    while sidecar.directories() > 0 {
        std::thread::yield_now();
    }
}

/// The number of processes whose command line names this sidecar.
fn processes(sidecar: &Sidecar) -> usize {
    let name = sidecar.temporary().display().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let command = processes.map(|process| std::fs::read(process.path().join("cmdline")));
    command
        .flatten()
        .filter(|line| String::from_utf8_lossy(line).contains(&name))
        .count()
}

#[test]
fn a_hundred_jobs_leave_no_process_no_directory_and_no_secret_in_the_log() {
    let Some((stack, sidecar)) = start(&[("KUBELOGIN_MAX_JOBS", "25")]) else {
        return;
    };
    let owner = |number: usize| format!("{number:0>43}");
    let paths: Vec<_> = (0..100).map(|n| sidecar.start_job(&owner(n))).collect();
    for (number, path) in paths.iter().enumerate() {
        let job = sidecar.once(path, "pending");
        match number % 4 {
            0 => approve(&stack, &job, "carol", true),
            1 => approve(&stack, &job, "alice", false),
            _ => assert_eq!(sidecar.ask("DELETE", &owner(number)).status, 204),
        }
    }
    for (number, path) in paths.iter().enumerate() {
        match number % 4 {
            0 => drop(sidecar.once(path, "succeeded")),
            1 => drop(sidecar.once(path, "failed")),
            _ => assert_eq!(sidecar.ask("GET", path).status, 404),
        }
    }
    while sidecar.directories() + processes(&sidecar) > 0 {
        std::thread::yield_now();
    }
    let declined = "\"outcome\":\"declined\"";
    sidecar.process.lines(declined, 25);
    let log = sidecar.process.output();
    assert_eq!(log.matches(declined).count(), 25);
    let secrets = stack.secrets();
    assert!(secrets.len() > 200);
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret}");
    }
}
