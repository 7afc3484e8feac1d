//! Memory after many requests.

use anyhow::Result;

use crate::arguments::Arguments;
use crate::client::Crowd;
use crate::columns::Section;
use crate::figures::kilo;
use crate::servers::Servers;
use crate::sign_in::Browser;

/// Resident memory of the host, in bytes.
pub(crate) struct Memory {
    count: usize,
    started: u64,
    signed_in: u64,
    once: u64,
    twice: u64,
}

/// Signs in and asks for `/whoami`.
pub(crate) async fn measure(servers: &Servers, arguments: &Arguments) -> Result<Memory> {
    let count = arguments.memory_requests;
    eprintln!("bench: memory after {count} requests, and after {count} more");
    let proxy = servers.serve("state").await?;
    let started = proxy.resident()?;
    let session = Browser::open(&proxy, servers.entra())
        .await?
        .sign_in()
        .await?;
    let signed_in = proxy.resident()?;
    let whoami = session.get("/whoami");
    let mut crowd = Crowd::connect(proxy.url()?, arguments.connections).await?;
    crowd.ask(&whoami, count).await?;
    let once = proxy.resident()?;
    crowd.ask(&whoami, count).await?;
    let twice = proxy.resident()?;
    Ok(Memory {
        count,
        started,
        signed_in,
        once,
        twice,
    })
}

impl Memory {
    /// As it is shown.
    pub(crate) fn section(&self) -> Section {
        let mut section = Section::new("Resident memory of the host".to_owned());
        for (when, bytes) in [
            ("listening".to_owned(), self.started),
            ("after one sign-in".to_owned(), self.signed_in),
            (format!("after {} requests", self.count), self.once),
            (format!("after {} requests", 2 * self.count), self.twice),
        ] {
            section.row(when, format!("{:.1} MB", kilo(bytes) / 1e3));
        }
        section
    }
}
