//! The part of WebSocket that closing needs. A Close frame may come between any two frames, also those of one
//! message (RFC 6455, section 5.4), but never within one.

/// The endpoint is going away, such as a server shutting down (RFC 6455, section 7.4.1).
const GOING_AWAY: u16 = 1001;

/// The reason in the Close frame.
const REASON: &[u8] = b"the proxy is being stopped; try again";

/// FIN and the opcode of Close.
const CLOSE: u8 = 0x88;

/// The longest head of a frame, in bytes.
const HEAD: usize = 14;

/// Follows the frames of one direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frames {
    /// The bytes of the current head.
    head: [u8; HEAD],
    head_read: usize,
    /// How much of the content is still to come.
    rest: u64,
}

impl Frames {
    /// Reads the next bytes.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) {
        while let [first, others @ ..] = bytes {
            if self.rest > 0 {
                let length = usize::try_from(self.rest).unwrap_or(usize::MAX);
                let length = length.min(bytes.len());
                self.rest -= length as u64;
                bytes = bytes.get(length..).unwrap_or_default();
                continue;
            }
            if let Some(byte) = self.head.get_mut(self.head_read) {
                *byte = *first;
                self.head_read += 1;
            }
            bytes = others;
            if let Some(length) = self.length() {
                self.rest = length;
                self.head_read = 0;
            }
        }
    }

    /// Whether the last frame is complete and the next has not begun.
    pub(crate) fn is_between(&self) -> bool {
        self.head_read == 0 && self.rest == 0
    }

    /// The length of the frame's content, once its head is complete (RFC 6455, section 5.2).
    fn length(&self) -> Option<u64> {
        let [_, second, more @ ..] = self.head.get(..self.head_read)? else {
            return None;
        };
        let (short, is_masked) = (second & 0x7f, second & 0x80 != 0);
        let extended = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if more.len() < extended + if is_masked { 4 } else { 0 } {
            return None;
        }
        match more.get(..extended)? {
            [] => Some(short.into()),
            bytes => Some(
                bytes
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
            ),
        }
    }
}

/// The server's Close frame.
pub(crate) fn goodbye() -> Vec<u8> {
    let length = u8::try_from(size_of::<u16>() + REASON.len()).unwrap_or_default();
    [&[CLOSE, length][..], &GOING_AWAY.to_be_bytes(), REASON].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may")]

    use super::{Frames, goodbye};

    /// A frame of this length with the shortest head, masked or not.
    fn frame(length: usize, is_masked: bool) -> Vec<u8> {
        let mask = if is_masked { 0x80 } else { 0 };
        let mut frame = vec![0x82];
        match length {
            0..=125 => frame.push(mask | length as u8),
            126..=0xffff => {
                frame.push(mask | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            _ => {
                frame.push(mask | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        if is_masked {
            frame.extend([0xff; 4]);
        }
        // The content looks like heads of frames.
        frame.extend((0..length).map(|at| [0x82, 0x05][at % 2]));
        frame
    }

    #[test]
    fn the_end_of_a_frame_is_found_in_pieces_of_any_size() {
        for is_masked in [false, true] {
            for length in [0, 1, 125, 126, 0xffff, 0x1_0000] {
                let one = frame(length, is_masked);
                let two = [one.clone(), one.clone()].concat();
                for size in [1, 2, 3, 7, one.len(), two.len()] {
                    let mut frames = Frames::default();
                    let mut read = 0;
                    for piece in two.chunks(size) {
                        frames.read(piece);
                        read += piece.len();
                        let expected = read % one.len() == 0;
                        assert_eq!(frames.is_between(), expected, "{length} {size} {read}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_length_beyond_all_memory_is_borne() {
        let mut frames = Frames::default();
        frames.read(&[0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2]);
        assert!(!frames.is_between());
    }

    #[test]
    fn the_goodbye_is_one_frame() {
        let mut frames = Frames::default();
        let goodbye = goodbye();
        frames.read(&goodbye[..goodbye.len() - 1]);
        assert!(!frames.is_between());
        frames.read(&goodbye[goodbye.len() - 1..]);
        assert!(frames.is_between());
        assert_eq!(goodbye[..4], [0x88, goodbye.len() as u8 - 2, 0x03, 0xe9]);
    }
}
