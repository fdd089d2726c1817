//! The same thing under another name.

use crate::catalog::render::table::bound_sql;
use crate::catalog::{Catalog, Column, ConstraintKind, Relation, Table};
use crate::plan::error::Candidate;
use crate::sql::Ident;
use std::collections::BTreeSet;

/// What may have got another name: a table or column that is gone, and a new one like it.
pub(super) fn ambiguous(present: &Catalog, desired: &Catalog) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let (gone, new) = (tables_only_in(present, desired), tables_only_in(desired, present));
    for (relation, table) in &gone {
        let of = bound(present, table);
        let near = |other: &Relation| other.schema == relation.schema || other.name == relation.name;
        let like = new.iter().filter(|(other, new)| near(other) && alike(table, new) && bound(desired, new) == of);
        let from = relation.object_name().sql();
        let named = |(other, _): &(&Relation, &Table)| {
            let to = if other.schema == relation.schema { other.name.sql() } else { other.object_name().sql() };
            Candidate { what: "table", from: from.clone(), to }
        };
        candidates.extend(like.map(named));
    }
    for (relation, table, other) in tables_in_both(present, desired) {
        let new: Vec<&Column> = columns_only_in(other, table).collect();
        for column in columns_only_in(table, other) {
            let like = new.iter().filter(|new| new.data_type == column.data_type);
            let from = format!("{}.{}", relation.object_name().sql(), column.name.sql());
            let named = |new: &&Column| Candidate { what: "column", from: from.clone(), to: new.name.sql() };
            candidates.extend(like.map(named));
        }
    }
    candidates
}

/// Statements that give constraints, indexes and sequences their desired names: they are the same but for that.
pub(in crate::plan) fn follow(present: &Catalog, desired: &Catalog) -> Vec<String> {
    let mut statements = Vec::new();
    for (relation, table, wanted) in tables_in_both(present, desired) {
        let name = relation.object_name().sql();
        statements.extend(sequences(present, table, desired, wanted));
        let old = own_constraints(present, table);
        let new = constraints(desired, wanted);
        statements.extend(
            renamed(&old, &new)
                .map(|(from, to)| format!("ALTER TABLE {name} RENAME CONSTRAINT {} TO {}", from.sql(), to.sql())),
        );
        let old = indexes(present, table);
        let new = indexes(desired, wanted);
        let schema = relation.schema.sql();
        statements.extend(
            renamed(&old, &new).map(|(from, to)| format!("ALTER INDEX {schema}.{} RENAME TO {}", from.sql(), to.sql())),
        );
    }
    statements
}

/// Something by its name and by all else that defines it.
type Defined = Vec<(Ident, String)>;

/// What is gone under a name, and there under another.
fn renamed<'d>(old: &'d Defined, new: &'d Defined) -> impl Iterator<Item = (&'d Ident, &'d Ident)> {
    let has = |list: &Defined, name: &Ident| list.iter().any(|(other, _)| other == name);
    let mut free: Vec<&(Ident, String)> = new.iter().filter(|(name, _)| !has(old, name)).collect();
    old.iter().filter(move |(name, _)| !has(new, name)).filter_map(move |(name, definition)| {
        let at = free.iter().position(|(_, other)| other == definition)?;
        Some((name, &free.remove(at).0))
    })
}

fn constraints(catalog: &Catalog, table: &Table) -> Defined {
    // Before PostgreSQL 18 what is NOT NULL has no name.
    let has_names = catalog.target().version >= 18;
    let own = table.constraints.iter().filter(|c| c.parent.is_none());
    let named = own.filter(|c| match c.kind {
        ConstraintKind::NotNull { .. } => has_names,
        _ => c.local,
    });
    named.map(|c| (c.name.clone(), format!("{} {}", catalog.constraint_sql(table, c), c.valid))).collect()
}

/// Those that may get another name: what comes from a parent has that one's.
fn own_constraints(catalog: &Catalog, table: &Table) -> Defined {
    let is_own = |name: &Ident| table.constraint(name).is_some_and(|c| c.local && c.inherited == 0);
    constraints(catalog, table).into_iter().filter(|(name, _)| is_own(name)).collect()
}

fn indexes(catalog: &Catalog, table: &Table) -> Defined {
    let indexes = table.indexes.iter().filter_map(|id| catalog.relation(*id));
    let own = indexes.filter_map(|relation| Some((relation, relation.index()?)));
    let own = own.filter(|(_, index)| index.constraint.is_none() && index.parent.is_none());
    own.map(|(relation, index)| {
        let nameless = Relation { name: Ident::exact("i"), ..relation.clone() };
        (relation.name.clone(), catalog.index_sql(&nameless, index))
    })
    .collect()
}

/// A column's sequence goes by another name: made anew, it would begin at 1 again.
fn sequences(present: &Catalog, table: &Table, desired: &Catalog, wanted: &Table) -> Vec<String> {
    let pairs = table.columns.iter().filter_map(|column| Some((column, wanted.column(&column.name)?)));
    let renamed = pairs.filter_map(|(column, other)| {
        let (from, to) = (present.relation(column.sequence?)?, desired.relation(other.sequence?)?);
        let differs = from.schema == to.schema && from.name != to.name;
        differs.then(|| format!("ALTER SEQUENCE {} RENAME TO {}", from.object_name().sql(), to.name.sql()))
    });
    renamed.collect()
}

fn tables(catalog: &Catalog) -> impl Iterator<Item = (&Relation, &Table)> {
    catalog.relations().filter_map(|relation| Some((relation, relation.table()?)))
}

fn tables_only_in<'c>(catalog: &'c Catalog, other: &Catalog) -> Vec<(&'c Relation, &'c Table)> {
    tables(catalog).filter(|(relation, _)| other.resolve(&relation.object_name()).found().is_none()).collect()
}

fn tables_in_both<'c>(
    catalog: &'c Catalog,
    other: &'c Catalog,
) -> impl Iterator<Item = (&'c Relation, &'c Table, &'c Table)> {
    tables(catalog).filter_map(|(relation, table)| {
        let id = other.resolve(&relation.object_name()).found()?;
        Some((relation, table, other.table(id)?))
    })
}

fn columns_only_in<'t>(table: &'t Table, other: &'t Table) -> impl Iterator<Item = &'t Column> {
    table.columns.iter().filter(|column| column.inherited == 0 && other.column(&column.name).is_none())
}

/// Which rows a partition holds: another one that holds others is not the same under another name.
fn bound(catalog: &Catalog, table: &Table) -> Option<String> {
    let (parent, bound) = table.partition_of.as_ref()?;
    Some(format!("{} {}", catalog.relation(*parent)?.qualified(), bound_sql(bound)))
}

/// Whether at least half of their columns are the same.
fn alike(table: &Table, other: &Table) -> bool {
    let columns = |table: &Table| -> BTreeSet<String> {
        table.columns.iter().map(|column| format!("{} {}", column.name, column.data_type)).collect()
    };
    let (columns, others) = (columns(table), columns(other));
    columns.intersection(&others).count() * 2 >= columns.len().max(others.len()).max(1)
}
