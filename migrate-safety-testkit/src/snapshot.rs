//! What a session can see of relations, of its locks and of its reads.

use std::collections::{BTreeMap, BTreeSet};

use postgres::Client;

use crate::query::{flag, number, rows, text};
use crate::{Error, LockMode, Measurement};

/// The strongest lock per relation, by oid.
pub(crate) type Locks = BTreeMap<u32, LockMode>;

/// The relations of the user, by oid.
#[derive(Debug, Default)]
pub(crate) struct Relations(BTreeMap<u32, Relation>);

/// One relation at one moment.
#[derive(Debug)]
pub(crate) struct Relation {
    /// `schema.name`, unquoted.
    pub(crate) name: String,
    /// The same, quoted for use in SQL.
    pub(crate) quoted: String,
    kind: char,
    file: u32,
    /// The table of an index.
    table: u32,
    /// The columns of an index, by number, and what else tells it from others of its table.
    columns: String,
    sort: String,
    scans: i64,
    fetches: i64,
    /// Neither temporary nor a view without contents.
    reader: bool,
}

impl Relation {
    /// The name without its schema.
    pub(crate) fn bare_name(&self) -> &str {
        self.name.split_once('.').map_or(&self.name, |(_, name)| name)
    }

    /// Whether it is an index, partitioned or not.
    fn is_index(&self) -> bool {
        matches!(self.kind, 'i' | 'I')
    }

    /// Whether it is an index that any session may lock.
    pub(crate) fn is_shared_index(&self) -> bool {
        self.is_index() && self.reader
    }

    /// Whether it is stored.
    pub(crate) fn has_file(&self) -> bool {
        self.file != 0
    }

    /// Whether it has rows of its own.
    pub(crate) fn has_rows(&self) -> bool {
        matches!(self.kind, 'r' | 'm')
    }

    /// Whether it can be read by any session: a table, a partitioned table, a materialized view.
    pub(crate) fn is_readable(&self) -> bool {
        self.reader && (self.has_rows() || self.kind == 'p')
    }

    /// Whether `LOCK TABLE` takes it.
    pub(crate) fn is_lockable(&self) -> bool {
        matches!(self.kind, 'r' | 'p')
    }
}

impl Relations {
    /// Reads all of them, with the counters that this session has not handed over yet.
    pub(crate) fn read(client: &mut Client) -> Result<Self, Error> {
        Self::read_with(client, "", "")
    }

    /// Reads all of them, with the counters that all sessions handed over besides.
    pub(crate) fn read_with_totals(client: &mut Client) -> Result<Self, Error> {
        let scans = " + pg_catalog.pg_stat_get_numscans(c.oid)";
        Self::read_with(client, scans, " + pg_catalog.pg_stat_get_tuples_fetched(c.oid)")
    }

