//! The session store: a key of the doctor's own is written, read, counted and deleted.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use host::Store;
use tokio::runtime::Handle;
use tokio::task;
use tokio::time::{Instant, timeout};

use crate::call::LIMIT;
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Store;

/// A little more than the store's own five seconds: its words say more than the end of ours.
const PATIENCE: Duration = LIMIT.saturating_add(Duration::from_millis(500));

const VALUE: &[u8] = b"written by aks-oauth-proxy doctor";

/// Longer than this, each use of a session is felt.
const SLOW: Duration = Duration::from_millis(250);

/// What a store may say, and what to do. Redis' words are a part of its protocol, and the client writes
/// some of them in its own way; SQLite's have not changed in twenty years.
const REMEDIES: [(&[&str], &str); 15] = [
    (
        &["NOAUTH", "Authentication required"],
        "Redis wants a password: put it into the url, redis://:PASSWORD@…",
    ),
    (
        &["WRONGPASS", "AuthenticationFailed"],
        "Redis does not take the user name or password in the url",
    ),
    (
        &["NOPERM", "NoPerm"],
        "the user in the url lacks a permission: it needs all keys, and the commands ping get set mset \
         del exists incrby keys",
    ),
    (
        &["READONLY", "ReadOnly"],
        "the url leads to a replica: name the primary",
    ),
    (
        &["LOADING", "BusyLoading"],
        "Redis is reading its data: try again in a minute",
    ),
    (
        &["MASTERDOWN", "MasterDown"],
        "the url leads to a replica that has lost its primary",
    ),
    (
        &["MOVED", "Moved"],
        "this is a Redis Cluster: choose the cluster policy Enterprise, or no cluster",
    ),
    (
        &["CLUSTERDOWN", "ClusterDown"],
        "this is a Redis Cluster, and some of it is down",
    ),
    (
        &["OOM"],
        "Redis is full: give it more memory; maxmemory-policy must be noeviction",
    ),
    (
        &["MISCONF"],
        "Redis cannot write to its disk, and takes no writes",
    ),
    (
        &["database is locked"],
        "somebody else holds the file: a second replica, or a network share, on which SQLite cannot lock",
    ),
    (
        &["readonly database"],
        "the volume, or the file, is read-only for this user: check the mount, and fsGroup",
    ),
    (
        &["ermission denied"],
        "this user may not write there: check the volume's owner, and fsGroup",
    ),
    (&["is full"], "the volume is full"),
    (
        &["malformed", "not a database"],
        "the file is damaged, or another program's: bring back a copy, or delete it, which signs \
         everybody out",
    ),
];

/// Carries it all out within the limit. The thread that waits for a disk is none of the runtime's own.
pub(crate) async fn check(store: Store) -> Row {
    let place = store.place();
    let key = match random() {
        Ok(key) => key,
        Err(error) => return failed(&place, &format!("no random numbers: {error}")),
    };
    let begun = Instant::now();
    let handle = Handle::current();
    let trial = task::spawn_blocking(move || handle.block_on(try_out(&store, &key)));
    match timeout(PATIENCE, trial).await {
        Err(_) => failed(&place, "it does not answer in time"),
        Ok(Err(error)) => failed(&place, &error.to_string()),
        Ok(Ok(Err(why))) => failed(&place, &why),
        Ok(Ok(Ok(()))) => well(&place, begun.elapsed()),
    }
}

async fn try_out(store: &Store, key: &str) -> Result<(), String> {
    store.open().await?;
    store.set(key, VALUE).await?;
    // What was set is no counter.
    let counter = format!("{key}-counter");
    let tried = read_and_count(store, key, &counter).await;
    // Whatever became of it, nothing is left behind where that can be helped.
    let deleted = [store.delete(key).await, store.delete(&counter).await];
    tried?;
    deleted.into_iter().collect::<Result<(), _>>()?;
    match store.exists(key).await? {
        true => Err("it keeps what was deleted".to_owned()),
        false => Ok(()),
    }
}

async fn read_and_count(store: &Store, key: &str, counter: &str) -> Result<(), String> {
    if store.get(key).await?.as_deref() != Some(VALUE) {
        return Err("it does not give back what was written".to_owned());
    }
    for count in 1..=2 {
        if store.increment(counter, 1).await? != count {
            return Err("it miscounts".to_owned());
        }
    }
    Ok(())
}

/// A key that nobody else has.
fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes)?;
    Ok(format!(
        "doctor/{}",
        Base64UrlUnpadded::encode_string(&bytes)
    ))
}

fn well(place: &str, time: Duration) -> Row {
    let seen = format!(
        "{place}: written, read, counted and deleted in {} ms",
        time.as_millis()
    );
    if time < SLOW {
        return Row::ok(NAME, seen);
    }
    Row::warning(
        NAME,
        seen,
        "that is slow, and every request asks it: is it far away, overloaded, or a network share?",
    )
}

fn failed(place: &str, why: &str) -> Row {
    let known = REMEDIES
        .iter()
        .find(|(words, _)| words.iter().any(|word| why.contains(word)));
    let remedy = known.map_or(
        "is the address right, is the store up, and does a NetworkPolicy or firewall stop the way? For \
         SQLite: is the volume mounted, and may this user write to it?",
        |(_, remedy)| remedy,
    );
    Row::failed(NAME, format!("{place}: {why}"), remedy)
}
