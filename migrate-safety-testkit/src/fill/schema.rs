//! What filling needs to know of the tables.

use std::collections::{BTreeMap, BTreeSet};

use postgres::Client;

use super::partitions::Leaf;
use crate::Error;
use crate::query::{Row, flag, number, rows, text};

/// The tables to fill: ordinary ones and the roots of partitioned ones.
pub(super) struct Schema {
    tables: BTreeMap<i64, Table>,
}

pub(super) struct Table {
    /// `schema.name`, unquoted.
    pub(super) name: String,
    /// The same for use in SQL.
    pub(super) quoted: String,
    pub(super) columns: Vec<Column>,
    /// Those to other tables.
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) leaves: Vec<Leaf>,
    parents: BTreeSet<i64>,
    self_references: BTreeSet<i64>,
    checks: Vec<Check>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) quoted: String,
    pub(super) not_null: bool,
    pub(super) kind: Kind,
    number: i64,
    /// The server makes the value: a sequence, an identity, a generated column.
    made_by_server: bool,
    /// The sequence of a serial or identity column, which is written all the same: row n gets n.
    pub(super) sequence: Option<String>,
}

/// A type, domains resolved.
#[derive(Clone, Default)]
pub(super) struct Kind {
    /// As declared, for casts.
    pub(super) name: String,
    /// The name of the base type in the catalog.
    pub(super) base: String,
    /// The catalog's category, such as `E` for an enum.
    pub(super) category: char,
    /// The typmod of the base type; -1 without one.
    pub(super) modifier: i64,
    /// The element of an array.
    pub(super) element: String,
}

pub(super) struct ForeignKey {
    pub(super) parent: String,
    pub(super) referenced: Vec<String>,
    columns: Vec<i64>,
}

/// A check on one column, its own or its domain's.
struct Check {
    column: i64,
    literals: Vec<String>,
}

impl Schema {
    pub(super) fn read(client: &mut Client) -> Result<Self, Error> {
        const TABLES: &str =
            "SELECT c.oid, n.nspname || '.' || c.relname, pg_catalog.format('%I.%I', n.nspname, c.relname)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid >= 16384
              AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY c.oid";

        let mut tables = BTreeMap::new();
        for row in rows(client, "list the tables", TABLES)? {
            tables.insert(number(&row, 0), Table::new(&row));
        }
        let mut schema = Self { tables };
        if !schema.tables.is_empty() {
            schema.read_columns(client)?;
            schema.read_foreign_keys(client)?;
            schema.read_checks(client)?;
            schema.read_leaves(client)?;
        }
        Ok(schema)
    }

    /// All tables; those in a cycle of references in any order.
    pub(super) fn parents_first(&self) -> Vec<&Table> {
        let mut waiting: Vec<(&i64, &Table)> = self.tables.iter().collect();
        let mut done = BTreeSet::new();
        let mut order = Vec::new();
        while !waiting.is_empty() {
            let ready = |(_, table): &(&i64, &Table)| table.parents.is_subset(&done);
            let next = waiting.iter().position(ready).unwrap_or(0);
            let (oid, table) = waiting.remove(next);
            done.insert(*oid);
            order.push(table);
        }
        order
    }

    fn read_columns(&mut self, client: &mut Client) -> Result<(), Error> {
        // A domain over a domain over a type: the last step is the type.
        const SQL: &str = "WITH RECURSIVE base AS (
                SELECT oid AS declared, oid, typbasetype, typtypmod, typnotnull FROM pg_catalog.pg_type
                UNION ALL
                SELECT b.declared, t.oid, t.typbasetype,
                    CASE WHEN t.typtype = 'd' AND t.typtypmod >= 0 THEN t.typtypmod ELSE b.typtypmod END,
                    b.typnotnull OR t.typnotnull
                FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype)
            SELECT a.attrelid, a.attnum, a.attname, pg_catalog.quote_ident(a.attname), a.attnotnull OR b.typnotnull,
                a.attidentity <> '' OR a.attgenerated <> '' OR
                    COALESCE(pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\\(', false),
                pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname, t.typcategory,
                CASE WHEN b.declared = b.oid THEN a.atttypmod ELSE b.typtypmod END,
                COALESCE(pg_catalog.format_type(e.oid, NULL), ''),
                pg_catalog.pg_get_serial_sequence(pg_catalog.format('%I.%I', n.nspname, c.relname), a.attname)
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN base b ON b.declared = a.atttypid AND b.typbasetype = 0
            JOIN pg_catalog.pg_type t ON t.oid = b.oid
            LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
            LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum";

        for row in rows(client, "read the columns", SQL)? {
            if let Some(table) = self.tables.get_mut(&number(&row, 0)) {
                table.columns.push(Column::new(&row));
            }
        }
        Ok(())
    }

    fn read_foreign_keys(&mut self, client: &mut Client) -> Result<(), Error> {
        const SQL: &str = "SELECT k.conrelid, k.confrelid, pg_catalog.format('%I.%I', n.nspname, c.relname),
                pg_catalog.array_to_string(k.conkey, ' '),
                (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), chr(10) ORDER BY u.place)
                 FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (number, place)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number)
            FROM pg_catalog.pg_constraint k
            JOIN pg_catalog.pg_class c ON c.oid = k.confrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE k.contype = 'f' AND k.conparentid = 0 ORDER BY k.oid";

