//! Databases of MySQL, MariaDB and SQLite read: what is read is what the replay gives, hand-made changes are found and
//! nothing else, and the SQL that is told heals them.

use migrate_safety_core::config::Config;
use migrate_safety_core::databases::live::Live;
use migrate_safety_core::drift::{Drift, drift_of_database};
use migrate_safety_core::rules::Status;
use migrate_safety_core::{Checker, Layout, MigrationSet};
use migrate_safety_sqlx::{introspect_mysql, introspect_sqlite};
use migrate_safety_testkit::{Product, mysql_for_test};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, Row, SqliteConnection};

/// A connection to either.
pub(crate) enum Database {
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

impl Database {
    pub(crate) async fn run(&mut self, sql: &str) {
        self.try_run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub(crate) async fn try_run(&mut self, sql: &str) -> Result<(), String> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let ran = match self {
            Self::MySql(connection) => query.execute(connection).await.map(drop),
            Self::Sqlite(connection) => query.execute(connection).await.map(drop),
        };
        ran.map_err(|error| error.to_string())
    }

    /// The rows of a query whose columns are texts.
    pub(crate) async fn texts(&mut self, sql: &str) -> Vec<Vec<Option<String>>> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::MySql(connection) => {
                let rows = query.fetch_all(connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
                rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
            }
            Self::Sqlite(connection) => {
                let rows = query.fetch_all(connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
                rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
            }
        }
    }

    /// The one value of a query, a whole number, as text.
    pub(crate) async fn one(&mut self, sql: &str) -> String {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let value: i64 = match self {
            Self::MySql(connection) => {
                query.fetch_one(connection).await.unwrap_or_else(|e| panic!("{sql}: {e}")).get(0)
            }
            Self::Sqlite(connection) => {
                query.fetch_one(connection).await.unwrap_or_else(|e| panic!("{sql}: {e}")).get(0)
            }
        };
        value.to_string()
    }

    /// An empty database.
    pub(crate) async fn clear(&mut self) {
        match self {
            Self::MySql(_) => {
                self.run("DROP DATABASE IF EXISTS held; CREATE DATABASE held CHARACTER SET utf8mb4; USE held").await;
            }
            Self::Sqlite(connection) => *connection = SqliteConnection::connect("sqlite::memory:").await.unwrap(),
        }
    }

    pub(crate) async fn read(&mut self) -> Live {
        match self {
            Self::MySql(connection) => {
                let live = introspect_mysql(connection).await.unwrap();
                // It has set one of its own.
                sqlx::raw_sql("SET SESSION sql_mode = DEFAULT").execute(connection).await.unwrap();
                live
            }
            Self::Sqlite(connection) => introspect_sqlite(connection).await.unwrap(),
        }
    }

