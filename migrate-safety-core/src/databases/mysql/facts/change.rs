//! What the actions of a statement change, one thing at a time.

use super::super::types::{CharsetChange, TypeChange, charset, charset_change, is_text, type_change};
use crate::catalog::Session;
use crate::databases::effects::Scene;
use crate::databases::name::Name;
use crate::databases::operation::{
    ActionKind, ColumnDef, Expression, IndexDef, IndexKey, IndexKind, PartitionAction, Position, TableOptions,
};
use crate::databases::schema::Table;

/// A change of a table.
#[derive(Clone, Copy, Debug)]
pub(in crate::databases::mysql) struct Change<'a> {
    pub(super) kind: Kind,
    pub(super) scene: &'a Scene<'a>,
    /// The table before the statement.
    pub(super) table: &'a Table,
    /// The action that it is a part of.
    pub(super) action: &'a ActionKind,
    /// All actions of the statement.
    pub(super) actions: &'a [ActionKind],
}

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(in crate::databases::mysql) enum Kind {
    AddColumn,
    AddVirtualColumn,
    AddStoredColumn,
    AddAutoIncrementColumn,
    DropColumn,
    DropVirtualColumn,
    RenameColumn,
    MoveColumn,
    /// The default, the comment, `ON UPDATE`, whether the column is shown.
    Metadata,
    LengthenColumn,
    LengthenColumnAcrossByte,
    AppendMembers,
    ChangeType,
    /// `VARCHAR` to a `VARBINARY` that holds as many bytes.
    TextToBytes,
    /// Of a table that is not known: it may be any change.
    ChangeUnknown,
    ChangeCollation,
    ExtendCharset,
    ChangeCharset,
    /// Another collation or a wider character set of an `ENUM` or `SET`, which is stored as a number.
    RecodeMembers,
    SetNotNull,
    DropNotNull,
    SetAutoIncrement,
    DropAutoIncrement,
    ChangeVirtualColumn,
    ChangeStoredColumn,
    AddIndex,
    AddFullTextIndex,
    AddSpatialIndex,
    AddVectorIndex,
    AddPrimaryKey,
    DropIndex,
    DropPrimaryKey,
    RenameIndex,
    SetIndexVisible,
    AddForeignKey,
    DropForeignKey,
    AddCheck,
    DropCheck,
    EnforceCheck,
    RelaxCheck,
    RenameTable,
    /// `CONVERT TO`, of each column with another character set or collation.
    Convert,
    TableOption,
    RowFormat,
    Engine,
    Encrypt,
    Force,
    OrderBy,
    Keys,
    Tablespace,
    PartitionBy,
    AddPartition,
    DropPartition,
    TruncatePartition,
    MovePartition,
    ExchangePartition,
    SystemVersioning,
    /// The statement as a whole, where the table is written anew in place.
    Rebuild,
    /// The statement as a whole, where the table is copied.
    Copy,
    /// The statement as a whole.
    Any,
}

