//! Constraints of tables.

use super::text::{bare, names};
use crate::catalog::{Catalog, ColumnId, Constraint, ConstraintKind, ForeignKey, RelationId, Table};
#[cfg(feature = "json")]
use crate::sql::Ident;
use crate::sql::operation::ReferentialAction;

impl Catalog {
    /// A constraint as it is written behind its name, `NOT VALID` excepted.
    pub(crate) fn constraint_sql(&self, table: &Table, constraint: &Constraint) -> String {
        let demand = match &constraint.kind {
            ConstraintKind::NotNull { column } => format!("NOT NULL {}", column_names(table, &[*column])),
            ConstraintKind::Check { expression, .. } => format!("CHECK ({})", bare(expression)),
            ConstraintKind::Unique { primary, columns, index } => self.unique_sql(table, *primary, columns, *index),
            ConstraintKind::ForeignKey(key) => self.foreign_key_sql(table, key),
            ConstraintKind::Exclude { index, operators } => self.exclude_sql(*index, operators),
        };
        let deferrable = match (constraint.deferrable, constraint.initially_deferred) {
            (_, true) => " DEFERRABLE INITIALLY DEFERRED",
            (true, false) => " DEFERRABLE",
            (false, false) => "",
        };
        let no_inherit = if constraint.no_inherit { " NO INHERIT" } else { "" };
        let enforced = if constraint.enforced { "" } else { " NOT ENFORCED" };
        format!("{demand}{no_inherit}{deferrable}{enforced}")
    }

    fn unique_sql(&self, table: &Table, primary: bool, columns: &[ColumnId], index: RelationId) -> String {
        let index = self.index(index);
        let word = if primary { "PRIMARY KEY" } else { "UNIQUE" };
        let distinct = if index.is_some_and(|i| i.nulls_not_distinct) { " NULLS NOT DISTINCT" } else { "" };
        let include = index.map(|i| self.include_sql(i)).unwrap_or_default();
        let options = index.map(|i| super::text::with_options(&i.options)).unwrap_or_default();
        format!("{word}{distinct} ({}){include}{options}", column_names(table, columns))
    }

    fn exclude_sql(&self, index: RelationId, operators: &[Box<str>]) -> String {
        let Some(index) = self.index(index) else { return "EXCLUDE".to_owned() };
        let elements = index.keys.iter().zip(operators);
        let elements: Vec<String> =
            elements.map(|(key, operator)| format!("{} WITH {operator}", self.key_sql(index, key))).collect();
        let predicate = index.predicate.as_ref().map(|p| format!(" WHERE ({})", bare(p))).unwrap_or_default();
        format!(
            "EXCLUDE USING {} ({}){}{}{predicate}",
            index.method.sql(),
            elements.join(", "),
            self.include_sql(index),
            super::text::with_options(&index.options),
        )
    }

    fn foreign_key_sql(&self, table: &Table, key: &ForeignKey) -> String {
        let referenced = self.table(key.table).map(|t| column_names(t, &key.referenced)).unwrap_or_default();
        let referenced = if referenced.is_empty() { referenced } else { format!(" ({referenced})") };
        let to = self.relation(key.table).map(|r| r.object_name().sql()).unwrap_or_default();
        let full = if key.match_full { " MATCH FULL" } else { "" };
        let on_update = action("ON UPDATE", key.on_update);
        let mut on_delete = action("ON DELETE", key.on_delete);
        if !key.set_columns.is_empty() {
            on_delete = format!("{on_delete} ({})", column_names(table, &key.set_columns));
        }
        let columns = column_names(table, &key.columns);
        format!("FOREIGN KEY ({columns}) REFERENCES {to}{referenced}{full}{on_update}{on_delete}")
    }
}

/// Columns by their names, with commas between.
pub(in crate::catalog) fn column_names(table: &Table, columns: &[ColumnId]) -> String {
    names(columns.iter().filter_map(|id| table.column_by_id(*id)).map(|c| &c.name))
}

/// The columns that a constraint is about, by name.
#[cfg(feature = "json")]
pub(in crate::catalog) fn constrained<'t>(table: &'t Table, constraint: &Constraint) -> Vec<&'t Ident> {
    let ids = match &constraint.kind {
        ConstraintKind::NotNull { column } => std::slice::from_ref(column),
        ConstraintKind::Check { columns, .. } | ConstraintKind::Unique { columns, .. } => columns,
        ConstraintKind::ForeignKey(key) => &key.columns,
        ConstraintKind::Exclude { .. } => &[],
    };
    ids.iter().filter_map(|id| table.column_by_id(*id)).map(|c| &c.name).collect()
}

/// `ON DELETE CASCADE` with a space before; nothing for the default.
fn action(event: &str, action: ReferentialAction) -> String {
    if action == ReferentialAction::NoAction { String::new() } else { format!(" {event} {}", action_name(action)) }
}

/// An action as it is written.
pub(in crate::catalog) fn action_name(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}
