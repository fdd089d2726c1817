//! Building for the copy what the column has, without a lock that anybody feels, and giving it the old names at the end.

use super::parts::Parts;
use crate::catalog::{Catalog, Column, Constraint, Relation, RelationId, Table};
use crate::plan::draft::DraftStep;
use crate::plan::error::Refusal;
use crate::plan::names;
use crate::plan::request::{Request, TableRef};
use crate::sql::name::literal;
use crate::sql::{Ident, ObjectName};
use std::collections::BTreeSet;

/// What is built for the copy.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// Steps that build it.
    pub(super) steps: Vec<DraftStep>,
    /// Indexes: of the old column, and of the copy.
    pub(super) indexes: Vec<(ObjectName, Ident)>,
    /// Constraints of the table, foreign keys apart: old, new.
    pub(super) constraints: Vec<(Ident, Ident)>,
    /// The primary key, and the unique index of the copy that takes its place.
    pub(super) primary: Option<(Ident, Ident)>,
    /// Foreign keys: the table they stand on, old, new.
    pub(super) foreign_keys: Vec<(String, Ident, Ident)>,
    /// The NOT NULL constraint of the copy (PostgreSQL 18).
    pub(super) not_null: Option<Ident>,
}

/// Builds for the copy what the column has.
pub(super) struct Builder<'b> {
    request: &'b Request<'b>,
    table: TableRef<'b>,
    column: &'b Column,
    copy: &'b Ident,
    /// The schema in which the column is the copy.
    twin: &'b Catalog,
    built: Built,
    taken: BTreeSet<Ident>,
}

impl<'b> Builder<'b> {
    pub(super) fn new(
        request: &'b Request<'b>,
        table: TableRef<'b>,
        (column, copy): (&'b Column, &'b Ident),
        twin: &'b Catalog,
    ) -> Self {
        Self { request, table, column, copy, twin, built: Built::default(), taken: BTreeSet::new() }
    }

    /// Builds everything.
    ///
    /// # Errors
    /// Something cannot be built while writes go on.
    pub(super) fn build(mut self, parts: &Parts<'_>) -> Result<Built, Refusal> {
        for index in &parts.indexes {
            let name = self.index(index)?;
            self.built.indexes.push((index.object_name(), name));
        }
        for unique in &parts.uniques {
            let name = self.unique_index(unique)?;
            self.unique(unique, &name);
            self.built.constraints.push((unique.name.clone(), name));
        }
        if let Some(primary) = parts.primary {
            let name = self.unique_index(primary)?;
            self.built.primary = Some((primary.name.clone(), name));
        }
        for check in &parts.checks {
            self.check(check)?;
        }
        if self.column.not_null {
            self.not_null();
        }
        for (on, key) in &parts.foreign_keys {
            self.foreign_key(on, key)?;
        }
        Ok(self.built)
    }

    fn t(&self) -> String {
        self.table.sql()
    }

