//! Numbers, and how they are written.

use std::time::Duration;

/// Microseconds.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// Thousands.
pub(crate) fn kilo(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}

/// The mean.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.into_iter().collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// The median.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The quantile at `share`: the least at 0, the greatest at 1.
pub(crate) fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    let index = (last * share).round() as usize;
    values.get(index).copied().unwrap_or(f64::NAN)
}

/// All values, as measured.
pub(crate) fn list(values: impl IntoIterator<Item = f64>) -> String {
    let values: Vec<String> = values.into_iter().map(|v| format!("{v:.0}")).collect();
    values.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{median, quantile};

    #[test]
    fn the_median_does_not_care_for_outliers() {
        assert_eq!(median([3.0, 900.0, 1.0]), 3.0);
        assert!(median([]).is_nan());
    }

    #[test]
    fn quantiles_go_from_the_least_to_the_greatest() {
        let at = |share| quantile([4.0, 2.0, 0.0, 1.0, 3.0], share);
        assert_eq!([at(0.0), at(0.25), at(1.0)], [0.0, 1.0, 4.0]);
    }
}
