//! kubectl's output is the same on two ways to one API server: a table of commands, run once per way in a
//! namespace of its own.

mod commands;
mod normal;
mod side;

use std::collections::BTreeSet;
use std::thread;

use e2e::{Builder, Kubernetes, Proxied, Ran};

use self::commands::COMMANDS;
pub(crate) use self::side::Side;

/// How a command of the table is run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    /// To its end.
    Plain,
    /// The same with this input.
    Input(&'static str),
    /// The same with a terminal, in which this is typed.
    Terminal(&'static str),
    /// Until a line contains this; before that the second command makes a change.
    Until(&'static str, &'static str),
    /// As a port forwarder on the port in its first line; the response at this path counts.
    Fetch(&'static str),
    /// To its end; the content of this file counts as well.
    File(&'static str),
}

/// A command of the table, as typed after `kubectl`: `{ns}` stands for the namespace, and single quotes
/// enclose one word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    pub(crate) line: &'static str,
    pub(crate) how: How,
}

/// Runs the table on both ways at once, and returns the results; fails if they differ.
pub(crate) fn compare(one: &Side, other: &Side) -> Vec<(Command, Ran)> {
    let (mine, theirs) = thread::scope(|scope| {
        let theirs = scope.spawn(|| run_all(other));
        (run_all(one), theirs.join().unwrap())
    });
    let mut differences = Vec::new();
    for ((command, mine), theirs) in COMMANDS.iter().zip(&mine).zip(&theirs) {
        if mine != theirs {
            let line = command.line;
            differences.push(format!("kubectl {line}\n  {mine:?}\n  {theirs:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    COMMANDS.iter().copied().zip(mine).collect()
}

fn run_all(side: &Side) -> Vec<Ran> {
    COMMANDS.iter().map(|command| side.run(command)).collect()
}

/// Checks that the table is useful: it is long, and most of it works.
pub(crate) fn check(results: &[(Command, Ran)]) {
    let works = |ran: &Ran| ran.code == 0 && !ran.stdout.is_empty();
    let working = results.iter().filter(|(_, ran)| works(ran)).count();
    let failed = results.iter().filter(|(_, ran)| ran.code != 0);
    let failed: Vec<_> = failed
        .map(|(command, ran)| format!("{}: {}", command.line, ran.stderr))
        .collect();
    assert!(results.len() >= 60, "{} commands", results.len());
    assert!(
        working >= 50,
        "only {working} work; these do not: {failed:#?}"
    );
    let verbs: BTreeSet<_> = results
        .iter()
        .filter_map(|(command, _)| command.line.split(' ').next())
        .collect();
    for verb in [
        "get",
        "create",
        "apply",
        "patch",
        "replace",
        "delete",
        "scale",
        "rollout",
        "auth",
        "explain",
        "api-resources",
        "proxy",
        "logs",
        "exec",
        "attach",
        "port-forward",
        "cp",
    ] {
        assert!(verbs.contains(verb), "kubectl {verb} is not in the table");
    }
}

#[test]
fn the_same_command_says_the_same_in_two_namespaces() {
    let stack = Builder::default()
        .setting("EXPOSE_ACCESS_TOKEN", "true")
        .start();
    let Some(kubernetes) = Kubernetes::start(&stack) else {
        return;
    };
    let token = stack.aks_token("alice");
    let side = |namespace: &str| {
        kubernetes.namespace(namespace);
        let kubectl = kubernetes.direct(&token);
        Side::new(kubectl, namespace, kubernetes.url())
    };
    let results = compare(&side("table-one"), &side("table-two"));
    check(&results);
}

#[test]
fn through_the_proxy_kubectl_says_the_same_as_directly() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    let kubernetes = &proxied.kubernetes;
    kubernetes.namespace("table-one");
    kubernetes.namespace("table-two");
    let direct = kubernetes.direct(&proxied.stack.aks_token("alice"));
    let direct = Side::new(direct, "table-one", kubernetes.url());
    let server = format!("{}/k8s", proxied.proxy.origin());
    let through = Side::new(proxied.kubectl_of("alice"), "table-two", &server);
    check(&compare(&through, &direct));
}