    fn table_of_twin(&self) -> Option<&'b Table> {
        self.twin.table(self.table.id)
    }

    /// A name for the time in which both are there.
    fn name(&mut self, like: &Ident) -> Ident {
        let (catalog, schema, taken) = (self.request.catalog, &self.table.relation.schema, &self.taken);
        let name = names::fresh(like, "_new", |name| {
            let relation = ObjectName { schema: Some(schema.clone()), name: name.clone() };
            let is_constraint = catalog.constraint_names.contains_key(name);
            !taken.contains(name) && !is_constraint && catalog.resolve(&relation).found().is_none()
        });
        self.taken.insert(name.clone());
        name
    }

    fn index(&mut self, of: &Relation) -> Result<Ident, Refusal> {
        if self.table.table.is_partitioned() {
            return Err(partitioned(&format!("index {}", of.name.sql())));
        }
        let name = self.name(&of.name);
        let Some((twin, index)) = self.twin.relation(of.id).and_then(|r| Some((r, r.index()?))) else {
            return Ok(name);
        };
        let named = Relation { name: name.clone(), ..twin.clone() };
        let sql = self.twin.index_sql(&named, index).replacen("INDEX ", "INDEX CONCURRENTLY ", 1);
        let full = named.object_name().sql();
        self.built.steps.push(
            DraftStep::alone(format!("Build {} for {}", name.sql(), self.copy.sql()), sql)
                .undo_alone(format!("DROP INDEX CONCURRENTLY IF EXISTS {full}")),
        );
        if let Some(comment) = &of.comment {
            let sql = format!("COMMENT ON INDEX {full} IS {}", literal(comment));
            self.built
                .steps
                .push(DraftStep::ddl(format!("Carry the comment over to {}", name.sql()), [sql]).rollback_nothing());
        }
        Ok(name)
    }

    fn unique_index(&mut self, constraint: &Constraint) -> Result<Ident, Refusal> {
        let index = constraint.index().and_then(|id| self.request.catalog.relation(id));
        match index {
            Some(index) => self.index(index),
            None => Err(Refusal::new(
                format!("the index of {} is not known", constraint.name.sql()),
                "plan against a live catalog",
            )),
        }
    }

    fn unique(&mut self, constraint: &Constraint, name: &Ident) {
        let (t, n) = (self.t(), name.sql());
        let deferrable = match (constraint.deferrable, constraint.initially_deferred) {
            (_, true) => " DEFERRABLE INITIALLY DEFERRED",
            (true, false) => " DEFERRABLE",
            _ => "",
        };
        let add = format!("ALTER TABLE {t} ADD CONSTRAINT {n} UNIQUE USING INDEX {n}{deferrable}");
        let sql = std::iter::once(add).chain(comment(&t, name, constraint));
        self.built.steps.push(
            DraftStep::ddl(format!("Make that index the constraint {n}"), sql)
                .undo([format!("ALTER TABLE {t} DROP CONSTRAINT {n}")]),
        );
    }

    fn check(&mut self, check: &Constraint) -> Result<(), Refusal> {
        let Some((table, twin)) = self.table_of_twin().zip(self.twin.constraint(self.table.id, check.id)) else {
            return Err(Refusal::new(format!("{} is not known", check.name.sql()), "plan against a live catalog"));
        };
        let (t, name) = (self.t(), self.name(&check.name));
        let not_valid = if check.enforced { " NOT VALID" } else { "" };
        let demand = self.twin.constraint_sql(table, twin);
        let add = format!("ALTER TABLE {t} ADD CONSTRAINT {} {demand}{not_valid}", name.sql());
        self.added(&t, &name, add, check);
        self.built.constraints.push((check.name.clone(), name));
        Ok(())
    }

    fn foreign_key(&mut self, on: &Relation, key: &Constraint) -> Result<(), Refusal> {
        let twin = self.twin.relation(on.id).and_then(|r| Some((r.table()?, self.twin.constraint(on.id, key.id)?)));
        let Some((table, twin)) = twin else {
            return Err(Refusal::new(format!("{} is not known", key.name.sql()), "plan against a live catalog"));
        };
        let crosses_partitions = |id: RelationId| {
            self.request.catalog.table(id).is_some_and(|t| t.is_partitioned() || t.partition_of.is_some())
        };
        if crosses_partitions(on.id) || crosses_partitions(self.table.id) || key.parent.is_some() {
            return Err(partitioned(&format!("foreign key {}", key.name.sql())));
        }
        let (t, name) = (on.object_name().sql(), self.name(&key.name));
        let not_valid = if key.enforced { " NOT VALID" } else { "" };
        let demand = self.twin.constraint_sql(table, twin);
        let add = format!("ALTER TABLE {t} ADD CONSTRAINT {} {demand}{not_valid}", name.sql());
        self.added(&t, &name, add, key);
        self.built.foreign_keys.push((t, key.name.clone(), name));
        Ok(())
    }

    /// A constraint in two steps: new rows are held to it, then existing ones are read.
    fn added(&mut self, t: &str, name: &Ident, add: String, like: &Constraint) {
        let n = name.sql();
        let sql = std::iter::once(add).chain(comment(t, name, like));
        self.built.steps.push(
            DraftStep::ddl(format!("Hold new rows to {n}"), sql).undo([format!("ALTER TABLE {t} DROP CONSTRAINT {n}")]),
        );
        if like.valid && like.enforced {
            let sql = format!("ALTER TABLE {t} VALIDATE CONSTRAINT {n}");
            self.built.steps.push(DraftStep::verify(format!("Prove {n} for existing rows"), sql));
        }
    }

    fn not_null(&mut self) {
        let (t, c) = (self.t(), self.copy.sql());
        let stem = Ident::exact(&format!("{}_{}_not_null", self.table.relation.name, self.copy));
        let name = self.name(&stem);
        let n = name.sql();
        let drop = format!("ALTER TABLE {t} DROP CONSTRAINT {n}");
        let add = |demand: &str| {
            DraftStep::ddl(
                format!("Refuse new NULLs in {c}"),
                [format!("ALTER TABLE {t} ADD CONSTRAINT {n} {demand} NOT VALID")],
            )
            .undo([drop.clone()])
        };
        let validate = || {
            DraftStep::verify(
                format!("Prove that {c} holds no NULL"),
                format!("ALTER TABLE {t} VALIDATE CONSTRAINT {n}"),
            )
        };
        if self.request.version() >= 18 {
            self.built.steps.extend([add(&format!("NOT NULL {c}")), validate()]);
            self.built.not_null = Some(name);
            return;
        }
        let check = format!("CHECK ({c} IS NOT NULL)");
        let set = DraftStep::ddl(
            format!("Make {c} NOT NULL by that proof, without reading the table"),
            [format!("ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL"), drop.clone()],
        )
        .undo([
            format!("ALTER TABLE {t} ADD CONSTRAINT {n} {check} NOT VALID"),
            format!("ALTER TABLE {t} ALTER COLUMN {c} DROP NOT NULL"),
        ]);
        self.built.steps.extend([add(&check), validate(), set]);
    }
}

