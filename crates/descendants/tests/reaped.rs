//! Somebody else in the process may wait for its children as well. A test of its own process: all that
//! this process has started ends.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[test]
fn orphans_of_a_child_that_another_thread_has_waited_for_end_too() {
    descendants::adopt_orphans();
    for _ in 0..50 {
        let script = "sleep 600 & echo started; wait";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 8]).unwrap();
        let waiter = thread::spawn(move || child.wait());
        let (ended, has_ended) = mpsc::channel();
        thread::spawn(move || {
            descendants::end_all();
            let _ = ended.send(());
        });
        has_ended.recv_timeout(Duration::from_secs(20)).unwrap();
        // Both held the pipe.
        assert_eq!(stdout.read(&mut [0]).unwrap(), 0);
        let _ = waiter.join();
    }
}
