//! How many rows of a table meet conditions.

use super::Rows;
use super::query::Sight;
use crate::catalog::{Catalog, Column, Index, RelationId, TypeRef, is_system_column};
use crate::sql::expr::{Expr, Query};
use crate::sql::{DataType, Ident};

/// Something that a statement reads or changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side<'o> {
    /// The relation, if it is one that is known by name.
    pub(super) relation: Option<RelationId>,
    /// What its columns are qualified with.
    pub(super) alias: Option<&'o Ident>,
    /// How many rows it has itself.
    pub(super) rows: Rows,
}

/// A column that is held to some values.
struct Pin<'o> {
    column: &'o Ident,
    /// How many values.
    values: Rows,
    /// Whether they are only known when it runs: what a statement of a loop picks anew in each round.
    computed: bool,
}

/// One end of a range.
struct End<'o> {
    column: &'o Ident,
    upper: bool,
    to: &'o Expr,
}

/// How many rows of the side at `target` meet all conditions.
pub(super) fn rows_meeting<'o>(sight: &Sight<'o>, sides: &[Side<'o>], target: usize, conditions: &[&'o Expr]) -> Rows {
    // What the others are limited to limits what is joined to them.
    let narrowed: Vec<Side<'o>> = (0..sides.len())
        .filter_map(|n| Some(Side { rows: rows_of_side(sight, sides, n, conditions), ..*sides.get(n)? }))
        .collect();
    rows_of_side(sight, &narrowed, target, conditions)
}

fn rows_of_side<'o>(sight: &Sight<'o>, sides: &[Side<'o>], target: usize, conditions: &[&'o Expr]) -> Rows {
    let Some(side) = sides.get(target) else { return Rows::All };
    let look = Look { sight, sides, target, side: *side };
    let mut rows = side.rows;
    let mut pins = Vec::new();
    let mut ends = Vec::new();
    for conjunct in conditions.iter().flat_map(|c| c.conjuncts()) {
        match conjunct {
            Expr::Or(arms) => {
                let arms = arms.iter().map(|arm| rows_of_side(sight, sides, target, &[arm])).reduce(Rows::plus);
                rows = rows.min(arms.unwrap_or(Rows::All));
            }
            Expr::Bool(false) => return Rows::AtMost(0),
            // `CURRENT OF`: the parser leaves nothing of it.
            Expr::Other(parts) if parts.is_empty() => return Rows::AtMost(1),
            conjunct => {
                look.pins(conjunct, &mut pins);
                look.ends(conjunct, &mut ends);
            }
        }
    }
    rows.min(look.rows_by_pins(&pins)).min(look.rows_by_ranges(&ends))
}

/// Looks at conditions from one of the sides.
struct Look<'s, 'o> {
    sight: &'s Sight<'o>,
    sides: &'s [Side<'o>],
    target: usize,
    side: Side<'o>,
}

