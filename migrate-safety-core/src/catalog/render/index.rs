//! Indexes.

use super::text::{bare, names, with_options};
use crate::catalog::{Catalog, ColumnId, Index, IndexKey, Relation};
use crate::sql::Ident;

impl Catalog {
    /// `CREATE INDEX` without a semicolon; one of a partitioned table is made `ON ONLY` it.
    pub(crate) fn index_sql(&self, relation: &Relation, index: &Index) -> String {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let partitioned = self.table(index.table).is_some_and(super::super::model::Table::is_partitioned);
        let only = if partitioned { "ONLY " } else { "" };
        let table = self.relation(index.table).map(|r| r.object_name().sql()).unwrap_or_default();
        let keys: Vec<String> = index.keys.iter().map(|key| self.key_sql(index, key)).collect();
        let method = if index.method == *"btree" { String::new() } else { format!(" USING {}", index.method.sql()) };
        let distinct = if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
        let predicate = index.predicate.as_ref().map(|p| format!(" WHERE {}", bare(p))).unwrap_or_default();
        format!(
            "CREATE {unique}INDEX {} ON {only}{table}{method} ({}){}{distinct}{}{predicate}",
            relation.name.sql(),
            keys.join(", "),
            self.include_sql(index),
            with_options(&index.options),
        )
    }

    /// One element of a key, with collation, operator class and order.
    pub(crate) fn key_sql(&self, index: &Index, key: &IndexKey) -> String {
        let mut sql = match (&key.column, &key.expression) {
            (Some(column), _) => self.index_column(index, *column).map(|c| c.sql()).unwrap_or_default(),
            (None, Some(expression)) => format!("({})", bare(expression)),
            (None, None) => String::new(),
        };
        if let Some(collation) = &key.collation {
            sql = format!("{sql} COLLATE {}", collation.sql());
        }
        if let Some(class) = &key.operator_class {
            sql = format!("{sql} {}", class.sql());
        }
        if key.descending {
            sql.push_str(" DESC");
        }
        match (key.descending, key.nulls_first) {
            (true, false) => sql.push_str(" NULLS LAST"),
            (false, true) => sql.push_str(" NULLS FIRST"),
            _ => {}
        }
        sql
    }

    /// ` INCLUDE (…)`, or nothing.
    pub(in crate::catalog) fn include_sql(&self, index: &Index) -> String {
        let columns: Vec<Ident> = index.include.iter().filter_map(|c| self.index_column(index, *c)).collect();
        if columns.is_empty() { String::new() } else { format!(" INCLUDE ({})", names(&columns)) }
    }

    /// The name of a column of an index's table or materialised view.
    fn index_column(&self, index: &Index, column: ColumnId) -> Option<Ident> {
        let relation = self.relation(index.table)?;
        match (relation.table(), relation.view()) {
            (Some(table), _) => table.column_by_id(column).map(|c| c.name.clone()),
            (None, Some(view)) => view.columns.get(usize::from(column.0).checked_sub(1)?).map(|c| c.name.clone()),
            (None, None) => None,
        }
    }
}
