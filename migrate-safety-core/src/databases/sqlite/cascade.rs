//! What happens to rows that refer to a table whose rows go.

use crate::catalog::Session;
use crate::databases::effects::Scene;
use crate::databases::operation::{ForeignKeyDef, ReferentialAction};
use crate::databases::schema::Table;
use crate::layout::Layout;
use std::collections::BTreeSet;

/// Whether foreign keys are enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enforced {
    Yes,
    No,
    /// That depends on how the library was built: crates that bring it along turn them on, the system's have them off.
    Maybe,
}

/// Whether foreign keys are enforced where a statement runs.
pub(super) fn enforced(scene: &Scene<'_>) -> Enforced {
    enforced_in(scene.session, scene.host)
}

/// Whether foreign keys are enforced in a session of a host.
pub(crate) fn enforced_in(session: &Session, host: Layout) -> Enforced {
    match session.get("foreign_keys") {
        Some(value) if is_on(value) => Enforced::Yes,
        Some(_) => Enforced::No,
        None if host == Layout::Plain => Enforced::No,
        None => Enforced::Maybe,
    }
}

/// Whether a pragma's value turns something on.
pub(crate) fn is_on(value: &str) -> bool {
    ["1", "on", "true", "yes"].iter().any(|on| value.eq_ignore_ascii_case(on))
}

/// What happens to the rows of a table that refer to rows that go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// They go too.
    Deleted,
    /// Their columns are set to NULL or to the default.
    Overwritten,
    /// They are in the way: at once, or when the transaction ends.
    InTheWay,
}

/// The tables whose rows refer to those of `table`, directly or through others whose rows go with them.
pub(super) fn consequences<'a>(scene: &Scene<'a>, table: &'a Table) -> Vec<(&'a Table, Consequence)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([table.id]);
    let mut gone = vec![table];
    while let Some(parent) = gone.pop() {
        for (child, foreign_key) in scene.schema.references_to(&parent.name) {
            let consequence = of(foreign_key);
            if child.id == table.id || !seen.insert(child.id) {
                continue;
            }
            found.push((child, consequence));
            if consequence == Consequence::Deleted {
                gone.push(child);
            }
        }
    }
    found
}

fn of(foreign_key: &ForeignKeyDef) -> Consequence {
    match foreign_key.on_delete {
        ReferentialAction::Cascade => Consequence::Deleted,
        ReferentialAction::SetNull | ReferentialAction::SetDefault => Consequence::Overwritten,
        ReferentialAction::NoAction | ReferentialAction::Restrict => Consequence::InTheWay,
    }
}
