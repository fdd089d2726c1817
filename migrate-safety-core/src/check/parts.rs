//! A long history is judged in parts, each on a thread of its own.
//!
//! What a part needs of those before it is their schema. To take a migration into the schema costs less than half of
//! judging it: one thread goes ahead and does only that, leaves each part but the last to a thread that judges it, and
//! judges the last one itself. No thread hands memory to another but what it found, at the end.

use super::{JudgedMigration, Replay};
use crate::dialect::Target;
use crate::layout::Migration;
use crate::sql::{Script, parse};
use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

/// How many bytes of text are read before they are judged, at least: neither the code that reads nor the code that
/// judges fits into a processor's cache beside the other.
const AT_A_TIME: usize = 16 * 1024;

/// How many bytes of text are worth a thread.
const WORTH_A_THREAD: usize = 4 * 1024;

/// How many parts there are at most: those after them would be short.
const MOST_PARTS: usize = 4;

/// What taking a migration into the schema costs, in hundredths of judging it (measured: 31 to 50).
const COST_OF_PASSING: usize = 42;

/// The statements of a migration.
pub(super) struct Read {
    pub(super) up: Script,
    /// Those of the way back, if they are wanted.
    pub(super) down: Option<Script>,
}

impl Read {
    pub(super) fn of(migration: &Migration, target: Target, with_down: bool) -> Self {
        let down = migration.down.as_ref().filter(|_| with_down);
        Self { up: parse(target, &migration.up.text), down: down.map(|down| parse(target, &down.text)) }
    }
}

/// Judges migrations in order; `replay` is behind the last of them then.
pub(super) fn judge(replay: &mut Replay<'_>, migrations: &[Migration]) -> Vec<JudgedMigration> {
    let reported = migrations.iter().position(|migration| replay.config.reports(replay.host, migration));
    let (passed, judged) = migrations.split_at(reported.unwrap_or(migrations.len()));
    let mut found = judge_part(replay, passed);
    let parts = parts(judged, || thread::available_parallelism().map_or(1, usize::from));
    found.extend(judge_parts(replay, &parts));
    found
}

fn judge_parts(replay: &mut Replay<'_>, parts: &[&[Migration]]) -> Vec<JudgedMigration> {
    let Some((last, before)) = parts.split_last() else { return Vec::new() };
    thread::scope(|scope| {
        let mut begun = Vec::with_capacity(before.len());
        for part in before {
            let mut own = replay.clone();
            begun.push(match thread::Builder::new().spawn_scoped(scope, move || judge_part(&mut own, part)) {
                Ok(thread) => {
                    part.iter().for_each(|migration| replay.pass(migration));
                    Part::Begun(thread)
                }
                // Where there are no threads to be had.
                Err(_) => Part::Done(judge_part(replay, part)),
            });
        }
        begun.push(Part::Done(judge_part(replay, last)));
        begun.into_iter().flat_map(Part::found).collect()
    })
}

enum Part<'s> {
    Begun(ScopedJoinHandle<'s, Vec<JudgedMigration>>),
    Done(Vec<JudgedMigration>),
}

impl Part<'_> {
    fn found(self) -> Vec<JudgedMigration> {
        match self {
            Self::Begun(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Self::Done(found) => found,
        }
    }
}

fn judge_part(replay: &mut Replay<'_>, migrations: &[Migration]) -> Vec<JudgedMigration> {
    let mut found = Vec::with_capacity(migrations.len());
    let mut rest = migrations;
    while !rest.is_empty() {
        let (portion, left) = rest.split_at(up_to(rest, AT_A_TIME));
        let with_down = |migration: &Migration| replay.config.reports(replay.host, migration);
        let read: Vec<_> =
            portion.iter().map(|migration| Read::of(migration, replay.config.target, with_down(migration))).collect();
        found.extend(portion.iter().zip(read).map(|(migration, read)| replay.judge_read(migration, read)));
        rest = left;
    }
    found
}

