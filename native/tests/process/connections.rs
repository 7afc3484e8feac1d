//! The options that limit connections, tested with the program that has the fewest settings.

use std::io::{Read, Seek};
use std::net::TcpStream;

use crate::program::{Running, run};

const LISTEN: [&str; 4] = ["tunnel", "--listen", "127.0.0.1:0", "--drain-seconds=0"];
const SETTINGS: [(&str, &str); 2] = [
    ("TUNNEL_TOKEN", "0123456789abcdef0123456789abcdef"),
    ("COMPONENT_URL", "http://127.0.0.1:1"),
];

#[test]
fn one_client_has_half_of_them_unless_told_otherwise() {
    let four = [&LISTEN[..], &["--max-connections", "4"]].concat();
    let three = [&four[..], &["--max-connections-per-client", "3"]].concat();
    let trusted = [&SETTINGS[..], &[("TRUSTED_PROXIES", "127.0.0.0/8")]].concat();
    for (arguments, settings, most) in [
        (&four, &SETTINGS[..], 2),
        (&three, &SETTINGS[..], 3),
        (&four, &trusted[..], 4),
    ] {
        let (tunnel, mut file) = Running::logging(arguments, settings);
        let connect = || TcpStream::connect(&tunnel.address).unwrap();
        let held: Vec<_> = (0..most).map(|_| connect()).collect();
        let read = connect().read(&mut [0]);
        assert!(matches!(read, Ok(0) | Err(_)), "{most}");
        drop(held);
        assert_eq!(tunnel.signal("TERM").0, Some(0));
        let mut log = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut log).unwrap();
        let said: Vec<_> = log
            .lines()
            .filter(|line| line.contains("connections_refused"))
            .collect();
        assert!(
            matches!(said[..], [line] if line.contains("\"refused\":1")),
            "{log}"
        );
    }
}

#[test]
fn none_at_all_is_a_wrong_command_line() {
    for program in ["serve", "sidecar", "tunnel"] {
        for option in ["--max-connections", "--max-connections-per-client"] {
            let ended = run(&[program, option, "0"], &SETTINGS);
            assert_eq!(ended.code, Some(64), "{program}");
            assert!(ended.stderr.contains(option), "{}", ended.stderr);
        }
    }
}
