//! Users and passwords, and what happens when they change.

use std::fs;

use tokio::sync::watch;

use super::server::{Server, until};
use super::{Redis, RedisSettings, count, store};
use crate::{Login, Password};

fn with(server: &Server, username: Option<&str>, password: Password) -> Redis {
    let settings = RedisSettings {
        username: username.map(str::to_owned),
        password,
        ..RedisSettings::default()
    };
    Redis::new(&format!("{}/3", server.url()), &settings).unwrap()
}

fn give(server: &Server, password: &str) {
    let password = format!(">{password}");
    let said = server.cli(&[
        "acl",
        "setuser",
        "proxy",
        "on",
        "resetpass",
        &password,
        "~*",
        "+@all",
    ]);
    assert_eq!(said.trim(), "OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_the_settings_and_no_error_shows_it() {
    let server = Server::start(&[]);
    give(&server, "hunter2");
    let given = |password: &str| Password::Given(password.to_owned());
    with(&server, Some("proxy"), given("hunter2"))
        .open()
        .await
        .unwrap();
    let reason = with(&server, Some("proxy"), given("swordfish"))
        .open()
        .await;
    let reason = reason.unwrap_err();
    assert!(reason.to_lowercase().contains("authentication"), "{reason}");
    assert!(!reason.contains("swordfish"));
}

/// The file is read for each connection, so a Secret that Kubernetes replaces takes effect without a restart.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_a_file_is_read_for_each_connection() {
    let server = Server::start(&[]);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    give(&server, "first");
    fs::write(&file, "first\n").unwrap();
    let redis = with(&server, Some("proxy"), Password::File(file.clone()));
    assert_eq!(redis.increment("count", 1).await, Ok(1));
    give(&server, "second");
    server.cli(&["client", "kill", "user", "proxy"]);
    // The server gets the new password first.
    let (counted, ()) = tokio::join!(count(&redis, "count"), async {
        fs::write(&file, "second\n").unwrap();
    });
    assert_eq!(counted, Ok(2));
    fs::remove_file(&file).unwrap();
    server.cli(&["client", "kill", "user", "proxy"]);
    let reason = redis.open().await.unwrap_err();
    assert!(reason.contains("REDIS_PASSWORD_FILE"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_a_password_again_gets_it() {
    let mut server = Server::start(&[]);
    let redis = store(&server.url());
    assert_eq!(redis.increment("count", 1).await, Ok(1));
    server.kill();
    server.restart(&["--requirepass", "hunter2"]);
    server.log_in("default", "hunter2");
    until(|| server.cli(&["ping"]).contains("PONG"));
    let (counted, ()) = tokio::join!(count(&redis, "count"), async {
        server.cli(&["config", "set", "requirepass", ""]);
    });
    assert_eq!(counted, Ok(2));
}

/// As with Entra's tokens: the same connection authenticates again before the old token ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_changes_is_sent_over_the_same_connection() {
    let server = Server::start(&[]);
    let login = |password: &str| {
        Some(Login {
            username: Some("proxy".to_owned()),
            password: password.to_owned(),
        })
    };
    let clients = || {
        let list = server.cli(&["client", "list"]);
        let own = list.lines().find(|line| line.contains("user=proxy"));
        own.map(|line| line.split(' ').next().unwrap().to_owned())
    };
    give(&server, "first");
    let (changes, password) = watch::channel(None);
    let redis = with(&server, None, Password::Changing(password));
    // There is none yet: the command is sent once there is one.
    let (counted, _) = tokio::join!(redis.increment("count", 1), async {
        changes.send(login("first"))
    });
    assert_eq!(counted, Ok(1));
    let connection = clients();
    assert!(connection.is_some());
    for (number, password) in [(2, "second"), (3, "third")] {
        give(&server, password);
        let before = server.calls("auth");
        changes.send(login(password)).unwrap();
        until(|| server.calls("auth") > before);
        assert_eq!(redis.increment("count", 1).await, Ok(number));
        assert_eq!(clients(), connection);
    }
    // A new connection uses the last one.
    server.cli(&["client", "kill", "user", "proxy"]);
    assert_eq!(count(&redis, "count").await, Ok(4));
    assert_ne!(clients(), connection);
}

/// The server would have ended the connection if it wanted to.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_that_is_refused_ends_nothing() {
    let server = Server::start(&[]);
    give(&server, "first");
    let login = |password: &str| {
        Some(Login {
            username: None,
            password: password.to_owned(),
        })
    };
    let (changes, password) = watch::channel(login("first"));
    let redis = with(&server, Some("proxy"), Password::Changing(password));
    redis.open().await.unwrap();
    let failed = || server.cli(&["info", "errorstats"]).contains("WRONGPASS");
    assert!(!failed());
    changes.send(login("wrong")).unwrap();
    until(failed);
    redis.set("key", b"value").await.unwrap();
    assert_eq!(redis.increment("count", 1).await, Ok(1));
}
