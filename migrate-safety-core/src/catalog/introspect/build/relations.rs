//! Tables, views, sequences and their columns.

use super::{Builder, object_name, options};
use crate::catalog::introspect::rows::{ColumnRow, ParentRow, RelationRow, SequenceRow};
use crate::catalog::introspect::text;
use crate::catalog::storage::{compression_word, storage_word};
use crate::catalog::{
    Column, ColumnId, Index, Partitioning, Relation, RelationId, RelationKind, Sequence, Stamp, Table, TypeDefKind,
    View, ViewColumn,
};
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{Generated, PartitionBound, Persistence, ReplicaIdentity, SequenceOptions};
use crate::sql::{DataType, Ident};

impl Builder {
    /// All relations, without what other questions are about.
    pub(in crate::catalog::introspect) fn add_relations(&mut self, rows: Vec<RelationRow>) {
        for row in rows {
            let kind = match row.kind {
                'v' | 'm' => RelationKind::View(Box::new(view(&row))),
                'S' => RelationKind::Sequence(Box::new(Sequence::new(
                    DataType::builtin("int8"),
                    persistence(row.persistence),
                    &SequenceOptions::default(),
                ))),
                'c' => RelationKind::Composite,
                'i' | 'I' => RelationKind::Index(Box::new(Index {
                    options: options(row.options.as_ref()),
                    tablespace: row.tablespace.as_deref().map(Ident::exact),
                    ..Index::new(RelationId(0), Ident::exact("btree"))
                })),
                _ => RelationKind::Table(Box::new(self.table(&row))),
            };
            let (schema, name) = (Ident::exact(&row.schema), Ident::exact(&row.name));
            let id = self.catalog.add_relation(schema, name, kind, Stamp::BEFORE);
            self.relations.insert(row.oid, id);
            if row.busy {
                self.busy.insert(id);
            }
            if row.kind == 'p' && row.partition_key.is_none() {
                self.locked(id);
            }
            if let Some(bound) = row.bound {
                self.bounds.insert(id, bound);
            }
        }
    }

    fn table(&mut self, row: &RelationRow) -> Table {
        let mut all_options = options(row.options.as_ref());
        let toast = options(row.toast_options.as_ref()).into_iter();
        all_options.extend(toast.map(|(name, value)| (format!("toast.{name}").into(), value)));
        let partition_by = row.partition_key.as_ref().and_then(|sql| {
            let by = text::partition_key(self.target, sql);
            if by.is_none() {
                self.not_understood(&format!("{}.{}", row.schema, row.name), sql);
            }
            by
        });
        Table {
            persistence: persistence(row.persistence),
            foreign: row.kind == 'f',
            last_column: row.last_column,
            partition_by: partition_by.map(|by| Partitioning { strategy: by.strategy, key: by.key }),
            row_security: row.row_security,
            force_row_security: row.force_row_security,
            // Which index it is comes with the indexes; one that is dropped leaves nothing.
            // A foreign table has none, as one that was never told has.
            replica_identity: match row.replica_identity {
                _ if row.kind == 'f' => ReplicaIdentity::Default,
                'f' => ReplicaIdentity::Full,
                'n' | 'i' => ReplicaIdentity::Nothing,
                _ => ReplicaIdentity::Default,
            },
            options: all_options,
            tablespace: row.tablespace.as_deref().map(Ident::exact),
            access_method: row.access_method.as_deref().map(Ident::exact),
            of_type: row.of_type.as_ref().map(object_name),
            ..Table::default()
        }
    }

    /// Partitions, inheriting tables, and indexes of partitions.
    pub(in crate::catalog::introspect) fn add_parents(&mut self, rows: Vec<ParentRow>) {
        for row in rows {
            let (Some(child), Some(parent)) = (self.relation_id(row.child), self.relation_id(row.parent)) else {
                continue;
            };
            if let Some(index) = self.catalog.index_mut(child) {
                index.parent = Some(parent);
                if let Some(parent) = self.catalog.index_mut(parent) {
                    parent.children.push(child);
                }
                continue;
            }
            let bound = self.bounds.get(&child).cloned().map(|sql| self.bound(child, &sql));
            if let Some(table) = self.catalog.table_mut(parent) {
                table.children.push(child);
                if row.detach_pending {
                    table.detach_pending = Some(child);
                }
            }
            if let Some(table) = self.catalog.table_mut(child) {
                match bound {
                    Some(bound) => table.partition_of = Some((parent, bound)),
                    None => table.inherits.push(parent),
                }
            }
        }
    }

