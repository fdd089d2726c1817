//! Where to look for what depends on something, so that not everything has to be searched.

use super::map::Map;
use super::regclass::regclass_name;
use super::{Catalog, ColumnId, RelationId, Routine, RoutineId};
use crate::sql::Ident;
use crate::sql::expr::Expr;
use std::collections::BTreeSet;

/// Places that were once right: what is found there has to be looked at again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints {
    /// Names of types that columns have.
    pub(crate) column_types: BTreeSet<Ident>,
    /// Tables with a default that names a sequence, by the name of the sequence.
    pub(crate) sequence_users: Map<Ident, BTreeSet<RelationId>>,
    /// Tables with policies or rules.
    pub(crate) guarded: BTreeSet<RelationId>,
    /// Tables with a constraint trigger that is said to come `FROM` another.
    pub(crate) triggered_from: BTreeSet<RelationId>,
    /// Names of types that routines take and give.
    pub(crate) routine_types: BTreeSet<Ident>,
    /// Routines whose body is bound to the relations that it reads.
    pub(crate) reading_routines: BTreeSet<RoutineId>,
}

impl Hints {
    /// Notes the types of a routine that is new or was changed, and whether it is bound to relations.
    pub(crate) fn note_routine(&mut self, routine: &Routine) {
        for data_type in routine.args.iter().map(|(_, data_type, ..)| data_type).chain(&routine.returns) {
            if !self.routine_types.contains(&data_type.name) {
                self.routine_types.insert(data_type.name.clone());
            }
        }
        if !routine.reads.is_empty() {
            self.reading_routines.insert(routine.id);
        }
    }
}

impl Catalog {
    /// Notes the type and the default of a column that is new or was changed.
    pub(crate) fn note_column(&mut self, table: RelationId, column: ColumnId) {
        let Some(column) = self.column(table, column) else { return };
        let data_type = column.data_type.name.clone();
        let mut sequences = Vec::new();
        if let Some(default) = &column.default {
            default.expr.walk(&mut |e| {
                if let Expr::String(text) = e {
                    sequences.extend(regclass_name(text).map(|name| name.name));
                }
            });
        }
        if !self.hints.column_types.contains(&data_type) {
            self.hints.column_types.insert(data_type);
        }
        for sequence in sequences {
            self.hints.sequence_users.change(sequence, |users| {
                users.insert(table);
            });
        }
    }
}
