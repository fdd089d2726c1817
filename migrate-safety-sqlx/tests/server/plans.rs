//! Plans for MySQL, MariaDB and SQLite run on servers with filled tables: every step forward, back and forward again; the
//! schema that the server tells at the end and the rows are those of the plain change. `DATABASE_PLANS=cases.sql` tries those of
//! a file instead: `-- before: mysql` (or `sqlite`) is the schema before those that follow, `-- change` one, `-- change: trigger`
//! one that is kept by triggers meanwhile.

use super::databases::Database;
use migrate_safety_core::databases::diff::diff;
use migrate_safety_core::databases::operation::{ColumnDef, IndexKind};
use migrate_safety_core::databases::replay;
use migrate_safety_core::databases::schema::{Schema, Table};
use migrate_safety_core::plan::{DATABASE_RECIPES, DualWrite, Plan, PlanOptions, Rollback, Step, StepKind, plan};
use migrate_safety_core::{Config, Dialect, Layout, MigrationSet, Target};
use migrate_safety_testkit::{Product, mysql_for_test};
use sqlx::{Connection, MySqlConnection, SqliteConnection};

/// A change on a schema, and how it is written meanwhile.
struct Case {
    recipe: &'static str,
    before: &'static str,
    change: &'static str,
    dual_write: DualWrite,
}

/// Changes besides the samples of the recipes: for SQLite, and for MySQL and MariaDB.
const MORE: &[(Dialect, &str, &str)] = &[
    (
        Dialect::Sqlite,
        "CREATE TABLE tags (post INTEGER, tag TEXT, note TEXT DEFAULT 'x', PRIMARY KEY (post, tag)) WITHOUT ROWID; \
         CREATE TABLE notes (id INTEGER PRIMARY KEY, post INTEGER, tag TEXT, FOREIGN KEY (post, tag) REFERENCES tags (post, tag));",
        "ALTER TABLE tags ALTER COLUMN note SET NOT NULL",
    ),
    (
        Dialect::Sqlite,
        "CREATE TABLE nodes (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES nodes (id), name TEXT UNIQUE ON CONFLICT IGNORE, up TEXT AS (upper(name)));",
        "ALTER TABLE nodes MODIFY name VARCHAR(50) NOT NULL DEFAULT 'none'",
    ),
    (
        Dialect::Sqlite,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT NOT NULL ON CONFLICT IGNORE, c TEXT);",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL; ALTER TABLE t ADD CHECK (b > 0); ALTER TABLE t ALTER COLUMN c TYPE INT",
    ),
    (
        Dialect::MySql,
        "CREATE TABLE t (id bigint PRIMARY KEY, a int, b varchar(20));",
        "ALTER TABLE t ADD COLUMN c int FIRST, ADD KEY (a), DROP COLUMN b, ALGORITHM=INPLACE",
    ),
    (
        Dialect::MySql,
        "CREATE TABLE t (a int NOT NULL, b varchar(20) NOT NULL, c int, PRIMARY KEY (a, b));",
        "UPDATE t SET c = a WHERE c IS NULL; ALTER TABLE t MODIFY c int NOT NULL DEFAULT 5",
    ),
];

/// Changes that are planned otherwise by triggers.
const BY_TRIGGER: &[(Dialect, &str, &str)] = &[
    (
        Dialect::MySql,
        "CREATE TABLE users (id bigint PRIMARY KEY, score int NOT NULL DEFAULT 7, at int, KEY by_score (score, at));",
        "ALTER TABLE users MODIFY score bigint NOT NULL DEFAULT 7",
    ),
    (
        Dialect::MySql,
        "CREATE TABLE users (id int PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY (code)) DEFAULT CHARSET = utf8mb4;",
        "ALTER TABLE users MODIFY code int NOT NULL",
    ),
    (
        Dialect::MySql,
        "CREATE TABLE users (id int PRIMARY KEY, n int NOT NULL);",
        "ALTER TABLE users MODIFY n varchar(20) NOT NULL",
    ),
];

