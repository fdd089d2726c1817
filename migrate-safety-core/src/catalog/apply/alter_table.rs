//! `ALTER TABLE`: which action goes where, and those that change a single mark.

use super::change::Change;
use crate::catalog::{Index, RelationId, RelationKind, Table};
use crate::sql::operation::{
    AlterTable, FiringState, Persistence, RelationWord, ReplicaIdentity, TableAction, TriggerName,
};
use crate::sql::{Ident, ObjectName};

impl Change<'_> {
    /// One action of `ALTER TABLE`.
    pub(super) fn alter_table(&mut self, alter: &AlterTable) {
        let Some(id) = self.relation(&alter.table, alter.if_exists) else { return };
        if !self.fits(id, alter) {
            return;
        }
        let only = alter.only;
        match &alter.action {
            TableAction::AddColumn { column, if_not_exists } => self.alter_add_column(id, column, *if_not_exists, only),
            TableAction::DropColumn { column, if_exists, cascade } => {
                self.drop_column(id, column, *if_exists, *cascade, only);
            }
            TableAction::RenameColumn { column, to } => self.rename_column(id, column, to, only),
            TableAction::SetType { column, data_type, collation, using } => {
                self.set_type(id, column, data_type, collation.as_ref(), using.as_ref(), only);
            }
            TableAction::SetDefault { column, default } => self.set_default(id, column, Some(default), only),
            TableAction::DropDefault { column } => self.set_default(id, column, None, only),
            TableAction::SetNotNull { column } => {
                if let Some(column) = self.column(id, column) {
                    self.set_not_null(id, column, None, only);
                }
            }
            TableAction::DropNotNull { column } => {
                if let Some(column) = self.column(id, column) {
                    self.drop_not_null(id, column, only);
                }
            }
            TableAction::SetExpression { column, expression } => self.set_expression(id, column, expression, only),
            TableAction::DropExpression { column, if_exists } => self.drop_expression(id, column, *if_exists, only),
            TableAction::AddIdentity { column, identity } => self.add_identity(id, column, identity, only),
            TableAction::AlterIdentity { column, always, options } => {
                self.alter_identity(id, column, *always, options, only);
            }
            TableAction::DropIdentity { column, if_exists } => self.drop_identity(id, column, *if_exists, only),
            TableAction::SetStatistics { column } | TableAction::SetColumnOptions { column } => {
                if self.table(id).is_some() {
                    self.column(id, column);
                }
            }
            TableAction::SetStorage { column, storage } => self.set_storage(id, column, storage, only),
            TableAction::SetCompression { column, compression } => self.set_compression(id, column, compression),
            TableAction::AddConstraint(def) => self.alter_add_constraint(id, def, only),
            TableAction::AlterConstraint { name, deferrable, initially_deferred, enforced, inherit } => {
                self.alter_constraint(id, name, *deferrable, *initially_deferred, *enforced, *inherit);
            }
            TableAction::ValidateConstraint { name } => self.validate_constraint(id, name, only),
            TableAction::DropConstraint { name, if_exists, cascade } => {
                self.drop_constraint(id, name, *if_exists, *cascade, only);
            }
            TableAction::RenameConstraint { name, to } => self.alter_rename_constraint(id, name, to, only),
            TableAction::SetTablespace { tablespace } => self.set_tablespace(id, tablespace),
            TableAction::SetLogged { logged } => self.set_logged(id, *logged),
            TableAction::SetAccessMethod { method } => {
                if let Some(table) = self.catalog.table_mut(id) {
                    table.access_method.clone_from(method);
                }
            }
            TableAction::SetOptions { options } => self.set_options(id, options),
            TableAction::ClusterOn { index } => self.cluster_on(id, Some(index)),
            TableAction::SetWithoutCluster => self.cluster_on(id, None),
            TableAction::Inherit { parent } => self.add_inheritance(id, parent),
            TableAction::NoInherit { parent } => self.drop_inheritance(id, parent),
            TableAction::OfType { name } => self.set_of_type(id, Some(name)),
            TableAction::NotOf => self.set_of_type(id, None),
            TableAction::AttachPartition { partition, bound } => self.attach_partition(id, partition, bound),
            TableAction::DetachPartition { partition, concurrently, finalize } => {
                self.detach_partition(id, partition, *concurrently, *finalize);
            }
            TableAction::SetTrigger { name, state } => self.set_trigger(id, name, *state, only),
            TableAction::SetRule { name, state } => self.set_rule(id, name, *state),
            TableAction::RowSecurity { enable } => self.mark(id, |table| table.row_security = *enable),
            TableAction::ForceRowSecurity { force } => self.mark(id, |table| table.force_row_security = *force),
            TableAction::ReplicaIdentity(identity) => self.set_replica_identity(id, identity),
            TableAction::Opaque { .. } => {
                if let Some(relation) = self.catalog.relations.get_mut(&id) {
                    relation.unknown = true;
                }
            }
            TableAction::Rename { .. }
            | TableAction::SetSchema { .. }
            | TableAction::OwnerTo { .. }
            | TableAction::SetOids
            | TableAction::Options => {}
        }
    }

    /// Whether the relation is of the kind that the statement names and the action can be done on; else that is
    /// reported.
    fn fits(&mut self, id: RelationId, alter: &AlterTable) -> bool {
        let Some(relation) = self.catalog.relation(id) else { return false };
        if relation.unknown {
            return true;
        }
        let name = &relation.name;
        let is_kind = |word| match (word, &relation.kind) {
            (RelationWord::Table, _) => true,
            (RelationWord::ForeignTable, RelationKind::Table(table)) => table.foreign,
            (RelationWord::Index, RelationKind::Index(_)) => true,
            (RelationWord::View, RelationKind::View(view)) => !view.materialized,
            (RelationWord::MaterializedView, RelationKind::View(view)) => view.materialized,
            (RelationWord::Sequence, RelationKind::Sequence(_)) => true,
            // The server looks at the kind only later.
            (RelationWord::View, _) => matches!(alter.action, TableAction::RenameColumn { .. }),
            _ => false,
        };
        if !is_kind(alter.word) {
            let what = match alter.word {
                RelationWord::Table | RelationWord::ForeignTable => "a foreign table",
                RelationWord::Index => "an index",
                RelationWord::View => "a view",
                RelationWord::MaterializedView => "a materialized view",
                RelationWord::Sequence => "a sequence",
            };
            let message = format!("\"{name}\" is not {what}");
            self.conflict("42809", message);
            return false;
        }
        let Some((action, what)) = table_only(&alter.action) else { return true };
        if relation.table().is_some() || matches!(relation.kind, RelationKind::Composite) {
            return true;
        }
        let message = match self.version() {
            15.. => format!("ALTER action {action} cannot be performed on relation \"{name}\""),
            _ => format!("\"{name}\" is not a {what}"),
        };
        self.conflict("42809", message);
        false
    }

    fn mark(&mut self, id: RelationId, set: impl FnOnce(&mut Table)) {
        if let Some(table) = self.catalog.table_mut(id) {
            set(table);
        }
    }

    fn set_tablespace(&mut self, id: RelationId, tablespace: &Ident) {
        let tablespace = Some(tablespace.clone()).filter(|t| *t != "pg_default");
        match self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
            Some(RelationKind::Table(table)) => table.tablespace = tablespace,
            Some(RelationKind::Index(index)) => index.tablespace = tablespace,
            _ => {}
        }
    }

    fn set_logged(&mut self, id: RelationId, logged: bool) {
        let Some(table) = self.table(id) else {
            if let Some(RelationKind::Sequence(sequence)) = self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
                sequence.persistence = if logged { Persistence::Permanent } else { Persistence::Unlogged };
            }
            return;
        };
        let name = self.name(id);
        if table.persistence == Persistence::Temporary {
            self.conflict("42P16", format!("cannot change logged status of table \"{name}\" because it is temporary"));
            return;
        }
        let persistence = if logged { Persistence::Permanent } else { Persistence::Unlogged };
        let keys = if logged { self.catalog.foreign_keys_from(id) } else { self.catalog.foreign_keys_to(id) };
        let other = |k: &crate::catalog::ForeignKeyRef<'_>| if logged { k.key.table } else { k.from };
        let persistence_of = |id| self.table(id).map(|t| t.persistence);
        let clash = keys.iter().map(other).find(|o| *o != id && persistence_of(*o).is_some_and(|p| p != persistence));
        let (owned, is_partitioned) = (table.sequences.clone(), table.is_partitioned());
        if let Some(other) = clash {
            let other = self.name(other);
            let (to, from) = if logged { ("logged", "unlogged") } else { ("unlogged", "logged") };
            let message =
                format!("could not change table \"{name}\" to {to} because it references {from} table \"{other}\"");
            self.conflict("42P16", message);
        }
        // One without rows of its own stays as it is; 18 refuses.
        if is_partitioned {
            return;
        }
        self.mark(id, |table| table.persistence = persistence);
        if self.version() >= 15 {
            for sequence in owned {
                if let Some(RelationKind::Sequence(sequence)) =
                    self.catalog.relations.get_mut(&sequence).map(|r| &mut r.kind)
                {
                    sequence.persistence = persistence;
                }
            }
        }
    }

    fn set_options(&mut self, id: RelationId, options: &[(Box<str>, Option<Box<str>>)]) {
        let stored = match self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
            Some(RelationKind::Table(table)) => &mut table.options,
            Some(RelationKind::Index(index)) => &mut index.options,
            Some(RelationKind::View(view)) => &mut view.options,
            _ => return,
        };
        for (name, value) in options {
            stored.retain(|(stored, _)| stored != name);
            stored.extend(value.clone().map(|value| (name.clone(), value)));
        }
    }

    /// The index of this name on a table; one that cannot exist is reported.
    fn index_named(&mut self, table: RelationId, name: &Ident) -> Option<RelationId> {
        let key = (self.schema(table), name.clone());
        let id = self.catalog.relation_names.get(&key).copied();
        let index = id.filter(|id| self.catalog.index(*id).is_some());
        let Some(index) = index else {
            if !self.is_unknown(table) && !self.catalog.may_exist(name) {
                let message = format!("index \"{name}\" for table \"{}\" does not exist", self.name(table));
                self.conflict("42704", message);
            }
            return None;
        };
        if self.catalog.index(index).is_some_and(|i| i.table != table) {
            let message = format!("\"{name}\" is not an index for table \"{}\"", self.name(table));
            self.conflict("42809", message);
            return None;
        }
        Some(index)
    }

    /// `CLUSTER ON index`, `SET WITHOUT CLUSTER`, `CLUSTER table USING index`.
    pub(super) fn cluster_on(&mut self, table: RelationId, index: Option<&Ident>) {
        let chosen = match index {
            Some(name) => match self.index_named(table, name) {
                Some(index) => Some(index),
                None => return,
            },
            None => None,
        };
        for id in self.catalog.indexes_of(table).to_vec() {
            if let Some(index) = self.catalog.index_mut(id) {
                index.clustered = Some(id) == chosen;
            }
        }
    }

    fn set_of_type(&mut self, id: RelationId, name: Option<&ObjectName>) {
        if name.is_none() && self.table(id).is_some_and(|t| t.of_type.is_none()) && !self.is_unknown(id) {
            let table = self.name(id);
            self.conflict("42809", format!("\"{table}\" is not a typed table"));
        }
        let of_type = name.map(|name| self.catalog.settled_type_name(name));
        self.mark(id, |table| table.of_type = of_type);
    }

    fn set_trigger(&mut self, id: RelationId, name: &TriggerName, state: FiringState, only: bool) {
        let mut found = false;
        let tables = if only { Vec::new() } else { self.catalog.descendants(id) };
        for table in std::iter::once(id).chain(tables) {
            let triggers = self.catalog.table_mut(table).into_iter().flat_map(|t| &mut t.triggers);
            for trigger in triggers {
                let meant = match name {
                    TriggerName::Named(name) => trigger.name == *name,
                    TriggerName::All | TriggerName::User => true,
                };
                if meant {
                    found = true;
                    trigger.state = state;
                }
            }
        }
        if let TriggerName::Named(name) = name
            && !found
            && !self.is_unknown(id)
        {
            let table = self.name(id);
            self.conflict("42704", format!("trigger \"{name}\" for table \"{table}\" does not exist"));
        }
    }

    fn set_rule(&mut self, id: RelationId, name: &Ident, state: FiringState) {
        let known = !self.is_unknown(id) && *name != "_RETURN";
        let rules = match self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
            Some(RelationKind::Table(table)) => &mut table.rules,
            Some(RelationKind::View(view)) => &mut view.rules,
            _ => return,
        };
        match rules.iter_mut().find(|(rule, _)| rule == name) {
            Some((_, stored)) => *stored = state,
            None if known => {
                let table = self.name(id);
                self.conflict("42704", format!("rule \"{name}\" for relation \"{table}\" does not exist"));
            }
            None => {}
        }
    }

    fn set_replica_identity(&mut self, id: RelationId, identity: &ReplicaIdentity) {
        if let ReplicaIdentity::Index(name) = identity {
            let Some(index_id) = self.index_named(id, name) else { return };
            let Some(index) = self.catalog.index(index_id) else { return };
            if let Some(message) = self.unfit_as_identity(id, index, name) {
                self.conflict("42809", message);
                return;
            }
        }
        self.mark(id, |table| table.replica_identity = identity.clone());
    }

    /// Why an index cannot identify the rows of a table.
    fn unfit_as_identity(&self, table: RelationId, index: &Index, name: &Ident) -> Option<String> {
        let deferrable = index.constraint.and_then(|c| self.catalog.constraint(table, c)).is_some_and(|c| c.deferrable);
        let nullable = index.keys.iter().filter_map(|k| self.catalog.column(table, k.column?)).find(|c| !c.not_null);
        Some(if !index.unique {
            format!("cannot use non-unique index \"{name}\" as replica identity")
        } else if deferrable {
            format!("cannot use non-immediate index \"{name}\" as replica identity")
        } else if index.keys.iter().any(|k| k.expression.is_some()) {
            format!("cannot use expression index \"{name}\" as replica identity")
        } else if index.predicate.is_some() {
            format!("cannot use partial index \"{name}\" as replica identity")
        } else if let Some(column) = nullable {
            let column = &column.name;
            format!("index \"{name}\" cannot be used as replica identity because column \"{column}\" is nullable")
        } else {
            return None;
        })
    }
}

