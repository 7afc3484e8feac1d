//! The last event of a watch that ends early: client-go hands its `Status` to whoever watches.
//!
//! Only a watch has events. The answer may have been cut in the middle of one: then the client cannot
//! read what follows, and its watch has failed, as it would have without it.

use verdict::Writing;

use super::error::KubernetesError;
use super::status;
use crate::problem::Tell;

/// The event that says `why` a watch ends whose events are written so.
pub(super) fn error(writing: Writing, why: &KubernetesError, request_id: &str) -> Vec<u8> {
    let problem = why.problem();
    match writing {
        // The line break ends what may have been cut.
        Writing::Json => {
            let status = status::document(&problem, request_id);
            format!("\n{{\"type\":\"ERROR\",\"object\":{status}}}\n").into_bytes()
        }
        Writing::Protobuf => protobuf::error(&problem),
    }
}

/// The little of Protobuf that the event needs.
mod protobuf {
    use crate::kubernetes::status;
    use crate::problem::Problem;

    /// `WatchEvent` of `meta/v1` with a `Status`, after its length in four bytes. The object is in a
    /// `runtime.Unknown` (`k8s.io/apimachinery/pkg/runtime/serializer/protobuf`).
    pub(super) fn error(problem: &Problem) -> Vec<u8> {
        let type_meta = [field(1, b"v1"), field(2, b"Status")].concat();
        let status = [
            field(1, b""),
            field(2, b"Failure"),
            field(3, problem.detail().as_bytes()),
            field(4, status::reason(problem.status()).as_bytes()),
            number(6, problem.status()),
        ]
        .concat();
        let unknown = [field(1, &type_meta), field(2, &status)].concat();
        let object = [b"k8s\0".as_slice(), &unknown].concat();
        let event = [field(1, b"ERROR"), field(2, &field(1, &object))].concat();
        let length = u32::try_from(event.len()).unwrap_or(u32::MAX);
        [length.to_be_bytes().as_slice(), &event].concat()
    }

    /// A field of bytes (wire type 2).
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2], varint(bytes.len()).as_slice(), bytes].concat()
    }

    /// A field with a number (wire type 0).
    fn number(number: u8, value: u16) -> Vec<u8> {
        [&[number << 3], varint(value.into()).as_slice()].concat()
    }

    /// Seven bits in each byte, the lowest first.
    fn varint(mut value: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value > 0x7f {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }
}