impl<'o> Look<'_, 'o> {
    /// The columns that a condition holds to values.
    fn pins(&self, condition: &'o Expr, pins: &mut Vec<Pin<'o>>) {
        match condition {
            Expr::Binary { op, left, right } if &**op == "=" || &**op == "= any" => {
                for (column, value) in [(left, right), (right, left)] {
                    if let (Some(column), Some((values, computed))) = (self.own(column), self.values(value)) {
                        let values = match (&**op, array_query(value)) {
                            ("=", _) => values,
                            (_, Some(query)) => self.sight.rows_of(query),
                            (_, None) => Rows::Batch,
                        };
                        pins.push(Pin { column, values, computed });
                    }
                }
            }
            Expr::InList { expr, list, negated: false } => {
                let values = list.iter().map(|value| self.values(value)).collect::<Option<Vec<_>>>();
                if let (Some(column), Some(values)) = (self.own(expr), values) {
                    let computed = values.iter().any(|(_, computed)| *computed);
                    let values = Rows::AtMost(u64::try_from(values.len()).unwrap_or(u64::MAX));
                    pins.push(Pin { column, values, computed });
                }
            }
            Expr::Subquery { operand: Some(operand), exists: false, query } => {
                let values = self.sight.rows_of(query);
                let columns = match &**operand {
                    Expr::Other(parts) => parts.as_slice(),
                    one => std::slice::from_ref(one),
                };
                // Of a row of columns the values come together: only one of them multiplies.
                for (n, column) in columns.iter().filter_map(|column| self.own(column)).enumerate() {
                    let values = if n > 0 && values < Rows::All { Rows::AtMost(1) } else { values };
                    pins.push(Pin { column, values, computed: values < Rows::All });
                }
            }
            _ => {}
        }
    }

    /// The ends of ranges that a condition sets.
    fn ends(&self, condition: &'o Expr, ends: &mut Vec<End<'o>>) {
        match condition {
            Expr::Binary { op, left, right } => {
                let upper = match &**op {
                    "<" | "<=" => true,
                    ">" | ">=" => false,
                    _ => return,
                };
                for (column, to, upper) in [(left, right, upper), (right, left, !upper)] {
                    if let (Some(column), Some(_)) = (self.own(column), self.values(to)) {
                        ends.push(End { column, upper, to });
                    }
                }
            }
            Expr::Between { expr, low, high, negated: false } => {
                if let Some(column) = self.own(expr) {
                    ends.push(End { column, upper: false, to: low });
                    ends.push(End { column, upper: true, to: high });
                }
            }
            _ => {}
        }
    }

    fn rows_by_pins(&self, pins: &[Pin<'_>]) -> Rows {
        let of = |name: &str| pins.iter().filter(|pin| pin.column == name).map(|pin| pin.values).min();
        if let Some(values) = of("ctid") {
            return values;
        }
        let product = |columns: &[&str]| {
            let each = columns.iter().map(|column| of(column)).collect::<Option<Vec<_>>>()?;
            each.into_iter().reduce(Rows::times)
        };
        let by_key = self.unique_keys().iter().filter_map(|key| product(key)).min().unwrap_or(Rows::All);
        let shares = |pin: &&Pin<'_>| pin.values < Rows::All && (pin.computed || self.is_selective(pin.column));
        let shared = match pins.iter().find(shares) {
            // What comes out of a limited query over the table is no more than that.
            Some(pin) if pin.computed && matches!(pin.values, Rows::Batch) => Rows::Batch,
            Some(_) => Rows::Sharing,
            None => Rows::All,
        };
        by_key.min(shared)
    }

    fn rows_by_ranges(&self, ends: &[End<'o>]) -> Rows {
        let keys = self.unique_keys();
        let mut rows = Rows::All;
        for low in ends.iter().filter(|end| !end.upper) {
            for high in ends.iter().filter(|end| end.upper && end.column == low.column) {
                let ((base, from), (other, to)) = (offset(low.to), offset(high.to));
                let width = (base == other).then(|| to.saturating_sub(from).saturating_add(1));
                let is_key = keys.iter().any(|key| matches!(key.as_slice(), [only] if low.column == *only));
                rows = rows.min(match width {
                    Some(width) if is_key => Rows::AtMost(u64::try_from(width).unwrap_or(0)),
                    _ if self.is_computed(low.to) || self.is_computed(high.to) => Rows::Batch,
                    _ => Rows::All,
                });
            }
        }
        rows
    }

    /// The side's own column, if the expression is one.
    fn own(&self, expr: &'o Expr) -> Option<&'o Ident> {
        let Expr::Column { qualifier, name } = expr else { return None };
        match qualifier {
            Some(qualifier) => (self.side.alias == Some(qualifier)).then_some(name),
            None if self.sides.len() == 1 => (self.has(&self.side, name) != Some(false)).then_some(name),
            None => {
                let others = self.sides.iter().enumerate().filter(|(n, _)| *n != self.target);
                let elsewhere = others.into_iter().any(|(_, side)| self.has(side, name) == Some(true));
                (!elsewhere && self.has(&self.side, name) != Some(false)).then_some(name)
            }
        }
    }

    /// Whether a side has a column; nothing if its columns are not known.
    fn has(&self, side: &Side<'_>, name: &Ident) -> Option<bool> {
        if is_system_column(name) {
            return side.relation.map(|_| true);
        }
        let relation = self.sight.catalog.relation(side.relation?)?;
        if relation.unknown {
            return None;
        }
        Some(relation.table()?.column(name).is_some())
    }

    /// How many values an expression has where it does not depend on the row, and whether they are computed.
    fn values(&self, expr: &'o Expr) -> Option<(Rows, bool)> {
        let mut of_row = false;
        let mut rows = Rows::AtMost(1);
        let mut computed = false;
        let mut look = |e: &'o Expr, inner: bool| match e {
            Expr::Column { qualifier: Some(qualifier), .. } => {
                match self.sides.iter().position(|side| side.alias == Some(qualifier)) {
                    Some(at) if at == self.target => of_row = true,
                    Some(at) => rows = rows.times(self.rows_of(at)),
                    None => computed = true,
                }
            }
            Expr::Column { qualifier: None, name } if !inner => {
                let has: Vec<Option<bool>> = self.sides.iter().map(|side| self.has(side, name)).collect();
                match has.iter().position(|has| *has == Some(true)) {
                    Some(at) if at == self.target => of_row = true,
                    Some(at) => rows = rows.times(self.rows_of(at)),
                    None if self.sight.in_routine => computed = true,
                    None if has.contains(&None) => of_row = true,
                    None => {}
                }
            }
            Expr::Star(_) if !inner => of_row = true,
            Expr::Subquery { .. } | Expr::Parameter => computed = true,
            _ => {}
        };
        expr.walk(&mut |e| {
            look(e, false);
            if let Expr::Subquery { query, .. } = e {
                query.walk_exprs(&mut |e| look(e, true));
            }
        });
        (!of_row).then_some((rows, computed && self.sight.in_routine))
    }

    /// How many rows another side has, by itself.
    fn rows_of(&self, at: usize) -> Rows {
        self.sides.get(at).map_or(Rows::All, |side| side.rows)
    }

    /// Whether an end of a range is only known when it runs.
    fn is_computed(&self, expr: &'o Expr) -> bool {
        let mut parameter = false;
        expr.walk(&mut |e| parameter |= matches!(e, Expr::Parameter));
        parameter || self.values(expr).is_some_and(|(_, computed)| computed)
    }

    /// The columns of each key that tells rows apart.
    fn unique_keys(&self) -> Vec<Vec<&'o str>> {
        let catalog = self.sight.catalog;
        let Some((relation, id)) = self.side.relation.and_then(|id| Some((catalog.relation(id)?, id))) else {
            return Vec::new();
        };
        if relation.unknown {
            return vec![vec![USUAL_KEY]];
        }
        let indexes = catalog.indexes_of(id).iter().filter_map(|index| catalog.index(*index));
        let unique = indexes.filter(|index| index.unique && index.valid && index.predicate.is_none());
        unique.filter_map(|index| key_columns(catalog, index)).collect()
    }

    /// Whether few rows share a value of a column: it leads an index, and its type has many values.
    fn is_selective(&self, name: &Ident) -> bool {
        let catalog = self.sight.catalog;
        let Some((relation, id)) = self.side.relation.and_then(|id| Some((catalog.relation(id)?, id))) else {
            return true;
        };
        let Some(table) = relation.table().filter(|_| !relation.unknown) else { return true };
        let Some(column) = table.column(name) else { return false };
        let leads = |index: &Index| index.keys.first().is_some_and(|key| key.column == Some(column.id));
        let indexed = catalog.indexes_of(id).iter().filter_map(|index| catalog.index(*index)).any(leads);
        indexed && !has_few_values(catalog, column)
    }
}