/// The changes that an action makes, of this table.
pub(super) fn kinds(action: &ActionKind, table: &Table) -> Vec<Kind> {
    match action {
        ActionKind::AddColumn { column, .. } => vec![added(column)],
        ActionKind::DropColumn { column, .. } => {
            let is_virtual = table.column(column).and_then(|c| c.generated.as_ref()).is_some_and(|g| !g.stored);
            vec![if is_virtual { Kind::DropVirtualColumn } else { Kind::DropColumn }]
        }
        ActionKind::Modify { column, to, position, .. } => modified(table, column, to, position.as_ref()),
        ActionKind::RenameColumn { .. } => vec![Kind::RenameColumn],
        ActionKind::SetDefault { .. } | ActionKind::SetColumnVisible { .. } => vec![Kind::Metadata],
        ActionKind::SetNotNull { not_null, .. } => vec![if *not_null { Kind::SetNotNull } else { Kind::DropNotNull }],
        ActionKind::AddIndex { index, .. } => vec![match index.kind {
            IndexKind::Primary => Kind::AddPrimaryKey,
            IndexKind::Unique | IndexKind::Plain => Kind::AddIndex,
            IndexKind::FullText => Kind::AddFullTextIndex,
            IndexKind::Spatial => Kind::AddSpatialIndex,
            IndexKind::Vector => Kind::AddVectorIndex,
        }],
        ActionKind::DropIndex { index, .. } if *index == *"PRIMARY" => vec![Kind::DropPrimaryKey],
        ActionKind::DropIndex { .. } => vec![Kind::DropIndex],
        ActionKind::DropPrimaryKey => vec![Kind::DropPrimaryKey],
        ActionKind::RenameIndex { .. } => vec![Kind::RenameIndex],
        ActionKind::SetIndexVisible { .. } => vec![Kind::SetIndexVisible],
        ActionKind::AddForeignKey { .. } => vec![Kind::AddForeignKey],
        ActionKind::DropForeignKey { .. } => vec![Kind::DropForeignKey],
        ActionKind::AddCheck { .. } => vec![Kind::AddCheck],
        ActionKind::DropConstraint { name, .. } => {
            let is = |other: &Option<Name>| other.as_ref() == Some(name);
            vec![if table.foreign_keys.iter().any(|fk| is(&fk.name)) {
                Kind::DropForeignKey
            } else if table.indexes.iter().any(|index| is(&index.name)) {
                Kind::DropIndex
            } else {
                Kind::DropCheck
            }]
        }
        ActionKind::EnforceCheck { enforced, .. } => {
            vec![if *enforced { Kind::EnforceCheck } else { Kind::RelaxCheck }]
        }
        ActionKind::Rename { .. } => vec![Kind::RenameTable],
        ActionKind::Options(options) => of_options(options, table),
        ActionKind::Convert { .. } => vec![Kind::Convert],
        ActionKind::Force => vec![Kind::Force],
        ActionKind::OrderBy => vec![Kind::OrderBy],
        ActionKind::Keys { .. } => vec![Kind::Keys],
        ActionKind::Tablespace { .. } => vec![Kind::Tablespace],
        ActionKind::Partition(partition) => of_partition(*partition),
        ActionKind::SystemVersioning { .. } => vec![Kind::SystemVersioning],
        ActionKind::Validation { .. } | ActionKind::Opaque { .. } => Vec::new(),
    }
}

fn added(column: &ColumnDef) -> Kind {
    match &column.generated {
        Some(generated) if generated.stored => Kind::AddStoredColumn,
        Some(_) => Kind::AddVirtualColumn,
        None if column.auto_increment => Kind::AddAutoIncrementColumn,
        None => Kind::AddColumn,
    }
}

fn modified(table: &Table, column: &Name, to: &ColumnDef, position: Option<&Position>) -> Vec<Kind> {
    let mut kinds = vec![Kind::Metadata];
    if column.as_str() != to.name.as_str() && *column != to.name {
        kinds.push(Kind::RenameColumn);
    }
    let Some(at) = table.columns.iter().position(|other| other.name == *column) else {
        kinds.push(Kind::ChangeUnknown);
        return kinds;
    };
    let Some(old) = table.columns.get(at) else { return kinds };
    let before = at.checked_sub(1).and_then(|at| table.columns.get(at)).map(|c| &c.name);
    let stays = match position {
        None => true,
        Some(Position::First) => before.is_none(),
        Some(Position::After(other)) => before == Some(other),
    };
    if !stays {
        kinds.push(Kind::MoveColumn);
    }
    match (&old.generated, &to.generated) {
        (None, None) => {}
        (Some(before), Some(after)) if !before.stored && !after.stored => {
            if !same_text(&before.expression, &after.expression) {
                kinds.push(Kind::ChangeVirtualColumn);
            }
        }
        (Some(before), Some(after)) if same_text(&before.expression, &after.expression) => {}
        _ => kinds.push(Kind::ChangeStoredColumn),
    }
    match (old.auto_increment, to.auto_increment) {
        (false, true) => kinds.push(Kind::SetAutoIncrement),
        (true, false) => kinds.push(Kind::DropAutoIncrement),
        _ => {}
    }
    let charset = charset_change((old, table), (to, table));
    match type_change((old, table), (to, table)) {
        TypeChange::Same => {}
        TypeChange::Longer => kinds.push(Kind::LengthenColumn),
        TypeChange::LongerAcrossByte { .. } => kinds.push(Kind::LengthenColumnAcrossByte),
        TypeChange::MembersAppended => kinds.push(Kind::AppendMembers),
        TypeChange::ToBytes => kinds.push(Kind::TextToBytes),
        TypeChange::Other => kinds.push(Kind::ChangeType),
    }
    let has_members = matches!(&*to.data_type.name, "enum" | "set");
    match charset {
        CharsetChange::Same => {}
        CharsetChange::Collation | CharsetChange::Extended if has_members => kinds.push(Kind::RecodeMembers),
        CharsetChange::Collation => kinds.push(Kind::ChangeCollation),
        CharsetChange::Extended => kinds.push(Kind::ExtendCharset),
        CharsetChange::Other => kinds.push(Kind::ChangeCharset),
    }
    match (is_not_null(table, old, column), is_not_null(table, to, column)) {
        (false, true) => kinds.push(Kind::SetNotNull),
        (true, false) => kinds.push(Kind::DropNotNull),
        _ => {}
    }
    kinds
}