/// What the server calls an action that only tables (and composite types) have, and until PostgreSQL 14 what the
/// relation is not; absent: others have it too.
fn table_only(action: &TableAction) -> Option<(&'static str, &'static str)> {
    const WITH_TYPES: &str = "table, composite type, or foreign table";
    const WITH_VIEWS: &str = "table, view, or foreign table";
    const WITH_FOREIGN: &str = "table or foreign table";
    const TABLE: &str = "table";
    Some(match action {
        TableAction::AddColumn { .. } => ("ADD COLUMN", WITH_TYPES),
        TableAction::DropColumn { .. } => ("DROP COLUMN", WITH_TYPES),
        TableAction::SetType { .. } => ("ALTER COLUMN ... SET DATA TYPE", WITH_TYPES),
        TableAction::SetNotNull { .. } => ("ALTER COLUMN ... SET NOT NULL", WITH_FOREIGN),
        TableAction::DropNotNull { .. } => ("ALTER COLUMN ... DROP NOT NULL", WITH_FOREIGN),
        TableAction::SetExpression { .. } => ("ALTER COLUMN ... SET EXPRESSION", WITH_FOREIGN),
        TableAction::DropExpression { .. } => ("ALTER COLUMN ... DROP EXPRESSION", WITH_FOREIGN),
        TableAction::AddIdentity { .. } => ("ALTER COLUMN ... ADD IDENTITY", WITH_VIEWS),
        TableAction::AlterIdentity { .. } => ("ALTER COLUMN ... SET", WITH_VIEWS),
        TableAction::DropIdentity { .. } => ("ALTER COLUMN ... DROP IDENTITY", WITH_VIEWS),
        TableAction::AddConstraint(_) => ("ADD CONSTRAINT", WITH_FOREIGN),
        TableAction::AlterConstraint { .. } => ("ALTER CONSTRAINT", TABLE),
        TableAction::ValidateConstraint { .. } => ("VALIDATE CONSTRAINT", WITH_FOREIGN),
        TableAction::DropConstraint { .. } => ("DROP CONSTRAINT", WITH_FOREIGN),
        TableAction::Inherit { .. } => ("INHERIT", WITH_FOREIGN),
        TableAction::NoInherit { .. } => ("NO INHERIT", WITH_FOREIGN),
        TableAction::OfType { .. } => ("OF", TABLE),
        TableAction::NotOf => ("NOT OF", TABLE),
        TableAction::AttachPartition { .. } => ("ATTACH PARTITION", "table or partitioned index"),
        TableAction::DetachPartition { .. } => ("DETACH PARTITION", "table or partitioned index"),
        TableAction::RowSecurity { enable: true } => ("ENABLE ROW SECURITY", TABLE),
        TableAction::RowSecurity { enable: false } => ("DISABLE ROW SECURITY", TABLE),
        TableAction::ForceRowSecurity { force: true } => ("FORCE ROW SECURITY", TABLE),
        TableAction::ForceRowSecurity { force: false } => ("NO FORCE ROW SECURITY", TABLE),
        _ => return None,
    })
}
