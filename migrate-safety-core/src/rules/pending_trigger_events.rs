//! A table changed while checks of its rows wait for the end of the transaction.

use super::extent::Verb;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{Judged, OperationView, Write};
use crate::catalog::{Catalog, ColumnId, ConstraintKind, Relation, RelationId};
use crate::sql::expr::Expr;
use crate::sql::operation::{FiringState, ReferentialAction, TableAction};
use crate::sql::{Ident, ObjectName, Operation};

const TABLES: &str = "CREATE TABLE orgs (id bigint PRIMARY KEY); INSERT INTO orgs VALUES (1); CREATE TABLE users (id bigint PRIMARY KEY, name text, \
                      org_id bigint REFERENCES orgs DEFERRABLE INITIALLY DEFERRED);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "pending-trigger-events",
    category: Category::Deployability,
    title: "A table changed while checks of its rows wait for the end of the transaction",
    why: "What a deferred constraint or trigger has to look at waits for COMMIT. Until then the server refuses to alter, \
          index, cluster, empty or drop the table: error 55006, and the migration is rolled back. A test database \
          without rows in the table does not show it.",
    source: "PostgreSQL docs, SET CONSTRAINTS; measured, PG 14, 16 and 18",
    bad: &[Sample::new(
        TABLES,
        "INSERT INTO users (id, org_id) VALUES (1, 1); ALTER TABLE users ALTER COLUMN name SET DEFAULT '';",
    )],
    good: &[
        Sample::new(
            TABLES,
            "INSERT INTO users (id, org_id) VALUES (1, 1); SET CONSTRAINTS ALL IMMEDIATE; \
             ALTER TABLE users ALTER COLUMN name SET DEFAULT '';",
        ),
        Sample::new(TABLES, "UPDATE users SET name = '' WHERE id = 5; ALTER TABLE users RENAME TO people;")
            .with(&["lock-upgrade", "rename-relation"]),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let scene = &view.scene;
    let mut tables = refused_on(view);
    tables.retain(|table| may_wait(scene.catalog, *table));
    let here = |judged: &&Judged| judged.now.transaction == scene.now.transaction;
    if tables.is_empty() || !view.before_it().any(|judged| here(&judged) && !judged.writes.is_empty()) {
        return;
    }
    // The other actions of an ALTER TABLE fail with the first.
    let is_alter = |operation: &Operation| matches!(operation, Operation::AlterTable(_));
    if is_alter(scene.operation) && view.siblings.last().is_some_and(|before| is_alter(&before.located.operation)) {
        return;
    }
    let mut waiting = Waiting { catalog: scene.catalog, set: Vec::new(), events: Vec::new() };
    view.before_it().filter(here).for_each(|judged| waiting.take(judged));
    let Some(event) = waiting.events.iter().find(|event| tables.contains(&event.table)) else { return };
    let name = scene.catalog.relation(event.table).map(Relation::qualified).unwrap_or_default();
    let message = format!(
        "what {} has to look at in {name} since line {} waits for COMMIT, and till then this is refused (55006)",
        event.waits, event.line
    );
    let finding = if event.certain { findings.block(message) } else { findings.flag(message) };
    finding
        .at(view.located.span)
        .help("write SET CONSTRAINTS ALL IMMEDIATE before it, or change the table in a migration of its own");
}