    fn read_with(client: &mut Client, scans: &str, fetches: &str) -> Result<Self, Error> {
        let sql = format!(
            "SELECT c.oid, CASE WHEN n.nspname LIKE 'pg\\_temp\\_%' THEN 'pg_temp' ELSE n.nspname END || '.' || c.relname,
                pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind, c.relfilenode,
                COALESCE(i.indrelid, 0), pg_catalog.pg_stat_get_xact_numscans(c.oid){scans},
                pg_catalog.pg_stat_get_xact_tuples_fetched(c.oid){fetches}, c.relpersistence <> 't' AND (c.relkind <> 'm' OR c.relispopulated),
                COALESCE(i.indkey::text, ''), pg_catalog.concat_ws(' ', c.relam, i.indisunique, i.indpred IS NULL)
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
            WHERE c.oid >= 16384 AND n.nspname NOT IN ('pg_catalog', 'information_schema')
              AND n.nspname NOT LIKE 'pg\\_toast%'"
        );

        let relations = rows(client, "read the relations", &sql)?;
        let relation = |row: &Vec<Option<String>>| {
            let relation = Relation {
                name: text(row, 1).to_owned(),
                quoted: text(row, 2).to_owned(),
                kind: text(row, 3).chars().next().unwrap_or(' '),
                file: oid(number(row, 4)),
                table: oid(number(row, 5)),
                scans: number(row, 6),
                fetches: number(row, 7),
                reader: flag(row, 8),
                columns: text(row, 9).to_owned(),
                sort: text(row, 10).to_owned(),
            };
            (oid(number(row, 0)), relation)
        };
        Ok(Self(relations.iter().map(relation).collect()))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Relation> {
        self.0.values()
    }

    /// Puts what changed until `after` into `measured`, under the names of before.
    pub(crate) fn compare(&self, after: &Self, measured: &mut Measurement) {
        let rewritten: BTreeSet<u32> = self
            .0
            .iter()
            .filter(|(oid, old)| {
                old.has_rows() && after.0.get(oid).is_some_and(|new| new.has_rows() && new.file != old.file)
            })
            .map(|(oid, _)| *oid)
            .collect();
        let read = |oid: &u32, old: &Relation| {
            let Some(new) = after.0.get(oid) else {
                return false;
            };
            let scans = new.scans - old.scans;
            if rewritten.contains(oid) {
                // Each index is built from the new file; what is more than that read the old one.
                return scans > after.indexes_of(*oid) || after.fetches_by_index(*oid) > self.fetches_by_index(*oid);
            }
            old.has_rows() && scans > 0
        };
        measured.rewrites = sorted(rewritten.iter().map(|oid| &self.0[oid].name));
        measured.scans = sorted(self.0.iter().filter(|(oid, old)| read(oid, old)).map(|(_, old)| &old.name));
        let rebuilt = self
            .0
            .iter()
            .filter(|(oid, old)| old.kind == 'i' && !rewritten.contains(&old.table) && self.rebuilt(**oid, old, after));
        measured.rebuilds_indexes = sorted(rebuilt.map(|(_, old)| &old.name));
    }

    /// The names and modes of `locks` on relations that are in `self`, from `ROW EXCLUSIVE` up.
    pub(crate) fn name_locks(&self, locks: &Locks) -> Vec<(String, String)> {
        let strong = locks.iter().filter(|(_, mode)| **mode >= LockMode::RowExclusive);
        let mut named: Vec<_> =
            strong.filter_map(|(oid, mode)| Some((self.0.get(oid)?.name.clone(), mode.name().to_owned()))).collect();
        named.sort();
        named
    }

    fn indexes_of(&self, table: u32) -> i64 {
        self.0.values().map(|relation| i64::from(relation.table == table)).sum()
    }

    fn fetches_by_index(&self, table: u32) -> i64 {
        let indexes = self.0.values().filter(|relation| relation.table == table);
        indexes.map(|index| index.fetches).sum()
    }

    /// Whether the index `old` has another file in `after`. An index that a type change made anew has
    /// another oid, and often still the same file; as part of a partitioned index also another name.
    fn rebuilt(&self, oid: u32, old: &Relation, after: &Self) -> bool {
        let remade = || {
            let new = after.0.iter().filter(|(oid, _)| !self.0.contains_key(oid)).map(|(_, new)| new);
            let mut like: Vec<_> = new
                .filter(|new| new.is_index() && new.table == old.table && new.columns == old.columns)
                .filter(|new| new.name == old.name || new.sort == old.sort)
                .collect();
            like.sort_by_key(|new| new.name != old.name);
            like.first().copied()
        };
        after.0.get(&oid).or_else(remade).is_some_and(|new| new.file != old.file)
    }
}

/// The relation locks that the session `pid` holds or waits for in this database.
pub(crate) fn locks_of(client: &mut Client, pid: &str) -> Result<Locks, Error> {
    let sql = format!(
        "SELECT relation, mode FROM pg_catalog.pg_locks
         WHERE locktype = 'relation' AND pid = {pid} AND relation >= 16384
           AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
    );
    let mut locks = Locks::new();
    for row in rows(client, "read the locks", &sql)? {
        add_lock(&mut locks, oid(number(&row, 0)), text(&row, 1));
    }
    Ok(locks)
}

/// Keeps the stronger of the known mode and this one.
pub(crate) fn add_lock(locks: &mut Locks, relation: u32, mode: &str) {
    if let Some(mode) = LockMode::from_pg_locks(mode) {
        let known = locks.entry(relation).or_insert(mode);
        *known = mode.max(*known);
    }
}

/// An oid as the number the server printed.
pub(crate) fn oid(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut names: Vec<String> = names.cloned().collect();
    names.sort();
    names
}
