//! Status codes, of which there are five classes (RFC 9110, section 15).

/// All classes, as labels have them.
pub const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The class of a status code; a number that is none counts as 5xx.
pub fn status_class(code: u16) -> &'static str {
    match code {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::{STATUS_CLASSES, status_class};

    #[test]
    fn each_hundred_is_a_class() {
        let hundreds = [100, 204, 302, 499, 500];
        assert_eq!(hundreds.map(status_class), STATUS_CLASSES);
        assert_eq!([0, 99, 600, 999].map(status_class), ["5xx"; 4]);
    }
}
