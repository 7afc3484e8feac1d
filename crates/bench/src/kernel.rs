//! Reads process data from the kernel.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// The unit of CPU time in the kernel: `USER_HZ` is 100 on all our architectures.
const TICK: Duration = Duration::from_millis(10);

/// The CPU time that a process has used, by itself and in the kernel.
pub(crate) fn cpu_of(pid: u32) -> Result<Duration> {
    let stat = proc(pid, "stat")?;
    ticks(&stat)
        .map(|ticks| TICK * ticks)
        .with_context(|| format!("no CPU time in {stat}"))
}

/// The first child of `pid`, if there is one (proc_pid_children(5)).
pub(crate) fn child_of(pid: u32) -> Result<Option<u32>> {
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let children = fs::read_to_string(thread?.path().join("children"))?;
        if let Some(child) = children.split_whitespace().next() {
            return Ok(Some(child.parse()?));
        }
    }
    Ok(None)
}

/// The memory of a process that is in RAM, in bytes.
pub(crate) fn resident_of(pid: u32) -> Result<u64> {
    let status = proc(pid, "status")?;
    resident(&status).context("no VmRSS in /proc/PID/status")
}

/// The memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Weight {
    /// Its memory that is in RAM (RSS).
    pub(crate) resident: u64,
    /// The same, with shared memory divided among its users (PSS).
    pub(crate) proportional: u64,
}

impl Weight {
    /// That of `pid` (proc_pid_smaps(5)).
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let rollup = proc(pid, "smaps_rollup")?;
        let of = |name| kibibytes(&rollup, name);
        let weight = of("Rss:").zip(of("Pss:"));
        let (resident, proportional) = weight.context("no Rss and Pss in smaps_rollup")?;
        Ok(Self {
            resident,
            proportional,
        })
    }
}

fn proc(pid: u32, file: &str) -> Result<String> {
    let path = format!("/proc/{pid}/{file}");
    fs::read_to_string(&path).with_context(|| format!("cannot read {path}: Linux only"))
}

/// The process called `name` among the descendants of `ancestor`.
pub(crate) fn descendant_of(ancestor: u32, name: &str) -> Result<u32> {
    let mut parents = BTreeMap::new();
    let mut found = Vec::new();
    for process in fs::read_dir("/proc")? {
        let process = process?.file_name();
        let Some(pid) = process.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process that has ended meanwhile does not count.
        let Ok(stat) = proc(pid, "stat") else {
            continue;
        };
        let (called, parent) = origin(&stat).with_context(|| format!("no parent in {stat}"))?;
        parents.insert(pid, parent);
        if called == name {
            found.push(pid);
        }
    }
    let is_descendant = |pid: &u32| {
        std::iter::successors(Some(pid), |pid| parents.get(pid)).any(|pid| *pid == ancestor)
    };
    let found = found.into_iter().find(is_descendant);
    found.with_context(|| format!("{name} does not run"))
}

/// The CPU time of a process's current threads, user and kernel, in nanoseconds. Ended threads are missing.
pub(crate) fn cpu_of_threads(pid: u32) -> Result<Duration> {
    Ok(Threads::of(pid)?.0.into_values().sum())
}

/// The CPU time of each thread of a process so far, to the nanosecond.
#[derive(Debug)]
pub(crate) struct Threads(BTreeMap<u32, Duration>);

impl Threads {
    /// Those of `pid`.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let mut threads = BTreeMap::new();
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let thread = thread?.path();
            // The file of a thread that is just ending is gone.
            if let Ok(schedstat) = fs::read_to_string(thread.join("schedstat")) {
                let name = thread.file_name().and_then(|name| name.to_str());
                let nanos = schedstat.split(' ').next().unwrap_or_default();
                threads.insert(
                    name.unwrap_or_default().parse()?,
                    Duration::from_nanos(nanos.parse()?),
                );
            }
        }
        ensure!(
            threads.values().any(|used| !used.is_zero()),
            "this kernel keeps no /proc/PID/task/TID/schedstat"
        );
        Ok(Self(threads))
    }

    /// The time used since `before`. A thread that has ended meanwhile, as an idle one does, subtracts
    /// nothing.
    pub(crate) fn since(&self, before: &Self) -> Duration {
        let used = |(thread, now): (&u32, &Duration)| {
            let before = before.0.get(thread).copied().unwrap_or_default();
            now.saturating_sub(before)
        };
        self.0.iter().map(used).sum()
    }
}

/// `utime` and `stime` of proc_pid_stat(5), fields 14 and 15. The name, field 2, may hold anything.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let mut next = || fields.next()?.parse::<u32>().ok();
    Some(next()? + next()?)
}

/// The name, and the parent: fields 2 and 4.
fn origin(stat: &str) -> Option<(&str, u32)> {
    let (name, fields) = stat.rsplit_once(") ")?;
    let (_, name) = name.split_once('(')?;
    Some((name, fields.split(' ').nth(1)?.parse().ok()?))
}

fn resident(status: &str) -> Option<u64> {
    kibibytes(status, "VmRSS:")
}

/// The value after `name` in `text`, in bytes.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::time::Duration;

    use super::{Threads, Weight, descendant_of, origin, resident, ticks};

    #[test]
    fn cpu_time_is_found_behind_any_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 30 12 0 0 20 0 5 0 100 1 2";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks("7 (a) S 1"), None);
    }

    #[test]
    fn a_thread_that_has_ended_takes_nothing_away() {
        let threads = |times: &[(u32, u64)]| {
            Threads(
                times
                    .iter()
                    .map(|(thread, nanos)| (*thread, Duration::from_nanos(*nanos)))
                    .collect(),
            )
        };
        let before = threads(&[(1, 10), (2, 100)]);
        let after = threads(&[(1, 15), (3, 7)]);
        assert_eq!(after.since(&before), Duration::from_nanos(12));
    }

    #[test]
    fn a_parent_is_found_behind_any_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560";
        assert_eq!(origin(stat), Some(("a) b (c", 1)));
        assert_eq!(origin("7 (a"), None);
    }

    #[test]
    fn who_is_no_descendant_is_not_found() {
        let own = std::process::id();
        assert!(descendant_of(own, "kube-apiserver").is_err());
    }

    #[test]
    fn what_is_shared_weighs_less() {
        let weight = Weight::of(std::process::id()).unwrap();
        assert!(weight.proportional > 100_000 && weight.proportional <= weight.resident);
    }

    #[test]
    fn resident_memory_is_in_bytes() {
        assert_eq!(
            resident("Name:\tx\nVmRSS:\t    46 kB\nThreads:\t5\n"),
            Some(46 << 10)
        );
    }
}
