//! Times on the command line: `200ms`, `2s`, `5min`.

use std::time::Duration;

const UNITS: [(&str, f64); 5] = [("ms", 1e-3), ("min", 60.0), ("m", 60.0), ("s", 1.0), ("h", 3600.0)];

/// Reads a time. A number needs its unit.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time: write 200ms, 2s, 5min or 1h");
    let (unit, seconds) = UNITS.iter().find(|(unit, _)| text.ends_with(unit)).ok_or_else(wrong)?;
    let number: f64 = text.strip_suffix(unit).and_then(|number| number.trim().parse().ok()).ok_or_else(wrong)?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::parse;
    use std::time::Duration;

    #[test]
    fn a_number_and_its_unit() {
        assert_eq!(parse("200ms").unwrap(), Duration::from_millis(200));
        assert_eq!(parse("1.5 s").unwrap(), Duration::from_millis(1500));
        assert_eq!(parse("2min").unwrap(), Duration::from_secs(120));
        for wrong in ["", "2", "s", "-1s", "1e400h", "NaNs", "2 weeks"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
