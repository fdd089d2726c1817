//! A DELETE of any number of rows, in batches: what refers to them goes before them, and an archive keeps them until nobody
//! has missed them.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::backfill::Backfill;
use crate::catalog::{RelationId, Table};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::request::TableRef;
use crate::plan::rows::Rows;
use crate::plan::{fill, names};
use crate::sql::operation::{Delete, ReferentialAction};
use crate::sql::{Ident, ObjectName, Operation, change_text};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "delete-rows",
    title: "DELETE of any number of rows of a table that is used",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE sessions (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int, \
             twice int GENERATED ALWAYS AS (n * 2) STORED);",
            "DELETE FROM sessions WHERE n > 0",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE orgs (id int PRIMARY KEY, gone boolean); \
             CREATE TABLE \"S\".\"Users\" (a uuid, b int, org int, PRIMARY KEY (a, b)); \
             CREATE TABLE \"S\".notes (id int PRIMARY KEY, a uuid, b int, FOREIGN KEY (a, b) REFERENCES \"S\".\"Users\" ON DELETE CASCADE);",
            "DELETE FROM \"S\".\"Users\" AS u USING orgs o WHERE o.id = u.org AND o.gone",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, n int); \
             CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE SET NULL);",
            "DELETE FROM users WHERE n IS NULL OR n > 0",
        ),
        RecipeSample::new(
            "CREATE TABLE heap (a int, b text);",
            "DELETE FROM heap WHERE NOT EXISTS (SELECT 1 WHERE a < 0)",
        ),
        RecipeSample::new(
            "CREATE TABLE parents (id int PRIMARY KEY); CREATE TABLE logs (at int NOT NULL, id int NOT NULL, parent int, \
             PRIMARY KEY (at, id)) PARTITION BY RANGE (at); CREATE TABLE logs_1 PARTITION OF logs DEFAULT;",
            "DELETE FROM logs WHERE parent NOT IN (SELECT id FROM parents)",
        ),
        RecipeSample::new(
            "CREATE TABLE people (id bigint PRIMARY KEY, email text);",
            "DELETE FROM people a USING people b WHERE a.email = b.email AND a.id > b.id",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::Delete(delete) = request.operation()? else { return None };
    let table = request.table(&delete.table.name)?;
    // What touches few rows needs no batches.
    if request.is_new(table.id) || !request.blocks(request.sql()) {
        return None;
    }
    Some(Deletion::new(request, table, delete).and_then(|deletion| deletion.draft()))
}

/// Rows that go.
struct Deletion<'r> {
    request: &'r Request<'r>,
    table: TableRef<'r>,
    condition: Option<String>,
    /// What refers to them and changes with them.
    dependents: Vec<Dependent<'r>>,
}

/// A foreign key by which a deletion changes other rows.
struct Dependent<'r> {
    table: TableRef<'r>,
    columns: Vec<&'r Ident>,
    referenced: Vec<&'r Ident>,
    /// The columns that become NULL; empty: the rows go too.
    nulled: Vec<&'r Ident>,
}

impl<'r> Deletion<'r> {
    fn new(request: &'r Request<'r>, table: TableRef<'r>, delete: &'r Delete) -> Result<Self, Refusal> {
        let text = change_text(request.catalog.target(), request.sql()).ok_or_else(|| {
            Refusal::new(
                "a DELETE with WITH or RETURNING is not turned into batches",
                "write the condition as an expression over the row, a subquery if need be",
            )
        })?;
        if !delete.table.only && !table.table.is_partitioned() && !table.table.children.is_empty() {
            return Err(Refusal::new(
                format!("it also deletes rows of the tables that inherit from {}", table.sql()),
                "write one `DELETE FROM ONLY` for each table",
            ));
        }
        let dependents = dependents(request, table)?;
        let rows = Rows::deleted(request.catalog, table, delete, text);
        let condition = rows.condition()?;
        if !rows.are_duplicates() {
            reads_nothing_that_goes(request, table, &rows)?;
        }
        Ok(Self { request, table, condition, dependents })
    }

    fn draft(&self) -> Result<Draft, Refusal> {
        let t = self.table.sql();
        let before: Vec<String> = self.dependents.iter().map(|dependent| self.before(dependent)).collect();
        let mut draft = self.request.plan_as(&before)?;
        draft.already_safe = false;
        let archive = self.archive();
        let make = format!("CREATE TABLE {archive} (LIKE {t})");
        let with_archive = self.request.state().with([make.as_str()]).catalog;
        let backfill = Backfill::delete(t.clone()).archive(archive.clone());
        let backfill = self.condition.iter().fold(backfill, Backfill::only);
        let prepared = fill::prepared(&with_archive, &backfill)?;
        let delete = fill::step(format!("Delete rows of {t} in batches, into {archive}"), &prepared);
        let delete = delete.undo([self.back(&archive)]);
        draft = draft
            .expand(DraftStep::ddl(format!("Make an archive for the rows of {t}"), [make]))
            .migrate(delete)
            .deploy(
                PhaseName::Contract,
                format!("Nothing has missed the rows of {archive} for as long as you want to be sure, a week at least."),
            )
            .contract(
                DraftStep::ddl(format!("Drop the archive {archive}"), [format!("DROP TABLE {archive}")])
                    .irreversible(format!("the rows of {archive} are gone: restore them from a backup")),
            )
            .note(format!(
                "Rows that come to meet the condition while the batches run may stay: no release that is running must make \
                 such rows of {t}, or the step is to be run again."
            ));
        if !self.dependents.is_empty() {
            draft = draft.note(format!(
                "Rows that come to refer to those of {t} between the steps are changed by the foreign keys as they say, and \
                 the way back does not restore these."
            ));
        }
        Ok(prepared.warnings().iter().map(ToString::to_string).fold(draft, Draft::note))
    }

