//! A catalog as lines of text, the same that `servers/facts.sql` gives on a server.

use crate::catalog::{Catalog, ColumnId, ConstraintKind, Index, IndexKey, Relation, RelationId, RelationKind, Table};
use crate::catalog::{Constraint, ConstraintId};

/// Every column, constraint, index, sequence, trigger and parent of a catalog, sorted.
pub(super) fn facts(catalog: &Catalog) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for relation in catalog.relations().filter(|r| *r.schema != *"pg_temp") {
        let name = relation.qualified();
        match &relation.kind {
            RelationKind::Table(table) => table_facts(catalog, relation.id, &name, table, &mut lines),
            RelationKind::Index(index) => lines.push(index_facts(catalog, &name, index)),
            RelationKind::Sequence(sequence) => {
                let owner = sequence.owned_by.map(|(table, column)| {
                    let column = catalog.column(table, column).unwrap();
                    format!("{}.{}", catalog.relation(table).unwrap().name, column.name)
                });
                lines.push(format!("sequence {name} {} owner={}", sequence.data_type, owner.unwrap_or_default()));
            }
            RelationKind::View(_) | RelationKind::Composite => {}
        }
    }
    lines.sort();
    lines
}

fn name_of(catalog: &Catalog, id: RelationId) -> String {
    catalog.relation(id).unwrap().name.to_string()
}

fn table_facts(catalog: &Catalog, id: RelationId, name: &str, table: &Table, lines: &mut Vec<String>) {
    for column in &table.columns {
        let mut data_type = column.data_type.clone();
        data_type.schema = data_type.schema.filter(|s| *s != "public");
        let identity = column.identity.map_or("", |always| if always { "a" } else { "d" });
        lines.push(format!(
            "column {name} {} {} {data_type} notnull={} default={} generated={} identity={identity} inherited={} local={} sequence={}",
            column.id.0,
            column.name,
            column.not_null,
            column.default.is_some(),
            column.generated.is_some(),
            column.inherited,
            column.local,
            column.sequence.map(|s| name_of(catalog, s)).unwrap_or_default(),
        ));
    }
    for constraint in &table.constraints {
        lines.push(format!(
            "constraint {name} {} {} valid={} deferrable={}/{} noinherit={} inherited={} local={} parent={}",
            constraint.name,
            demand(catalog, table, constraint),
            constraint.valid,
            constraint.deferrable,
            constraint.initially_deferred,
            constraint.no_inherit,
            constraint.inherited,
            constraint.local,
            constraint.parent.map(|p| constraint_name(catalog, p)).unwrap_or_default(),
        ));
    }
    let parents = table.partition_of.iter().map(|(parent, _)| parent).chain(&table.inherits);
    for parent in parents {
        let parent = catalog.relation(*parent).unwrap();
        assert!(parent.table().unwrap().children.contains(&id), "{name} is no child of its parent");
        let partition = table.partition_of.is_some();
        lines.push(format!("parent {name} {} partition={partition}", parent.qualified()));
    }
    lines.extend(table.triggers.iter().map(|t| format!("trigger {name} {}", t.name)));
}

fn demand(catalog: &Catalog, table: &Table, constraint: &Constraint) -> String {
    let columns = |ids: &[ColumnId]| {
        let mut names: Vec<String> = ids.iter().map(|id| table.column_by_id(*id).unwrap().name.to_string()).collect();
        names.sort();
        names.join(",")
    };
    match &constraint.kind {
        ConstraintKind::NotNull { column } => format!("n {}", columns(&[*column])),
        ConstraintKind::Check { columns: mentioned, .. } => format!("c {}", columns(mentioned)),
        ConstraintKind::Unique { primary, columns: key, index } => {
            format!("{} {} index={}", if *primary { "p" } else { "u" }, columns(key), name_of(catalog, *index))
        }
        ConstraintKind::ForeignKey(key) => {
            let referenced = catalog.relation(key.table).unwrap();
            let linked = |(from, id): &(RelationId, ConstraintId)| {
                *id == constraint.id && catalog.constraint(*from, *id).is_some()
            };
            assert!(referenced.table().unwrap().referenced_by.iter().any(linked), "{} is not linked", constraint.name);
            let index = key.index.map(|i| name_of(catalog, i)).unwrap_or_default();
            format!("f {} -> {} {index}", columns(&key.columns), referenced.qualified())
        }
        ConstraintKind::Exclude { index, .. } => format!("x index={}", name_of(catalog, *index)),
    }
}

fn constraint_name(catalog: &Catalog, id: ConstraintId) -> String {
    let all = catalog.relations().filter_map(Relation::table).flat_map(|t| &t.constraints);
    all.filter(|c| c.id == id).map(|c| c.name.to_string()).next().unwrap()
}

fn index_facts(catalog: &Catalog, name: &str, index: &Index) -> String {
    let on = catalog.relation(index.table).unwrap();
    let column = |id: ColumnId| match (&on.kind, usize::from(id.0)) {
        (RelationKind::View(view), place) => view.columns[place - 1].name.to_string(),
        _ => catalog.column(index.table, id).unwrap().name.to_string(),
    };
    let key = |key: &IndexKey| {
        let name = key.column.map_or_else(|| "<expr>".to_owned(), column);
        let order = if key.descending { " desc" } else { "" };
        let nulls = if key.nulls_first { " nulls first" } else { "" };
        format!("{name}{order}{nulls}")
    };
    let keys: Vec<String> = index.keys.iter().map(key).collect();
    let include: Vec<String> = index.include.iter().map(|id| column(*id)).collect();
    format!(
        "index {name} on {} {} unique={} valid={} key={} include={} partial={} parent={} clustered={}",
        on.qualified(),
        index.method,
        index.unique,
        index.valid,
        keys.join(","),
        include.join(","),
        index.predicate.is_some(),
        index.parent.map(|p| name_of(catalog, p)).unwrap_or_default(),
        index.clustered,
    )
}