/// The cases of a file.
fn of_file(target: Target, path: &str) -> Vec<Case> {
    let text: &'static str = std::fs::read_to_string(path).unwrap().leak();
    let (mut before, mut speaks, mut cases) = ("", false, Vec::new());
    for block in text.split("-- ").skip(1) {
        let (head, sql) = block.split_once('\n').unwrap_or((block, ""));
        let (word, how) = head.split_once(':').unwrap_or((head, ""));
        match word.trim() {
            "before" => (before, speaks) = (sql, how.trim().parse::<Target>().unwrap().dialect.is_like(target.dialect)),
            "change" => {
                let dual_write = if how.trim() == "trigger" { DualWrite::Trigger } else { DualWrite::Application };
                let case = Case { recipe: "", before, change: sql.trim().trim_end_matches(';'), dual_write };
                cases.extend(Some(case).filter(|_| speaks));
            }
            other => panic!("{path}: `-- {other}` starts no part of a case"),
        }
    }
    cases
}

fn cases(target: Target) -> Vec<Case> {
    if let Ok(path) = std::env::var("DATABASE_PLANS") {
        return of_file(target, &path);
    }
    let speaks = |other: Target| other.dialect.is_like(target.dialect);
    let samples =
        DATABASE_RECIPES.iter().flat_map(|recipe| recipe.samples.iter().map(move |sample| (recipe.id, sample)));
    let samples = samples.filter(|(_, sample)| speaks(sample.target)).flat_map(|(recipe, sample)| {
        let both: &[DualWrite] = if matches!(recipe, "rename-column" | "derived-column") {
            &[DualWrite::Application, DualWrite::Trigger]
        } else {
            &[DualWrite::Application]
        };
        let case = |dual_write: &DualWrite| Case {
            recipe,
            before: sample.before,
            change: sample.change,
            dual_write: *dual_write,
        };
        both.iter().map(case).collect::<Vec<_>>()
    });
    let more = MORE.iter().filter(|(dialect, ..)| dialect.is_like(target.dialect)).map(|(_, before, change)| Case {
        recipe: "",
        before,
        change,
        dual_write: DualWrite::Application,
    });
    let by_trigger = BY_TRIGGER
        .iter()
        .filter(|(dialect, ..)| dialect.is_like(target.dialect))
        .map(|(_, before, change)| Case { recipe: "retype-column", before, change, dual_write: DualWrite::Trigger });
    samples.chain(more).chain(by_trigger).collect()
}

#[test]
fn plans_for_sqlite_hold() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut database = Database::Sqlite(SqliteConnection::connect("sqlite::memory:").await.unwrap());
        all_hold("SQLite", &mut database).await;
    });
}

#[test]
fn plans_for_mysql_and_mariadb_hold() {
    let runs = [Product::MySql9, Product::MariaDb1011].map(|product| {
        std::thread::spawn(move || {
            let Some(server) = mysql_for_test(product) else { return };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let connection = MySqlConnection::connect(&server.url("")).await.unwrap();
                all_hold(product.name(), &mut Database::MySql(connection)).await;
            });
        })
    });
    runs.into_iter().for_each(|run| run.join().unwrap());
}

async fn all_hold(name: &str, database: &mut Database) {
    database.clear().await;
    let target = database.read().await.target;
    let only = std::env::var("CHANGE").ok();
    let mut failed = String::new();
    let mut tried = 0;
    for case in cases(target).iter().filter(|case| only.as_ref().is_none_or(|only| case.change.contains(only.as_str())))
    {
        let scene = Scene { target, case };
        tried += 1;
        if let Err(why) = scene.holds(database).await {
            failed += &format!("{name} ({:?}): {}\n    {why}\n\n", case.dual_write, case.change);
        }
    }
    assert!(failed.is_empty(), "of {tried} plans:\n{failed}");
    println!("{name}: {tried} plans hold");
}

struct Scene<'c> {
    target: Target,
    case: &'c Case,
}

/// The rows of every table, by the names of table and columns.
type Rows = Vec<(String, Vec<Vec<Option<String>>>)>;

