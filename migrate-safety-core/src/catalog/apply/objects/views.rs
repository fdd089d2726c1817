//! Views and materialised views.

use super::Applied;
use super::support::{is_word, wrong_kind};
use crate::catalog::{Catalog, Conflict, QueryShape, RelationId, RelationKind, Stamp, TEMP_SCHEMA, View, ViewColumn};
use crate::sql::expr::Query;
use crate::sql::operation::{CreateView, Persistence, RelationWord};
use crate::sql::{Ident, ObjectName};
use std::collections::HashMap;

/// `CREATE MATERIALIZED VIEW`.
pub(super) struct NewMaterializedView<'o> {
    pub(super) name: &'o ObjectName,
    pub(super) columns: &'o [Ident],
    pub(super) query: &'o Query,
    pub(super) sql: &'o str,
    pub(super) if_not_exists: bool,
    pub(super) with_data: bool,
}

impl Catalog {
    /// `CREATE VIEW`.
    pub(super) fn create_view(&mut self, create: &CreateView, now: Stamp, applied: &mut Applied) {
        let (mut schema, name) = self.new_name(&create.name, applied);
        let shape = self.shape(&create.query);
        let temporary = |id| self.relation(id).is_some_and(|r| r.schema == *TEMP_SCHEMA);
        // A view over a temporary table is temporary.
        let over_temporary = shape.reads.iter().any(|d| temporary(d.relation));
        let persistence = if create.temporary || over_temporary {
            if !create.temporary {
                applied.notice(format!("view \"{name}\" will be a temporary view"));
            }
            if create.name.schema.as_ref().is_some_and(|s| *s != *TEMP_SCHEMA) {
                return applied.conflict("42P16", "cannot create temporary relation in non-temporary schema");
            }
            schema = Ident::exact(TEMP_SCHEMA);
            Persistence::Temporary
        } else {
            Persistence::Permanent
        };
        applied.conflicts.extend(shape.problems.iter().cloned());
        let columns = match named_columns(&shape, &create.columns) {
            Ok(columns) => columns,
            Err(_) if shape.complete => {
                return applied.conflict("42601", "CREATE VIEW specifies more column names than columns");
            }
            Err(columns) => columns,
        };
        if let Some(problem) = column_problem(&columns, shape.complete) {
            return applied.conflicts.push(problem);
        }
        let mut view = View {
            materialized: false,
            populated: true,
            persistence,
            columns,
            complete: shape.complete,
            sql: self.bound_query(&create.sql),
            depends_on: shape.reads,
            routines: shape.routines,
            types: shape.types,
            indexes: Vec::new(),
            triggers: Vec::new(),
            rules: Vec::new(),
            rule_reads: Vec::new(),
            options: create.options.clone(),
        };
        let existing = self.relation_names.get(&(schema.clone(), name.clone())).copied();
        match existing.filter(|_| create.or_replace) {
            Some(id) => {
                // One that reads itself is no dependency (and cannot be used).
                view.depends_on.retain(|read| read.relation != id);
                let Some(relation) = self.relation(id) else { return };
                if !is_word(relation, RelationWord::View) {
                    return applied.conflicts.push(wrong_kind(&name, RelationWord::View));
                }
                if let Some(old) = relation.view() {
                    if let Some(problem) = self.replacement(old, &view) {
                        return applied.conflicts.push(problem);
                    }
                    view.triggers.clone_from(&old.triggers);
                    view.rules.clone_from(&old.rules);
                    view.rule_reads.clone_from(&old.rule_reads);
                }
                self.forget_reader(id);
                self.register_reader(id, &view);
                if let Some(relation) = self.relations.get_mut(&id) {
                    relation.kind = RelationKind::View(Box::new(view));
                    relation.unknown = false;
                }
            }
            None => {
                if let Some(clash) = self.relation_clash(&schema, &name, true) {
                    return applied.conflicts.push(clash);
                }
                self.add_view(schema, name, view, now, applied);
            }
        }
    }

