//! Before the first row: is everything there, and is it what was begun?

use super::Statement;
use super::error::{Failure, Remedy, RunError};
use super::progress::Event;
use super::records::{JobRow, KeyValues, RangeRow};
use super::store::Parameters;
use super::worker::{Trouble, Worker};
use crate::backfill::render::literal;
use serde::Deserialize;

/// What is asked of the server before the first row.
#[derive(Debug, Deserialize)]
struct Facts {
    standby: bool,
    schema_version: String,
    last_key: Option<KeyValues>,
    estimated_rows: Option<u64>,
    /// Whether the table has rules: the server takes no statement in a `WITH` for it then.
    rules: bool,
}

impl Worker {
    /// Connects, looks, and begins the backfill or goes on with it.
    pub(super) async fn open(&mut self) -> Result<(), RunError> {
        if let Err(failure) = self.io.connect().await {
            match failure.remedy() {
                Remedy::Reconnect => self.reconnect(failure).await?,
                _ => return Err(RunError::Refused { failure }),
            }
        }
        loop {
            let trouble = match self.try_open().await {
                Ok(resumed) => {
                    let warnings = self.prepared.warnings().iter().map(ToString::to_string).collect();
                    self.io.tell(Event::Opened { warnings, resumed }).await;
                    return Ok(());
                }
                Err(trouble) => trouble,
            };
            match trouble {
                // Two that make the tables at once get in each other's way.
                Trouble::Failure(failure) if matches!(failure.sqlstate.as_str(), "23505" | "42P07" | "42710") => {
                    self.roll_back().await?;
                }
                Trouble::Failure(failure) if matches!(failure.remedy(), Remedy::None | Remedy::Rows) => {
                    return Err(RunError::Refused { failure });
                }
                trouble => self.recover(trouble).await?,
            }
        }
    }

    /// True: an earlier run has done a part.
    async fn try_open(&mut self) -> Result<bool, Trouble> {
        // First what fails without having changed anything.
        self.io.batch(&self.rehearsal()).await?;
        let facts: Facts = self.io.fetch(Statement::new(self.facts(), [])).await?;
        if facts.standby {
            return Err(RunError::Standby.into());
        }
        self.at_once = !facts.rules;
        let exists: bool = self.io.fetch(Statement::new(self.store.exists(), [])).await?;
        if !exists {
            self.io.batch(&self.store.create()).await?;
        }
        self.io.batch(&self.begin_bookkeeping()).await?;
        if self.options.restart {
            self.forget().await?;
        }
        let inserted = self.io.execute(self.insert_job(&facts)).await?;
        let job = self.job().await?;
        let resumed = inserted == 0;
        if resumed {
            self.compare(&job, &facts)?;
            self.revive(&job, &facts).await?;
        }
        self.io.batch("COMMIT").await?;
        // Once is enough, should the connection be lost.
        self.options.restart = false;
        self.estimated = job.estimated_rows;
        self.first_pass = job.pass;
        Ok(resumed)
    }

    /// The row of the backfill, kept from other workers until the transaction ends.
    pub(super) async fn job(&self) -> Result<JobRow, Failure> {
        let mut p = Parameters::default();
        let name = p.text(&self.name);
        let sql = format!(
            "SELECT pg_catalog.row_to_json(j)::text AS answer FROM (SELECT definition, schema_version, state, pass, \
             frontier, last_key, pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint < horizon AS \
             awaits_others, estimated_rows, error FROM {} WHERE name = {name} FOR NO KEY UPDATE) AS j",
            self.store.jobs
        );
        let job: Option<JobRow> = self.io.fetch_optional(Statement::new(sql, p.values())).await?;
        job.ok_or_else(|| Failure {
            sqlstate: "02000".to_owned(),
            message: format!("the backfill `{}` has been removed from {}", self.name, self.store.jobs),
        })
    }

    /// What was defined, in full.
    pub(super) fn definition(&self) -> String {
        let key = &self.prepared.key;
        let types: Vec<&str> = key.columns.iter().map(|column| column.data_type.as_str()).collect();
        format!("{} KEY ({}) {}", self.prepared.batch_sql().replace('\n', " "), key.list(), types.join(", "))
    }

    /// Plans the statements without running them: names, types and rights are checked. Row security that would hide
    /// rows is an error here.
    fn rehearsal(&self) -> String {
        let columns = &self.prepared.key.columns;
        let nothing: Vec<String> = columns.iter().map(|column| format!("NULL::{}", column.data_type)).collect();
        let range = self.prepared.range(Some(&nothing), Some(&nothing));
        format!(
            "{}; EXPLAIN {}; EXPLAIN {}; ROLLBACK",
            self.begin_bookkeeping(),
            self.prepared.write_sql(&range),
            self.prepared.compare_sql(&range)
        )
    }

    fn facts(&self) -> String {
        format!(
            "SELECT json_build_object('standby', pg_catalog.pg_is_in_recovery(), 'schema_version', ({})::text, \
             'last_key', ({}), 'estimated_rows', ({}), 'rules', EXISTS (SELECT FROM pg_catalog.pg_rewrite WHERE ev_class \
             = {}::regclass))::text AS answer",
            self.schema_version(),
            self.prepared.last_key_sql(),
            self.estimate(),
            literal(&self.prepared.target().sql())
        )
    }

