//! What no statement turns into what is wanted is made anew in its place, with its rows: a table that gets partitions, other
//! ones or none; a type that a partition key or another type is made of.

use super::{clear, plainly, table_action};
use crate::catalog::diff::{Change, Closeness, Difference, ObjectKind, diff};
use crate::catalog::{Catalog, Column, Object, Relation, RelationId, Table, TypeDefKind, TypeId};
use crate::plan::state::State;
use crate::sql::name::literal;
use crate::sql::operation::{ConstraintKind, TableAction};
use crate::sql::{DataType, Ident, ObjectName, Operation, parse};

/// Where things are until their rows have been copied.
const ASIDE: &str = "migrate_safety_aside";

/// Makes a table anew whose rows are to be divided otherwise. Whether there was one.
pub(super) fn repartition(state: &mut State, desired: &Catalog, made: &mut Vec<String>) -> bool {
    let differences = diff(desired, &state.catalog, Closeness::Meaning);
    let tables = differences.iter().filter(|difference| difference.aspects.contains(&"partition key"));
    let tables: Vec<RelationId> = tables.filter_map(|difference| difference.found.as_ref()?.relation()).collect();
    tables.into_iter().any(|table| Remade { tables: vec![table], types: Vec::new() }.remake(state, desired, made))
}

/// Makes a type anew that differs, with all types and tables that are made of it. Whether that has helped.
pub(super) fn retype(state: &mut State, desired: &Catalog, differences: &[Difference], made: &mut Vec<String>) -> bool {
    let types = differences.iter().filter(|difference| difference.change == Change::Different);
    let types: Vec<TypeId> = types
        .filter_map(|difference| match difference.found {
            Some(Object::Type(id)) => Some(id),
            _ => None,
        })
        .collect();
    types
        .into_iter()
        .any(|id| Remade::of_type(&state.catalog, id).is_some_and(|remade| remade.remake(state, desired, made)))
}

/// Tables and types that are made anew together.
struct Remade {
    tables: Vec<RelationId>,
    types: Vec<TypeId>,
}

impl Remade {
    /// A type, with what is made of it; none if that cannot be told.
    fn of_type(catalog: &Catalog, id: TypeId) -> Option<Self> {
        let mut types = vec![id];
        let mut at = 0;
        while let Some(id) = types.get(at).copied() {
            let made_of = |data_type: &DataType| is_of(catalog, data_type, id);
            let others = catalog.types.values().filter(|def| match &def.kind {
                TypeDefKind::Composite(attributes) => attributes.iter().any(|(_, data_type)| made_of(data_type)),
                TypeDefKind::Domain(domain) => made_of(&domain.base),
                _ => false,
            });
            let new: Vec<TypeId> = others.map(|def| def.id).filter(|id| !types.contains(id)).collect();
            types.extend(new);
            at += 1;
        }
        let mut tables: Vec<RelationId> = Vec::new();
        for (relation, table) in catalog.relations().filter_map(|relation| Some((relation, relation.table()?))) {
            let has = table.columns.iter().any(|column| types.iter().any(|id| is_of(catalog, &column.data_type, *id)));
            if !has || table.partition_of.is_some() {
                continue;
            }
            if !table.inherits.is_empty() || (!table.children.is_empty() && !table.is_partitioned()) {
                return None;
            }
            tables.push(relation.id);
        }
        Some(Self { tables, types })
    }

    /// Whether it can be done; then the statements are among those that are made.
    fn remake(&self, state: &mut State, desired: &Catalog, made: &mut Vec<String>) -> bool {
        match self.statements(state, desired) {
            Some((statements, after)) => {
                *state = after;
                made.extend(statements);
                true
            }
            None => false,
        }
    }

