//! Reads the output of an HTTP/1.1 server as strictly as RFC 9112 allows.

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, the names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The only value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let first = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is there twice");
        first
    }
}

/// The first answer in `bytes`, and the rest. `is_head` says which answers have no body.
///
/// `None` if it was cut off.
///
/// # Panics
/// When it is not well formed.
pub fn next(bytes: &[u8], is_head: impl Fn(&Answer) -> bool) -> Option<(Answer, &[u8])> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).expect("a head is text");
    let mut rest = &bytes[end + 4..];
    let mut lines = head.split("\r\n");
    let mut answer = Answer {
        status: status(lines.next().unwrap_or_default()),
        headers: lines.map(header).collect(),
        body: Vec::new(),
    };
    let has_body = answer.status >= 200 && ![204, 304].contains(&answer.status);
    if !has_body || is_head(&answer) {
        return Some((answer, rest));
    }
    let length = answer.header("content-length").map(str::to_owned);
    let encoding = answer.header("transfer-encoding").map(str::to_owned);
    match (length, encoding.as_deref()) {
        (Some(length), None) => {
            let length: usize = length.parse().expect("a length is a number");
            answer.body = rest.get(..length)?.to_vec();
            rest = &rest[length..];
        }
        (None, Some("chunked")) => (answer.body, rest) = chunks(rest)?,
        (None, None) => (answer.body, rest) = (rest.to_vec(), &[]),
        both => panic!("an answer has one framing: {both:?}"),
    }
    Some((answer, rest))
}

fn status(line: &str) -> u16 {
    let (version, rest) = line.split_at_checked(9).unwrap_or_default();
    assert!(["HTTP/1.1 ", "HTTP/1.0 "].contains(&version), "{line}");
    assert!(rest.as_bytes().get(3) == Some(&b' '), "{line}");
    rest[..3].parse().expect("a status is a number")
}

fn header(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').expect("a header has a colon");
    assert!(
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()),
        "{line:?}"
    );
    assert!(
        !value
            .chars()
            .any(|one| one.is_ascii_control() && one != '\t'),
        "{line:?}"
    );
    (name.to_ascii_lowercase(), value.trim().to_owned())
}

fn chunks(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    loop {
        let end = find(rest, b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).expect("a size is text");
        let size = usize::from_str_radix(size, 16).expect("a size is hexadecimal");
        rest = &rest[end + 2..];
        body.extend_from_slice(rest.get(..size)?);
        assert!(
            rest.get(size..size + 2)? == b"\r\n",
            "a chunk ends with its line"
        );
        rest = &rest[size + 2..];
        if size == 0 {
            return Some((body, rest));
        }
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes
        .windows(pattern.len())
        .position(|window| window == pattern)
}