    async fn drift(&mut self, set: &MigrationSet) -> Drift {
        let live = self.read().await;
        assert_eq!(live.unread, []);
        drift_of_database(set, &Config::default(), &live, &migrate_safety_sqlx::checksum)
    }
}

/// Migrations of these statements, one each.
fn history(statements: &[&str]) -> MigrationSet {
    let mut set = MigrationSet::default();
    for (number, statement) in statements.iter().enumerate() {
        let text = format!("-- no-transaction\n{statement}");
        set.append(MigrationSet::from_text(format!("{}_step.sql", number + 1), text, Layout::Sqlx));
    }
    set.complete = true;
    set
}

/// Runs a history and compares after each statement; then makes each change by hand, which has to be found, alone, and
/// healed by what is told.
async fn hold(name: &str, database: &mut Database, statements: &[&str], changes: &[(&str, &str)], cleared: &str) {
    for number in 1..=statements.len() {
        database.run(statements[number - 1]).await;
        let drift = database.drift(&history(&statements[..number])).await;
        assert_eq!(drift.to_string(), "No drift.\n", "{name} after {}", statements[number - 1]);
    }
    let set = history(statements);
    for (change, expected) in changes {
        database.run(change).await;
        let drift = database.drift(&set).await;
        let found: Vec<String> = drift.objects.iter().map(ToString::to_string).collect();
        assert!(found.len() == 1 && found[0].starts_with(expected), "{name}: {change} gives {found:#?}");
        for sql in &drift.objects[0].sql {
            database.run(sql).await;
        }
        if !drift.objects[0].sql.is_empty() {
            let drift = database.drift(&set).await;
            assert_eq!(drift.to_string(), "No drift.\n", "{name}: {change} is not healed");
        }
    }
    // Nothing that it tells of itself is refused when migrations are checked on it.
    let live = database.read().await;
    let report = Checker::new(&Config::default()).with_database(&live).check(&MigrationSet::default());
    assert!(report.errors.is_empty(), "{name}: {:?}", report.errors);
    // What is printed makes the same schema.
    let printed = live.schema().to_sql();
    database.run(cleared).await;
    database.run(&printed).await;
    let drift = database.drift(&set).await;
    assert_eq!(drift.to_string(), "No drift.\n", "{name}: not made anew by\n{printed}");
}

const OF_MYSQL: &[&str] = &[
    "CREATE TABLE users (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(120) NOT NULL UNIQUE, \
     active boolean NOT NULL DEFAULT true, role enum('admin', 'user') DEFAULT 'user', balance decimal(12,2) DEFAULT 0, level int DEFAULT -1, \
     seen timestamp NULL, made datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)) ENGINE=InnoDB",
    "CREATE TABLE posts (id integer PRIMARY KEY, user_id bigint unsigned NOT NULL, title varchar(50) CHARACTER SET latin1, \
     body mediumtext, data json, score int(11) NOT NULL DEFAULT '0', updated timestamp NOT NULL DEFAULT now() ON UPDATE now(), \
     KEY by_score (score, title(10)), FULLTEXT KEY (body), CONSTRAINT by_user FOREIGN KEY (user_id) REFERENCES users (id) \
     ON DELETE CASCADE) DEFAULT CHARSET=utf8mb4",
    "ALTER TABLE posts ADD COLUMN price numeric(10,2) NOT NULL DEFAULT 1.5, ADD CONSTRAINT dear CHECK (price > 0 AND score <> 3)",
    "ALTER TABLE posts ADD COLUMN twice int GENERATED ALWAYS AS (score * 2) STORED, ADD INDEX (twice)",
    "CREATE UNIQUE INDEX one_title ON posts (user_id, title)",
    "ALTER TABLE users RENAME COLUMN role TO kind, MODIFY email varchar(200) NOT NULL, ADD UNIQUE KEY (kind, balance)",
    "CREATE TABLE tags (post int NOT NULL CHECK (post > -1), tag char(5) NOT NULL, PRIMARY KEY (post, tag), FOREIGN KEY (post) REFERENCES posts (id), CHECK (tag <> '')) \
     ENGINE=InnoDB COLLATE=utf8mb4_bin",
    "CREATE TABLE pairs (x int UNIQUE, y int, PRIMARY KEY (x, y))",
    "CREATE TABLE refs (x int, y int, code varchar(9) BINARY, at datetime, until datetime AS (date_add(at, INTERVAL x DAY)) STORED, FOREIGN KEY (x) REFERENCES pairs (x))",
    "ALTER TABLE refs ADD FOREIGN KEY (x, y) REFERENCES pairs (x, y), ADD COLUMN n int unsigned NULL, ADD KEY (n)",
    "ALTER TABLE refs MODIFY n int unsigned AUTO_INCREMENT",
    "CREATE VIEW titles AS SELECT p.title, u.email FROM posts p JOIN users u ON u.id = p.user_id",
    "CREATE TRIGGER stamp BEFORE UPDATE ON users FOR EACH ROW BEGIN SET NEW.seen = now(); SET NEW.active = true; END",
    "ALTER TABLE tags RENAME TO labels",
    "ALTER TABLE posts DROP COLUMN twice, ALTER COLUMN score SET DEFAULT 5",
    "DROP INDEX by_score ON posts",
    "CREATE TABLE notes (id int PRIMARY KEY, post int NOT NULL, word varchar(20) NOT NULL DEFAULT '', small text(60), \
     large blob(70000), since timestamp NOT NULL DEFAULT '2001-01-01 01:01:01.000001', low varchar(20) AS (lcase(word)) STORED, \
     CONSTRAINT first_name FOREIGN KEY (post) REFERENCES posts (id))",
    "ALTER TABLE notes DROP FOREIGN KEY first_name",
    "ALTER TABLE notes ADD CONSTRAINT second_name FOREIGN KEY (post) REFERENCES posts (id)",
    "ALTER TABLE notes DROP FOREIGN KEY second_name",
    "ALTER TABLE notes ADD CONSTRAINT second_name FOREIGN KEY (post) REFERENCES posts (id) ON DELETE CASCADE",
    "ALTER TABLE notes RENAME COLUMN small TO large, RENAME COLUMN large TO small, DROP COLUMN since",
];

const CHANGES_OF_MYSQL: &[(&str, &str)] = &[
    ("ALTER TABLE posts ADD COLUMN extra int", "extra column posts.extra"),
    ("ALTER TABLE users DROP COLUMN seen", "missing column users.seen"),
    ("ALTER TABLE users MODIFY balance decimal(14,2) DEFAULT 0", "different column users.balance"),
    ("ALTER TABLE users ALTER COLUMN balance SET DEFAULT 7", "different column users.balance"),
    ("ALTER TABLE users MODIFY email varchar(200) NULL", "different column users.email"),
    ("ALTER TABLE posts MODIFY title varchar(50) CHARACTER SET utf8mb4", "different column posts.title"),
    ("ALTER TABLE posts MODIFY updated timestamp NOT NULL DEFAULT now()", "different column posts.updated"),
    ("CREATE INDEX by_price ON posts (price)", "extra index posts.by_price"),
    ("DROP INDEX kind ON users", "missing index users.kind"),
    ("DROP INDEX kind ON users; CREATE INDEX kind ON users (kind, balance)", "different index users.kind"),
    ("ALTER TABLE posts DROP FOREIGN KEY by_user", "missing constraint posts.by_user"),
    ("ALTER TABLE posts DROP CONSTRAINT dear", "missing constraint posts.dear"),
    ("CREATE TABLE more (a int)", "extra table more"),
    ("DROP TABLE labels", "missing table labels"),
    ("CREATE VIEW one AS SELECT 1 AS a", "extra view one"),
    ("DROP VIEW titles", "missing view titles"),
    ("CREATE TRIGGER other BEFORE DELETE ON posts FOR EACH ROW SET @a = 1", "extra trigger other"),
];

const OF_SQLITE: &[&str] = &[
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(255) NOT NULL UNIQUE, name TEXT COLLATE NOCASE, \
     age INT CHECK (age >= 0), level INT DEFAULT -1)",
    "CREATE TABLE posts (id TEXT NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, \
     title TEXT DEFAULT '', created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, \"order\" INTEGER DEFAULT (1 + 1))",
    "CREATE INDEX by_user ON posts (user_id, created DESC) WHERE title <> ''",
    "ALTER TABLE users ADD COLUMN note TEXT NOT NULL DEFAULT 'none'",
    "CREATE TABLE tags (post TEXT, tag TEXT, PRIMARY KEY (post, tag), FOREIGN KEY (post) REFERENCES posts) STRICT, WITHOUT ROWID",
    "CREATE VIEW titles AS SELECT p.title, u.email FROM posts p JOIN users u ON u.id = p.user_id",
    "CREATE TRIGGER gone AFTER DELETE ON posts WHEN OLD.title <> '' BEGIN DELETE FROM tags WHERE post = OLD.id; SELECT 1; END",
    "ALTER TABLE posts RENAME COLUMN title TO headline",
    "CREATE UNIQUE INDEX by_name ON users (lower(name))",
    "ALTER TABLE users RENAME TO people",
    "ALTER TABLE people DROP COLUMN age",
];

