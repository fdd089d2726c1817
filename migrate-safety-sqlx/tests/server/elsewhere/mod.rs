//! Guarded runs on SQLite, MySQL and MariaDB. `GUARD_KILLS=200` kills more often.

mod backfill;
mod books;
mod crash;
mod locks;
mod plans;
mod refused;
mod replicas;

use super::guard::migrator;
use migrate_safety_core::guard::{Goal, Mode, Policy, RunReport, Settings, Stopped};
use migrate_safety_sqlx::Guard;
use migrate_safety_testkit::{MysqlServer, Product, mysql_for_test};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, MySqlPool, Row, SqliteConnection, SqlitePool};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A history: files and their texts.
type Files = &'static [(&'static str, &'static str)];

/// A database of its own, empty.
#[derive(Clone, Debug)]
enum Database {
    Sqlite { file: PathBuf, wal: bool },
    MySql { url: String },
}

/// Where databases are made.
enum Place {
    Sqlite { wal: bool },
    MySql(&'static MysqlServer),
}

impl Place {
    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { wal: true } => "SQLite (WAL)",
            Self::Sqlite { wal: false } => "SQLite",
            Self::MySql(server) => server.product().name(),
        }
    }

    fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    fn database(&self) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(0);

        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        match self {
            Self::Sqlite { wal } => {
                let file = std::env::temp_dir().join(format!("migrate-safety-{}-{number}.db", std::process::id()));
                Database::Sqlite { file, wal: *wal }
            }
            Self::MySql(server) => {
                let name = format!("guard_{number}");
                let make = async {
                    let mut connection = MySqlConnection::connect(&server.url("")).await.unwrap();
                    let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
                    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
                };
                // From asynchronous code as well.
                std::thread::scope(|scope| scope.spawn(|| block_on(make)).join().unwrap());
                Database::MySql { url: server.url(&name) }
            }
        }
    }
}

/// Does the same on each kind of database, at once.
fn everywhere(work: impl Fn(&Place) + Send + Sync) {
    on_sqlite(&work);
    on_servers(work);
}

fn on_sqlite(work: impl Fn(&Place)) {
    [false, true].into_iter().for_each(|wal| work(&Place::Sqlite { wal }));
}

fn on_servers(work: impl Fn(&Place) + Send + Sync) {
    std::thread::scope(|scope| {
        for product in [Product::MySql9, Product::MariaDb1011] {
            let work = &work;
            scope.spawn(move || {
                if let Some(server) = server(product) {
                    work(&Place::MySql(server));
                }
            });
        }
    });
}

/// One server for all tests; it ends with the process.
fn server(product: Product) -> Option<&'static MysqlServer> {
    static SERVERS: [OnceLock<Option<MysqlServer>>; 2] = [OnceLock::new(), OnceLock::new()];

    let server = &SERVERS[usize::from(product.is_mariadb())];
    server.get_or_init(|| mysql_for_test(product)).as_ref()
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Sqlite { file, .. } = self {
            for end in ["", "-wal", "-shm", "-journal"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
    }
}

fn sqlite_options(file: &std::path::Path, wal: bool) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    if wal { options.journal_mode(SqliteJournalMode::Wal) } else { options }
}

impl Database {
    fn url(&self) -> String {
        match self {
            Self::Sqlite { file, .. } => format!("sqlite:{}", file.display()),
            Self::MySql { url } => url.clone(),
        }
    }

