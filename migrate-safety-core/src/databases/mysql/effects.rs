//! What a statement does to tables: how it changes them, and what others can do meanwhile.

use super::facts::{How, Way, is_in, is_off, way};
use crate::catalog::RelationId;
use crate::databases::effects::{Outcome, Scene};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{ActionKind, Algorithm, Lock, Maintenance, Online, Operation};
use crate::databases::schema::Table;
use crate::dialect::Dialect;
use crate::effects::{Failure, ForeignLock};

/// What a statement does here, besides what it does everywhere.
pub(in crate::databases) fn effects(scene: &Scene<'_>, outcome: &mut Outcome) {
    let looks = [super::references::refused, super::held::refused, super::rows::refused];
    outcome.effects.failures.extend(looks.iter().filter_map(|look| look(scene)));
    match scene.operation {
        Operation::AlterTable(alter) => {
            let actions: Vec<ActionKind> = alter.actions.iter().map(|action| action.kind.clone()).collect();
            change(scene, outcome, &alter.table, &actions, alter.online);
        }
        Operation::CreateIndex(create) => {
            let action = ActionKind::AddIndex { index: create.index.clone(), if_not_exists: create.if_not_exists };
            change(scene, outcome, &create.table, &[action], create.online);
        }
        Operation::DropIndex { index, table: Some(table), if_exists, online } => {
            let action = ActionKind::DropIndex { index: index.name.clone(), if_exists: *if_exists };
            change(scene, outcome, table, &[action], *online);
        }
        Operation::Maintain { command: Maintenance::Optimize, tables, .. } => {
            for table in tables {
                change(scene, outcome, table, &[ActionKind::Force], Online::default());
            }
        }
        Operation::Maintain { command: Maintenance::Repair, tables, .. } => {
            tables.iter().for_each(|table| lock(scene, outcome, table, Lock::Exclusive));
        }
        Operation::RenameTable { renames } => {
            renames.iter().for_each(|(table, _)| lock(scene, outcome, table, Lock::Exclusive));
        }
        Operation::DropTable { tables, .. } => {
            tables.iter().for_each(|table| lock(scene, outcome, table, Lock::Exclusive));
        }
        Operation::Truncate { table } => lock(scene, outcome, table, Lock::Exclusive),
        Operation::LockTables { write, read } => {
            write.iter().for_each(|table| lock(scene, outcome, table, Lock::Exclusive));
            read.iter().for_each(|table| lock(scene, outcome, table, Lock::Shared));
        }
        _ => {}
    }
}

/// Notes how a table is changed.
fn change(scene: &Scene<'_>, outcome: &mut Outcome, name: &ObjectName, actions: &[ActionKind], online: Online) {
    let unknown;
    let table = match scene.table(name) {
        Some(table) => table,
        // A table that nothing is known of: InnoDB's, with columns of which nothing is known.
        None if !scene.schema.complete => {
            unknown = Table::mentioned(name);
            &unknown
        }
        None => return,
    };
    // A temporary table is nobody else's.
    if table.temporary {
        return;
    }
    let relation = scene.reference(table);
    outcome.effects.failures.extend(actions.iter().filter_map(|action| failure(scene, table, action, actions)));
    let way = way(scene, table, actions);
    outcome.effects.failures.extend(refused(scene, &way, online));
    let how = written(&way, online);
    if how >= How::Rebuild {
        outcome.effects.rewrites.push(relation.clone());
    }
    if how >= How::Rebuild || way.scans {
        outcome.effects.scans.push(relation.clone());
    }
    let lock = online.lock.map_or(way.lock, |asked| asked.max(way.lock));
    let lock = if how == How::Copy && way.how != How::Copy { lock.max(Lock::Shared) } else { lock };
    outcome.because = way.because.iter().map(|reason| (*reason).to_owned()).collect();
    outcome.effects.facts.extend(way.facts);
    outcome.change(relation, how.algorithm(scene.target()), lock);
}

