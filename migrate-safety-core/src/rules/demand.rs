//! What a constraint demands of the rows of a table, and the query that counts those that do not meet it.

use crate::catalog::{Catalog, ColumnId, Constraint, ConstraintKind as Kept, Index, RelationId, Table};
use crate::effects::scene::Scene;
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{ConstraintDef, ConstraintKind, CreateIndex, ForeignKeyDef, IndexElement, UniqueDef};
use crate::sql::{Ident, ObjectName};

/// What a constraint demands of the rows of a table.
#[derive(Clone, Debug)]
pub(crate) enum Demand {
    /// A condition that is false for no row, and what a row does for which it is false.
    Check(String, &'static str),
    /// A value in this column.
    NotNull(Ident),
    /// No two rows with the same key.
    Unique(Unique),
    /// A row of another table for each row.
    ForeignKey(Reference),
}

/// The key of a unique constraint or index.
#[derive(Clone, Debug)]
pub(crate) struct Unique {
    /// Its columns and expressions, as they have to be written; not those that are the same for every row.
    pub(crate) keys: Vec<String>,
    /// How NULLs count.
    nulls: Nulls,
    /// `WHERE` of a partial index.
    predicate: Option<String>,
}

/// How NULLs count in a unique key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nulls {
    /// Rows with a NULL are different from all others.
    Distinct,
    /// `NULLS NOT DISTINCT`.
    Equal,
    /// Not allowed: a primary key.
    Refused,
}

/// What a foreign key references.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    columns: Vec<Ident>,
    /// The referenced table, as it has to be written, and as it is called.
    table: String,
    pub(crate) table_name: String,
    referenced: Vec<Ident>,
    match_full: bool,
}

impl Demand {
    /// What a constraint as written demands of the table it is added to. Nothing for what no query can tell: `EXCLUDE`,
    /// periods, a key that is not known.
    pub(crate) fn added(scene: &Scene<'_>, constraint: &ConstraintDef) -> Option<Self> {
        Some(match &constraint.kind {
            ConstraintKind::Check(expression) => Self::Check(bare(expression), "violates the CHECK"),
            ConstraintKind::NotNull { column } => Self::NotNull(column.clone()),
            ConstraintKind::Unique(unique) => Self::Unique(Unique::added(scene, unique)?),
            ConstraintKind::ForeignKey(key) => Self::ForeignKey(Reference::added(scene, key)?),
            ConstraintKind::Exclude(_) => return None,
        })
    }

    /// What a unique index about to be made demands.
    pub(crate) fn index(create: &CreateIndex) -> Self {
        Self::Unique(Unique {
            keys: create.elements.iter().filter(|e| !e.expression.expr.is_constant()).map(element).collect(),
            nulls: if create.nulls_not_distinct { Nulls::Equal } else { Nulls::Distinct },
            predicate: create.predicate.as_ref().map(bare),
        })
    }

    /// What a constraint that is there demands.
    pub(crate) fn kept(catalog: &Catalog, table: &Table, constraint: &Constraint) -> Option<Self> {
        let name = |column: &ColumnId| table.column_by_id(*column).map(|column| column.name.clone());
        Some(match &constraint.kind {
            Kept::Check { expression, .. } => Self::Check(bare(expression), "violates the CHECK"),
            Kept::NotNull { column } => Self::NotNull(name(column)?),
            Kept::ForeignKey(key) => {
                let to = catalog.relation(key.table)?;
                let referenced = key.referenced.iter().map(|c| Some(catalog.column(key.table, *c)?.name.clone()));
                let referenced: Vec<Ident> = referenced.collect::<Option<_>>()?;
                (!referenced.is_empty()).then_some(())?;
                Self::ForeignKey(Reference {
                    columns: key.columns.iter().map(name).collect::<Option<_>>()?,
                    table: only(catalog, key.table, to.object_name().sql()),
                    table_name: to.qualified(),
                    referenced,
                    match_full: key.match_full,
                })
            }
            Kept::Unique { .. } | Kept::Exclude { .. } => return None,
        })
    }

    /// The query that counts what does not meet it; 0 is as it should be.
    pub(crate) fn count(&self, from: &str) -> String {
        match self {
            Self::Check(condition, _) => format!("SELECT count(*) FROM {from} WHERE NOT ({condition})"),
            Self::NotNull(column) => format!("SELECT count(*) FROM {from} WHERE {} IS NULL", column.sql()),
            Self::Unique(unique) => unique.count(from),
            Self::ForeignKey(reference) => reference.count(from),
        }
    }

    /// What a row does that does not meet it: `this fails if a row of public.users …`.
    pub(crate) fn violation(&self, table: &str) -> String {
        match self {
            Self::Check(_, does) => format!("a row of {table} {does}"),
            Self::NotNull(column) => format!("a row of {table} has NULL in {column}"),
            Self::Unique(unique) if unique.keys.is_empty() => format!("{table} has two rows"),
            Self::Unique(unique) if unique.nulls == Nulls::Refused => {
                format!("two rows of {table} have the same {}, or one has NULL in it", unique.listed())
            }
            Self::Unique(unique) => format!("two rows of {table} have the same {}", unique.listed()),
            Self::ForeignKey(reference) => {
                format!("a row of {table} references no row of {}", reference.table_name)
            }
        }
    }

