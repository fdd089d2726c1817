//! Constants as the server keeps them.

use crate::sql::DataType;

/// A constant of a type, however it was written.
pub(super) fn canonical(text: &str, wanted: Option<&DataType>) -> String {
    let Some(data_type) = wanted.filter(|t| t.schema.is_none()) else { return quoted(text) };
    if data_type.array {
        let element = DataType { array: false, ..data_type.clone() };
        if let Some(elements) = elements(text) {
            let elements: Vec<String> = elements.iter().map(|text| canonical(text, Some(&element))).collect();
            return array(&elements);
        }
        return quoted(text);
    }
    let written = match data_type.name.as_str() {
        "bool" => boolean(text).map(str::to_owned),
        "jsonb" | "json" => Some(without_spaces(text)),
        "interval" => interval(text),
        "date" | "timestamp" | "timestamptz" => Some(moment(text)),
        "time" => Some(clock(text)),
        "uuid" => Some(text.to_ascii_lowercase()),
        "bytea" => bytes(text),
        "int2" | "int4" | "int8" => text.trim().parse::<i64>().ok().map(|n| n.to_string()),
        _ => None,
    };
    quoted(written.as_deref().unwrap_or(text))
}

/// Whether a constant of a date or time means something else each time it is read.
pub(super) fn is_of_the_moment(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "now" | "today" | "tomorrow" | "yesterday")
}

/// Whether a text is a date, alone or with a time to the second.
pub(super) fn is_moment(text: &str) -> bool {
    let shape = text.bytes().take(19).map(|b| if b.is_ascii_digit() { b'0' } else { b });
    let shape: Vec<u8> = shape.collect();
    matches!(&*shape, b"0000-00-00" | b"0000-00-00 00:00:00")
}

/// A date or time whose type is not known, as one that can be compared; nothing where the time zone of the session in which
/// it was written may have moved it.
pub(super) fn instant(text: &str) -> Option<String> {
    let moment = moment(text);
    let has_zone = text.get(19..).is_some_and(|rest| rest.contains(['+', '-', 'Z', 'z']));
    (!has_zone || !moment.contains(' ')).then_some(moment)
}

/// A constant whose type is not known.
pub(super) fn untyped(text: &str) -> String {
    if is_of_the_moment(text) || is_moment(text) {
        return "moment".to_owned();
    }
    let spelt = text.contains(|c: char| c.is_ascii_alphabetic() || c == ':').then(|| interval(text)).flatten();
    quoted(spelt.as_deref().unwrap_or(text))
}

/// An array of constants or other expressions.
pub(super) fn array(elements: &[String]) -> String {
    format!("array({})", elements.join(", "))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `boolin` on the server: any beginning of a word that is not ambiguous.
fn boolean(text: &str) -> Option<&'static str> {
    let text = text.trim().to_ascii_lowercase();
    let begins = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    if text == "1" || begins("true", 1) || begins("yes", 1) || begins("on", 2) {
        Some("true")
    } else if text == "0" || begins("false", 1) || begins("no", 1) || begins("off", 2) {
        Some("false")
    } else {
        None
    }
}

/// The elements of a one-dimensional array constant without quotes.
fn elements(text: &str) -> Option<Vec<&str>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    if inner.contains(['"', '{', '}', '\\']) {
        return None;
    }
    Some(if inner.is_empty() { Vec::new() } else { inner.split(',').map(str::trim).collect() })
}

/// `byteain` on the server: `\x` and hexadecimal digits, or bytes with escapes, as the first.
fn bytes(text: &str) -> Option<String> {
    if let Some(digits) = text.strip_prefix("\\x") {
        let digits = digits.chars().filter(|c| !c.is_ascii_whitespace());
        return Some(format!("\\x{}", digits.collect::<String>().to_ascii_lowercase()));
    }
    let mut written = "\\x".to_owned();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'\\' => match rest.next()? {
                b'\\' => b'\\',
                first => {
                    let digits = [first, rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()?
                }
            },
            byte => byte,
        };
        written.push_str(&format!("{byte:02x}"));
    }
    Some(written)
}

/// JSON without the spaces between its tokens.
fn without_spaces(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        if !inside && c.is_ascii_whitespace() {
            continue;
        }
        written.push(c);
        let ends = c == '"' && !escaped;
        escaped = inside && c == '\\' && !escaped;
        if ends {
            inside = !inside;
        }
    }
    written
}

