//! The way back.

use super::error::Reason;
use super::host::Failure;
use super::run::{Goal, Runner};
use crate::catalog::introspect::{AppliedMigration, Live};
use crate::effects::{DataLoss, DataLossKind};
use crate::layout::{Migration, MigrationSet};
use crate::report::Report;
use crate::retry::ErrorClass;
use crate::rules::Category;
use crate::sql::name::quote;
use std::collections::BTreeSet;

/// How long the server may look for rows that an undo would lose.
const LOOK: &str = "SET LOCAL statement_timeout = 5000; SET LOCAL lock_timeout = 1000";

/// Whether findings of a category stop an undo. What is lost is asked of the server instead, and that something is gone
/// afterwards is what an undo is for.
pub(super) fn matters(category: Category) -> bool {
    matches!(
        category,
        Category::LockContention
            | Category::ConcurrentWrites
            | Category::ConstraintValidation
            | Category::ReplicationLag
            | Category::Deployability
    )
}

impl Runner<'_> {
    /// The migrations to undo, the newest first.
    ///
    /// # Errors
    /// One of them has no way back.
    pub(super) fn to_undo<'s>(
        &self,
        set: &'s MigrationSet,
        applied: &[AppliedMigration],
        goal: &Goal,
    ) -> Result<Vec<&'s Migration>, Reason> {
        let order = |a: &str, b: &str| set.layout.compare_versions(a, b);
        let is_applied = |id: &str| applied.iter().any(|record| order(&record.version, id).is_eq());
        let wanted = |migration: &&Migration| match goal {
            Goal::DownTo(version) => order(&migration.id, version).is_gt(),
            Goal::UndoOnly(version) => order(&migration.id, version).is_eq(),
            _ => false,
        };
        let todo: Vec<&Migration> = set.migrations.iter().rev().filter(|m| is_applied(&m.id)).filter(wanted).collect();
        match todo.iter().find(|migration| migration.down.is_none()) {
            Some(migration) => Err(Reason::NoWayBack(migration.id.clone())),
            None => Ok(todo),
        }
    }

    /// Refuses an undo that loses rows: the server is asked whether there are any.
    pub(super) async fn refuse_loss(
        &mut self,
        todo: &[&Migration],
        report: &Report,
        live: &Live,
    ) -> Result<(), Reason> {
        if let Some(code) = todo.iter().find(|migration| self.host.is_code(migration)) {
            let what = vec!["what its code takes away, which is not known".to_owned()];
            return Err(Reason::LosesData { migration: code.id.clone(), what });
        }
        for migration in &report.migrations {
            let mut what = BTreeSet::new();
            for loss in migration.statements.iter().flat_map(|statement| &statement.effects.data_loss) {
                if self.is_lost(loss, live).await.map_err(Reason::server("looking for rows that would be lost"))? {
                    what.insert(lost(loss));
                }
            }
            if !what.is_empty() {
                let what = what.into_iter().collect();
                return Err(Reason::LosesData { migration: migration.id.clone(), what });
            }
        }
        Ok(())
    }

    /// Whether there is anything to lose. What cannot be found out in time is lost.
    async fn is_lost(&mut self, loss: &DataLoss, live: &Live) -> Result<bool, Failure> {
        let Some((schema, name)) = loss.relation.name.split_once('.') else { return Ok(true) };
        let is_there = live.catalog.relations().any(|relation| relation.qualified() == loss.relation.name);
        if !is_there {
            return Ok(false);
        }
        let condition = loss.column.as_ref().map(|column| format!(" WHERE {} IS NOT NULL", quote(column)));
        let condition = condition.unwrap_or_default();
        let sql = format!("SELECT EXISTS (SELECT FROM {}.{}{condition})::text", quote(schema), quote(name));
        self.host.begin("BEGIN READ ONLY", LOOK).await?;
        let answer = self.host.fetch(&sql).await;
        if answer.as_ref().is_err_and(|failure| failure.class() == ErrorClass::Disconnected) {
            return answer.map(|_| true);
        }
        self.host.rollback().await?;
        Ok(answer.map_or(true, |rows| rows.first().is_none_or(|row| row == "true")))
    }
}

/// What is lost, in words.
fn lost(loss: &DataLoss) -> String {
    let of = match &loss.column {
        Some(column) => format!("{}.{column}", loss.relation.name),
        None => format!("the rows of {}", loss.relation.name),
    };
    match loss.how {
        DataLossKind::Dropped | DataLossKind::Truncated | DataLossKind::Deleted => of,
        DataLossKind::Overwritten => format!("old values of {of}"),
        DataLossKind::Narrowed => format!("what of {of} does not fit its type"),
    }
}
