//! A description held against a schema.

use super::error::{InvalidBackfill, Warning};
use super::expression::{self, column_name, is_projection, known, steadiness, table_name};
use super::key::Key;
use super::mention::{Mention, mention};
use super::prepared::{CopyTarget, Gone, Prepared, SetColumn};
use super::spec::{Assignment, Backfill, FillMode, Work};
use crate::catalog::{Catalog, Column, Relation, RelationId, RelationKind, Resolved, Table, TypeDefKind, UNKNOWN_TYPE};
use crate::dialect::Dialect;
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{FiringState, Persistence};
use crate::sql::{DataType, Ident};

pub(super) fn prepare(backfill: &Backfill, catalog: &Catalog) -> Result<Prepared, InvalidBackfill> {
    if catalog.target().dialect != Dialect::Postgres {
        return Err(InvalidBackfill::Dialect(catalog.target().to_string()));
    }
    let source = Place::find(catalog, &backfill.table)?;
    let (target, assignments) = match &backfill.work {
        Work::Update(assignments) => (source, assignments),
        Work::Copy { into, columns } => (Place::find(catalog, into)?, columns),
        Work::Delete { columns, .. } => (source, columns),
    };
    let gone = match &backfill.work {
        Work::Delete { archive, columns } => Some(source.gone(archive.as_deref(), columns)?),
        _ => None,
    };
    if assignments.is_empty() && gone.is_none() {
        return Err(InvalidBackfill::NothingToDo);
    }
    let key = Key::choose(catalog, source.relation, source.table, &backfill.key)?;
    let mut warnings = Vec::new();
    let mut columns: Vec<SetColumn> = Vec::new();
    for assignment in assignments {
        let column = target.set_column(source, assignment, &mut warnings)?;
        if columns.iter().any(|other| other.name == column.name) {
            return Err(InvalidBackfill::SetTwice(column.name.to_string()));
        }
        columns.push(column);
    }
    let only = backfill.only.as_deref().map(|text| source.condition(text, &mut warnings)).transpose()?;
    let copy = match &backfill.work {
        Work::Copy { .. } => Some(target.copy_target(&columns)?),
        Work::Update(_) => {
            source.updates(&key, &columns, only.as_ref())?;
            None
        }
        Work::Delete { .. } => None,
    };
    if key.by_place {
        warnings.push(Warning::ByPlace(source.name()));
    }
    warnings.extend(target.triggers(&backfill.work));
    if copy.is_none() && gone.is_none() {
        warnings.extend(target.indexed(&columns));
    }
    Ok(Prepared {
        backfill: backfill.clone(),
        table: source.relation.object_name(),
        has_heirs: source.has_heirs(),
        key,
        columns,
        only,
        copy,
        gone,
        warnings,
        #[cfg(feature = "live")]
        server: catalog.target().version,
    })
}

/// A table of the catalog.
#[derive(Clone, Copy)]
struct Place<'c> {
    catalog: &'c Catalog,
    id: RelationId,
    relation: &'c Relation,
    table: &'c Table,
}

impl<'c> Place<'c> {
    fn find(catalog: &'c Catalog, text: &str) -> Result<Self, InvalidBackfill> {
        let name = table_name(catalog, text)?;
        let id = match catalog.resolve(&name) {
            Resolved::Found(id) => id,
            Resolved::Missing => return Err(InvalidBackfill::NoTable(name.to_string())),
            Resolved::Unknown => return Err(InvalidBackfill::UnknownTable(name.to_string())),
            Resolved::System => {
                return Err(not_a_table(name.to_string(), "a relation of the server itself", "tables of your own"));
            }
        };
        let relation = catalog.relation(id).ok_or_else(|| InvalidBackfill::NoTable(name.to_string()))?;
        if relation.unknown {
            return Err(InvalidBackfill::UnknownTable(relation.qualified()));
        }
        let what = match &relation.kind {
            RelationKind::Table(table) if table.foreign => "a foreign table",
            RelationKind::Table(table) if table.persistence == Persistence::Temporary => "a temporary table",
            RelationKind::Table(table) => return Ok(Self { catalog, id, relation, table }),
            RelationKind::View(view) => {
                let what = if view.materialized { "a materialized view" } else { "a view" };
                let read = view.depends_on.iter().filter_map(|d| catalog.relation(d.relation));
                let read: Vec<String> = read.map(Relation::qualified).collect();
                let remedy = if read.is_empty() { "the table it reads".into() } else { read.join(" or ") };
                return Err(not_a_table(relation.qualified(), what, &remedy));
            }
            RelationKind::Index(_) => "an index",
            RelationKind::Sequence(_) => "a sequence",
            RelationKind::Composite => "a composite type",
        };
        Err(not_a_table(relation.qualified(), what, "an ordinary or partitioned table"))
    }

