//! Which names an expression can use.

use crate::catalog::typing::{ExprType, Typing};
use crate::catalog::{Catalog, ColumnId, RelationId};
use crate::sql::expr::TableRef;
use crate::sql::{DataType, Ident};

/// A column that a query or an item of `FROM` gives.
#[derive(Clone, Debug)]
pub(super) struct SourceColumn {
    pub(super) name: Ident,
    pub(super) data_type: ExprType,
    /// The column of a table that it is.
    pub(super) origin: Option<(RelationId, ColumnId)>,
}

/// The columns that a query or an item of `FROM` gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    pub(super) columns: Vec<SourceColumn>,
    /// Whether these are all, by their right names.
    pub(super) complete: bool,
}

impl Output {
    /// Gives the first columns other names, and types where they are given.
    pub(super) fn rename(&mut self, names: impl IntoIterator<Item = (Ident, Option<DataType>)>) {
        let complete = self.complete;
        for (at, (name, data_type)) in names.into_iter().enumerate() {
            let data_type = data_type.map_or(ExprType::Unclear, ExprType::Known);
            match self.columns.get_mut(at) {
                Some(column) => column.name = name,
                None if complete => {}
                None => self.columns.push(SourceColumn { name, data_type, origin: None }),
            }
        }
    }

    /// `self UNION other`.
    pub(super) fn united(mut self, other: Self, catalog: &Catalog) -> Self {
        for (column, other) in self.columns.iter_mut().zip(&other.columns) {
            column.data_type = common(catalog, &column.data_type, &other.data_type);
            column.origin = None;
        }
        self
    }
}

/// The type of a column whose rows come from two places.
pub(super) fn common(catalog: &Catalog, a: &ExprType, b: &ExprType) -> ExprType {
    let columns = |_: Option<&Ident>, _: &Ident| None;
    match (a, b) {
        (ExprType::Literal, ExprType::Literal) => ExprType::Literal,
        _ => Typing::new(catalog, &columns).common_type(&[a.clone(), b.clone()]),
    }
}

/// An item of `FROM`.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The alias, or the table's name.
    pub(super) name: Option<Ident>,
    /// The relation, if it has no alias: two of the same name can stand together if they are not the same.
    pub(super) relation: Option<RelationId>,
    pub(super) output: Output,
    /// Columns that `USING` or `NATURAL` made one with those of an earlier item.
    pub(super) hidden: Vec<Ident>,
    /// Whether these are the arguments of a routine.
    pub(super) arguments: bool,
}

/// The names that can be used at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'o> {
    pub(super) outer: Option<&'o Scope<'o>>,
    pub(super) ctes: Vec<(Ident, Output)>,
    pub(super) sources: Vec<Source>,
    /// Columns in the order of `*`, by source and position.
    pub(super) star: Vec<(usize, usize)>,
    /// Where in `star` the columns of the join begin that is being put together.
    pub(super) joined_from: usize,
}

