//! The same requests to several proxies, in rounds that alternate.

use std::sync::Arc;

use anyhow::Result;

use super::side::Side;
use crate::client::{Ask, Crowd};
use crate::figures::{median, micros};

/// Requests before each measurement.
const WARM_UP: usize = 50;

/// What one proxy did, round by round.
pub(super) struct Measured {
    pub(super) name: &'static str,
    /// CPU of the proxy for each request, in microseconds.
    pub(super) cpu: Vec<f64>,
    /// CPU of its Redis for each request, in microseconds.
    pub(super) store: Vec<f64>,
    /// Requests a second.
    pub(super) rate: Vec<f64>,
}

/// How much is asked.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) rounds: usize,
    pub(super) requests: usize,
    pub(super) connections: usize,
}

/// Asks each side for what it is to be asked.
pub(super) async fn measure(asked: &[(&Side, Ask)], plan: Plan) -> Result<Vec<Measured>> {
    let mut crowds = Vec::new();
    for (side, _) in asked {
        crowds.push(Crowd::connect(&side.origin, plan.connections).await?);
    }
    let mut measured: Vec<Measured> = asked.iter().map(|(side, _)| Measured::new(side)).collect();
    for round in 0..plan.rounds {
        let mut turns: Vec<usize> = (0..asked.len()).collect();
        // Alternating the order, so that drift affects all alike.
        if round % 2 == 1 {
            turns.reverse();
        }
        for turn in turns {
            let (Some((side, get)), Some(crowd), Some(into)) = (
                asked.get(turn),
                crowds.get_mut(turn),
                measured.get_mut(turn),
            ) else {
                continue;
            };
            crowd.ask(get, WARM_UP.min(plan.requests)).await?;
            into.round(side, crowd, Arc::new([get.clone()]), plan.requests)
                .await?;
        }
    }
    Ok(measured)
}

impl Measured {
    pub(super) fn new(side: &Side) -> Self {
        Self {
            name: side.name,
            cpu: Vec::new(),
            store: Vec::new(),
            rate: Vec::new(),
        }
    }

    /// Requests `gets` from `side` in turn, `count` times in all.
    pub(super) async fn round(
        &mut self,
        side: &Side,
        crowd: &mut Crowd,
        gets: Arc<[Ask]>,
        count: usize,
    ) -> Result<()> {
        let (threads, store) = (side.threads()?, side.store()?);
        let elapsed = crowd.each(gets, count).await?;
        let cpu = side.threads()?.since(&threads);
        let store = side.store()?.saturating_sub(store);
        let each = |cpu| micros(cpu) / count as f64;
        self.cpu.push(each(cpu));
        self.store.push(each(store));
        self.rate.push(count as f64 / elapsed.as_secs_f64());
        Ok(())
    }

    /// Medians of CPU, CPU of Redis, and requests a second.
    pub(super) fn medians(&self) -> [f64; 3] {
        [&self.cpu, &self.store, &self.rate].map(|values| median(values.iter().copied()))
    }

    /// The CPU as a multiple of `other`'s: the median of the ratios within a round.
    pub(super) fn ratio(&self, other: &Self) -> f64 {
        median(
            self.cpu
                .iter()
                .zip(&other.cpu)
                .map(|(own, other)| own / other),
        )
    }
}
