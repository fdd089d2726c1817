//! What operators return, and which depend on settings (`pg_operator`, `pg_proc.provolatile`).

use super::{Bounds, Examined, ExprType, Typing};
use crate::sql::{DataType, Ident};

/// The operators of the server itself (`pg_operator`, PostgreSQL 18); those written as words are all of them its own.
const SYMBOLS: &[&str] = &[
    "!!", "!=", "!~", "!~*", "!~~", "!~~*", "#", "##", "#-", "#>", "#>>", "%", "&", "&&", "&<", "&<|", "&>", "*", "+",
    "-", "->", "->>", "-|-", "/", "<", "<->", "<<", "<<=", "<<|", "<=", "<>", "<@", "<^", "=", ">", ">=", ">>", ">>=",
    ">^", "?", "?#", "?&", "?-", "?-|", "?|", "?||", "@", "@-@", "@>", "@?", "@@", "@@@", "^", "^@", "|", "|&>", "|/",
    "|>>", "||", "||/", "~", "~*", "~<=~", "~<~", "~=", "~>=~", "~>~", "~~", "~~*",
];

/// Operators that compare.
const COMPARISONS: &[&str] = &["=", "<>", "!=", "<", ">", "<=", ">="];

/// Further operators that return `bool`.
const PREDICATES: &[&str] = &[
    "!~", "!~*", "!~~", "!~~*", "&&", "&<", "&>", "<<=", ">>=", "<@", "@>", "?", "?&", "?|", "@?", "@@", "@@@", "^@",
    "~", "~*", "~=", "~~", "~~*", "-|-",
];

/// Operators of pg_trgm: they depend on its thresholds.
const SIMILARITIES: &[&str] = &["%", "<%", "%>", "<<%", "%>>"];

/// Numbers, smallest first: an operator on two of them works in the greater.
const NUMBERS: &[&str] = &["int2", "int4", "int8", "numeric", "float4", "float8"];

impl Typing<'_> {
    /// The type that an operator returns and the volatility of the operator itself.
    pub(super) fn operator(&self, op: &str, left: &ExprType, right: &ExprType) -> Examined {
        let (left, right) = (&self.base_type(left), &self.base_type(right));
        let boolean = |bounds| Examined::new(ExprType::builtin("bool"), bounds);
        let word = op.starts_with(|c: char| c.is_ascii_alphabetic());
        if COMPARISONS.contains(&op) || (word && op.contains("distinct")) {
            return boolean(comparison(left, right));
        }
        match op {
            "at time zone" => self.function("timezone", &[right.clone(), left.clone()]),
            "||" => self.concatenation(left, right),
            "+" | "-" | "*" | "/" | "^" => arithmetic(op, left, right),
            "%" if left.name().is_some_and(|n| NUMBERS.contains(&n)) => arithmetic(op, left, right),
            "->" | "#>" => Examined::new(json_of(left), Bounds::IMMUTABLE),
            "#-" => Examined::new(ExprType::builtin("jsonb"), Bounds::IMMUTABLE),
            "->>" | "#>>" => Examined::new(ExprType::builtin("text"), Bounds::IMMUTABLE),
            "@@" | "@@@" => boolean(match left.name() {
                Some("text" | "varchar" | "bpchar") => Bounds::STABLE,
                Some(_) => Bounds::IMMUTABLE,
                None => Bounds::AT_MOST_STABLE,
            }),
            op if SIMILARITIES.contains(&op) => boolean(Bounds::STABLE),
            op if PREDICATES.contains(&op) || word => boolean(Bounds::IMMUTABLE),
            op if SYMBOLS.contains(&op) => Examined::new(ExprType::Unclear, Bounds::IMMUTABLE),
            _ => Examined::unknown(),
        }
    }

    /// `||`: with text on one side the other is written as text (`textanycat`, which the planner inlines).
    fn concatenation(&self, left: &ExprType, right: &ExprType) -> Examined {
        let text = |bounds| Examined::new(ExprType::builtin("text"), bounds);
        let same = |data_type: &ExprType| Examined::new(data_type.clone(), Bounds::IMMUTABLE);
        let is_array = |t: &ExprType| t.known().is_some_and(|t| t.array);
        let own =
            |t: &ExprType| matches!(t.name(), Some("jsonb" | "bytea" | "tsvector" | "bit" | "varbit" | "tsquery"));
        let output = |t: &DataType| Bounds::exactly(self.catalog.output_volatility(t));
        match (left, right) {
            (left, _) if is_array(left) || (own(left) && !is_text(right)) => same(left),
            (_, right) if is_array(right) || (own(right) && !is_text(left)) => same(right),
            (ExprType::Literal, ExprType::Literal) => text(Bounds::IMMUTABLE),
            (left, right) if is_text(left) && is_text(right) => text(Bounds::IMMUTABLE),
            (ExprType::Unclear, _) | (_, ExprType::Unclear) => {
                let data_type =
                    if is_text(left) || is_text(right) { ExprType::builtin("text") } else { ExprType::Unclear };
                Examined::new(data_type, Bounds::AT_MOST_STABLE)
            }
            (ExprType::Known(left), _) if !is_text(&ExprType::Known(left.clone())) => text(output(left)),
            (_, ExprType::Known(right)) if !is_text(&ExprType::Known(right.clone())) => text(output(right)),
            _ => text(Bounds::IMMUTABLE),
        }
    }
}

