//! How a directory names and numbers its migrations, so that new ones look like those that are there.

use super::clock::{from_civil, to_civil};
use crate::layout::{Layout, Migration, MigrationSet};
use std::path::Path;

/// How migrations are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// What stands before the version: `V` of `V12__users.sql`.
    prefix: String,
    /// What stands behind it: `_`, `__`.
    separator: String,
    /// Whether a migration comes with its way back.
    pub(super) reversible: bool,
    numbering: Numbering,
}

/// How versions follow one another.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Numbering {
    /// By the time, in seconds since 1970.
    Time { shape: Shape, newest: i64 },
    /// By numbers of at least so many digits.
    Serial { digits: usize, newest: u64 },
}

/// How a time is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// `20240131120000`
    Compact,
    /// `2024-01-31-120000`, and what stands behind it: `-0000`.
    Dashed(String),
}

impl Style {
    /// The style of a directory with these migrations; `now` in seconds since 1970. None if the newest has no version
    /// that one could go on from.
    pub(super) fn of(set: &MigrationSet, layout: Layout, now: i64) -> Option<Self> {
        let reversible = match layout {
            Layout::Diesel => true,
            Layout::Sqlx => set.migrations.is_empty() || set.migrations.iter().any(|m| m.down.is_some() || is_up(m)),
            Layout::Plain => set.migrations.iter().any(|m| m.down.is_some()),
        };
        // diesel's own first migration has a version of zeros, whatever the others have.
        let newest = set.migrations.last().filter(|m| m.id.contains(|c: char| c != '0'));
        let Some(newest) = newest else {
            let shape = if layout == Layout::Diesel { Shape::Dashed(String::new()) } else { Shape::Compact };
            let numbering = Numbering::Time { shape, newest: now };
            return Some(Self { prefix: String::new(), separator: "_".to_owned(), reversible, numbering });
        };
        let written = written(newest, layout);
        let start = written.find(|c: char| c.is_ascii_digit())?;
        let (prefix, rest) = written.split_at_checked(start)?;
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
        let (version, rest) = rest.split_at_checked(end)?;
        let underscores = rest.len() - rest.trim_start_matches('_').len();
        Some(Self {
            prefix: prefix.to_owned(),
            separator: "_".repeat(underscores.max(1)),
            reversible,
            numbering: Numbering::after(version, now)?,
        })
    }

    /// What the next migration's name begins with.
    pub(super) fn next(&mut self) -> String {
        let version = match &mut self.numbering {
            Numbering::Time { shape, newest } => {
                *newest += 1;
                shape.write(*newest)
            }
            Numbering::Serial { digits, newest } => {
                *newest = newest.saturating_add(1);
                format!("{newest:0width$}", width = *digits)
            }
        };
        format!("{}{version}{}", self.prefix, self.separator)
    }
}

impl Numbering {
    fn after(version: &str, now: i64) -> Option<Self> {
        if let Some((shape, time)) = Shape::read(version) {
            return Some(Self::Time { shape, newest: time.max(now - 1) });
        }
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        Some(Self::Serial { digits: digits.len(), newest: digits.parse().ok()? })
    }
}

impl Shape {
    /// A time as it is written; none if it is none.
    fn read(version: &str) -> Option<(Self, i64)> {
        let digits: String = version.chars().filter(char::is_ascii_digit).collect();
        let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u32>().ok();
        let fields = [0..4, 4..6, 6..8, 8..10, 10..12, 12..14].map(number);
        let [Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)] = fields else { return None };
        let time = from_civil([year, month, day, hour, minute, second])?;
        let compact = Self::Compact.write(time);
        let dashed = Self::Dashed(String::new()).write(time);
        match version.strip_prefix(&dashed) {
            Some(rest) => Some((Self::Dashed(rest.to_owned()), time)),
            None => (version == compact).then_some((Self::Compact, time)),
        }
    }

    fn write(&self, time: i64) -> String {
        let [year, month, day, hour, minute, second] = to_civil(time);
        match self {
            Self::Compact => format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}"),
            Self::Dashed(rest) => format!("{year:04}-{month:02}-{day:02}-{hour:02}{minute:02}{second:02}{rest}"),
        }
    }
}

/// The name that a migration's version is part of, as it stands in the directory.
fn written(migration: &Migration, layout: Layout) -> String {
    let path = &migration.up.path;
    let name = if layout == Layout::Diesel { path.parent().and_then(Path::file_name) } else { path.file_name() };
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a file is named as one of a pair.
fn is_up(migration: &Migration) -> bool {
    migration.up.path.to_string_lossy().ends_with(".up.sql")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(path: &str, layout: Layout, now: i64) -> String {
        let mut set = MigrationSet::from_text(path, "", layout);
        if layout == Layout::Diesel {
            let dir = Path::new(path).parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
            set.migrations[0].id = dir.split('_').next().unwrap().replace('-', "");
        }
        let mut style = Style::of(&set, layout, now).unwrap();
        format!("{} {}", style.next(), style.next())
    }

    #[test]
    fn versions_go_on_as_they_are_written() {
        let now = from_civil([2025, 6, 1, 12, 30, 59]).unwrap();
        for (path, layout, expected) in [
            ("0007_users.sql", Layout::Sqlx, "0008_ 0009_"),
            ("9_users.up.sql", Layout::Sqlx, "10_ 11_"),
            ("20240131120000_users.sql", Layout::Sqlx, "20250601123059_ 20250601123100_"),
            ("20991231235959_users.sql", Layout::Sqlx, "21000101000000_ 21000101000001_"),
            ("20240231120000_no_such_day.sql", Layout::Sqlx, "20240231120001_ 20240231120002_"),
            ("V12__users.sql", Layout::Plain, "V13__ V14__"),
            ("m/2024-01-31-120000_users/up.sql", Layout::Diesel, "2025-06-01-123059_ 2025-06-01-123100_"),
            (
                "m/2024-01-31-120000-0000_users/up.sql",
                Layout::Diesel,
                "2025-06-01-123059-0000_ 2025-06-01-123100-0000_",
            ),
            ("m/00000000000000_diesel_initial_setup/up.sql", Layout::Diesel, "2025-06-01-123100_ 2025-06-01-123101_"),
        ] {
            assert_eq!(next(path, layout, now), expected, "{path}");
        }
        let set = MigrationSet::from_text("users.sql", "", Layout::Plain);
        assert_eq!(Style::of(&set, Layout::Plain, now), None);
    }
}
