//! The fate of a command that got no answer, and whether it may be repeated.

use redis::{RedisError, ServerError};

/// The fate of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    /// It was not executed: it was never sent, or the server refused it for now.
    NotDone,
    /// The connection ended before the answer: it was executed or not, and will not be later.
    Cut,
    /// No answer in time, or an unreadable one: it was executed, or was not, or will be.
    Silent,
    /// The answer will be the same next time.
    Refused,
}

/// Whether a command with an unknown fate may be repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Repeat {
    /// It is idempotent.
    Safe,
    /// It is not idempotent: only if it was not executed.
    IfNotDone,
}

/// A failed command, and the reason for the log.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) fate: Fate,
    pub(super) reason: String,
}

/// Errors of a server that refuses commands for now. It is loading its data, has become a replica, is cut off
/// from others, wants a password again, or runs a long script. It, or its successor, will soon be ready.
const FOR_NOW: [&str; 8] = [
    "BUSY",
    "CLUSTERDOWN",
    "LOADING",
    "MASTERDOWN",
    "NOAUTH",
    "NOREPLICAS",
    "READONLY",
    "TRYAGAIN",
];

/// A cluster's errors for clients without cluster support.
const OF_A_CLUSTER: [&str; 3] = ["ASK", "CROSSSLOT", "MOVED"];

/// The error message for a cluster.
pub(super) const CLUSTER: &str = "this Redis is a cluster whose clients have to know its nodes (OSS clustering), and \
     Spin's store does not: on Azure Managed Redis choose the clustering policy Enterprise or \
     Non-clustered, on Azure Cache for Redis turn clustering off, elsewhere take a primary with replicas \
     and Sentinel";

impl Failure {
    pub(super) fn not_done(reason: impl Into<String>) -> Self {
        Self {
            fate: Fate::NotDone,
            reason: reason.into(),
        }
    }

    pub(super) fn silent(reason: impl Into<String>) -> Self {
        Self {
            fate: Fate::Silent,
            reason: reason.into(),
        }
    }

    /// The failure for an error of the server.
    pub(super) fn answered(error: &ServerError) -> Self {
        let code = error.code();
        let fate = match FOR_NOW.contains(&code) {
            true => Fate::NotDone,
            false => Fate::Refused,
        };
        let reason = match (OF_A_CLUSTER.contains(&code), error.details()) {
            (true, _) => CLUSTER.to_owned(),
            (false, Some(details)) => format!("{code} {details}"),
            (false, None) => code.to_owned(),
        };
        Self { fate, reason }
    }

    /// The failure for an error of the connection.
    pub(super) fn of_connection(error: &RedisError) -> Self {
        let fate = match error.is_io_error() && !error.is_timeout() {
            true => Fate::Cut,
            false => Fate::Silent,
        };
        let reason = error.to_string();
        Self { fate, reason }
    }

    /// Whether the failed command may be repeated.
    pub(super) fn permits(&self, repeat: Repeat) -> bool {
        match self.fate {
            Fate::NotDone => true,
            Fate::Cut => repeat == Repeat::Safe,
            Fate::Silent | Fate::Refused => false,
        }
    }

    /// Whether the connection can no longer be used.
    pub(super) fn ends_connection(&self) -> bool {
        self.fate != Fate::Refused
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

    use redis::{Value, parse_redis_value};

    use super::{CLUSTER, Failure, Fate, Repeat};

    fn answered(line: &str) -> Failure {
        match parse_redis_value(format!("-{line}\r\n").as_bytes()).unwrap() {
            Value::ServerError(error) => Failure::answered(&error),
            other => panic!("{other:?}"),
        }
    }

    /// Even an increment is repeated if the server says that it did nothing.
    #[test]
    fn what_was_not_carried_out_may_be_sent_again() {
        for line in [
            "READONLY You can't write against a read only replica.",
            "LOADING Redis is loading the dataset in memory",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "CLUSTERDOWN The cluster is down",
            "NOAUTH Authentication required.",
            "NOREPLICAS Not enough good replicas to write.",
            "BUSY Redis is busy running a script.",
            "TRYAGAIN Multiple keys request during rehashing of slot",
        ] {
            let failure = answered(line);
            assert_eq!(failure.fate, Fate::NotDone, "{line}");
            assert!(failure.permits(Repeat::IfNotDone) && failure.ends_connection());
            assert_eq!(failure.reason, line);
        }
    }

    #[test]
    fn what_stays_wrong_is_not_repeated_and_says_itself() {
        for line in [
            "ERR value is not an integer or out of range",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
            "NOPERM this user has no permissions to run the 'set' command",
            "OOM command not allowed when used memory > 'maxmemory'.",
            "MISCONF Redis is configured to save RDB snapshots",
        ] {
            let failure = answered(line);
            assert_eq!(failure.fate, Fate::Refused, "{line}");
            assert!(!failure.permits(Repeat::Safe) && !failure.ends_connection());
            assert_eq!(failure.reason, line);
        }
    }

    #[test]
    fn a_cluster_is_named_with_what_to_choose() {
        for line in [
            "MOVED 3999 127.0.0.1:6381",
            "ASK 3999 127.0.0.1:6381",
            "CROSSSLOT Keys in request don't hash to the same slot",
        ] {
            assert_eq!(answered(line).reason, CLUSTER);
            assert!(!answered(line).permits(Repeat::Safe));
        }
    }

    #[test]
    fn what_was_cut_off_may_have_happened_and_what_is_silent_may_yet_happen() {
        let of =
            |kind: std::io::ErrorKind| Failure::of_connection(&std::io::Error::from(kind).into());
        for kind in [
            std::io::ErrorKind::BrokenPipe,
            std::io::ErrorKind::ConnectionReset,
            std::io::ErrorKind::UnexpectedEof,
        ] {
            assert!(of(kind).permits(Repeat::Safe), "{kind}");
            assert!(!of(kind).permits(Repeat::IfNotDone), "{kind}");
        }
        assert!(!of(std::io::ErrorKind::TimedOut).permits(Repeat::Safe));
        assert!(!Failure::silent("").permits(Repeat::Safe));
    }
}
