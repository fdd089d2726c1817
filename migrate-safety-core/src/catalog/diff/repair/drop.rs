//! Dropping what is not expected.

use super::Repair;
use crate::catalog::render::comments::{relation_word, routine_words};
use crate::catalog::{Object, Relation, TypeDefKind};
use crate::sql::ObjectName;

impl Repair<'_> {
    /// The statement that drops an object of the actual schema.
    pub(in crate::catalog::diff) fn drop(&self, object: &Object) -> Option<String> {
        let catalog = self.actual;
        let table = |id| catalog.relation(id).map(|r: &Relation| r.object_name().sql());
        Some(match object {
            Object::Schema(name) => format!("DROP SCHEMA {}", name.sql()),
            Object::Extension(name) => format!("DROP EXTENSION {}", name.sql()),
            Object::Type(id) => {
                let def = catalog.types.get(id)?;
                let word = if matches!(def.kind, TypeDefKind::Domain(_)) { "DOMAIN" } else { "TYPE" };
                let name = ObjectName { schema: Some(def.schema.clone()), name: def.name.clone() };
                format!("DROP {word} {}", name.sql())
            }
            Object::Routine(id) => format!("DROP {}", routine_words(catalog.routine(*id)?)),
            Object::Relation(id) => {
                let relation = catalog.relation(*id)?;
                let concurrently = relation.index().is_some_and(|index| self.is_built_alone(index));
                let concurrently = if concurrently { " CONCURRENTLY" } else { "" };
                format!("DROP {}{concurrently} {}", relation_word(relation), relation.object_name().sql())
            }
            Object::Column(id, column) => {
                format!("ALTER TABLE {} DROP COLUMN {}", table(*id)?, catalog.column(*id, *column)?.name.sql())
            }
            Object::Default(id, column) => {
                let name = catalog.column(*id, *column)?.name.sql();
                format!("ALTER TABLE {} ALTER COLUMN {name} DROP DEFAULT", table(*id)?)
            }
            Object::Constraint(id, constraint) => {
                let name = &catalog.constraint(*id, *constraint)?.name;
                format!("ALTER TABLE {} DROP CONSTRAINT {}", table(*id)?, name.sql())
            }
            Object::Trigger(id, name) => format!("DROP TRIGGER {} ON {}", name.sql(), table(*id)?),
            Object::Rule(id, name) => format!("DROP RULE {} ON {}", name.sql(), table(*id)?),
            Object::Policy(id, name) => format!("DROP POLICY {} ON {}", name.sql(), table(*id)?),
            _ => return None,
        })
    }

    /// Whether an index can be built and dropped without stopping writes: the server does not do that to those of
    /// partitioned tables.
    pub(super) fn is_built_alone(&self, index: &crate::catalog::Index) -> bool {
        let tables = [self.actual, self.expected].map(|catalog| catalog.table(index.table));
        index.parent.is_none() && index.children.is_empty() && !tables.iter().flatten().any(|t| t.is_partitioned())
    }
}
