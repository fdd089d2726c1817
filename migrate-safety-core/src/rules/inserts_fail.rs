//! Inserts of the running release fail, because they leave out a column that must have a value.

use super::finding::Category;
use super::known::is_below_another;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::{Judged, MigrationView};
use crate::catalog::{Column, RelationId, Table};
use crate::effects::{Breakage, BreakageKind};
use crate::sql::Operation;
use crate::sql::operation::{TableAction, TriggerTiming};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "inserts-fail",
    category: Category::RollingDeploy,
    title: "Inserts of the running release fail: a column must have a value that they do not give",
    why: "The release that is still running does not know a new column, and may rely on the default of an old one. A \
          NOT NULL column without a default makes such an insert fail.",
    source: "PostgreSQL docs, INSERT; 5.5.2 Not-Null Constraints",
    bad: &[
        Sample::new(USERS, "ALTER TABLE users ALTER COLUMN state DROP DEFAULT;"),
        Sample::new(USERS, "ALTER TABLE users ADD COLUMN role text; ALTER TABLE users ALTER COLUMN role SET NOT NULL;")
            .with(&["rows-may-violate"])
            .rows(FEW),
        Sample::new(
            USERS,
            "ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'member'; ALTER TABLE users ALTER COLUMN role DROP DEFAULT;",
        ),
    ],
    good: &[
        Sample::new(USERS, "ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'member';"),
        Sample::new(
            USERS,
            "ALTER TABLE users ALTER COLUMN state DROP DEFAULT; ALTER TABLE users ALTER COLUMN state SET DEFAULT 'new';",
        ),
        Sample::new(USERS, "ALTER TABLE users ALTER COLUMN nick DROP DEFAULT;"),
    ],
    planned: true,
    check: Check::Outcome(check),
    ..Rule::BASE
};

const USERS: &str =
    "CREATE TABLE users (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'open', nick text DEFAULT '');";
const FEW: &[(&str, u64)] = &[("public.users", 100)];

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let mut told: Vec<(RelationId, String)> = Vec::new();
    for (statement, judged) in view.operations {
        let ids: Vec<RelationId> = judged.effects.breaks.iter().map(|b| b.relation.id).collect();
        for broken in &judged.effects.breaks {
            let Some((table, column)) = demanded(view, broken) else { continue };
            let key = (broken.relation.id, column.name.to_string());
            if told.contains(&key) || is_below_another(view.after, broken.relation.id, &ids) {
                continue;
            }
            let Some(mut to) = findings.statement(*statement) else { continue };
            told.push(key);
            let written = broken.column.as_ref().map_or(column.name.as_str(), |(_, name)| name);
            let name = format!("{}.{written}", broken.relation.name);
            let new = column.created.migration >= view.since;
            let filled = table.triggers.iter().any(|t| t.timing == TriggerTiming::Before && t.events.insert);
            let finding = if new && !filled {
                to.block(format!("inserts of the release that is running fail: it does not know {name}"))
            } else {
                let finding = to.flag(format!("inserts of a running release that leave out {name} fail"));
                finding.verify(match filled {
                    true => format!("does a trigger BEFORE INSERT give {name} a value?"),
                    false => format!("every release that is still running gives {name} a value"),
                })
            };
            finding.at(judged.located.span).help(
                "keep a DEFAULT (a constant one costs nothing since PostgreSQL 11) until every running release writes \
                 the column; drop it, or make the column NOT NULL, in a later migration",
            );
            if let Some(fix) = nullable(judged, column) {
                finding.fix(fix);
            }
        }
    }
}

/// The column that must be given a value when the migration is over, of a table that a release writes to.
fn demanded<'a>(view: &MigrationView<'a>, broken: &Breakage) -> Option<(&'a Table, &'a Column)> {
    let (id, _) = broken.column.as_ref()?;
    let table = view.after.table(broken.relation.id).filter(|_| view.was_known(broken.relation.id))?;
    let column = table.column_by_id(*id)?;
    let new = column.created.migration >= view.since;
    let concerned = match broken.what {
        BreakageKind::InsertsFail => true,
        // A NULL in a column that it does not know is what its inserts leave there.
        BreakageKind::NullsFail => new,
        _ => false,
    };
    let has_value = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
    (concerned && !has_value).then_some((table, column))
}

/// The new column, for a start without NOT NULL.
fn nullable(judged: &Judged, column: &Column) -> Option<String> {
    let Operation::AlterTable(alter) = &judged.located.operation else { return None };
    let TableAction::AddColumn { column: written, .. } = &alter.action else { return None };
    (written.name == column.name)
        .then(|| format!("ALTER TABLE {} ADD COLUMN {} {}", alter.table.sql(), column.name.sql(), column.data_type))
}
