//! Expressions by what they mean: the author's spelling and the server's give the same text.
//!
//! The server resolves names, makes casts explicit, and writes `IN` as `= ANY`, `BETWEEN` as two comparisons and `LIKE`
//! as `~~`. Casts that it would make by itself say nothing, and neither do those of a constant to the type that its
//! place demands: both are left out on both sides.

use super::literal;
use crate::catalog::{CastContext, CastPath, Catalog, RelationId, Resolved, builtin};
use crate::sql::expr::{Expr, Query, TableSource};
use crate::sql::{DataType, Ident, ObjectName};
use std::collections::BTreeSet;

/// What expressions are read in: a catalog and, where there is one, the table whose columns they name.
#[derive(Clone, Copy)]
pub(super) struct Normal<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) table: Option<RelationId>,
}

impl Normal<'_> {
    /// Whether the server replaces a constant of an expression by what it means at that moment: `'now'`.
    pub(super) fn is_of_the_moment(expr: &Expr) -> bool {
        let mut found = false;
        expr.walk(&mut |e| found |= matches!(e, Expr::String(text) if literal::is_of_the_moment(text)));
        found
    }

    /// An expression; `wanted` is the type of the place it stands in.
    pub(super) fn of(&self, expr: &Expr, wanted: Option<&DataType>) -> String {
        match expr {
            Expr::Null => "null".to_owned(),
            Expr::Bool(value) => literal::canonical(if *value { "true" } else { "false" }, wanted),
            Expr::Number(text) => literal::canonical(text, wanted),
            Expr::String(text) => literal::canonical(text, wanted),
            Expr::Parameter => "$".to_owned(),
            Expr::Default => "default".to_owned(),
            Expr::Column { qualifier: None, name } if self.is_row(name) => format!("{}.*", name.sql()),
            Expr::Column { name, .. } => name.sql(),
            Expr::Star(Some(relation)) => format!("{}.*", relation.sql()),
            Expr::Star(None) => "*".to_owned(),
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

    /// Whether a name is that of a whole row: the table's own, or one of those that a trigger sees.
    fn is_row(&self, name: &Ident) -> bool {
        let Some((relation, table)) =
            self.table.and_then(|id| self.catalog.relation(id)).and_then(|r| Some((r, r.table()?)))
        else {
            return false;
        };
        (matches!(name.as_str(), "old" | "new") || *name == relation.name) && table.column(name).is_none()
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
        if called.schema.is_none()
            && let Some((expr, to)) = self.cast_call(name, args)
        {
            return self.cast(expr, &to, None);
        }
        format!("{}({})", called.sql(), self.list(args))
    }

    /// `text(x)` and `date(x)` are casts in the form of calls.
    fn cast_call<'e>(&self, name: &ObjectName, args: &'e [Expr]) -> Option<(&'e Expr, DataType)> {
        let [only] = args else { return None };
        let to = DataType::builtin(&name.name);
        let from = self.catalog.expression_type(only, self.table)?;
        let is_type = builtin::is_type(&name.name, self.catalog.target().version);
        let known = is_type && matches!(self.catalog.cast(&from, &to), CastPath::Known(_));
        known.then_some((only, to))
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
            let keeps_meaning =
                |wanted: &DataType| is_text(wanted) && !is_text(to) && !to.array && !is_written_bare(expr, to);
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
        let op = operator(op);
        let pattern = match op {
            "similar to" => Some("~"),
            "not similar to" => Some("!~"),
            _ => None,
        };
        if let Some(op) = pattern {
            let escaped = match right {
                Expr::Call { name, .. } if name.name == "similar_to_escape" => self.of(right, None),
                other => format!("similar_to_escape({})", self.of(other, None)),
            };
            return format!("({} {op} {escaped})", self.of(left, None));
        }
        let (wanted_left, wanted_right) = (self.type_beside(right), self.type_beside(left));
        format!("({} {op} {})", self.of(left, wanted_left.as_ref()), self.of(right, wanted_right.as_ref()))
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

    /// What a query is made of besides columns and relations: constants, calls, operators, joins, in no order.
    ///
    /// The server expands `*`, follows renamed columns and relations and rewrites joins, none of which changes these.
    pub(super) fn query(&self, query: &Query) -> String {
        let mut parts: Vec<String> = Vec::new();
        query.walk_exprs(&mut |expr| parts.extend(self.ingredients(expr)));
        Self::clauses(query, &mut parts);
        // `GROUP BY 1` and `ORDER BY alias` are written out by the server.
        let mut again = Vec::new();
        self.outputs_again(query, &mut again);
        for part in again {
            if let Some(at) = parts.iter().position(|known| *known == part) {
                parts.swap_remove(at);
            }
        }
        parts.sort();
        parts.join(" ")
    }

    /// The dates and times that a query names; nothing where one of them cannot be compared.
    ///
    /// What a time without a zone means depends on the session in which it was written.
    pub(super) fn moments(query: &Query) -> Option<String> {
        let mut moments = Some(BTreeSet::new());
        query.walk_exprs(&mut |expr| {
            let Expr::String(text) = expr else { return };
            if literal::is_of_the_moment(text) {
                moments = None;
            } else if literal::is_moment(text) {
                moments = literal::instant(text).and_then(|instant| {
                    let mut all = moments.take()?;
                    all.insert(instant);
                    Some(all)
                });
            }
        });
        Some(moments?.into_iter().collect::<Vec<_>>().join(", "))
    }

    /// What is written in `GROUP BY` and `ORDER BY`, in subqueries too, of output columns that are there already: their
    /// numbers or their expressions.
    fn outputs_again(&self, query: &Query, again: &mut Vec<String>) {
        let first = query.selects.first().map_or(&[][..], |select| &select.items);
        let ordered = query.order_by.iter().map(|expr| (expr, first));
        let grouped = query.selects.iter().flat_map(|s| s.others.iter().map(|expr| (expr, s.items.as_slice())));
        for (expr, items) in ordered.chain(grouped) {
            match expr {
                Expr::Number(text) => again.push(literal::canonical(text, None)),
                _ if items.iter().any(|item| item.expr == *expr) => {
                    expr.walk(&mut |part| {
                        again.extend(self.ingredients(part));
                        if let Expr::Subquery { query, .. } = part {
                            query.walk_exprs(&mut |inner| again.extend(self.ingredients(inner)));
                        }
                    });
                }
                _ => {}
            }
        }
        for table in query.selects.iter().flat_map(|select| &select.from) {
            if let TableSource::Query(inner) = &table.source {
                self.outputs_again(inner, again);
            }
        }
    }

    fn clauses(query: &Query, parts: &mut Vec<String>) {
        parts.extend(query.selects.iter().map(|_| "select".to_owned()));
        parts.extend(query.order_by.iter().map(|_| "order by".to_owned()));
        parts.extend(query.limit.iter().map(|_| "limit".to_owned()));
        for table in query.selects.iter().flat_map(|select| &select.from) {
            parts.extend(table.optional.then(|| "outer join".to_owned()));
            if let TableSource::Query(inner) = &table.source {
                Self::clauses(inner, parts);
            }
        }
    }

    fn ingredients(&self, expr: &Expr) -> Vec<String> {
        match expr {
            Expr::Bool(value) => vec![literal::canonical(if *value { "true" } else { "false" }, None)],
            Expr::Number(text) => vec![literal::canonical(text, None)],
            Expr::String(text) => vec![literal::untyped(text)],
            Expr::Call { name, args } if self.cast_call(name, args).is_some() => Vec::new(),
            Expr::Call { name, .. } => vec![format!("{}()", name.name)],
            Expr::Binary { op, .. } => vec![operator(op).to_owned()],
            Expr::Between { negated: false, .. } => vec![">=".to_owned(), "<=".to_owned()],
            Expr::Between { negated: true, .. } => vec!["<".to_owned(), ">".to_owned()],
            Expr::InList { list, negated, .. } if list.len() == 1 => {
                vec![if *negated { "<>" } else { "=" }.to_owned()]
            }
            Expr::InList { negated, .. } => vec![if *negated { "not in" } else { "in" }.to_owned()],
            Expr::IsNull { negated, .. } => vec![if *negated { "is not null" } else { "is null" }.to_owned()],
            _ => Vec::new(),
        }
    }
}

/// An operator as the server writes it, without the schema it is found in.
fn operator(written: &str) -> &str {
    match written {
        "!=" => "<>",
        "like" => "~~",
        "not like" => "!~~",
        "ilike" => "~~*",
        "not ilike" => "!~~*",
        other => other.rsplit_once('.').map_or(other, |(_, symbol)| symbol),
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

/// Whether the server writes such a constant as a number, without its type.
fn is_written_bare(expr: &Expr, to: &DataType) -> bool {
    let (Expr::String(text) | Expr::Number(text)) = expr else { return false };
    let text = text.trim();
    match to.name.as_str() {
        "int4" => text.parse::<i32>().is_ok(),
        "numeric" => text.contains('.') && text.parse::<f64>().is_ok(),
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
