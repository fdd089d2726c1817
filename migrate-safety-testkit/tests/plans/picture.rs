//! All that a database holds, to be compared with another.

use crate::host::{lines, value};
use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::catalog::diff::{Closeness, diff};
use migrate_safety_testkit::{Database, introspect};
use postgres::Client;
use std::collections::BTreeMap;

/// What the server says of each of its objects.
const OBJECTS: &str = include_str!("../catalog_sql/describe.sql");

/// Who may do what, per object.
const GRANTS: &str = "
    SELECT 'grant', c.oid::regclass::text, c.relacl FROM pg_class c WHERE c.oid >= 16384 AND c.relacl IS NOT NULL
    UNION ALL SELECT 'grant', a.attrelid::regclass || '.' || a.attname, a.attacl FROM pg_attribute a
        WHERE a.attrelid >= 16384 AND a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL SELECT 'grant', p.oid::regprocedure::text, p.proacl FROM pg_proc p
        WHERE p.oid >= 16384 AND p.proacl IS NOT NULL
    ORDER BY 1, 2";

/// Tables, views and their columns by name.
const READABLE: &str = "
    SELECT c.oid::regclass, c.relkind, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND (c.relkind <> 'm' OR c.relispopulated)
    GROUP BY 1, 2, c.oid ORDER BY 1::text";

const SEQUENCES: &str = "
    SELECT c.oid::regclass FROM pg_class c WHERE c.relkind = 'S' AND c.oid >= 16384 ORDER BY 1::text";

/// Tables with a column that the server numbers.
const NUMBERED: &str = "
    SELECT DISTINCT a.attrelid::regclass FROM pg_attribute a
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid >= 16384 AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) ~ '^nextval')";

/// How closely two databases are to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// As after the same change made in different ways: columns may stand in another order.
    SameMeaning,
    /// Nothing has happened.
    Identical,
}

/// All that a database holds.
#[derive(Debug)]
pub(crate) struct Picture {
    catalog: Catalog,
    objects: Vec<String>,
    /// The rows of each table and view by column, sorted.
    contents: BTreeMap<String, Contents>,
    /// The state of each sequence.
    sequences: BTreeMap<String, String>,
    numbered: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Contents {
    columns: String,
    rows: Vec<String>,
}

impl Picture {
    /// Looks at a database.
    pub(crate) fn of(database: &Database) -> Result<Self, String> {
        let mut client = database.connect().map_err(|error| error.to_string())?;
        Self::take(&mut client)
    }

    /// Looks at the database of a connection.
    pub(crate) fn take(client: &mut Client) -> Result<Self, String> {
        let live = introspect(client).map_err(|error| error.to_string())?;
        let mut objects = lines(client, OBJECTS)?;
        objects.extend(lines(client, GRANTS)?);
        let mut contents = BTreeMap::new();
        for line in lines(client, READABLE)? {
            let mut parts = line.splitn(3, " | ");
            let (name, _, columns) = (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
            // A view that cannot be read any more shows its error instead of rows.
            let mut rows = lines(client, &format!("SELECT ROW({columns}) FROM ONLY {name}"))
                .or_else(|_| lines(client, &format!("SELECT ROW({columns}) FROM {name}")))
                .unwrap_or_else(|error| vec![error]);
            rows.sort();
            contents.insert(name.to_owned(), Contents { columns: columns.to_owned(), rows });
        }
        let mut sequences = BTreeMap::new();
        for name in lines(client, SEQUENCES)? {
            let state = value(client, &format!("SELECT (last_value, is_called) FROM {name}"))?;
            sequences.insert(name, state);
        }
        Ok(Self { catalog: live.catalog, objects, contents, sequences, numbered: lines(client, NUMBERED)? })
    }

    /// Whether the rows of both are the same.
    pub(crate) fn same_rows(&self, other: &Self) -> bool {
        self.contents == other.contents
    }

    /// What `other` has that this has not, and the reverse; a line each. Rows are not looked at in relations of `random`.
    pub(crate) fn differences(&self, other: &Self, likeness: Likeness, random: &[String]) -> Vec<String> {
        let mut found = self.schema_differences(other, likeness);
        self.compare_rows(&mut found, other, random);
        if likeness == Likeness::Identical && self.sequences != other.sequences {
            found.push(format!("sequences: {:?} became {:?}", self.sequences, other.sequences));
        }
        found
    }

    /// As [`differences`](Self::differences), but for rows.
    pub(crate) fn schema_differences(&self, other: &Self, likeness: Likeness) -> Vec<String> {
        let closeness = match likeness {
            Likeness::SameMeaning => Closeness::Meaning,
            Likeness::Identical => Closeness::Exact,
        };
        let mut found: Vec<String> =
            diff(&self.catalog, &other.catalog, closeness).iter().map(|d| format!("catalog: {d}")).collect();
        compare_lines(&mut found, &self.told(likeness), &other.told(likeness));
        found
    }

    /// The tables with a column that the server numbers.
    pub(crate) fn numbered(&self) -> &[String] {
        &self.numbered
    }

    /// The relations whose rows differ.
    pub(crate) fn random(&self, other: &Self) -> Vec<String> {
        let differing = self.contents.iter().filter(|(name, contents)| other.contents.get(*name) != Some(contents));
        differing.map(|(name, _)| name.clone()).collect()
    }

    fn compare_rows(&self, found: &mut Vec<String>, other: &Self, random: &[String]) {
        for (name, expected) in &self.contents {
            // What is missing is told by the catalog.
            let Some(actual) = other.contents.get(name) else { continue };
            if expected.columns != actual.columns || expected.rows.len() != actual.rows.len() {
                found.push(format!(
                    "rows of {name}: {} of ({}) became {} of ({})",
                    expected.rows.len(),
                    expected.columns,
                    actual.rows.len(),
                    actual.columns
                ));
            } else if !random.contains(name) {
                let differing = expected.rows.iter().zip(&actual.rows).find(|(a, b)| a != b);
                found.extend(differing.map(|(a, b)| format!("rows of {name}: {a} became {b} in ({})", actual.columns)));
            }
        }
    }

    /// The objects, a line each.
    fn told(&self, likeness: Likeness) -> Vec<String> {
        let without_order = |line: &String| match line.strip_prefix("column | ") {
            Some(column) if likeness == Likeness::SameMeaning => {
                let (name, facts) = column.split_once(" | ").unwrap_or((column, ""));
                let facts = facts.split_once(' ').map_or(facts, |(_, facts)| facts);
                format!("column | {name} | {facts}")
            }
            _ => line.clone(),
        };
        let mut told: Vec<String> = self.objects.iter().map(without_order).collect();
        told.sort();
        told
    }
}

fn compare_lines(found: &mut Vec<String>, expected: &[String], actual: &[String]) {
    let (only_expected, only_actual) = (without(expected, actual), without(actual, expected));
    found.extend(only_expected.into_iter().map(|line| format!("only expected: {line}")));
    found.extend(only_actual.into_iter().map(|line| format!("only there: {line}")));
}

/// The lines that others have not.
pub(crate) fn without<'l>(lines: &'l [String], others: &[String]) -> Vec<&'l String> {
    lines.iter().filter(|line| !others.contains(line)).collect()
}
