//! Types made what they should be: enums, composite types, domains.

use super::alter::{added_labels, altered_domain};
use super::{Repair, comment};
use crate::catalog::render::text::literal;
use crate::catalog::{Catalog, Column, ConstraintKind, Object, Relation, Stamp, TypeDef, TypeDefKind};
use crate::sql::expr::Expr;
use crate::sql::name::truncate;
use crate::sql::{DataType, Ident, ObjectName};

impl Repair<'_> {
    pub(super) fn altered_type(&self, wanted: &TypeDef, found: &TypeDef, aspects: &[&str]) -> Vec<String> {
        let name = wanted.sql_name();
        let mut statements = match (&wanted.kind, &found.kind) {
            (TypeDefKind::Enum(labels), TypeDefKind::Enum(found_labels)) => {
                let (labels, found_labels) = (names(labels), names(found_labels));
                added_labels(&name, &labels, &found_labels)
                    .or_else(|| self.relabelled(found, &labels))
                    .unwrap_or_default()
            }
            (TypeDefKind::Composite(attributes), TypeDefKind::Composite(found_attributes)) => {
                let of_tables = self.is_of_tables(found);
                let anew = (!of_tables && !is_altered_in_place(attributes, found_attributes))
                    .then(|| self.recomposed(found, attributes, found_attributes));
                let cascade = if of_tables { " CASCADE" } else { "" };
                anew.flatten().unwrap_or_else(|| altered_attributes(&name, attributes, found_attributes, cascade))
            }
            (TypeDefKind::Domain(wanted), TypeDefKind::Domain(found)) => altered_domain(&name, wanted, found, aspects),
            _ => Vec::new(),
        };
        if aspects.contains(&"comment") {
            statements.push(comment(&format!("TYPE {name}"), self.said(&Object::Type(wanted.id))));
        }
        statements
    }

    /// An enum whose labels go or change places becomes another one, column by column. None where something is computed
    /// with it that would not become the same in the other.
    fn relabelled(&self, found: &TypeDef, labels: &[Box<str>]) -> Option<Vec<String>> {
        let (name, anew) = (found.sql_name(), interim_name(found).sql());
        let labels: Vec<String> = labels.iter().map(|label| literal(label)).collect();
        let mut statements = vec![format!("CREATE TYPE {anew} AS ENUM ({})", labels.join(", "))];
        let columns = self.columns_of(found);
        // What compares the column with values of the old type is taken off for it, and made again of the new one.
        let (off, mut again): (Vec<String>, Vec<String>) =
            columns.iter().flat_map(|(relation, column)| self.comparing(relation, column)).unzip();
        statements.extend(off);
        for (relation, column) in columns {
            let array = if column.data_type.array { "[]" } else { "" };
            let c = column.name.sql();
            let mut alter = |action: String| {
                statements.push(format!("ALTER TABLE {} ALTER COLUMN {c} {action}", relation.object_name().sql()));
            };
            if column.default.is_some() {
                alter("DROP DEFAULT".to_owned());
            }
            alter(format!("TYPE {anew}{array} USING {c}::text{array}::{anew}{array}"));
            // The default that is wanted: the one that is there may be a label that goes.
            let wanted = self.wanted_column(relation, column).filter(|wanted| wanted.default.is_some());
            if let (Some(default), Some(_)) = (&wanted.unwrap_or(column).default, &column.default) {
                match (plain_literal(&default.expr), wanted.and_then(|wanted| self.expected.default_sql(wanted))) {
                    (Some(label), _) => alter(format!("SET DEFAULT {label}")),
                    // What names the type does so when it has its name.
                    (None, Some(sql)) => {
                        again.push(format!(
                            "ALTER TABLE {} ALTER COLUMN {c} SET DEFAULT {sql}",
                            relation.object_name().sql()
                        ));
                    }
                    (None, None) => return None,
                }
            }
        }
        statements.push(format!("DROP TYPE {name}"));
        statements.push(format!("ALTER TYPE {anew} RENAME TO {}", found.name.sql()));
        statements.extend(again);
        Some(statements)
    }

    /// A composite type whose attributes change their types or places becomes another one, column by column. None where no
    /// column has it: then it is altered; nor where values of it stand in arrays.
    fn recomposed(
        &self,
        found: &TypeDef,
        wanted: &[(Ident, DataType)],
        attributes: &[(Ident, DataType)],
    ) -> Option<Vec<String>> {
        let (name, interim) = (found.sql_name(), interim_name(found));
        let columns = self.columns_of(found);
        if columns.is_empty() || columns.iter().any(|(_, column)| column.data_type.array) {
            return None;
        }
        let anew = interim.sql();
        let list: Vec<String> = wanted.iter().map(|(name, t)| format!("{} {t}", name.sql())).collect();
        let mut statements = vec![format!("CREATE TYPE {anew} AS ({})", list.join(", "))];
        let (off, mut again): (Vec<String>, Vec<String>) =
            columns.iter().flat_map(|(relation, column)| self.comparing(relation, column)).unzip();
        statements.extend(off);
        for (relation, column) in columns {
            let c = column.name.sql();
            let alter =
                |action: String| format!("ALTER TABLE {} ALTER COLUMN {c} {action}", relation.object_name().sql());
            let values =
                wanted.iter().map(|(name, data_type)| match attributes.iter().any(|(other, _)| other == name) {
                    true => format!("({c}).{}::{data_type}", name.sql()),
                    false => format!("NULL::{data_type}"),
                });
            let values = values.collect::<Vec<_>>().join(", ");
            if column.default.is_some() {
                statements.push(alter("DROP DEFAULT".to_owned()));
            }
            // A row of NULLs is not NULL.
            statements.push(alter(format!(
                "TYPE {anew} USING CASE WHEN {c} IS DISTINCT FROM NULL THEN ROW({values})::{anew} END"
            )));
            let default = self.wanted_column(relation, column).and_then(|wanted| self.expected.default_sql(wanted));
            again.extend(
                default.filter(|_| column.default.is_some()).map(|default| alter(format!("SET DEFAULT {default}"))),
            );
        }
        statements.push(format!("DROP TYPE {name}"));
        statements.push(format!("ALTER TYPE {anew} RENAME TO {}", found.name.sql()));
        statements.extend(again);
        Some(statements)
    }

    /// The column as it is expected to be.
    fn wanted_column(&self, relation: &Relation, column: &Column) -> Option<&Column> {
        let table = self.expected.resolve(&relation.object_name()).found().and_then(|id| self.expected.table(id))?;
        table.column(&column.name)
    }

    /// Checks and indexes with expressions over a column: what drops each, and what makes it again.
    fn comparing(&self, relation: &Relation, column: &Column) -> Vec<(String, String)> {
        let catalog: &Catalog = self.actual;
        let (Some(table), on) = (relation.table(), relation.object_name().sql()) else { return Vec::new() };
        let checks = table
            .constraints
            .iter()
            .filter(|c| matches!(&c.kind, ConstraintKind::Check { columns, .. } if columns.contains(&column.id)));
        let checks = checks.filter(|check| check.inherited == 0).map(|check| {
            let name = check.name.sql();
            let add = format!("ALTER TABLE {on} ADD CONSTRAINT {name} {}", catalog.constraint_sql(table, check));
            let not_valid = if check.valid || !check.enforced { "" } else { " NOT VALID" };
            (format!("ALTER TABLE {on} DROP CONSTRAINT {name}"), format!("{add}{not_valid}"))
        });
        let indexes = catalog.indexes_on_column(relation.id, column.id).into_iter().filter_map(|id| {
            let index = catalog.relation(id)?;
            let facts = index.index().filter(|facts| facts.constraint.is_none() && facts.parent.is_none())?;
            let computes = facts.predicate.is_some() || facts.keys.iter().any(|key| key.expression.is_some());
            let drop = format!("DROP INDEX {}", index.object_name().sql());
            computes.then(|| (drop, catalog.index_sql(index, facts)))
        });
        checks.chain(indexes).collect()
    }

    /// Whether tables are made `OF` a composite type: they follow it.
    fn is_of_tables(&self, def: &TypeDef) -> bool {
        let catalog: &Catalog = self.actual;
        let is_it = |name: &ObjectName| name.name == def.name && name.schema.as_ref().is_none_or(|s| *s == def.schema);
        catalog.relations().any(|r| r.table().is_some_and(|t| t.of_type.as_ref().is_some_and(is_it)))
    }

    /// The columns of a type or an array of it, those of partitions and heirs left out.
    fn columns_of(&self, def: &TypeDef) -> Vec<(&Relation, &Column)> {
        let catalog: &Catalog = self.actual;
        let is_of = |data_type: &DataType| {
            let settled = catalog.settled_type(data_type);
            settled.name == def.name && settled.schema.as_ref() == Some(&def.schema)
        };
        let tables = catalog.relations().filter_map(|relation| Some((relation, relation.table()?)));
        let columns = tables.flat_map(|(relation, table)| table.columns.iter().map(move |column| (relation, column)));
        columns.filter(|(_, column)| column.inherited == 0 && is_of(&column.data_type)).collect()
    }
}

