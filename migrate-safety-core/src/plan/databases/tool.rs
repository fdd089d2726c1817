//! Tools that change a table of MySQL or MariaDB by copying it beside those who write to it.
//!
//! The tools make a table of their own, so that `ALGORITHM` and `LOCK` have no place in what they are told. gh-ost and spirit
//! follow the binary log and take no table with foreign keys; pt-online-schema-change works by triggers of its own and can
//! rebuild foreign keys that lead to the table. Triggers are kept right by gh-ost alone, which makes them while the table is
//! locked: pt-online-schema-change moves them a while before it swaps the tables, and until then what is written fires those of
//! the new table, by the tool's REPLACE, in the place of its own. All of them copy with `INSERT IGNORE`: what the new form
//! does not take is left out without a word, and is therefore counted before.

mod before;
mod constraints;
mod present;

pub(super) use before::misfits;
pub(super) use constraints::names_back;
pub(super) use present::{once, present};

use super::request::Request;
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, IndexDef};
use crate::databases::schema::{Table, Trigger};
use crate::dialect::Dialect;
use crate::plan::error::Refusal;
use crate::plan::model::{Gate, Tool};
use crate::sql::name::literal;

/// The tools for a change; what they are told stands behind `ALTER TABLE t`.
///
/// # Errors
/// The table has no key by which a tool could copy it.
pub(super) fn tool(request: &Request<'_>, table: &Table, actions: &[&ActionKind], told: &str) -> Result<Tool, Refusal> {
    let never_null = |name: &&Name| table.column(name).is_some_and(|column| column.not_null == Some(true));
    let is_key =
        |index: &IndexDef| index.is_unique() && !index.parts.is_empty() && index.columns().iter().all(never_null);
    let has_primary = !table.primary_key().is_empty();
    if table.known && !has_primary && !table.indexes.iter().any(is_key) {
        return Err(Refusal::new(
            format!(
                "the server copies {} while nobody writes, and without a primary key no tool can copy it",
                table.name
            ),
            "give it a primary key first, which is done in place, or make the change in a maintenance window",
        ));
    }
    if has_triggers(request, table) && has_keys(request, table) {
        return Err(Refusal::new(
            format!("no tool copies {} beside those who write to it: it has triggers and foreign keys", table.name),
            "drop the triggers, or the foreign keys, for as long as the tool runs, or make the change in a maintenance window",
        ));
    }
    let to_itself = request.schema().references_to(&table.name).find(|(other, _)| other.id == table.id);
    if let Some((_, key)) = to_itself {
        // The tool makes it anew twice, and fails at the second name (3.7.1, measured).
        let name = key.name.as_ref().map_or_else(String::new, ToString::to_string);
        return Err(Refusal::new(
            format!("no tool copies {}: its foreign key {name} leads to itself", table.name),
            format!(
                "give the whole as three changes: ALTER TABLE {t} DROP FOREIGN KEY {name}; this one; ALTER TABLE {t} ADD {}",
                request.rendered().foreign_key(key),
                t = request.table_sql(table),
            ),
        ));
    }
    Ok(Tool {
        commands: commands(request, table, actions, told),
        before: before::before(request, table, actions),
        after: vec![done(request, table, actions)?],
    })
}

/// Whether the change is there, or the table is so small that the server may copy it.
pub(super) fn done_or_small(request: &Request<'_>, table: &Table, actions: &[&ActionKind]) -> Result<Gate, Refusal> {
    let present = present(request, table, actions)?;
    let name = literal(table.name.name.as_str());
    Ok(Gate {
        sql: format!(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = {name} AND \
             table_rows > {SMALL} AND NOT ({present})"
        ),
        expect: "0".to_owned(),
        meaning: "a tool has to do it first".to_owned(),
    })
}

/// As many rows the server may copy itself: it takes a moment.
const SMALL: u32 = 10_000;

fn done(request: &Request<'_>, table: &Table, actions: &[&ActionKind]) -> Result<Gate, Refusal> {
    Ok(Gate {
        sql: format!("SELECT {}", present(request, table, actions)?),
        expect: "1".to_owned(),
        meaning: format!("the tool has not changed {}", table.name),
    })
}

fn has_triggers(request: &Request<'_>, table: &Table) -> bool {
    triggers(request, table).next().is_some()
}

/// Triggers on the table.
fn triggers<'a>(request: &Request<'a>, table: &Table) -> impl Iterator<Item = &'a Trigger> {
    let schema = request.schema();
    let key = schema.key(&table.name);
    schema.triggers.values().filter(move |trigger| schema.key(&trigger.table) == key)
}

/// Whether foreign keys lead to the table or from it.
fn has_keys(request: &Request<'_>, table: &Table) -> bool {
    !table.foreign_keys.is_empty() || request.schema().references_to(&table.name).next().is_some()
}

fn commands(request: &Request<'_>, table: &Table, actions: &[&ActionKind], told: &str) -> Vec<String> {
    match (has_keys(request, table), has_triggers(request, table), request.target().dialect) {
        (true, ..) => vec![percona(request, table, actions, told)],
        (false, true, _) => vec![gh_ost(request, table, told)],
        (false, false, Dialect::MariaDb) => vec![percona(request, table, actions, told), gh_ost(request, table, told)],
        _ => vec![gh_ost(request, table, told), percona(request, table, actions, told), spirit(request, table, told)],
    }
}