impl Scene<'_> {
    async fn holds(&self, database: &mut Database) -> Result<(), String> {
        let case = self.case;
        self.filled(database).await?;
        let plain = database.try_run(case.change).await.is_ok();
        let wanted = database.read().await.schema();
        let rows = if plain { self.rows(database, &wanted).await } else { Vec::new() };

        self.filled(database).await?;
        let options = PlanOptions { dual_write: case.dual_write, layout: Layout::Sqlx, ..PlanOptions::default() };
        let made = plan(&self.schema(), case.change, &options).map_err(|error| error.to_string())?;
        let mut before_tool = None;
        for step in made.steps() {
            self.step(database, &made, step, &mut before_tool)
                .await
                .map_err(|why| format!("{} ({}): {why}", step.id, step.title))?;
        }
        let end = database.read().await.schema();
        let differences = if plain { diff(&wanted, &end, None) } else { Vec::new() };
        if !differences.is_empty() {
            return Err(format!("the end is not what the change gives: {differences:#?}"));
        }
        // What a new column holds is the application's business, or the time.
        if plain && !made.recipes.contains(&"add-column") {
            let reached = self.rows(database, &end).await;
            if rows != reached {
                return Err(format!("other rows:\n{rows:?}\nthan\n{reached:?}"));
            }
        }
        Ok(())
    }

    /// Runs a step, and back, and again. `before_tool` is what there was before a tool has done what the step records.
    async fn step(
        &self,
        database: &mut Database,
        made: &Plan,
        step: &Step,
        before_tool: &mut Option<(Schema, Rows)>,
    ) -> Result<(), String> {
        if let Some(tool) = &step.tool {
            let before = database.read().await.schema();
            let rows = self.rows(database, &before).await;
            *before_tool = Some((before, rows));
            for gate in &tool.before {
                self.open(database, &gate.sql, &gate.expect).await?;
            }
            // The server's own copy stands for the tool's.
            let recorded = made.steps().skip_while(|other| other.id != step.id).nth(1).unwrap();
            let change = recorded.sql.join(";");
            database.try_run(&change).await?;
            for gate in &tool.after {
                self.open(database, &gate.sql, &gate.expect).await?;
            }
            if recorded.sql.len() > 1 {
                return Ok(());
            }
            // What is recorded then is no copy.
            return database.try_run(&format!("{change}, ALGORITHM=INPLACE, LOCK=NONE")).await;
        }
        if step.kind == StepKind::Application {
            let gates = made.steps().filter_map(|step| step.gate.as_ref());
            for gate in gates.filter(|gate| gate.sql.ends_with(" IS NULL")) {
                let rest = gate.sql.strip_prefix("SELECT count(*) FROM ").unwrap();
                let (table, column) = rest.split_once(" WHERE ").unwrap();
                let column = column.strip_suffix(" IS NULL").unwrap();
                database.try_run(&format!("UPDATE {table} SET {column} = id WHERE {column} IS NULL")).await?;
            }
            return Ok(());
        }
        if let Some(gate) = &step.gate {
            self.open(database, &gate.sql, &gate.expect).await?;
        }
        let now = database.read().await.schema();
        let rows_now = self.rows(database, &now).await;
        let (before, rows) = before_tool.take().unwrap_or((now, rows_now));
        self.run(database, &step.up_sql(), step.transaction).await?;
        if let Some(batches) = &step.batches
            && !batches.remaining.ends_with("TRUE")
        {
            self.open(database, &batches.remaining, "0").await?;
        }
        let Rollback::Sql { transaction, .. } = &step.rollback else { return Ok(()) };
        self.run(database, &step.down_sql(), *transaction).await.map_err(|why| format!("back: {why}"))?;
        let restored = database.read().await.schema();
        let differences = diff(&before, &restored, None);
        if !differences.is_empty() || rows != self.rows(database, &restored).await {
            return Err(format!("the way back does not restore: {differences:#?}"));
        }
        self.run(database, &step.up_sql(), step.transaction).await.map_err(|why| format!("again: {why}"))
    }

    async fn open(&self, database: &mut Database, query: &str, expected: &str) -> Result<(), String> {
        let answer = database.one(query).await;
        if answer == expected { Ok(()) } else { Err(format!("{query} gives {answer}, not {expected}")) }
    }

    async fn run(&self, database: &mut Database, sql: &str, transaction: bool) -> Result<(), String> {
        if transaction && self.target.dialect == Dialect::Sqlite {
            let ran = database.try_run(&format!("BEGIN; {sql} COMMIT;")).await;
            if ran.is_err() {
                let _ = database.try_run("ROLLBACK").await;
            }
            return ran.map_err(|why| format!("{why}\n{sql}"));
        }
        database.try_run(sql).await.map_err(|why| format!("{why}\n{sql}"))
    }

    fn schema(&self) -> Schema {
        let mut set = MigrationSet::from_text("before.sql", self.case.before, Layout::Plain);
        set.complete = true;
        replay(&set, &Config { target: self.target, ..Config::default() })
    }

    /// The schema before the change, with rows.
    async fn filled(&self, database: &mut Database) -> Result<(), String> {
        database.clear().await;
        database.try_run(self.case.before).await?;
        let has_batches = matches!(self.case.recipe, "backfill" | "rename-column" | "derived-column" | "retype-column")
            || self.case.change.contains("IS NULL");
        let (rows, nulls) = if has_batches { (1100, true) } else { (20, false) };
        let schema = self.schema();
        // Those that others refer to stand before them in all cases.
        let mut tables: Vec<&Table> =
            schema.tables().filter(|table| !table.name.name.as_str().starts_with('_')).collect();
        tables.sort_by_key(|table| (!table.foreign_keys.is_empty(), self.case.before.find(table.name.name.as_str())));
        for table in tables {
            let columns: Vec<&ColumnDef> = table.columns.iter().filter(|column| column.generated.is_none()).collect();
            let names: Vec<String> = columns.iter().map(|column| self.quoted(column.name.as_str())).collect();
            let row = |n: u32| {
                let values: Vec<String> = columns.iter().map(|column| value(table, column, n, nulls)).collect();
                format!("({})", values.join(", "))
            };
            let rows: Vec<String> = (1..=rows).map(row).collect();
            let name = self.quoted(table.name.name.as_str());
            database.try_run(&format!("INSERT INTO {name} ({}) VALUES {}", names.join(", "), rows.join(", "))).await?;
        }
        Ok(())
    }

    async fn rows(&self, database: &mut Database, schema: &Schema) -> Rows {
        let mut found = Vec::new();
        for table in schema.tables().filter(|table| !table.name.name.as_str().starts_with("sqlite_")) {
            let mut columns: Vec<String> =
                table.columns.iter().map(|column| self.quoted(column.name.as_str())).collect();
            columns.sort();
            let kind = if self.target.dialect == Dialect::Sqlite { "TEXT" } else { "CHAR" };
            let texts: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS {kind})")).collect();
            let name = self.quoted(table.name.name.as_str());
            let mut rows = database.texts(&format!("SELECT {} FROM {name}", texts.join(", "))).await;
            rows.sort();
            found.push((format!("{name} {}", columns.join(", ")), rows));
        }
        found
    }

    fn quoted(&self, name: &str) -> String {
        if self.target.dialect == Dialect::Sqlite { format!("\"{name}\"") } else { format!("`{name}`") }
    }
}

