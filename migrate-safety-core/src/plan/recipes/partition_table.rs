//! A table that becomes a partitioned one with all its rows in the first partition: no row is copied. Written as one would
//! write it: RENAME, CREATE TABLE … PARTITION BY, ATTACH PARTITION.

use super::attach_partition::missing;
use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::bounds::Proof;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::request::TableRef;
use crate::plan::state::State;
use crate::sql::operation::{PartitionBound, TableAction};
use crate::sql::{ObjectName, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "partition-table",
    title: "RENAME of a table, CREATE TABLE … PARTITION BY of its name, ATTACH PARTITION: a table becomes a partitioned one",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE events (at int NOT NULL, id bigint NOT NULL, note text DEFAULT '-', PRIMARY KEY (id, at)); \
             CREATE INDEX ON events (note);",
            "ALTER TABLE events RENAME TO events_old; \
             CREATE TABLE events (LIKE events_old INCLUDING DEFAULTS) PARTITION BY RANGE (at); \
             ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM (MINVALUE) TO (100000); \
             CREATE TABLE events_new PARTITION OF events FOR VALUES FROM (100000) TO (MAXVALUE)",
        ),
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, n int CHECK (n IS NULL OR n > -10));",
            "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (LIKE t_old INCLUDING ALL) PARTITION BY RANGE (id); \
             ALTER TABLE t ATTACH PARTITION t_old FOR VALUES FROM (0) TO (1000); \
             CREATE TABLE t_new PARTITION OF t FOR VALUES FROM (1000) TO (2000)",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"Logs\" (\"At\" int, line text);",
            "ALTER TABLE \"S\".\"Logs\" RENAME TO \"Logs until now\"; \
             CREATE TABLE \"S\".\"Logs\" (\"At\" int, line text) PARTITION BY RANGE (\"At\"); \
             CREATE INDEX \"by line\" ON \"S\".\"Logs\" (line); \
             CREATE TABLE \"S\".rest PARTITION OF \"S\".\"Logs\" DEFAULT; \
             ALTER TABLE \"S\".\"Logs\" ATTACH PARTITION \"S\".\"Logs until now\" FOR VALUES FROM (0) TO (100000)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let conversion = Conversion::read(request)?;
    Some(conversion.draft(request))
}

/// What the statements do.
struct Conversion<'a> {
    table: TableRef<'a>,
    bound: &'a PartitionBound,
    /// Whether the new table is made with the checks of the old one.
    takes_checks: bool,
    /// The name that the table has as a partition.
    aside: ObjectName,
}

impl<'a> Conversion<'a> {
    /// Reads the statements of the piece.
    fn read(request: &Request<'a>) -> Option<Self> {
        let mut operations = request.piece.operations.iter().map(|located| &located.operation);
        let Operation::AlterTable(rename) = operations.next()? else { return None };
        let TableAction::Rename { to } = &rename.action else { return None };
        let Operation::CreateTable(create) = operations.next()? else { return None };
        create.partition_by.as_ref().filter(|_| create.name.name == rename.table.name)?;
        let bound = operations.find_map(|operation| match operation {
            Operation::AlterTable(alter) => match &alter.action {
                TableAction::AttachPartition { partition, bound } if partition.name == *to => Some(bound),
                _ => None,
            },
            _ => None,
        })?;
        let table = request.table(&rename.table).filter(|table| !request.is_new(table.id))?;
        let aside = ObjectName { schema: Some(table.relation.schema.clone()), name: to.clone() };
        let takes_checks = create.like.iter().any(|like| like.including.constraints);
        Some(Self { table, bound, takes_checks, aside })
    }

    fn draft(&self, request: &Request<'a>) -> Result<Draft, Refusal> {
        self.stands_alone(request)?;
        let (t, aside) = (self.table.sql(), self.aside.sql());
        let parent = request.after.table(self.table.id).and_then(|table| Some(table.partition_of.as_ref()?.0));
        let Some((parent, condition)) = parent.and_then(|id| Some((id, request.after.bound_condition(id, self.bound)?))) else {
            return Err(Refusal::new(
                "its bounds cannot be written as a check, so that the server reads its rows while nobody else can",
                "attach it in a maintenance window",
            ));
        };
        // What the parent asks of its partitions, told of the table by the name that it still has.
        let parent_aside = request.after.relation(parent).map(|relation| relation.object_name().sql()).unwrap_or_default();
        let back = [
            format!("ALTER TABLE {parent_aside} RENAME TO migrate_safety_parent"),
            format!("ALTER TABLE {aside} RENAME TO {}", self.table.relation.name.sql()),
        ];
        let named = State::new(request.after).with(back.iter().map(String::as_str)).catalog;
        let mut draft = request.plan_as(&missing(request, &named, self.table))?;
        draft.already_safe = false;
        let proof = Proof::within(self.table, &condition);
        draft = proof.given(draft);
        let mut sql: Vec<String> = request.piece.statements().into_iter().map(str::to_owned).collect();
        if self.takes_checks {
            sql.insert(2, format!("ALTER TABLE {t} DROP CONSTRAINT {}", proof.name()));
        }
        sql.push(format!("ALTER TABLE {aside} DROP CONSTRAINT {}", proof.name()));
        let columns = self.table.table.columns.iter().filter(|column| column.generated.is_none());
        let columns: Vec<String> = columns.map(|column| column.name.sql()).collect();
        let columns = columns.join(", ");
        let undo = [
            format!("ALTER TABLE {t} DETACH PARTITION {aside}"),
            // What has been written to other partitions since then.
            format!("INSERT INTO {aside} ({columns}) SELECT {columns} FROM {t}"),
            format!("DROP TABLE {t}"),
            format!("ALTER TABLE {aside} RENAME TO {}", self.table.relation.name.sql()),
            proof.add(),
        ];
        let swap = DraftStep::ddl(format!("Make {t} a partitioned table, and what it was its first partition"), sql)
            .undo(undo);
        Ok(draft.migrate(swap).note(format!(
            "Rights that were granted on {t} stay with {aside}: add the GRANTs for the partitioned table to the step that makes it."
        )))
    }

    /// Whether nothing but the table itself would be left behind under the name that it gets.
    fn stands_alone(&self, request: &Request<'_>) -> Result<(), Refusal> {
        let (catalog, table) = (request.catalog, self.table.table);
        let left_behind = [
            (!catalog.views_reading(self.table.id, None).is_empty(), "views read it, and would go on to read the one partition"),
            (!catalog.foreign_keys_to(self.table.id).is_empty(), "foreign keys refer to it, and would go on to refer to the one partition"),
            (!table.triggers.is_empty(), "it has triggers, which the other partitions would not have"),
            (table.row_security, "its rows are secured one by one, and those of the other partitions would not be"),
            (!table.rules.is_empty(), "it has rules, which the partitioned table would not have"),
            (!table.children.is_empty() || table.partition_of.is_some(), "it has or is a partition or an heir already"),
            (
                table.columns.iter().any(|column| column.identity.is_some()),
                "it has an identity column, whose numbers would begin anew",
            ),
        ];
        match left_behind.into_iter().find(|(is_there, _)| *is_there) {
            Some((_, why)) => Err(Refusal::Unsound {
                reason: why.to_owned(),
                instead: "take these away in a release before, and make them again on the partitioned table".to_owned(),
            }),
            None => Ok(()),
        }
    }
}
