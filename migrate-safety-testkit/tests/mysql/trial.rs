//! A statement tried on a server.

use crate::cases::Case;
use crate::predict::Prediction;
use migrate_safety_core::databases::operation::{Algorithm, Lock};
use migrate_safety_testkit::{MysqlServer, Product};
use sqlx::mysql::{MySqlConnection, MySqlDatabaseError};
use sqlx::{Connection, Row};

/// The number of the error of who has waited for a lock for too long.
const LOCK_WAIT: u16 = 1205;

/// A connection on which cases are tried, one after the other.
pub(crate) struct Trial {
    product: Product,
    connection: MySqlConnection,
    /// Somebody who has read the table in a transaction.
    reader: MySqlConnection,
}

impl Case {
    /// Whether the server knows the statement.
    pub(crate) fn is_for(&self, product: Product) -> bool {
        if product.is_mariadb() { self.mariadb } else { self.mysql }
    }

    /// The statement with an ALGORITHM and a LOCK.
    fn with(&self, algorithm: Algorithm, lock: Option<Lock>) -> String {
        let algorithm = format!("ALGORITHM={}", algorithm.name());
        let lock = lock.map(|lock| format!("LOCK={}", lock.name()));
        let Some(actions) = self.sql.strip_prefix("ALTER TABLE t") else {
            return format!("{} {algorithm} {}", self.sql, lock.unwrap_or_default());
        };
        let how = [Some(algorithm), lock].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let actions = actions.trim_start();
        let comma = if ["", "PARTITION BY", "REMOVE"]
            .iter()
            .any(|first| actions.starts_with(first) && (!first.is_empty() || actions.is_empty()))
        {
            ""
        } else {
            ","
        };
        format!("ALTER TABLE t {how}{comma} {actions}")
    }
}

impl Trial {
    pub(crate) async fn new(server: &MysqlServer) -> Self {
        let mut connection = MySqlConnection::connect(&server.url("")).await.unwrap();
        sqlx::raw_sql("CREATE DATABASE c CHARACTER SET utf8mb4; USE c").execute(&mut connection).await.unwrap();
        let reader = MySqlConnection::connect(&server.url("c")).await.unwrap();
        Self { product: server.product(), connection, reader }
    }

    /// Holds a prediction against the server; what differs is an error.
    pub(crate) async fn hold(&mut self, case: &Case, prediction: &Prediction) -> Result<(), String> {
        self.prepare(case).await?;
        if let Some(error) = prediction.errors.first() {
            return match self.run(case.sql).await {
                Err((number, _)) if number.to_string() == *error => Ok(()),
                other => Err(format!("error {error} is predicted; the server: {other:?}")),
            };
        }
        if !case.is_online() {
            return self.hold_other(case, prediction).await;
        }
        let (Some(algorithm), Some(lock)) = (prediction.algorithm, prediction.lock) else {
            return Err(format!("nothing is predicted: {prediction:?}"));
        };
        let partitions = case.sql.contains("PARTITION") || case.setup.contains("PARTITION");
        for better in self.better(algorithm) {
            let before = self.identity().await;
            if self.run(&case.with(better, None)).await.is_ok() {
                // MariaDB lets some statements say INSTANT and copies all the same.
                let copied = self.product.is_mariadb() && before != self.identity().await;
                if copied && algorithm == Algorithm::Copy {
                    return Ok(());
                }
                return Err(format!("{algorithm:?} is predicted; the server takes {better:?}"));
            }
        }
        for better in [Lock::None, Lock::Shared].into_iter().filter(|better| *better < lock) {
            if self.run(&case.with(algorithm, Some(better))).await.is_ok() {
                return Err(format!("LOCK={lock:?} is predicted; with {algorithm:?} the server takes {better:?}"));
            }
        }
        let before = self.identity().await;
        // MySQL takes no LOCK with INSTANT: there is nothing to wait for.
        let said = if algorithm == Algorithm::Instant && !self.product.is_mariadb() { None } else { Some(lock) };
        if let Err(error) = self.run(&case.with(algorithm, said)).await {
            return Err(format!("{algorithm:?}, {lock:?} is predicted; the server: {error:?}"));
        }
        let rewritten = before != self.identity().await;
        if !partitions && !self.is_other_engine(case) && rewritten != prediction.rewrites {
            return Err(format!("a rewrite is predicted: {}, and seen: {rewritten}", prediction.rewrites));
        }
        Ok(())
    }

