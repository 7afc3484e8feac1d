//! One way to the API server.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use e2e::{Kubectl, Ran};

use super::normal::normal;
use super::{Command, How};

/// A kubectl, its namespace and its server.
pub(crate) struct Side {
    kubectl: Kubectl,
    namespace: String,
    server: String,
}

impl Side {
    /// The namespace must exist, with all rights for the user of `kubectl`.
    pub(crate) fn new(kubectl: Kubectl, namespace: &str, server: &str) -> Self {
        let content = "a file of two lines\nto be copied\n";
        fs::write(kubectl.directory().join("file"), content).unwrap();
        // The API's resources, which kubectl caches for later commands.
        kubectl.succeed(&["api-resources"]);
        Self {
            kubectl,
            namespace: namespace.to_owned(),
            server: server.to_owned(),
        }
    }

    /// Runs a command of the table, and returns its comparable result.
    pub(super) fn run(&self, command: &Command) -> Ran {
        let arguments = self.arguments(command.line);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = match command.how {
            How::Plain => self.kubectl.run(&arguments),
            How::Input(input) => self.kubectl.run_with(&arguments, &self.fill(input)),
            How::Terminal(input) => {
                let mut ran = self.kubectl.run_on_terminal(&arguments, input);
                // The terminal echoes the input, before or after the program's output.
                let echo = input.replace('\n', "\r\n");
                ran.stdout = ran.stdout.replacen(&echo, "", 1);
                ran
            }
            How::Until(part, change) => self.until(&arguments, part, change),
            How::Fetch(path) => self.fetch(&arguments, &self.fill(path)),
            How::File(name) => {
                let mut ran = self.kubectl.run(&arguments);
                let content = fs::read_to_string(self.kubectl.directory().join(name));
                ran.stdout += &content.unwrap_or_default();
                ran
            }
        };
        normal(ran, &self.namespace, &self.server)
    }

    fn until(&self, arguments: &[&str], part: &str, change: &str) -> Ran {
        let running = self.kubectl.start(arguments);
        if !change.is_empty() {
            // Once it has printed the existing objects, it watches.
            running.line("");
            let change = self.arguments(change);
            let change: Vec<&str> = change.iter().map(String::as_str).collect();
            self.kubectl.succeed(&change);
        }
        let last = running.line(part);
        let output = running.output();
        let (before, _) = output.split_once(&last).unwrap();
        printed(format!("{before}{last}\n"))
    }

    fn fetch(&self, arguments: &[&str], path: &str) -> Ran {
        let forwarder = self.kubectl.start(arguments);
        let line = forwarder.line("127.0.0.1:");
        let words = line.split_whitespace();
        let address = words
            .into_iter()
            .find(|word| word.starts_with("127.0.0.1:"))
            .unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        // kubectl proxy accepts only this host name.
        let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or(("", &answer));
        printed(format!("{line}\n{body}"))
    }

    fn arguments(&self, line: &str) -> Vec<String> {
        let mut arguments = words(&self.fill(line));
        // After the verb, and before the container's arguments.
        arguments.insert(1, format!("--namespace={}", self.namespace));
        arguments
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{ns}", &self.namespace)
    }
}

/// The words of a line; single quotes keep white space together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for character in line.chars() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}

fn printed(stdout: String) -> Ran {
    Ran {
        stdout,
        stderr: String::new(),
        code: 0,
    }
}
