//! Whether what is known of a table's rows proves a condition (`predicate_implied_by` on the server).
//!
//! The server proves `ATTACH PARTITION` free of a scan this way. As it does, only conditions of the form
//! `expression operator constant` are compared, after `NOT` is pushed down; what is not recognised proves nothing.

use crate::catalog::{Catalog, ConstraintKind, RelationId, Table};
use crate::effects::postgres::constant::{Constant, ConstantKind};
use crate::sql::Expr;
use std::cmp::Ordering;

/// A condition with `NOT` pushed down to its leaves.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    IsNull(Expr),
    IsNotNull(Expr),
    Compare(Expr, Comparison, Constant),
    /// Anything else: equal to itself at best.
    Other(Expr, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
    NotEqual,
}

impl Comparison {
    fn of(op: &str) -> Option<Self> {
        Some(match op {
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            "=" => Self::Equal,
            ">=" => Self::GreaterOrEqual,
            ">" => Self::Greater,
            "<>" | "!=" => Self::NotEqual,
            _ => return None,
        })
    }

    /// The same with the operands exchanged.
    fn commuted(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Greater => Self::Less,
            same => same,
        }
    }

    fn negated(self) -> Self {
        match self {
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Equal => Self::NotEqual,
            Self::GreaterOrEqual => Self::Less,
            Self::Greater => Self::LessOrEqual,
            Self::NotEqual => Self::Equal,
        }
    }

    /// Whether `x self a` means `x other b`, by the order of `a` and `b` (`btree_implies_table`).
    fn implies(self, other: Self, order: Ordering) -> bool {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        match (self, other) {
            (Less, Less | LessOrEqual | NotEqual) | (LessOrEqual, LessOrEqual) => order.is_le(),
            (LessOrEqual, Less | NotEqual) => order.is_lt(),
            (Greater, Greater | GreaterOrEqual | NotEqual) | (GreaterOrEqual, GreaterOrEqual) => order.is_ge(),
            (GreaterOrEqual, Greater | NotEqual) => order.is_gt(),
            (Equal, Less) => order.is_lt(),
            (Equal, LessOrEqual) => order.is_le(),
            (Equal, Equal) | (NotEqual, NotEqual) => order.is_eq(),
            (Equal, GreaterOrEqual) => order.is_ge(),
            (Equal, Greater) => order.is_gt(),
            (Equal, NotEqual) => order.is_ne(),
            _ => false,
        }
    }
}

/// Reads conditions over the columns of one table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) table: RelationId,
}

impl Reader<'_> {
    pub(super) fn read(&self, expr: &Expr) -> Condition {
        self.read_as(expr, false)
    }

    fn read_as(&self, expr: &Expr, negated: bool) -> Condition {
        match expr {
            Expr::Not(inner) => self.read_as(inner, !negated),
            Expr::And(parts) => self.junction(parts.iter(), negated, !negated),
            Expr::Or(parts) => self.junction(parts.iter(), negated, negated),
            Expr::IsNull { expr, negated: not } => match *not != negated {
                true => Condition::IsNotNull(strip(expr)),
                false => Condition::IsNull(strip(expr)),
            },
            Expr::Between { expr, low, high, negated: not } => {
                let parts = [self.comparison(expr, ">=", low), self.comparison(expr, "<=", high)];
                Self::join(parts, *not != negated, true)
            }
            Expr::InList { expr, list, negated: not } => {
                let parts = list.iter().map(|value| self.comparison(expr, "=", value));
                Self::join(parts, *not != negated, false)
            }
            Expr::Binary { op, left, right } => {
                let condition = self.comparison(left, op, right);
                if negated { negate(condition) } else { condition }
            }
            other => Condition::Other(strip(other), negated),
        }
    }

    fn junction<'e>(&self, parts: impl Iterator<Item = &'e Expr>, negated: bool, and: bool) -> Condition {
        let parts = parts.map(|part| self.read_as(part, negated)).collect();
        if and { Condition::And(parts) } else { Condition::Or(parts) }
    }

    /// Parts under AND or OR, negated or not.
    fn join(parts: impl IntoIterator<Item = Condition>, negated: bool, and: bool) -> Condition {
        let parts = parts.into_iter().map(|part| if negated { negate(part) } else { part }).collect();
        if and != negated { Condition::And(parts) } else { Condition::Or(parts) }
    }

    fn comparison(&self, left: &Expr, op: &str, right: &Expr) -> Condition {
        let other = || {
            let (left, right) = (Box::new(strip(left)), Box::new(strip(right)));
            Condition::Other(Expr::Binary { op: op.into(), left, right }, false)
        };
        let Some(comparison) = Comparison::of(op) else { return other() };
        if let Some(constant) = self.constant(right, left) {
            Condition::Compare(strip(left), comparison, constant)
        } else if let Some(constant) = self.constant(left, right) {
            Condition::Compare(strip(right), comparison.commuted(), constant)
        } else {
            other()
        }
    }

    /// A constant compared with `operand`, in that operand's type.
    pub(super) fn constant(&self, expr: &Expr, operand: &Expr) -> Option<Constant> {
        let data_type = self.catalog.expression_type(operand, Some(self.table));
        Constant::read(expr, ConstantKind::of(data_type.as_ref()))
    }
}

