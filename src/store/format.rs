//! The formats of what is sealed (ADR 31): which are read, and which is written.
//!
//! A release reads the format that it brings, and all that may still be in a store. It writes the
//! format before, unless `SESSION_RECORD_FORMAT` says otherwise: while releases change, each replica
//! can then read what any other one writes. The next release writes the new format.

use crate::settings::RecordFormat;

/// How something is sealed.
#[derive(Clone, Copy)]
pub(super) struct Format {
    /// The first byte of what is sealed.
    pub(super) version: u8,
    /// What precedes the kind in the info by which its key is derived.
    prefix: &'static str,
}

const FIRST: Format = Format {
    version: 1,
    prefix: "",
};
/// Names, ids of secrets and sealing keys are all derived from the operator's secrets. Here the info
/// says that it is about a sealing key. In the first format it is the kind alone, so nothing but the
/// choice of kinds keeps a sealing key apart from the id of its secret, which everybody may see.
const SECOND: Format = Format {
    version: 2,
    prefix: "seal\0",
};
/// What is read, the oldest first.
const READ: [Format; 2] = [FIRST, SECOND];
/// What a later release may write beside these. Any other version is no record of ours.
const NEXT: u8 = SECOND.version + 1;

impl Format {
    /// The format that is written by this setting.
    pub(super) fn written(setting: RecordFormat) -> Self {
        match setting {
            RecordFormat::One => FIRST,
            RecordFormat::Two => SECOND,
        }
    }

    /// The format of what begins with this byte, if it is read.
    pub(super) fn read(version: u8) -> Option<Self> {
        READ.into_iter().find(|format| format.version == version)
    }

    /// Whether a later release wrote what begins with this byte.
    pub(super) fn is_newer(version: u8) -> bool {
        version == NEXT
    }

    /// The info by which the key of this kind is derived (RFC 5869, section 3.2).
    pub(super) fn info(self, kind: &str) -> Vec<u8> {
        [self.prefix, kind].concat().into_bytes()
    }
}
