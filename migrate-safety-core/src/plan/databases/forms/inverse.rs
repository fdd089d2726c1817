//! The way back from values that were computed: the old columns as expressions over the new ones.

use super::Half;
use super::formula::{Node, read};
use crate::databases::name::Name;
use crate::databases::operation::ColumnDef;
use crate::plan::databases::request::Request;

/// The old columns with their values from the new ones, as far as there is a way back.
#[derive(Debug)]
pub(in crate::plan::databases) struct Inverse {
    pub(in crate::plan::databases) old: Vec<Half>,
    /// What gets lost on it.
    pub(in crate::plan::databases) loss: Option<String>,
}

/// The way back from assignments to the columns that are dropped.
pub(in crate::plan::databases) fn of(
    request: &Request<'_>,
    assignments: &[(Name, String)],
    dropped: &[&ColumnDef],
) -> Inverse {
    let told = Told { request, assignments, dropped };
    if let Some(inverse) = told.split().or_else(|| told.merged()) {
        return inverse;
    }
    let half = |column: &&ColumnDef| Half { column: (*column).clone(), value: told.undone(column) };
    Inverse { old: dropped.iter().map(half).collect(), loss: None }
}

struct Told<'t> {
    request: &'t Request<'t>,
    assignments: &'t [(Name, String)],
    dropped: &'t [&'t ColumnDef],
}

impl Told<'_> {
    fn read(&self, sql: &str) -> Option<Node> {
        read(self.request.target(), sql)
    }

    fn name(&self, name: &Name) -> String {
        self.request.name(name)
    }

    /// A column from one that was computed from it alone.
    fn undone(&self, column: &ColumnDef) -> Option<String> {
        let computed = |(target, sql): &(Name, String)| undo(&self.read(sql)?, &column.name, self.name(target));
        self.assignments.iter().find_map(computed)
    }

    /// One text that became its first part, and what stands behind it.
    fn split(&self) -> Option<Inverse> {
        let ([(a, of_a), (b, of_b)], [column]) = (self.assignments, self.dropped) else { return None };
        let (one, two) = (self.read(of_a)?, self.read(of_b)?);
        let first = |node: &Node| first_part(node, &column.name);
        let rest = |node: &Node| rest_of(node, &column.name);
        let ((first, rest), separator) = match (first(&one), rest(&two), first(&two), rest(&one)) {
            (Some(separator), Some(other), ..) if separator == other => ((a, b), separator),
            (.., Some(separator), Some(other)) if separator == other => ((b, a), separator),
            _ => return None,
        };
        let loss = format!(
            "The old column is {}, {} with {separator:?} between them: a first part that holds {separator:?} itself is cut \
             elsewhere by a release that knows the old one.",
            self.name(first),
            self.name(rest)
        );
        let value = self.joined(&separator, (first, rest));
        Some(Inverse { old: vec![Half { column: (*column).clone(), value: Some(value) }], loss: Some(loss) })
    }

    /// Two texts that became one.
    fn merged(&self) -> Option<Inverse> {
        let ([(whole, sql)], [_, _]) = (self.assignments, self.dropped) else { return None };
        let (first, separator, rest) = merged(&self.read(sql)?)?;
        let old = |name: &Name| self.dropped.iter().find(|column| column.name == *name);
        let (first, rest) = (old(&first)?, old(&rest)?);
        let loss = format!(
            "{0} and {1} are cut out of {2} at the first {separator:?}: a value of {0} that holds {separator:?} itself is told \
             otherwise by a release that knows {0} and {1}.",
            self.name(&first.name),
            self.name(&rest.name),
            self.name(whole)
        );
        let (head, tail) = self.cut(&separator, whole, rest.not_null == Some(true));
        let half = |column: &ColumnDef, value| Half { column: column.clone(), value: Some(value) };
        Some(Inverse { old: vec![half(first, head), half(rest, tail)], loss: Some(loss) })
    }

    /// Both parts behind one another: the separator stands before what is not empty.
    fn joined(&self, separator: &str, (first, rest): (&Name, &Name)) -> String {
        let (first, rest, separator) = (self.name(first), self.name(rest), literal(separator));
        let behind = if self.request.is_sqlite() {
            format!("{first} || CASE WHEN coalesce({rest}, '') = '' THEN '' ELSE {separator} || {rest} END")
        } else {
            format!("concat({first}, CASE WHEN coalesce({rest}, '') = '' THEN '' ELSE concat({separator}, {rest}) END)")
        };
        format!("CASE WHEN {first} IS NULL THEN {rest} ELSE {behind} END")
    }

    /// What stands before the separator, and behind it.
    fn cut(&self, separator: &str, whole: &Name, not_null: bool) -> (String, String) {
        let (whole, length, separator) = (self.name(whole), separator.chars().count(), literal(separator));
        let none = if not_null { "''" } else { "NULL" };
        let at = if self.request.is_sqlite() {
            format!("instr({whole}, {separator})")
        } else {
            format!("locate({separator}, {whole})")
        };
        (
            format!("CASE WHEN {at} > 0 THEN substr({whole}, 1, {at} - 1) ELSE {whole} END"),
            format!("CASE WHEN {at} > 0 THEN substr({whole}, {at} + {length}) ELSE {none} END"),
        )
    }
}

