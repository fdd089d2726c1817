//! Triggers.

use super::text::bare;
use crate::catalog::{Catalog, Relation, Trigger};
use crate::sql::operation::TriggerTiming;

impl Catalog {
    /// `CREATE TRIGGER` without a semicolon.
    pub(crate) fn trigger_sql(&self, on: &Relation, trigger: &Trigger) -> String {
        let constraint = if trigger.constraint { "CONSTRAINT " } else { "" };
        let timing = match trigger.timing {
            TriggerTiming::Before => "BEFORE",
            TriggerTiming::After => "AFTER",
            TriggerTiming::InsteadOf => "INSTEAD OF",
        };
        let columns = on.table().map(|t| super::constraint::column_names(t, &trigger.columns)).unwrap_or_default();
        let update = if columns.is_empty() { "UPDATE".to_owned() } else { format!("UPDATE OF {columns}") };
        let events = [
            (trigger.events.insert, "INSERT"),
            (trigger.events.update, &update),
            (trigger.events.delete, "DELETE"),
            (trigger.events.truncate, "TRUNCATE"),
        ];
        let events: Vec<&str> = events.into_iter().filter(|(fires, _)| *fires).map(|(_, word)| word).collect();
        let each = if trigger.for_each_row { "ROW" } else { "STATEMENT" };
        let details = &trigger.details;
        let from = trigger.from.and_then(|id| self.relation(id));
        let from = from.map(|r| format!(" FROM {}", r.object_name().sql())).unwrap_or_default();
        let deferrable = match (details.deferrable, details.initially_deferred) {
            (_, true) => " DEFERRABLE INITIALLY DEFERRED",
            (true, false) => " DEFERRABLE",
            (false, false) => "",
        };
        let old = details.old_table.as_ref().map(|name| format!(" OLD TABLE AS {}", name.sql())).unwrap_or_default();
        let new = details.new_table.as_ref().map(|name| format!(" NEW TABLE AS {}", name.sql())).unwrap_or_default();
        let referencing = if old.is_empty() && new.is_empty() { "" } else { " REFERENCING" };
        let when = trigger.when.as_ref().map(|w| format!(" WHEN ({})", bare(w))).unwrap_or_default();
        let word = if self.target().version >= 11 { "FUNCTION" } else { "PROCEDURE" };
        format!(
            "CREATE {constraint}TRIGGER {} {timing} {} ON {}{from}{deferrable}{referencing}{old}{new} FOR EACH \
             {each}{when} EXECUTE {word} {}({})",
            trigger.name.sql(),
            events.join(" OR "),
            on.object_name().sql(),
            self.function_sql(trigger),
            details.args,
        )
    }

    /// The function of a trigger by its present name.
    fn function_sql(&self, trigger: &Trigger) -> String {
        match trigger.routine.and_then(|id| self.routine(id)) {
            Some(routine) => format!("{}.{}", routine.schema.sql(), routine.name.sql()),
            None => trigger.function.sql(),
        }
    }
}