    /// The columns that matter, with their types, their collations and the versions of these: an upgrade of the
    /// library behind a collation changes the order of a key.
    fn schema_version(&self) -> String {
        let version = match self.prepared.server {
            15.. => {
                "CASE WHEN c.collname = 'default' THEN pg_catalog.pg_database_collation_actual_version(d.oid) ELSE \
                 pg_catalog.pg_collation_actual_version(c.oid) END"
            }
            _ => "pg_catalog.pg_collation_actual_version(c.oid)",
        };
        let place = if self.prepared.key.by_place {
            format!(" || pg_catalog.pg_relation_filenode({})::text", self.source_regclass())
        } else {
            String::new()
        };
        let target = literal(&self.prepared.target().sql());
        let names = |names: Vec<String>| names.iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ");
        let (read, written) = (names(self.prepared.columns_read()), names(self.prepared.columns_written()));
        format!(
            "SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attname, \
             pg_catalog.format_type(a.atttypid, a.atttypmod), c.collname, {version}), ', ' ORDER BY a.attrelid = \
             {target}::regclass, a.attnum){place} FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_database AS d ON \
             d.datname = pg_catalog.current_database() LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = a.attcollation \
             WHERE (a.attrelid = {}::regclass AND a.attname IN ({read})) OR (a.attrelid = {target}::regclass AND \
             a.attname IN ({written}))",
            self.source_regclass()
        )
    }

    fn estimate(&self) -> String {
        let table = self.source_regclass();
        format!(
            "SELECT nullif(sum(greatest(c.reltuples, s.n_live_tup, 0)), 0)::bigint FROM pg_catalog.pg_class AS c LEFT \
             JOIN pg_catalog.pg_stat_all_tables AS s ON s.relid = c.oid WHERE c.relkind = 'r' AND (c.oid = \
             {table}::regclass OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree({table}::regclass)))"
        )
    }

    pub(super) fn source_regclass(&self) -> String {
        literal(&self.prepared.table.sql())
    }

    fn insert_job(&self, facts: &Facts) -> Statement {
        let mut p = Parameters::default();
        let (name, table) = (p.text(&self.name), p.text(self.prepared.table.to_string()));
        let (definition, version) = (p.text(self.definition()), p.text(&facts.schema_version));
        let last = p.json(facts.last_key.as_deref());
        let estimated = p.optional(facts.estimated_rows.map(|rows| rows.to_string()));
        let sql = format!(
            "INSERT INTO {} (name, table_name, definition, definition_hash, schema_version, state, last_key, \
             estimated_rows, horizon) VALUES ({name}, {table}, {definition}, \
             encode(sha256(convert_to({definition}, 'UTF8')), 'hex'), {version}, 'running', {last}, {estimated}::bigint, \
             pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint) ON CONFLICT (name) DO \
             NOTHING",
            self.store.jobs
        );
        Statement::new(sql, p.values())
    }

    fn compare(&self, job: &JobRow, facts: &Facts) -> Result<(), RunError> {
        let changed = |what, before: &str, now: &str| {
            let (name, before, now) = (self.name.clone(), before.to_owned(), now.to_owned());
            Err(RunError::Changed { name, what, before, now })
        };
        let definition = self.definition();
        if job.definition != definition {
            return changed("definition", &job.definition, &definition);
        }
        if job.schema_version != facts.schema_version {
            return changed("schema", &job.schema_version, &facts.schema_version);
        }
        Ok(())
    }

    /// A backfill that has failed goes on; where all of the last pass was done, with a new one.
    async fn revive(&self, job: &JobRow, facts: &Facts) -> Result<(), Failure> {
        if job.state != "failed" {
            return Ok(());
        }
        let mut p = Parameters::default();
        let name = p.text(&self.name);
        let sql = format!("DELETE FROM {} WHERE name = {name} AND NOT skipped", self.store.rejects);
        self.io.execute(Statement::new(sql, p.values())).await?;
        let open = self.totals(job.pass).await?.open;
        if job.pass > 1 && job.is_exhausted() && open == 0 {
            return self.begin_pass(job.pass + 1, facts.last_key.as_deref()).await;
        }
        let mut p = Parameters::default();
        let name = p.text(&self.name);
        let sql = format!(
            "UPDATE {} SET state = CASE WHEN pass = 1 THEN 'running' ELSE 'verifying' END, error = NULL, updated_at = \
             clock_timestamp() WHERE name = {name}",
            self.store.jobs
        );
        self.io.execute(Statement::new(sql, p.values())).await.map(drop)
    }

    /// Removes what an earlier run has left.
    async fn forget(&self) -> Result<(), Failure> {
        for table in [&self.store.jobs, &self.store.ranges, &self.store.rejects] {
            let mut p = Parameters::default();
            let name = p.text(&self.name);
            let sql = format!("DELETE FROM {table} WHERE name = {name}");
            self.io.execute(Statement::new(sql, p.values())).await?;
        }
        Ok(())
    }

    /// What has been committed of a range. False: it is somebody else's now.
    pub(super) async fn reread(&self, range: &mut RangeRow) -> Result<bool, Trouble> {
        let mut p = Parameters::default();
        let condition = self.is_range(range, &mut p);
        let sql = format!(
            "SELECT json_build_object('cursor', cursor)::text AS answer FROM {} WHERE {condition} AND NOT done",
            self.store.ranges
        );
        #[derive(Deserialize)]
        struct Row {
            cursor: Option<KeyValues>,
        }
        let row: Option<Row> = self.io.fetch_optional(Statement::new(sql, p.values())).await?;
        let held = row.is_some();
        if let Some(row) = row {
            range.cursor = row.cursor;
        }
        Ok(held)
    }
}
