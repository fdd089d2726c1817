//! Which rows belong to a partition.

use crate::catalog::{Catalog, RelationId};
use crate::sql::Expr;
use crate::sql::name::literal;
use crate::sql::operation::PartitionBound;

impl Catalog {
    /// The condition that the rows of a partition meet, for a query; nothing for the default partition, and for ranges
    /// over several columns that are open at an end.
    pub(crate) fn bound_condition(&self, parent: RelationId, bound: &PartitionBound) -> Option<String> {
        let relation = self.relation(parent)?;
        let key: Vec<&str> = relation.table()?.partition_by.as_ref()?.key.iter().map(|key| key.sql.trim()).collect();
        let given: Vec<String> = key.iter().map(|key| format!("({key}) IS NOT NULL")).collect();
        let given = given.join(" AND ");
        let all = key.join(", ");
        match bound {
            PartitionBound::Default => None,
            PartitionBound::In(list) => {
                let (nulls, others): (Vec<Expr>, Vec<Expr>) =
                    list.iter().cloned().partition(|value| matches!(value, Expr::Null));
                Some(match (nulls.is_empty(), others.is_empty()) {
                    (true, _) => format!("{given} AND ({all}) IN ({})", values(&others)),
                    (false, true) => format!("({all}) IS NULL"),
                    (false, false) => format!("({all}) IS NULL OR ({all}) IN ({})", values(&others)),
                })
            }
            PartitionBound::Range { from, to } => {
                let is_open = |values: &[Expr]| values.iter().any(|value| matches!(value, Expr::Column { .. }));
                if key.len() > 1 && (is_open(from) || is_open(to)) {
                    return None;
                }
                let low = (!is_open(from)).then(|| format!(" AND ({all}) >= ({})", values(from)));
                let high = (!is_open(to)).then(|| format!(" AND ({all}) < ({})", values(to)));
                Some(format!("{given}{}{}", low.unwrap_or_default(), high.unwrap_or_default()))
            }
            PartitionBound::Hash { modulus, remainder } => {
                let name = relation.object_name().sql().replace('\'', "''");
                Some(format!("satisfies_hash_partition('{name}'::regclass, {modulus}, {remainder}, {all})"))
            }
        }
    }
}

/// A partition bound's value. The server takes constants and simple expressions there; what cannot be written back
/// is `NULL`.
fn value(expr: &Expr) -> String {
    match expr {
        Expr::Bool(value) => value.to_string(),
        Expr::Number(number) => number.to_string(),
        Expr::String(text) => literal(text),
        Expr::Cast { expr, to } => format!("{}::{to}", value(expr)),
        Expr::Collate { expr, collation } => format!("{} COLLATE {}", value(expr), collation.sql()),
        Expr::Column { name, .. } => name.sql(),
        Expr::Call { name, args } if args.is_empty() && is_keyword(&name.name) => name.name.to_string(),
        Expr::Call { name, args } => format!("{}({})", name.sql(), values(args)),
        Expr::Binary { op, left, right } => format!("({} {op} {})", value(left), value(right)),
        _ => "NULL".to_owned(),
    }
}

/// Functions that are called without parentheses.
fn is_keyword(name: &str) -> bool {
    name.starts_with("current_") || name.starts_with("local") || matches!(name, "session_user" | "user")
}

/// Values with commas between.
pub(in crate::catalog) fn values(exprs: &[Expr]) -> String {
    exprs.iter().map(value).collect::<Vec<_>>().join(", ")
}