/// The way that the statement asks for, where it is a worse one.
fn written(way: &Way, online: Online) -> How {
    match online.algorithm {
        Some(Algorithm::Copy) => How::Copy,
        Some(Algorithm::InPlace) if way.how == How::Instant => How::NoCopy,
        _ => way.how,
    }
}

/// The error where the statement asserts more than the server can do.
fn refused(scene: &Scene<'_>, way: &Way, online: Online) -> Option<Failure> {
    let best = way.how.algorithm(scene.target());
    let reason = way.because.first().map(|reason| format!(": {reason}")).unwrap_or_default();
    if let Some(asked) = online.algorithm.filter(|asked| *asked < best) {
        let message = format!("ALGORITHM={} is not supported. Try ALGORITHM={}{reason}", asked.name(), best.name());
        return Some(Failure { sqlstate: "1846", message, only_with_rows: false });
    }
    if let Some(asked) = online.lock.filter(|asked| *asked < way.lock) {
        let message = format!("LOCK={} is not supported. Try LOCK={}{reason}", asked.name(), way.lock.name());
        return Some(Failure { sqlstate: "1846", message, only_with_rows: false });
    }
    let instant = online.algorithm == Some(Algorithm::Instant) && online.lock.is_some();
    if instant && scene.target().dialect == Dialect::MySql {
        let message = "ALGORITHM=INSTANT takes no LOCK: only LOCK=DEFAULT".to_owned();
        return Some(Failure { sqlstate: "1221", message, only_with_rows: false });
    }
    None
}

/// What the server refuses because something depends on a column or an index (measured, MySQL 9.7 and MariaDB 10.11).
fn failure(scene: &Scene<'_>, table: &Table, action: &ActionKind, all: &[ActionKind]) -> Option<Failure> {
    let mysql = scene.target().dialect == Dialect::MySql;
    let fail = |sqlstate, message: String| Some(Failure { sqlstate, message, only_with_rows: false });
    let (column, gone) = match action {
        ActionKind::DropColumn { column, .. } => (column, true),
        ActionKind::RenameColumn { column, .. } => (column, false),
        ActionKind::Modify { column, to, .. } if *column != to.name => (column, false),
        ActionKind::DropIndex { index, .. } => return needed_index(scene, table, index, all),
        ActionKind::AddColumn { column, .. } if mysql => {
            const VARY: [&str; 5] = ["uuid", "uuid_short", "rand", "random_bytes", "sysdate"];
            const SHAPES: [&str; 8] = [
                "geometry",
                "point",
                "linestring",
                "polygon",
                "multipoint",
                "multilinestring",
                "multipolygon",
                "geometrycollection",
            ];
            if column.not_null == Some(true) && column.default.is_none() && SHAPES.contains(&&*column.data_type.name) {
                let message =
                    "Invalid use of NULL value: there is no geometry that rows could have by default".to_owned();
                return Some(Failure { sqlstate: "1138", message, only_with_rows: true });
            }
            let default = column.default.as_ref()?;
            let varies = default.calls.iter().any(|call| VARY.contains(&&**call));
            return if varies {
                fail("1674", "Statement is unsafe because it uses a system function that may return a different value on the replica".into())
            } else {
                None
            };
        }
        _ => return None,
    };
    let uses = |columns: &[(Option<Name>, Name)]| columns.iter().any(|(_, name)| name == column);
    let generated = table.columns.iter().filter_map(|c| Some((c, c.generated.as_ref()?)));
    let stays = |name: &Name| !all.iter().any(|a| matches!(a, ActionKind::DropColumn { column, .. } if column == name));
    if (gone || mysql) && generated.into_iter().any(|(c, g)| uses(&g.expression.columns) && stays(&c.name)) {
        let code = if mysql { "3108" } else { "1054" };
        return fail(code, format!("Column '{column}' has a generated column dependency."));
    }
    if gone {
        let kept = |fk: &&crate::databases::operation::ForeignKeyDef| {
            !all.iter().any(|a| match a {
                ActionKind::DropForeignKey { name, .. } | ActionKind::DropConstraint { name, .. } => {
                    Some(name) == fk.name.as_ref()
                }
                _ => false,
            })
        };
        let key = table.foreign_keys.iter().filter(kept).find(|fk| fk.columns.contains(column));
        if let Some(key) = key {
            let name = key.name.as_ref().map(ToString::to_string).unwrap_or_default();
            let code = if mysql { "1828" } else { "1553" };
            return fail(code, format!("Cannot drop column '{column}': needed in a foreign key constraint '{name}'"));
        }
        let mut references = scene.schema.references_to(&table.name);
        if references.any(|(child, fk)| child.id != table.id && fk.referenced.contains(column)) {
            return fail(
                if mysql { "1829" } else { "1553" },
                format!("Cannot drop column '{column}': needed in a foreign key constraint of another table"),
            );
        }
    }
    let checks = table.checks.iter().filter(|check| uses(&check.expression.columns));
    let wider = |check: &&crate::databases::operation::CheckDef| {
        !gone || check.expression.columns.iter().any(|(_, name)| name != column)
    };
    if mysql && checks.into_iter().any(|check| wider(&check)) {
        return fail("3959", format!("a check uses column '{column}', hence column cannot be dropped or renamed."));
    }
    let functional = table.indexes.iter().any(|index| {
        is_in(index, column)
            && index.parts.iter().any(|part| part.column().is_none())
            && !index.columns().contains(&column)
    });
    if mysql && functional {
        return fail(
            "3837",
            format!("Column '{column}' has a functional index dependency and cannot be dropped or renamed."),
        );
    }
    None
}

