//! Rules.

use super::script::is_written;
use super::table_parts::firing;
use crate::catalog::{Catalog, Relation, RelationKind};
use crate::sql::Ident;

impl Catalog {
    /// All rules, and which of them do not fire as usual.
    pub(in crate::catalog) fn rule_statements(&self) -> Vec<String> {
        let mut statements = Vec::new();
        for relation in self.relations().filter(|r| is_written(r)) {
            let rules = match &relation.kind {
                RelationKind::Table(table) => &table.rules,
                RelationKind::View(view) => &view.rules,
                _ => continue,
            };
            for (name, state) in rules {
                statements.extend(self.rule_sql(relation, name));
                if let Some(word) = firing(*state) {
                    let relation = relation.object_name().sql();
                    statements.push(format!("ALTER TABLE {relation} {word} RULE {}", name.sql()));
                }
            }
        }
        statements
    }

    /// `CREATE RULE` without a semicolon.
    pub(in crate::catalog) fn rule_sql(&self, relation: &Relation, name: &Ident) -> Option<String> {
        let text = self.rule_text(relation.id, name)?;
        let table = relation.object_name().sql();
        Some(format!("CREATE RULE {} AS ON {} TO {table} {}", name.sql(), text.event, text.body))
    }
}