/// What a person has to know who runs one of the tools.
pub(super) fn notes(request: &Request<'_>, table: &Table) -> Vec<String> {
    let t = request.table_sql(table);
    let mut notes = Vec::new();
    notes.extend(constraints::other_names(request, table));
    let is_mysql = request.target().dialect == Dialect::MySql;
    if has_keys(request, table) {
        if request.schema().references_to(&table.name).next().is_some() {
            notes.push(format!(
                "pt-online-schema-change has to be of Percona Toolkit 3.5.7 or later (3.7.1 is tested): older ones swap the tables \
                 before the foreign keys to {t} follow, and what is written into the tables that have them fails meanwhile."
            ));
        }
    } else {
        let metadata = if is_mysql {
            ""
        } else {
            " MariaDB has to run with `performance_schema = ON` and the instrument `wait/lock/metadata/sql/mdl` for it."
        };
        notes.push(format!(
            "gh-ost is given a replica as HOST; where there is none, the server itself, and `--allow-on-master`. It makes the file \
             {}, swaps the tables when that is removed, and leaves the old one as `_{}_del`.{metadata}",
            postponing(table),
            table.name.name
        ));
    }
    if has_triggers(request, table) {
        notes.push(triggers_back(request, table));
    } else if is_mysql && request.target().is_from(804, 0) {
        notes.push(
            "pt-online-schema-change has to be of Percona Toolkit 3.7.0 or later: older ones speak to replicas in words that MySQL \
             8.4 no longer knows, and fail (3.2.1 on MySQL 9, measured)."
                .to_owned(),
        );
    }
    if is_mysql && !has_keys(request, table) && !has_triggers(request, table) {
        notes.push("spirit swaps the tables when the table `_spirit_sentinel`, which it makes, is dropped.".to_owned());
    }
    notes
}

/// How triggers get the names back that gh-ost has made longer.
fn triggers_back(request: &Request<'_>, table: &Table) -> String {
    let names = triggers(request, table).map(|trigger| {
        let long = Name::new(&format!("{}{SUFFIX}", trigger.name.name));
        format!("DROP TRIGGER {}; {}", request.name(&long), request.rendered().trigger(request.schema(), trigger))
    });
    let names: Vec<String> = names.collect();
    let old = Name::new(&format!("_{}_del", table.name.name));
    format!(
        "gh-ost has to know `--include-triggers`; it puts `{SUFFIX}` behind their names. They get theirs back, when the old table \
         has been dropped, by `DROP TABLE {}; LOCK TABLES {} WRITE; {}; UNLOCK TABLES`.",
        request.name(&old),
        request.table_sql(table),
        names.join("; ")
    )
}

/// What gh-ost puts behind the names of triggers.
const SUFFIX: &str = "_gho";

/// The file for whose end gh-ost waits.
fn postponing(table: &Table) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("/tmp/gh-ost.{}.postpone", table.name.name.as_str().chars().map(plain).collect::<String>())
}

fn gh_ost(request: &Request<'_>, table: &Table, told: &str) -> String {
    let triggers = if has_triggers(request, table) {
        format!("--include-triggers --trigger-suffix={SUFFIX} \\\n  ")
    } else {
        String::new()
    };
    format!(
        "gh-ost --host=HOST --user=USER --ask-pass --database=DATABASE --table={} \\\n  --alter={} \\\n  {triggers}\
         --chunk-size=1000 --max-lag-millis=1500 --throttle-control-replicas=REPLICAS \\\n  \
         --max-load=Threads_running=50 --critical-load=Threads_running=200 \\\n  \
         --cut-over-lock-timeout-seconds=3 --default-retries=120 \\\n  \
         --postpone-cut-over-flag-file={} \\\n  --execute",
        in_shell(table.name.name.as_str()),
        in_shell(told),
        postponing(table)
    )
}

fn spirit(request: &Request<'_>, table: &Table, told: &str) -> String {
    let statement = in_shell(&format!("ALTER TABLE {} {told}", request.table_sql(table)));
    format!(
        "spirit migrate --host=HOST:3306 --username=USER --password=PASSWORD --database=DATABASE \\\n  \
         --statement={statement} \\\n  --target-chunk-time=500ms --replica-max-lag=10s --lock-wait-timeout=3s --defer-cutover"
    )
}

/// The command line of pt-online-schema-change. It goes by triggers, and makes foreign keys anew.
fn percona(request: &Request<'_>, table: &Table, actions: &[&ActionKind], told: &str) -> String {
    let leads_in = request.schema().references_to(&table.name).next().is_some();
    let is_unique = |action: &&ActionKind| matches!(action, ActionKind::AddIndex { index, .. } if index.is_unique());
    let options = [
        (leads_in, "--alter-foreign-keys-method=rebuild_constraints"),
        // Duplicates are counted before.
        (actions.iter().any(is_unique), "--no-check-unique-key-change"),
        // Newer versions ask MariaDB for its replicas in the words of MySQL, unless they look at who is connected.
        (request.target().dialect == Dialect::MariaDb, "--recursion-method=processlist"),
    ];
    let options: String =
        options.iter().filter(|(wanted, _)| *wanted).map(|(_, option)| format!(" \\\n  {option}")).collect();
    let told = format!("{told}{}", constraints::told_besides(request, table));
    format!(
        "pt-online-schema-change D=DATABASE,t={},h=HOST,u=USER --ask-pass \\\n  --alter={}{options} \\\n  \
         --chunk-time=0.5 --max-lag=1s --max-load=Threads_running=50 --critical-load=Threads_running=200 \\\n  \
         --set-vars=lock_wait_timeout=3 --tries=swap_tables:20:1,create_triggers:20:1,drop_triggers:20:1 \\\n  --execute",
        in_shell(table.name.name.as_str()),
        in_shell(&told),
    )
}

/// One word of a shell.
fn in_shell(text: &str) -> String {
    let plain =
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'-'));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
