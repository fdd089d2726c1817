//! What foreign keys, partitions and keys keep from being done to a table (measured, MySQL 9.7 and MariaDB 10.11).

use super::facts::is_off;
use super::references::are_alike;
use super::types::{CharsetChange, TypeChange, charset, charset_change, collation, is_text, type_change};
use crate::databases::effects::Scene;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{
    ActionKind, AlterTable, ColumnDef, ForeignKeyDef, IndexDef, IndexKind, Operation, PartitionAction, Position,
    ReferentialAction,
};
use crate::databases::schema::Table;
use crate::dialect::Dialect;
use crate::effects::Failure;

/// A way to look for the error of an `ALTER TABLE`.
type Look = fn(&Altered<'_>) -> Option<Failure>;

/// In the order in which the servers find them.
const LOOKS: [Look; 10] = [
    column_of_unique_key,
    second_primary_key,
    place_missing,
    key_named_twice,
    other_engine,
    with_partitions,
    nulls_set,
    generated_otherwise,
    column_of_key,
    counter_without_key,
];

/// The error for what a statement may not do to its table.
pub(super) fn refused(scene: &Scene<'_>) -> Option<Failure> {
    match scene.operation {
        Operation::DropTable { tables, .. } => tables.iter().find_map(|table| dropped(scene, table, tables)),
        Operation::Truncate { table } => truncated(scene, table),
        Operation::AlterTable(alter) => {
            let table = scene.table(&alter.table).filter(|table| table.known)?;
            let altered = Altered { scene, alter, table };
            LOOKS.iter().find_map(|look| look(&altered))
        }
        _ => None,
    }
}

fn failure(sqlstate: &'static str, message: String) -> Option<Failure> {
    Some(Failure { sqlstate, message, only_with_rows: false })
}

fn is_mariadb(scene: &Scene<'_>) -> bool {
    scene.target().dialect == Dialect::MariaDb
}

fn is_unchecked(scene: &Scene<'_>) -> bool {
    is_off(scene.session, "foreign_key_checks")
}

/// A foreign key of another table that leads to this one.
fn reference<'s>(scene: &Scene<'s>, name: &'s ObjectName) -> Option<(&'s Table, &'s ForeignKeyDef)> {
    let own = scene.schema.key(name);
    scene.schema.references_to(name).find(|(child, _)| scene.schema.key(&child.name) != own)
}

fn dropped(scene: &Scene<'_>, name: &ObjectName, all: &[ObjectName]) -> Option<Failure> {
    if is_unchecked(scene) || scene.table(name).is_none_or(|table| table.temporary) {
        return None;
    }
    let goes = |child: &Table| all.iter().any(|other| scene.schema.key(other) == scene.schema.key(&child.name));
    let mut children = scene.schema.references_to(name);
    let (child, key) = children.find(|(child, _)| !goes(child))?;
    if is_mariadb(scene) {
        return failure("1451", "Cannot delete or update a parent row: a foreign key constraint fails".to_owned());
    }
    let (key, child) = (called(key), &child.name);
    failure(
        "3730",
        format!("Cannot drop table '{name}' referenced by a foreign key constraint '{key}' on table '{child}'."),
    )
}

fn truncated(scene: &Scene<'_>, name: &ObjectName) -> Option<Failure> {
    let (child, key) = reference(scene, name).filter(|_| !is_unchecked(scene))?;
    let (child, key) = (&child.name, called(key));
    failure(
        "1701",
        format!("Cannot truncate a table referenced in a foreign key constraint ('{child}', CONSTRAINT '{key}')"),
    )
}

fn called(key: &ForeignKeyDef) -> &str {
    key.name.as_ref().map_or("", Name::as_str)
}

/// An `ALTER TABLE` and its table before it.
struct Altered<'a> {
    scene: &'a Scene<'a>,
    alter: &'a AlterTable,
    table: &'a Table,
}

impl<'a> Altered<'a> {
    fn kinds(&self) -> impl Iterator<Item = &'a ActionKind> {
        self.alter.actions.iter().map(|action| &action.kind)
    }

    fn has(&self, is: impl Fn(&ActionKind) -> bool) -> bool {
        self.kinds().any(is)
    }

    /// The foreign keys that stay.
    fn keys(&self) -> impl Iterator<Item = &'a ForeignKeyDef> {
        let dropped = |key: &ForeignKeyDef| {
            self.has(|kind| match kind {
                ActionKind::DropForeignKey { name, .. } | ActionKind::DropConstraint { name, .. } => {
                    key.name.as_ref() == Some(name)
                }
                _ => false,
            })
        };
        self.table.foreign_keys.iter().filter(move |key| !dropped(key))
    }

    fn is_referenced(&self) -> bool {
        reference(self.scene, &self.table.name).is_some()
    }

    fn is_mariadb(&self) -> bool {
        is_mariadb(self.scene)
    }
}

