//! How many rows queries yield, and what is in sight of a condition.

use super::pins::{Side, rows_meeting};
use super::{Loaded, Rows};
use crate::catalog::{Catalog, builtin};
use crate::sql::expr::{Cte, CteBody, Expr, Query, Select, TableRef, TableSource};
use crate::sql::{Ident, ObjectName, Operation};

/// How deep queries in queries are followed.
const DEEPEST: usize = 16;

/// What names stand for where a statement is read.
#[derive(Clone, Debug)]
pub(super) struct Sight<'o> {
    pub(super) catalog: &'o Catalog,
    loaded: &'o Loaded,
    /// Whether a name may be a variable.
    pub(super) in_routine: bool,
    /// Common table expressions, the nearest last.
    ctes: Vec<&'o Cte>,
    depth: usize,
}

impl<'o> Sight<'o> {
    pub(super) fn new(catalog: &'o Catalog, loaded: &'o Loaded, in_routine: bool) -> Self {
        Self { catalog, loaded, in_routine, ctes: Vec::new(), depth: 0 }
    }

    /// The same one level deeper, with these in sight.
    pub(super) fn with(&self, ctes: &'o [Cte]) -> Self {
        let mut inside = self.clone();
        inside.ctes.extend(ctes);
        inside.depth += 1;
        inside
    }

    /// Rows of its table that a change touches.
    pub(super) fn rows_of_change(&self, operation: &'o Operation) -> Rows {
        let (table, alias, from, filter) = match operation {
            Operation::Insert(insert) => return insert.source.as_ref().map_or(Rows::AtMost(1), |q| self.rows_of(q)),
            Operation::Update(u) => (&u.table.name, &u.alias, u.from.as_slice(), u.filter.as_ref()),
            Operation::Delete(d) => (&d.table.name, &d.alias, d.using.as_slice(), d.filter.as_ref()),
            Operation::Merge(m) => (&m.table.name, &m.alias, std::slice::from_ref(&m.source), Some(&m.on)),
            _ => return Rows::All,
        };
        let mut sides = self.sides(from);
        sides.insert(0, self.target(table, alias.as_ref()));
        let joins = from.iter().filter_map(|t| t.on.as_ref());
        rows_meeting(self, &sides, 0, &filter.into_iter().chain(joins).collect::<Vec<_>>())
    }

    /// Rows that a query yields.
    pub(super) fn rows_of(&self, query: &'o Query) -> Rows {
        if self.depth > DEEPEST {
            return Rows::All;
        }
        let inside = self.with(&query.ctes);
        let rows = query.selects.iter().map(|select| inside.rows_of_select(select)).reduce(Rows::plus);
        let rows = rows.unwrap_or(Rows::All);
        match &query.limit {
            None | Some(Expr::Null) => rows,
            Some(limit) => rows.min(number(limit).map_or(Rows::Batch, Rows::AtMost)),
        }
    }

    fn rows_of_select(&self, select: &'o Select) -> Rows {
        if select.from.is_empty() {
            // Of `VALUES`, each row has one expression at least.
            return Rows::AtMost(u64::try_from(select.others.len()).unwrap_or(u64::MAX).max(1));
        }
        if select.others.is_empty() && select.items.iter().any(|item| is_aggregate(&item.expr)) {
            return Rows::AtMost(1);
        }
        let sides = self.sides(&select.from);
        let joins = select.from.iter().filter_map(|t| t.on.as_ref());
        let conditions: Vec<&Expr> = select.filter.iter().chain(joins).collect();
        // What is joined to few rows is few, unless keys say nothing about it.
        let met = (0..sides.len()).map(|side| rows_meeting(self, &sides, side, &conditions));
        met.min().unwrap_or(Rows::All)
    }

    fn target(&self, name: &'o ObjectName, alias: Option<&'o Ident>) -> Side<'o> {
        let relation = self.catalog.resolve(name).found();
        let rows = relation.map_or(Rows::All, |id| self.loaded.rows(id));
        Side { relation, alias: Some(alias.unwrap_or(&name.name)), rows }
    }

    fn sides(&self, tables: &'o [TableRef]) -> Vec<Side<'o>> {
        tables.iter().map(|table| self.side(table)).collect()
    }

    fn side(&self, table: &'o TableRef) -> Side<'o> {
        let derived = |rows| Side { relation: None, alias: table.alias.as_ref(), rows };
        match &table.source {
            TableSource::Query(query) => derived(self.rows_of(query)),
            TableSource::Expr(expr) => derived(rows_of_function(expr)),
            TableSource::Relation { name, .. } => {
                let cte = self.ctes.iter().rposition(|cte| name.schema.is_none() && cte.name == name.name);
                match cte.and_then(|at| Some((at, self.ctes.get(at)?))) {
                    Some((at, cte)) => {
                        let alias = table.alias.as_ref().or(Some(&name.name));
                        Side { relation: None, alias, rows: self.rows_of_cte(at, cte) }
                    }
                    None => self.target(name, table.alias.as_ref()),
                }
            }
        }
    }

    fn rows_of_cte(&self, at: usize, cte: &'o Cte) -> Rows {
        // It sees those before it; itself only if it is recursive, and then nothing limits it.
        let before =
            Self { ctes: self.ctes.get(..at).unwrap_or_default().to_vec(), depth: self.depth + 1, ..self.clone() };
        match &cte.body {
            CteBody::Query(query) => before.rows_of(query),
            CteBody::Dml(operation) => before.rows_of_change(operation),
        }
    }
}

/// Rows that a function yields.
fn rows_of_function(expr: &Expr) -> Rows {
    if let Expr::Call { name, args } = expr
        && name.name == *"generate_series"
        && let [from, to, ..] = args.as_slice()
        && let (Some(from), Some(to)) = (number(from), number(to))
    {
        return Rows::AtMost(to.saturating_sub(from).saturating_add(1));
    }
    Rows::Batch
}

fn is_aggregate(expr: &Expr) -> bool {
    match expr {
        Expr::Call { name, .. } if builtin::is_aggregate(&name.name) => true,
        Expr::Call { name, args } if name.name == *"coalesce" => args.iter().any(is_aggregate),
        Expr::Cast { expr, .. } => is_aggregate(expr),
        Expr::Binary { left, right, .. } => is_aggregate(left) || is_aggregate(right),
        _ => false,
    }
}

/// A whole number that is written out.
pub(super) fn number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Number(text) => text.parse().ok(),
        Expr::Cast { expr, .. } => number(expr),
        _ => None,
    }
}
