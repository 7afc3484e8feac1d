//! What is printed once everything is up.

use super::apps::Apps;
use super::kubernetes::Cluster;
use super::listening::Simulator;

/// What to open, and what to curl.
pub(super) fn greeting(
    here: &str,
    simulator: Option<&Simulator>,
    cluster: Option<&Cluster>,
    apps: Option<&Apps>,
    user: Option<&str>,
) -> String {
    let (who, hint) = match (simulator, user) {
        (None, _) => ("the real Entra ID".to_owned(), ""),
        (Some(simulator), None) => (
            format!("a simulated Entra ID at {}", simulator.origin),
            "  (as alice, bob, carol, dave or erin)",
        ),
        (Some(simulator), Some(user)) => (
            format!(
                "a simulated Entra ID at {} that signs in {user} without asking",
                simulator.origin
            ),
            "",
        ),
    };
    let mut lines = vec![
        String::new(),
        format!("  AKS OAuth Proxy is up, with {who}"),
        String::new(),
        format!("    open   {here}/login{hint}"),
    ];
    if user.is_some() {
        let cookies = "-c cookies.txt -b cookies.txt";
        lines.push(format!("    curl   curl -sL {cookies} {here}/login"));
        lines.push(format!("           curl -s {cookies} {here}/whoami"));
    } else {
        lines.push(format!("    curl   curl -i {here}/whoami"));
        if simulator.is_some() {
            lines.push(
                "           (curl can sign in too after: cargo xtask up --auto-sign-in alice)"
                    .into(),
            );
        }
    }
    if let Some(simulator) = simulator {
        lines.push(format!(
            "    codes  {}/devicelogin takes carol's device code; your browser does not know its \
             certificate",
            simulator.tls_origin
        ));
    }
    if let Some(cluster) = cluster {
        lines.extend(cluster.greeting(here));
    }
    if let Some(apps) = apps {
        lines.extend(apps.greeting());
    }
    lines.push("    stop   Ctrl-C\n".into());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_fits_who_signs_people_in() {
        let simulator = Simulator::example();
        let simulated = greeting("http://localhost:8080", Some(&simulator), None, None, None);
        assert!(
            simulated.contains("http://localhost:8080/login  (as alice, bob, carol, dave or erin)")
        );
        assert!(
            greeting("", Some(&simulator), None, None, Some("bob"))
                .contains("curl -sL -c cookies.txt")
        );
        assert!(!greeting("", None, None, None, None).contains("alice"));
    }
}