const CHANGES_OF_SQLITE: &[(&str, &str)] = &[
    ("ALTER TABLE people ADD COLUMN extra INT", "extra column people.extra"),
    ("CREATE INDEX by_note ON people (note)", "extra index people.by_note"),
    ("DROP INDEX by_user", "missing index posts.by_user"),
    ("DROP INDEX by_user; CREATE INDEX by_user ON posts (user_id, created)", "different index posts.by_user"),
    ("CREATE TABLE more (a)", "extra table more"),
    ("DROP TABLE tags", "missing table tags"),
    ("DROP VIEW titles", "missing view titles"),
    ("DROP VIEW titles; CREATE VIEW titles AS SELECT 1 AS one", "different view titles"),
    ("CREATE TRIGGER other AFTER INSERT ON people BEGIN SELECT 1; END", "extra trigger other"),
];

/// Does something with an empty SQLite database.
fn with_sqlite(work: impl AsyncFnOnce(Database)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        work(Database::Sqlite(SqliteConnection::connect("sqlite::memory:").await.unwrap())).await;
    });
}

#[test]
fn sqlite_is_what_its_migrations_give() {
    with_sqlite(async |mut database| {
        let cleared = "DROP VIEW titles; DROP TABLE tags; DROP TABLE posts; DROP TABLE people;";
        hold("SQLite", &mut database, OF_SQLITE, CHANGES_OF_SQLITE, cleared).await;
    });
}

