//! What a run asks about keys and rows.

use super::key::{KeyColumn, KeyFormat};
use super::prepared::Prepared;
use crate::sql::expr::Expression;
use std::collections::BTreeSet;

/// Types of which the server samples values in the order of any index, as a cast names them.
const SAMPLED_TYPES: [&str; 4] = ["smallint", "integer", "bigint", "uuid"];

impl KeyColumn {
    /// The value as text.
    fn as_text(&self) -> String {
        let name = self.name.sql();
        match self.format {
            KeyFormat::Text => format!("{name}::text"),
            KeyFormat::Json => format!("to_jsonb({name}) #>> '{{}}'"),
        }
    }
}

impl Prepared {
    /// The values of the key as an array of texts.
    fn key_json(&self) -> String {
        let texts: Vec<String> = self.key.columns.iter().map(KeyColumn::as_text).collect();
        format!("jsonb_build_array({})", texts.join(", "))
    }

    fn order(&self, direction: &str) -> String {
        let names: Vec<String> =
            self.key.columns.iter().map(|column| format!("{}{direction}", column.name.sql())).collect();
        names.join(", ")
    }

    /// The `n`th key of a range; nothing if it has fewer.
    pub(super) fn nth_key_sql(&self, after: Option<&[String]>, upto: Option<&[String]>, n: &str) -> String {
        let (source, condition) = (self.source(), self.condition(after, upto));
        if self.key.by_place {
            // A scan of a range of places gives them in order.
            return format!(
                "SELECT jsonb_build_array(max(place)::text) FROM (SELECT ctid AS place FROM {source} {condition} LIMIT \
                 {n}) AS batch HAVING count(*) = {n}"
            );
        }
        format!(
            "SELECT {} FROM {source} {condition} ORDER BY {} OFFSET {n} - 1 LIMIT 1",
            self.key_json(),
            self.order("")
        )
    }

    /// A key about `n` rows behind the beginning of a range, by the server's statistics of its values; nothing if those
    /// are too coarse, or do not reach so far. Nothing is read through for it. Absent for keys of several columns or of
    /// types whose order depends on a collation.
    pub(super) fn sampled_key_sql(
        &self,
        after: Option<&[String]>,
        upto: Option<&[String]>,
        n: &str,
        table_rows: u64,
    ) -> Option<String> {
        let [column] = &self.key.columns[..] else { return None };
        if self.key.by_place || !SAMPLED_TYPES.contains(&column.data_type.as_str()) || table_rows == 0 {
            return None;
        }
        let literal = super::render::literal;
        let (table, name, data_type) = (literal(&self.table.sql()), literal(column.name.as_str()), &column.data_type);
        let bound = |values: Option<&[String]>, sign: &str| {
            values.and_then(<[_]>::first).map(|value| format!("value {sign} {value}"))
        };
        let condition = super::render::filter(bound(after, ">").into_iter().chain(bound(upto, "<")));
        Some(format!(
            "SELECT jsonb_build_array(keys[greatest({n} * parts / {table_rows}, 1)]::text) FROM (SELECT parts, \
             ARRAY(SELECT value FROM unnest(bounds) AS value {condition} ORDER BY value) AS keys FROM (SELECT bounds, \
             array_length(bounds, 1) - 1 AS parts FROM (SELECT histogram_bounds::text::{data_type}[] AS bounds FROM \
             pg_catalog.pg_stats WHERE attname = {name} AND (schemaname, tablename) = (SELECT n.nspname, c.relname FROM \
             pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = \
             {table}::regclass) ORDER BY inherited DESC LIMIT 1) AS statistics) AS counted WHERE parts > 0 AND \
             {table_rows} / parts <= 2 * {n}) AS sample WHERE keys[greatest({n} * parts / {table_rows}, 1)] IS NOT NULL"
        ))
    }

    /// How many rows a range has, counted up to `n`.
    pub(super) fn count_sql(&self, after: Option<&[String]>, upto: Option<&[String]>, n: &str) -> String {
        format!(
            "SELECT count(*) FROM (SELECT FROM {} {} LIMIT {n}) AS rest",
            self.source(),
            self.condition(after, upto)
        )
    }

    /// The last key that there is.
    pub(super) fn last_key_sql(&self) -> String {
        if self.key.by_place {
            let table = super::render::literal(&self.table.sql());
            return format!(
                "SELECT jsonb_build_array(format('(%s,0)', pg_catalog.pg_relation_size({table}) / \
                 pg_catalog.current_setting('block_size')::bigint))"
            );
        }
        format!("SELECT {} FROM {} ORDER BY {} LIMIT 1", self.key_json(), self.source(), self.order(" DESC"))
    }

    /// Counts the rows of a range that do not have their values, as JSON; the checksum is that of their keys.
    pub(super) fn compare_sql(&self, range: &[String]) -> String {
        format!(
            "SELECT json_build_object('mismatched', count(*), 'checksum', coalesce(bit_xor(hashtextextended(key::text, \
             0)), 0))::text AS answer FROM ({}) AS rows",
            self.mismatching_sql(range)
        )
    }

    /// The keys of some rows of a range that do not have their values, as JSON.
    pub(super) fn mismatching_keys_sql(&self, range: &[String], limit: u32) -> String {
        format!(
            "SELECT coalesce(jsonb_agg(array_to_string(ARRAY(SELECT jsonb_array_elements_text(key)), ', ')), \
             '[]'::jsonb)::text AS answer FROM ({} LIMIT {limit}) AS rows",
            self.mismatching_sql(range)
        )
    }

    /// Columns of the table that is read: of its key, and those that values and condition mention.
    pub(super) fn columns_read(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = self.key.columns.iter().map(|column| column.name.to_string()).collect();
        let expressions = self.columns.iter().map(|column| &column.value).chain(&self.only);
        let mentioned = |e: &Expression| e.expr.columns().into_iter().map(ToString::to_string).collect::<Vec<_>>();
        names.extend(expressions.flat_map(mentioned));
        names.into_iter().collect()
    }

    /// Columns that are written, or go into an archive; of rows that are deleted without one, those of the key.
    pub(super) fn columns_written(&self) -> Vec<String> {
        match &self.gone {
            Some(gone) if gone.archive.is_some() => gone.columns.iter().map(ToString::to_string).collect(),
            Some(_) => self.key.columns.iter().map(|column| column.name.to_string()).collect(),
            None => self.columns.iter().map(|column| column.name.to_string()).collect(),
        }
    }

    fn condition(&self, after: Option<&[String]>, upto: Option<&[String]>) -> String {
        super::render::filter(self.range(after, upto))
    }

    fn mismatching_sql(&self, range: &[String]) -> String {
        super::render::mismatching(self, range, &self.key_json())
    }
}