/// Whether a column takes no NULL: it says so, or it is in the primary key.
fn is_not_null(table: &Table, column: &ColumnDef, name: &Name) -> bool {
    column.not_null == Some(true) || table.primary_key().contains(&name)
}

fn same_text(a: &Expression, b: &Expression) -> bool {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    squeezed(&a.sql).eq_ignore_ascii_case(&squeezed(&b.sql))
}

fn of_options(options: &TableOptions, table: &Table) -> Vec<Kind> {
    let mut kinds = vec![Kind::TableOption];
    if let Some(engine) = &options.engine {
        kinds.push(if is_engine(table, engine) { Kind::Force } else { Kind::Engine });
    }
    let has = |name: &str| options.others.iter().any(|(other, _)| **other == *name);
    if options.row_format.is_some() || ["key_block_size", "tablespace", "page_compressed"].iter().any(|o| has(o)) {
        kinds.push(Kind::RowFormat);
    }
    let encrypts = |(name, value): &(Box<str>, Box<str>)| {
        matches!(&**name, "encryption" | "encrypted") && !matches!(&*value.to_ascii_lowercase(), "n" | "no" | "default")
    };
    if options.others.iter().any(encrypts) {
        kinds.push(Kind::Encrypt);
    }
    kinds
}

fn of_partition(action: PartitionAction) -> Vec<Kind> {
    match action {
        PartitionAction::By | PartitionAction::Remove => vec![Kind::PartitionBy],
        PartitionAction::Add => vec![Kind::AddPartition],
        PartitionAction::Drop => vec![Kind::DropPartition],
        PartitionAction::Truncate => vec![Kind::TruncatePartition],
        PartitionAction::Spread
        | PartitionAction::Coalesce
        | PartitionAction::Reorganize
        | PartitionAction::Rebuild
        | PartitionAction::Optimize => vec![Kind::MovePartition],
        PartitionAction::Exchange => vec![Kind::ExchangePartition],
        PartitionAction::Discard | PartitionAction::Import => vec![Kind::Tablespace],
        PartitionAction::Analyze | PartitionAction::Check | PartitionAction::Repair => Vec::new(),
    }
}

fn is_engine(table: &Table, engine: &Name) -> bool {
    match &table.options.engine {
        Some(now) => now == engine,
        None => *engine == *"InnoDB",
    }
}

// Questions that conditions ask.

