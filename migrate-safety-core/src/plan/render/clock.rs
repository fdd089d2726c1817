//! Times as versions are written: UTC, in seconds since 1970, to calendar and back.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;

/// Now; 1970 where the clock is before it.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

/// Year, month, day, hour, minute and second of a time.
pub(super) fn to_civil(time: i64) -> [u32; 6] {
    let (days, second) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let mut year = 1970 + days.div_euclid(366);
    while days_before(year + 1) <= days {
        year += 1;
    }
    let mut day = days - days_before(year);
    let mut month = 1;
    while day >= days_in(year, month) {
        day -= days_in(year, month);
        month += 1;
    }
    [year, month, day + 1, second / 3600, second / 60 % 60, second % 60].map(|n| u32::try_from(n).unwrap_or_default())
}

/// The time of year, month, day, hour, minute and second; none if there is no such day or time.
pub(super) fn from_civil([year, month, day, hour, minute, second]: [u32; 6]) -> Option<i64> {
    let [year, month, day] = [year, month, day].map(i64::from);
    let known = (1970..10_000).contains(&year) && (1..=12).contains(&month);
    if !known || !(1..=days_in(year, month)).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_before(year) + (1..month).map(|month| days_in(year, month)).sum::<i64>() + day - 1;
    Some(days * DAY + i64::from(hour * 3600 + minute * 60 + second))
}

/// Days from 1970 to the first of a year.
fn days_before(year: i64) -> i64 {
    let leap_days = |year: i64| year / 4 - year / 100 + year / 400;
    (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (time, civil) in [
            (0, [1970, 1, 1, 0, 0, 0]),
            (951_782_399, [2000, 2, 28, 23, 59, 59]),
            (951_782_400, [2000, 2, 29, 0, 0, 0]),
            (1_735_689_599, [2024, 12, 31, 23, 59, 59]),
            (4_107_542_400, [2100, 3, 1, 0, 0, 0]),
        ] {
            assert_eq!(to_civil(time), civil);
            assert_eq!(from_civil(civil), Some(time));
        }
        assert_eq!(from_civil([2023, 2, 29, 0, 0, 0]), None);
        assert_eq!(from_civil([2023, 13, 1, 0, 0, 0]), None);
    }
}