    fn name(self) -> String {
        self.relation.qualified()
    }

    /// Tables that inherit from it without being its partitions.
    fn has_heirs(self) -> bool {
        !self.table.is_partitioned() && !self.table.children.is_empty()
    }

    /// A column of this table that gets its value from a row of `source`.
    fn set_column(
        self,
        source: Self,
        assignment: &Assignment,
        warnings: &mut Vec<Warning>,
    ) -> Result<SetColumn, InvalidBackfill> {
        let catalog = self.catalog;
        let name = column_name(catalog, self.table, &self.name(), &assignment.column)?;
        let value = expression::expression(catalog, &assignment.value)?;
        known(catalog, source.id, source.table, &source.name(), &value)?;
        let column = self.table.column(&name).filter(|column| !column.data_type.is(UNKNOWN_TYPE));
        let column = column.ok_or_else(|| InvalidBackfill::UnknownTable(self.name()))?;
        if column.generated.is_some() {
            let reason = "it is generated, the server computes it; set the columns it is computed from";
            return Err(InvalidBackfill::ReadOnly { column: name.to_string(), reason });
        }
        let steady = steadiness(catalog, source.id, &value);
        match &steady {
            Ok(warning) => warnings.extend(warning.clone()),
            Err(()) if assignment.mode == FillMode::Set => {
                let (column, value) = (name.to_string(), value.sql.to_string());
                return Err(InvalidBackfill::Volatile { column, value });
            }
            Err(()) => {}
        }
        let as_text = has_no_equality(&column.data_type);
        let same = catalog.expression_type(&value.expr, Some(source.id)).is_some_and(|t| t == column.data_type);
        let cast = (!same).then(|| comparison_type(catalog, column).to_string());
        let unlocked = expression::unlocked(&value);
        Ok(SetColumn { name, value, unlocked, mode: assignment.mode, volatile: steady.is_err(), cast, as_text })
    }

    fn condition(self, text: &str, warnings: &mut Vec<Warning>) -> Result<Expression, InvalidBackfill> {
        let condition = expression::expression(self.catalog, text)?;
        known(self.catalog, self.id, self.table, &self.name(), &condition)?;
        match steadiness(self.catalog, self.id, &condition) {
            Ok(warning) => warnings.extend(warning),
            Err(()) => return Err(InvalidBackfill::VolatileCondition(condition.sql.to_string())),
        }
        let data_type = self.catalog.expression_type(&condition.expr, Some(self.id));
        match data_type.filter(|t| !t.is("bool")) {
            Some(other) => Err(InvalidBackfill::Expression {
                text: text.to_owned(),
                reason: format!("a condition is true or false, this is of type {other}"),
            }),
            None => Ok(condition),
        }
    }

    /// Whether this table can be written in place.
    fn updates(self, key: &Key, columns: &[SetColumn], only: Option<&Expression>) -> Result<(), InvalidBackfill> {
        let refuse = |column: &Ident, reason| Err(InvalidBackfill::ReadOnly { column: column.to_string(), reason });
        for column in columns {
            let name = &column.name;
            if key.columns.iter().any(|part| part.name == *name) {
                return refuse(name, "the batches follow it, and a row would move while they do; name another key");
            }
            if self.table.column(name).is_some_and(|c| c.identity == Some(true)) {
                return refuse(
                    name,
                    "it is GENERATED ALWAYS AS IDENTITY; make it BY DEFAULT first, or leave it as it is",
                );
            }
            if self.partitioned_by(name) {
                return refuse(name, "the table is partitioned by it, and rows would move between partitions");
            }
            let value = &column.value.expr;
            let guarded =
                only.is_some_and(|only| columns.iter().any(|c| self.reads(&only.expr, &c.name) == Mention::Own));
            let own = columns.iter().find(|c| self.reads(value, &c.name) > Mention::No);
            let harmless = guarded || column.mode == FillMode::Fill || is_projection(value, name);
            if let Some(own) = own.filter(|_| !harmless) {
                let (column, value) = (own.name.to_string(), column.value.sql.to_string());
                return Err(InvalidBackfill::SelfReference { column, value });
            }
        }
        Ok(())
    }

    fn reads(self, expr: &Expr, column: &Ident) -> Mention {
        mention(self.catalog, self.id, expr, column)
    }

    fn partitioned_by(self, column: &Ident) -> bool {
        let mut at = Some(self.id);
        // Sub-partitioned tables are partitions of others.
        while let Some(id) = at {
            let Some(table) = self.catalog.table(id) else { return false };
            let mut keys = table.partition_by.iter().flat_map(|by| &by.key);
            if keys.any(|key| self.reads(&key.expr, column) == Mention::Own) {
                return true;
            }
            at = table.partition_of.as_ref().map(|(parent, _)| *parent);
        }
        false
    }

