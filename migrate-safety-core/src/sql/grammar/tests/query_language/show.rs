//! A short spelling of what was read, for the tables.

use crate::sql::expr::{CteBody, Expr, Query, Select, TableRef, TableSource};

pub(super) fn expr(e: &Expr) -> String {
    let not = |negated: &bool| if *negated { "not-" } else { "" };
    match e {
        Expr::Null => "NULL".to_owned(),
        Expr::Bool(value) => value.to_string(),
        Expr::Number(digits) => digits.to_string(),
        Expr::String(text) => format!("'{text}'"),
        Expr::Parameter => "$".to_owned(),
        Expr::Default => "DEFAULT".to_owned(),
        Expr::Column { qualifier: Some(q), name } => format!("{q}.{name}"),
        Expr::Column { qualifier: None, name } => name.to_string(),
        Expr::Star(Some(table)) => format!("{table}.*"),
        Expr::Star(None) => "*".to_owned(),
        Expr::Call { name, args } => format!("{name}({})", list(args)),
        Expr::Cast { expr: e, to } => format!("{}::{to}", expr(e)),
        Expr::Collate { expr: e, collation } => format!("collate({}, {collation})", expr(e)),
        Expr::And(parts) => format!("and({})", list(parts)),
        Expr::Or(parts) => format!("or({})", list(parts)),
        Expr::Not(e) => format!("not({})", expr(e)),
        Expr::Binary { op, left, right } => format!("({} {op} {})", expr(left), expr(right)),
        Expr::IsNull { expr: e, negated } => format!("{}null({})", not(negated), expr(e)),
        Expr::InList { expr: e, list: l, negated } => format!("{}in({}; {})", not(negated), expr(e), list(l)),
        Expr::Between { expr: e, low, high, negated } => {
            format!("{}between({}, {}, {})", not(negated), expr(e), expr(low), expr(high))
        }
        Expr::Array(parts) => format!("[{}]", list(parts)),
        Expr::Subquery { operand, exists, query: q } => {
            let operand = operand.as_ref().map(|o| format!("{} in ", expr(o))).unwrap_or_default();
            format!("{}<{operand}{}>", if *exists { "exists" } else { "" }, query(q))
        }
        Expr::Other(parts) => format!("{{{}}}", list(parts)),
    }
}

pub(super) fn list(parts: &[Expr]) -> String {
    parts.iter().map(expr).collect::<Vec<_>>().join(", ")
}

pub(super) fn query(q: &Query) -> String {
    let mut words = Vec::new();
    for cte in &q.ctes {
        let body = match &cte.body {
            CteBody::Query(q) => query(q),
            CteBody::Dml(_) => "dml".to_owned(),
        };
        words.push(format!("with {} ({body})", cte.name));
    }
    words.push(q.selects.iter().map(select).collect::<Vec<_>>().join(" | "));
    let clauses = [("order", list(&q.order_by)), ("limit", opt(&q.limit)), ("offset", opt(&q.offset))];
    words.extend(clauses.iter().filter(|(_, e)| !e.is_empty()).map(|(word, e)| format!("{word} {e}")));
    for lock in &q.row_locks {
        let of = lock.of.iter().map(|name| format!(" {name}")).collect::<String>();
        let kind = if lock.exclusive { "exclusive" } else { "shared" };
        words.push(format!("lock {kind}{of}{}", if lock.nonblocking { " nonblocking" } else { "" }));
    }
    words.join(" ")
}

fn opt(e: &Option<Expr>) -> String {
    e.as_ref().map(expr).unwrap_or_default()
}

fn select(s: &Select) -> String {
    let item = |item: &crate::sql::expr::SelectItem| match &item.alias {
        Some(alias) => format!("{} as {alias}", expr(&item.expr)),
        None => expr(&item.expr),
    };
    let mut words = vec![format!("select {}", s.items.iter().map(item).collect::<Vec<_>>().join(", "))];
    if !s.from.is_empty() {
        words.push(format!("from {}", tables(&s.from)));
    }
    if let Some(filter) = &s.filter {
        words.push(format!("where {}", expr(filter)));
    }
    if !s.others.is_empty() {
        words.push(format!("also {}", list(&s.others)));
    }
    words.join(" ")
}

pub(super) fn tables(tables: &[TableRef]) -> String {
    tables.iter().map(table).collect::<Vec<_>>().join(", ")
}

pub(super) fn table(t: &TableRef) -> String {
    let source = match &t.source {
        TableSource::Relation { name, only } => format!("{}{name}", if *only { "only " } else { "" }),
        TableSource::Query(q) => format!("<{}>", query(q)),
        TableSource::Expr(e) => expr(e),
    };
    let alias = t.alias.as_ref().map(|a| format!(" as {a}")).unwrap_or_default();
    let on = t.on.as_ref().map(|on| format!(" on {}", expr(on))).unwrap_or_default();
    format!("{source}{alias}{on}")
}