    /// `CREATE MATERIALIZED VIEW`.
    pub(super) fn create_materialized_view(
        &mut self,
        create: &NewMaterializedView<'_>,
        now: Stamp,
        applied: &mut Applied,
    ) {
        let (schema, name) = self.new_name(create.name, applied);
        if let Some(clash) = self.relation_clash(&schema, &name, true) {
            let skipped = create.if_not_exists && clash.sqlstate == "42P07";
            return match skipped {
                true => applied.notice(format!("{}, skipping", clash.message)),
                false => applied.conflicts.push(clash),
            };
        }
        let shape = self.shape(create.query);
        applied.conflicts.extend(shape.problems.iter().cloned());
        let columns = match named_columns(&shape, create.columns) {
            Ok(columns) => columns,
            Err(_) if shape.complete => return applied.conflict("42601", "too many column names were specified"),
            Err(columns) => columns,
        };
        if let Some(problem) = column_problem(&columns, shape.complete) {
            return applied.conflicts.push(problem);
        }
        let view = View {
            materialized: true,
            populated: create.with_data,
            persistence: Persistence::Permanent,
            columns,
            complete: shape.complete,
            sql: self.bound_query(create.sql),
            depends_on: shape.reads,
            routines: shape.routines,
            types: shape.types,
            indexes: Vec::new(),
            triggers: Vec::new(),
            rules: Vec::new(),
            rule_reads: Vec::new(),
            options: Vec::new(),
        };
        self.add_view(schema, name, view, now, applied);
    }

    /// `REFRESH MATERIALIZED VIEW`.
    pub(super) fn refresh(&mut self, name: &ObjectName, concurrently: bool, with_data: bool, applied: &mut Applied) {
        let Some(id) = self.existing_relation(name, false, applied) else { return };
        let Some(relation) = self.relation(id) else { return };
        let view = relation.view().filter(|v| v.materialized);
        let Some(view) = view else {
            match &relation.kind {
                _ if relation.unknown => {}
                RelationKind::Table(_) => {
                    applied.conflict("0A000", format!("\"{}\" is not a materialized view", name.name));
                }
                _ => applied.conflict("42809", format!("\"{}\" is not a table or materialized view", name.name)),
            }
            return;
        };
        if concurrently && !with_data {
            return applied.conflict("42601", "CONCURRENTLY and WITH NO DATA options cannot be used together");
        }
        if concurrently && !view.populated {
            let message = "CONCURRENTLY cannot be used when the materialized view is not populated";
            return applied.conflict("0A000", message);
        }
        // It needs a unique index over plain columns that covers all rows.
        let usable = |index: &RelationId| {
            self.index(*index).is_some_and(|i| {
                i.unique && i.valid && i.predicate.is_none() && i.keys.iter().all(|k| k.column.is_some())
            })
        };
        if concurrently && !view.indexes.iter().any(usable) {
            let view = relation.qualified();
            return applied.conflict("55000", format!("cannot refresh materialized view \"{view}\" concurrently"));
        }
        if let Some(view) = self.view_mut(id) {
            view.populated = with_data;
        }
    }

    /// `ALTER VIEW | MATERIALIZED VIEW … RENAME COLUMN`.
    pub(in crate::catalog::apply) fn rename_view_column(
        &mut self,
        id: RelationId,
        column: &Ident,
        to: &Ident,
        applied: &mut Applied,
    ) {
        let Some(relation) = self.relation(id) else { return };
        let Some(view) = relation.view() else { return };
        if !view.columns.iter().any(|c| c.name == *column) {
            if view.complete {
                applied.conflict("42703", format!("column \"{column}\" does not exist"));
            }
            return;
        }
        if view.columns.iter().any(|c| c.name == *to) {
            let message = format!("column \"{to}\" of relation \"{}\" already exists", relation.name);
            return applied.conflict("42701", message);
        }
        self.rename_column_in_views(id, column, to);
        let columns = self.view_mut(id).map(|view| &mut view.columns);
        if let Some(found) = columns.into_iter().flatten().find(|c| c.name == *column) {
            found.name = to.clone();
        }
    }