/// The value of a column in a row: its number, whatever the type, or NULL now and then.
fn value(table: &Table, column: &ColumnDef, row: u32, nulls: bool) -> String {
    let keyed = table.indexes.iter().any(|index| {
        matches!(index.kind, IndexKind::Primary | IndexKind::Unique) && index.columns().contains(&&column.name)
    });
    let refers = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    if nulls && row.is_multiple_of(7) && !keyed && !refers && column.not_null != Some(true) {
        return "NULL".to_owned();
    }
    let arguments = &column.data_type.arguments;
    match &*column.data_type.name {
        "enum" | "set" => format!("'{}'", arguments[row as usize % arguments.len()]),
        // As many digits as there is room for.
        "char" | "varchar" if arguments.iter().any(|length| length.len() < 2) => {
            format!("'{}'", row % 10_u32.pow(arguments[0].parse().unwrap()))
        }
        "date" => "'2024-01-31'".to_owned(),
        "datetime" | "timestamp" => format!("'{}-01-31 12:00:00'", 2010 + row % 15),
        _ => format!("'{row}'"),
    }
}

/// Old and new clients write, while both names of a column are there: at the end the new column has what each has written.
#[test]
fn both_releases_write_while_a_column_is_renamed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut database = Database::Sqlite(SqliteConnection::connect("sqlite::memory:").await.unwrap());
        renamed("SQLite", &mut database, "id INTEGER PRIMARY KEY, old TEXT NOT NULL").await;
        for product in [Product::MySql9, Product::MariaDb1011] {
            let Some(server) = mysql_for_test(product) else { continue };
            let connection = MySqlConnection::connect(&server.url("")).await.unwrap();
            renamed(product.name(), &mut Database::MySql(connection), "id int PRIMARY KEY, old varchar(20) NOT NULL")
                .await;
        }
    });
}

