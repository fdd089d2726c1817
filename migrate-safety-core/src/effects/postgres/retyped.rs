//! A column that gets another type, with all that depends on it.

use super::foreign_key::{is_checked, triggered_tables};
use super::on::{self, TableColumn, other_side, with_partitions};
use super::type_change::{Conversion, IndexFate, Stored};
use crate::catalog::{CastContext, CastPath, ConstraintKind, ForeignKeyRef, RelationId, Table, TypeRef};
use crate::effects::scene::Scene;
use crate::sql::operation::TableAction;
use crate::sql::{DataType, Expr, Ident, ObjectName};

/// What `ALTER COLUMN … TYPE` changes, in the table and those below it.
#[derive(Debug)]
pub(super) struct Retyped<'a> {
    scene: Scene<'a>,
    conversion: Conversion<'a>,
    pub(super) columns: Vec<TableColumn<'a>>,
    pub(super) to: DataType,
    collation: Option<&'a ObjectName>,
    pub(super) using: Option<&'a Expr>,
}

impl<'a> Retyped<'a> {
    pub(super) fn new(scene: &Scene<'a>) -> Option<Self> {
        let TableAction::SetType { column, data_type, collation, using } = scene.action()? else { return None };
        let columns = on::tree_columns(scene, column);
        Some(Self::of(scene, columns, data_type, collation.as_ref(), using.as_ref().map(|using| &using.expr)))
    }

    /// The same for columns that get the type of an altered attribute.
    pub(super) fn of(
        scene: &Scene<'a>,
        columns: Vec<TableColumn<'a>>,
        to: &DataType,
        collation: Option<&'a ObjectName>,
        using: Option<&'a Expr>,
    ) -> Self {
        let conversion = Conversion { catalog: scene.catalog, session: scene.session };
        Self { scene: *scene, conversion, columns, to: scene.catalog.settled_type(to), collation, using }
    }

    pub(super) fn stored(&self, found: &TableColumn<'_>) -> Stored {
        self.conversion.of_column(found.column, &self.to, self.using)
    }

    /// The tables that are, or have to be taken to be, written anew.
    pub(super) fn rewritten(&self) -> Vec<RelationId> {
        self.columns.iter().filter(|found| self.stored(found) != Stored::Kept).map(|found| found.id).collect()
    }

