//! `migrate-safety plan`.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text, metadata jsonb);";
const NOT_NULL: &str = "ALTER TABLE users ALTER COLUMN metadata SET NOT NULL";

fn project() -> Dir {
    Dir::with(&[("migrations/0001_users.sql", USERS), ("migrations/0002_metadata.sql", NOT_NULL)])
}

/// The keys of an object, sorted.
fn keys(value: &serde_json::Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_json_has_the_keys_of_version_1() {
    let plan = project().run(&["plan", "migrations/0002_metadata.sql", "--format", "json"]).expect(0).json();
    assert_eq!(
        keys(&plan),
        ["already_safe", "application", "change", "dialect", "phases", "recipe", "runbook", "version"]
    );
    assert_eq!(plan["version"], 1);
    assert_eq!(plan["dialect"], "postgres:16");
    assert_eq!(plan["change"], NOT_NULL);
    assert_eq!(plan["recipe"], "set-not-null");
    assert_eq!(plan["already_safe"], false);
    let phase = &plan["phases"][0];
    assert_eq!(keys(phase), ["deploy", "phase", "steps"]);
    assert_eq!(phase["phase"], "contract");
    let step = &phase["steps"][0];
    assert_eq!(
        keys(step),
        ["backfill", "gate", "id", "kind", "lock_timeout_ms", "locks", "rollback", "sql", "title", "transaction"]
    );
    assert_eq!(step["id"], "contract-1");
    assert_eq!(step["lock_timeout_ms"], 2000);
    assert_eq!(step["locks"][0]["relation"], "public.users");
    assert_eq!(step["locks"][0]["mode"], "ACCESS EXCLUSIVE");
    let gates: Vec<&serde_json::Value> = plan["phases"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|phase| {
            phase["steps"].as_array().unwrap().iter().map(|step| &step["gate"]).filter(|gate| !gate.is_null())
        })
        .collect();
    assert_eq!(keys(gates[0]), ["expect", "sql"]);
    assert_eq!(gates[0]["expect"], "0");
}

#[test]
fn the_schema_before_the_change_is_found() {
    let dir = project();
    dir.write("schema.sql", USERS.as_bytes());
    dir.write("change.sql", NOT_NULL.as_bytes());
    dir.write("service/migrations/1_users.sql", USERS.as_bytes());
    dir.write("service/migrations/2_name.sql", b"ALTER TABLE users ALTER COLUMN name SET NOT NULL;");
    dir.write("diesel/2024-01-01-000000_users/up.sql", USERS.as_bytes());
    dir.write("diesel/2024-01-02-000000_metadata/up.sql", NOT_NULL.as_bytes());
    for args in [
        &["plan", "migrations/0002_metadata.sql"][..],
        &["plan", "service/migrations/2_name.sql"],
        &["plan", "diesel/2024-01-02-000000_metadata"],
        &["plan", "diesel/2024-01-02-000000_metadata/up.sql", "--migrations", "diesel"],
        &["plan", "change.sql", "--schema", "schema.sql"],
        &["plan", "--sql", NOT_NULL, "--schema", "schema.sql"],
        &["plan", "--sql", "ALTER TABLE users ALTER COLUMN name SET NOT NULL"],
    ] {
        let ran = dir.run(args).expect(0);
        assert!(ran.out.starts_with("PLAN set-not-null for postgres:16: "), "{args:?}: {ran:#?}");
    }
    let ran = dir.run_with_input(&["plan", "-", "--schema", "schema.sql"], NOT_NULL.as_bytes()).expect(0);
    assert!(ran.out.starts_with("PLAN set-not-null"), "{ran:#?}");
}

#[test]
fn what_is_refused_or_unreadable_is_told() {
    let dir = project();
    dir.write("desired.sql", b"CREATE TABLE users (id bigint PRIMARY KEY, nick text, metadata jsonb NOT NULL);");
    for (args, expected) in [
        (&["plan"][..], "required arguments"),
        (&["plan", "--sql", "SELECT 1", "--to", "desired.sql"], "cannot be used with"),
        (&["plan", "--sql", ""], "there is nothing to plan"),
        (&["plan", "--sql", "ALTER TABLE userz ADD x int"], "relation \"userz\" does not exist"),
        (&["plan", "--sql", "ALTER TABEL users ADD x int"], "line 1, column 7"),
        (&["plan", "absent.sql"], "absent.sql: no such file or directory"),
        (&["plan", "--sql", "SELECT 1", "--migrations", "absent"], "absent: no such file or directory"),
        (&["plan", "--to", "desired.sql"], "--rename public.users.name=nick, or --drop public.users.name"),
        (&["plan", "--to", "desired.sql", "--rename", "users.name"], "write OLD=NEW"),
        (
            &["plan", "--to", "desired.sql", "--rename", "users.nam=nick"],
            "the present schema has no such table or column",
        ),
        (&["plan", "--sql", "SELECT 1", "--rename", "a=b"], "--to"),
    ] {
        let ran = dir.run(args).expect(2);
        assert!(ran.err.contains(expected), "{args:?}: {ran:#?}");
        assert_eq!(ran.out, "", "{args:?}");
    }
}

#[test]
fn files_are_written_and_pass_the_check() {
    let dir = project();
    let ran = dir.run(&["plan", "migrations/0002_metadata.sql", "--out", "migrations"]).expect(0);
    assert!(ran.out.contains("WROTE\n    migrations/0003_contract_1_"), "{ran:#?}");
    assert!(ran.out.contains("It takes the place of migrations/0002_metadata.sql: remove that file."), "{ran:#?}");
    std::fs::remove_file(dir.0.join("migrations/0002_metadata.sql")).unwrap();
    let checked = dir.run(&["check"]).expect(0);
    assert!(!checked.out.contains("BLOCK"), "{checked:#?}");
    let runbook = std::fs::read_dir(dir.0.join("migrations")).unwrap().map(|entry| entry.unwrap().path());
    let runbook = runbook.filter(|path| path.to_string_lossy().ends_with(".runbook.md")).collect::<Vec<_>>();
    assert_eq!(runbook.len(), 1, "{runbook:?}");
}

#[test]
fn a_desired_schema_is_reached() {
    let dir = Dir::with(&[("migrations/1_users.sql", USERS)]);
    let desired = USERS.replace("metadata jsonb", "metadata jsonb NOT NULL");
    dir.write("desired.sql", format!("{desired} CREATE INDEX users_name_idx ON users (name);").as_bytes());
    let plan = dir.run(&["plan", "--to", "desired.sql", "--format", "json"]).expect(0).json();
    let change = plan["change"].as_str().unwrap();
    assert!(change.contains("SET NOT NULL") && change.contains("CREATE INDEX users_name_idx"), "{change}");
}

#[test]
fn other_databases_have_plans() {
    let sqlite = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE posts (id INTEGER PRIMARY KEY, \
                  user_id INTEGER REFERENCES users (id));";
    let not_null = "ALTER TABLE users ALTER COLUMN name SET NOT NULL";
    let to = sqlite.replace("name TEXT", "name TEXT NOT NULL");

    // SQLite, by sqlx: the table is made anew, in no transaction of sqlx's.
    let dir = Dir::with(&[("migrations/1_users.sql", sqlite), ("desired.sql", &to)]);
    for change in [&["--sql", not_null][..], &["--to", "desired.sql"]] {
        let plan =
            dir.run(&[&["plan", "--dialect", "sqlite:3.45", "--format", "json"][..], change].concat()).expect(0).json();
        assert_eq!((&plan["dialect"], &plan["recipe"]), (&"sqlite:3.45".into(), &"set-not-null".into()));
        let step = &plan["phases"][0]["steps"][0];
        assert_eq!(step["transaction"], false);
        assert_eq!(step["gate"]["expect"], "0");
        assert_eq!(step["locks"], serde_json::json!([{ "relation": "main.users", "mode": "RESERVED" }]));
        let sql: Vec<&str> = step["sql"].as_array().unwrap().iter().map(|sql| sql.as_str().unwrap()).collect();
        assert_eq!(
            (sql[0], sql[1], sql[sql.len() - 1]),
            ("PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE", "PRAGMA foreign_keys = ON")
        );
        assert!(plan["runbook"].as_str().unwrap().contains("wal_checkpoint"));
    }
    let args = ["plan", "--dialect", "sqlite:3.45", "--sql", not_null, "--out", "migrations"];
    dir.run(&args).expect(0);
    let text = std::fs::read_to_string(dir.0.join("migrations/2_contract_1_make_name_not_null.sql")).unwrap();
    assert!(
        text.starts_with("-- no-transaction\n") && text.contains("contract-1 must not run yet: rows with NULL"),
        "{text}"
    );
    assert!(!dir.run(&["check", "--dialect", "sqlite:3.45"]).expect(0).out.contains("BLOCK"));

    // The same by diesel.
    let dir = Dir::with(&[("migrations/2024-01-01-000000_users/up.sql", sqlite)]);
    dir.run(&args).expect(0);
    let made = std::fs::read_dir(dir.0.join("migrations")).unwrap().map(|entry| entry.unwrap().path());
    let made = made.filter(|path| path.is_dir() && path.to_string_lossy().contains("contract_1")).collect::<Vec<_>>();
    let settings = std::fs::read_to_string(made[0].join("metadata.toml")).unwrap();
    assert_eq!(settings, "run_in_transaction = false\n");

    // MySQL and MariaDB: in place, or by a tool.
    let dir =
        Dir::with(&[("migrations/1_users.sql", "CREATE TABLE users (id int NOT NULL PRIMARY KEY, name varchar(50));")]);
    for dialect in ["mysql:8.0", "mariadb:10.11"] {
        let plan =
            |sql: &str| dir.run(&["plan", "--dialect", dialect, "--format", "json", "--sql", sql]).expect(0).json();
        let text = plan("ALTER TABLE users MODIFY name varchar(50) NOT NULL");
        let sql = text["phases"][0]["steps"][0]["sql"][0].as_str().unwrap();
        assert!(sql.ends_with("LOCK=NONE"), "{sql}");
        let text = plan("ALTER TABLE users MODIFY id bigint NOT NULL");
        let tool = &text["phases"][0]["steps"][0]["tool"];
        assert_eq!(keys(tool), ["after", "before", "commands"]);
        let commands = tool["commands"].to_string();
        for word in ["gh-ost", "pt-online-schema-change", "--max-lag", "--execute", "MODIFY id bigint NOT NULL"] {
            assert!(commands.contains(word) && !commands.contains("ALGORITHM"), "{word}: {commands}");
        }
    }
    // A report points to them.
    dir.write("migrations/2_id.sql", b"ALTER TABLE users MODIFY id bigint NOT NULL;");
    let checked = dir.run(&["check", "--dialect", "mysql:8.0"]).expect(1);
    let told = checked.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("migrate-safety plan migrations/2_id.sql --dialect mysql:8.0"), "{told}");
    let pointed = dir.run(&["plan", "migrations/2_id.sql", "--dialect", "mysql:8.0"]).expect(0);
    assert!(pointed.out.starts_with("PLAN online-copy for mysql:8.0"), "{pointed:#?}");
    std::fs::remove_file(dir.0.join("migrations/2_id.sql")).unwrap();

    for (sql, expected) in [
        ("ALTER TABLE userz ADD x int", "doesn't exist"),
        ("ALTER TABEL users ADD x int", "line 1, column 1"),
        ("", "there is nothing to plan"),
        (
            "CREATE TABLE posts (id int PRIMARY KEY, user_id int, CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id)); \
             ALTER TABLE users MODIFY id bigint NOT NULL",
            "give the whole as one change: ALTER TABLE posts DROP FOREIGN KEY of_user",
        ),
        ("ALTER TABLE users ADD x int, ADD x int", "the change would fail on this schema"),
    ] {
        let ran = dir.run(&["plan", "--dialect", "mysql:8.0", "--sql", sql]).expect(2);
        assert!(ran.err.contains(expected), "{sql}: {ran:#?}");
    }
}
