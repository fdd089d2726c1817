//! What tells whether a statement has taken effect whose end nobody saw: the definitions of what it changes, before and
//! after.

use crate::databases::name::ObjectName;
use crate::databases::operation::{ActionKind, ObjectKind, Operation, PartitionAction, Verb};

/// What tells whether a statement has taken effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// The definitions of these. `drops`: what is not there before is not expected to change.
    Objects { objects: Vec<Object>, drops: bool },
    /// Run twice, it does no harm.
    NotNeeded,
    /// Nothing does.
    Nothing,
}

/// An object whose definition is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    /// The word behind `SHOW CREATE`.
    pub(super) kind: &'static str,
    pub(super) name: ObjectName,
    /// It is the time of its making that tells, not what it is.
    pub(super) by_time: bool,
}

/// What a look at the objects of a trace tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Taken,
    NotTaken,
    /// It has done one thing and not another.
    Unclear,
}

impl Trace {
    pub(super) fn of(operation: &Operation) -> Self {
        let object = |kind, name: &ObjectName| Object { kind, name: name.clone(), by_time: false };
        let table = |name: &ObjectName| object("TABLE", name);
        let (objects, drops) = match operation {
            Operation::CreateTable(create) => (create.name.iter().map(table).collect(), false),
            Operation::DropTable { tables, .. } | Operation::DropView { views: tables, .. } => {
                (tables.iter().map(table).collect(), true)
            }
            Operation::RenameTable { renames } => {
                (renames.iter().flat_map(|(from, to)| [table(from), table(to)]).collect(), false)
            }
            Operation::AlterTable(alter) => {
                if !alter.actions.iter().any(|action| is_seen(&action.kind)) {
                    return Self::Nothing;
                }
                let renamed = alter.actions.iter().filter_map(|action| match &action.kind {
                    ActionKind::Rename { to } => Some(table(to)),
                    _ => None,
                });
                ([table(&alter.table)].into_iter().chain(renamed).collect(), false)
            }
            Operation::Truncate { table } => {
                (vec![Object { kind: "TABLE", name: table.clone(), by_time: true }], false)
            }
            Operation::CreateIndex(create) => (vec![table(&create.table)], false),
            Operation::DropIndex { table: of, .. } => (of.iter().map(table).collect::<Vec<_>>(), false),
            Operation::CreateView(create) => (vec![table(&create.name)], false),
            Operation::CreateTrigger(create) => {
                let database = create.name.database.clone().or_else(|| create.table.database.clone());
                let name = ObjectName { database, ..create.name.clone() };
                (vec![object("TRIGGER", &name)], false)
            }
            Operation::DropTrigger { trigger, .. } => (vec![object("TRIGGER", trigger)], true),
            Operation::Object { verb, kind, name, .. } => {
                let kind = match kind {
                    ObjectKind::Database => "DATABASE",
                    ObjectKind::Function => "FUNCTION",
                    ObjectKind::Procedure => "PROCEDURE",
                    ObjectKind::Package => "PACKAGE",
                    ObjectKind::Event => "EVENT",
                    ObjectKind::Sequence => "SEQUENCE",
                    ObjectKind::User => "USER",
                    ObjectKind::Server | ObjectKind::Tablespace | ObjectKind::Role | ObjectKind::Other => {
                        return Self::Nothing;
                    }
                };
                (name.iter().map(|name| object(kind, name)).collect(), *verb == Verb::Drop)
            }
            _ => return Self::Nothing,
        };
        if objects.is_empty() { Self::Nothing } else { Self::Objects { objects, drops } }
    }

    /// What two looks tell: a number for each object, 0 where it is not there.
    pub(super) fn effect(&self, before: &[i64], now: &[i64]) -> Effect {
        let Self::Objects { drops, .. } = self else { return Effect::Unclear };
        let expected = before.iter().zip(now).filter(|(before, _)| !drops || **before != 0);
        let changed: Vec<bool> = expected.map(|(before, now)| before != now).collect();
        match changed.iter().filter(|changed| **changed).count() {
            _ if before.len() != now.len() => Effect::Unclear,
            0 => Effect::NotTaken,
            all if all == changed.len() => Effect::Taken,
            _ => Effect::Unclear,
        }
    }
}

/// An action of `ALTER TABLE` that shows in the definition, or that may be taken twice.
fn is_seen(action: &ActionKind) -> bool {
    use PartitionAction::{Discard, Exchange, Import, Truncate};
    let hidden = matches!(
        action,
        ActionKind::Opaque { .. }
            | ActionKind::Tablespace { .. }
            | ActionKind::Partition(Truncate | Exchange | Discard | Import)
    );
    !hidden
}

#[cfg(all(test, feature = "mysql"))]
mod tests {
    use super::*;
    use crate::databases::parse;
    use crate::dialect::Target;

    fn of(sql: &str) -> Trace {
        Trace::of(&parse(Target::mysql(804), sql).statements[0].operation)
    }

    #[test]
    fn what_is_looked_at() {
        let names = |sql: &str| match of(sql) {
            Trace::Objects { objects, .. } => {
                objects.iter().map(|object| format!("{} {}", object.kind, object.name)).collect::<Vec<_>>().join(", ")
            }
            other => format!("{other:?}"),
        };
        for (sql, looked_at) in [
            ("CREATE TABLE a.t (a int)", "TABLE a.t"),
            ("ALTER TABLE t ADD a int, RENAME TO u", "TABLE t, TABLE u"),
            ("RENAME TABLE t TO u, u TO v", "TABLE t, TABLE u, TABLE u, TABLE v"),
            ("CREATE INDEX i ON t (a)", "TABLE t"),
            ("DROP INDEX i ON t", "TABLE t"),
            ("CREATE TRIGGER g BEFORE INSERT ON d.t FOR EACH ROW SET @a = 1", "TRIGGER d.g"),
            ("DROP PROCEDURE p", "PROCEDURE p"),
            ("ALTER TABLE t TRUNCATE PARTITION p0", "Nothing"),
            ("CREATE VIEW v AS SELECT 1", "TABLE v"),
        ] {
            assert_eq!(names(sql), looked_at, "{sql}");
        }
    }

    #[test]
    fn all_or_nothing_is_clear() {
        let drop = of("DROP TABLE IF EXISTS a, b");
        assert_eq!(drop.effect(&[1, 0], &[0, 0]), Effect::Taken);
        assert_eq!(drop.effect(&[1, 2], &[0, 2]), Effect::Unclear);
        assert_eq!(drop.effect(&[0, 0], &[0, 0]), Effect::NotTaken);
        let create = of("CREATE TABLE a (b int)");
        assert_eq!(create.effect(&[0], &[7]), Effect::Taken);
        assert_eq!(create.effect(&[0], &[]), Effect::Unclear);
    }
}
