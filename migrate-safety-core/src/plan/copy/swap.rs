//! A copy of another type takes the name of its column, and the column goes on under a name of its own, kept up to date
//! for the way back.

use super::build::Built;
use super::defaults::Source;
use super::inverse::{self, Return};
use super::sync::{Absent, Direction, Side, Sync};
use super::{ColumnCopy, Formula};
use crate::catalog::{Catalog, Column, Constraint, ConstraintKind, Relation};
use crate::plan::draft::DraftStep;
use crate::plan::error::Refusal;
use crate::plan::names;
use crate::sql::name::literal;
use crate::sql::{Ident, ObjectName};

/// How a copy takes its column's name.
#[derive(Debug)]
pub(crate) struct Swap {
    /// Keeps the copy up to date before.
    pub(crate) forward: Option<Sync>,
    /// Keeps the column up to date after.
    reverse: Option<Sync>,
    /// The default in the new type.
    default: Option<String>,
    kept: Return,
}

impl ColumnCopy<'_> {
    /// The swap, for a column that the plain change leaves as `after`.
    ///
    /// # Errors
    /// There would be no way back.
    pub(crate) fn swap(&self, after: &Column) -> Result<Swap, Refusal> {
        let catalog = self.request.catalog;
        let kept = inverse::of_cast(catalog, &self.column.data_type, &self.data_type);
        let is_unique = self.parts.primary.is_some() || !self.parts.uniques.is_empty();
        let indexes = self.parts.indexes.iter().filter_map(|r| r.index());
        if kept == Return::Lossy && (is_unique || indexes.clone().any(|index| index.unique)) {
            return Err(Refusal::new(
                format!(
                    "{} is unique, and two values of type {} can become the same in type {}: the old column could not \
                     be kept for the way back",
                    self.column.name.sql(),
                    self.data_type,
                    self.column.data_type
                ),
                "add a column of the new type under a new name, and drop the old one",
            ));
        }
        let stem = format!("{}_{}", self.table.relation.name, self.column.name);
        let c = &self.column.name;
        let new = Side {
            column: Column { name: c.clone(), ..after.clone() },
            value: self.forward.clone(),
            absent: Absent::Unknown,
        };
        let old = Side {
            column: Column { name: self.copy.clone(), ..self.column.clone() },
            value: self.backward.renamed(&self.copy, c),
            absent: Absent::Unknown,
        };
        let direction = if kept == Return::Exact { Direction::Forward } else { Direction::ForwardOrNull };
        Ok(Swap {
            forward: self.sync(Direction::Forward),
            reverse: Sync::new(catalog, self.table.id, &format!("{stem}_back"), (&[new], &[old]), direction),
            default: self.request.after.default_sql(after),
            kept,
        })
    }

    /// The steps of the swap: what hangs on the column is left to the copy, then the names change.
    pub(crate) fn swapped(&self, swap: &Swap, built: &Built) -> Vec<DraftStep> {
        let mut steps = built.foreign_key_steps(self.request.catalog);
        if let Some(primary) = self.parts.primary {
            steps.extend(self.spare_index(primary, self.request.catalog, Self::OF_OLD));
            if self.references_to(primary).next().is_some() {
                steps.extend(self.spare_index(primary, &self.twin, Self::OF_COPY));
            }
            steps.extend(self.references_to(primary).filter(|(_, key)| key.valid && key.enforced).map(|(on, key)| {
                let validate = format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", on.object_name().sql(), key.name.sql());
                let title = format!(
                    "Make sure of {}, which is valid; on the way back it has to be proved anew",
                    key.name.sql()
                );
                DraftStep::verify(title, validate.clone()).undo([validate])
            }));
        }
        let mut there = Vec::new();
        let mut back = Vec::new();
        for (forth, undo) in self.exchanges(swap, built) {
            there.extend(forth);
            back.splice(0..0, undo);
        }
        let c = self.column.name.sql();
        let title = format!("Give the name {c} to the column of type {}", self.data_type);
        let meaning = self.unequal();
        steps.push(DraftStep::ddl(title, there).undo(back).gate(self.unfilled(), "0", meaning));
        steps
    }

    /// What is done in the one transaction of the swap, each with what undoes it.
    fn exchanges(&self, swap: &Swap, built: &Built) -> Vec<(Vec<String>, Vec<String>)> {
        let (t, c, copy) = (self.t(), &self.column.name, &self.copy);
        let alter = |action: String| format!("ALTER TABLE {t} {action}");
        let mut exchanges = Vec::new();
        if let Some(forward) = &swap.forward {
            exchanges.push((forward.drop(), forward.create()));
        }
        exchanges.push((self.moved_sequences(&copy.sql()), self.moved_sequences(&c.sql())));
        let default = swap.default.as_deref();
        exchanges.push(match (&self.source, default) {
            (Source::Steady(sql) | Source::Volatile(sql), Some(_)) => (
                self.source.moved(self.table, c, copy, default),
                vec![
                    alter(format!("ALTER COLUMN {} DROP DEFAULT", copy.sql())),
                    alter(format!("ALTER COLUMN {} SET DEFAULT {sql}", c.sql())),
                ],
            ),
            (Source::Steady(sql) | Source::Volatile(sql), None) => (
                vec![alter(format!("ALTER COLUMN {} DROP DEFAULT", c.sql()))],
                vec![alter(format!("ALTER COLUMN {} SET DEFAULT {sql}", c.sql()))],
            ),
            (Source::None, Some(default)) => (
                vec![alter(format!("ALTER COLUMN {} SET DEFAULT {default}", copy.sql()))],
                vec![alter(format!("ALTER COLUMN {} DROP DEFAULT", copy.sql()))],
            ),
            (source, _) => (source.moved(self.table, c, copy, None), source.moved(self.table, copy, c, None)),
        });
        if let (Some((_, index)), Some(primary)) = (&built.primary, self.parts.primary) {
            exchanges.push(self.exchanged_key(primary, index));
        }
        if self.column.not_null && swap.kept != Return::Exact {
            exchanges.push((
                vec![alter(format!("ALTER COLUMN {} DROP NOT NULL", c.sql()))],
                vec![match self.not_null_constraint().filter(|_| self.request.version() >= 18) {
                    Some(name) => alter(format!("ADD CONSTRAINT {} NOT NULL {}", name.sql(), c.sql())),
                    None => alter(format!("ALTER COLUMN {} SET NOT NULL", c.sql())),
                }],
            ));
        }
        let not_null = self.not_null_constraint().zip(built.not_null.as_ref());
        if let Some((old, new)) = not_null {
            exchanges.push(match swap.kept {
                Return::Exact => self.exchanged_constraints(old, new),
                _ => (
                    vec![alter(format!("RENAME CONSTRAINT {} TO {}", new.sql(), old.sql()))],
                    vec![alter(format!("RENAME CONSTRAINT {} TO {}", old.sql(), new.sql()))],
                ),
            });
        }
        exchanges.extend(built.constraints.iter().map(|(old, new)| self.exchanged_constraints(old, new)));
        for (old, new) in &built.indexes {
            let in_schema = |name: &Ident| ObjectName { schema: old.schema.clone(), name: name.clone() }.sql();
            let rename = |from: &Ident, to: &Ident| format!("ALTER INDEX {} RENAME TO {}", in_schema(from), to.sql());
            let aside = self.former_name(&old.name);
            exchanges.push((
                vec![rename(&old.name, &aside), rename(new, &old.name)],
                vec![rename(&old.name, new), rename(&aside, &old.name)],
            ));
        }
        let rename = |from: &Ident, to: &Ident| alter(format!("RENAME COLUMN {} TO {}", from.sql(), to.sql()));
        let aside = names::fresh(c, "_swap", |name| self.table.table.column(name).is_none());
        let places = vec![rename(c, &aside), rename(copy, c), rename(&aside, copy)];
        exchanges.push((places.clone(), places));
        let renewed = super::readers::renewed_functions(self.request.catalog, self.table);
        exchanges.push((renewed.clone(), renewed));
        let clustered = self.clustered(built);
        exchanges.push((clustered.clone(), Vec::new()));
        if let Some(reverse) = &swap.reverse {
            exchanges.push((reverse.create(), reverse.drop()));
        }
        // What was clustered by an index is so again once that has its name back.
        exchanges.insert(0, (Vec::new(), clustered));
        exchanges
    }

    /// What an index or a constraint of the column is called after the swap; where it is over other columns too, these may
    /// be swapped in the same plan.
    fn former_name(&self, name: &Ident) -> Ident {
        let catalog = self.request.catalog;
        let relation = ObjectName { schema: Some(self.table.relation.schema.clone()), name: name.clone() };
        let index = catalog.resolve(&relation).found().and_then(|id| catalog.index(id));
        let keys =
            index.into_iter().flat_map(|index| index.keys.iter().flat_map(|key| &key.columns).chain(&index.include));
        let check = self.table.table.constraint(name).and_then(|constraint| match &constraint.kind {
            ConstraintKind::Check { columns, .. } => Some(columns),
            _ => None,
        });
        let is_shared = keys.chain(check.into_iter().flatten()).any(|column| *column != self.column.id);
        let ending = if is_shared { format!("_{}_old", self.column.name) } else { "_old".to_owned() };
        names::fresh(name, &ending, |_| true)
    }

    fn exchanged_constraints(&self, old: &Ident, new: &Ident) -> (Vec<String>, Vec<String>) {
        let rename = |from: &Ident, to: &Ident| {
            format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", self.t(), from.sql(), to.sql())
        };
        let aside = self.former_name(old);
        (vec![rename(old, &aside), rename(new, old)], vec![rename(old, new), rename(&aside, old)])
    }

    /// The primary key goes over to the copy's unique index, and back to the spare one of the column. The foreign keys
    /// that reference the copy rely on its index by then: on the way back they are taken off and made again.
    fn exchanged_key(&self, primary: &Constraint, index: &Ident) -> (Vec<String>, Vec<String>) {
        let (t, name) = (self.t(), primary.name.sql());
        let key = |index: &Ident| {
            let comment = primary.comment.as_ref();
            let comment = comment.map(|text| format!("COMMENT ON CONSTRAINT {name} ON {t} IS {}", literal(text)));
            let add = format!("ALTER TABLE {t} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {}", index.sql());
            std::iter::once(add).chain(comment)
        };
        let drop = format!("ALTER TABLE {t} DROP CONSTRAINT {name}");
        let forth = std::iter::once(drop.clone()).chain(key(index)).collect();
        let mut back: Vec<String> = self
            .references_to(primary)
            .map(|(on, key)| format!("ALTER TABLE {} DROP CONSTRAINT {}", on.object_name().sql(), key.name.sql()))
            .collect();
        back.push(drop);
        back.extend(key(&self.spare_name(&primary.name, Self::OF_OLD)));
        for (at, (on, key)) in self.references_to(primary).enumerate() {
            if at == 0 {
                let spare = self.spare_name(&primary.name, Self::OF_COPY);
                let schema = Some(self.table.relation.schema.clone());
                let spare = ObjectName { schema, name: spare }.sql();
                back.push(format!("ALTER INDEX {spare} RENAME TO {}", index.sql()));
            }
            let twin = self.twin.relation(on.id).and_then(|r| Some((r.table()?, self.twin.constraint(on.id, key.id)?)));
            let demand = twin.map(|(table, key)| self.twin.constraint_sql(table, key)).unwrap_or_default();
            let not_valid = if key.enforced { " NOT VALID" } else { "" };
            let on = on.object_name().sql();
            back.push(format!("ALTER TABLE {on} ADD CONSTRAINT {} {demand}{not_valid}", key.name.sql()));
        }
        (forth, back)
    }

    /// The foreign keys that rely on the primary key.
    fn references_to(&self, primary: &Constraint) -> impl Iterator<Item = (&Relation, &Constraint)> {
        let index = primary.index();
        self.parts.foreign_keys.iter().copied().filter(move |(_, constraint)| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => key.table == self.table.id && key.index == index,
            _ => false,
        })
    }

    /// Endings of the names of spare indexes.
    const OF_OLD: &'static str = "_old";
    const OF_COPY: &'static str = "_spare";

    /// A second index like that of the primary key, of the column or of the copy: with it keys can be given back without
    /// being built.
    fn spare_index(&self, primary: &Constraint, catalog: &Catalog, ending: &str) -> Option<DraftStep> {
        let relation = catalog.relation(primary.index()?)?;
        let spare = Relation { name: self.spare_name(&primary.name, ending), ..relation.clone() };
        let sql = catalog.index_sql(&spare, relation.index()?).replacen("INDEX ", "INDEX CONCURRENTLY ", 1);
        let title = format!("Build {}, which the way back needs", spare.name.sql());
        let undo = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", spare.object_name().sql());
        Some(DraftStep::alone(title, sql).undo_alone(undo))
    }

    fn spare_name(&self, primary: &Ident, ending: &str) -> Ident {
        names::relation(self.request.catalog, &self.table.relation.schema, primary, ending)
    }

    /// The steps that drop the old column after the swap.
    pub(crate) fn dropped(&self, swap: &Swap, built: &Built) -> Vec<DraftStep> {
        let schema = &self.table.relation.schema;
        let aside = built.indexes.iter().map(|(old, _)| self.former_name(&old.name));
        let spares = self.parts.primary.map(|primary| {
            let is_referenced = self.references_to(primary).next().is_some();
            let endings = [Some(Self::OF_OLD), is_referenced.then_some(Self::OF_COPY)];
            endings.into_iter().flatten().map(|ending| self.spare_name(&primary.name, ending))
        });
        let mut steps = Vec::new();
        for name in aside.chain(spares.into_iter().flatten()) {
            let n = ObjectName { schema: Some(schema.clone()), name: name.clone() };
            steps.push(self.dropped_former_index(&n));
        }
        let mut sql = swap.reverse.as_ref().map(Sync::drop).unwrap_or_default();
        sql.push(format!("ALTER TABLE {} DROP COLUMN {}", self.t(), self.copy.sql()));
        let why = format!("the values of type {} are gone", self.column.data_type);
        steps.push(
            DraftStep::ddl(format!("Drop {}, which holds the old values", self.copy.sql()), sql).irreversible(why),
        );
        steps
    }

    fn dropped_former_index(&self, name: &ObjectName) -> DraftStep {
        let drop = DraftStep::alone(
            format!("Drop {}", name.name.sql()),
            format!("DROP INDEX CONCURRENTLY IF EXISTS {}", name.sql()),
        );
        drop.irreversible(format!("{} no longer has what {} had", self.copy.sql(), self.column.name.sql()))
    }

    /// Counts the rows whose copy is not filled: a gate that expects 0.
    pub(crate) fn unfilled(&self) -> String {
        let copy =
            Column { data_type: self.data_type.clone(), collation: self.collation.clone(), ..self.column.clone() };
        let differs = super::compare::differs(self.request.catalog, &copy, &self.copy.sql(), self.forward.sql());
        format!("SELECT count(*) FROM {} WHERE {differs}", self.t())
    }

    /// SQL of a release that works before and after the swap.
    pub(crate) fn casting_code(&self) -> String {
        let (t, c) = (self.t(), self.column.name.sql());
        let (to, to_type) = (&self.data_type, literal(&self.data_type.to_string()));
        let is_cast = self.forward.sql() == Formula::cast(&self.column.name, to).sql();
        let key = literal(&self.column.name);
        let read = if is_cast {
            format!("{c}::{to}")
        } else {
            format!("CASE pg_typeof({c}) WHEN {to_type}::regtype THEN {c}::{to} ELSE {} END", self.forward.sql())
        };
        let value = if is_cast {
            format!("$1::{to}")
        } else {
            let before =
                format!("(SELECT {} FROM (SELECT $1::{to} AS {}) AS given)", self.backward.sql(), self.copy.sql());
            format!(
                "CASE pg_typeof((NULL::{t}).{c}) WHEN {to_type}::regtype THEN to_jsonb($1::{to}) ELSE to_jsonb({before}) END"
            )
        };
        format!(
            "// Reads {c} in its new type, whichever type it has.\n\
             const READ: &str = {:?};\n\
             // Writes a value of the new type ($1) into {c}, whichever type that has: SET {c} = this, or VALUES (this).\n\
             const WRITE: &str = {:?};\n",
            read,
            format!("(jsonb_populate_record(NULL::{t}, jsonb_build_object({key}, {value}))).{c}")
        )
    }
}
