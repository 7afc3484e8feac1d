//! A password that changes while a connection lasts.

use redis::{Pipeline, pipe};
use tokio::sync::watch;

use super::settings::Login;

/// Passwords that replace the one of a connection.
pub(super) struct Renewals {
    changes: watch::Receiver<Option<Login>>,
    username: Option<String>,
}

impl Renewals {
    /// The renewals in `changes`, for `username` if there is one.
    pub(super) fn new(changes: watch::Receiver<Option<Login>>, username: Option<&str>) -> Self {
        Self {
            changes,
            username: username.map(str::to_owned),
        }
    }

    /// The current login, if there is one. Later ones count as new.
    pub(super) fn now(&mut self) -> Option<Login> {
        let mut login = self.changes.borrow_and_update().clone()?;
        login.username = self.username.clone().or(login.username);
        Some(login)
    }

    /// The command that authenticates again, once there is another password. It never returns if none comes.
    pub(super) async fn next(&mut self) -> Pipeline {
        loop {
            if self.changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(login) = self.now() {
                let mut command = pipe();
                command.cmd("AUTH").arg(login.username).arg(login.password);
                return command;
            }
        }
    }
}
