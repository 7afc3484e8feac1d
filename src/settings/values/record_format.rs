//! The format in which what is sealed is written.

/// A format of sealed records and cookies. `store` knows what each one is, and reads all of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RecordFormat {
    /// The first.
    One,
    /// The second.
    Two,
}

pub(in crate::settings) fn version(text: &str) -> Result<RecordFormat, String> {
    match text {
        "1" => Ok(RecordFormat::One),
        "2" => Ok(RecordFormat::Two),
        _ => Err("is neither `1` nor `2`".to_owned()),
    }
}
