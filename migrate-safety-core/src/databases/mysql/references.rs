//! Foreign keys that the server refuses for what they lead to (measured, MySQL 9.7 and MariaDB 10.11).

use crate::databases::effects::Scene;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{ActionKind, ColumnDef, ForeignKeyDef, Operation};
use crate::dialect::Dialect;
use crate::effects::Failure;

/// The error for the first foreign key of a statement that cannot be made.
pub(super) fn refused(scene: &Scene<'_>) -> Option<Failure> {
    match scene.operation {
        Operation::CreateTable(create) => {
            let name = create.name.as_ref()?;
            let exists = create.if_not_exists && scene.table(name).is_some();
            if exists || create.temporary {
                return None;
            }
            let column = |column: &Name| create.columns.iter().find(|other| other.name == *column);
            let mut made = create.foreign_keys.iter().filter(|key| is_made(scene, key));
            made.find_map(|key| of_key(scene, name, column, key))
        }
        Operation::AlterTable(alter) => {
            let table = scene.table(&alter.table)?;
            let column = |name: &Name| {
                let added = alter.actions.iter().find_map(|action| match &action.kind {
                    ActionKind::AddColumn { column, .. } if column.name == *name => Some(&**column),
                    ActionKind::Modify { to, .. } if to.name == *name => Some(&**to),
                    _ => None,
                });
                added.or_else(|| table.column(name))
            };
            let mut made = alter.actions.iter().filter_map(|action| match &action.kind {
                ActionKind::AddForeignKey { foreign_key, .. } => Some(foreign_key).filter(|key| is_made(scene, key)),
                _ => None,
            });
            made.find_map(|key| of_key(scene, &alter.table, column, key))
        }
        _ => None,
    }
}

/// MySQL reads over a foreign key that is written at a column before 9.0.
fn is_made(scene: &Scene<'_>, key: &ForeignKeyDef) -> bool {
    !key.at_column || scene.target().dialect == Dialect::MariaDb || scene.target().is_from(900, 0)
}

fn of_key<'c>(
    scene: &Scene<'_>,
    child: &ObjectName,
    column: impl Fn(&Name) -> Option<&'c ColumnDef>,
    key: &ForeignKeyDef,
) -> Option<Failure> {
    let mariadb = scene.target().dialect == Dialect::MariaDb;
    let unchecked = matches!(scene.session.get("foreign_key_checks"), Some("0" | "off" | "OFF"));
    if mariadb && unchecked && matches!(scene.operation, Operation::CreateTable(_)) {
        return None;
    }
    let fail = |code, message: String| {
        let message =
            if mariadb { format!("Foreign key constraint is incorrectly formed: {message}") } else { message };
        // Without checks MariaDB finds it out when the engine is told of the key.
        let of_mariadb = if unchecked { "1825" } else { "1005" };
        Some(Failure { sqlstate: if mariadb { of_mariadb } else { code }, message, only_with_rows: false })
    };
    let schema = scene.schema;
    if schema.key(&key.table) == schema.key(child) {
        return None;
    }
    let Some(parent) = scene.table(&key.table) else {
        // A table of another database, or one that a statement may have made that was not read.
        let known = schema.complete && key.table.database.is_none() && !schema.unknown.contains(&key.table.name);
        return (known && !unchecked)
            .then(|| fail("1824", format!("Failed to open the referenced table '{}'", key.table)))
            .flatten();
    };
    for (name, referenced) in key.columns.iter().zip(&key.referenced) {
        let (Some(from), Some(to)) = (column(name), parent.column(referenced)) else { continue };
        if !are_alike(from, to) {
            return fail(
                "3780",
                format!("Referencing column '{name}' and referenced column '{referenced}' are incompatible."),
            );
        }
    }
    None
}

/// Whether values are stored alike: numbers of one size and sign. Text of other lengths is.
pub(super) fn are_alike(from: &ColumnDef, to: &ColumnDef) -> bool {
    const INTEGERS: [&str; 5] = ["tinyint", "smallint", "mediumint", "int", "bigint"];
    let (from, to) = (&from.data_type, &to.data_type);
    let is_integer = |name: &str| INTEGERS.contains(&name);
    match (is_integer(&from.name), is_integer(&to.name)) {
        (true, true) => from.name == to.name && from.unsigned == to.unsigned,
        (false, false) => true,
        _ => false,
    }
}