    /// A statement that does beforehand what a foreign key would do.
    fn before(&self, dependent: &Dependent<'_>) -> String {
        let list = |names: &[&Ident]| names.iter().map(|name| name.sql()).collect::<Vec<_>>().join(", ");
        let filter = self.condition.as_ref().map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
        let referring = format!(
            "({}) IN (SELECT {} FROM {}{filter})",
            list(&dependent.columns),
            list(&dependent.referenced),
            self.table.sql()
        );
        let table = dependent.table.sql();
        if dependent.nulled.is_empty() {
            return format!("DELETE FROM {table} WHERE {referring}");
        }
        let set: Vec<String> = dependent.nulled.iter().map(|name| format!("{} = NULL", name.sql())).collect();
        format!("UPDATE {table} SET {} WHERE {referring}", set.join(", "))
    }

    /// A name that another deletion from the same table does not take.
    fn archive(&self) -> String {
        let relation = self.table.relation;
        let ending = format!("_deleted_{:04x}", fold(self.request.sql()));
        let name = names::relation(self.request.catalog, &relation.schema, &relation.name, &ending);
        ObjectName { schema: Some(relation.schema.clone()), name }.sql()
    }

    /// The rows go back to where they were, and only once.
    fn back(&self, archive: &str) -> String {
        let columns = self.table.table.columns.iter().filter(|column| column.generated.is_none());
        let names: Vec<String> = columns.map(|column| column.name.sql()).collect();
        let names = names.join(", ");
        format!(
            "WITH back AS (DELETE FROM {archive} RETURNING {names})\n\
             INSERT INTO {} ({names}) OVERRIDING SYSTEM VALUE\n\
             SELECT {names}\nFROM back",
            self.table.sql()
        )
    }
}

/// Sixteen bits of a text.
fn fold(text: &str) -> u16 {
    text.bytes().fold(0x9dc5, |hash, byte| (hash ^ u16::from(byte)).wrapping_mul(0x0193))
}

/// What a deletion changes in other tables, table by table.
fn dependents<'r>(request: &Request<'r>, table: TableRef<'r>) -> Result<Vec<Dependent<'r>>, Refusal> {
    let mut found = Vec::new();
    for reference in request.catalog.foreign_keys_to(table.id) {
        let Some(from) = request.table_by_id(reference.from) else { continue };
        let nulled = match reference.key.on_delete {
            _ if !reference.constraint.enforced || reference.constraint.parent.is_some() => continue,
            ReferentialAction::NoAction | ReferentialAction::Restrict => continue,
            ReferentialAction::Cascade => Vec::new(),
            ReferentialAction::SetNull if reference.key.set_columns.is_empty() => reference.key.columns.clone(),
            ReferentialAction::SetNull => reference.key.set_columns.clone(),
            ReferentialAction::SetDefault => {
                return Err(Refusal::new(
                    format!("it also changes rows of {} by ON DELETE SET DEFAULT", from.sql()),
                    "give these rows other values first, and make the foreign key NO ACTION",
                ));
            }
        };
        if reaches(request, from, table.id) {
            return Err(Refusal::new(
                format!("ON DELETE leads from {} back to itself: how many rows go with one is not known", table.sql()),
                "delete the rows that nothing refers to, and do so again until none is left",
            ));
        }
        if found.iter().any(|other: &Dependent<'_>| other.table.id == from.id) {
            return Err(Refusal::new(
                format!("{} refers to {} by several foreign keys with ON DELETE", from.sql(), table.sql()),
                format!("delete or change the rows of {} first, in a change of its own", from.sql()),
            ));
        }
        found.push(Dependent {
            table: from,
            columns: request.column_names(from, &reference.key.columns),
            referenced: request.column_names(table, &reference.key.referenced),
            nulled: request.column_names(from, &nulled),
        });
    }
    Ok(found)
}

/// The tables whose rows change when rows of one go, and whether `looked_for` is among them.
fn reaches(request: &Request<'_>, table: TableRef<'_>, looked_for: RelationId) -> bool {
    changed_with(request, table.id).contains(&looked_for)
}

/// A table, and all whose rows change when rows of it go.
fn changed_with(request: &Request<'_>, table: RelationId) -> Vec<RelationId> {
    let mut found = vec![table];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        next += 1;
        for reference in request.catalog.foreign_keys_to(id) {
            let keeps = matches!(reference.key.on_delete, ReferentialAction::NoAction | ReferentialAction::Restrict);
            if !keeps && !found.contains(&reference.from) {
                found.push(reference.from);
            }
        }
    }
    found
}

/// Whether the condition means the same when a part of the rows has gone.
fn reads_nothing_that_goes(request: &Request<'_>, table: TableRef<'_>, rows: &Rows<'_>) -> Result<(), Refusal> {
    let changed = changed_with(request, table.id);
    let is_part = |table: &Table, of: &[RelationId]| table.partition_of.as_ref().is_some_and(|(id, _)| of.contains(id));
    for name in rows.reads() {
        let id = request.catalog.resolve(name).found();
        let read = id.and_then(|id| request.table_by_id(id));
        if read.is_some_and(|read| {
            let partitions = read.table.children.iter().any(|id| changed.contains(id));
            !changed.contains(&read.id) && !partitions && !is_part(read.table, &changed)
        }) {
            continue;
        }
        return Err(Refusal::new(
            format!(
                "its condition reads {name}, and may mean something else when some of the rows have gone: batches would not \
                 delete the same rows"
            ),
            "note the keys of the rows that are to go in a column or table of your own, and delete by these",
        ));
    }
    Ok(())
}