impl Built {
    /// The old foreign keys go, the new ones take their names: a step for each, before anything else goes.
    pub(super) fn foreign_key_steps(&self, catalog: &Catalog) -> Vec<DraftStep> {
        let step = |(t, old, new): &(String, Ident, Ident)| {
            let definition = catalog.relations().filter(|r| r.object_name().sql() == *t).find_map(|r| {
                let table = r.table()?;
                Some((catalog.constraint_sql(table, table.constraint(old)?), table.constraint(old)?))
            });
            let step = DraftStep::ddl(
                format!("Leave {} to the copy", old.sql()),
                [
                    format!("ALTER TABLE {t} DROP CONSTRAINT {}", old.sql()),
                    format!("ALTER TABLE {t} RENAME CONSTRAINT {} TO {}", new.sql(), old.sql()),
                ],
            );
            match definition {
                Some((demand, constraint)) => {
                    let name = old.sql();
                    let not_valid = if constraint.enforced { " NOT VALID" } else { "" };
                    let mut undo = vec![
                        format!("ALTER TABLE {t} RENAME CONSTRAINT {name} TO {}", new.sql()),
                        format!("ALTER TABLE {t} ADD CONSTRAINT {name} {demand}{not_valid}"),
                    ];
                    if constraint.valid && constraint.enforced {
                        undo.push(format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}"));
                    }
                    undo.extend(comment(t, old, constraint));
                    step.undo(undo)
                }
                None => step,
            }
        };
        self.foreign_keys.iter().map(step).collect()
    }
}

fn comment(table: &str, name: &Ident, like: &Constraint) -> Option<String> {
    let text = like.comment.as_ref()?;
    Some(format!("COMMENT ON CONSTRAINT {} ON {table} IS {}", name.sql(), literal(text)))
}

fn partitioned(what: &str) -> Refusal {
    Refusal::new(
        format!("{what} stands on a partitioned table, where it can only be built partition by partition"),
        "drop it before and build it after the change, each by a plan of its own",
    )
}
