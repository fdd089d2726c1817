//! What a statement does on the server: what is the same for all of them here, the rest by the server's own facts.

use super::name::{Name, ObjectName};
use super::operation::{ActionKind, Algorithm, ColumnDef, Lock, Operation, PartitionAction};
use super::schema::{Schema, Table};
use crate::catalog::{ColumnId, RelationId, Session, Stamp};
use crate::dialect::{Dialect, Target};
use crate::effects::{Breakage, BreakageKind, DataLoss, DataLossKind, Effects, ForeignLock, RelationRef};
use crate::layout::Layout;
use crate::rules::view::Scope;

/// A statement, and what there is before it.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The statement.
    pub operation: &'a Operation,
    /// The schema before it.
    pub schema: &'a Schema,
    /// Settings of the session, by lower-case name: MySQL's variables, SQLite's pragmas.
    pub session: &'a Session,
    /// In what kind of transaction it runs.
    pub scope: Scope,
    /// Who runs it.
    pub host: Layout,
    /// When it runs.
    pub now: Stamp,
}

/// What a statement does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What a report tells.
    pub effects: Effects,
    /// How the server changes the table (MySQL).
    pub algorithm: Option<Algorithm>,
    /// What others may do meanwhile (MySQL).
    pub lock: Option<Lock>,
    /// Why it is not done in a better way: `INSTANT is refused: the table has a FULLTEXT index`.
    pub because: Vec<String>,
}

impl<'a> Scene<'a> {
    /// The server.
    pub fn target(&self) -> Target {
        self.schema.target
    }

    /// The table of this name.
    pub fn table(&self, name: &ObjectName) -> Option<&'a Table> {
        self.schema.table(name)
    }

    /// How reports name a table: with its database in SQLite, as it is written in MySQL, where a migration hardly ever
    /// says in which database it runs.
    pub fn reference(&self, table: &Table) -> RelationRef {
        RelationRef { name: shown(self.target(), &table.name), id: table.id }
    }

    /// Whether a table surely has no rows: this migration has made it and put none in.
    pub fn is_empty(&self, table: &Table) -> bool {
        table.created.migration == self.now.migration && table.created != Stamp::BEFORE && table.filled.is_none()
    }

    /// Whether a setting is on.
    pub fn is_on(&self, setting: &str) -> bool {
        self.session
            .get(setting)
            .is_some_and(|value| matches!(&*value.to_ascii_lowercase(), "1" | "on" | "true" | "yes"))
    }
}

/// How reports name a table.
pub(crate) fn shown(target: Target, name: &ObjectName) -> String {
    match (&name.database, target.dialect) {
        (None, Dialect::Sqlite) => format!("main.{}", name.name),
        _ => name.to_string(),
    }
}

/// What a statement does.
pub(super) fn outcome(scene: &Scene<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    common(scene, &mut outcome.effects);
    match scene.target().dialect {
        #[cfg(feature = "mysql")]
        Dialect::MySql | Dialect::MariaDb => super::mysql::effects(scene, &mut outcome),
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => super::sqlite::effects(scene, &mut outcome),
        _ => {}
    }
    let effects = &mut outcome.effects;
    for list in [&mut effects.rewrites, &mut effects.scans, &mut effects.rebuilds_indexes] {
        list.sort();
        list.dedup();
    }
    effects.foreign_locks.sort_by(|a, b| a.relation.cmp(&b.relation));
    effects.foreign_locks.dedup();
    outcome
}

impl Schema {
    /// Counts how often a table has got columns, or lost them, without being written anew (MySQL).
    pub(super) fn count_row_version(&mut self, operation: &Operation, outcome: &Outcome) {
        let rewritten = |table: &Table| outcome.effects.rewrites.iter().any(|relation| relation.id == table.id);
        self.change_tables(|table| table.row_versions > 0 && rewritten(table), |table| table.row_versions = 0);
        let Operation::AlterTable(alter) = operation else { return };
        let adds = |kind: &ActionKind| matches!(kind, ActionKind::AddColumn { .. } | ActionKind::DropColumn { .. });
        if outcome.algorithm == Some(Algorithm::Instant)
            && alter.actions.iter().any(|action| adds(&action.kind))
            && let Some(table) = self.table_mut(&alter.table)
        {
            table.row_versions = table.row_versions.saturating_add(1);
        }
    }
}

impl Outcome {
    /// Notes that a table is changed in this way, and what others may do meanwhile.
    pub fn change(&mut self, table: RelationRef, algorithm: Algorithm, lock: Lock) {
        self.algorithm = Some(algorithm);
        self.lock = Some(lock);
        self.effects.algorithm = Some(algorithm.name());
        self.effects.foreign_locks.push(ForeignLock { relation: table, mode: lock.name() });
    }
}

impl Algorithm {
    /// The server's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instant => "INSTANT",
            Self::NoCopy => "NOCOPY",
            Self::InPlace => "INPLACE",
            Self::Copy => "COPY",
        }
    }
}

impl Lock {
    /// The server's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Shared => "SHARED",
            Self::Exclusive => "EXCLUSIVE",
        }
    }
}

