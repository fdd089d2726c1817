//! Facts about how MySQL and MariaDB change a table, as rows: for each change the best way that the server accepts.

mod change;
mod columns;
mod constraints;
mod fact;
mod indexes;
mod tables;
mod whole;

pub(in crate::databases) use change::is_strict_mode;
pub(super) use change::{Change, Kind, is_in, is_off};
pub(super) use fact::{Fact, How};

use crate::databases::effects::Scene;
use crate::databases::operation::{ActionKind, Lock};
use crate::databases::schema::Table;

/// The rows about single changes, and those about statements as a whole.
const FACTS: [&[Fact]; 5] = [columns::FACTS, indexes::FACTS, constraints::FACTS, tables::FACTS, whole::FACTS];

/// How a statement changes a table.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) how: How,
    pub(super) lock: Lock,
    /// Why there is no better way.
    pub(super) because: Vec<&'static str>,
    /// Whether the table is read through.
    pub(super) scans: bool,
    /// The rows that hold, by id.
    pub(super) facts: Vec<&'static str>,
}

/// The id of every row, and where it comes from.
pub fn sources() -> impl Iterator<Item = (&'static str, &'static str)> {
    FACTS.iter().copied().flatten().map(|fact| (fact.id, fact.source))
}

/// The best way in which the server makes all these changes together.
pub(super) fn way(scene: &Scene<'_>, table: &Table, actions: &[ActionKind]) -> Way {
    let mut found = Found { rows: Vec::new() };
    let nothing = ActionKind::Validation { with: true };
    let of = |kind, action| Change { kind, scene, table, action, actions };
    for action in actions {
        for kind in change::kinds(action, table) {
            found.look(&of(kind, action));
        }
    }
    found.look(&of(Kind::Any, &nothing));
    if found.how() == How::Rebuild {
        found.look(&of(Kind::Rebuild, &nothing));
    }
    if found.how() == How::Copy {
        // What keeps others from writing while the table is rebuilt in place says nothing of a copy.
        found.look(&of(Kind::Copy, &nothing));
    }
    found.way()
}

/// The rows that hold.
struct Found {
    rows: Vec<&'static Fact>,
}

impl Found {
    fn look(&mut self, change: &Change<'_>) {
        self.rows.extend(FACTS.iter().copied().flatten().filter(|fact| fact.holds(change)));
    }

    fn how(&self) -> How {
        let worst = self.rows.iter().map(|fact| fact.how).max().unwrap_or(How::Instant);
        if worst == How::Instant {
            return worst;
        }
        let otherwise = self.rows.iter().filter(|fact| fact.how == How::Instant).map(|fact| fact.otherwise).max();
        worst.max(otherwise.unwrap_or(How::Instant))
    }

    fn way(&self) -> Way {
        let how = self.how();
        let lock = match how {
            How::Copy => {
                let online = self.rows.iter().any(|fact| fact.id == whole::ONLINE_COPY);
                if online { Lock::None } else { Lock::Shared }
            }
            _ => self.rows.iter().map(|fact| fact.lock).max().unwrap_or(Lock::None),
        };
        let mut because: Vec<&'static str> = Vec::new();
        for fact in self.rows.iter().filter(|fact| !fact.because.is_empty() && (fact.how == how || fact.lock == lock)) {
            if (fact.how > How::Instant || fact.lock > Lock::None) && !because.contains(&fact.because) {
                because.push(fact.because);
            }
        }
        let scans = how >= How::Rebuild || self.rows.iter().any(|fact| fact.scans);
        Way { how, lock, because, scans, facts: self.rows.iter().map(|fact| fact.id).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn rows_have_ids_of_their_own_and_say_why() {
        let mut ids = HashSet::new();
        for fact in FACTS.iter().copied().flatten() {
            assert!(ids.insert(fact.id), "{}", fact.id);
            assert!(fact.id.contains('/') && !fact.of.is_empty() && !fact.source.is_empty(), "{}", fact.id);
            let worse = fact.how >= How::Rebuild || (fact.lock > Lock::None && fact.how > How::Instant);
            assert!(!worse || !fact.because.is_empty(), "{} says no reason", fact.id);
        }
    }
}
