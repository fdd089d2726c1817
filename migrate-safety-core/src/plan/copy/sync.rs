//! Triggers that keep two forms of a value the same while both are there, whoever writes.
//!
//! A write of the old form is copied forward, a write of the new form backward. Which one was written is told by what
//! has changed; on `INSERT` by what is not the default. A new value that is already what the old one gives is nobody's
//! write but the backfill's, so it is not copied back: a backward form that loses something cannot spoil the old column.

use super::compare::differs;
use super::formula::Formula;
use crate::catalog::{Catalog, Column, RelationId};
use crate::plan::installed::{Installed, Part};
use crate::plan::names;
use crate::sql::operation::TriggerTiming;
use crate::sql::{Ident, ObjectName};
use std::fmt::Write;

/// One of the columns that hold a value.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// The column by its present name.
    pub(crate) column: Column,
    /// Its value from the columns of the other form.
    pub(crate) value: Formula,
    /// What it has if an `INSERT` does not name it.
    pub(crate) absent: Absent,
}

/// What a column has if an `INSERT` does not name it.
#[derive(Clone, Debug)]
pub(crate) enum Absent {
    /// NULL.
    Null,
    /// The same for every row of a statement.
    Default(String),
    /// Something else each time.
    Unknown,
}

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Only the old form is written.
    Forward,
    /// Only the old form is written, and a value that has no place in the new one becomes NULL.
    ForwardOrNull,
    /// Both are.
    Both,
}

/// Functions and triggers.
#[derive(Clone, Debug)]
pub(crate) struct Sync(Installed);

/// When they fire.
const EVENT: &str = "BEFORE INSERT OR UPDATE";

impl Sync {
    /// Keeps `old` and `new` of a table the same. `stem` names it.
    pub(crate) fn new(
        catalog: &Catalog,
        table: RelationId,
        stem: &str,
        (old, new): (&[Side], &[Side]),
        direction: Direction,
    ) -> Option<Self> {
        let relation = catalog.relation(table)?;
        let writer = Writer { catalog, table, name: &relation.name, old, new };
        let others = before_row_triggers(catalog, table);
        let part = |ending: &str, place: Place, body: String| {
            let function = function_name(catalog, &relation.schema, stem, ending);
            let trigger = place.among(&others, &format!("{stem}{ending}")).sql();
            Part { function, trigger, event: EVENT, body }
        };
        let parts = match direction {
            Direction::Forward | Direction::ForwardOrNull => {
                let guarded = direction == Direction::ForwardOrNull;
                vec![part("_sync", Place::Last, writer.one_way(guarded))]
            }
            Direction::Both if others.is_empty() => vec![part("_sync", Place::Last, writer.both_ways())],
            // The table's own triggers stand between: they see both forms as the old release would have written them,
            // and what they make of it is copied forward.
            Direction::Both => {
                vec![part("_sync_back", Place::First, writer.backward()), part("_sync", Place::Last, writer.forward())]
            }
        };
        Some(Self(Installed { table: relation.object_name().sql(), parts }))
    }

    /// A trigger that does this to a row after all others have seen it. `stem` names it.
    pub(super) fn of_statements(catalog: &Catalog, table: RelationId, stem: &str, statements: &str) -> Option<Self> {
        let relation = catalog.relation(table)?;
        let function = function_name(catalog, &relation.schema, stem, "_sync");
        let trigger = Place::Last.among(&before_row_triggers(catalog, table), &format!("{stem}_sync")).sql();
        let parts = vec![Part { function, trigger, event: EVENT, body: body(statements) }];
        Some(Self(Installed { table: relation.object_name().sql(), parts }))
    }

    /// Statements that install it.
    pub(crate) fn create(&self) -> Vec<String> {
        self.0.create()
    }

    /// Statements that take it away.
    pub(crate) fn drop(&self) -> Vec<String> {
        self.0.drop()
    }
}

