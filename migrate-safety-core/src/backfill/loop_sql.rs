//! The whole backfill as one `DO` block.

use super::prepared::Prepared;
use super::render::literal;

/// How many rows a batch of the loop covers.
const LOOP_ROWS: u32 = 1_000;

/// The pause between two batches, in seconds.
const PAUSE: &str = "0.05";

/// How often a batch is tried that does not get its locks.
const TRIES: u32 = 100;

/// The pause before that, in seconds.
const AGAIN: &str = "0.2";

/// How many pages a batch of the loop covers where there is no key: at most 291 rows fit on one.
const LOOP_PAGES: u32 = 30;

pub(super) fn loop_sql(prepared: &Prepared) -> String {
    if prepared.key.by_place { by_place(prepared) } else { by_key(prepared) }
}

fn by_key(prepared: &Prepared) -> String {
    let columns = &prepared.key.columns;
    let variables = |prefix: &str| (1..=columns.len()).map(|n| format!("{prefix}_{n}")).collect::<Vec<_>>();
    let (first, upto, last) = (variables("backfill_from"), variables("backfill_upto"), variables("backfill_last"));
    let declare = |names: &[String]| {
        names.iter().zip(columns).map(|(name, column)| format!("  {name} {};\n", column.data_type)).collect::<String>()
    };
    let order = |suffix: &str| {
        columns.iter().map(|column| format!("{}{suffix}", column.name.sql())).collect::<Vec<_>>().join(", ")
    };
    let (keys, source) = (prepared.key.list(), prepared.source());
    let (ascending, descending) = (order(""), order(" DESC"));
    let range = [prepared.from(&first), prepared.range(None, Some(&upto)).concat()];
    let write = tried(&prepared.write_sql(&range));
    // Compared by the server's idea of the column: its collation is not that of a variable.
    let next = prepared.range(Some(&upto), Some(&last)).join(" AND ");
    let tag = dollar_tag(&write);
    format!(
        "DO {tag}\n\
         DECLARE\n{}{}{}{TRIED}\
         BEGIN\n\
         \x20 SELECT {keys} INTO {} FROM {source} ORDER BY {ascending} LIMIT 1;\n\
         \x20 SELECT {keys} INTO {} FROM {source} ORDER BY {descending} LIMIT 1;\n\
         \x20 WHILE {} IS NOT NULL LOOP\n\
         \x20   SELECT {keys} INTO {}\n\
         \x20   FROM (SELECT {keys} FROM {source} WHERE {} ORDER BY {ascending} LIMIT {LOOP_ROWS}) AS batch\n\
         \x20   ORDER BY {descending} LIMIT 1;\n\
         {write}\
         \x20   COMMIT;\n\
         \x20   PERFORM pg_sleep({PAUSE});\n\
         \x20   SELECT {keys} INTO {} FROM {source} WHERE {next} ORDER BY {ascending} LIMIT 1;\n\
         \x20 END LOOP;\n\
         END\n\
         {tag}",
        declare(&first),
        declare(&upto),
        declare(&last),
        first.join(", "),
        last.join(", "),
        first.first().map_or("", String::as_str),
        upto.join(", "),
        prepared.from(&first),
        first.join(", "),
    )
}

fn by_place(prepared: &Prepared) -> String {
    let range = [
        "ctid >= format('(%s,0)', backfill_page)::tid".to_owned(),
        format!("ctid < format('(%s,0)', backfill_page + {LOOP_PAGES})::tid"),
    ];
    let write = tried(&prepared.write_sql(&range));
    let tag = dollar_tag(&write);
    let table = literal(&prepared.table.sql());
    format!(
        "DO {tag}\n\
         DECLARE\n\
         \x20 backfill_page bigint := 0;\n\
         \x20 backfill_pages bigint := pg_relation_size({table}) / current_setting('block_size')::bigint;\n{TRIED}\
         BEGIN\n\
         \x20 WHILE backfill_page < backfill_pages LOOP\n\
         {write}\
         \x20   COMMIT;\n\
         \x20   PERFORM pg_sleep({PAUSE});\n\
         \x20   backfill_page := backfill_page + {LOOP_PAGES};\n\
         \x20 END LOOP;\n\
         END\n\
         {tag}"
    )
}

/// Counts the attempts at a batch.
const TRIED: &str = "  backfill_tries integer;\n";

/// A write that gives way: it waits for a shorter time than the server lets two wait for each other, so that whoever is in
/// its way is not the one that is ended.
fn tried(write: &str) -> String {
    format!(
        "    backfill_tries := 1;\n\
         \x20   LOOP\n\
         \x20     BEGIN\n\
         \x20       -- Shorter than deadlock_timeout: this batch gives way, not the application.\n\
         \x20       PERFORM set_config('lock_timeout', '500ms', true);\n\
         \x20       {};\n\
         \x20       EXIT;\n\
         \x20     EXCEPTION WHEN lock_not_available OR deadlock_detected THEN\n\
         \x20       IF backfill_tries = {TRIES} THEN RAISE; END IF;\n\
         \x20       backfill_tries := backfill_tries + 1;\n\
         \x20       PERFORM pg_sleep({AGAIN});\n\
         \x20     END;\n\
         \x20   END LOOP;\n",
        write.replace('\n', "\n        ")
    )
}

/// A dollar quote that the text does not hold.
fn dollar_tag(text: &str) -> String {
    let tags = std::iter::once("$backfill$".to_owned()).chain((1..).map(|n| format!("$backfill{n}$")));
    tags.into_iter().find(|tag| !text.contains(tag.as_str())).unwrap_or_default()
}
