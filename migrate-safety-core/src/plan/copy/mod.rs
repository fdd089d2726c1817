//! A column copied into another one that takes its place: what all recipes share that move a value from one column to
//! another while the application reads and writes it.
//!
//! The copy is added without a default or NOT NULL, kept the same by triggers or by the application, filled in batches,
//! given everything that the old column has (indexes, constraints, foreign keys in both directions, each built beside
//! the old one), and at the end takes over its place and its names.

pub(crate) mod application;
pub(crate) mod build;
pub(crate) mod compare;
mod defaults;
pub(crate) mod derived;
pub(crate) mod extracted;
mod formula;
pub(crate) mod inverse;
mod parts;
mod readers;
pub(crate) mod swap;
mod sync;
pub(crate) mod texts;

use application::{Application, Field};
pub(crate) use formula::Formula;
pub(crate) use sync::{Direction, Side, Sync, function_name};

use super::draft::{Draft, DraftStep};
use super::error::Refusal;
use super::fill;
use super::request::{Request, TableRef};
use super::state::State;
use crate::backfill::Backfill;
use crate::catalog::{Catalog, Column};
use crate::sql::name::literal;
use crate::sql::{DataType, Ident, ObjectName};
use build::{Builder, Built};
use defaults::Source;
use parts::Parts;

/// A column and the copy that takes its place.
#[derive(Debug)]
pub(crate) struct ColumnCopy<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) table: TableRef<'a>,
    pub(crate) column: &'a Column,
    /// The copy's name while both are there.
    pub(crate) copy: Ident,
    pub(crate) data_type: DataType,
    pub(crate) collation: Option<Box<ObjectName>>,
    comment: Option<&'a str>,
    /// The copy's value from the column.
    pub(crate) forward: Formula,
    /// The column's value from the copy.
    pub(crate) backward: Formula,
    source: Source<'a>,
    parts: Parts<'a>,
    /// The schema in which the column is called as the copy.
    twin: Catalog,
}

impl<'a> ColumnCopy<'a> {
    /// A copy of the same type.
    ///
    /// # Errors
    /// The column, or something that hangs on it, cannot be had twice.
    pub(crate) fn new(
        request: &'a Request<'a>,
        table: TableRef<'a>,
        column: &'a Column,
        copy: Ident,
    ) -> Result<Self, Refusal> {
        let rename = format!("ALTER TABLE {} RENAME COLUMN {} TO {}", table.sql(), column.name.sql(), copy.sql());
        Ok(Self {
            request,
            table,
            column,
            data_type: column.data_type.clone(),
            collation: column.collation.clone(),
            comment: column.comment.as_deref(),
            forward: Formula::column(&column.name),
            backward: Formula::column(&copy),
            copy,
            source: Source::of(request.catalog, column),
            parts: Parts::of(request, table, column)?,
            twin: State::new(request.catalog).with([rename.as_str()]).catalog,
        })
    }

    /// The copy in another type, with the ways there and back.
    pub(crate) fn of_type(
        self,
        data_type: DataType,
        collation: Option<Box<ObjectName>>,
        (forward, backward): (Formula, Formula),
    ) -> Self {
        Self { data_type, collation, forward, backward, ..self }
    }

    /// The copy with a comment of its own.
    pub(crate) fn commented(self, comment: Option<&'a str>) -> Self {
        Self { comment, ..self }
    }

    /// Whether the application can write both by itself: the server makes no values, and a row without the old one is
    /// only refused by what can be taken off before the new release.
    pub(crate) fn is_written_by_application(&self) -> bool {
        matches!(self.source, Source::None | Source::Steady(_))
            && self.parts.primary.is_none()
            && self.parts.triggers.is_empty()
            && self.parts.foreign_keys.iter().all(|(on, _)| on.id == self.table.id)
    }

    /// The table as statements name it.
    pub(crate) fn t(&self) -> String {
        self.table.sql()
    }

    /// Triggers that keep both the same.
    pub(crate) fn sync(&self, direction: Direction) -> Option<Sync> {
        let stem = format!("{}_{}", self.table.relation.name, self.copy);
        let old = Side { column: self.column.clone(), value: self.backward.clone(), absent: self.source.absent() };
        let copy = Column {
            name: self.copy.clone(),
            data_type: self.data_type.clone(),
            collation: self.collation.clone(),
            ..self.column.clone()
        };
        let absent = match (direction, &self.source) {
            (Direction::Both, Source::Steady(sql)) => sync::Absent::Default(sql.clone()),
            _ => sync::Absent::Null,
        };
        let new = Side { column: copy, value: self.forward.clone(), absent };
        Sync::new(self.request.catalog, self.table.id, &stem, (&[old], &[new]), direction)
    }