        for row in rows(client, "read the foreign keys", SQL)? {
            let (child, parent) = (number(&row, 0), number(&row, 1));
            let columns: Vec<i64> = text(&row, 3).split(' ').filter_map(|n| n.parse().ok()).collect();
            let Some(table) = self.tables.get_mut(&child) else {
                continue;
            };
            if child == parent {
                table.self_references.extend(columns);
                continue;
            }
            table.parents.insert(parent);
            let referenced = text(&row, 4).split('\n').map(str::to_owned).collect();
            table.foreign_keys.push(ForeignKey { parent: text(&row, 2).to_owned(), referenced, columns });
        }
        Ok(())
    }

    fn read_checks(&mut self, client: &mut Client) -> Result<(), Error> {
        const SQL: &str = "SELECT k.conrelid, k.conkey[1], pg_catalog.pg_get_constraintdef(k.oid)
            FROM pg_catalog.pg_constraint k
            WHERE k.contype = 'c' AND k.conrelid >= 16384 AND pg_catalog.array_length(k.conkey, 1) = 1
            UNION ALL SELECT a.attrelid, a.attnum, pg_catalog.pg_get_constraintdef(k.oid)
            FROM pg_catalog.pg_constraint k
            JOIN pg_catalog.pg_attribute a ON a.atttypid = k.contypid AND a.attnum > 0
            WHERE k.contype = 'c' AND k.contypid >= 16384";

        for row in rows(client, "read the checks", SQL)? {
            let literals = literals(text(&row, 2));
            if let Some(table) = self.tables.get_mut(&number(&row, 0)) {
                table.checks.push(Check { column: number(&row, 1), literals });
            }
        }
        Ok(())
    }

    fn read_leaves(&mut self, client: &mut Client) -> Result<(), Error> {
        // Partitions are listed from the top down, the bounds of a leaf with those above it.
        const SQL: &str = "WITH RECURSIVE part AS (
                SELECT oid AS root, oid, relkind, ''::text COLLATE \"C\" AS bounds, 0 AS depth
                FROM pg_catalog.pg_class WHERE relkind = 'p' AND NOT relispartition
                UNION ALL
                SELECT p.root, c.oid, c.relkind, p.bounds || chr(10) ||
                    pg_catalog.pg_get_partkeydef(i.inhparent) || chr(9) || pg_catalog.pg_get_expr(c.relpartbound, c.oid) COLLATE \"C\",
                    p.depth + 1
                FROM part p
                JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
                JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition)
            SELECT root, bounds FROM part WHERE relkind = 'r' ORDER BY root, oid";

        for row in rows(client, "read the partitions", SQL)? {
            if let Some(table) = self.tables.get_mut(&number(&row, 0)) {
                let leaf = Leaf::parse(text(&row, 1), |name| {
                    let column = table.columns.iter().find(|column| column.quoted == name || column.name == name)?;
                    Some((column.name.clone(), column.kind.clone()))
                });
                table.leaves.push(leaf);
            }
        }
        Ok(())
    }
}

impl Table {
    fn new(row: &Row) -> Self {
        Self {
            name: text(row, 1).to_owned(),
            quoted: text(row, 2).to_owned(),
            columns: Vec::new(),
            foreign_keys: Vec::new(),
            leaves: Vec::new(),
            parents: BTreeSet::new(),
            self_references: BTreeSet::new(),
            checks: Vec::new(),
        }
    }

    /// The foreign key a column belongs to, by number, and the column it refers to.
    pub(super) fn reference_of(&self, column: &Column) -> Option<(usize, &str)> {
        self.foreign_keys.iter().enumerate().find_map(|(number, key)| {
            let place = key.columns.iter().position(|own| *own == column.number)?;
            Some((number, key.referenced.get(place)?.as_str()))
        })
    }

    pub(super) fn refers_to_itself(&self, column: &Column) -> bool {
        self.self_references.contains(&column.number)
    }

    /// The values that checks of the column mention.
    pub(super) fn literals_for(&self, column: &Column) -> Vec<String> {
        let checks = self.checks.iter().filter(|check| check.column == column.number);
        checks.flat_map(|check| check.literals.iter().cloned()).collect()
    }
}

impl Column {
    fn new(row: &Row) -> Self {
        let kind = Kind {
            name: text(row, 6).to_owned(),
            base: text(row, 7).to_owned(),
            category: text(row, 8).chars().next().unwrap_or('X'),
            modifier: number(row, 9),
            element: text(row, 10).to_owned(),
        };
        Self {
            name: text(row, 2).to_owned(),
            quoted: text(row, 3).to_owned(),
            not_null: flag(row, 4),
            kind,
            number: number(row, 1),
            made_by_server: flag(row, 5),
            sequence: row.get(11).cloned().flatten(),
        }
    }

    /// Whether an `INSERT` names it.
    pub(super) fn is_written(&self, numbers: bool) -> bool {
        !self.made_by_server || (numbers && self.sequence.is_some())
    }
}

/// The string literals of an expression.
fn literals(expression: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find('\'') {
        let mut literal = String::new();
        let mut chars = rest[start + 1..].char_indices().peekable();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            if c == '\'' && chars.next_if(|(_, next)| *next == '\'').is_none() {
                end = start + 1 + at + 1;
                break;
            }
            literal.push(c);
        }
        literals.push(literal);
        rest = &rest[end..];
    }
    literals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_and_unquoted() {
        let check = "CHECK ((v = ANY (ARRAY['a'::text, 'it''s'::text, ''::text])))";
        assert_eq!(literals(check), ["a", "it's", ""]);
        assert_eq!(literals("CHECK (('open"), ["open"]);
    }
}
