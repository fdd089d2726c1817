//! Sessions that stand in the way of a statement, relation by relation.

use postgres::Client;

use crate::query::{rows, text};
use crate::snapshot::{Relation, Relations};
use crate::{Database, Error, LockMode};

/// A session that has several locks on one relation, to be given up one by one.
pub(crate) struct Holder {
    client: Client,
    pub(crate) pid: String,
    /// How many savepoints there still are to go back to.
    levels: usize,
}

impl Holder {
    /// Of tables and of indexes: sessions are few; the locks of others are seen only if they last.
    const AT_MOST: usize = 15;

    /// Sessions for the relations that `sql` names, then for others.
    pub(crate) fn start_all(relations: &Relations, database: &Database, sql: &str) -> Result<Vec<Self>, Error> {
        let mut wanted: Vec<&Relation> = relations.iter().collect();
        wanted.sort_by_key(|relation| !sql.contains(relation.bare_name()));
        let indexes = wanted.iter().filter(|relation| relation.is_shared_index());
        let tables = wanted.iter().filter(|relation| relation.is_readable());
        let mut holders = Vec::new();
        for relation in indexes.take(Self::AT_MOST).chain(tables.take(Self::AT_MOST)) {
            let levels = if relation.is_shared_index() { Self::of_index(relation) } else { Self::of_table(relation) };
            holders.push(Self::start(&levels, database)?);
        }
        Ok(holders)
    }

    /// `SHARE UPDATE EXCLUSIVE`, then `ACCESS EXCLUSIVE`, each by a command that leaves the table alone.
    fn of_index(index: &Relation) -> Vec<String> {
        let name = &index.quoted;
        let mut levels = vec![format!("COMMENT ON INDEX {name} IS 'held'")];
        if index.has_file() {
            levels.push(format!("ALTER INDEX {name} SET TABLESPACE pg_default"));
        }
        levels
    }

    /// A snapshot and `ACCESS SHARE`, then stronger locks.
    fn of_table(table: &Relation) -> Vec<String> {
        let name = &table.quoted;
        if !table.is_lockable() {
            return vec![format!("SELECT 1; COMMENT ON MATERIALIZED VIEW {name} IS 'held'")];
        }
        let lock = |mode| format!("SELECT 1; LOCK TABLE ONLY {name} IN {mode} MODE");
        // A query that reads the table would lock its indexes too.
        [LockMode::AccessShare, LockMode::ShareUpdateExclusive, LockMode::AccessExclusive].map(lock).into()
    }

    fn start(levels: &[String], database: &Database) -> Result<Self, Error> {
        let mut client = database.connect()?;
        let pid = backend_pid(&mut client)?;
        let mut sql = String::from("SET statement_timeout = '5s'; BEGIN ISOLATION LEVEL REPEATABLE READ");
        for (level, statement) in levels.iter().enumerate() {
            sql.push_str(&format!("; SAVEPOINT level_{level}; {statement}"));
        }
        client.batch_execute(&sql).map_err(Error::query("hold the relations"))?;
        Ok(Self { client, pid, levels: levels.len() })
    }

    /// Gives up the strongest of the locks.
    pub(crate) fn let_go(&mut self) -> Result<(), Error> {
        self.levels = self.levels.saturating_sub(1);
        let sql = match self.levels {
            0 => "ROLLBACK".to_owned(),
            level => format!("ROLLBACK TO SAVEPOINT level_{level}"),
        };
        self.client.batch_execute(&sql).map_err(Error::query("let the statement pass"))
    }
}

/// The process that serves a session.
pub(crate) fn backend_pid(client: &mut Client) -> Result<String, Error> {
    let rows = rows(client, "identify the session", "SELECT pg_catalog.pg_backend_pid()")?;
    Ok(rows.first().map(|row| text(row, 0).to_owned()).unwrap_or_default())
}
