//! The same request with few records in the store, and with many.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use anyhow::Result;
use base64ct::{Base64UrlUnpadded, Encoding};
use e2e::{Builder, Redis, Stack};

use crate::arguments::Arguments;
use crate::client::{Ask, Crowd};
use crate::figures::{median, micros};
use crate::kernel::cpu_of_threads;
use crate::stack::{origin, whoami};

/// Few.
const FEW: usize = 1000;
/// What many may cost, as a multiple of few.
const AIM: f64 = 1.25;

/// What `/whoami` costs with few and with many records.
pub(crate) struct Scale {
    store: &'static str,
    many: usize,
    /// CPU in microseconds for each request: of `serve`, and of Redis.
    few_cpu: (f64, f64),
    many_cpu: (f64, f64),
    ratio: f64,
    /// What Redis counted, for one request each.
    same_operations: Option<bool>,
}

/// A stack with a store that was filled.
struct Filled {
    stack: Stack,
    redis: Option<Redis>,
    get: Ask,
    crowd: Crowd,
}

/// Measures Redis and SQLite.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Vec<Scale>> {
    Ok(vec![
        compare("Redis", arguments.records, arguments).await?,
        compare("SQLite", arguments.records / 10, arguments).await?,
    ])
}

async fn compare(store: &'static str, many: usize, arguments: &Arguments) -> Result<Scale> {
    eprintln!("bench: /whoami with {FEW} and with {many} records in {store}");
    let is_redis = store == "Redis";
    let mut few = Filled::new(is_redis, FEW, arguments.connections).await?;
    let mut large = Filled::new(is_redis, many, arguments.connections).await?;
    let same_operations = few
        .operations()
        .zip(large.operations())
        .map(|(a, b)| a == b);
    let (mut few_cpu, mut many_cpu) = (Vec::new(), Vec::new());
    for _ in 0..arguments.rounds {
        few_cpu.push(few.round(arguments.requests).await?);
        many_cpu.push(large.round(arguments.requests).await?);
    }
    let sum = |(serve, redis): &(f64, f64)| serve + redis;
    let ratios = few_cpu
        .iter()
        .zip(&many_cpu)
        .map(|(few, many)| sum(many) / sum(few));
    let ratio = median(ratios);
    let medians = |cpu: &[(f64, f64)]| {
        let serve = median(cpu.iter().map(|(serve, _)| *serve));
        (serve, median(cpu.iter().map(|(_, redis)| *redis)))
    };
    Ok(Scale {
        store,
        many,
        few_cpu: medians(&few_cpu),
        many_cpu: medians(&many_cpu),
        ratio,
        same_operations,
    })
}

impl Filled {
    async fn new(is_redis: bool, records: usize, connections: usize) -> Result<Self> {
        // Real records of real sizes, in the proportions of a sign-in.
        let sample = Stack::start();
        sample.signed_in("alice");
        let sample = sample.store().records();
        let redis = is_redis.then(Redis::start);
        let stack = match &redis {
            Some(redis) => Builder::default().redis(redis).start(),
            None => Stack::start(),
        };
        let alice = stack.signed_in("alice");
        let fill = (0..records).filter_map(|number| {
            let (key, value) = sample.get(number % sample.len())?;
            let kind = key.strip_prefix("aop-")?.split('-').next()?;
            let name = Base64UrlUnpadded::encode_string(&hash(number));
            Some((format!("aop-{kind}-{name}"), value.as_slice()))
        });
        match &redis {
            Some(redis) => redis.fill(fill),
            None => stack.store().fill(fill),
        }
        Ok(Self {
            crowd: Crowd::connect(&origin(&stack), connections).await?,
            get: whoami(&alice),
            stack,
            redis,
        })
    }

    /// What one request asks of Redis.
    fn operations(&self) -> Option<BTreeMap<String, u64>> {
        let redis = self.redis.as_ref()?;
        let mut browser = self.stack.browser();
        browser
            .headers
            .push(("cookie".to_owned(), self.get.cookies.clone()));
        redis.commands();
        browser.get("/whoami");
        let mut commands = redis.commands();
        // Commands of the measurement itself.
        commands.retain(|name, _| {
            ["get", "mget", "set", "exists", "incrby", "del"].contains(&name.as_str())
        });
        Some(commands)
    }

    /// CPU in microseconds for each of so many requests, of `serve` and of Redis.
    async fn round(&mut self, requests: usize) -> Result<(f64, f64)> {
        let before = self.cpu()?;
        self.crowd.ask(&self.get, requests).await?;
        let after = self.cpu()?;
        let each = |before: Duration, after: Duration| micros(after - before) / requests as f64;
        Ok((each(before.0, after.0), each(before.1, after.1)))
    }

    fn cpu(&self) -> Result<(Duration, Duration)> {
        let redis = match &self.redis {
            Some(redis) => cpu_of_threads(redis.id())?,
            None => Duration::ZERO,
        };
        Ok((cpu_of_threads(self.stack.proxy.id())?, redis))
    }
}

/// A unique value of the length of a hash, spread over all keys.
fn hash(number: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut state = number as u64;
    for chunk in bytes.chunks_mut(8) {
        // The finalizer of SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        chunk.copy_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    bytes
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "/whoami with few and many records in {}", self.store)?;
        for (records, (serve, redis)) in [(FEW, self.few_cpu), (self.many, self.many_cpu)] {
            let what = format!("{records} records: CPU of `serve`");
            write!(f, "  {what:<46}{serve:>8.0} µs")?;
            if self.same_operations.is_some() {
                write!(f, ", of Redis {redis:>4.0} µs")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "  {:<46}{:>8.2}      (aim: {AIM})", "ratio", self.ratio)?;
        if let Some(same) = self.same_operations {
            writeln!(f, "  {:<46}{same:>8}", "the same store operations")?;
        }
        Ok(())
    }
}