async fn renamed(name: &str, database: &mut Database, columns: &str) {
    database.clear().await;
    let target = database.read().await.target;
    let before: &'static str = format!("CREATE TABLE t ({columns});").leak();
    let case =
        Case { recipe: "", before, change: "ALTER TABLE t RENAME COLUMN old TO new", dual_write: DualWrite::Trigger };
    let scene = Scene { target, case: &case };
    scene.filled(database).await.unwrap();
    let options = PlanOptions { dual_write: DualWrite::Trigger, ..PlanOptions::default() };
    let made = plan(&scene.schema(), case.change, &options).unwrap();
    let mut number = 1000;
    let mut expected: Vec<(u32, String)> = (1..=20).map(|n| (n, n.to_string())).collect();
    for phase in &made.phases {
        for step in &phase.steps {
            if step.is_migration() {
                scene
                    .run(database, &step.up_sql(), step.transaction)
                    .await
                    .unwrap_or_else(|why| panic!("{name}: {}: {why}", step.id));
            }
            let schema = database.read().await.schema();
            let has = |column: &str| schema.tables().any(|t| t.columns.iter().any(|c| c.name == *column));
            let are_kept = schema.triggers.values().count() > 1;
            for (column, other) in [("old", "new"), ("new", "old")] {
                let writes =
                    if column == "old" { !has("new") || are_kept } else { has("new") && (are_kept || !has("old")) };
                if !has(column) || !writes {
                    continue;
                }
                number += 1;
                let set = |id: u32, value: &str| format!("UPDATE t SET {column} = '{value}' WHERE id = {id}");
                database.run(&format!("INSERT INTO t (id, {column}) VALUES ({number}, 'a{number}')")).await;
                expected.push((number, format!("a{number}")));
                number += 1;
                database.run(&format!("INSERT INTO t (id, {column}) VALUES ({number}, 'a')")).await;
                database.run(&set(number, &format!("b{number}"))).await;
                expected.push((number, format!("b{number}")));
                let _ = other;
            }
        }
    }
    let rows = database.texts("SELECT CAST(id AS CHAR(9)), new FROM t ORDER BY t.id").await;
    let rows: Vec<(u32, String)> =
        rows.into_iter().map(|row| (row[0].clone().unwrap().parse().unwrap(), row[1].clone().unwrap())).collect();
    expected.sort();
    assert_eq!(rows, expected, "{name}");
}

/// A gate that is not open keeps its migration from running, says why, and leaves nothing behind.
#[test]
fn a_closed_gate_says_why() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut database = Database::Sqlite(SqliteConnection::connect("sqlite::memory:").await.unwrap());
        closed(&mut database, "ALTER TABLE t ALTER COLUMN a SET NOT NULL").await;
        for product in [Product::MySql9, Product::MariaDb1011] {
            let Some(server) = mysql_for_test(product) else { continue };
            let connection = MySqlConnection::connect(&server.url("")).await.unwrap();
            closed(&mut Database::MySql(connection), "ALTER TABLE t MODIFY a int NOT NULL").await;
        }
    });
}