impl<'a> Change<'a> {
    /// The column before, of a change of one.
    pub(super) fn old(&self) -> Option<&'a ColumnDef> {
        match self.action {
            ActionKind::Modify { column, .. }
            | ActionKind::DropColumn { column, .. }
            | ActionKind::RenameColumn { column, .. } => self.table.column(column),
            _ => None,
        }
    }

    /// The column as it will be, of one that is added or modified.
    pub(super) fn written(&self) -> Option<&'a ColumnDef> {
        match self.action {
            ActionKind::AddColumn { column, .. } => Some(column),
            ActionKind::Modify { to, .. } => Some(to),
            _ => None,
        }
    }

    /// Whether the statement has another action like this.
    pub(super) fn with(&self, is: impl Fn(&ActionKind) -> bool) -> bool {
        self.actions.iter().any(is)
    }

    /// Whether the statement adds an index of any kind.
    pub(super) fn adds_index(&self) -> bool {
        self.with(|action| matches!(action, ActionKind::AddIndex { .. }))
    }

    /// Whether the engine is InnoDB.
    pub(super) fn is_innodb(&self) -> bool {
        is_engine(self.table, &Name::new("InnoDB"))
    }

    /// Whether the table has this row format.
    pub(super) fn has_row_format(&self, format: &str) -> bool {
        self.table.options.row_format.as_ref().is_some_and(|now| *now == *format)
    }

    /// Whether the table has an index of this kind before the statement.
    pub(super) fn has_index(&self, kind: IndexKind) -> bool {
        self.table.indexes.iter().any(|index| index.kind == kind)
    }

    /// The indexes that the column is in.
    pub(super) fn indexes_of(&self, column: &'a Name) -> impl Iterator<Item = &'a IndexDef> {
        self.table.indexes.iter().filter(move |index| is_in(index, column))
    }

    /// Whether an index is over a virtual column.
    pub(super) fn has_indexed_virtual_column(&self) -> bool {
        let virtuals = self.table.columns.iter().filter(|c| c.generated.as_ref().is_some_and(|g| !g.stored));
        virtuals.into_iter().any(|column| self.table.indexes.iter().any(|index| is_in(index, &column.name)))
    }

    /// Whether all columns of the primary key are dropped, and no other key is added.
    pub(super) fn drops_primary_key_by_columns(&self) -> bool {
        let goes = |column: &&Name| {
            self.with(|action| matches!(action, ActionKind::DropColumn { column: dropped, .. } if dropped == *column))
        };
        let key = self.table.primary_key();
        let adds = self.with(|action| match action {
            ActionKind::AddIndex { index, .. } => index.kind == IndexKind::Primary,
            _ => false,
        });
        !key.is_empty() && key.iter().all(goes) && !adds
    }

    /// Whether a foreign key of another table leads to a column.
    pub(super) fn is_referenced(&self, column: &Name) -> bool {
        let mut references = self.scene.schema.references_to(&self.table.name);
        references.any(|(_, fk)| fk.referenced.contains(column))
    }

    /// Whether a setting of the session is off.
    pub(super) fn is_off(&self, setting: &str) -> bool {
        is_off(self.scene.session, setting)
    }

    /// Whether values that do not fit are errors.
    pub(super) fn is_strict(&self) -> bool {
        is_strict_mode(self.scene.session.get("sql_mode"))
    }

    /// Of a `VARCHAR` that gets a second byte of length: the most bytes that a value had before.
    pub(super) fn bytes_before(&self) -> u32 {
        let (Some(old), Some(new)) = (self.old(), self.written()) else { return u32::MAX };
        match type_change((old, self.table), (new, self.table)) {
            TypeChange::LongerAcrossByte { before } => before,
            _ => u32::MAX,
        }
    }

    /// What a `CONVERT TO` does to the columns with text: the worst of it.
    pub(super) fn converts(&self) -> CharsetChange {
        let ActionKind::Convert { charset: to, collation } = self.action else { return CharsetChange::Same };
        let mut worst = CharsetChange::Same;
        for column in self.table.columns.iter().filter(|column| is_text(&column.data_type)) {
            let from = charset(column, self.table);
            let collation_before = column.collation.as_ref().or(self.table.options.collation.as_ref());
            let change = match () {
                () if from == *to && collation.as_ref() == collation_before => CharsetChange::Same,
                () if from == *to && collation.is_none() && collation_before.is_none() => CharsetChange::Same,
                () if from == *to => CharsetChange::Collation,
                () if from == *"utf8mb3" && *to == *"utf8mb4" => {
                    let varchar = &*column.data_type.name == "varchar";
                    let plain = varchar && !self.table.indexes.iter().any(|index| is_in(index, &column.name));
                    let new = ColumnDef { charset: Some(to.clone()), ..column.clone() };
                    match type_change((column, self.table), (&new, self.table)) {
                        TypeChange::LongerAcrossByte { .. } => CharsetChange::Other,
                        _ if plain => CharsetChange::Extended,
                        _ => CharsetChange::Other,
                    }
                }
                () => CharsetChange::Other,
            };
            worst = if rank(change) > rank(worst) { change } else { worst };
        }
        // Of a table that is not known, any column may have to be converted.
        if self.table.known { worst } else { CharsetChange::Other }
    }
}

fn rank(change: CharsetChange) -> u8 {
    match change {
        CharsetChange::Same => 0,
        CharsetChange::Extended => 1,
        CharsetChange::Collation => 2,
        CharsetChange::Other => 3,
    }
}

/// Whether a column is in an index.
pub(in crate::databases::mysql) fn is_in(index: &IndexDef, column: &Name) -> bool {
    index.parts.iter().any(|part| match &part.key {
        IndexKey::Column(name) => name == column,
        IndexKey::Expression(expression) => expression.columns.iter().any(|(_, name)| name == column),
    })
}

/// Whether a setting that is on by default is off.
pub(in crate::databases) fn is_off(session: &Session, setting: &str) -> bool {
    let value = session.get(setting).unwrap_or("on").to_ascii_lowercase();
    matches!(&*value, "0" | "off" | "false" | "no")
}

/// Whether values that do not fit are errors: `sql_mode` has a strict mode, as by default.
pub(in crate::databases) fn is_strict_mode(mode: Option<&str>) -> bool {
    let Some(mode) = mode else { return true };
    let mode = mode.to_ascii_uppercase();
    // A mode that is computed is not known.
    let computed = mode.starts_with('@') || mode.contains('(') || mode == "DEFAULT";
    computed || mode.contains("STRICT") || mode.contains("TRADITIONAL")
}