/// The error for an index that a foreign key needs.
fn needed_index(scene: &Scene<'_>, table: &Table, index: &Name, all: &[ActionKind]) -> Option<Failure> {
    let dropped = table.index(index)?;
    let begins = |columns: &[Name], index: &crate::databases::operation::IndexDef| {
        let own = index.columns();
        own.len() >= columns.len() && own.iter().zip(columns).all(|(a, b)| *a == b)
    };
    let going =
        |other: &Name| all.iter().any(|action| matches!(action, ActionKind::DropIndex { index, .. } if index == other));
    let another = |columns: &[Name]| {
        let stays = table.indexes.iter().filter(|other| other.name.as_ref().is_none_or(|name| !going(name)));
        let added = all.iter().filter_map(|action| match action {
            ActionKind::AddIndex { index, .. } => Some(index),
            _ => None,
        });
        stays.chain(added).any(|other| begins(columns, other))
    };
    let kept = |name: Option<&Name>| {
        !all.iter().any(|action| match action {
            ActionKind::DropForeignKey { name: dropped, .. } | ActionKind::DropConstraint { name: dropped, .. } => {
                Some(dropped) == name
            }
            _ => false,
        })
    };
    let own = table.foreign_keys.iter().filter(|fk| kept(fk.name.as_ref())).map(|fk| &*fk.columns);
    let led = scene.schema.references_to(&table.name).map(|(_, fk)| &*fk.referenced);
    let checks_off = is_off(scene.session, "foreign_key_checks");
    let mut needed =
        own.chain(led).filter(|columns| !columns.is_empty() && begins(columns, dropped) && !another(columns));
    needed.next().filter(|_| !checks_off).map(|_| Failure {
        sqlstate: "1553",
        message: format!("Cannot drop index '{index}': needed in a foreign key constraint"),
        only_with_rows: false,
    })
}

/// Notes a lock on a table, for as long as the statement takes or until it is given back.
fn lock(scene: &Scene<'_>, outcome: &mut Outcome, name: &ObjectName, lock: Lock) {
    let Some(table) = scene.table(name).filter(|table| !table.temporary) else { return };
    outcome.lock = Some(outcome.lock.map_or(lock, |other| other.max(lock)));
    outcome.effects.foreign_locks.push(ForeignLock { relation: scene.reference(table), mode: lock.name() });
}

