//! How a real Chromium loads each page on a slow line.

use std::fmt;

use anyhow::{Context, Result};
use e2e::{Line, RealBrowser, Stack};
use serde_json::Value;

use crate::figures::median;

/// What is opened, and whether somebody is signed in.
const PAGES: [(&str, &str, bool); 8] = [
    ("/, for a stranger", "/", false),
    ("an error", "/unknown", false),
    ("/", "/", true),
    ("/whoami", "/whoami", true),
    ("/kubeconfig", "/kubeconfig", true),
    ("/kubeconfig/credentials", "/kubeconfig/credentials", true),
    ("/sign-ins", "/sign-ins", true),
    ("/logout", "/logout", true),
];
/// A usual mobile network: Lighthouse's slow 4G.
const SLOW: Line = Line {
    latency: 150,
    kilobits_down: 1600,
    kilobits_up: 750,
};

/// One page, and what was seen of it.
struct Page {
    name: &'static str,
    /// With nothing kept of earlier visits.
    first: Vec<Visit>,
    /// With what the first visit has left in the browser.
    again: Vec<Visit>,
}

/// One visit.
struct Visit {
    /// Of the page alone, in bytes.
    page: f64,
    /// Of everything that came over the line, in bytes without heads.
    all: f64,
    /// How many answers came over the line.
    requests: f64,
    /// Until the first text is seen, in milliseconds.
    paint: f64,
    /// Until the script has run, in milliseconds.
    interactive: f64,
}

/// All pages.
pub(crate) struct Visits {
    visits: usize,
    pages: Vec<Page>,
}

/// Opens each page so often, with an empty cache and with a full one.
pub(super) async fn measure(visits: usize) -> Result<Visits> {
    eprintln!(
        "bench: {} pages in Chromium, {visits} visits each",
        PAGES.len()
    );
    let stack = Stack::start();
    let browser = RealBrowser::start().await;
    let mut pages = Vec::new();
    let mut signed_in = false;
    for (name, path, with_session) in PAGES {
        if with_session && !signed_in {
            browser.full_speed().await;
            sign_in(&browser, &stack).await?;
            signed_in = true;
        }
        browser.throttle(&SLOW).await;
        let address = format!("{}{path}", stack.origin);
        let (mut first, mut again) = (Vec::new(), Vec::new());
        for _ in 0..visits {
            browser.forget_files().await;
            first.push(visit(&browser, &address).await?);
            again.push(visit(&browser, &address).await?);
        }
        pages.push(Page { name, first, again });
    }
    browser.close().await;
    Ok(Visits { visits, pages })
}

async fn sign_in(browser: &RealBrowser, stack: &Stack) -> Result<()> {
    let address = format!("{}/whoami", stack.origin);
    browser.client.goto(&address).await?;
    browser.click("#account-alice").await;
    browser.text_with("alice@contoso.example").await;
    Ok(())
}

async fn visit(browser: &RealBrowser, address: &str) -> Result<Visit> {
    browser.client.goto(address).await?;
    let seen = browser.client.execute_async(SEEN, Vec::new()).await?;
    let figure = |name: &str| {
        let value = seen.get(name).and_then(Value::as_f64);
        value.with_context(|| format!("no `{name}` in {seen}"))
    };
    Ok(Visit {
        page: figure("page")?,
        all: figure("all")?,
        requests: figure("requests")?,
        paint: figure("paint")?,
        interactive: figure("interactive")?,
    })
}

/// Resources from the network have a transfer size; cached ones have none. A deferred script has run when
/// `DOMContentLoaded` is over (HTML, "The end").
const SEEN: &str = "
    const [done] = arguments;
    const read = () => {
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        const [page] = performance.getEntriesByType('navigation');
        if (!paint || !page.loadEventEnd) return requestAnimationFrame(read);
        const files = performance.getEntriesByType('resource').filter((file) => file.transferSize);
        const bytes = [page, ...files].map((file) => file.encodedBodySize);
        done({
            page: page.encodedBodySize,
            all: bytes.reduce((sum, one) => sum + one),
            requests: bytes.length,
            paint: paint.startTime,
            interactive: page.domContentLoadedEventEnd,
        });
    };
    read();
";

impl fmt::Display for Visits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Pages in Chromium, on a line of {} kbit/s with {} ms (medians of {} visits); `again` is with what \
             the first visit has left in the browser's cache",
            SLOW.kilobits_down, SLOW.latency, self.visits
        )?;
        writeln!(
            f,
            "  {:<26}{:>9}{:>9}{:>10}{:>11}{:>14}{:>9}{:>11}{:>14}",
            "",
            "page, B",
            "all, B",
            "requests",
            "paint, ms",
            "usable, ms",
            "again, B",
            "paint, ms",
            "usable, ms"
        )?;
        for Page { name, first, again } in &self.pages {
            let [page, all, requests, paint, usable] = medians(first);
            let [_, later, _, paint_again, usable_again] = medians(again);
            writeln!(
                f,
                "  {name:<26}{page:>9.0}{all:>9.0}{requests:>10.0}{paint:>11.0}{usable:>14.0}{later:>9.0}\
                 {paint_again:>11.0}{usable_again:>14.0}"
            )?;
        }
        Ok(())
    }
}

fn medians(visits: &[Visit]) -> [f64; 5] {
    let of = |figure: fn(&Visit) -> f64| median(visits.iter().map(figure));
    [
        of(|visit| visit.page),
        of(|visit| visit.all),
        of(|visit| visit.requests),
        of(|visit| visit.paint),
        of(|visit| visit.interactive),
    ]
}
