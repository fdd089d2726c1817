//! Drift for people.

use super::{Drift, MigrationState};
use std::fmt;

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for object in &self.objects {
            writeln!(f, "{object}")?;
            for sql in &object.sql {
                writeln!(f, "    {};", sql.replace('\n', "\n    "))?;
            }
        }
        for migration in &self.migrations {
            let id = &migration.id;
            match migration.state {
                MigrationState::Pending => writeln!(f, "pending migration {id}")?,
                MigrationState::Edited => writeln!(f, "edited migration {id}: its text is not what was applied")?,
                MigrationState::Missing => writeln!(f, "missing migration {id}: applied, but not in the directory")?,
            }
        }
        for leftover in &self.leftovers {
            writeln!(f, "{} {} {}", leftover.kind.name(), leftover.name, leftover.detail)?;
        }
        for unread in &self.unread {
            writeln!(f, "not compared: {unread}")?;
        }
        let verdict = match (self.is_drift(), self.unread.is_empty()) {
            (true, _) => "The database is not what its migrations give.",
            (false, true) => "No drift.",
            (false, false) => "No drift in what could be compared.",
        };
        writeln!(f, "{verdict}")
    }
}