/// The tables that may have no events waiting for this to be done; references to them, their triggers, policies and names
/// can be changed (measured, PG 14, 16 and 18).
fn refused_on(view: &OperationView<'_>) -> Vec<RelationId> {
    let scene = &view.scene;
    let named = |names: &[ObjectName]| names.iter().filter_map(|name| scene.relation(name)).collect();
    let mut tables: Vec<RelationId> = match scene.operation {
        Operation::AlterTable(alter) => match alter.action {
            TableAction::RenameColumn { .. }
            | TableAction::RenameConstraint { .. }
            | TableAction::Rename { .. }
            | TableAction::SetSchema { .. } => Vec::new(),
            _ => scene.target().map(|relation| relation.id).into_iter().collect(),
        },
        Operation::CreateIndex(index) => scene.relation(&index.table).into_iter().collect(),
        Operation::ClusterTable { table: Some(table), .. } => scene.relation(table).into_iter().collect(),
        Operation::DropTable { names, .. } => named(names),
        Operation::Truncate { .. } => view.effects.locks.iter().map(|lock| lock.relation.id).collect(),
        _ => Vec::new(),
    };
    let below: Vec<RelationId> = tables.iter().flat_map(|table| scene.catalog.descendants(*table)).collect();
    tables.extend(below);
    tables
}

/// Whether anything that looks at a table's rows can be deferred.
fn may_wait(catalog: &Catalog, id: RelationId) -> bool {
    catalog.table(id).is_some_and(|table| {
        table.constraints.iter().any(|constraint| constraint.deferrable)
            || table.triggers.iter().any(|trigger| trigger.details.deferrable)
            || catalog.foreign_keys_to(id).iter().any(|reference| reference.constraint.deferrable)
    })
}

/// What waits for the end of a transaction.
struct Waiting<'a> {
    catalog: &'a Catalog,
    /// `SET CONSTRAINTS` so far: of which, none for all; whether deferred.
    set: Vec<(&'a [ObjectName], bool)>,
    events: Vec<Event<'a>>,
}

struct Event<'a> {
    table: RelationId,
    /// The constraint or trigger.
    waits: &'a Ident,
    line: u32,
    /// Whether there is a row for sure.
    certain: bool,
}

impl<'a> Waiting<'a> {
    fn take(&mut self, judged: &'a Judged) {
        if let Operation::SetConstraints { names, deferred } = &judged.located.operation {
            self.set.push((names, *deferred));
            self.events.retain(|event| *deferred || !covers(names, event.waits));
        }
        for write in &judged.writes {
            let certain = match &judged.located.operation {
                Operation::Insert(insert) => {
                    let given = insert.source.is_none() || insert.values_rows.is_some();
                    given && insert.on_conflict.is_none() && judged.located.routine.is_none()
                }
                _ => false,
            };
            let line = judged.located.span.start.line;
            for waits in self.asked_by(write, &judged.located.operation) {
                self.events.push(Event { table: write.table.id, waits, line, certain });
            }
        }
    }

    /// The deferred constraints and triggers that have to look at what is written.
    fn asked_by(&self, write: &Write, operation: &Operation) -> Vec<&'a Ident> {
        let Some(table) = self.catalog.table(write.table.id) else { return Vec::new() };
        let of_own = table.constraints.iter().filter(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => {
                constraint.enforced && self.brings(write, operation, &key.columns, Values::Known)
            }
            ConstraintKind::Unique { columns, .. } => self.brings(write, operation, columns, Values::Any),
            ConstraintKind::Exclude { .. } => write.verb != Verb::Delete,
            ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. } => false,
        });
        let of_others = self.catalog.foreign_keys_to(write.table.id).into_iter().filter(|reference| {
            let key = reference.key;
            reference.constraint.enforced
                && match write.verb {
                    Verb::Insert => false,
                    Verb::Delete | Verb::Merge => key.on_delete == ReferentialAction::NoAction,
                    Verb::Update => {
                        key.on_update == ReferentialAction::NoAction
                            && self.brings(write, operation, &key.referenced, Values::Any)
                    }
                }
        });
        let constraints = of_own.chain(of_others.map(|reference| reference.constraint));
        let constraints = constraints.filter(|c| c.deferrable && self.is_deferred(&c.name, c.initially_deferred));
        let triggers = table.triggers.iter().filter(|trigger| {
            let fires = match write.verb {
                Verb::Insert => trigger.events.insert,
                Verb::Update => trigger.events.update,
                Verb::Delete => trigger.events.delete,
                Verb::Merge => true,
            };
            let waits = trigger.details.deferrable && self.is_deferred(&trigger.name, trigger.details.initially_deferred);
            trigger.constraint && fires && waits && trigger.state != FiringState::Disabled
        });
        constraints.map(|c| &c.name).chain(triggers.map(|t| &t.name)).collect()
    }

    /// Whether a write gives any of these columns another value.
    fn brings(&self, write: &Write, operation: &Operation, columns: &[ColumnId], values: Values) -> bool {
        let Operation::Update(update) = operation else { return write.verb != Verb::Delete };
        let names = columns.iter().filter_map(|id| self.catalog.column(write.table.id, *id)).map(|c| &c.name);
        names.into_iter().any(|name| {
            update.assignments.iter().filter(|(to, _)| to == name).any(|(_, value)| match value {
                Expr::Null => values == Values::Any,
                Expr::Column { name: from, .. } => from != name,
                _ => true,
            })
        })
    }

    fn is_deferred(&self, name: &Ident, initially: bool) -> bool {
        self.set.iter().rev().find(|(names, _)| covers(names, name)).map_or(initially, |(_, deferred)| *deferred)
    }
}

