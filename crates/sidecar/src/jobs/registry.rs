//! The jobs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Serialize, Serializer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::failure::Failure;
use super::kubelogin::{CODE, Kubelogin};
use super::pace::Pace;
use super::prompt::Prompt;
use super::run;
use crate::counts::Counts;
use crate::log;

/// How long a result is kept.
const KEPT: Duration = Duration::from_secs(5 * 60);

/// All jobs of this process.
#[derive(Clone)]
pub(crate) struct Jobs(Arc<Shared>);

struct Shared {
    kubelogin: Kubelogin,
    /// Permits for active runs.
    running: Arc<Semaphore>,
    /// Permits for active and waiting runs.
    places: Arc<Semaphore>,
    table: Mutex<Table>,
    counts: Counts,
}

/// The state of all owners.
struct Table {
    /// By id.
    jobs: HashMap<String, Job>,
    pace: Pace,
}

/// One job.
struct Job {
    owner: String,
    state: State,
    /// The job's place, until the job ends. Its run shares it, so the place is free only when the last
    /// process of the run is gone.
    place: Option<Arc<OwnedSemaphorePermit>>,
    run: AbortHandle,
}

/// The state of a job.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum State {
    /// It waits for other runs.
    Queued,
    /// kubelogin runs, and has printed nothing yet.
    Starting,
    /// It waits for the user.
    Pending {
        #[serde(flatten)]
        prompt: Prompt,
        /// When the code expires at the latest; shown in seconds.
        #[serde(rename = "expires_in", serialize_with = "seconds_until")]
        end: Instant,
    },
    /// It has brought a token.
    Succeeded { token: String },
    /// It has failed.
    Failed(Failure),
}

impl State {
    fn is_over(&self) -> bool {
        matches!(self, Self::Succeeded { .. } | Self::Failed(_))
    }
}

/// A job, as the component sees it.
#[derive(Serialize)]
pub(crate) struct Told {
    id: String,
    #[serde(flatten)]
    state: State,
}

/// A request to start a job.
pub(crate) struct Wish {
    /// How long the result may be wanted.
    pub(crate) lifetime: Duration,
    /// Whether to replace an existing job.
    pub(crate) anew: bool,
}

/// Why no job is started now.
pub(crate) enum NotStarted {
    /// The limit of jobs is reached.
    Full,
    /// The owner must wait for so long until the next start. An existing job stays.
    TooSoon(Duration),
}

impl Jobs {
    pub(crate) fn new(kubelogin: Kubelogin, counts: Counts) -> Self {
        Self(Arc::new(Shared {
            table: Mutex::new(Table {
                jobs: HashMap::new(),
                pace: Pace::new(kubelogin.interval),
            }),
            running: semaphore(kubelogin.most_running),
            places: semaphore(kubelogin.most_running.saturating_add(kubelogin.most_queued)),
            kubelogin,
            counts,
        }))
    }

    /// The job of `owner`: the existing one, unless it has failed or is to be replaced, or a new one. It is
    /// removed with its result after its lifetime.
    pub(crate) fn start(&self, owner: &str, wish: &Wish) -> Result<Told, NotStarted> {
        let mut table = self.0.table();
        let known = table.jobs.iter().find(|(_, job)| job.owner == owner);
        if let Some((id, job)) = known
            && !wish.anew
            && !matches!(job.state, State::Failed(_))
        {
            return Ok(told(id, &job.state));
        }
        let now = Instant::now();
        if let Some(wait) = table.pace.wait(owner, now) {
            return Err(NotStarted::TooSoon(wait));
        }
        // A replaced job passes its place on; the new job waits for the old run's permit.
        let place = match known.and_then(|(_, job)| job.place.clone()) {
            Some(place) => place,
            None => self.0.place()?,
        };
        let id = random_id().ok_or(NotStarted::Full)?;
        table.end(owner);
        table.pace.note(owner, now);
        // A free permit is taken here: tasks start in any order, and a later job could take it.
        let turn = self.0.running.clone().try_acquire_owned().ok();
        let task = tokio::spawn(live_for(wish.lifetime, self.0.clone(), id.clone(), turn));
        let job = Job {
            owner: owner.to_owned(),
            state: State::Queued,
            place: Some(place),
            run: task.abort_handle(),
        };
        let answer = told(&id, &job.state);
        table.jobs.insert(id, job);
        Ok(answer)
    }

    /// The job `id`, if it belongs to `owner`.
    pub(crate) fn get(&self, owner: &str, id: &str) -> Option<Told> {
        let table = self.0.table();
        let job = table.jobs.get(id).filter(|job| job.owner == owner)?;
        Some(told(id, &job.state))
    }

    /// Ends the job of `owner` and its run, if there is one.
    pub(crate) fn end(&self, owner: &str) {
        self.0.table().end(owner);
    }
}

impl Table {
    fn end(&mut self, owner: &str) {
        let of_owner = |_: &String, job: &mut Job| job.owner == owner;
        for (_, job) in self.jobs.extract_if(of_owner) {
            job.run.abort();
        }
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self) -> Result<Arc<OwnedSemaphorePermit>, NotStarted> {
        let place = self.places.clone().try_acquire_owned();
        place.map(Arc::new).map_err(|_| NotStarted::Full)
    }

    fn set(&self, id: &str, state: State) {
        if let Some(job) = self.table().jobs.get_mut(id) {
            if state.is_over() {
                job.place = None;
            }
            job.state = state;
        }
    }

    /// A share in the place of the job `id`, which begins to run; `None` if it has just been ended.
    fn begin(&self, id: &str) -> Option<Arc<OwnedSemaphorePermit>> {
        let mut table = self.table();
        let job = table.jobs.get_mut(id)?;
        job.state = State::Starting;
        job.place.clone()
    }
}

/// Runs a job, for its lifetime at most.
async fn live_for(
    lifetime: Duration,
    shared: Arc<Shared>,
    id: String,
    turn: Option<OwnedSemaphorePermit>,
) {
    // The job is removed when it has ended or its lifetime is over.
    let _ = tokio::time::timeout(lifetime, live(&shared, &id, turn)).await;
    shared.table().jobs.remove(&id);
}

/// A job, from the queue to the end of its result.
async fn live(shared: &Shared, id: &str, turn: Option<OwnedSemaphorePermit>) {
    let counted = shared.counts.job();
    let queued = shared.counts.queued();
    let turn = match turn {
        Some(turn) => Some(turn),
        // The semaphore is never closed.
        None => shared.running.clone().acquire_owned().await.ok(),
    };
    drop(queued);
    let running = shared.counts.running();
    let Some(place) = shared.begin(id) else {
        return;
    };
    let pending = |prompt| {
        let end = Instant::now() + CODE;
        shared.set(id, State::Pending { prompt, end });
    };
    let state = match run::run(&shared.kubelogin, (turn, place), pending).await {
        Ok(token) => {
            counted.finished("succeeded");
            State::Succeeded { token }
        }
        Err(failure) => {
            counted.finished(failure.reason.as_str());
            log::failed_run(&failure);
            State::Failed(failure)
        }
    };
    drop(running);
    shared.set(id, state);
    tokio::time::sleep(KEPT).await;
}

/// As large as a semaphore can be, if more is requested.
fn semaphore(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)))
}

fn seconds_until<S: Serializer>(end: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    let left = end.saturating_duration_since(Instant::now());
    serializer.serialize_u64(left.as_secs())
}

fn told(id: &str, state: &State) -> Told {
    Told {
        id: id.to_owned(),
        state: state.clone(),
    }
}

/// 128 random bits.
fn random_id() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