/// A column that a unique key of several loses (MariaDB; MySQL makes the key narrower).
fn column_of_unique_key(altered: &Altered<'_>) -> Option<Failure> {
    if !altered.is_mariadb() {
        return None;
    }
    let goes = |column: &Name| {
        altered.has(|kind| matches!(kind, ActionKind::DropColumn { column: dropped, .. } if dropped == column))
    };
    let stays = |index: &&IndexDef| {
        !altered.has(|kind| match kind {
            ActionKind::DropPrimaryKey => index.kind == IndexKind::Primary,
            ActionKind::DropIndex { index: name, .. } | ActionKind::DropConstraint { name, .. } => {
                index.name.as_ref() == Some(name)
            }
            _ => false,
        })
    };
    let mut keys = altered.table.indexes.iter().filter(|index| index.is_unique()).filter(stays);
    let column = keys.find_map(|index| {
        let columns = index.columns();
        let first = columns.iter().copied().find(|column| goes(column));
        first.filter(|_| !columns.iter().all(|column| goes(column)))
    })?;
    failure("1072", format!("Key column '{column}' doesn't exist in table"))
}

/// One that keeps the one that is there.
fn second_primary_key(altered: &Altered<'_>) -> Option<Failure> {
    let drops = |kind: &ActionKind| match kind {
        ActionKind::DropPrimaryKey => true,
        ActionKind::DropIndex { index, .. } => *index == *"PRIMARY",
        _ => false,
    };
    let adds = |kind: &ActionKind| matches!(kind, ActionKind::AddIndex { index, if_not_exists: false } if index.kind == IndexKind::Primary);
    // A key of which all columns go is gone.
    let stays = |column: &&Name| {
        !altered.has(|kind| matches!(kind, ActionKind::DropColumn { column: dropped, .. } if dropped == *column))
    };
    let has = altered.table.primary_key().iter().any(stays);
    if has && altered.has(adds) && !altered.has(drops) {
        return failure("1068", "Multiple primary key defined".to_owned());
    }
    None
}

/// `AFTER` a column that is not there.
fn place_missing(altered: &Altered<'_>) -> Option<Failure> {
    let appears = |column: &Name| {
        altered.table.column(column).is_some()
            || altered.has(|kind| match kind {
                ActionKind::AddColumn { column: added, .. } => added.name == *column,
                ActionKind::Modify { to, .. } => to.name == *column,
                ActionKind::RenameColumn { to, .. } => to == column,
                _ => false,
            })
    };
    let missing = altered.kinds().find_map(|kind| match kind {
        ActionKind::AddColumn { position: Some(Position::After(column)), if_not_exists: false, .. }
        | ActionKind::Modify { position: Some(Position::After(column)), if_exists: false, .. } => {
            Some(column).filter(|column| !appears(column))
        }
        _ => None,
    })?;
    failure("1054", format!("Unknown column '{missing}' in '{}'", altered.table.name))
}

/// A foreign key that is dropped and made again under its name in one statement.
fn key_named_twice(altered: &Altered<'_>) -> Option<Failure> {
    let name = altered.kinds().find_map(|kind| match kind {
        ActionKind::AddForeignKey { foreign_key, if_not_exists: false } => {
            let is_it = |other: &ForeignKeyDef| other.name.is_some() && other.name == foreign_key.name;
            foreign_key.name.as_ref().filter(|_| altered.table.foreign_keys.iter().any(is_it))
        }
        _ => None,
    })?;
    if altered.is_mariadb() {
        return failure(
            "1005",
            format!("Can't create table '{}' (errno: 121 \"Duplicate key on write or update\")", altered.table.name),
        );
    }
    failure("1826", format!("Duplicate foreign key constraint name '{name}'"))
}

