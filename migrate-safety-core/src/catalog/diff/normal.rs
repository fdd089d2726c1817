//! Expressions by what they mean: the author's spelling and the server's give the same text.
//!
//! The server resolves names, makes casts explicit, and writes `IN` as `= ANY`, `BETWEEN` as two comparisons and `LIKE`
//! as `~~`. Casts that it would make by itself say nothing, and neither do those of a constant to the type that its
//! place demands: both are left out on both sides.

use super::literal;
use crate::catalog::{CastContext, CastPath, Catalog, RelationId, Resolved};
use crate::sql::expr::{CteBody, Expr, Query, Select, TableRef, TableSource};
use crate::sql::{DataType, ObjectName};

/// What expressions are read in: a catalog and, where there is one, the table whose columns they name.
#[derive(Clone, Copy)]
pub(super) struct Normal<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) table: Option<RelationId>,
}

impl Normal<'_> {
    /// An expression; `wanted` is the type of the place it stands in.
    pub(super) fn of(&self, expr: &Expr, wanted: Option<&DataType>) -> String {
        match expr {
            Expr::Null => "null".to_owned(),
            Expr::Bool(value) => literal::canonical(if *value { "true" } else { "false" }, wanted),
            Expr::Number(text) => literal::canonical(text, wanted),
            Expr::String(text) => literal::canonical(text, wanted),
            Expr::Parameter => "$".to_owned(),
            Expr::Default => "default".to_owned(),
            Expr::Column { name, .. } => name.sql(),
            Expr::Star(_) => "*".to_owned(),
            Expr::Call { name, args } => self.call(name, args),
            Expr::Cast { expr, to } => self.cast(expr, to, wanted),
            Expr::Collate { expr, collation } => {
                let collation = collation.schema.as_ref().filter(|s| **s != *"pg_catalog").map_or_else(
                    || ObjectName::bare(collation.name.clone()),
                    |schema| ObjectName::qualified(schema.clone(), collation.name.clone()),
                );
                format!("{} collate {}", self.of(expr, None), collation.sql())
            }
            Expr::And(parts) => self.junction("and", parts),
            Expr::Or(parts) => self.junction("or", parts),
            Expr::Not(expr) => self.negation(expr),
            Expr::Binary { op, left, right } => self.binary(op, left, right),
            Expr::IsNull { expr, negated } => {
                format!("({} is{} null)", self.of(expr, None), if *negated { " not" } else { "" })
            }
            Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            Expr::Between { expr, low, high, negated } => {
                let (from, to, word) = if *negated { ("<", ">", "or") } else { (">=", "<=", "and") };
                format!("({} {word} {})", self.binary(from, expr, low), self.binary(to, expr, high))
            }
            Expr::Array(parts) => {
                let element = wanted.filter(|t| t.array).map(|t| DataType { array: false, ..t.clone() });
                let parts: Vec<String> = parts.iter().map(|part| self.of(part, element.as_ref())).collect();
                literal::array(&parts)
            }
            Expr::Subquery { operand, exists, query } => {
                let operand = operand.as_ref().map(|e| format!("{} in ", self.of(e, None))).unwrap_or_default();
                format!("{operand}{}({})", if *exists { "exists " } else { "" }, self.query(query))
            }
            Expr::Other(parts) => format!("[{}]", self.list(parts)),
        }
    }

    fn list(&self, parts: &[Expr]) -> String {
        parts.iter().map(|part| self.of(part, None)).collect::<Vec<_>>().join(", ")
    }

    fn junction(&self, word: &str, parts: &[Expr]) -> String {
        let mut written: Vec<String> = Vec::new();
        for part in parts {
            // `a AND (b BETWEEN …)` is one conjunction on the server.
            let part = self.of(part, None);
            let inner = part.strip_prefix('(').and_then(|p| p.strip_suffix(')')).filter(|p| splits(p, word));
            written.push(inner.unwrap_or(&part).to_owned());
        }
        format!("({})", written.join(&format!(" {word} ")))
    }

    fn negation(&self, expr: &Expr) -> String {
        match expr {
            Expr::Binary { op, left, right } if **op == *"is distinct from" => {
                format!("({} is not distinct from {})", self.of(left, None), self.of(right, None))
            }
            Expr::IsNull { expr, negated } => self.of(&Expr::IsNull { expr: expr.clone(), negated: !negated }, None),
            _ => format!("not {}", self.of(expr, None)),
        }
    }

    fn call(&self, name: &ObjectName, args: &[Expr]) -> String {
        let own_schema = name.schema.as_ref().is_none_or(|s| *s == *"pg_catalog");
        if own_schema && let Some(plain) = self.sequence_call(name, args) {
            return plain;
        }
        let called = match &name.schema {
            Some(schema) if *schema != *"pg_catalog" && self.catalog.schemas.contains_key(schema) => {
                // A function of an extension is found by its bare name.
                let known = !self.catalog.routines_named(name).is_empty();
                if known { name.clone() } else { ObjectName::bare(name.name.clone()) }
            }
            Some(_) => ObjectName::bare(name.name.clone()),
            None => match self.catalog.routines_named(name).first() {
                Some(routine) => ObjectName::qualified(routine.schema.clone(), routine.name.clone()),
                None => name.clone(),
            },
        };
        let word = called.name.as_str();
        if called.schema.is_none() && args.len() == 1 {
            // `text(x)`, `int4(x)` are casts.
            if matches!(word, "text" | "varchar" | "bpchar") {
                return self.cast(&args[0], &DataType::builtin(word), None);
            }
        }
        format!("{}({})", called.sql(), self.list(args))
    }

    /// `nextval` and the like: the sequence by its full name, however it was found.
    fn sequence_call(&self, name: &ObjectName, args: &[Expr]) -> Option<String> {
        if !matches!(name.name.as_str(), "nextval" | "currval" | "setval") {
            return None;
        }
        let (first, rest) = args.split_first()?;
        let Resolved::Found(id) = self.catalog.regclass(first) else { return None };
        let sequence = self.catalog.relation(id)?.qualified();
        let rest = if rest.is_empty() { String::new() } else { format!(", {}", self.list(rest)) };
        Some(format!("{}({sequence}{rest})", name.name))
    }

    fn cast(&self, expr: &Expr, to: &DataType, wanted: Option<&DataType>) -> String {
        let to = &self.catalog.settled_type(to);
        let constant = match expr {
            Expr::Cast { expr: inner, to: through } if is_constant(inner) => {
                // `('x'::varchar)::text`
                return self.cast(inner, if is_text(to) { through } else { to }, wanted);
            }
            other => is_constant(other),
        };
        if to.is("regclass")
            && let Resolved::Found(id) = self.catalog.regclass(expr)
        {
            return self.catalog.relation(id).map(crate::catalog::Relation::qualified).unwrap_or_default();
        }
        if constant {
            let keeps_meaning = |wanted: &DataType| is_text(wanted) && !is_text(to) && !to.array;
            let kept = wanted.is_some_and(keeps_meaning);
            let written = self.of(expr, Some(to));
            return if kept { format!("{written}::{}", unmodified(to)) } else { written };
        }
        let written = self.of(expr, Some(to));
        if is_text(to) || self.is_implicit(expr, to) {
            return written;
        }
        format!("{written}::{}", unmodified(to))
    }

    /// Whether the server makes this cast by itself.
    fn is_implicit(&self, expr: &Expr, to: &DataType) -> bool {
        let Some(from) = self.catalog.expression_type(expr, self.table) else { return false };
        if unmodified(&from) == unmodified(to) {
            return true;
        }
        matches!(self.catalog.cast(&from, to), CastPath::Known(cast) if cast.context == CastContext::Implicit)
    }

    fn binary(&self, op: &str, left: &Expr, right: &Expr) -> String {
        let op = match op {
            "!=" => "<>",
            "like" => "~~",
            "not like" => "!~~",
            "ilike" => "~~*",
            "not ilike" => "!~~*",
            other => other,
        };
        let pattern = match op {
            "similar to" => Some(("~", false)),
            "not similar to" => Some(("!~", true)),
            _ => None,
        };
        let (wanted_left, wanted_right) = (self.type_beside(right), self.type_beside(left));
        if let Some((op, _)) = pattern {
            let escaped = match right {
                Expr::Call { name, .. } if name.name == "similar_to_escape" => self.of(right, None),
                other => format!("similar_to_escape({})", self.of(other, None)),
            };
            return format!("({} {op} {escaped})", self.of(left, None));
        }
        let schemaless = op.rsplit_once('.').map_or(op, |(_, symbol)| symbol);
        let written =
            format!("({} {schemaless} {})", self.of(left, wanted_left.as_ref()), self.of(right, wanted_right.as_ref()));
        written
    }

    /// The type that a constant on the other side of an operator takes.
    fn type_beside(&self, other: &Expr) -> Option<DataType> {
        if is_constant(other) { None } else { self.catalog.expression_type(other, self.table) }
    }

    fn in_list(&self, expr: &Expr, list: &[Expr], negated: bool) -> String {
        let element = self.type_beside(expr);
        let mut values: Vec<String> = list.iter().map(|value| self.of(value, element.as_ref())).collect();
        if let [only] = values.as_slice() {
            return format!("({} {} {only})", self.of(expr, None), if negated { "<>" } else { "=" });
        }
        values.sort();
        format!("({}{} in ({}))", self.of(expr, None), if negated { " not" } else { "" }, values.join(", "))
    }

    /// A query without the qualifiers of its columns.
    pub(super) fn query(&self, query: &Query) -> String {
        let mut parts: Vec<String> = Vec::new();
        for cte in &query.ctes {
            let body = match &cte.body {
                CteBody::Query(query) => self.query(query),
                CteBody::Dml(operation) => operation.name().to_owned(),
            };
            parts.push(format!("with {} as ({body})", cte.name.sql()));
        }
        parts.extend(query.selects.iter().map(|select| self.select(select)));
        if !query.order_by.is_empty() {
            parts.push(format!("order by {}", self.list(&query.order_by)));
        }
        for (word, value) in [("limit", &query.limit), ("offset", &query.offset)] {
            if let Some(value) = value {
                parts.push(format!("{word} {}", self.of(value, None)));
            }
        }
        parts.join(" ")
    }

    fn select(&self, select: &Select) -> String {
        let items: Vec<String> = select.items.iter().map(|item| self.of(&item.expr, None)).collect();
        let from: Vec<String> = select.from.iter().map(|table| self.from_item(table)).collect();
        let filter = select.filter.as_ref().map(|e| format!(" where {}", self.of(e, None))).unwrap_or_default();
        format!("select {} from {}{filter} others {}", items.join(", "), from.join(", "), self.list(&select.others))
    }

    fn from_item(&self, table: &TableRef) -> String {
        let source = match &table.source {
            TableSource::Relation { name, .. } => match self.catalog.resolve(name) {
                Resolved::Found(id) => self.catalog.relation(id).map(crate::catalog::Relation::qualified),
                _ => None,
            }
            .unwrap_or_else(|| name.name.to_string()),
            TableSource::Query(query) => format!("({})", self.query(query)),
            TableSource::Expr(expr) => self.of(expr, None),
        };
        let on = table.on.as_ref().map(|e| format!(" on {}", self.of(e, None))).unwrap_or_default();
        format!("{source}{}{on}", if table.optional { " optional" } else { "" })
    }
}

/// Whether a text is a conjunction or disjunction of parenthesised parts at its outermost level.
fn splits(text: &str, word: &str) -> bool {
    let mut depth = 0i32;
    let mut found = false;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 => {
                let rest = &text[at + 1..];
                found |= rest.strip_prefix(word).is_some_and(|r| r.starts_with(' '));
                let other = if word == "and" { "or " } else { "and " };
                if rest.starts_with(other) {
                    return false;
                }
            }
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    found
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::String(_) => true,
        Expr::Array(parts) => parts.iter().all(is_constant),
        Expr::Cast { expr, .. } => is_constant(expr),
        _ => false,
    }
}

/// Text, whatever its length.
fn is_text(data_type: &DataType) -> bool {
    data_type.schema.is_none() && matches!(data_type.name.as_str(), "text" | "varchar" | "bpchar" | "name" | "unknown")
}

fn unmodified(data_type: &DataType) -> String {
    DataType { modifiers: Vec::new(), ..data_type.clone() }.to_string()
}