    /// Tables that are read: a CHECK that mentions the column is verified again, or an index is built.
    pub(super) fn scanned(&self) -> Vec<RelationId> {
        let partitions = self.partitions_of_indexed();
        let is_read = |found: &&TableColumn<'_>| {
            let checks = self.scene.catalog.checks_mentioning(found.id, found.column.id);
            checks.iter().any(|check| is_checked(check))
                || !self.rebuilt_of(found).is_empty()
                || partitions.contains(&found.id)
        };
        self.columns.iter().filter(is_read).map(|found| found.id).collect()
    }

    /// The partitions of tables with a partitioned index on the column. It has no file to be made anew over: all of its
    /// parts are built, even where it was made `ON ONLY` its table and has none.
    fn partitions_of_indexed(&self) -> Vec<RelationId> {
        let catalog = self.scene.catalog;
        let indexed = self.columns.iter().filter(|found| {
            found.table.is_partitioned() && !catalog.indexes_on_column(found.id, found.column.id).is_empty()
        });
        indexed.flat_map(|found| with_partitions(catalog, found.id)).collect()
    }

    /// The indexes that use the column.
    pub(super) fn indexes(&self) -> Vec<RelationId> {
        let of = |found: &TableColumn<'_>| self.scene.catalog.indexes_on_column(found.id, found.column.id);
        self.columns.iter().flat_map(of).collect()
    }

    /// The indexes that have to be built anew.
    pub(super) fn rebuilt(&self) -> Vec<RelationId> {
        self.columns.iter().flat_map(|found| self.rebuilt_of(found)).collect()
    }

    fn rebuilt_of(&self, found: &TableColumn<'_>) -> Vec<RelationId> {
        let mut indexes = self.scene.catalog.indexes_on_column(found.id, found.column.id);
        indexes.retain(|id| {
            self.scene.catalog.index(*id).is_some_and(|index| {
                index.parent.is_some()
                    || self.conversion.of_index(index, found.column, &self.to, self.collation) == IndexFate::Rebuilt
            })
        });
        indexes
    }

    /// The foreign keys that use the column on either side.
    fn keys(&self) -> impl Iterator<Item = (RelationId, ForeignKeyRef<'a>)> + '_ {
        self.columns.iter().flat_map(move |found| {
            let catalog = self.scene.catalog;
            let from = catalog
                .foreign_keys_from(found.id)
                .into_iter()
                .filter(|key| key.key.columns.contains(&found.column.id));
            let to = catalog
                .foreign_keys_to(found.id)
                .into_iter()
                .filter(|key| key.key.referenced.contains(&found.column.id));
            from.chain(to).map(move |key| (found.id, key))
        })
    }

    /// The tables on the other side of foreign keys, which are made anew: those that lose triggers.
    pub(super) fn linked(&self) -> Vec<RelationId> {
        let tables = |(id, key): (RelationId, ForeignKeyRef<'_>)| match key.from == id {
            true => triggered_tables(self.scene.catalog, &key),
            false => vec![other_side(&key, id)],
        };
        self.keys().flat_map(tables).collect()
    }

    /// Referenced tables that get triggers.
    pub(super) fn referenced(&self) -> Vec<RelationId> {
        self.keys().flat_map(|(_, key)| with_partitions(self.scene.catalog, key.key.table)).collect()
    }

    /// The tables that are read to check foreign keys again, because they compare with another operator now.
    pub(super) fn checked_again(&self) -> Vec<RelationId> {
        let compares_otherwise =
            |found: &TableColumn<'_>| self.conversion.compares_otherwise(&found.column.data_type, &self.to);
        if !self.columns.iter().any(compares_otherwise) {
            return Vec::new();
        }
        let checked = self.keys().filter(|(_, key)| is_checked(key.constraint));
        checked
            .flat_map(|(_, key)| {
                let catalog = self.scene.catalog;
                with_partitions(catalog, key.from).into_iter().chain(with_partitions(catalog, key.key.table))
            })
            .collect()
    }

    /// The error of a CHECK, an index expression or predicate that has no meaning for the new type: a function of text,
    /// or a comparison with a constant, which has the old type.
    pub(super) fn lost_meaning(&self) -> Option<String> {
        let found = self.columns.first()?;
        // The server looks at these first.
        if self.scene.catalog.retyping_obstacle(found.id, found.column).is_some() {
            return None;
        }
        let (old, new) = (self.base(&found.column.data_type), self.base(&self.to));
        // The server keeps what is done with a varchar or a domain as `(c)::text`, which still works.
        if old.is("varchar") || old.name != found.column.data_type.name {
            return None;
        }
        let catalog = self.scene.catalog;
        let checks = found.table.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check { expression, .. } => Some(&expression.expr),
            _ => None,
        });
        let indexes =
            catalog.indexes_on_column(found.id, found.column.id).into_iter().filter_map(|id| catalog.index(id));
        let of_indexes = indexes.flat_map(|index| {
            let expressions = index.keys.iter().filter_map(|key| key.expression.as_ref());
            expressions.chain(&index.predicate).map(|expression| &expression.expr)
        });
        let mut all = checks.chain(of_indexes);
        let name = &found.column.name;
        all.find_map(|expr| {
            let lost = || {
                let op = compared_with_constant(expr, name).filter(|_| !self.comparable(&old, &new))?;
                Some(format!("operator does not exist: {} {op} {}", plain(&self.to), plain(&old)))
            };
            self.without_function(expr, name, &self.to).or_else(lost)
        })
    }

    /// The error of USING where it calls a function of text on the column, whose type is another.
    pub(super) fn using_without_function(&self) -> Option<String> {
        let found = self.columns.first()?;
        self.without_function(self.using?, &found.column.name, &found.column.data_type)
    }

    /// The error of calling a function of text on a column of this type.
    fn without_function(&self, expr: &Expr, column: &Ident, data_type: &DataType) -> Option<String> {
        const OF_TEXT: [&str; 5] = ["lower", "upper", "initcap", "length", "btrim"];
        const ALSO: [&str; 4] = ["bytea", "bit", "varbit", "tsvector"];

        let base = self.base(data_type);
        let known = matches!(self.scene.catalog.type_of(&base), TypeRef::Builtin | TypeRef::Enum(_));
        let is_string = !base.array && ["text", "varchar", "bpchar", "name"].iter().any(|name| base.is(name));
        if !known || is_string || base.name.ends_with("range") || ALSO.iter().any(|name| base.is(name)) {
            return None;
        }
        let mut error = None;
        expr.walk(&mut |e| {
            if let Expr::Call { name, args } = e
                && let [Expr::Column { name: argument, .. }] = args.as_slice()
                && argument == column
                && OF_TEXT.contains(&&*name.name)
                && self.scene.catalog.routines_named(name).is_empty()
            {
                error = Some(format!("function {}({}) does not exist", name.name, plain(data_type)));
            }
        });
        error
    }

    /// A domain's base type, any other type itself.
    fn base(&self, data_type: &DataType) -> DataType {
        self.conversion.domain(data_type).map_or_else(|| data_type.clone(), |(base, _)| base)
    }

    /// Whether the new type can be compared with the old one.
    fn comparable(&self, old: &DataType, new: &DataType) -> bool {
        let implicit = |from: &DataType, to: &DataType| match self.scene.catalog.cast(from, to) {
            CastPath::Known(cast) => cast.context == CastContext::Implicit,
            CastPath::Missing => false,
            CastPath::Unknown => true,
        };
        implicit(old, new) || implicit(new, old)
    }

    /// The sequences of identity columns, which get the type too.
    pub(super) fn identity_sequences(&self) -> Vec<RelationId> {
        let of = |found: &TableColumn<'_>| match (found.column.identity, found.column.sequence) {
            (Some(_), Some(sequence)) => Some(sequence),
            _ => None,
        };
        self.columns.iter().filter_map(of).collect()
    }

    /// Whether an identity column would no longer be an integer.
    pub(super) fn is_identity_of_another_type(&self) -> bool {
        let is_identity = self.columns.first().is_some_and(|found| found.column.identity.is_some());
        is_identity && !["int2", "int4", "int8"].iter().any(|name| self.base(&self.to).is(name))
    }

    /// The table of the first column.
    pub(super) fn table(&self) -> Option<(RelationId, &'a Table)> {
        self.columns.first().map(|found| (found.id, found.table))
    }
}

/// A type without its modifiers.
fn plain(data_type: &DataType) -> DataType {
    DataType { modifiers: Vec::new(), ..data_type.clone() }
}

/// The operator by which an expression compares a column with a constant that has no type of its own.
fn compared_with_constant<'e>(expr: &'e Expr, column: &Ident) -> Option<&'e str> {
    let is_column = |e: &Expr| matches!(e, Expr::Column { name, .. } if name == column);
    let is_constant = |e: &Expr| matches!(e, Expr::String(_) | Expr::Number(_));
    let mut found = None;
    expr.walk(&mut |e| {
        let op = match e {
            Expr::Binary { op, left, right }
                if (is_column(left) && is_constant(right)) || (is_column(right) && is_constant(left)) =>
            {
                Some(&**op)
            }
            Expr::InList { expr, list, .. } if is_column(expr) && list.iter().all(is_constant) => Some("="),
            Expr::Between { expr, low, .. } if is_column(expr) && is_constant(low) => Some(">="),
            _ => None,
        };
        found = found.or(op);
    });
    found
}
