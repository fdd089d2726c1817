//! A trigger's function uses a column that its table does not have.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::{Judged, MigrationView};
use crate::catalog::{Catalog, Relation, RelationId, Table, Trigger, is_system_column};
use crate::sql::Ident;
use crate::sql::operation::{FiringState, RoutineBody};
use crate::sql::plpgsql::row_fields;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, note text);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := coalesce(NEW.note, ''); RETURN NEW; END $$;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;";
/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "trigger-field-missing",
    category: Category::RollingDeploy,
    title: "A trigger's function uses a column that its table does not have",
    why: "The server reads the body of a PL/pgSQL function when it runs: the migration succeeds, and each write that \
          fires the trigger fails with `record \"new\" has no field`.",
    source: "PostgreSQL docs, 41.10 Trigger Functions; 41.11.2 Plan Caching",
    bad: &[
        Sample::new(USERS, "CREATE TRIGGER stamped BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION stamp();")
            .with(&["trigger-on-live-table"]),
    ],
    good: &[
        Sample::new(
            "",
            "CREATE TABLE users (id bigint PRIMARY KEY, updated_at timestamptz);
             CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
             CREATE TRIGGER stamped BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION stamp();",
        ),
        Sample::new(
            "",
            "CREATE TABLE users (id bigint PRIMARY KEY, origin oid);
             CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.origin := NEW.tableoid; RETURN NEW; END $$;
             CREATE TRIGGER stamped BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION stamp();",
        ),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let mut told: Vec<RelationId> = Vec::new();
    for (statement, judged) in view.operations.iter().filter(|(_, judged)| may_be_cause(judged)) {
        for lock in &judged.effects.locks {
            let id = lock.relation.id;
            let Some(relation) = view.after.relation(id).filter(|r| !r.unknown && !told.contains(&id)) else { continue };
            let Some((trigger, field)) = broken(view.after, relation) else { continue };
            let Some(mut to) = findings.statement(*statement).filter(|_| is_cause(judged, trigger, &field)) else {
                continue;
            };
            told.push(id);
            to.block(format!(
                "writes to {} that fire {} fail: {} uses {field}, which the table does not have",
                relation.qualified(),
                trigger.name,
                trigger.function
            ))
            .at(judged.located.span)
            .help("replace the function in this migration, so that it uses only columns that are there");
        }
    }
}

/// A trigger of a table that fails, and the column that it misses.
fn broken<'c>(catalog: &'c Catalog, relation: &'c Relation) -> Option<(&'c Trigger, Ident)> {
    let table = relation.table()?;
    table.triggers.iter().find_map(|trigger| {
        let routine = catalog.routines.get(&trigger.routine?)?;
        let fires = trigger.for_each_row && trigger.state != FiringState::Disabled;
        let body = routine.body.as_ref().filter(|_| fires && routine.language.as_str() == "plpgsql")?;
        let missing = missing(table, body)?;
        Some((trigger, missing))
    })
}

fn missing(table: &Table, body: &RoutineBody) -> Option<Ident> {
    row_fields(body)?.into_iter().find(|field| table.column(field).is_none() && !is_system_column(field))
}

/// Whether an operation makes a trigger or takes a column: what the functions read need be looked up only then.
fn may_be_cause(judged: &Judged) -> bool {
    use crate::sql::Operation::{AlterTable, CreateTrigger};
    use crate::sql::operation::TableAction::RenameColumn;
    match &judged.located.operation {
        CreateTrigger(_) => true,
        AlterTable(alter) if matches!(alter.action, RenameColumn { .. }) => true,
        _ => !judged.removed.columns.is_empty(),
    }
}

/// Whether an operation made the trigger, or took the column.
fn is_cause(judged: &Judged, trigger: &Trigger, field: &Ident) -> bool {
    use crate::sql::Operation::{AlterTable, CreateTrigger};
    use crate::sql::operation::TableAction::RenameColumn;
    match &judged.located.operation {
        CreateTrigger(created) => created.name == trigger.name,
        AlterTable(alter) if matches!(&alter.action, RenameColumn { column, .. } if column == field) => true,
        _ => judged.removed.columns.iter().any(|(_, column)| column.name == *field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIGGERED: &str = "CREATE TABLE users (id bigint PRIMARY KEY, note text);
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := coalesce(NEW.note, ''); RETURN NEW; END $$;
    CREATE TRIGGER kept BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION keep();";

    fn is_found(sql: &'static str) -> bool {
        let (set, config) = Sample::new(TRIGGERED, sql).load();
        crate::check(&set, &config).all_findings().any(|finding| finding.rule == RULE.id)
    }

    #[test]
    fn a_column_that_goes_is_missed_by_the_trigger() {
        assert!(is_found("ALTER TABLE users DROP COLUMN note;"));
        assert!(is_found("ALTER TABLE users RENAME COLUMN note TO remark;"));
        assert!(!is_found("ALTER TABLE users DROP COLUMN note; DROP TRIGGER kept ON users;"));
        assert!(!is_found("ALTER TABLE users ADD COLUMN remark text;"));
    }
}
