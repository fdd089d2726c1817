//! Values that find their partition.

use std::collections::BTreeMap;

use super::schema::Kind;
use crate::query::literal;

/// The expression for each column that decides on the partition, by name.
pub(super) type Overrides = BTreeMap<String, String>;

/// A partition that holds rows, and the bounds on the way to it.
pub(super) struct Leaf {
    bounds: Vec<Bound>,
}

struct Bound {
    columns: Vec<(String, Kind)>,
    values: Values,
}

enum Values {
    List(Vec<String>),
    Range {
        from: Vec<String>,
        to: Vec<String>,
    },
    /// `DEFAULT`, a hash, or an expression as the key: natural values must do.
    Any,
}

/// The overrides for each leaf; one without any when there are no partitions.
pub(super) fn overrides(leaves: &[Leaf]) -> Vec<Overrides> {
    if leaves.is_empty() {
        return vec![Overrides::new()];
    }
    leaves.iter().map(Leaf::overrides).collect()
}

impl Leaf {
    /// Reads lines of key and bound, separated by a tab, as the server prints both.
    pub(super) fn parse(lines: &str, column: impl Fn(&str) -> Option<(String, Kind)>) -> Self {
        let bounds = lines.lines().filter_map(|line| line.split_once('\t')).map(|(key, bound)| {
            let names = inner(key).unwrap_or_default();
            let columns: Option<Vec<_>> =
                split(names).iter().map(|name| column(name.split(' ').next().unwrap_or(name))).collect();
            let values = columns.as_ref().map_or(Values::Any, |_| Values::parse(bound));
            Bound { columns: columns.unwrap_or_default(), values }
        });
        Self { bounds: bounds.collect() }
    }

    fn overrides(&self) -> Overrides {
        let mut overrides = Overrides::new();
        for bound in &self.bounds {
            match &bound.values {
                Values::Any => {}
                Values::List(values) => {
                    if let [(name, kind)] = bound.columns.as_slice() {
                        let list = values.join(", ");
                        let pick = format!("(ARRAY[{list}]::{}[])[(g - 1) % {} + 1]", kind.name, values.len());
                        overrides.insert(name.clone(), pick);
                    }
                }
                Values::Range { from, to } => {
                    for ((name, kind), (from, to)) in bound.columns.iter().zip(from.iter().zip(to)) {
                        overrides.insert(name.clone(), between(kind, from, to));
                        // What follows a first column within its bounds is free.
                        if from != to {
                            break;
                        }
                    }
                }
            }
        }
        overrides
    }
}

impl Values {
    fn parse(bound: &str) -> Self {
        if let Some(list) = bound.strip_prefix("FOR VALUES IN ") {
            return Self::List(split(inner(list).unwrap_or_default()));
        }
        if let Some((from, to)) = bound.strip_prefix("FOR VALUES FROM ").and_then(|range| range.split_once(" TO ")) {
            let side = |text| split(inner(text).unwrap_or_default());
            return Self::Range { from: side(from), to: side(to) };
        }
        Self::Any
    }
}

/// An expression of `g` from `from` on and below `to`, both as literals.
fn between(kind: &Kind, from: &str, to: &str) -> String {
    let cast = |value: &str| format!("{value}::{}", kind.name);
    let open = |value: &str| matches!(value, "MINVALUE" | "MAXVALUE");
    let step = match kind.base.as_str() {
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" => "1",
        "date" => "1",
        "timestamp" | "timestamptz" => "INTERVAL '1 minute'",
        _ if open(from) => return literal(""),
        _ => return cast(from),
    };
    match (open(from), open(to)) {
        (true, true) => format!("(g * 1)::text::{}", kind.name),
        (true, false) => format!("({} - {step})::{}", cast(to), kind.name),
        (false, true) => format!("({} + (g % 100)::int * {step})::{}", cast(from), kind.name),
        (false, false) => {
            let value = format!("({} + (g % 100)::int * {step})::{}", cast(from), kind.name);
            format!("CASE WHEN {value} < {} THEN {value} ELSE {} END", cast(to), cast(from))
        }
    }
}

/// What stands between the first parenthesis and the last.
fn inner(text: &str) -> Option<&str> {
    text.get(text.find('(')? + 1..text.rfind(')')?)
}

/// Splits at the commas outside of quotes.
fn split(list: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in list.chars() {
        quoted ^= c == '\'';
        match (c, parts.last_mut()) {
            (',', _) if !quoted => parts.push(String::new()),
            (_, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(lines: &str) -> Leaf {
        Leaf::parse(lines, |name| {
            let kind = Kind { name: "integer".to_owned(), base: "int4".to_owned(), ..Kind::default() };
            Some((name.to_owned(), kind))
        })
    }

    #[test]
    fn a_list_is_gone_through() {
        let overrides = leaf("LIST (a)\tFOR VALUES IN ('x,y', 'z')").overrides();
        assert_eq!(overrides["a"], "(ARRAY['x,y', 'z']::integer[])[(g - 1) % 2 + 1]");
    }

    #[test]
    fn a_default_partition_takes_what_comes() {
        assert!(leaf("RANGE (a)\tDEFAULT").overrides().is_empty());
        assert!(leaf("HASH (a)\tFOR VALUES WITH (modulus 2, remainder 0)").overrides().is_empty());
    }

    #[test]
    fn a_range_starts_at_its_lower_bound() {
        let overrides = leaf("RANGE (a, b)\tFOR VALUES FROM ('1', MINVALUE) TO ('5', MINVALUE)").overrides();
        assert!(overrides["a"].starts_with("CASE WHEN ('1'::integer + "));
        assert!(!overrides.contains_key("b"));
    }
}
