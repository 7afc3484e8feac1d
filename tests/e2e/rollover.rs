//! Replicas are replaced one after the other under constant load: no request is refused or lost.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use e2e::{
    Browser, Builder, Ingress, Process, Proxied, Redis, SIDECAR_TOKEN, Stack, binary, python,
    workspace,
};

/// How long a replica continues after SIGTERM: longer than a test takes to update the ingress on a busy
/// machine.
const DRAIN: &str = "--drain-seconds=10";

/// The bearer between tunnel and component here.
const TUNNEL_TOKEN: &str = "what-tunnel-and-component-share-0123456789";

/// How many requests must succeed before and after each step.
const SOME: usize = 40;

/// One replica and its address, `127.0.0.1:PORT`.
struct One {
    process: Process,
    address: String,
}

/// Several replicas behind an ingress, and clients with constant requests.
struct Rolling<'a> {
    start: &'a (dyn Fn() -> One + Sync),
    ingress: &'a Ingress,
    stack: &'a Stack,
    asked: AtomicUsize,
    lost: Mutex<Vec<String>>,
    over: AtomicBool,
}

/// Tells the clients to stop, however the test ended.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'a> Rolling<'a> {
    fn new(start: &'a (dyn Fn() -> One + Sync), ingress: &'a Ingress, stack: &'a Stack) -> Self {
        Self {
            start,
            ingress,
            stack,
            asked: AtomicUsize::new(0),
            lost: Mutex::default(),
            over: AtomicBool::new(false),
        }
    }

    /// Replaces both replicas while several clients repeat `ask`. Half of them keep their connections. `ask`
    /// returns what is wrong with the answer.
    fn over(&self, ask: impl Fn(&mut Browser) -> Result<(), String> + Sync, client: &Browser) {
        thread::scope(|scope| {
            let mut two = [(self.start)(), (self.start)()];
            // Also when a step below fails: otherwise the clients would never stop.
            let over = Over(&self.over);
            two.iter().for_each(|one| self.ingress.add(&one.address));
            let clients: Vec<_> = (0..6)
                .map(|number| {
                    let ask = &ask;
                    scope.spawn(move || self.ask_all_the_time(ask, client, number % 2 == 0))
                })
                .collect();
            for one in &mut two {
                self.replace(one);
            }
            self.some_more();
            drop(over);
            // The replicas end after the last answer.
            for client in clients {
                client.join().unwrap();
            }
        });
        let lost = self.lost.lock().unwrap();
        assert!(
            lost.is_empty(),
            "{} were lost: {:?}",
            lost.len(),
            lost.first()
        );
    }

    /// One of the clients; `fresh` connects anew for each request.
    fn ask_all_the_time(
        &self,
        ask: &impl Fn(&mut Browser) -> Result<(), String>,
        client: &Browser,
        fresh: bool,
    ) {
        let mut kept = client.afresh();
        while !self.over.load(Ordering::Relaxed) {
            if fresh {
                kept = client.afresh();
            }
            if let Err(wrong) = ask(&mut kept) {
                self.lost.lock().unwrap().push(wrong);
            }
            self.asked.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// As a Deployment does with `maxUnavailable: 0`.
    fn replace(&self, one: &mut One) {
        let next = (self.start)();
        self.ingress.add(&next.address);
        self.some_more();
        one.process.terminate();
        let mut probe = self.stack.browser_at(&format!("http://{}", one.address));
        let unready = loop {
            let answer = probe.get("/readyz");
            if answer.status != 200 {
                break answer;
            }
        };
        assert_eq!(unready.status, 503);
        assert!(unready.body.contains("[-]shutdown failed"), "{unready:?}");
        // Nobody has told the ingress yet.
        self.some_more();
        self.ingress.remove(&one.address);
        self.some_more();
        assert!(one.process.wait().success(), "{}", one.process.output());
        *one = next;
    }

    fn some_more(&self) {
        let before = self.asked.load(Ordering::Relaxed);
        while self.asked.load(Ordering::Relaxed) < before + SOME {
            thread::yield_now();
        }
    }
}

/// What is wrong with the answer at `path`, unless it is a 200.
fn ask(client: &mut Browser, path: &str) -> Result<(), String> {
    match client.try_get(path) {
        Ok(answer) if answer.status == 200 => Ok(()),
        Ok(answer) => Err(format!("{answer:?}")),
        Err(error) => Err(error.to_string()),
    }
}

/// One of our programs, with the address that it prints.
fn program(arguments: &[&str], settings: &[(&str, &str)]) -> One {
    let mut command = Command::new(binary("aks-oauth-proxy"));
    command.current_dir(workspace()).env_clear();
    command.args(arguments).envs(settings.iter().copied());
    let (process, listening) = Process::start(&mut command);
    let url = listening["url"].as_str().unwrap();
    let address = url.trim_start_matches("http://").to_owned();
    One { process, address }
}

#[test]
fn of_serve_on_one_redis() {
    let redis = Redis::start();
    let stack = Builder::default().redis(&redis).argument(DRAIN).start();
    let ingress = Ingress::start();
    let start = || {
        let replica = stack.replica();
        let address = replica.host().to_owned();
        One {
            process: replica.process,
            address,
        }
    };
    let alice = stack.signed_in("alice");
    let client = alice.at(&format!("http://{}", ingress.address()));
    Rolling::new(&start, &ingress, &stack).over(|client| ask(client, "/whoami"), &client);
}

#[test]
fn of_the_tunnel() {
    let stack = Builder::default()
        .setting("TUNNEL_TOKEN", TUNNEL_TOKEN)
        .start();
    let ingress = Ingress::start();
    let settings = [
        ("TUNNEL_TOKEN", TUNNEL_TOKEN),
        ("COMPONENT_URL", stack.origin.as_str()),
    ];
    let start = || program(&["tunnel", "--listen", "127.0.0.1:0", DRAIN], &settings);
    let client = stack.browser_at(&format!("http://{}", ingress.address()));
    Rolling::new(&start, &ingress, &stack).over(|client| ask(client, "/healthz"), &client);
}

#[test]
fn of_the_sidecar() {
    let stack = Stack::start();
    let ingress = Ingress::start();
    let file = stack.entra["federated_token_file"].as_str().unwrap();
    let settings = [
        ("SIDECAR_TOKEN", SIDECAR_TOKEN),
        ("KUBELOGIN_ENABLED", "false"),
        ("AZURE_FEDERATED_TOKEN_FILE", file),
    ];
    let start = || program(&["sidecar", "--listen", "127.0.0.1:0", DRAIN], &settings);
    let mut client = stack.browser_at(&format!("http://{}", ingress.address()));
    let bearer = format!("Bearer {SIDECAR_TOKEN}");
    client.headers.push(("authorization".to_owned(), bearer));
    Rolling::new(&start, &ingress, &stack)
        .over(|client| ask(client, "/v1/federated-token"), &client);
}

/// The official Python client continues a watch that ended as the API server ends one, and fails with one
/// that was cut.
#[test]
fn of_what_watches_go_through() {
    let Some(python) = python() else {
        return;
    };
    let redis = Redis::start();
    let builder = Builder::default().redis(&redis).argument(DRAIN);
    let Some((mut proxied, ingress)) = Proxied::behind_an_ingress(builder) else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    let here = "--namespace=demo";
    alice.succeed(&[here, "create", "configmap", "seen"]);
    let label = |value: &str| {
        let seen = format!("seen={value}");
        alice.succeed(&[here, "label", "--overwrite", "configmap", "seen", &seen]);
    };
    label("first");
    let mut program = alice.other(&python);
    let program = program
        .arg(workspace().join("tests/python/kubernetes_watch.py"))
        .args(["demo", "last"]);
    let mut watch = Process::spawn(program);
    watch.line("first");
    for (times, value) in [(1, "between"), (2, "last")] {
        proxied.replace(&ingress);
        watch.lines("again", times);
        label(value);
        watch.line(value);
    }
    assert!(watch.wait().success(), "{}", watch.output());
}
