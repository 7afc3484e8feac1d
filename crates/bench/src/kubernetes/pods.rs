//! Pods that print, and how their logs are read.

use anyhow::{Context, Result};
use e2e::Kubectl;
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};

use super::site::NAMESPACE;
use super::way::{Protocol, Way};

/// The pod with the long log, to which ports are forwarded.
pub(super) const POD: &str = "printer";

/// A pod that has printed its log and now waits.
pub(super) struct Printer {
    name: &'static str,
    /// Bytes.
    pub(super) length: u64,
}

impl Printer {
    /// A pod that prints lines of `line` bytes, `length` bytes in all. Returns when it has.
    pub(super) async fn start(
        kubectl: &Kubectl,
        way: &Way,
        name: &'static str,
        line: usize,
        length: u64,
    ) -> Result<Self> {
        let letters = line - 1;
        let script = format!(
            "yes $(head -c {letters} /dev/zero | tr '\\0' x) | head -c {length}; sleep 1000000"
        );
        let run = ["run", name, NAMESPACE, "--image=any", "--", "sh", "-c"];
        kubectl.succeed(&[&run[..], &[&script]].concat());
        let pod = format!("pod/{name}");
        kubectl.succeed(&["wait", "--for=condition=Ready", NAMESPACE, &pod]);
        let printer = Self { name, length };
        let mut log = printer.follow(way, Protocol::Http2).await?;
        log.read(length).await?;
        Ok(printer)
    }

    /// Follows its log, as `kubectl logs -f` does.
    pub(super) async fn follow(&self, way: &Way, protocol: Protocol) -> Result<Log> {
        let path = format!("/api/v1/namespaces/demo/pods/{}/log?follow=true", self.name);
        let mut connection = way.connect(protocol).await?;
        Ok(Log(connection.open(&path, "gzip").await?))
    }
}

/// A log that is followed.
pub(super) struct Log(Incoming);

impl Log {
    /// The next piece.
    pub(super) async fn piece(&mut self) -> Result<Bytes> {
        loop {
            let frame = self.0.frame().await.context("the log has ended")??;
            if let Ok(data) = frame.into_data() {
                return Ok(data);
            }
        }
    }

    /// Reads so many bytes.
    pub(super) async fn read(&mut self, length: u64) -> Result<()> {
        let mut read = 0;
        while read < length {
            read += self.piece().await?.len() as u64;
        }
        Ok(())
    }
}