impl Scope<'_> {
    /// Adds an item of `FROM`; the columns that its join makes one of.
    pub(super) fn join(&mut self, mut source: Source, table: &TableRef) -> Vec<(RelationId, ColumnId)> {
        if !table.joined {
            self.joined_from = self.star.len();
        }
        let mut merged = table.using.clone();
        if table.natural {
            let left = self.star.iter().skip(self.joined_from).filter_map(|at| self.column_at(*at));
            let left: Vec<Ident> = left.map(|c| c.name.clone()).collect();
            let common = source.output.columns.iter().map(|c| &c.name).filter(|n| left.contains(n));
            let mut common: Vec<Ident> = common.cloned().collect();
            // They come in the order of the left side.
            common.sort_by_key(|name| left.iter().position(|n| n == name));
            merged.extend(common);
        }
        let at = self.sources.len();
        let mut compared = Vec::new();
        for (position, name) in merged.iter().enumerate() {
            let is = |slot: &(usize, usize)| self.column_at(*slot).is_some_and(|c| c.name == *name);
            let found = self.star.iter().skip(self.joined_from).rposition(is);
            let right = source.output.columns.iter().find(|c| c.name == *name);
            compared.extend(right.and_then(|column| column.origin));
            if let Some(found) = found {
                let left = self.star.get(self.joined_from + found).and_then(|slot| self.column_at(*slot));
                compared.extend(left.and_then(|column| column.origin));
                let slot = self.star.remove(self.joined_from + found);
                self.star.insert((self.joined_from + position).min(self.star.len()), slot);
            }
        }
        let columns = source.output.columns.iter().enumerate();
        let shown = columns.filter(|(_, c)| !merged.contains(&c.name)).map(|(position, _)| (at, position));
        self.star.extend(shown.collect::<Vec<_>>());
        source.hidden = merged;
        self.sources.push(source);
        compared
    }

    /// The name of an item that another one of the same `FROM` has already.
    pub(super) fn repeated(&self, source: &Source) -> Option<Ident> {
        let name = source.name.as_ref()?;
        let apart = |s: &Source| s.relation.is_some() && source.relation.is_some() && s.relation != source.relation;
        self.sources.iter().any(|s| s.name.as_ref() == Some(name) && !apart(s)).then(|| name.clone())
    }

    fn column_at(&self, (source, position): (usize, usize)) -> Option<&SourceColumn> {
        self.sources.get(source)?.output.columns.get(position)
    }

    /// The columns of `*` or `qualifier.*`.
    pub(super) fn star(&self, qualifier: Option<&Ident>) -> Option<Output> {
        match qualifier {
            None => {
                let columns = self.star.iter().filter_map(|at| self.column_at(*at)).cloned().collect();
                let complete = self.sources.iter().all(|s| s.output.complete);
                Some(Output { columns, complete })
            }
            Some(name) => self.source(name).map(|s| s.output.clone()),
        }
    }

    fn source(&self, name: &Ident) -> Option<&Source> {
        let here = self.sources.iter().find(|s| s.name.as_ref() == Some(name));
        here.or_else(|| self.outer?.source(name))
    }

    /// Whether a table goes by this name.
    pub(super) fn has_source(&self, name: &Ident) -> bool {
        self.source(name).is_some()
    }

    /// The column of this name.
    pub(super) fn find(&self, qualifier: Option<&Ident>, name: &Ident) -> Option<&SourceColumn> {
        if let Some(qualifier) = qualifier {
            return self.source(qualifier)?.output.columns.iter().find(|c| c.name == *name);
        }
        let visible = |s: &'_ Source| !s.hidden.contains(name);
        let mut here = self.sources.iter().filter(|s| visible(s)).flat_map(|s| &s.output.columns);
        here.find(|c| c.name == *name).or_else(|| self.outer?.find(None, name))
    }

    /// Whether an argument of the routine around goes by this name: it may stand for a row, whose fields are named behind it.
    pub(super) fn has_argument(&self, name: &Ident) -> bool {
        let here = self.sources.iter().filter(|s| s.arguments).flat_map(|s| &s.output.columns);
        here.into_iter().any(|c| c.name == *name) || self.outer.is_some_and(|outer| outer.has_argument(name))
    }

    /// Whether several tables at the same place have a column of this name.
    pub(super) fn is_ambiguous(&self, name: &Ident) -> bool {
        let visible = self.sources.iter().filter(|s| !s.hidden.contains(name));
        let has = |s: &&Source| s.output.columns.iter().any(|c| c.name == *name);
        match visible.filter(has).count() {
            0 => self.outer.is_some_and(|outer| outer.is_ambiguous(name)),
            count => count > 1,
        }
    }

    /// Whether all columns of everything in sight are known.
    pub(super) fn is_complete(&self) -> bool {
        self.sources.iter().all(|s| s.output.complete) && self.outer.is_none_or(Scope::is_complete)
    }

    /// The common table expression of this name.
    pub(super) fn cte(&self, name: &Ident) -> Option<&Output> {
        let here = self.ctes.iter().rev().find(|(n, _)| n == name).map(|(_, output)| output);
        here.or_else(|| self.outer?.cte(name))
    }
}