    fn add_view(&mut self, schema: Ident, name: Ident, view: View, now: Stamp, applied: &mut Applied) {
        let id = self.add_relation(schema, name, RelationKind::View(Box::new(view.clone())), now);
        self.register_reader(id, &view);
        applied.created.push(id);
    }

    /// Lets the relations that a view reads know of it.
    fn register_reader(&mut self, id: RelationId, view: &View) {
        for dependency in &view.depends_on {
            self.readers.change(dependency.relation, |readers| {
                if !readers.contains(&id) {
                    readers.push(id);
                }
            });
        }
    }

    fn forget_reader(&mut self, id: RelationId) {
        let reads: Vec<RelationId> = match self.relation(id).and_then(|r| r.view()) {
            Some(view) => view.depends_on.iter().map(|d| d.relation).collect(),
            None => return,
        };
        for relation in reads {
            if let Some(readers) = self.readers.get_mut(&relation) {
                readers.retain(|reader| *reader != id);
            }
        }
    }

    /// The view of this id, to change it.
    fn view_mut(&mut self, id: RelationId) -> Option<&mut View> {
        match &mut self.relations.get_mut(&id)?.kind {
            RelationKind::View(view) => Some(view),
            _ => None,
        }
    }

    /// Why a view cannot take the place of another: it may only have more columns at the end (`checkViewColumns`).
    fn replacement(&self, old: &View, new: &View) -> Option<Conflict> {
        let refused = |message: String| Some(Conflict::new("42P16", message));
        if !old.complete || !new.complete {
            return None;
        }
        if new.columns.len() < old.columns.len() {
            return refused("cannot drop columns from view".to_owned());
        }
        for (before, after) in old.columns.iter().zip(&new.columns) {
            if before.name != after.name {
                let (before, after) = (&before.name, &after.name);
                return refused(format!("cannot change name of view column \"{before}\" to \"{after}\""));
            }
            if let (Some(from), Some(to)) = (&before.data_type, &after.data_type)
                && from != to
            {
                let (name, from, to) = (&before.name, self.shown_type(from), self.shown_type(to));
                return refused(format!("cannot change data type of view column \"{name}\" from {from} to {to}"));
            }
        }
        None
    }
}

/// The columns of a view, called as its statement says; too many names: what there is.
fn named_columns(shape: &QueryShape, names: &[Ident]) -> Result<Vec<ViewColumn>, Vec<ViewColumn>> {
    let columns = shape.columns.iter().enumerate().map(|(at, column)| ViewColumn {
        name: names.get(at).unwrap_or(&column.name).clone(),
        data_type: column.data_type.clone(),
    });
    let columns: Vec<ViewColumn> = columns.collect();
    if names.len() > columns.len() { Err(columns) } else { Ok(columns) }
}

/// A column name given twice, or a type no column can have.
fn column_problem(columns: &[ViewColumn], complete: bool) -> Option<Conflict> {
    let mut count: HashMap<&Ident, usize> = HashMap::new();
    columns.iter().for_each(|c| *count.entry(&c.name).or_default() += 1);
    let repeated = columns.iter().find(|c| complete && count.get(&c.name).is_some_and(|n| *n > 1));
    let twice = |c: &ViewColumn| Conflict::new("42701", format!("column \"{}\" specified more than once", c.name));
    let record = columns.iter().find(|c| c.data_type.as_ref().is_some_and(|t| t.is("record")));
    let record = record.map(|c| Conflict::new("42P16", format!("column \"{}\" has pseudo-type record", c.name)));
    repeated.map(twice).or(record)
}