    /// The copy beside the column, and the triggers that keep both the same; `early`: with the column's default.
    pub(crate) fn added(&self, sync: Option<&Sync>, early: bool) -> DraftStep {
        let (t, copy) = (self.t(), self.copy.sql());
        let collation = self.collation.as_ref().map(|c| format!(" COLLATE {}", c.sql())).unwrap_or_default();
        let mut sql = vec![format!("ALTER TABLE {t} ADD COLUMN {copy} {}{collation}", self.data_type)];
        sql.extend(self.source.early(self.table, &self.copy).filter(|_| early));
        sql.extend(self.comment.map(|text| format!("COMMENT ON COLUMN {t}.{copy} IS {}", literal(text))));
        let triggers = readers::triggers_for_both(self.request.catalog, self.table, &self.copy, &self.parts);
        let mut undo = Vec::new();
        if let Some(sync) = sync {
            sql.extend(sync.create());
            undo.extend(sync.drop());
        }
        sql.extend(triggers.forth);
        undo.extend(triggers.back);
        undo.push(format!("ALTER TABLE {t} DROP COLUMN {copy}"));
        let how = if sync.is_some() { " and keep both the same" } else { "" };
        DraftStep::ddl(format!("Add {copy} beside {}{how}", self.column.name.sql()), sql).undo(undo)
    }

    /// The steps that fill the copy and build for it what the column has.
    ///
    /// # Errors
    /// The table cannot be gone through in batches, or something cannot be built while writes go on.
    pub(crate) fn filled(&self, added: &DraftStep) -> Result<(Vec<DraftStep>, Built), Refusal> {
        let with_copy = State::new(self.request.catalog).with(added.sql.iter().map(String::as_str)).catalog;
        let backfill = |table: &str| Backfill::new(table).set(self.copy.sql(), self.forward.sql());
        let title = format!("Fill {} from {}", self.copy.sql(), self.forward.sql());
        let mut steps = match fill::prepared(&with_copy, &backfill(&self.t())) {
            Ok(prepared) => vec![fill::step(title, &prepared)],
            // Rows of different partitions can be at the same place: where there is no other key, each goes by itself.
            Err(_) if self.table.table.is_partitioned() => {
                let fill = |leaf: String| {
                    let prepared = fill::prepared(&with_copy, &backfill(&leaf))?;
                    Ok(fill::step(format!("{title} in {leaf}"), &prepared))
                };
                self.leaves(&with_copy).map(fill).collect::<Result<_, _>>()?
            }
            Err(refusal) => return Err(refusal),
        };
        let names = (self.column, &self.copy);
        let mut built = Builder::new(self.request, self.table, names, &self.twin).build(&self.parts)?;
        steps.append(&mut built.steps);
        Ok((steps, built))
    }

