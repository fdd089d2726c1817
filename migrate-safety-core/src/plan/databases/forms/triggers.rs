//! Triggers by which each form gets what a client wrote into the other.

use super::formula::of_row;
use super::{Forms, Half, same};
use crate::databases::name::Name;

/// A trigger, by the name in its statement.
#[derive(Clone, Debug)]
pub(in crate::plan::databases) struct Made {
    pub(in crate::plan::databases) name: String,
    pub(in crate::plan::databases) sql: String,
}

/// The longest beginning of a trigger's name: MySQL takes 64 characters in all.
const LONGEST_STEM: usize = 50;

impl Forms<'_> {
    /// The triggers, both directions.
    ///
    /// A form was written if it is not what it is without being written. What a trigger has put into it is recognised by
    /// being what the other form gives, so that filling the new form never changes the old one.
    pub(in crate::plan::databases) fn triggers(&self) -> Vec<Made> {
        if self.is_sqlite() { self.of_sqlite() } else { self.of_mysql() }
    }

    fn of_mysql(&self) -> Vec<Made> {
        let t = self.request.table_sql(self.table);
        let (forth, back) = (self.set(&self.new, &self.old), self.set(&self.old, &self.new));
        let absent = self.all_same(&self.new, "NEW.", |half| self.absent(half));
        let new_kept = self.all_same(&self.new, "NEW.", |half| self.column(half, "OLD."));
        let old_kept = self.all_same(&self.old, "NEW.", |half| self.column(half, "OLD."));
        let is_filled = self.all_same(&self.new, "NEW.", |half| self.value(half, &self.old));
        let made = |event: &str, body: String| {
            let name = self.trigger_name(event);
            let upper = event.to_ascii_uppercase();
            let sql = format!("CREATE TRIGGER {name} BEFORE {upper} ON {t} FOR EACH ROW\nBEGIN\n{body}END");
            Made { name, sql }
        };
        // The one for UPDATE stands first: without it, what the other has put into the new form would become stale, and a
        // write of just that would pass for none.
        vec![
            made(
                "update",
                format!(
                    "    IF {new_kept} THEN\n        IF NOT ({old_kept}) THEN\n{}        END IF;\n    ELSEIF NOT ({is_filled}) \
                     THEN\n{back}    END IF;\n",
                    forth.replace("        SET", "            SET")
                ),
            ),
            made("insert", format!("    IF {absent} THEN\n{forth}    ELSE\n{back}    END IF;\n")),
        ]
    }

    fn of_sqlite(&self) -> Vec<Made> {
        let t = self.request.table_sql(self.table);
        let row = match self.key() {
            keys if keys.is_empty() => "rowid = NEW.rowid".to_owned(),
            keys => {
                let keys = keys.into_iter().map(|key| self.request.name(key));
                keys.map(|key| format!("{key} = NEW.{key}")).collect::<Vec<_>>().join(" AND ")
            }
        };
        let set = |to: &[Half], from: &[Half]| {
            let values = to.iter().map(|half| {
                let name = self.request.name(&half.column.name);
                format!("{name} = {}", self.value(half, from))
            });
            format!("    UPDATE {t} SET {} WHERE {row};\n", values.collect::<Vec<_>>().join(", "))
        };
        let names = |halves: &[Half]| self.listed(halves);
        let absent = self.all_same(&self.new, "NEW.", |half| self.absent(half));
        let new_kept = self.all_same(&self.new, "NEW.", |half| self.column(half, "OLD."));
        let old_kept = self.all_same(&self.old, "NEW.", |half| self.column(half, "OLD."));
        let is_filled = self.all_same(&self.new, "NEW.", |half| self.value(half, &self.old));
        let is_back = self.all_same(&self.old, "NEW.", |half| self.value(half, &self.new));
        let made = |name: &str, event: String, when: String, body: String| {
            let name = self.trigger_name(name);
            let sql = format!("CREATE TRIGGER {name} AFTER {event} ON {t}\nWHEN {when}\nBEGIN\n{body}END");
            Made { name, sql }
        };
        vec![
            made(
                "insert_old",
                "INSERT".to_owned(),
                format!("({absent}) AND NOT ({is_filled})"),
                set(&self.new, &self.old),
            ),
            made(
                "insert_new",
                "INSERT".to_owned(),
                format!("NOT ({absent}) AND NOT ({is_back})"),
                set(&self.old, &self.new),
            ),
            made(
                "update_old",
                format!("UPDATE OF {}", names(&self.old)),
                format!("NOT ({old_kept}) AND ({new_kept}) AND NOT ({is_back})"),
                set(&self.new, &self.old),
            ),
            made(
                "update_new",
                format!("UPDATE OF {}", names(&self.new)),
                format!("NOT ({new_kept}) AND NOT ({is_filled})"),
                set(&self.old, &self.new),
            ),
        ]
    }

    pub(super) fn trigger_name(&self, event: &str) -> String {
        let first = self.new.first().map(|half| half.column.name.to_string()).unwrap_or_default();
        let stem: String = format!("{}_{first}", self.table.name.name).chars().take(LONGEST_STEM).collect();
        self.request.name(&Name::new(&format!("{stem}_{event}")))
    }

    /// Whether all columns of a form are what they are to be.
    fn all_same(&self, halves: &[Half], row: &str, value: impl Fn(&Half) -> String) -> String {
        let of = |half: &Half| same(self.request, &half.column, &self.column(half, row), &value(half));
        halves.iter().map(of).collect::<Vec<_>>().join(" AND ")
    }

    fn column(&self, half: &Half, row: &str) -> String {
        format!("{row}{}", self.request.name(&half.column.name))
    }

    /// A column's value from the new row.
    fn value(&self, half: &Half, from: &[Half]) -> String {
        let names: Vec<&Name> = from.iter().map(|half| &half.column.name).collect();
        let value = half.value.as_deref().unwrap_or("NULL");
        of_row(self.request.target(), value, &names, "NEW.")
    }

    pub(super) fn set(&self, to: &[Half], from: &[Half]) -> String {
        let statement = |half: &Half| {
            format!("        SET NEW.{} = {};\n", self.request.name(&half.column.name), self.value(half, from))
        };
        to.iter().map(statement).collect()
    }
}
