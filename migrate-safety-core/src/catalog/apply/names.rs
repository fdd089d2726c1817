//! The names that the server makes up for indexes, constraints and sequences (`ChooseRelationName`,
//! `ChooseConstraintName` and `ChooseIndexName` there).

use super::figure::figure;
use crate::catalog::Catalog;
use crate::sql::Ident;
use crate::sql::expr::Expr;
use crate::sql::name::truncate;
use crate::sql::operation::IndexElement;

impl Catalog {
    /// `table_column_label`, with a number behind it if a relation (or, for an index behind a constraint, any
    /// constraint) of the schema has that name.
    pub(super) fn free_relation_name(
        &self,
        schema: &Ident,
        table: &str,
        column: Option<&str>,
        label: &str,
        constraint: bool,
    ) -> Ident {
        numbered(table, column, label, |name| {
            self.relation_names.contains_key(&(schema.clone(), name.clone()))
                || (constraint && self.constraint_name_exists(schema, name))
        })
    }

    /// `table_column_label`, with a number behind it if any table of the schema has a constraint of that name or
    /// `taken` holds it.
    pub(super) fn free_constraint_name(
        &self,
        schema: &Ident,
        table: &str,
        column: Option<&str>,
        label: &str,
        taken: &[Ident],
    ) -> Ident {
        numbered(table, column, label, |name| self.constraint_name_exists(schema, name) || taken.contains(name))
    }

    /// A name for a further row of a foreign key whose name the table has already: from PostgreSQL 18 on its own
    /// name with a number, before that one like any foreign key's.
    pub(super) fn free_foreign_key_name(&self, schema: &Ident, table: &str, columns: &[&str], name: &Ident) -> Ident {
        if self.target().version < 18 {
            return self.free_constraint_name(schema, table, Some(&joined(columns)), "fkey", &[]);
        }
        let free = |candidate: &Ident| !self.constraint_name_exists(schema, candidate);
        let candidates = (1u32..).map(|n| Ident::exact(&combined(name, None, &n.to_string())));
        candidates.take(u16::MAX.into()).find(free).unwrap_or_else(|| name.clone())
    }

    /// A name for an index over columns of these names.
    pub(super) fn free_index_name(&self, schema: &Ident, table: &str, columns: &[Ident], what: IndexNaming) -> Ident {
        let columns: Vec<&str> = columns.iter().map(Ident::as_str).collect();
        let (columns, label, constraint) = match what {
            IndexNaming::PrimaryKey => (None, "pkey", true),
            IndexNaming::Unique => (Some(joined(&columns)), "key", true),
            IndexNaming::Exclude => (Some(joined(&columns)), "excl", true),
            IndexNaming::Plain => (Some(joined(&columns)), "idx", false),
        };
        self.free_relation_name(schema, table, columns.as_deref(), label, constraint)
    }

    /// The name for the exclusion constraint that a partition gets of its parent, if nothing else has that.
    #[cfg(feature = "diff")]
    pub(in crate::catalog) fn usual_exclusion_name(table: &str, columns: &[&str]) -> Ident {
        Ident::exact(&combined(table, Some(&joined(columns)), "excl"))
    }
}

/// A name out of those of a table and its columns that is not taken.
pub(super) fn made_up(table: &str, columns: &[&str], label: &str, taken: impl Fn(&Ident) -> bool) -> Ident {
    numbered(table, Some(&joined(columns)), label, taken)
}

/// What an index is for, as far as its name goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndexNaming {
    PrimaryKey,
    Unique,
    Exclude,
    Plain,
}

/// The first of `table_column_label`, `table_column_label1`, `…2` that is not taken.
fn numbered(table: &str, column: Option<&str>, label: &str, taken: impl Fn(&Ident) -> bool) -> Ident {
    let mut name = Ident::exact(&combined(table, column, label));
    let mut pass = 0u32;
    while taken(&name) {
        pass += 1;
        name = Ident::exact(&combined(table, column, &format!("{label}{pass}")));
    }
    name
}

/// `name1_name2_label`: where that is too long, the longer of the two names is cut first.
fn combined(name1: &str, name2: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(name2.is_some());
    let available = Ident::MAX_BYTES.saturating_sub(overhead);
    let (mut len1, mut len2) = (name1.len(), name2.map_or(0, str::len));
    while len1 + len2 > available {
        if len1 > len2 { len1 -= 1 } else { len2 -= 1 }
    }
    let mut combined = truncate(name1, len1).to_owned();
    if let Some(name2) = name2 {
        combined.push('_');
        combined.push_str(truncate(name2, len2));
    }
    combined.push('_');
    combined.push_str(label);
    combined
}

/// Column names put together, up to where no name can hold more.
pub(super) fn joined(columns: &[&str]) -> String {
    let mut joined = String::new();
    for column in columns {
        if !joined.is_empty() {
            joined.push('_');
        }
        joined.push_str(column);
        if joined.len() > Ident::MAX_BYTES {
            break;
        }
    }
    joined
}

/// What the columns of an index are called: its key and what it includes, made distinct by numbers.
pub(super) fn index_column_names<'e>(
    elements: impl IntoIterator<Item = &'e IndexElement>,
    include: &[Ident],
    version: u16,
) -> Vec<Ident> {
    let preliminary = |element: &IndexElement| {
        let Expr::Column { name, .. } = &element.expression.expr else {
            let (name, _) = figure(&element.expression.expr, &element.expression.sql, version);
            return name.unwrap_or_else(|| Ident::exact("expr"));
        };
        name.clone()
    };
    let keys = elements.into_iter().map(preliminary);
    distinct(keys.chain(include.iter().cloned()))
}

/// Names made distinct by numbers behind later ones.
pub(super) fn distinct(names: impl IntoIterator<Item = Ident>) -> Vec<Ident> {
    let mut distinct: Vec<Ident> = Vec::new();
    for name in names {
        let mut current = name.clone();
        let mut number = 0u32;
        while distinct.contains(&current) {
            number += 1;
            let suffix = number.to_string();
            let kept = truncate(&name, Ident::MAX_BYTES.saturating_sub(suffix.len()));
            current = Ident::exact(&format!("{kept}{suffix}"));
        }
        distinct.push(current);
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_evenly() {
        let long = "a".repeat(60);
        let cases = [
            (combined("t", None, "pkey"), "t_pkey".to_owned()),
            (combined("t", Some("c"), "key"), "t_c_key".to_owned()),
            (combined(&long, Some("column"), "idx"), format!("{}_column_idx", "a".repeat(52))),
            (combined(&long, Some(&"b".repeat(60)), "key1"), format!("{}_{}_key1", "a".repeat(29), "b".repeat(28))),
            (combined(&"ü".repeat(31), Some("c"), "check"), format!("{}_c_check", "ü".repeat(27))),
        ];
        for (made, expected) in cases {
            assert_eq!(made, expected);
        }
    }

    #[test]
    fn repeated_column_names_are_numbered() {
        let made = distinct(["expr", "a", "expr", "expr", "a"].map(Ident::exact));
        assert_eq!(made, ["expr", "a", "expr1", "expr2", "a1"].map(Ident::exact));
    }
}