    /// Holds what is predicted of a statement that takes no ALGORITHM: whether it waits for somebody who has read the table
    /// in a transaction, as everybody then waits behind it, and what somebody who writes feels afterwards.
    async fn hold_other(&mut self, case: &Case, prediction: &Prediction) -> Result<(), String> {
        self.read("START TRANSACTION; SELECT 1 FROM t LIMIT 1").await;
        let ran = self.run(&format!("SET SESSION lock_wait_timeout = 1; {}", case.sql)).await;
        self.read("ROLLBACK").await;
        let waits = matches!(ran, Err((LOCK_WAIT, _)));
        let (algorithm, lock) = (prediction.algorithm, prediction.lock);
        // What changes the table as ALTER does waits at its end, whatever it lets others do meanwhile.
        if waits != (algorithm.is_some() || lock == Some(Lock::Exclusive)) {
            return Err(format!("it waits for who has read: {waits}; predicted: {algorithm:?}, {lock:?}"));
        }
        if waits {
            self.run(case.sql).await.map_err(|error| format!("no error is predicted; the server: {error:?}"))
        } else {
            ran.map_err(|error| format!("no error is predicted; the server: {error:?}"))
        }
    }

    /// Runs statements as the reader.
    async fn read(&mut self, sql: &'static str) {
        sqlx::raw_sql(sql).fetch_all(&mut self.reader).await.unwrap();
    }

    async fn prepare(&mut self, case: &Case) -> Result<(), String> {
        const DEFAULTS: &str =
            "SET SESSION sql_mode = DEFAULT, lock_wait_timeout = DEFAULT, foreign_key_checks = 1; UNLOCK TABLES";
        let tables = "SET SESSION foreign_key_checks = 0; DROP TABLE IF EXISTS k, t, t2, p";
        let all = "DROP DATABASE c; CREATE DATABASE c CHARACTER SET utf8mb4; USE c";
        let clean = format!("UNLOCK TABLES; {}; {DEFAULTS}", if case.own_table { all } else { tables });
        let failed = |part: &str| {
            let part = part.to_owned();
            move |error: (u16, String)| format!("the {part} of the case fails: {error:?}")
        };
        self.run(&clean).await.map_err(failed("cleaning"))?;
        self.run(&case.before()).await.map_err(failed("setup"))
    }

    /// The algorithms that are better than one.
    fn better(&self, than: Algorithm) -> Vec<Algorithm> {
        let mariadb = self.product.is_mariadb();
        let all = [Algorithm::Instant, Algorithm::NoCopy, Algorithm::InPlace];
        all.into_iter().filter(|a| *a < than && (mariadb || *a != Algorithm::NoCopy)).collect()
    }

    /// Whether the table is not InnoDB's before or behind: there is no identity to compare.
    fn is_other_engine(&self, case: &Case) -> bool {
        [case.setup, case.sql].iter().any(|sql| sql.contains("MyISAM") || sql.contains("MEMORY"))
    }

    /// What is another when the table has been written anew.
    async fn identity(&mut self) -> Vec<u64> {
        let tables = if self.product.is_mariadb() { "innodb_sys_tables" } else { "innodb_tables" };
        let sql = format!(
            "SELECT CAST(table_id AS UNSIGNED) FROM information_schema.{tables} WHERE name IN ('c/t', 'c/t2') ORDER BY 1"
        );
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_all(&mut self.connection).await.unwrap();
        rows.iter().map(|row| row.get::<u64, _>(0)).collect()
    }

    /// Runs statements: the number of the error and its message.
    async fn run(&mut self, sql: &str) -> Result<(), (u16, String)> {
        let run = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await;
        match run {
            Ok(_) => Ok(()),
            Err(sqlx::Error::Database(error)) => {
                let number = error.try_downcast_ref::<MySqlDatabaseError>().map_or(0, MySqlDatabaseError::number);
                Err((number, error.to_string()))
            }
            Err(error) => panic!("{sql}: {error}"),
        }
    }
}