    async fn sqlite(&self) -> SqlitePool {
        let Self::Sqlite { file, wal } = self else { panic!("no SQLite") };
        let open = || SqlitePoolOptions::new().max_connections(1).connect_with(sqlite_options(file, *wal));
        // Those that turn a fresh file to WAL at once do not wait for each other.
        for _ in 0..50 {
            if let Ok(pool) = open().await {
                return pool;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        open().await.unwrap()
    }

    async fn mysql(&self) -> MySqlPool {
        let Self::MySql { url, .. } = self else { panic!("no MySQL") };
        let options = MySqlConnectOptions::from_str(url).unwrap();
        MySqlPoolOptions::new().max_connections(1).connect_with(options).await.unwrap()
    }

    /// Goes to a goal over a pool of one connection, on which nothing may be left.
    async fn go(&self, guard: &Guard<'_>, goal: Goal) -> Result<RunReport, Stopped> {
        match self {
            Self::Sqlite { .. } => {
                let pool = self.sqlite().await;
                let before = rows(&self.left_on_sqlite(&pool).await);
                let result = guard.go((&pool).into(), goal, Mode::Run).await;
                assert_eq!(rows(&self.left_on_sqlite(&pool).await), before);
                pool.close().await;
                result
            }
            Self::MySql { .. } => {
                let pool = self.mysql().await;
                let before = settings_of(&pool).await;
                let result = guard.go((&pool).into(), goal, Mode::Run).await;
                let mut left = settings_of(&pool).await;
                left.retain(|setting| !before.contains(setting));
                assert_eq!(left, [""; 0]);
                pool.close().await;
                result
            }
        }
    }

    async fn run(&self, files: Files, settings: Settings) -> Result<RunReport, Stopped> {
        self.go(&Guard::new(&migrator(files)).settings(settings), Goal::Newest).await
    }

    /// sqlx's own run.
    async fn run_unguarded(&self, migrator: &Migrator) -> Result<(), MigrateError> {
        match self {
            Self::Sqlite { .. } => migrator.run(&self.sqlite().await).await,
            Self::MySql { .. } => migrator.run(&self.mysql().await).await,
        }
    }

    async fn left_on_sqlite(&self, pool: &SqlitePool) -> Vec<sqlx::sqlite::SqliteRow> {
        let mut left = Vec::new();
        for pragma in ["busy_timeout", "foreign_keys", "legacy_alter_table", "query_only"] {
            left.extend(sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA {pragma}"))).fetch_all(pool).await.unwrap());
        }
        let attached = "SELECT name FROM pragma_database_list WHERE name <> 'temp'";
        left.extend(sqlx::raw_sql(attached).fetch_all(pool).await.unwrap());
        left
    }

    /// The rows of a query over a connection of its own, the columns joined.
    async fn ask(&self, sql: &str) -> Vec<String> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite { file, wal } => {
                let mut connection = SqliteConnection::connect_with(&sqlite_options(file, *wal)).await.unwrap();
                let found = query.fetch_all(&mut connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
                let found = rows(&found);
                connection.close().await.unwrap();
                found
            }
            Self::MySql { url, .. } => {
                let mut connection = MySqlConnection::connect(url).await.unwrap();
                let found = query.fetch_all(&mut connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
                connection.close().await.unwrap();
                found.iter().map(|row| mysql_columns(row).join("|")).collect()
            }
        }
    }

    /// What sqlx has in its table, apart from times.
    async fn books(&self) -> Vec<String> {
        self.ask(
            "SELECT version, description, success, LOWER(HEX(checksum)), execution_time > 0, installed_on IS NOT NULL \
             FROM _sqlx_migrations ORDER BY version",
        )
        .await
    }

    /// Its tables with all they are, those of the books aside.
    async fn schema(&self) -> Vec<String> {
        let live = match self {
            Self::Sqlite { .. } => {
                migrate_safety_sqlx::introspect_sqlite(&mut self.sqlite().await.acquire().await.unwrap()).await.unwrap()
            }
            Self::MySql { .. } => {
                migrate_safety_sqlx::introspect_mysql(&mut self.mysql().await.acquire().await.unwrap()).await.unwrap()
            }
        };
        assert_eq!(live.unread, []);
        // What was rolled back has used up numbers.
        let numbers = |word: &&str| !word.starts_with("AUTO_INCREMENT=");
        let as_told = |sql: &String| sql.split(' ').filter(numbers).collect::<Vec<_>>().join(" ");
        // A server that is sent more than one statement takes the semicolon into the body of a trigger.
        live.statements.iter().map(|sql| as_told(sql).trim_end_matches(';').to_owned()).collect()
    }
}

fn rows(rows: &[sqlx::sqlite::SqliteRow]) -> Vec<String> {
    let text = |row: &sqlx::sqlite::SqliteRow, at| {
        row.try_get_unchecked::<Option<String>, _>(at).unwrap().unwrap_or_else(|| "NULL".to_owned())
    };
    rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect::<Vec<_>>().join("|")).collect()
}

fn mysql_columns(row: &sqlx::mysql::MySqlRow) -> Vec<String> {
    let text = |at| {
        let bytes: Option<Vec<u8>> = row.try_get_unchecked(at).unwrap();
        bytes.map_or_else(|| "NULL".to_owned(), |bytes| String::from_utf8(bytes).unwrap())
    };
    (0..row.len()).map(text).collect()
}

/// What a session of MySQL has: its variables that do not change by themselves, and its locks by name.
async fn settings_of(pool: &MySqlPool) -> Vec<String> {
    const BY_THEMSELVES: [&str; 8] =
        ["timestamp", "rand_seed", "last_insert_id", "identity", "gtid", "innodb_", "statement_id", "insert_id"];

    let key = "SELECT COALESCE(IS_USED_LOCK(LOWER(HEX(0x3d32ad9e * CRC32(DATABASE())))) = CONNECTION_ID(), 0)";
    let lock = sqlx::raw_sql(key).fetch_all(pool).await.unwrap();
    let variables = sqlx::raw_sql("SHOW SESSION VARIABLES").fetch_all(pool).await.unwrap();
    let variables = variables.iter().map(|row| mysql_columns(row).join("="));
    let of_ours = |variable: &String| !BY_THEMSELVES.iter().any(|word| variable.starts_with(word));
    let lock = lock.iter().map(|row| mysql_columns(row).join("="));
    // The waits that the guard sets are among those of InnoDB.
    variables.filter(|v| of_ours(v) || v.starts_with("innodb_lock_wait")).chain(lock).collect()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Short waits, and nothing that the check says stops the run.
fn hasty() -> Settings {
    Settings {
        lock_timeout: Duration::from_millis(300),
        patience: Duration::from_secs(30),
        policy: Policy::Warn,
        ..Settings::default()
    }
}