/// `sql` with the outermost step of a node undone, and so on inwards.
fn undo(node: &Node, column: &Name, sql: String) -> Option<String> {
    match node {
        Node::Column(name) => (name == column).then_some(sql),
        Node::Cast(inner) => undo(inner, column, sql),
        Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("round" | "floor" | "ceil" | "ceiling" | "trunc", [inner]) | ("round" | "truncate", [inner, _]) => {
                undo(inner, column, sql)
            }
            _ => None,
        },
        Node::Binary(op, left, right) => {
            let (inner, other, is_left) = match (&**left, &**right) {
                (_, Node::Number(other)) => (left, other, true),
                (Node::Number(other), _) => (right, other, false),
                _ => return None,
            };
            let undone = match (*op, is_left) {
                // SQLite cuts what whole numbers give off.
                ("*", _) if other.trim_start_matches('-').parse::<f64>().is_ok_and(|n| n != 0.0) => {
                    format!("({sql}) * 1.0 / {other}")
                }
                ("/", true) => format!("({sql}) * {other}"),
                ("+", _) => format!("({sql}) - {other}"),
                ("-", true) => format!("({sql}) + {other}"),
                _ => return None,
            };
            undo(inner, column, undone)
        }
        Node::Number(_) | Node::Text(_) => None,
    }
}

/// The separator of `substring_index(c, ' ', 1)`, or of `substr(c, 1, instr(c, ' ') - 1)`: what stands before the first one.
fn first_part(node: &Node, column: &Name) -> Option<String> {
    let Node::Call(name, arguments) = node else { return None };
    match (name.as_str(), arguments.as_slice()) {
        ("substring_index", [Node::Column(of), Node::Text(separator), Node::Number(one)]) => {
            (of == column && one == "1").then(|| separator.clone())
        }
        ("substr" | "substring", [Node::Column(of), Node::Number(one), Node::Binary("-", at, less)]) => {
            let is_first = of == column && one == "1" && **less == Node::Number("1".to_owned());
            found_at(at, column).filter(|_| is_first)
        }
        _ => None,
    }
}

/// The separator of `substr(c, instr(c, ' ') + 1)`: what stands behind the first one.
fn rest_of(node: &Node, column: &Name) -> Option<String> {
    let Node::Call(name, arguments) = node else { return None };
    let ("substr" | "substring", [Node::Column(of), Node::Binary("+", at, more)]) =
        (name.as_str(), arguments.as_slice())
    else {
        return None;
    };
    let separator = found_at(at, column)?;
    let is_length = matches!(&**more, Node::Number(length) if length.parse() == Ok(separator.chars().count()));
    (of == column && is_length).then_some(separator)
}

/// What is looked for in a column.
fn found_at(node: &Node, column: &Name) -> Option<String> {
    let Node::Call(name, arguments) = node else { return None };
    match (name.as_str(), arguments.as_slice()) {
        ("instr", [Node::Column(of), Node::Text(separator)])
        | ("locate", [Node::Text(separator), Node::Column(of)]) => {
            (of == column && !separator.is_empty()).then(|| separator.clone())
        }
        _ => None,
    }
}

/// `concat_ws(' ', a, b)`, `concat(a, ' ', b)`, `a || ' ' || b`.
fn merged(node: &Node) -> Option<(Name, String, Name)> {
    let parts = match node {
        Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("concat_ws", [separator, first, rest]) => [first, separator, rest],
            ("concat", [first, separator, rest]) => [first, separator, rest],
            _ => return None,
        },
        Node::Binary("||", left, rest) => match &**left {
            Node::Binary("||", first, separator) => [&**first, &**separator, &**rest],
            _ => return None,
        },
        _ => return None,
    };
    match parts {
        [Node::Column(first), Node::Text(separator), Node::Column(rest)] if !separator.is_empty() => {
            Some((first.clone(), separator.clone(), rest.clone()))
        }
        _ => None,
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
