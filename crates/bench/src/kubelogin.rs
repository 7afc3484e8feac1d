//! The cost of device codes: the sidecar's memory, the time from the user's approval to the token, and a poll
//! of the waiting page.
//!
//! With the stack of the end-to-end tests, and the real kubelogin if Go can build it.

use std::fmt;
use std::time::Instant;

use anyhow::Result;
use e2e::{Browser, Builder, DEVICE_CODE, Sidecar, Stack, kubelogin};

use crate::arguments::Arguments;
use crate::client::{Ask, Client};
use crate::figures::{kilo, median, micros, quantile};
use crate::kernel::resident_of;
use crate::stack::{origin, whoami};

/// How often the whole flow is run.
const APPROVALS: usize = 10;
/// The jobs at once.
const JOBS: usize = 50;

/// What was measured; nothing without a kubelogin.
pub(crate) struct DeviceCodes(Option<Figures>);

struct Figures {
    at_rest: u64,
    with_jobs: u64,
    /// From kubelogin's token to ours, in milliseconds.
    usable: Vec<f64>,
    /// In microseconds.
    polls: Vec<f64>,
    whoamis: Vec<f64>,
}

/// Measures it all.
pub(crate) async fn measure(arguments: &Arguments) -> Result<DeviceCodes> {
    let Some(program) = kubelogin() else {
        return Ok(DeviceCodes(None));
    };
    eprintln!("bench: device codes");
    let builder = Builder::default().kubelogin(&program);
    let stack = builder.setting("AKS_CONSENT", "kubelogin").start();
    let limit = JOBS.to_string();
    let sidecar = Sidecar::start(&stack, &program, &[("KUBELOGIN_MAX_JOBS", &limit)]);
    let at_rest = resident_of(sidecar.process.id())?;
    let owner = |number: usize| format!("{number:0>43}");
    let jobs: Vec<String> = (0..JOBS).map(|n| sidecar.start_job(&owner(n))).collect();
    for job in &jobs {
        sidecar.once(job, "pending");
    }
    let with_jobs = resident_of(sidecar.process.id())?;
    drop(sidecar);
    let usable = (0..APPROVALS).map(|_| approval(&stack)).collect();
    let (polls, whoamis) = polls(&stack, arguments.requests).await?;
    Ok(DeviceCodes(Some(Figures {
        at_rest,
        with_jobs,
        usable,
        polls,
        whoamis,
    })))
}

/// carol, waiting for her code to be entered.
fn waiting(stack: &Stack) -> Browser {
    let mut carol = stack.browser().html();
    stack.sign_in(&mut carol, "carol");
    carol.pending();
    carol.program()
}

/// Milliseconds from kubelogin's token to ours. The pauses between kubelogin's own polls do not count.
fn approval(stack: &Stack) -> f64 {
    let carol = waiting(stack);
    let before = stack.count("granted");
    stack.enter(&carol.user_code(), "carol", true);
    while stack.count("granted") == before {
        std::thread::yield_now();
    }
    let start = Instant::now();
    carol.outcome();
    micros(start.elapsed()) / 1e3
}

/// Microseconds of each poll, and of as many `/whoami` between them.
async fn polls(stack: &Stack, count: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let carol = waiting(stack);
    let alice = stack.signed_in("alice");
    let get = |browser: &Browser, path: &str| {
        let mut get = whoami(browser);
        path.clone_into(&mut get.target);
        get
    };
    let gets: [Ask; 2] = [get(&carol, DEVICE_CODE), get(&alice, "/whoami")];
    let mut client = Client::connect(&origin(stack)).await?;
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..count {
        for (get, took) in gets.iter().zip(&mut took) {
            let start = Instant::now();
            client.ask(get).await?;
            took.push(micros(start.elapsed()));
        }
    }
    let [polls, whoamis] = took;
    Ok((polls, whoamis))
}

impl fmt::Display for DeviceCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(figures) = &self.0 else {
            return writeln!(f, "Device codes\n  not measured: there is no kubelogin");
        };
        writeln!(f, "Device codes, with the real kubelogin")?;
        let megabytes = |bytes| kilo(bytes) / 1e3;
        writeln!(
            f,
            "  {:<44}{:>7.1} MB   (aim: 15)",
            "the sidecar at rest, resident",
            megabytes(figures.at_rest)
        )?;
        let label = format!("with {JOBS} jobs (kubelogin itself apart)");
        writeln!(f, "  {label:<44}{:>7.1} MB", megabytes(figures.with_jobs))?;
        let at = |share| quantile(figures.usable.iter().copied(), share);
        writeln!(
            f,
            "  {:<44}{:>7.0} ms   median, at most {:.0} ms   (aim: 2000)",
            "from kubelogin's token to ours",
            at(0.5),
            at(1.0)
        )?;
        let (poll, whoami) = (
            median(figures.polls.iter().copied()),
            median(figures.whoamis.iter().copied()),
        );
        writeln!(
            f,
            "  {:<44}{:>7.2} ms   {:.2} of /whoami",
            "a poll while the code is pending",
            poll / 1e3,
            poll / whoami
        )
    }
}
