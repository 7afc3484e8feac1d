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

/// A little more than the store's own five seconds, so that the store's own error is shown.
const PATIENCE: Duration = LIMIT.saturating_add(Duration::from_millis(500));

const VALUE: &[u8] = b"written by aks-oauth-proxy doctor";

/// Is in what is said of a write that the primary has, and its replicas have not.
const REPLICAS: &str = "REDIS_WAIT_REPLICAS";

/// Longer than this, each use of a session is felt.
const SLOW: Duration = Duration::from_millis(250);

/// What a store may say, and what to do; the first that fits counts. Of Redis these are its own words, which
/// are a part of its protocol, some of the client's, and those of `serve`; SQLite's have not changed in twenty
/// years.
const REMEDIES: &[(&[&str], &str)] = &[
    (
        &["no token for Redis yet"],
        "Entra gives no token for Redis: the lines `redis_token` on stderr say why. Whom REDIS_ENTRA_CLIENT_ID \
         names, or else CLIENT_ID, needs a federated credential for this service account",
    ),
    (
        &["REDIS_PASSWORD_FILE"],
        "correct REDIS_PASSWORD_FILE, or mount the Secret there, so that this user may read it",
    ),
    (
        &["REDIS_SENTINEL_SERVICE"],
        "correct REDIS_SENTINEL_SERVICE: it is the name in the Sentinels' line `sentinel monitor NAME …`",
    ),
    (
        &["the Sentinel "],
        "are the addresses in REDIS_SENTINELS right, and are the Sentinels up? If they want a password, it is \
         REDIS_SENTINEL_PASSWORD",
    ),
    (
        &["the Sentinels name, is no primary"],
        "a fail-over is under way: try again in a minute",
    ),
    (
        &[REPLICAS],
        "are so many replicas there, and near enough? Does this Redis know WAIT, and may the user send it? Else \
         lower REDIS_WAIT_REPLICAS",
    ),
    (
        &["UnknownIssuer", "BadSignature"],
        "the certificate of Redis is of an authority that is not trusted: name the file with it in SSL_CERT_FILE",
    ),
    (
        &["NOAUTH", "Authentication required"],
        "Redis wants a password: REDIS_PASSWORD_FILE, REDIS_PASSWORD or REDIS_ENTRA (in the chart store.redis and \
         settings.redisEntra), or in the url, redis://:PASSWORD@…",
    ),
    (
        &["WRONGPASS", "AuthenticationFailed"],
        "Redis does not take the user name or password: correct the url, or REDIS_USERNAME and the password; with \
         REDIS_ENTRA the identity must be a user of this Redis",
    ),
    (
        &["NOPERM", "NoPerm"],
        "the user lacks a permission: it needs all keys, and the commands ping select get set mset del exists \
         incrby, and wait with REDIS_WAIT_REPLICAS",
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
        &["is a cluster whose clients", "refused to switch database"],
        "if this is a Redis Cluster: choose the clustering policy Enterprise, or no cluster; else correct the \
         number at the end of the url, which is the database",
    ),
    (
        &["CLUSTERDOWN", "ClusterDown"],
        "this is a Redis Cluster, and some of it is down",
    ),
    (
        &["is a Sentinel"],
        "name the Sentinels in REDIS_SENTINELS, and a server in the url",
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
    let written = store.set(key, VALUE).await;
    if written.as_ref().is_err_and(|why| !why.contains(REPLICAS)) {
        return written;
    }
    // A key that was set cannot be counted.
    let counter = format!("{key}-counter");
    let tried = match written {
        Ok(()) => read_and_count(store, key, &counter).await,
        Err(why) => Err(why),
    };
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
    let keys = [counter, key].map(str::to_owned);
    match store.get_many(&keys).await?.as_slice() {
        [Some(_), Some(value)] if value == VALUE => Ok(()),
        _ => Err("it does not give back together what was written".to_owned()),
    }
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
