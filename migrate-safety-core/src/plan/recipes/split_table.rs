//! Columns of a table that become a table of their own. Written as one would write it: CREATE TABLE, INSERT … SELECT, DROP
//! COLUMN.

use super::move_column::{released, started};
use super::{Answer, Recipe, RecipeSample, Request};
use crate::backfill::Backfill;
use crate::catalog::{Catalog, Column, Table};
use crate::plan::cross::{Cross, Place, RowsOf, is_key, unqualified, values_of};
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::fill;
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::plan::request::TableRef;
use crate::plan::state::State;
use crate::sql::expr::{Expr, Select, TableSource};
use crate::sql::operation::{Insert, TableAction};
use crate::sql::{Ident, ObjectName, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "split-table",
    title: "CREATE TABLE, INSERT from another, DROP COLUMN there: columns become a table of their own",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, name text, bio text, size int NOT NULL DEFAULT 0);",
            "CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE, bio text, size int NOT NULL); \
             CREATE INDEX ON profiles (size); \
             INSERT INTO profiles (user_id, bio, size) SELECT id, bio, size FROM users; \
             ALTER TABLE users DROP COLUMN bio, DROP COLUMN size",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"Users\" (\"Id\" uuid PRIMARY KEY, \"Phone\" varchar(20));",
            "CREATE TABLE phones (\"User\" uuid PRIMARY KEY, phone text NOT NULL); \
             INSERT INTO phones SELECT u.\"Id\", u.\"Phone\" FROM \"S\".\"Users\" AS u WHERE u.\"Phone\" IS NOT NULL; \
             ALTER TABLE \"S\".\"Users\" DROP COLUMN \"Phone\"",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let split = Split::read(request)?;
    Some(split.draft(request))
}

/// What the statements do.
struct Split<'a> {
    from: TableRef<'a>,
    into: &'a ObjectName,
    insert: &'a Insert,
    select: &'a Select,
    dropped: Vec<&'a Column>,
    /// The statements that make the new table, before it is filled or after.
    makes: Vec<&'a str>,
    drops: Vec<String>,
}

impl<'a> Split<'a> {
    /// Reads the statements of the piece.
    fn read(request: &Request<'a>) -> Option<Self> {
        let (mut insert, mut from) = (None, None);
        let (mut makes, mut dropped, mut drops) = (Vec::new(), Vec::new(), Vec::new());
        for part in request.piece.parts() {
            match part.operation()? {
                Operation::Insert(found) if insert.is_none() => insert = Some(&**found),
                Operation::AlterTable(alter) => match &alter.action {
                    TableAction::DropColumn { column, .. } if insert.is_some() => {
                        let table = request.table(&alter.table)?;
                        dropped.push(table.table.column(column)?);
                        drops.push(format!("ALTER TABLE {} DROP COLUMN {}", table.sql(), column.sql()));
                        from = Some(table);
                    }
                    _ => makes.push(&*part.sql),
                },
                _ => makes.push(&*part.sql),
            }
        }
        let (insert, from) = (insert?, from?);
        let [select] = &*insert.source.as_ref()?.selects else { return None };
        Some(Self { from, into: &insert.table, insert, select, dropped, makes, drops })
    }

    fn draft(&self, request: &Request<'a>) -> Result<Draft, Refusal> {
        let state = State::new(request.catalog).with(self.makes.iter().copied());
        let with_table = &state.catalog;
        let table = with_table.resolve(self.into).found().and_then(|id| Some((with_table.relation(id)?, with_table.table(id)?)));
        let Some((relation, table)) = table else { return Err(unclear()) };
        let items = self.items(table)?;
        let cross = self.cross(with_table, (relation.object_name(), table), &items)?;
        let kept = match request.options.dual_write {
            DualWrite::Trigger if cross.has_way_back() => Some(cross.kept()),
            DualWrite::Trigger => {
                return Err(Refusal::new(
                    format!("no way back is known from {} to {}", cross.new.told(), cross.old.told()),
                    "let the application write both: --dual-write application",
                ));
            }
            DualWrite::Application => None,
        };
        let mut draft = request.plan_as(&[self.makes.join(";\n")])?;
        draft.already_safe = false;
        for kept in kept.iter().flatten() {
            draft = draft.expand(started(&cross, kept));
        }
        let backfill = Backfill::copy(self.from.sql(), cross.new.t());
        let backfill = items.iter().fold(backfill, |backfill, (column, text)| backfill.set(column.name.sql(), text));
        let backfill = self.only()?.into_iter().fold(backfill, Backfill::only);
        let prepared = fill::prepared(with_table, &backfill)?;
        draft = draft.migrate(fill::step(format!("Copy {} into {} in batches", cross.old.told(), cross.new.t()), &prepared));
        draft = released(draft, &cross, request, kept.as_ref());
        if kept.is_some() {
            draft = draft.note(format!(
                "A row of {} that is added without values of {} meanwhile gets no row of {}: it may be the new release's, which \
                 adds that by itself.",
                cross.old.t(),
                cross.old.told(),
                cross.new.t()
            ));
        }
        for (phase, step) in request.plan_as(&self.drops)?.steps {
            draft = draft.step(phase.max(PhaseName::Migrate), step);
        }
        Ok(prepared.warnings().iter().map(ToString::to_string).fold(draft, Draft::note))
    }

