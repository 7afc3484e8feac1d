//! The runtime `spin`: a real Spin in place of SpinKube's shim, with sidecar and tunnel in its pod.

use e2e::Charted;

use super::definitions::RUNTIME_CLASS;

#[test]
fn the_spin_application_signs_people_in_and_the_program_goes_on_with_their_sessions() {
    if !Charted::has_spin() {
        return;
    }
    // The shim's container is root without capabilities, which `restricted` forbids.
    let Some(charted) = Charted::start("baseline", None) else {
        return;
    };
    charted.kubectl_with(&["create", "--filename=-"], RUNTIME_CLASS);
    let notes = charted.install(&[("runtime", "spin")]);
    assert!(notes.contains("runtime spin"), "{notes}");
    let mut alice = charted.signed_in("alice");
    assert_eq!(alice.get("/whoami").status, 200);
    // The chart's own checks.
    charted.helm(&["test", "oauth-proxy", "--logs", "--timeout=5m"]);
    // Root wrote the volume; the program, as another user, can read it.
    charted.install(&[("runtime", "container")]);
    assert_eq!(charted.browser_like(&alice).get("/whoami").status, 200);
}