    fn bound(&mut self, partition: RelationId, sql: &str) -> PartitionBound {
        text::bound(self.target, sql).unwrap_or_else(|| {
            let name = self.qualified(partition);
            self.not_understood(&name, sql);
            PartitionBound::Default
        })
    }

    /// The columns of tables and views, and the attributes of composite types.
    pub(in crate::catalog::introspect) fn add_columns(&mut self, rows: Vec<ColumnRow>) {
        for row in rows {
            let Some(id) = self.relation_id(row.relation) else { continue };
            let data_type = self.data_type(&row.data_type);
            let name = Ident::exact(&row.name);
            if let Some(composite) = self.composites.get(&row.relation) {
                if let Some(TypeDefKind::Composite(attributes)) =
                    self.catalog.types.get_mut(composite).map(|def| &mut def.kind)
                {
                    attributes.push((name, data_type));
                }
                continue;
            }
            if let Some(RelationKind::View(view)) = self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
                view.columns.push(ViewColumn { name, data_type: Some(data_type) });
                continue;
            }
            let column = self.column(id, row, data_type);
            let number = column.id;
            if let Some(table) = self.catalog.table_mut(id) {
                table.columns.push(column);
            }
            self.catalog.note_column(id, number);
        }
    }

    fn column(&mut self, table: RelationId, row: ColumnRow, data_type: DataType) -> Column {
        let owner = format!("{}.{}", self.qualified(table), row.name);
        let expression = row.expression.as_deref().map(|sql| self.expression(&owner, sql));
        let (default, generated) = match row.generated {
            Some(kind) => {
                if expression.is_none() {
                    self.locked(table);
                }
                let expression = expression.unwrap_or_else(missing_expression);
                (None, Some(Generated { expression, stored: kind == 's' }))
            }
            None => (expression, None),
        };
        Column {
            id: ColumnId(row.number),
            collation: row.collation.as_ref().map(object_name).map(Box::new),
            not_null: row.not_null,
            default: default.map(Box::new),
            generated: generated.map(Box::new),
            identity: row.identity.map(|kind| kind == 'a'),
            storage: row.storage.and_then(storage_word).map(Ident::exact).map(Box::new),
            compression: row.compression.and_then(compression_word).map(Ident::exact).map(Box::new),
            inherited: row.inherited,
            local: row.local,
            ..Column::new(Ident::exact(&row.name), data_type, Stamp::BEFORE)
        }
    }

    /// What sequences count, and for which columns.
    pub(in crate::catalog::introspect) fn add_sequences(&mut self, rows: Vec<SequenceRow>) {
        for row in rows {
            let Some(id) = self.relation_id(row.oid) else { continue };
            let data_type = self.data_type(&row.data_type);
            let Some(Relation { kind: RelationKind::Sequence(sequence), .. }) = self.catalog.relations.get_mut(&id)
            else {
                continue;
            };
            sequence.data_type = data_type;
            sequence.bounds = (Some(row.min), Some(row.max));
            sequence.start = Some(row.start);
            sequence.increment = row.increment;
            sequence.cache = row.cache;
            sequence.cycle = row.cycle;
            sequence.identity = row.identity;
            sequence.forget_usual();
            let owner = row.owner.and_then(|oid| self.relation_id(oid)).zip(row.owner_column.map(ColumnId));
            self.catalog.own_sequence(id, owner);
            if let Some((table, column)) = owner.filter(|_| row.identity)
                && let Some(column) = self.catalog.column_mut(table, column)
            {
                column.sequence = Some(id);
            }
        }
    }
}

/// What stands for an expression that could not be read.
pub(super) fn missing_expression() -> Expression {
    Expression { sql: "".into(), expr: Expr::Other(Vec::new()) }
}

fn persistence(code: char) -> Persistence {
    match code {
        'u' => Persistence::Unlogged,
        't' => Persistence::Temporary,
        _ => Persistence::Permanent,
    }
}

fn view(row: &RelationRow) -> View {
    View {
        materialized: row.kind == 'm',
        populated: row.populated,
        persistence: persistence(row.persistence),
        columns: Vec::new(),
        complete: true,
        sql: "".into(),
        depends_on: Vec::new(),
        routines: Vec::new(),
        types: Vec::new(),
        indexes: Vec::new(),
        triggers: Vec::new(),
        rules: Vec::new(),
        rule_reads: Vec::new(),
        options: options(row.options.as_ref()),
    }
}