impl Table {
    /// A table that is mentioned, and of which nothing is known.
    fn mentioned(name: &ObjectName) -> Self {
        Self::new(RelationId(0), name.clone(), crate::catalog::Stamp::BEFORE)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Config, Layout, MigrationSet, check};

    /// The versions between which the servers change their ways, of which no test has a server.
    const CASES: &[(&str, &str, &str, &str)] = &[
        ("mysql:8.0.11", "ADD COLUMN n int", "INPLACE", "NONE"),
        ("mysql:8.0.12", "ADD COLUMN n int", "INSTANT", "NONE"),
        ("mysql:8.0.28", "ADD COLUMN n int FIRST", "INPLACE", "NONE"),
        ("mysql:8.0.29", "ADD COLUMN n int FIRST", "INSTANT", "NONE"),
        ("mysql:8.0.28", "DROP COLUMN a", "INPLACE", "NONE"),
        ("mysql:8.0.29", "DROP COLUMN a", "INSTANT", "NONE"),
        ("mysql:8.0.27", "RENAME COLUMN a TO b", "INPLACE", "NONE"),
        ("mysql:8.0.28", "RENAME COLUMN a TO b", "INSTANT", "NONE"),
        ("mysql:8.0", "MODIFY v varchar(50) COLLATE utf8mb4_bin", "COPY", "SHARED"),
        ("mysql:9.0", "MODIFY v varchar(50) COLLATE utf8mb4_bin", "INPLACE", "NONE"),
        ("mysql:8.4", "ADD COLUMN n int REFERENCES p (id)", "INSTANT", "NONE"),
        ("mysql:9.0", "ADD COLUMN n int REFERENCES p (id)", "COPY", "SHARED"),
        ("mariadb:11.1", "MODIFY a bigint", "COPY", "SHARED"),
        ("mariadb:11.2", "MODIFY a bigint", "COPY", "NONE"),
    ];

    #[test]
    fn versions_matter() {
        for (target, action, algorithm, lock) in CASES {
            let sql = format!(
                "CREATE TABLE p (id int PRIMARY KEY); \
                 CREATE TABLE t (id int PRIMARY KEY, a int, v varchar(50)) DEFAULT CHARSET=utf8mb4; \
                 ALTER TABLE t {action};"
            );
            let config = Config { target: target.parse().unwrap(), ..Config::default() };
            let report = check(&MigrationSet::from_text("1.sql", sql, Layout::Plain), &config);
            let effects = &report.migrations[0].statements[2].effects;
            assert_eq!(effects.algorithm, Some(*algorithm), "{target}: {action}");
            assert_eq!(effects.foreign_locks[0].mode, *lock, "{target}: {action}");
        }
    }

    #[test]
    fn what_is_asserted_and_cannot_be_is_an_error() {
        for (action, number) in [
            ("MODIFY a bigint, ALGORITHM=INPLACE", "1846"),
            ("ADD INDEX i (a), ALGORITHM=INSTANT", "1846"),
            ("MODIFY a bigint, LOCK=NONE", "1846"),
            ("ADD COLUMN n int, ALGORITHM=INSTANT, LOCK=NONE", "1221"),
            ("ADD COLUMN n int, ALGORITHM=INSTANT", ""),
            ("ADD INDEX i (a), ALGORITHM=INPLACE, LOCK=NONE", ""),
        ] {
            let sql = format!("CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t {action};");
            let config = Config { target: crate::Target::mysql(800), ..Config::default() };
            let report = check(&MigrationSet::from_text("1.sql", sql, Layout::Plain), &config);
            let failures = &report.migrations[0].statements[1].effects.failures;
            assert_eq!(failures.first().map_or("", |failure| failure.sqlstate), number, "{action}");
        }
    }
}
