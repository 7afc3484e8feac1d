//! Sign-ins end to end: how many in a second, and whose CPU they take.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::arguments::Arguments;
use crate::client::take;
use crate::columns::Section;
use crate::figures::micros;
use crate::servers::Servers;
use crate::sign_in::Browser;

/// Browsers at once: more than there are processors, and all of them wait for Entra.
const BROWSERS: usize = 4;

/// What `count` of them took.
pub(crate) struct SignIns {
    count: usize,
    elapsed: Duration,
    proxy: Duration,
    entra: Duration,
}

/// Signs in as often as is wanted; the first one, which fetches Entra's keys, does not count.
pub(crate) async fn measure(servers: &Servers, arguments: &Arguments) -> Result<SignIns> {
    let count = arguments.sign_ins;
    eprintln!("bench: signing in {count} times");
    let (proxy, entra) = (servers.serve("state").await?, servers.entra());
    let mut browsers = Vec::new();
    for _ in 0..BROWSERS {
        let mut browser = Browser::open(&proxy, entra).await?;
        browser.sign_in().await?;
        browsers.push(browser);
    }
    let before = (proxy.cpu()?, entra.cpu()?);
    let start = Instant::now();
    sign_in(browsers, count).await?;
    let elapsed = start.elapsed();
    let signed_in = SignIns {
        count,
        elapsed,
        proxy: proxy.cpu()? - before.0,
        entra: entra.cpu()? - before.1,
    };
    Ok(signed_in)
}

async fn sign_in(browsers: Vec<Browser>, count: usize) -> Result<()> {
    let left = Arc::new(AtomicUsize::new(count));
    let mut tasks = JoinSet::new();
    for mut browser in browsers {
        let left = left.clone();
        tasks.spawn(async move {
            while take(&left).is_some() {
                browser.sign_in().await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    Ok(())
}

impl SignIns {
    /// As it is shown.
    pub(crate) fn section(&self) -> Section {
        let count = self.count as f64;
        let milliseconds = |duration| micros(duration) / 1e3 / count;
        let (proxy, entra) = (milliseconds(self.proxy), milliseconds(self.entra));
        let rate = count / self.elapsed.as_secs_f64();
        let mut section = Section::new(format!(
            "Sign-ins end to end: /login, entra-sim, /callback ({} of them, {BROWSERS} at once)",
            self.count
        ));
        for (what, figure) in [
            (
                "sign-ins, everything on this machine",
                format!("{rate:.1} /s"),
            ),
            ("CPU of the host for each", format!("{proxy:.2} ms")),
            ("CPU of entra-sim for each", format!("{entra:.2} ms")),
            (
                "the host alone could do, on one core",
                format!("{:.0} /s", 1e3 / proxy),
            ),
        ] {
            section.row(what, figure);
        }
        section
    }
}