    /// This table as the one that rows are copied into.
    fn copy_target(self, columns: &[SetColumn]) -> Result<CopyTarget, InvalidBackfill> {
        let copied = |name: &Ident| columns.iter().any(|c| c.name == *name && c.mode == FillMode::Set);
        let indexes = self.table.indexes.iter().filter_map(|id| self.catalog.relation(*id)?.index());
        let usable = indexes.filter(|index| index.unique && index.valid && index.predicate.is_none());
        let mut keys = usable.filter_map(|index| {
            let names = index.keys.iter().map(|key| key.column.and_then(|id| self.table.column_by_id(id)));
            let names: Vec<&Column> = names.collect::<Option<_>>()?;
            names.iter().all(|column| column.not_null && copied(&column.name)).then_some(names)
        });
        let key = keys.next().ok_or_else(|| InvalidBackfill::NoTargetKey { into: self.name() })?;
        let always = |c: &SetColumn| self.table.column(&c.name).is_some_and(|c| c.identity == Some(true));
        Ok(CopyTarget {
            table: self.relation.object_name(),
            key: key.into_iter().map(|column| column.name.clone()).collect(),
            overrides_identity: columns.iter().any(always),
        })
    }

    /// What becomes of rows of this table that are deleted.
    fn gone(self, archive: Option<&str>, values: &[Assignment]) -> Result<Gone, InvalidBackfill> {
        if let Some(value) = values.first() {
            let reason = "rows that are deleted get no values; describe an update apart";
            return Err(InvalidBackfill::ReadOnly { column: value.column.clone(), reason });
        }
        let archive = archive.map(|name| Self::find(self.catalog, name)).transpose()?;
        let columns: Vec<Ident> = self.table.columns.iter().map(|column| column.name.clone()).collect();
        if let Some(archive) = archive {
            for name in &columns {
                column_name(self.catalog, archive.table, &archive.name(), &name.sql())?;
            }
        }
        Ok(Gone { archive: archive.map(|archive| archive.relation.object_name()), columns })
    }

    fn triggers(self, work: &Work) -> Option<Warning> {
        let fires = |state: FiringState| matches!(state, FiringState::Enabled | FiringState::Always);
        let triggers = self.table.triggers.iter().filter(|t| fires(t.state));
        let of_event = triggers.filter(|t| match work {
            Work::Copy { .. } => t.events.insert,
            Work::Update(_) => t.events.update,
            Work::Delete { .. } => t.events.delete,
        });
        let names: Vec<String> = of_event.map(|t| t.name.to_string()).collect();
        (!names.is_empty()).then(|| Warning::Triggers { table: self.name(), names })
    }

    fn indexed(self, columns: &[SetColumn]) -> Option<Warning> {
        let ids: Vec<_> = columns.iter().filter_map(|c| Some(self.table.column(&c.name)?.id)).collect();
        let indexes: Vec<_> = self.table.indexes.iter().filter_map(|id| self.catalog.relation(*id)?.index()).collect();
        let held = |id| {
            indexes.iter().any(|index| index.keys.iter().any(|key| key.column == Some(id) || key.columns.contains(&id)))
        };
        let named = ids.iter().filter(|id| held(**id)).filter_map(|id| self.table.column_by_id(*id));
        let names: Vec<String> = named.map(|column| column.name.to_string()).collect();
        (!names.is_empty()).then(|| Warning::Indexed { table: self.name(), columns: names })
    }
}

fn not_a_table(name: String, what: &'static str, remedy: &str) -> InvalidBackfill {
    InvalidBackfill::NotATable { name, what, remedy: remedy.to_owned() }
}

/// The type a value is compared in: that of the column, without the checks of a domain, which would fail in a condition.
fn comparison_type(catalog: &Catalog, column: &Column) -> DataType {
    let mut data_type = column.data_type.clone();
    while let Some(base) = domain_base(catalog, &data_type) {
        data_type = base;
    }
    data_type
}

fn domain_base(catalog: &Catalog, data_type: &DataType) -> Option<DataType> {
    let named = |t: &&crate::catalog::TypeDef| Some(&t.schema) == data_type.schema.as_ref() && t.name == data_type.name;
    match &catalog.types().find(named)?.kind {
        TypeDefKind::Domain(domain) if !data_type.array => Some(domain.base.clone()),
        _ => None,
    }
}

/// Types without an operator class for equality, or whose `=` compares something else (an area).
fn has_no_equality(data_type: &DataType) -> bool {
    const TYPES: [&str; 9] = ["json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"];
    TYPES.iter().any(|name| data_type.name == **name) && data_type.schema.is_none()
}
