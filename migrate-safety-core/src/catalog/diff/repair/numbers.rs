//! Where a column's numbers come from: its own sequence as identity, or one that its default calls.

use super::Repair;
use crate::catalog::render::sequence::options;
use crate::catalog::render::text::literal;
use crate::catalog::{Catalog, Column, Relation};
use crate::sql::name::truncate;
use crate::sql::{Ident, ObjectName};

impl Repair<'_> {
    /// A serial column becomes an identity column, or the reverse: the new sequence goes on where the old one stands.
    pub(super) fn renumbered(&self, table: &str, column: &Column, found: &Column) -> Option<Vec<String>> {
        let (wanted, old) = (self.expected.relation(column.sequence?)?, self.actual.relation(found.sequence?)?);
        let (name, old_name, c) = (wanted.object_name().sql(), old.object_name().sql(), column.name.sql());
        let goes_on =
            |new: &str, old: &str| format!("SELECT setval({}, last_value, is_called) FROM {old}", literal(new));
        let alter = |action: String| format!("ALTER TABLE {table} ALTER COLUMN {c} {action}");
        let default = self.expected.default_sql(column);
        if let Some(always) = column.identity {
            let written: String = options(wanted.sequence()?).iter().map(|option| format!(" {option}")).collect();
            let aside = interim(old, "_old");
            let word = if always { "ALWAYS" } else { "BY DEFAULT" };
            return Some(vec![
                alter("DROP DEFAULT".to_owned()),
                format!("ALTER SEQUENCE {old_name} RENAME TO {}", aside.name.sql()),
                alter(format!("ADD GENERATED {word} AS IDENTITY (SEQUENCE NAME {name}{written})")),
                goes_on(&name, &aside.sql()),
                format!("DROP SEQUENCE {}", aside.sql()),
            ]);
        }
        let anew = interim(wanted, "_new");
        let made = Relation { name: anew.name.clone(), ..wanted.clone() };
        let mut statements = vec![
            Catalog::sequence_sql(&made, wanted.sequence()?),
            goes_on(&anew.sql(), &old_name),
            alter("DROP IDENTITY".to_owned()),
            format!("ALTER SEQUENCE {} RENAME TO {}", anew.sql(), wanted.name.sql()),
        ];
        statements.extend(default.map(|default| alter(format!("SET DEFAULT {default}"))));
        statements.extend(self.owned(wanted));
        Some(statements)
    }
}

fn interim(relation: &Relation, ending: &str) -> ObjectName {
    let name = Ident::exact(&format!("{}{ending}", truncate(&relation.name, Ident::MAX_BYTES - ending.len())));
    ObjectName { schema: Some(relation.schema.clone()), name }
}