    /// The columns it is about, as far as it is about plain columns.
    pub(crate) fn columns(&self) -> Vec<String> {
        match self {
            Self::Check(..) => Vec::new(),
            Self::NotNull(column) => vec![column.sql()],
            Self::Unique(unique) => unique.keys.clone(),
            Self::ForeignKey(reference) => reference.columns.iter().map(Ident::sql).collect(),
        }
    }

    /// Whether rows with NULL in a column of it meet it.
    pub(crate) fn accepts_null(&self) -> bool {
        match self {
            Self::Check(..) => true,
            Self::NotNull(_) => false,
            Self::Unique(unique) => unique.nulls == Nulls::Distinct,
            Self::ForeignKey(reference) => !reference.match_full || reference.columns.len() == 1,
        }
    }
}

impl Unique {
    fn added(scene: &Scene<'_>, unique: &UniqueDef) -> Option<Self> {
        if unique.without_overlaps {
            return None;
        }
        let nulls = match (unique.primary, unique.nulls_not_distinct) {
            (true, _) => Nulls::Refused,
            (false, true) => Nulls::Equal,
            (false, false) => Nulls::Distinct,
        };
        let keys = match &unique.using_index {
            None => unique.columns.iter().map(Ident::sql).collect(),
            Some(name) => {
                let table = scene.target()?;
                let index = scene.relation(&ObjectName::qualified(table.schema.clone(), name.clone()));
                let index: &Index = scene.catalog.index(index?)?;
                let columns = index.keys.iter().map(|key| scene.catalog.column(table.id, key.column?));
                columns.map(|column| Some(column?.name.sql())).collect::<Option<_>>()?
            }
        };
        Some(Self { keys, nulls, predicate: None })
    }

    fn listed(&self) -> String {
        match self.keys.as_slice() {
            [one] => one.strip_prefix('(').and_then(|key| key.strip_suffix(')')).unwrap_or(one).to_owned(),
            several => format!("({})", several.join(", ")),
        }
    }

    fn count(&self, from: &str) -> String {
        let group = match self.keys.as_slice() {
            [] => String::new(),
            keys => format!(" GROUP BY {}", keys.join(", ")),
        };
        let nulls =
            |word: &str, join: &str| self.keys.iter().map(|key| format!("{key} {word}")).collect::<Vec<_>>().join(join);
        let mut conditions: Vec<String> = self.predicate.iter().map(|p| format!("({p})")).collect();
        if self.nulls == Nulls::Distinct && !self.keys.is_empty() {
            conditions.push(nulls("IS NOT NULL", " AND "));
        }
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let or_null =
            if self.nulls == Nulls::Refused { format!(" OR {}", nulls("IS NULL", " OR ")) } else { String::new() };
        format!("SELECT count(*) FROM (SELECT 1 FROM {from}{filter}{group} HAVING count(*) > 1{or_null}) AS found")
    }
}

impl Reference {
    fn added(scene: &Scene<'_>, key: &ForeignKeyDef) -> Option<Self> {
        if key.period {
            return None;
        }
        let to = scene.catalog.relation(scene.relation(&key.table)?)?;
        let referenced = if key.referenced.is_empty() { primary_key(to.table()?)? } else { key.referenced.clone() };
        Some(Self {
            columns: key.columns.clone(),
            table: only(scene.catalog, to.id, to.object_name().sql()),
            table_name: to.qualified(),
            referenced,
            match_full: key.match_full,
        })
    }

    fn count(&self, from: &str) -> String {
        let pairs = self.columns.iter().zip(&self.referenced);
        let same: Vec<String> = pairs.map(|(a, b)| format!("parent.{} = child.{}", b.sql(), a.sql())).collect();
        let given: Vec<String> = self.columns.iter().map(|c| format!("child.{} IS NOT NULL", c.sql())).collect();
        // MATCH FULL: all of the key or nothing of it.
        let given = match (self.match_full, given.as_slice()) {
            (true, [_, _, ..]) => format!("({})", given.join(" OR ")),
            _ => given.join(" AND "),
        };
        format!(
            "SELECT count(*) FROM {from} AS child WHERE {given} AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {})",
            self.table,
            same.join(" AND ")
        )
    }
}

/// A table as it has to be written in a query about a constraint that does not look below it.
pub(crate) fn only(catalog: &Catalog, id: RelationId, name: String) -> String {
    let inherited = catalog.table(id).is_some_and(|table| !table.is_partitioned() && !table.children.is_empty());
    if inherited { format!("ONLY {name}") } else { name }
}

fn primary_key(table: &Table) -> Option<Vec<Ident>> {
    let Kept::Unique { columns, .. } = &table.primary_key()?.kind else { return None };
    columns.iter().map(|column| Some(table.column_by_id(*column)?.name.clone())).collect()
}

/// An element of an index as `GROUP BY` takes it.
fn element(element: &IndexElement) -> String {
    let key = match &element.expression.expr {
        Expr::Column { name, .. } => name.sql(),
        _ => format!("({})", bare(&element.expression)),
    };
    match &element.collation {
        Some(collation) => format!("{key} COLLATE {}", collation.sql()),
        None => key,
    }
}

fn bare(expression: &Expression) -> String {
    let sql = expression.sql.trim();
    // A comment must not swallow what follows it.
    if sql.contains("--") { format!("{sql}\n") } else { sql.to_owned() }
}
