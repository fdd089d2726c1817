//! Whether a view can be written through (`view_query_is_auto_updatable` on the server).

use super::access::{is_aggregate, view_base};
use super::bodies;
use crate::catalog::{Catalog, Relation, View};
use crate::effects::scene::Scene;
use crate::sql::expr::{Expr, Query, TableSource};
use crate::sql::operation::{TriggerEvents, TriggerTiming};
use crate::sql::{Ident, Operation};

/// What a statement writes.
#[derive(Debug)]
pub(super) struct Written<'a> {
    how: How,
    /// The columns it names.
    columns: Vec<&'a Ident>,
}

#[derive(Clone, Copy, Debug)]
enum How {
    Insert,
    Update,
    Delete,
}

/// An error: SQLSTATE and message.
type Refusal = (&'static str, String);

impl<'a> Written<'a> {
    pub(super) fn of(scene: &Scene<'a>) -> Option<Self> {
        Some(match scene.operation {
            Operation::Insert(insert) => Self { how: How::Insert, columns: insert.columns.iter().collect() },
            Operation::Update(update) => {
                Self { how: How::Update, columns: update.assignments.iter().map(|(column, _)| column).collect() }
            }
            Operation::Delete(_) => Self { how: How::Delete, columns: Vec::new() },
            _ => return None,
        })
    }

    /// Why the server does not write through a view; nothing where that is not known, or where triggers or rules do it.
    pub(super) fn refused(&self, catalog: &Catalog, relation: &Relation, view: &View) -> Option<Refusal> {
        if view.materialized || !view.rules.is_empty() || self.is_done_by_triggers(view) {
            return None;
        }
        let absent = |column: &&&Ident| !view.columns.iter().any(|known| known.name == ***column);
        if let Some(column) = self.columns.iter().find(absent).filter(|_| view.complete) {
            return Some(("42703", format!("column \"{column}\" of relation \"{}\" does not exist", relation.name)));
        }
        let query = bodies::query(&view.sql, catalog)?;
        if !stands_for_rows(&query) {
            let what = match self.how {
                How::Insert => "insert into",
                How::Update => "update",
                How::Delete => "delete from",
            };
            return Some(("55000", format!("cannot {what} view \"{}\"", relation.name)));
        }
        self.computed(&query, relation, view).or_else(|| {
            // The columns have other names there.
            let below = catalog.relation(view_base(catalog, relation.id)?)?;
            Self { how: self.how, columns: Vec::new() }.refused(catalog, below, below.view()?)
        })
    }

    fn is_done_by_triggers(&self, view: &View) -> bool {
        let is_for = |events: &TriggerEvents| match self.how {
            How::Insert => events.insert,
            How::Update => events.update,
            How::Delete => events.delete,
        };
        view.triggers.iter().any(|trigger| trigger.timing == TriggerTiming::InsteadOf && is_for(&trigger.events))
    }

    /// A column that is written, but is not one of the table.
    fn computed(&self, query: &Query, relation: &Relation, view: &View) -> Option<Refusal> {
        let items = &query.selects.first()?.items;
        if items.len() != view.columns.len() || items.iter().any(|item| matches!(item.expr, Expr::Star(_))) {
            return None;
        }
        let is_computed = |name: &&&Ident| {
            let mut outputs = view.columns.iter().zip(items);
            outputs.any(|(column, item)| column.name == ***name && !matches!(item.expr, Expr::Column { .. }))
        };
        let column = self.columns.iter().find(is_computed)?;
        let what = match self.how {
            How::Insert => "insert into",
            How::Update | How::Delete => "update",
        };
        Some(("0A000", format!("cannot {what} column \"{column}\" of view \"{}\"", relation.name)))
    }
}

/// Whether each row of a query is a row of one relation.
fn stands_for_rows(query: &Query) -> bool {
    let [select] = query.selects.as_slice() else { return false };
    let [from] = select.from.as_slice() else { return false };
    query.ctes.is_empty()
        && query.limit.is_none()
        && query.offset.is_none()
        && select.others.is_empty()
        && matches!(from.source, TableSource::Relation { .. })
        && !select.items.iter().any(|item| is_aggregate(&item.expr))
}