/// Whether a value is of a string type; a constant can be.
fn is_text(data_type: &ExprType) -> bool {
    *data_type == ExprType::Literal
        || matches!(data_type.name(), Some("text" | "varchar" | "bpchar" | "name" | "citext"))
}

/// Comparing a time with a time zone to one without depends on the session's time zone.
fn comparison(left: &ExprType, right: &ExprType) -> Bounds {
    let without_zone = |t: &ExprType| matches!(t.name(), Some("date" | "timestamp"));
    let with_zone = |t: &ExprType| t.name() == Some("timestamptz");
    let unclear = |t: &ExprType| *t == ExprType::Unclear;
    if (without_zone(left) && with_zone(right)) || (with_zone(left) && without_zone(right)) {
        Bounds::STABLE
    } else if (unclear(left) && (unclear(right) || without_zone(right) || with_zone(right)))
        || (unclear(right) && (without_zone(left) || with_zone(left)))
    {
        Bounds::AT_MOST_STABLE
    } else {
        Bounds::IMMUTABLE
    }
}

/// `json -> 'a'` is json again, `hstore -> 'a'` is text.
fn json_of(data_type: &ExprType) -> ExprType {
    match data_type.name() {
        Some(name @ ("json" | "jsonb")) => ExprType::builtin(name),
        Some("hstore") => ExprType::builtin("text"),
        _ => ExprType::Unclear,
    }
}

/// `+ - * / ^ %` on numbers and times.
fn arithmetic(op: &str, left: &ExprType, right: &ExprType) -> Examined {
    let immutable = |name: &str| Examined::new(ExprType::builtin(name), Bounds::IMMUTABLE);
    let rank = |name: &str| NUMBERS.iter().position(|n| *n == name);
    // A constant is taken to be of the other operand's type, or an interval beside a time.
    let (l, r) = match (left, right) {
        (ExprType::Literal, right) => (right.name(), right.name()),
        (left, ExprType::Literal) if op == "+" && matches!(left.name(), Some("timestamp" | "timestamptz")) => {
            (left.name(), Some("interval"))
        }
        (left, ExprType::Literal) => (left.name(), left.name()),
        (left, right) => (left.name(), right.name()),
    };
    let (Some(l), Some(r)) = (l, r) else {
        let zoned = [l, r].contains(&Some("timestamptz"));
        let bounds = match (op, left, right) {
            ("+" | "-", ExprType::Unclear, ExprType::Unclear) => Bounds::AT_MOST_STABLE,
            ("+" | "-", ..) if zoned || [l, r].contains(&Some("interval")) => Bounds::AT_MOST_STABLE,
            _ => Bounds::IMMUTABLE,
        };
        return Examined::new(ExprType::Unclear, bounds);
    };
    if let (Some(a), Some(b)) = (rank(l), rank(r)) {
        let (greater, lesser) = (a.max(b), a.min(b));
        // Power is of float8 or numeric only; real with anything but real is double precision.
        let name = match NUMBERS.get(greater) {
            Some(&"float4") if greater != lesser => "float8",
            Some(&"numeric") => "numeric",
            _ if op == "^" => "float8",
            Some(name) => name,
            None => return Examined::unknown(),
        };
        return immutable(name);
    }
    match (l, op, r) {
        ("timestamptz", "+" | "-", "interval") | ("interval", "+", "timestamptz") => {
            Examined::new(ExprType::builtin("timestamptz"), Bounds::STABLE)
        }
        ("timestamptz", "-", "timestamp" | "date") | ("timestamp" | "date", "-", "timestamptz") => {
            Examined::new(ExprType::builtin("interval"), Bounds::STABLE)
        }
        ("timestamptz", "-", "timestamptz") | ("timestamp", "-", "timestamp" | "date") | ("date", "-", "timestamp") => {
            immutable("interval")
        }
        ("timestamp" | "date", "+" | "-", "interval") | ("interval", "+", "timestamp" | "date") => {
            immutable("timestamp")
        }
        ("date", "+", "time") | ("time", "+", "date") => immutable("timestamp"),
        ("date", "+", "timetz") | ("timetz", "+", "date") => immutable("timestamptz"),
        ("date", "-", "date") => immutable("int4"),
        ("date", "+" | "-", "int2" | "int4") | ("int2" | "int4", "+", "date") => immutable("date"),
        ("time" | "timetz", "+" | "-", "interval") => immutable(l),
        ("time", "-", "time") => immutable("interval"),
        ("interval", _, _) | (_, "*", "interval") => immutable("interval"),
        ("jsonb", "-", _) => immutable("jsonb"),
        ("money", _, _) | (_, _, "money") => immutable("money"),
        ("inet", "-", "inet") => immutable("int8"),
        ("inet", _, _) => immutable("inet"),
        (l, _, r) if l == r => {
            let same = DataType { name: Ident::exact(l), ..DataType::builtin(l) };
            Examined::new(ExprType::Known(same), Bounds::IMMUTABLE)
        }
        _ => Examined::new(ExprType::Unclear, Bounds::IMMUTABLE),
    }
}