/// What is lost and what a running release misses: the same everywhere.
fn common(scene: &Scene<'_>, effects: &mut Effects) {
    match scene.operation {
        Operation::DropTable { tables, .. } => {
            for table in tables.iter().filter_map(|name| scene.table(name)) {
                let relation = scene.reference(table);
                effects.lose(relation.clone(), None, DataLossKind::Dropped);
                effects.break_relation(relation, BreakageKind::Gone);
            }
        }
        Operation::DropView { views, .. } => {
            for view in views.iter().filter(|view| scene.schema.view(view).is_some()) {
                let relation = RelationRef { name: shown(scene.target(), view), id: NO_TABLE };
                effects.break_relation(relation, BreakageKind::Gone);
            }
        }
        Operation::RenameTable { renames } => {
            for table in renames.iter().filter_map(|(from, _)| scene.table(from)) {
                effects.break_relation(scene.reference(table), BreakageKind::Renamed);
            }
        }
        Operation::Truncate { table } => {
            if let Some(table) = scene.table(table) {
                effects.lose(scene.reference(table), None, DataLossKind::Truncated);
            }
        }
        Operation::Delete(delete) => {
            for table in delete.tables.iter().filter_map(|name| scene.table(name)) {
                effects.lose(scene.reference(table), None, DataLossKind::Deleted);
            }
        }
        Operation::AlterTable(alter) => {
            if let Some(table) = scene.table(&alter.table) {
                alter.actions.iter().for_each(|action| of_action(scene, table, &action.kind, effects));
            }
        }
        _ => {}
    }
}

/// Stands for what is no table.
const NO_TABLE: RelationId = RelationId(0);

fn of_action(scene: &Scene<'_>, table: &Table, action: &ActionKind, effects: &mut Effects) {
    let relation = || scene.reference(table);
    match action {
        ActionKind::DropColumn { column, .. } => {
            if let Some(id) = column_id(table, column) {
                effects.lose(relation(), Some(column), DataLossKind::Dropped);
                effects.break_column(relation(), (id, column), BreakageKind::Gone);
            }
        }
        ActionKind::RenameColumn { column, to } if column.as_str() != to.as_str() => {
            if let Some(id) = column_id(table, column) {
                effects.break_column(relation(), (id, column), BreakageKind::Renamed);
            }
        }
        ActionKind::Modify { column, to, .. } => {
            let (Some(id), Some(old)) = (column_id(table, column), table.column(column)) else { return };
            if *column != to.name {
                effects.break_column(relation(), (id, column), BreakageKind::Renamed);
            }
            if is_required(to) && !is_required(old) && old.default.is_some() {
                effects.break_column(relation(), (id, column), BreakageKind::InsertsFail);
            }
            if to.not_null == Some(true) && old.not_null != Some(true) {
                effects.break_column(relation(), (id, column), BreakageKind::NullsFail);
            }
        }
        ActionKind::SetNotNull { column, not_null: true } => {
            if let Some(id) =
                column_id(table, column).filter(|_| table.column(column).is_some_and(|c| c.not_null != Some(true)))
            {
                effects.break_column(relation(), (id, column), BreakageKind::NullsFail);
            }
        }
        ActionKind::SetDefault { column, default: None } => {
            let had = table.column(column).is_some_and(|c| c.not_null == Some(true) && c.default.is_some());
            if let (true, Some(id)) = (had, column_id(table, column)) {
                effects.break_column(relation(), (id, column), BreakageKind::InsertsFail);
            }
        }
        ActionKind::AddColumn { column, .. } if is_required(column) && table.column(&column.name).is_none() => {
            let id = ColumnId(u16::try_from(table.columns.len()).unwrap_or(u16::MAX));
            effects.break_column(relation(), (id, &column.name), BreakageKind::InsertsFail);
        }
        ActionKind::Rename { to } if scene.schema.key(to) != scene.schema.key(&table.name) => {
            effects.break_relation(relation(), BreakageKind::Renamed);
        }
        ActionKind::Partition(PartitionAction::Drop) => effects.lose(relation(), None, DataLossKind::Dropped),
        ActionKind::Partition(PartitionAction::Truncate) => effects.lose(relation(), None, DataLossKind::Truncated),
        _ => {}
    }
}

/// Whether an `INSERT` that leaves the column out fails.
pub(super) fn is_required(column: &ColumnDef) -> bool {
    column.not_null == Some(true) && column.default.is_none() && column.generated.is_none() && !column.auto_increment
}

/// The place of a column among those that are known.
pub(super) fn column_id(table: &Table, column: &Name) -> Option<ColumnId> {
    let at = table.columns.iter().position(|other| other.name == *column);
    match at {
        Some(at) => u16::try_from(at).ok().map(ColumnId),
        None if !table.known => Some(ColumnId(u16::MAX)),
        None => None,
    }
}

impl Effects {
    fn lose(&mut self, relation: RelationRef, column: Option<&Name>, how: DataLossKind) {
        self.data_loss.push(DataLoss { relation, column: column.map(ToString::to_string), how });
    }

    fn break_relation(&mut self, relation: RelationRef, what: BreakageKind) {
        self.breaks.push(Breakage { relation, column: None, what });
    }

    fn break_column(&mut self, relation: RelationRef, (id, name): (ColumnId, &Name), what: BreakageKind) {
        self.breaks.push(Breakage { relation, column: Some((id, name.to_string())), what });
    }
}