/// An engine without foreign keys.
fn other_engine(altered: &Altered<'_>) -> Option<Failure> {
    let engine = altered.kinds().find_map(|kind| match kind {
        ActionKind::Options(options) => options.engine.as_ref(),
        _ => None,
    })?;
    let (own, led) = (altered.keys().next().is_some(), altered.is_referenced());
    if *engine == *"InnoDB" || !(own || led) || is_unchecked(altered.scene) {
        return None;
    }
    if altered.is_mariadb() {
        let message = "Cannot delete or update a parent row: a foreign key constraint fails".to_owned();
        return Some(Failure { sqlstate: "1217", message, only_with_rows: false }).filter(|_| led);
    }
    failure(
        "3776",
        "Cannot change table's storage engine because the table participates in a foreign key constraint.".to_owned(),
    )
}

/// What partitioned tables do not have.
fn with_partitions(altered: &Altered<'_>) -> Option<Failure> {
    let becomes = altered.has(|kind| matches!(kind, ActionKind::Partition(PartitionAction::By)));
    let stays = altered.table.partitioned
        && !altered.has(|kind| matches!(kind, ActionKind::Partition(PartitionAction::Remove)));
    if !becomes && !stays {
        return None;
    }
    let adds_key = altered.has(|kind| matches!(kind, ActionKind::AddForeignKey { .. }));
    let (own, led) = (altered.keys().next().is_some() || adds_key, altered.is_referenced());
    let keys = "Foreign keys are not yet supported in conjunction with partitioning";
    if led && altered.is_mariadb() && becomes && !is_unchecked(altered.scene) {
        return failure("1217", "Cannot delete or update a parent row: a foreign key constraint fails".to_owned());
    }
    if own || led && !altered.is_mariadb() {
        return failure("1506", keys.to_owned());
    }
    let text =
        |kind: &ActionKind| matches!(kind, ActionKind::AddIndex { index, .. } if index.kind == IndexKind::FullText);
    if altered.has(text) && !altered.is_mariadb() {
        return failure("1214", "The used table type doesn't support FULLTEXT indexes".to_owned());
    }
    None
}

/// NOT NULL for a column that a foreign key sets to NULL.
fn nulls_set(altered: &Altered<'_>) -> Option<Failure> {
    let sets = |key: &&ForeignKeyDef| [key.on_delete, key.on_update].contains(&ReferentialAction::SetNull);
    let (column, key) = altered.keys().filter(sets).find_map(|key| {
        let column = altered.kinds().find_map(|kind| match kind {
            ActionKind::Modify { column, to, .. } if to.not_null == Some(true) => Some(column),
            ActionKind::SetNotNull { column, not_null: true } => Some(column),
            _ => None,
        });
        column.filter(|column| key.columns.contains(column)).map(|column| (column, key))
    })?;
    if is_unchecked(altered.scene) {
        return None;
    }
    failure(
        "1830",
        format!("Column '{column}' cannot be NOT NULL: needed in a foreign key constraint '{}' SET NULL", called(key)),
    )
}

/// A column that was computed when read and is to be stored, or the reverse.
fn generated_otherwise(altered: &Altered<'_>) -> Option<Failure> {
    let changes = altered.has(|kind| match kind {
        ActionKind::Modify { column, to, .. } => {
            let old = altered.table.column(column);
            let is_virtual = |column: &ColumnDef| column.generated.as_ref().is_some_and(|generated| !generated.stored);
            old.is_some_and(|old| is_virtual(old) != is_virtual(to))
        }
        _ => false,
    });
    match (changes, altered.is_mariadb()) {
        (false, _) => None,
        (true, true) => failure("1907", "This is not yet supported for generated columns".to_owned()),
        (true, false) => {
            failure("3106", "'Changing the STORED status' is not supported for generated columns.".to_owned())
        }
    }
}

/// Another type or character set for a column that a foreign key compares.
fn column_of_key(altered: &Altered<'_>) -> Option<Failure> {
    // MariaDB looks at the columns that refer to others all the same.
    if is_unchecked(altered.scene) && !altered.is_mariadb() {
        return None;
    }
    altered.kinds().find_map(|kind| match kind {
        ActionKind::Modify { column, to, .. } => {
            let old = altered.table.column(column)?;
            let changes = matches!(
                type_change((old, altered.table), (to, altered.table)),
                TypeChange::Other | TypeChange::LongerAcrossByte { .. }
            ) || charset_change((old, altered.table), (to, altered.table)) == CharsetChange::Other;
            if changes { compared(altered, old, Some(to)) } else { None }
        }
        ActionKind::Convert { charset: to, collation: written } => {
            let changes = |column: &&ColumnDef| {
                let own = collation(column, altered.table);
                let sorts_otherwise = match (written, own) {
                    (Some(new), Some(old)) => *new != old,
                    // No server sorts by bytes unless it is told to.
                    (Some(new), None) => new.as_str().ends_with("_bin"),
                    (None, _) => false,
                };
                is_text(&column.data_type) && (charset(column, altered.table) != *to || sorts_otherwise)
            };
            altered.table.columns.iter().filter(changes).find_map(|column| compared(altered, column, None))
        }
        _ => None,
    })
}