/// Which new values have to be looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    Any,
    /// Not NULL.
    Known,
}

/// Whether `SET CONSTRAINTS` of these names is about this one.
fn covers(names: &[ObjectName], name: &Ident) -> bool {
    names.is_empty() || names.iter().any(|covered| covered.name == *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    const BEFORE: &str = "CREATE TABLE p (id int PRIMARY KEY, x int); \
        CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED, \
            y int CONSTRAINT yp CHECK (y > 0)); \
        CREATE INDEX cy ON c (y); CREATE VIEW v AS SELECT * FROM c; CREATE TABLE inh () INHERITS (c); \
        CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
        CREATE TRIGGER tt AFTER INSERT ON c FOR EACH ROW EXECUTE FUNCTION tf(); \
        CREATE TABLE u (a int UNIQUE DEFERRABLE INITIALLY DEFERRED); CREATE TABLE k (a int); \
        CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON k DEFERRABLE INITIALLY DEFERRED FOR EACH ROW \
            EXECUTE FUNCTION tf(); \
        CREATE TABLE i (a int REFERENCES p DEFERRABLE);";

    /// A change after `INSERT INTO c VALUES (100, 1, 1)`, and whether it is refused: measured, PG 14, 16 and 18.
    #[rustfmt::skip] // one line a case
    const CHANGES: &[(&str, bool)] = &[
        ("ALTER TABLE c ALTER y SET DEFAULT 3", true),
        ("ALTER TABLE c OWNER TO CURRENT_USER", true),
        ("ALTER TABLE c ENABLE ROW LEVEL SECURITY", true),
        ("ALTER TABLE c SET (fillfactor = 50)", true),
        ("ALTER TABLE c DISABLE TRIGGER tt", true),
        ("ALTER TABLE c VALIDATE CONSTRAINT yp", true),
        ("ALTER TABLE c REPLICA IDENTITY FULL", true),
        ("CREATE INDEX ON c (y)", true),
        ("CLUSTER c USING cy", true),
        ("DROP TABLE c CASCADE", true),
        ("TRUNCATE c", true),
        ("TRUNCATE p CASCADE", true),
        ("ALTER TABLE c RENAME TO c2", false),
        ("ALTER TABLE c RENAME COLUMN y TO z", false),
        ("ALTER TABLE c RENAME CONSTRAINT yp TO yq", false),
        ("CREATE SCHEMA s; ALTER TABLE c SET SCHEMA s", false),
        ("ALTER TABLE p ADD COLUMN z int", false),
        ("ALTER TABLE p ADD FOREIGN KEY (x) REFERENCES c", false),
        ("CREATE TABLE n (a int REFERENCES c)", false),
        ("CREATE TABLE n () INHERITS (c)", false),
        ("CREATE INDEX ON p (x)", false),
        ("DROP INDEX cy", false),
        ("ALTER INDEX cy RENAME TO cz", false),
        ("ALTER INDEX cy SET (fillfactor = 50)", false),
        ("REINDEX TABLE c", false),
        ("CREATE TRIGGER t2 AFTER INSERT ON c FOR EACH ROW EXECUTE FUNCTION tf()", false),
        ("DROP TRIGGER tt ON c", false),
        ("CREATE POLICY pp ON c USING (true)", false),
        ("CREATE RULE r AS ON DELETE TO c DO INSTEAD NOTHING", false),
        ("DROP VIEW v", false),
        ("COMMENT ON TABLE c IS 'x'", false),
        ("ANALYZE c", false),
        ("ALTER TABLE inh ADD COLUMN q int", false),
        ("COMMIT; ALTER TABLE c ADD COLUMN q int", false),
    ];

    /// What is written, a table, and how certain it is that the table cannot be altered then: measured, PG 14, 16 and 18.
    #[rustfmt::skip] // one line a case
    const WRITES: &[(&str, &str, Option<Status>)] = &[
        ("INSERT INTO c VALUES (100, NULL, 1)", "c", Some(Status::Block)),
        ("INSERT INTO c SELECT 1, 1, 1 WHERE false", "c", Some(Status::Flag)),
        ("UPDATE c SET y = 2", "c", None),
        ("UPDATE c SET p = 2", "c", Some(Status::Flag)),
        ("UPDATE c SET p = p", "c", None),
        ("UPDATE c SET p = NULL", "c", None),
        ("DELETE FROM c", "c", None),
        ("UPDATE p SET x = 1", "p", None),
        ("UPDATE p SET id = id", "p", None),
        ("INSERT INTO p VALUES (200)", "p", None),
        ("UPDATE p SET id = id + 100", "p", Some(Status::Flag)),
        ("DELETE FROM p WHERE id = 1", "p", Some(Status::Flag)),
        ("DELETE FROM p WHERE id = 1", "c", None),
        ("INSERT INTO u VALUES (1)", "u", Some(Status::Block)),
        ("INSERT INTO k VALUES (1)", "k", Some(Status::Block)),
        ("INSERT INTO c VALUES (100, 1, 1); SET CONSTRAINTS ALL IMMEDIATE", "c", None),
        ("SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO c VALUES (100, 1, 1)", "c", None),
        ("INSERT INTO i VALUES (1)", "i", None),
        ("SET CONSTRAINTS ALL DEFERRED; INSERT INTO i VALUES (1)", "i", Some(Status::Block)),
        ("SET CONSTRAINTS i_a_fkey DEFERRED; INSERT INTO i VALUES (1)", "i", Some(Status::Block)),
        ("CREATE TABLE w (a int REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO w VALUES (1)", "w", Some(Status::Block)),
    ];

    fn said(sql: String) -> Option<Status> {
        let (set, config) = Sample::new(BEFORE, Box::leak(sql.into_boxed_str())).load();
        let report = crate::check(&set, &config);
        let findings = report.migrations.iter().flat_map(|m| &m.statements).flat_map(|s| &s.findings);
        let found: Vec<Status> = findings.filter(|f| f.rule == RULE.id).map(|f| f.status).collect();
        assert!(found.len() < 2, "said more than once");
        found.first().copied()
    }

    #[test]
    fn what_is_refused_after_a_row_is_known() {
        for (change, refused) in CHANGES {
            let said = said(format!("INSERT INTO c VALUES (100, 1, 1); {change};"));
            assert_eq!(said, refused.then_some(Status::Block), "{change}");
        }
    }

    #[test]
    fn what_waits_after_a_write_is_known() {
        for (write, table, expected) in WRITES {
            let said = said(format!("{write}; ALTER TABLE {table} ADD COLUMN z1 int, ADD COLUMN z2 int;"));
            assert_eq!(said, *expected, "{write}");
        }
    }
}