/// An expression without the parts that do not change its value: qualifiers, casts of text types to each other.
pub(super) fn strip(expr: &Expr) -> Expr {
    match expr {
        Expr::Column { name, .. } => Expr::Column { qualifier: None, name: name.clone() },
        Expr::Cast { expr, to } if ["text", "varchar"].iter().any(|name| to.is(name)) && to.modifiers.is_empty() => {
            strip(expr)
        }
        Expr::Cast { expr, to } => Expr::Cast { expr: Box::new(strip(expr)), to: to.clone() },
        Expr::Call { name, args } => Expr::Call { name: name.clone(), args: args.iter().map(strip).collect() },
        Expr::Binary { op, left, right } => {
            Expr::Binary { op: op.clone(), left: Box::new(strip(left)), right: Box::new(strip(right)) }
        }
        other => other.clone(),
    }
}

pub(super) fn negate(condition: Condition) -> Condition {
    match condition {
        Condition::And(parts) => Condition::Or(parts.into_iter().map(negate).collect()),
        Condition::Or(parts) => Condition::And(parts.into_iter().map(negate).collect()),
        Condition::IsNull(expr) => Condition::IsNotNull(expr),
        Condition::IsNotNull(expr) => Condition::IsNull(expr),
        Condition::Compare(expr, comparison, constant) => Condition::Compare(expr, comparison.negated(), constant),
        Condition::Other(expr, negated) => Condition::Other(expr, !negated),
    }
}

/// Whether the rows of a table are known to satisfy a condition: by its valid CHECKs and its NOT NULL columns.
pub(super) fn is_proved(catalog: &Catalog, id: RelationId, wanted: &Condition) -> bool {
    let Some(table) = catalog.table(id) else { return false };
    implies(&Condition::And(known(catalog, id, table)), wanted)
}

fn known(catalog: &Catalog, id: RelationId, table: &Table) -> Vec<Condition> {
    let reader = Reader { catalog, table: id };
    let not_null = table
        .columns
        .iter()
        .filter(|column| column.not_null)
        .map(|column| Condition::IsNotNull(Expr::Column { qualifier: None, name: column.name.clone() }));
    let checks = table.constraints.iter().filter(|constraint| constraint.valid && constraint.enforced);
    let checks = checks.filter_map(|constraint| match &constraint.kind {
        ConstraintKind::Check { expression, .. } => Some(reader.read(&expression.expr)),
        _ => None,
    });
    not_null.chain(checks).collect()
}

/// Whether `known` means `wanted` (`predicate_implied_by_recurse`).
fn implies(known: &Condition, wanted: &Condition) -> bool {
    use Condition::{And, Or};
    match (known, wanted) {
        (_, And(parts)) => parts.iter().all(|part| implies(known, part)),
        (Or(parts), Or(wanted_parts)) => {
            parts.iter().all(|part| wanted_parts.iter().any(|wanted| implies(part, wanted)))
        }
        (And(parts), Or(wanted_parts)) => {
            wanted_parts.iter().any(|wanted| implies(known, wanted)) || parts.iter().any(|part| implies(part, wanted))
        }
        (_, Or(parts)) => parts.iter().any(|part| implies(known, part)),
        (And(parts), _) => parts.iter().any(|part| implies(part, wanted)),
        (Or(parts), _) => parts.iter().all(|part| implies(part, wanted)),
        (Condition::Compare(a, known, x), Condition::Compare(b, wanted, y)) => {
            a == b && x.compare(y).is_some_and(|order| known.implies(*wanted, order))
        }
        (known, wanted) => known == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(op: &str, value: i64) -> Condition {
        let column = Expr::Column { qualifier: None, name: "x".into() };
        let constant = Constant::read(&Expr::Number(value.to_string().into()), ConstantKind::Number);
        Condition::Compare(column, Comparison::of(op).expect(op), constant.expect("a number"))
    }

    #[test]
    fn comparisons_imply_weaker_ones() {
        for (known, wanted, expected) in [
            (compare(">=", 5), compare(">=", 5), true),
            (compare(">=", 5), compare(">=", 4), true),
            (compare(">=", 5), compare(">", 4), true),
            (compare(">", 4), compare(">=", 5), false),
            (compare("=", 5), compare("<>", 6), true),
            (compare("<", 5), compare("<=", 5), true),
            (compare("<=", 5), compare("<", 5), false),
            (compare("<", 5), compare(">", 5), false),
        ] {
            assert_eq!(implies(&known, &wanted), expected, "{known:?} => {wanted:?}");
        }
    }

    #[test]
    fn junctions_imply_by_their_parts() {
        let range = || Condition::And(vec![compare(">=", 0), compare("<", 10)]);
        let outside = || Condition::Or(vec![compare("<", 0), compare(">=", 10)]);
        assert_eq!(negate(range()), outside());
        assert!(implies(&range(), &Condition::Or(vec![compare(">", 5), compare(">=", 0)])));
        assert!(implies(&outside(), &Condition::Or(vec![compare(">=", 9), compare("<", 1)])));
        assert!(!implies(&outside(), &compare("<", 0)));
        assert!(implies(&Condition::And(vec![range(), outside()]), &range()));
    }
}