    /// The partitions of the table that hold rows.
    fn leaves<'c>(&self, catalog: &'c Catalog) -> impl Iterator<Item = String> + use<'c> {
        let partitions = catalog.descendants(self.table.id).into_iter().filter_map(|id| catalog.relation(id));
        let leaves = partitions.filter(|partition| partition.table().is_some_and(|table| !table.is_partitioned()));
        leaves.map(|leaf| leaf.object_name().sql())
    }

    /// Counts the rows in which the two do not say the same: a gate that expects 0.
    pub(crate) fn mismatches(&self) -> String {
        let copy =
            Column { data_type: self.data_type.clone(), collation: self.collation.clone(), ..self.column.clone() };
        let catalog = self.request.catalog;
        let forward = compare::differs(catalog, &copy, &self.copy.sql(), self.forward.sql());
        let backward = compare::differs(catalog, self.column, &self.column.name.sql(), self.backward.sql());
        // A new value that the old type cannot hold exactly is right all the same.
        let both = if self.forward.is_bare() { forward } else { format!("({forward}) AND ({backward})") };
        format!("SELECT count(*) FROM {} WHERE {both}", self.t())
    }

    /// What it means that some rows differ.
    pub(crate) fn unequal(&self) -> String {
        format!("rows are left in which {} does not say what {} says", self.copy.sql(), self.column.name.sql())
    }

    /// Both forms as the application sees them.
    pub(crate) fn application(&self) -> Application {
        let nullable = !self.column.not_null;
        let field = |name: &Ident, data_type: &DataType, value: &Formula| Field {
            name: name.clone(),
            data_type: data_type.clone(),
            nullable,
            value: Some(value.clone()),
        };
        let old = field(&self.column.name, &self.column.data_type, &self.backward);
        let new = field(&self.copy, &self.data_type, &self.forward);
        Application::new(self.request, self.table, vec![old], vec![new])
    }

    /// Views and policies read the copy; nothing, if there are none.
    ///
    /// # Errors
    /// A view's text does not tell which names in it are the column.
    pub(crate) fn turned(&self) -> Result<Option<DraftStep>, Refusal> {
        let names = (self.column, &self.copy);
        let turned = readers::turned(self.request.catalog, &self.twin, self.table, names, &self.parts)?;
        if turned.forth.is_empty() {
            return Ok(None);
        }
        let title = format!("Let views and policies read {}", self.copy.sql());
        Ok(Some(DraftStep::ddl(title, turned.forth).undo(turned.back)))
    }

    /// Nothing refuses a row any more in which the old column is not given.
    pub(crate) fn relaxed(&self) -> Option<DraftStep> {
        let (t, c) = (self.t(), self.column.name.sql());
        let mut sql = Vec::new();
        // Rows that were written since then have no old value yet.
        let refill = compare::differs(self.request.catalog, self.column, &c, self.backward.sql());
        let mut undo = vec![format!("UPDATE {t} SET {c} = {} WHERE {refill}", self.backward.sql())];
        if self.column.not_null {
            sql.push(format!("ALTER TABLE {t} ALTER COLUMN {c} DROP NOT NULL"));
            let named = self.not_null_constraint().filter(|_| self.request.version() >= 18);
            undo.push(match named {
                Some(name) => format!("ALTER TABLE {t} ADD CONSTRAINT {} NOT NULL {c}", name.sql()),
                None => format!("ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL"),
            });
        }
        for check in &self.parts.checks {
            let name = check.name.sql();
            let demand = self.request.catalog.constraint_sql(self.table.table, check);
            let not_valid = if check.valid || !check.enforced { "" } else { " NOT VALID" };
            sql.push(format!("ALTER TABLE {t} DROP CONSTRAINT {name}"));
            undo.push(format!("ALTER TABLE {t} ADD CONSTRAINT {name} {demand}{not_valid}"));
            undo.extend(
                check.comment.as_ref().map(|text| format!("COMMENT ON CONSTRAINT {name} ON {t} IS {}", literal(text))),
            );
        }
        if sql.is_empty() {
            return None;
        }
        Some(DraftStep::ddl(format!("Let rows be written that do not give {c}"), sql).undo(undo))
    }

    /// The name of the column's NOT NULL constraint.
    fn not_null_constraint(&self) -> Option<&Ident> {
        use crate::catalog::ConstraintKind::NotNull;
        let of_column =
            |c: &&crate::catalog::Constraint| matches!(c.kind, NotNull { column } if column == self.column.id);
        self.table.table.constraints.iter().find(of_column).map(|c| &c.name)
    }

    /// The steps that take the old column away under a copy that keeps its name.
    pub(crate) fn taken_over(&self, built: &Built, sync: Option<&Sync>, is_relaxed: bool) -> Vec<DraftStep> {
        let mut steps = built.foreign_key_steps(self.request.catalog);
        steps.extend(built.indexes.iter().flat_map(|(old, _)| self.dropped_index(old)));
        let (t, c, copy) = (self.t(), self.column.name.sql(), self.copy.sql());
        let (drop_triggers, create_triggers) = readers::triggers_of_copy(&self.twin, self.table, &self.parts);
        let mut sql: Vec<String> = sync.map(Sync::drop).unwrap_or_default();
        sql.extend(drop_triggers);
        sql.extend(self.moved_sequences(&copy));
        let keeps_default = matches!(self.source, Source::Steady(_));
        if !keeps_default {
            sql.extend(self.source.moved(self.table, &self.column.name, &self.copy, None));
        }
        if let Some((primary, index)) = &built.primary {
            let (primary, index) = (primary.sql(), index.sql());
            sql.push(format!("ALTER TABLE {t} DROP CONSTRAINT {primary}"));
            sql.push(format!("ALTER TABLE {t} ADD CONSTRAINT {primary} PRIMARY KEY USING INDEX {index}"));
            let comment = self.parts.primary.and_then(|c| c.comment.as_ref());
            sql.extend(comment.map(|text| format!("COMMENT ON CONSTRAINT {primary} ON {t} IS {}", literal(text))));
        }
        for (old, new) in &built.constraints {
            let is_dropped = is_relaxed && self.parts.checks.iter().any(|check| check.name == *old);
            if !is_dropped {
                sql.push(format!("ALTER TABLE {t} DROP CONSTRAINT {}", old.sql()));
            }
            sql.push(format!("ALTER TABLE {t} RENAME CONSTRAINT {} TO {}", new.sql(), old.sql()));
        }
        let clustered = self.clustered(built);
        sql.push(format!("ALTER TABLE {t} DROP COLUMN {c}"));
        if let (Some(new), Some(old)) = (&built.not_null, self.not_null_constraint()) {
            sql.push(format!("ALTER TABLE {t} RENAME CONSTRAINT {} TO {}", new.sql(), old.sql()));
        }
        for (old, new) in &built.indexes {
            let new = ObjectName { schema: old.schema.clone(), name: new.clone() };
            sql.push(format!("ALTER INDEX {} RENAME TO {}", new.sql(), old.name.sql()));
        }
        sql.extend(clustered);
        sql.extend(create_triggers);
        let why = format!("{c} is gone; its values are in {copy}");
        steps.push(DraftStep::ddl(format!("Drop {c}"), sql).irreversible(why));
        steps
    }

    /// Sequences that would go with the column.
    fn moved_sequences(&self, to: &str) -> Vec<String> {
        let sequences = self.parts.sequences.iter().filter(|r| r.sequence().is_some_and(|s| !s.identity));
        sequences.map(|r| format!("ALTER SEQUENCE {} OWNED BY {}.{to}", r.object_name().sql(), self.t())).collect()
    }

    fn clustered(&self, built: &Built) -> Vec<String> {
        let is_clustered = |name: &ObjectName| {
            let found = self.request.catalog.resolve(name).found();
            found.and_then(|id| self.request.catalog.index(id)).is_some_and(|index| index.clustered)
        };
        let schema = Some(self.table.relation.schema.clone());
        let backing = built.constraints.iter().map(|(old, _)| old).chain(built.primary.as_ref().map(|(old, _)| old));
        let backing = backing.map(|name| ObjectName { schema: schema.clone(), name: name.clone() });
        let names = built.indexes.iter().map(|(old, _)| old.clone()).chain(backing);
        let clustered = names.filter(is_clustered);
        clustered.map(|name| format!("ALTER TABLE {} CLUSTER ON {}", self.t(), name.name.sql())).collect()
    }

    /// The steps that drop an index without a lock.
    fn dropped_index(&self, name: &ObjectName) -> Vec<DraftStep> {
        let catalog = self.request.catalog;
        let relation = catalog.resolve(name).found().and_then(|id| catalog.relation(id));
        let index = relation.and_then(|r| Some((r, r.index()?)));
        let (n, short) = (name.sql(), name.name.sql());
        let drop = DraftStep::alone(
            format!("Drop {short}, which the copy's index replaces"),
            format!("DROP INDEX CONCURRENTLY IF EXISTS {n}"),
        );
        let Some((relation, index)) = index else { return vec![drop] };
        let create = catalog.index_sql(relation, index).replacen("INDEX ", "INDEX CONCURRENTLY ", 1);
        // The way back is one statement and cannot bring the comment too.
        let comment = relation.comment.as_ref().map(|text| {
            DraftStep::ddl(format!("Take the comment off {short}"), [format!("COMMENT ON INDEX {n} IS NULL")])
                .undo([format!("COMMENT ON INDEX {n} IS {}", literal(text))])
        });
        comment.into_iter().chain([drop.undo_alone(create)]).collect()
    }

    /// Says which functions name the column.
    pub(crate) fn noted(&self, mut draft: Draft) -> Draft {
        draft = draft.note(format!(
            "Rights that were granted on {0} alone, rather than on the table, do not come along: grant them on the column \
             that takes its place.",
            self.column.name.sql()
        ));
        let firing = readers::firing_on_update(self.table);
        if !firing.is_empty() {
            draft = draft.note(format!(
                "The triggers of {} fire for each row that is filled, as the plain change does not have them do: {}. What they \
                 write, such as the time of the last change, is written.",
                self.t(),
                firing.join(", ")
            ));
        }
        let functions = readers::functions_naming(self.request.catalog, self.table, self.column);
        for function in functions {
            draft = draft.note(format!(
                "The text of {function} names {}: replace the function, in the release before the last step, by one that \
                 names the copy; the plain change would break it as well.",
                self.column.name.sql()
            ));
        }
        draft
    }
}
