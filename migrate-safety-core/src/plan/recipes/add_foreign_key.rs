//! A foreign key that new rows have to meet at once and existing ones are read for later.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Constraint, ConstraintKind, ForeignKey, RelationId};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::plan::request::TableRef;
use crate::sql::operation::{ConstraintKind as Written, TableAction};
use crate::sql::Ident;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "add-foreign-key",
    title: "FOREIGN KEY on tables that have rows",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE orders (id bigint PRIMARY KEY); CREATE TABLE order_items (id bigint PRIMARY KEY, order_id bigint);",
            "ALTER TABLE order_items ADD CONSTRAINT fk_orders FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE",
        ),
        RecipeSample::new(
            "CREATE TABLE node (a int, b int, pa int, pb int, PRIMARY KEY (a, b));",
            "ALTER TABLE node ADD FOREIGN KEY (pa, pb) REFERENCES node MATCH FULL DEFERRABLE INITIALLY DEFERRED",
        ),
        RecipeSample::new(
            "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id bigint, p bigint, at date) PARTITION BY RANGE (at); \
             CREATE TABLE c1 PARTITION OF c FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); \
             CREATE TABLE c2 PARTITION OF c DEFAULT;",
            "ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, TableAction::AddConstraint(written)) = request.table_action()? else { return None };
    if !matches!(written.kind, Written::ForeignKey(_)) || written.not_valid || written.not_enforced {
        return None;
    }
    if request.is_new(table.id) {
        return None;
    }
    let new = request.new_constraints(table.id).into_iter().find(|c| c.parent.is_none())?;
    let ConstraintKind::ForeignKey(key) = &new.kind else { return None };
    let key = Key { request, table, constraint: new, key };
    let draft = Draft::new().deploy(
        PhaseName::Expand,
        format!("Deployed everywhere: an application that writes no row of {} without its parent.", table.sql()),
    );
    let draft = if table.table.is_partitioned() && request.version() < 18 {
        key.by_partition(draft)
    } else {
        draft.expand(key.not_valid(table.id, "Hold new rows to")?).contract(key.validate(table.id, "Prove")?)
    };
    Some(Ok(match key.unindexed() {
        Some(columns) => draft.note(format!(
            "No index begins with {columns}: deleting or changing a row of the referenced table reads all of {}. \
             CREATE INDEX CONCURRENTLY on {columns} first.",
            table.sql()
        )),
        None => draft,
    }))
}

struct Key<'r> {
    request: &'r Request<'r>,
    table: TableRef<'r>,
    constraint: &'r Constraint,
    key: &'r ForeignKey,
}

impl Key<'_> {
    fn name(&self) -> String {
        self.constraint.name.sql()
    }

    fn table_name(&self, id: RelationId) -> Option<String> {
        Some(self.request.catalog.relation(id)?.object_name().sql())
    }

    /// The key on one table, for new rows alone.
    fn not_valid(&self, on: RelationId, what: &str) -> Option<DraftStep> {
        let (t, name) = (self.table_name(on)?, self.name());
        let definition = self.request.after.constraint_sql(self.request.after.table(self.table.id)?, self.constraint);
        Some(DraftStep::ddl(
            format!("{what} {name} on {t}"),
            [format!("ALTER TABLE {t} ADD CONSTRAINT {name} {definition} NOT VALID")],
        )
        // When it goes from a partitioned table, it goes from the partitions too.
        .undo([format!("ALTER TABLE {t} DROP CONSTRAINT IF EXISTS {name}")]))
    }

    /// The proof for existing rows of one table.
    fn validate(&self, on: RelationId, what: &str) -> Option<DraftStep> {
        let (t, name) = (self.table_name(on)?, self.name());
        let sql = format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}");
        let step = DraftStep::verify(format!("{what} {name} for the rows of {t}"), sql);
        Some(step.gate(self.orphans(&t)?, "0", format!("rows of {t} have no parent")))
    }

    /// Before 18 a partitioned table takes no NOT VALID key: each partition gets its own, and the parent adopts them
    /// without reading anything (measured, PG 14-17).
    fn by_partition(&self, mut draft: Draft) -> Draft {
        let catalog = self.request.catalog;
        let leaves = catalog.descendants(self.table.id).into_iter();
        let leaves: Vec<RelationId> = leaves.filter(|id| catalog.table(*id).is_some_and(|t| !t.is_partitioned())).collect();
        for leaf in &leaves {
            draft = self.not_valid(*leaf, "Hold new rows to").into_iter().fold(draft, Draft::expand);
        }
        for leaf in &leaves {
            draft = self.validate(*leaf, "Prove").into_iter().fold(draft, Draft::contract);
        }
        let (t, name) = (self.table.sql(), self.name());
        draft.contract(
            DraftStep::ddl(format!("Make {name} a key of {t}: it adopts those of the partitions"), [self.request.sql()])
                .undo([format!("ALTER TABLE {t} DROP CONSTRAINT {name}")]),
        )
    }

    /// Counts rows without a parent.
    fn orphans(&self, table: &str) -> Option<String> {
        let referenced = self.request.catalog.table(self.key.table)?;
        let own: Vec<String> = self.request.column_names(self.table, &self.key.columns).into_iter().map(Ident::sql).collect();
        let parent = self.key.referenced.iter().filter_map(|id| referenced.column_by_id(*id));
        let pairs = own.iter().zip(parent).map(|(own, parent)| format!("parent.{} = child.{own}", parent.name.sql()));
        let pairs: Vec<String> = pairs.collect();
        let (word, open) = if self.key.match_full { (" OR ", "") } else { (" AND ", "") };
        let given: Vec<String> = own.iter().map(|column| format!("child.{column} IS NOT NULL")).collect();
        let given = format!("{open}({})", given.join(word));
        Some(format!(
            "SELECT count(*) FROM {table} AS child WHERE {given} AND NOT EXISTS (SELECT FROM {} AS parent WHERE {})",
            self.table_name(self.key.table)?,
            pairs.join(" AND "),
        ))
    }

    /// The referencing columns, if no index begins with them.
    fn unindexed(&self) -> Option<String> {
        let catalog = self.request.catalog;
        let leads = |id: &RelationId| {
            let keys = catalog.index(*id).map_or(&[][..], |index| &index.keys);
            let first: Vec<_> = keys.iter().take(self.key.columns.len()).filter_map(|key| key.column).collect();
            first.len() == self.key.columns.len() && self.key.columns.iter().all(|column| first.contains(column))
        };
        if self.table.table.indexes.iter().any(leads) {
            return None;
        }
        let columns: Vec<String> =
            self.request.column_names(self.table, &self.key.columns).into_iter().map(Ident::sql).collect();
        Some(format!("({})", columns.join(", ")))
    }
}
