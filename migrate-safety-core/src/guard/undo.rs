//! The way back.

use super::error::Reason;
use super::host::{Failure, Host};
use super::run::Runner;
use crate::catalog::introspect::Live;
use crate::effects::{DataLoss, DataLossKind};
use crate::layout::Migration;
use crate::report::Report;
use crate::retry::ErrorClass;
use crate::sql::name::quote;
use std::collections::BTreeSet;

/// How long the server may look for rows that an undo would lose.
const LOOK: &str = "SET LOCAL statement_timeout = 5000; SET LOCAL lock_timeout = 1000";

impl Runner<'_> {
    /// Refuses an undo that loses rows: the server is asked whether there are any.
    pub(super) async fn refuse_loss(
        &mut self,
        todo: &[&Migration],
        report: &Report,
        live: &Live,
    ) -> Result<(), Reason> {
        code_loses(self.host, todo)?;
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

/// Refuses to undo code: nobody knows what it takes away.
pub(super) fn code_loses(host: &dyn Host, todo: &[&Migration]) -> Result<(), Reason> {
    match todo.iter().find(|migration| host.is_code(migration)) {
        Some(code) => {
            let what = vec!["what its code takes away, which is not known".to_owned()];
            Err(Reason::LosesData { migration: code.id.clone(), what })
        }
        None => Ok(()),
    }
}

/// What is lost, in words.
pub(super) fn lost(loss: &DataLoss) -> String {
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