/// A date or a time on a day, at UTC unless it says otherwise.
fn moment(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let text = if text == "epoch" { "1970-01-01".to_owned() } else { text.replacen('t', " ", 1) };
    let (day, time) = text.split_once(' ').unwrap_or((&text, ""));
    let mut time = time.trim_end_matches('z').trim_end();
    for zone in ["+00", "+00:00", "+0000", "utc"] {
        time = time.strip_suffix(zone).map_or(time, str::trim_end);
    }
    let time = if time.is_empty() { String::new() } else { clock(time) };
    if matches!(&*time, "" | "00:00:00") { day.to_owned() } else { format!("{day} {time}") }
}

/// A time of day to the second, and what of a second is left.
fn clock(text: &str) -> String {
    let mut time = text.trim().to_owned();
    if time.contains('.') {
        time.truncate(time.trim_end_matches('0').trim_end_matches('.').len());
    }
    let is_plain = time.bytes().all(|b| b.is_ascii_digit() || b == b':');
    if is_plain && time.matches(':').count() == 1 { format!("{time}:00") } else { time }
}

/// An interval as months, days and microseconds; nothing for forms that are rarely written.
fn interval(text: &str) -> Option<String> {
    const SECOND: f64 = 1e6;
    let (mut months, mut days, mut micros) = (0f64, 0f64, 0f64);
    let mut words = text.split_ascii_whitespace().peekable();
    let mut any = false;
    while let Some(word) = words.next() {
        any = true;
        if word.contains(':') {
            let negative = word.starts_with('-');
            let mut seconds = 0f64;
            for (place, part) in word.trim_start_matches(['-', '+']).split(':').enumerate() {
                let scale = *[3600.0, 60.0, 1.0].get(place)?;
                seconds += part.parse::<f64>().ok()? * scale;
            }
            micros += if negative { -seconds } else { seconds } * SECOND;
            continue;
        }
        let digits = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
        let (number, attached) = word.split_at(digits);
        let number: f64 = number.parse().ok()?;
        let unit = if attached.is_empty() { words.next().unwrap_or("seconds") } else { attached };
        match unit.to_ascii_lowercase().trim_end_matches('s') {
            "year" | "yr" | "y" => months += number * 12.0,
            "month" | "mon" => months += number,
            "week" | "w" => days += number * 7.0,
            "day" | "d" => days += number,
            "hour" | "hr" | "h" => micros += number * 3600.0 * SECOND,
            "minute" | "min" | "m" => micros += number * 60.0 * SECOND,
            // `s` alone has lost its letter.
            "second" | "sec" | "" => micros += number * SECOND,
            "millisecond" | "msec" => micros += number * 1e3,
            "microsecond" | "usec" => micros += number,
            _ => return None,
        }
    }
    // Without a unit, and without its type being known, the same may be written as a number.
    let seconds = micros / SECOND;
    let only_seconds = months == 0.0 && days == 0.0 && seconds.fract() == 0.0;
    any.then(|| if only_seconds { format!("{seconds}") } else { format!("{months} months {days} days {micros}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_compared_by_value() {
        let cases = [
            ("bool", "t", "true"),
            ("bool", "off", "false"),
            ("int4", " 010", "10"),
            ("jsonb", "{\"a b\":1, \"c\": [1, 2]}", "{\"a b\": 1, \"c\":[1,2]}"),
            ("interval", "24 hours", "24:00:00"),
            ("interval", "1 week", "7 days"),
            ("interval", "1h 30m", "01:30:00"),
            ("interval", "2 years", "24 mons"),
            ("timestamp", "1970-01-01", "1970-01-01 00:00:00"),
            ("timestamptz", "epoch", "1970-01-01 00:00:00+00"),
            ("timestamptz", "2024-05-06T07:08:09.500Z", "2024-05-06 07:08:09.5+00"),
            ("timestamp", "2024-05-06 07:08", "2024-05-06 07:08:00"),
            ("time", "12:00", "12:00:00.000"),
            ("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ];
        for (data_type, one, other) in cases {
            let data_type = Some(DataType::builtin(data_type));
            assert_eq!(canonical(one, data_type.as_ref()), canonical(other, data_type.as_ref()), "{one} {other}");
        }
        assert_ne!(canonical("1 day", Some(&DataType::builtin("interval"))), quoted("24 hours"));
        assert_ne!(canonical("1 ", None), canonical("1", None));
    }
}