/// Writes the bodies.
struct Writer<'w> {
    catalog: &'w Catalog,
    table: RelationId,
    /// The table, as expressions may call it.
    name: &'w Ident,
    old: &'w [Side],
    new: &'w [Side],
}

impl Writer<'_> {
    fn both_ways(&self) -> String {
        body(&format!(
            "IF TG_OP = 'INSERT' THEN\n    IF {} THEN\n{}    ELSIF {} THEN\n{}    END IF;\nELSIF {} THEN\n{}ELSIF {} \
             THEN\n{}END IF;\n",
            self.new_is_inserted(),
            indented(&self.assign(self.old), 2),
            self.old_is_inserted(),
            indented(&self.assign(self.new), 2),
            self.new_is_updated(),
            indented(&self.assign(self.old), 1),
            self.old_is_updated(),
            indented(&self.assign(self.new), 1),
        ))
    }

    fn backward(&self) -> String {
        self.half(&self.new_is_inserted(), &self.new_is_updated(), self.old)
    }

    fn forward(&self) -> String {
        self.half(&self.old_is_inserted(), &self.old_is_updated(), self.new)
    }

    fn half(&self, inserted: &str, updated: &str, to: &[Side]) -> String {
        let assign = self.assign(to);
        body(&format!(
            "IF TG_OP = 'INSERT' THEN\n    IF {inserted} THEN\n{}    END IF;\nELSIF {updated} THEN\n{}END IF;\n",
            indented(&assign, 2),
            indented(&assign, 1),
        ))
    }

    fn one_way(&self, guarded: bool) -> String {
        let assign = if guarded { self.assign_or_null(self.new) } else { self.assign(self.new) };
        let changed = self.sources_changed();
        body(&format!("IF TG_OP = 'INSERT' OR {changed} THEN\n{}END IF;\n", indented(&assign, 1)))
    }

    fn assign(&self, sides: &[Side]) -> String {
        let assign = |side: &Side| format!("NEW.{} := {};\n", side.column.name.sql(), self.value(side));
        sides.iter().map(assign).collect()
    }

    fn assign_or_null(&self, sides: &[Side]) -> String {
        let nulls: String = sides.iter().map(|side| format!("NEW.{} := NULL;\n", side.column.name.sql())).collect();
        format!(
            "BEGIN\n{}EXCEPTION WHEN data_exception THEN\n{}END;\n",
            indented(&self.assign(sides), 1),
            indented(&nulls, 1)
        )
    }

    fn value(&self, side: &Side) -> String {
        side.value.of_new_row(self.name)
    }

    /// An `INSERT` gives the new form alone.
    fn new_is_inserted(&self) -> String {
        // A default that differs each time says nothing of who wrote the old form.
        let told = self.old.iter().filter(|side| !matches!(side.absent, Absent::Unknown));
        let old: Vec<String> = told.map(|side| format!(" AND NOT ({})", self.given(side))).collect();
        format!("({}){}", self.any(self.new, |side| self.given(side)), old.concat())
    }

    /// An `INSERT` gives the old form, or something has changed it since the new one was copied back.
    fn old_is_inserted(&self) -> String {
        let given = self.any(self.new, |side| self.given(side));
        format!("NOT ({given}) OR {}", self.any(self.old, |side| self.is_other(side)))
    }

    fn given(&self, side: &Side) -> String {
        let name = format!("NEW.{}", side.column.name.sql());
        match &side.absent {
            Absent::Default(default) => differs(self.catalog, &side.column, &name, default),
            Absent::Null | Absent::Unknown => format!("{name} IS NOT NULL"),
        }
    }

    /// An `UPDATE` gives the new form, and not what the old one already says.
    fn new_is_updated(&self) -> String {
        let changed = self.any(self.new, |side| self.has_changed(&side.column));
        let other = self.any(self.new, |side| self.is_other(side));
        format!("({changed}) AND NOT ({}) AND ({other})", self.any(self.old, |side| self.has_changed(&side.column)))
    }

    /// An `UPDATE` gives the old form, or something has changed it since the new one was copied back.
    fn old_is_updated(&self) -> String {
        format!("({}) AND ({})", self.sources_changed(), self.any(self.old, |side| self.is_other(side)))
    }

    /// Anything that the new form is computed from has changed.
    fn sources_changed(&self) -> String {
        let table = self.catalog.table(self.table);
        let mut conditions: Vec<String> = Vec::new();
        for name in self.new.iter().flat_map(|side| &side.value.columns) {
            let own = self.old.iter().map(|side| &side.column).find(|c| c.name == *name);
            let condition = own.or_else(|| table?.column(name)).map(|column| self.has_changed(column));
            conditions.extend(condition.filter(|c| !conditions.contains(c)));
        }
        conditions.join(" OR ")
    }

    fn has_changed(&self, column: &Column) -> String {
        let name = column.name.sql();
        differs(self.catalog, column, &format!("NEW.{name}"), &format!("OLD.{name}"))
    }

    /// It is not what the other form says.
    fn is_other(&self, side: &Side) -> String {
        differs(self.catalog, &side.column, &format!("NEW.{}", side.column.name.sql()), &self.value(side))
    }

    fn any(&self, sides: &[Side], condition: impl Fn(&Side) -> String) -> String {
        sides.iter().map(condition).collect::<Vec<_>>().join(" OR ")
    }
}