/// What the key of a table is taken to be of which only the name is known.
const USUAL_KEY: &str = "id";

fn key_columns<'o>(catalog: &'o Catalog, index: &'o Index) -> Option<Vec<&'o str>> {
    index.keys.iter().map(|key| catalog.column(index.table, key.column?).map(|column| column.name.as_str())).collect()
}

fn has_few_values(catalog: &Catalog, column: &Column) -> bool {
    let data_type: &DataType = &column.data_type;
    data_type.is("bool") || matches!(catalog.type_of(data_type), TypeRef::Enum(_))
}

/// An expression as something and a number: `a + 5` is `a` and 5.
fn offset(expr: &Expr) -> (Option<&Expr>, i64) {
    match expr {
        Expr::Number(text) => text.parse().map_or((Some(expr), 0), |number| (None, number)),
        Expr::Cast { expr, .. } => offset(expr),
        Expr::Binary { op, left, right } => {
            let ((base, a), (other, b)) = (offset(left), offset(right));
            match (&**op, base, other) {
                ("+", base, None) => (base, a.saturating_add(b)),
                ("+", None, other) => (other, a.saturating_add(b)),
                ("-", base, None) => (base, a.saturating_sub(b)),
                _ => (Some(expr), 0),
            }
        }
        _ => (Some(expr), 0),
    }
}

/// The query of `ARRAY(SELECT …)`.
fn array_query(expr: &Expr) -> Option<&Query> {
    let mut found = None;
    expr.walk(&mut |e| {
        if let Expr::Subquery { query, .. } = e {
            found = Some(&**query);
        }
    });
    found
}