async fn closed(database: &mut Database, change: &'static str) {
    database.clear().await;
    let target = database.read().await.target;
    let before = "CREATE TABLE t (id int PRIMARY KEY, a int);";
    let case = Case { recipe: "", before, change, dual_write: DualWrite::Application };
    let scene = Scene { target, case: &case };
    scene.filled(database).await.unwrap();
    database.run("INSERT INTO t (id) VALUES (100)").await;
    let made = plan(&scene.schema(), change, &PlanOptions::default()).unwrap();
    let step = made.steps().last().unwrap();
    let before = database.read().await.schema();
    let refused = scene.run(database, &step.up_sql(), step.transaction).await.unwrap_err();
    assert!(refused.contains("contract-1 must not run yet: rows with NULL in a are left"), "{refused}");
    assert_eq!(diff(&before, &database.read().await.schema(), None), []);
    database.run("UPDATE t SET a = 1 WHERE a IS NULL").await;
    scene.run(database, &step.up_sql(), step.transaction).await.unwrap();
}

/// Written migrations are run by sqlx itself, all the way up and all the way down to the last that can be undone.
#[test]
fn sqlx_runs_what_is_written() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let before = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'a'); \
                      CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); \
                      INSERT INTO posts VALUES (1, 1);";
        let mut sqlite = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let dir = Written::of(before, "ALTER TABLE users ALTER COLUMN name SET NOT NULL", Target::sqlite(345));
        let migrator = sqlx::migrate::Migrator::new(dir.0.as_path()).await.unwrap();
        migrator.run(&mut sqlite).await.unwrap();
        let mut database = Database::Sqlite(sqlite);
        assert_eq!(database.one("SELECT count(*) FROM posts").await, "1");
        assert_eq!(database.one("SELECT \"notnull\" FROM pragma_table_info('users') WHERE name = 'name'").await, "1");
        assert_eq!(database.one("PRAGMA foreign_keys").await, "1");
        let Database::Sqlite(sqlite) = &mut database else { unreachable!() };
        migrator.undo(sqlite, 1).await.unwrap();
        assert_eq!(database.one("SELECT \"notnull\" FROM pragma_table_info('users') WHERE name = 'name'").await, "0");

        for product in [Product::MySql9, Product::MariaDb1011] {
            let Some(server) = mysql_for_test(product) else { continue };
            let connection = MySqlConnection::connect(&server.url("")).await.unwrap();
            let mut database = Database::MySql(connection);
            database.clear().await;
            let target = database.read().await.target;
            let before = "CREATE TABLE users (id int PRIMARY KEY, old varchar(20) NOT NULL); INSERT INTO users VALUES (1, 'a');";
            let dir = Written::of(before, "ALTER TABLE users RENAME COLUMN old TO new", target);
            let migrator = sqlx::migrate::Migrator::new(dir.0.as_path()).await.unwrap();
            let Database::MySql(mysql) = &mut database else { unreachable!() };
            migrator.run(mysql).await.unwrap();
            assert_eq!(database.texts("SELECT new FROM users").await, [[Some("a".to_owned())]], "{}", product.name());
            assert_eq!(database.one("SELECT count(*) FROM _sqlx_migrations WHERE NOT success").await, "0");
        }
    });
}

/// A directory of migrations that is gone with this value.
struct Written(std::path::PathBuf);

impl Written {
    /// A schema as the first migration, and the plan of a change behind it, releases and all.
    fn of(before: &str, change: &str, target: Target) -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("migrate-safety-plans-{}-{number}", std::process::id()));
        let dir = root.join("migrations");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("1_before.up.sql"), before).unwrap();
        std::fs::write(dir.join("1_before.down.sql"), "SELECT 1;").unwrap();
        let mut set = MigrationSet::from_text("before.sql", before, Layout::Plain);
        set.complete = true;
        let schema = replay(&set, &Config { target, ..Config::default() });
        let made = plan(&schema, change, &PlanOptions::default()).unwrap();
        for path in made.write(Layout::Sqlx, &dir).unwrap() {
            std::fs::rename(&path, dir.join(path.file_name().unwrap())).unwrap();
        }
        Self(dir)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}