    fn statements(&self, state: &State, desired: &Catalog) -> Option<(Vec<String>, State)> {
        let present = &state.catalog;
        let aside = fresh_schema(present);
        let (readers, keys) = self.in_the_way(present, desired);
        let mut run = Run { state: state.clone(), done: Vec::new() };
        run.all(readers)?;
        run.one(format!("CREATE SCHEMA {}", aside.sql()))?;
        run.all(keys)?;
        self.set_aside(present, &aside, &mut run)?;
        let (first, later) = self.anew(present, desired, &run.state);
        run.whatever(first);
        for table in &self.tables {
            run.all(copied(present, desired, *table, (&aside, &self.types))?)?;
        }
        run.whatever(later);
        // The foreign keys of other tables, which hold meanwhile.
        let differences = diff(desired, &run.state.catalog, Closeness::Meaning);
        let target = present.target();
        let keys = differences.iter().filter(|d| d.kind == ObjectKind::Constraint && d.change == Change::Missing);
        let keys = keys.flat_map(plainly).filter(|sql| self.refers_to_remade(present, target, sql));
        run.whatever(keys.collect());
        let tables = self.tables.iter().filter_map(|id| present.relation(*id));
        let within = |name: &Ident| ObjectName { schema: Some(aside.clone()), name: name.clone() }.sql();
        run.whatever(tables.map(|table| format!("DROP TABLE {}", within(&table.name))).collect());
        let types = self.types.iter().filter_map(|id| present.types.get(id));
        run.whatever(types.map(|def| format!("DROP TYPE {}", within(&def.name))).collect());
        run.one(format!("DROP SCHEMA {}", aside.sql()))?;
        Some((run.done, run.state))
    }

    /// What only looks at what is made anew and goes before; and the foreign keys and other demands of others on it.
    fn in_the_way(&self, present: &Catalog, desired: &Catalog) -> (Vec<String>, Vec<String>) {
        let own: Vec<RelationId> =
            self.tables.iter().flat_map(|id| std::iter::once(*id).chain(present.descendants(*id))).collect();
        let objects =
            self.tables.iter().map(|id| Object::Relation(*id)).chain(self.types.iter().map(|id| Object::Type(*id)));
        let mut drops: Vec<String> = Vec::new();
        for object in objects {
            let of_others = clear::everything_of_others(present, desired, &object, &own);
            let new: Vec<String> = of_others.into_iter().filter(|sql| !drops.contains(sql)).collect();
            drops.extend(new);
        }
        drops.into_iter().partition(|sql| table_action(present.target(), sql).is_none())
    }

    /// Moves all of it out of the way, with its indexes and sequences.
    fn set_aside(&self, present: &Catalog, aside: &Ident, run: &mut Run) -> Option<()> {
        for id in &self.tables {
            let relation = present.relation(*id)?;
            let name = relation.object_name().sql();
            if let Some((parent, _)) = &relation.table()?.partition_of {
                let parent = present.relation(*parent)?.object_name().sql();
                run.one(format!("ALTER TABLE {parent} DETACH PARTITION {name}"))?;
            }
            for id in std::iter::once(*id).chain(present.descendants(*id)) {
                let name = present.relation(id)?.object_name().sql();
                run.one(format!("ALTER TABLE {name} SET SCHEMA {}", aside.sql()))?;
            }
        }
        for id in &self.types {
            run.one(format!("ALTER TYPE {} SET SCHEMA {}", present.types.get(id)?.sql_name(), aside.sql()))?;
        }
        Some(())
    }

    /// Statements that make all of it as it is wanted: before the rows are copied, and behind that.
    fn anew(&self, present: &Catalog, desired: &Catalog, bare: &State) -> (Vec<String>, Vec<String>) {
        let target = bare.catalog.target();
        let types = self.types.iter().filter_map(|id| present.types.get(id));
        let types: Vec<String> = types.map(|def| format!("{}.{}", def.schema, def.name)).collect();
        let tables = self.tables.iter().filter_map(|id| present.relation(*id));
        let tables: Vec<String> = tables.map(Relation::qualified).collect();
        let differences = diff(desired, &bare.catalog, Closeness::Meaning);
        let made = differences.iter().filter(|difference| difference.change == Change::Missing);
        let made = made.filter(|difference| match difference.kind {
            ObjectKind::Type | ObjectKind::Domain => types.contains(&difference.name),
            ObjectKind::Table => tables.contains(&difference.name),
            _ => false,
        });
        // What the rows have to meet is looked at once they are there.
        let is_late = |sql: &String| {
            let script = parse(target, sql);
            script.statements.iter().flat_map(|statement| &statement.operations).any(|located| {
                match &located.operation {
                    Operation::CreateTrigger(_) => true,
                    Operation::AlterTable(alter) => match &alter.action {
                        TableAction::AddConstraint(def) => matches!(def.kind, ConstraintKind::ForeignKey(_)),
                        TableAction::SetTrigger { .. } | TableAction::ForceRowSecurity { .. } => true,
                        _ => false,
                    },
                    _ => false,
                }
            })
        };
        let (late, first) = made.flat_map(plainly).partition(is_late);
        (first, late)
    }

