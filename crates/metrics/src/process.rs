//! What the system says about this process, by the names that all clients of Prometheus have for it. Read
//! at each scrape; where there is no `/proc`, there is nothing.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

use crate::Description;

/// Reads it.
#[derive(Debug)]
pub(crate) struct Process;

/// One of its metrics.
struct Entry {
    name: &'static str,
    help: &'static str,
    kind: MetricType,
    value: fn(&Usage) -> f64,
}

static ENTRIES: [Entry; 7] = [
    Entry {
        name: "process_cpu_seconds_total",
        help: "Processor time, of the user and of the system, in seconds",
        kind: MetricType::Counter,
        value: |usage| usage.cpu,
    },
    Entry {
        name: "process_resident_memory_bytes",
        help: "Memory that is in use, in bytes",
        kind: MetricType::Gauge,
        value: |usage| usage.resident,
    },
    Entry {
        name: "process_virtual_memory_bytes",
        help: "Memory that is reserved, in bytes: much more than is used, since each place for an instance is",
        kind: MetricType::Gauge,
        value: |usage| usage.reserved,
    },
    Entry {
        name: "process_threads",
        help: "Threads",
        kind: MetricType::Gauge,
        value: |usage| usage.threads,
    },
    Entry {
        name: "process_open_fds",
        help: "Open files, connections among them",
        kind: MetricType::Gauge,
        value: |usage| usage.files,
    },
    Entry {
        name: "process_max_fds",
        help: "How many files may be open",
        kind: MetricType::Gauge,
        value: |usage| usage.most_files,
    },
    Entry {
        name: "process_start_time_seconds",
        help: "When it was started, in seconds since 1970",
        kind: MetricType::Gauge,
        value: |usage| usage.started,
    },
];

/// What is documented of them.
pub(crate) fn descriptions() -> Vec<Description> {
    let entries = ENTRIES.iter();
    entries
        .map(|entry| Description::new(entry.name, entry.kind, entry.help))
        .collect()
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(usage) = Usage::read() else {
            return Ok(());
        };
        for entry in &ENTRIES {
            let value = (entry.value)(&usage);
            let stem = entry.name.strip_suffix("_total").unwrap_or(entry.name);
            let help = format!("{}.", entry.help);
            let encoder = encoder.encode_descriptor(stem, &help, None, entry.kind)?;
            match entry.kind {
                MetricType::Counter => ConstCounter::new(value).encode(encoder)?,
                _ => ConstGauge::new(value).encode(encoder)?,
            }
        }
        Ok(())
    }
}

/// The use of the machine.
struct Usage {
    cpu: f64,
    resident: f64,
    reserved: f64,
    threads: f64,
    files: f64,
    most_files: f64,
    started: f64,
}

impl Usage {
    fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let stat = Stat::parse(&stat)?;
        let ticks = clock_ticks_per_second() as f64;
        // One of them is the directory that is being read.
        let files = fs::read_dir("/proc/self/fd").ok()?.count();
        let most_files = getrlimit(Resource::Nofile).current;
        Some(Self {
            cpu: stat.cpu_ticks as f64 / ticks,
            resident: (stat.resident_pages * page_size() as u64) as f64,
            reserved: stat.reserved as f64,
            threads: stat.threads as f64,
            files: files.saturating_sub(1) as f64,
            most_files: most_files.map_or(f64::INFINITY, |most| most as f64),
            started: booted()? + stat.started_ticks as f64 / ticks,
        })
    }
}

/// What is needed of `/proc/self/stat` (proc_pid_stat(5)).
#[derive(Debug, Eq, PartialEq)]
struct Stat {
    cpu_ticks: u64,
    threads: u64,
    /// After the start of the system.
    started_ticks: u64,
    reserved: u64,
    resident_pages: u64,
}

impl Stat {
    fn parse(text: &str) -> Option<Self> {
        // The second field is the program's name, in which anything may be. What follows is the third.
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu_ticks: field(14)? + field(15)?,
            threads: field(20)?,
            started_ticks: field(22)?,
            reserved: field(23)?,
            resident_pages: field(24)?,
        })
    }
}

/// When the system was started, in seconds since 1970.
fn booted() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let line = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::time::{SystemTime, UNIX_EPOCH};

    use super::{Stat, Usage};

    #[test]
    fn a_name_with_spaces_and_brackets_moves_nothing() {
        let line = "42 (a) b (c) S 1 42 42 0 -1 4194304 900 0 0 0 250 50 7 8 20 0 11 0 1000 2048 3 \
                    18446744073709551615 1 1 0";
        let expected = Stat {
            cpu_ticks: 300,
            threads: 11,
            started_ticks: 1000,
            reserved: 2048,
            resident_pages: 3,
        };
        assert_eq!(Stat::parse(line), Some(expected));
        for line in [
            "",
            "42 (a",
            "42 (a) S 1 2 3",
            "42 (a) S x x x x x x x x x x x x",
        ] {
            assert_eq!(Stat::parse(line), None, "{line}");
        }
    }

    #[test]
    fn this_process_has_memory_files_and_a_beginning() {
        let usage = Usage::read().unwrap();
        assert!(usage.resident > 100_000.0 && usage.resident < usage.reserved);
        assert!(usage.files >= 3.0 && usage.files <= usage.most_files);
        assert!(usage.threads >= 1.0 && usage.cpu >= 0.0);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let age = now.as_secs_f64() - usage.started;
        assert!((-2.0..3600.0).contains(&age), "{age}");
    }
}