/// What a type is called as long as the one that it replaces is there.
fn interim_name(found: &TypeDef) -> ObjectName {
    const ENDING: &str = "_new";

    let name = Ident::exact(&format!("{}{ENDING}", truncate(&found.name, Ident::MAX_BYTES - ENDING.len())));
    ObjectName { schema: Some(found.schema.clone()), name }
}

/// Whether attributes are only taken away, and added behind the others.
fn is_altered_in_place(wanted: &[(Ident, DataType)], found: &[(Ident, DataType)]) -> bool {
    let stay = found.iter().filter(|(name, _)| wanted.iter().any(|(other, _)| other == name));
    let mut wanted = wanted.iter();
    stay.map(Some).all(|attribute| attribute == wanted.next())
}

fn names(labels: &[(Box<str>, Stamp)]) -> Vec<Box<str>> {
    labels.iter().map(|(label, _)| label.clone()).collect()
}

/// A constant without its type, so that it gets that of its column.
fn plain_literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Cast { expr, .. } => plain_literal(expr),
        Expr::String(text) => Some(literal(text)),
        _ => None,
    }
}

/// Attributes are added, taken away and changed; they do not change places.
fn altered_attributes(
    name: &str,
    wanted: &[(Ident, DataType)],
    found: &[(Ident, DataType)],
    cascade: &str,
) -> Vec<String> {
    let of =
        |list: &[(Ident, DataType)], name: &Ident| list.iter().find(|(other, _)| other == name).map(|(_, t)| t.clone());
    let gone = found.iter().filter(|(attribute, _)| of(wanted, attribute).is_none());
    let mut statements: Vec<String> =
        gone.map(|(attribute, _)| format!("ALTER TYPE {name} DROP ATTRIBUTE {}{cascade}", attribute.sql())).collect();
    for (attribute, data_type) in wanted {
        let a = attribute.sql();
        match of(found, attribute) {
            None => statements.push(format!("ALTER TYPE {name} ADD ATTRIBUTE {a} {data_type}{cascade}")),
            Some(other) if other != *data_type => {
                statements.push(format!("ALTER TYPE {name} ALTER ATTRIBUTE {a} TYPE {data_type}{cascade}"));
            }
            Some(_) => {}
        }
    }
    statements
}