/// The error where a column that changes is one of a foreign key, of its own table or of another; `to` is what it becomes,
/// nothing where its text is converted.
fn compared(altered: &Altered<'_>, old: &ColumnDef, to: Option<&ColumnDef>) -> Option<Failure> {
    let (schema, name) = (altered.scene.schema, &old.name);
    let stays_alike = |other: Option<&ColumnDef>| match (to, other) {
        (Some(to), Some(other)) => are_alike(to, other),
        (None, _) => false,
        (_, None) => true,
    };
    let unlike = |child: &Name, parent: &Name, key: &ForeignKeyDef| {
        let key = called(key);
        failure(
            "3780",
            format!(
                "Referencing column '{child}' and referenced column '{parent}' in foreign key constraint '{key}' are incompatible."
            ),
        )
    };
    let led = schema.references_to(&altered.table.name).filter(|(child, _)| child.id != altered.table.id);
    let own = altered.keys().map(|key| (altered.table, key));
    for (child, key) in own {
        let parent = schema.table(&key.table);
        for (from, referenced) in key.columns.iter().zip(&key.referenced) {
            let itself = parent.is_some_and(|parent| parent.id == child.id);
            let other = if from == name {
                parent.and_then(|parent| parent.column(referenced))
            } else if itself && referenced == name {
                child.column(from)
            } else {
                continue;
            };
            if !altered.is_mariadb() && !stays_alike(other) {
                return unlike(from, referenced, key);
            }
            if from == name {
                return failure(
                    "1832",
                    format!("Cannot change column '{name}': used in a foreign key constraint '{}'", called(key)),
                );
            }
            return changed_parent(name, child, key).filter(|_| !is_unchecked(altered.scene));
        }
    }
    let mut led = led.filter(|_| !is_unchecked(altered.scene)).flat_map(|(child, key)| {
        let pairs = key.columns.iter().zip(&key.referenced);
        pairs.filter(|(_, referenced)| *referenced == name).map(move |(from, _)| (child, key, from))
    });
    let (child, key, from) = led.next()?;
    if !altered.is_mariadb() && !stays_alike(child.column(from)) {
        return unlike(from, name, key);
    }
    changed_parent(name, child, key)
}

fn changed_parent(name: &Name, child: &Table, key: &ForeignKeyDef) -> Option<Failure> {
    let (key, child) = (called(key), &child.name);
    failure(
        "1833",
        format!("Cannot change column '{name}': used in a foreign key constraint '{key}' of table '{child}'"),
    )
}

/// A column that counts and leads no key behind the statement.
fn counter_without_key(altered: &Altered<'_>) -> Option<Failure> {
    let concerns = |kind: &ActionKind| match kind {
        ActionKind::DropPrimaryKey | ActionKind::DropIndex { .. } => true,
        ActionKind::AddColumn { column, .. } => column.auto_increment,
        ActionKind::Modify { to, .. } => to.auto_increment,
        _ => false,
    };
    let engine = altered.table.options.engine.as_ref();
    // What a name that is not known stands for may be a key.
    let opaque = altered.has(|kind| matches!(kind, ActionKind::Opaque { .. } | ActionKind::Rename { .. }));
    if engine.is_some_and(|engine| *engine != *"InnoDB") || opaque || !altered.has(concerns) {
        return None;
    }
    let mut behind = altered.scene.schema.clone();
    if !behind.apply(altered.scene.operation, altered.scene.now).is_empty() {
        return None;
    }
    let table = behind.table(&altered.table.name)?;
    let counters: Vec<&ColumnDef> = table.columns.iter().filter(|column| column.auto_increment).collect();
    let leads = |column: &ColumnDef| table.indexes.iter().any(|index| index.columns().first() == Some(&&column.name));
    let wrong = counters.len() > 1 || counters.iter().any(|column| !leads(column));
    let message = "Incorrect table definition; there can be only one auto column and it must be defined as a key";
    if wrong { failure("1075", message.to_owned()) } else { None }
}