/// The parts of a history that end at the same time, each judged by a thread: the n-th begins when those before it have
/// been passed.
fn parts(migrations: &[Migration], threads: impl FnOnce() -> usize) -> Vec<&[Migration]> {
    let total: usize = migrations.iter().map(size).sum();
    let most = (total / WORTH_A_THREAD).min(MOST_PARTS);
    let count = if most > 1 { threads().min(most) } else { 1 };
    let lengths: Vec<usize> =
        std::iter::successors(Some(total), |length| Some(length / 100 * (100 - COST_OF_PASSING))).take(count).collect();
    let sum: usize = lengths.iter().sum();
    let mut parts = Vec::with_capacity(count);
    let mut rest = migrations;
    for length in lengths.iter().take(count.saturating_sub(1)) {
        let (part, left) = rest.split_at(up_to(rest, (total as f64 * *length as f64 / sum as f64) as usize));
        parts.push(part);
        rest = left;
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts
}

/// How many migrations it takes for so many bytes of text.
fn up_to(migrations: &[Migration], bytes: usize) -> usize {
    let mut seen = 0;
    let before = migrations.iter().take_while(|migration| {
        let begins = seen;
        seen += size(migration);
        begins < bytes
    });
    before.count()
}

fn size(migration: &Migration) -> usize {
    migration.up.text.len() + migration.down.as_ref().map_or(0, |down| down.text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Start, conclude};
    use crate::config::Config;
    use crate::layout::{Layout, MigrationSet};

    /// Tables that are changed later, with ways back, prepared statements, functions that are called, and comments to us.
    fn history(count: usize) -> MigrationSet {
        let mut set = MigrationSet { layout: Layout::Sqlx, complete: true, ..MigrationSet::default() };
        for number in 1..=count {
            let (table, older) = (number / 8, number / 16);
            let text = match number % 8 {
                0 => format!(
                    "CREATE TABLE t{table} (id bigint PRIMARY KEY, name text, n int);\nPREPARE p{table} AS UPDATE t{table} SET n = 0;"
                ),
                1 => format!("ALTER TABLE t{table} ADD COLUMN other bigint REFERENCES t{older} (id);"),
                2 => format!(
                    "CREATE FUNCTION f{table}() RETURNS void LANGUAGE plpgsql AS $$BEGIN UPDATE t{older} SET name = ''; END$$;"
                ),
                3 => format!("SELECT f{older}();\nEXECUTE p{older};"),
                4 => format!(
                    "-- migrate-safety: allow(index-not-concurrent) it is small\nCREATE INDEX t{table}_n ON t{table} (n);"
                ),
                5 => format!("SET search_path TO public;\nALTER TABLE t{older} ALTER COLUMN n TYPE bigint;"),
                6 => format!("ALTER TABLE t{table} DROP COLUMN name;"),
                _ => format!("DROP TABLE t{};", table + 1_000),
            };
            let mut one = MigrationSet::from_text(format!("{number}_a.sql"), text, Layout::Sqlx);
            if number % 8 == 6 {
                let down =
                    MigrationSet::from_text("1_b.sql", format!("ALTER TABLE t{table} ADD name text;"), Layout::Sqlx);
                one.migrations[0].down = Some(down.migrations[0].up.clone());
            }
            set.append(one);
        }
        set
    }

    fn in_parts(set: &MigrationSet, config: &Config, parts: &[&[Migration]]) -> [String; 2] {
        let mut replay = Replay::over_bookkeeping(set, config, &Start::default());
        let found = judge_parts(&mut replay, parts);
        let report = conclude(set, config, &replay, found);
        [format!("{report:#?}"), format!("{:#?}", replay.catalog)]
    }

    #[test]
    fn what_is_found_is_the_same_in_any_parts() {
        let set = history(100);
        let config = Config::default();
        let whole = in_parts(&set, &config, &[&set.migrations]);
        assert!(whole[0].matches("rule: \"").count() > 100, "{}", whole[0]);
        for cuts in [[1, 2, 3], [10, 50, 99], [33, 34, 67], [97, 98, 99]] {
            let [a, b, c] = cuts;
            let m = &set.migrations;
            let parts = in_parts(&set, &config, &[&m[..a], &m[a..b], &m[b..c], &m[c..]]);
            for (parts, whole) in parts.iter().zip(&whole) {
                let differs = parts.lines().zip(whole.lines()).find(|(a, b)| a != b);
                assert!(parts == whole, "{cuts:?}: {differs:?}");
            }
        }
    }

    #[test]
    fn parts_hold_each_migration_once_and_grow_shorter() {
        for count in [0, 1, 7, 100, 3_000] {
            for threads in [1, 2, 3, 64] {
                let set = history(count);
                let parts = parts(&set.migrations, || threads);
                assert!(parts.len() <= threads.min(MOST_PARTS));
                let ids = |migrations: &[Migration]| migrations.iter().map(|m| m.id.clone()).collect::<Vec<_>>();
                assert_eq!(parts.iter().flat_map(|part| ids(part)).collect::<Vec<_>>(), ids(&set.migrations));
                let sizes: Vec<usize> = parts.iter().map(|part| part.iter().map(size).sum()).collect();
                assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
                assert!(count < 3_000 || parts.len() == threads.min(MOST_PARTS), "{sizes:?}");
            }
        }
    }
}