#[test]
fn mysql_and_mariadb_are_what_their_migrations_give() {
    let runs = [Product::MySql9, Product::MariaDb1011, Product::MariaDb118].map(|product| {
        std::thread::spawn(move || {
            let Some(server) = mysql_for_test(product) else { return };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = MySqlConnection::connect(&server.url("")).await.unwrap();
                sqlx::raw_sql("CREATE DATABASE held CHARACTER SET utf8mb4; USE held")
                    .execute(&mut connection)
                    .await
                    .unwrap();
                let mut database = Database::MySql(connection);
                let cleared = "DROP DATABASE held; CREATE DATABASE held CHARACTER SET utf8mb4; USE held";
                hold(product.name(), &mut database, OF_MYSQL, CHANGES_OF_MYSQL, cleared).await;
            });
        })
    });
    runs.into_iter().for_each(|run| run.join().unwrap());
}

#[test]
fn what_is_applied_is_not_checked_again_and_small_tables_are_small() {
    with_sqlite(applied_and_small);
}

async fn applied_and_small(mut database: Database) {
    let set = history(&["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)", "UPDATE users SET name = 'none'"]);
    let migrations = set.migrations.iter().map(|migration| {
        let checksum = migrate_safety_sqlx::checksum(&migration.up.text);
        format!(
            "INSERT INTO _sqlx_migrations VALUES ({}, 'step', CURRENT_TIMESTAMP, true, x'{checksum}', 1);",
            migration.id
        )
    });
    let migrations: Vec<String> = migrations.collect();
    database
        .run(
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP \
             NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT \
             NOT NULL); CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
        )
        .await;
    database.run(&migrations[0]).await;
    let drift = database.drift(&set).await;
    assert_eq!(drift.to_string(), "pending migration 2\nNo drift.\n");
    let live = database.read().await;
    let report = Checker::new(&Config::default()).with_database(&live).check(&set);
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    assert_eq!(report.migrations.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["2"]);
    assert!(report.worst() < Status::Block, "{}", report.to_text(migrate_safety_core::report::Colour::Never));

    database.run(&migrations[1]).await;
    let mut edited = set.clone();
    edited.migrations.remove(0);
    edited.migrations[0].up.text = "-- no-transaction\nUPDATE users SET name = 'some'".into();
    let drift = database.drift(&edited).await;
    let told = drift.to_string();
    assert!(told.contains("missing migration 1") && told.contains("edited migration 2"), "{told}");
}