    /// Whether a statement adds a foreign key to something that has been made anew.
    fn refers_to_remade(&self, present: &Catalog, target: crate::Target, sql: &str) -> bool {
        let Some(TableAction::AddConstraint(def)) = table_action(target, sql) else { return false };
        let ConstraintKind::ForeignKey(key) = &def.kind else { return false };
        let mut names = self.tables.iter().filter_map(|id| Some(present.relation(*id)?.object_name()));
        names.any(|name| name.name == key.table.name && (key.table.schema.is_none() || key.table.schema == name.schema))
    }
}

/// Statements on a schema that they change.
struct Run {
    state: State,
    done: Vec<String>,
}

impl Run {
    fn one(&mut self, sql: String) -> Option<()> {
        self.state = self.state.tried(std::slice::from_ref(&sql)).ok()?;
        self.done.push(sql);
        Some(())
    }

    fn all(&mut self, statements: Vec<String>) -> Option<()> {
        statements.into_iter().try_for_each(|sql| self.one(sql))
    }

    /// Runs what is taken, in an order in which it is; what is left differs afterwards.
    fn whatever(&mut self, statements: Vec<String>) {
        super::run(&mut self.state, statements.into_iter().map(|sql| vec![sql]).collect(), &mut self.done);
    }
}

/// A name that no schema has.
fn fresh_schema(catalog: &Catalog) -> Ident {
    let names = (1..).map(|n| Ident::exact(&if n == 1 { ASIDE.to_owned() } else { format!("{ASIDE}_{n}") }));
    let mut free = names.filter(|name| !catalog.schemas.contains_key(name));
    free.next().unwrap_or_else(|| Ident::exact(ASIDE))
}

/// Whether a type is this one, or an array of it.
fn is_of(catalog: &Catalog, data_type: &DataType, id: TypeId) -> bool {
    let settled = catalog.settled_type(data_type);
    catalog.types.get(&id).is_some_and(|def| settled.name == def.name && settled.schema.as_ref() == Some(&def.schema))
}

/// The rows of a table that has been set aside into the one in its place, and the numbers of its sequences.
fn copied(
    present: &Catalog,
    desired: &Catalog,
    table: RelationId,
    (aside, types): (&Ident, &[TypeId]),
) -> Option<Vec<String>> {
    let relation = present.relation(table)?;
    let wanted = desired.resolve(&relation.object_name()).found()?;
    let (old, new): (&Table, &Table) = (relation.table()?, desired.table(wanted)?);
    let kept: Vec<(&Column, &Column)> =
        new.columns.iter().filter(|c| c.generated.is_none()).filter_map(|c| Some((old.column(&c.name)?, c))).collect();
    let value = |(from, to): &(&Column, &Column)| {
        let name = from.name.sql();
        let is_anew = types.iter().any(|id| is_of(present, &from.data_type, *id));
        match from.data_type == to.data_type {
            _ if is_anew => format!("{name}::text::{}", to.data_type),
            true => name,
            false => format!("{name}::{}", to.data_type),
        }
    };
    let names = kept.iter().map(|(_, to)| to.name.sql()).collect::<Vec<_>>().join(", ");
    let values = kept.iter().map(value).collect::<Vec<_>>().join(", ");
    let overriding = if kept.iter().any(|(_, to)| to.identity == Some(true)) { " OVERRIDING SYSTEM VALUE" } else { "" };
    let within = |name: &Ident| ObjectName { schema: Some(aside.clone()), name: name.clone() }.sql();
    let mut statements = Vec::new();
    if !kept.is_empty() {
        statements.push(format!(
            "INSERT INTO {} ({names}){overriding} SELECT {values} FROM {}",
            relation.object_name().sql(),
            within(&relation.name)
        ));
    }
    let numbers =
        kept.iter().filter_map(|(from, to)| Some((present.relation(from.sequence?)?, desired.relation(to.sequence?)?)));
    statements.extend(numbers.map(|(from, to)| {
        let to = literal(&to.object_name().sql());
        format!("SELECT setval({to}, last_value, is_called) FROM {}", within(&from.name))
    }));
    Some(statements)
}