    /// The columns that are filled, and their values over the columns of the old table.
    fn items(&self, table: &Table) -> Result<Vec<(Column, String)>, Refusal> {
        let [from] = &*self.select.from else { return Err(unclear()) };
        let is_from = matches!(&from.source, TableSource::Relation { name, .. } if name.name == self.from.relation.name);
        let is_plain = self.select.others.is_empty() && self.insert.ctes.is_empty() && self.insert.on_conflict.is_none();
        let Some(query) = &self.insert.source else { return Err(unclear()) };
        let is_whole = query.limit.is_none() && query.offset.is_none() && query.ctes.is_empty();
        let has_star = self.select.items.iter().any(|item| matches!(item.expr, Expr::Star(_)));
        if !is_from || !is_plain || !is_whole || has_star {
            return Err(unclear());
        }
        let called = from.alias.as_ref().unwrap_or(&self.from.relation.name);
        let names: Vec<&Ident> = match &*self.insert.columns {
            [] => table.columns.iter().map(|column| &column.name).collect(),
            named => named.iter().collect(),
        };
        let columns = names.into_iter().zip(&self.select.items);
        columns.map(|(name, item)| Some((table.column(name)?.clone(), unqualified(&item.sql, called)))).collect::<Option<_>>().ok_or_else(unclear)
    }

    /// Which rows, in a form that says nothing but that there are values.
    fn only(&self) -> Result<Option<String>, Refusal> {
        let Some(filter) = &self.select.filter else { return Ok(None) };
        let asks = |part: &Expr| match part {
            Expr::IsNull { expr, negated: true } => match &**expr {
                Expr::Column { name, .. } => self.dropped.iter().find(|column| column.name == *name).map(|column| &column.name),
                _ => None,
            },
            _ => None,
        };
        let names: Option<Vec<&Ident>> = filter.conjuncts().iter().map(asks).collect();
        let names = names.ok_or_else(|| {
            Refusal::new(
                "which rows get one in the new table is told by more than that they have values: a row that changes could not be followed",
                "copy all rows, or those with `WHERE c IS NOT NULL`",
            )
        })?;
        let asked: Vec<String> = names.iter().map(|name| format!("{} IS NOT NULL", name.sql())).collect();
        Ok(Some(asked.join(" AND ")))
    }

    fn cross<'c>(
        &self,
        catalog: &'c Catalog,
        (name, table): (ObjectName, &Table),
        items: &[(Column, String)],
    ) -> Result<Cross<'c>, Refusal> {
        let key = |text: &str| self.from.table.columns.iter().find(|column| column.name.sql() == text || *column.name == *text);
        let is_value = |text: &str| self.dropped.iter().any(|column| key(text).is_some_and(|known| known.id == column.id));
        let (mut old_link, mut new_link, mut targets) = (Vec::new(), Vec::new(), Vec::new());
        for (column, text) in items {
            match key(text).filter(|_| !is_value(text)) {
                Some(from) => {
                    old_link.push(from.clone());
                    new_link.push(column.clone());
                }
                None => targets.push((column.clone(), text.clone())),
            }
        }
        let names = |columns: &[Column]| columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        let (old_names, new_names) = (names(&old_link), names(&new_link));
        let is_linked = is_key(catalog, self.from.table, &old_names.iter().collect::<Vec<_>>())
            && is_key(catalog, table, &new_names.iter().collect::<Vec<_>>());
        if !is_linked || targets.is_empty() {
            return Err(Refusal::new(
                "the new table has no unique key that is filled from a unique key of the old one: which row belongs to which is not known",
                "give the new table a primary or unique key, and fill it with the old table's key",
            ));
        }
        let (new, old) = values_of(&targets, &self.dropped).ok_or_else(unclear)?;
        Ok(Cross {
            catalog,
            old: Place { table: self.from.relation.object_name(), link: old_link, values: old },
            new: Place { table: name, link: new_link, values: new },
            rows: RowsOf::Old,
        })
    }
}

fn unclear() -> Refusal {
    Refusal::new(
        "the INSERT does not make a row of the new table of each row of the old one by itself",
        "write `INSERT INTO new (key, c) SELECT key, c FROM old`, without joins, aggregates or ON CONFLICT",
    )
}