/// A name for a function that no other one has.
pub(crate) fn function_name(catalog: &Catalog, schema: &Ident, stem: &str, ending: &str) -> String {
    let is_free = |name: &Ident| !catalog.routine_names.contains_key(&(schema.clone(), name.clone()));
    ObjectName { schema: Some(schema.clone()), name: names::fresh(stem, ending, is_free) }.sql()
}

fn body(statements: &str) -> String {
    format!("BEGIN\n{}    RETURN NEW;\nEND\n", indented(statements, 1))
}

fn indented(text: &str, levels: usize) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{:width$}{line}", "", width = 4 * levels);
        out
    })
}

/// The names of the triggers that can change a row before it is written.
fn before_row_triggers(catalog: &Catalog, table: RelationId) -> Vec<Ident> {
    let tables = catalog.descendants(table).into_iter().chain([table]);
    let triggers = tables.flat_map(|id| catalog.triggers_of(id));
    let before = triggers.filter(|t| t.timing == TriggerTiming::Before && t.for_each_row);
    before.filter(|t| t.events.insert || t.events.update).map(|t| t.name.clone()).collect()
}

/// When a trigger fires among others: the server goes by their names, byte by byte.
#[derive(Clone, Copy)]
enum Place {
    First,
    Last,
}

impl Place {
    fn among(self, others: &[Ident], stem: &str) -> Ident {
        let prefixes: [&str; 4] = match self {
            Self::First => ["aa_", "AA_", "00_", "!"],
            Self::Last => ["zz_", "zzzz_", "~", "\u{10FFFD}"],
        };
        let names = prefixes.map(|prefix| Ident::exact(&format!("{prefix}{stem}")));
        let fits = |name: &&Ident| {
            others.iter().all(|other| match self {
                Self::First => name.as_bytes() < other.as_bytes(),
                Self::Last => name.as_bytes() > other.as_bytes(),
            })
        };
        names.iter().find(fits).unwrap_or(&names[3]).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_stands_outside_of_the_others() {
        let names = |list: &[&str]| list.iter().map(|n| Ident::exact(n)).collect::<Vec<_>>();
        assert_eq!(Place::Last.among(&names(&["audit"]), "t").as_str(), "zz_t");
        assert_eq!(Place::Last.among(&names(&["zz_z"]), "t").as_str(), "zzzz_t");
        assert_eq!(Place::Last.among(&names(&["zzzzz"]), "t").as_str(), "~t");
        assert_eq!(Place::First.among(&names(&["aa_a"]), "t").as_str(), "AA_t");
    }
}
