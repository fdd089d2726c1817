//! What is read of each form, and what is refused.

use crate::databases::name::Name;
use crate::databases::operation::*;
use crate::databases::parse;
use crate::dialect::Target;

/// The newest library whose grammar is known.
const NEWEST: u16 = 354;

/// What is wrong with a script, in words.
fn problems(version: u16, sql: &str) -> Vec<String> {
    let script = parse(Target::sqlite(version), sql);
    script.statements.iter().flat_map(|s| &s.problems).map(|problem| problem.message.to_string()).collect()
}

/// The operation of the only statement, which is read without problems.
fn read(sql: &str) -> Operation {
    assert_eq!(problems(NEWEST, sql), [""; 0], "{sql}");
    let mut script = parse(Target::sqlite(NEWEST), sql);
    assert_eq!(script.statements.len(), 1, "{sql}");
    script.statements.remove(0).operation
}

fn table(sql: &str) -> CreateTable {
    match read(sql) {
        Operation::CreateTable(table) => *table,
        other => panic!("{sql}: {other:?}"),
    }
}

fn text<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_table_with_everything() {
    let table = table(
        r#"CREATE TEMP TABLE IF NOT EXISTS "my table" (
            id integer CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT REPLACE AUTOINCREMENT,
            [name] varchar(50) NOT NULL ON CONFLICT IGNORE DEFAULT 'x' COLLATE nocase UNIQUE,
            `amount` DECIMAL(10, -2) DEFAULT -1.5 CHECK (amount > 0),
            doc unsigned big int NULL DEFAULT (1 + 2),
            untyped,
            at DATETIME DEFAULT CURRENT_TIMESTAMP,
            word text DEFAULT hello,
            size int GENERATED ALWAYS AS (length(name)) STORED,
            twice AS (amount * 2),
            parent int REFERENCES other (id) ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT u UNIQUE (name COLLATE nocase, doc DESC) ON CONFLICT FAIL
            CHECK (doc <> amount) ON CONFLICT ABORT,
            FOREIGN KEY (doc, untyped) REFERENCES pair ON DELETE SET DEFAULT
        )"#,
    );
    assert_eq!(table.name.as_ref().map(ToString::to_string).as_deref(), Some("my table"));
    assert!(table.temporary && table.if_not_exists);
    let columns = table.columns.iter().map(|c| {
        let null = match c.not_null {
            Some(true) => "!",
            Some(false) => "?",
            None => "",
        };
        let default = c.default.as_ref().map(|d| format!("={}", d.sql)).unwrap_or_default();
        let generated = c.generated.as_ref().map(|g| format!("~{}{}", g.expression.sql, g.stored)).unwrap_or_default();
        let arguments = c.data_type.arguments.join(",");
        format!("{}:{}({arguments}){null}{default}{generated}", c.name, c.data_type.name)
    });
    assert_eq!(
        columns.collect::<Vec<_>>(),
        [
            "id:integer()",
            "name:varchar(50)!='x'",
            "amount:decimal(10,-2)=-1.5",
            "doc:unsigned big int()?=(1 + 2)",
            "untyped:()",
            "at:datetime()=CURRENT_TIMESTAMP",
            "word:text()=hello",
            "size:int()~length(name)true",
            "twice:()~amount * 2false",
            "parent:int()",
        ]
    );
    let indexes = table.indexes.iter().map(|i| format!("{:?} {:?} {}", i.name, i.kind, text(i.columns())));
    assert_eq!(
        indexes.collect::<Vec<_>>(),
        ["Some(\"pk\") Primary id", "None Unique name", "Some(\"u\") Unique name doc"]
    );
    let keys = table.foreign_keys.iter().map(|k| {
        let (from, to) = (text(&k.columns), text(&k.referenced));
        format!("{from} -> {} {to} {:?} {:?} {}", k.table, k.on_delete, k.on_update, k.deferred)
    });
    assert_eq!(
        keys.collect::<Vec<_>>(),
        ["parent -> other id Cascade SetNull true", "doc untyped -> pair  SetDefault NoAction false"]
    );
    let checks = table.checks.iter().map(|c| format!("{:?} {}", c.at_column, c.expression.sql));
    assert_eq!(checks.collect::<Vec<_>>(), ["Some(\"amount\") amount > 0", "None doc <> amount"]);
}

#[test]
fn other_tables() {
    let strict = table("CREATE TABLE t (a INTEGER PRIMARY KEY, b ANY) STRICT, WITHOUT ROWID");
    assert!(strict.options.strict && strict.options.without_rowid);
    let copy = table("CREATE TABLE main.t AS SELECT a, b + 1 AS c FROM u");
    let query = copy.query.unwrap();
    assert_eq!(text(query.output.iter().flatten()), "a c");
    assert_eq!(text(&query.reads), "u");
    let search =
        table("CREATE VIRTUAL TABLE f USING fts5(title, body UNINDEXED, content='posts', tokenize = 'porter x')");
    assert_eq!(search.module, Some(Name::new("fts5")));
    assert_eq!(text(search.columns.iter().map(|c| &c.name)), "title body");
    assert_eq!(table("CREATE VIRTUAL TABLE d USING dbstat").module, Some(Name::new("dbstat")));
    assert_eq!(table("CREATE TABLE key (key TEXT, desc INT, abort, plan, 'quoted' x)").columns.len(), 5);
}

#[test]
fn what_alter_table_does() {
    let cases = [
        ("ALTER TABLE t RENAME TO u", "Rename { to: ObjectName { database: None, name: \"u\" } }"),
        ("ALTER TABLE main.t RENAME COLUMN a TO b", "RenameColumn { column: \"a\", to: \"b\" }"),
        ("ALTER TABLE t RENAME a TO b", "RenameColumn { column: \"a\", to: \"b\" }"),
        ("ALTER TABLE t DROP a", "DropColumn { column: \"a\", if_exists: false }"),
        ("ALTER TABLE t DROP COLUMN a", "DropColumn { column: \"a\", if_exists: false }"),
        ("ALTER TABLE t DROP CONSTRAINT c", "DropConstraint { name: \"c\", if_exists: false }"),
        ("ALTER TABLE t ALTER COLUMN a SET NOT NULL ON CONFLICT FAIL", "SetNotNull { column: \"a\", not_null: true }"),
        ("ALTER TABLE t ALTER a DROP NOT NULL", "SetNotNull { column: \"a\", not_null: false }"),
    ];
    for (sql, expected) in cases {
        let Operation::AlterTable(alter) = read(sql) else { panic!("{sql}") };
        let actions: Vec<_> = alter.actions.iter().map(|action| format!("{:?}", action.kind)).collect();
        assert_eq!(actions, [expected], "{sql}");
    }
    let Operation::AlterTable(alter) =
        read("ALTER TABLE t ADD COLUMN a int NOT NULL DEFAULT 0 CHECK (a >= 0) REFERENCES u ON DELETE SET NULL")
    else {
        panic!("no ALTER TABLE")
    };
    let [add, check, key] = alter.actions.as_slice() else { panic!("{:?}", alter.actions) };
    assert!(matches!(&add.kind, ActionKind::AddColumn { column, .. } if column.not_null == Some(true)));
    assert!(matches!(&check.kind, ActionKind::AddCheck { check } if check.at_column == Some(Name::new("a"))));
    assert!(matches!(&key.kind, ActionKind::AddForeignKey { foreign_key, .. } if foreign_key.at_column));
    let Operation::AlterTable(alter) = read("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)") else { panic!() };
    assert!(matches!(&alter.actions[0].kind, ActionKind::AddCheck { check } if check.name == Some(Name::new("c"))));
}

#[test]
fn indexes_views_and_triggers() {
    let Operation::CreateIndex(create) = read(
        "CREATE UNIQUE INDEX IF NOT EXISTS aux.i ON t (a, b COLLATE nocase DESC, lower(c) ASC, d || e) WHERE f IS NOT NULL",
    ) else {
        panic!("no index")
    };
    let parts = create.index.parts.iter().map(|part| {
        let key = match &part.key {
            IndexKey::Column(column) => column.to_string(),
            IndexKey::Expression(expression) => format!("({})", expression.sql),
        };
        let collation = part.collation.as_ref().map(|c| format!(" {c}")).unwrap_or_default();
        format!("{key}{collation}{}", if part.descending { " desc" } else { "" })
    });
    assert_eq!(parts.collect::<Vec<_>>(), ["a", "b nocase desc", "(lower(c))", "(d || e)"]);
    assert_eq!(create.index.predicate.unwrap().conditions[0].test, Test::IsNotNull);
    assert_eq!(create.database, Some(Name::new("aux")));

    let Operation::CreateView(view) =
        read("CREATE VIEW IF NOT EXISTS v (x, y) AS SELECT a, b FROM t JOIN u USING (id)")
    else {
        panic!("no view")
    };
    assert_eq!((text(&view.columns), text(&view.query.reads)), ("x y".to_owned(), "t u".to_owned()));

    let Operation::CreateTrigger(trigger) = read(
        "CREATE TRIGGER tr AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN new.a > (SELECT max(x) FROM lim) BEGIN
            UPDATE t SET n = CASE WHEN old.a THEN 1 ELSE 2 END WHERE id = new.id;
            INSERT OR IGNORE INTO log (what) SELECT b FROM u;
            DELETE FROM gone WHERE c IN (SELECT d FROM v);
            SELECT RAISE(ABORT, 'no') WHERE new.b < 0;
        END;",
    ) else {
        panic!("no trigger")
    };
    assert_eq!(text(&trigger.columns), "a b");
    assert_eq!((trigger.event, trigger.before), (Verb::Update, false));
    assert_eq!(text(&trigger.body.reads), "lim t log u gone v");
    assert!(trigger.body.columns.contains(&(Some(Name::new("log")), Name::new("what"))));
    assert!(matches!(
        read("CREATE TEMP TRIGGER x INSTEAD OF INSERT ON v BEGIN SELECT 1; END"),
        Operation::CreateTrigger(t) if t.instead_of && t.temporary
    ));
}

#[test]
fn sessions_and_maintenance() {
    let cases = [
        ("PRAGMA foreign_keys = OFF", "Set { scope: Session, settings: [(\"foreign_keys\", Some(\"OFF\"))] }"),
        ("PRAGMA main.Journal_Mode(WAL)", "Set { scope: Session, settings: [(\"journal_mode\", Some(\"WAL\"))] }"),
        ("PRAGMA cache_size = -2000", "Set { scope: Session, settings: [(\"cache_size\", Some(\"-2000\"))] }"),
        ("PRAGMA user_version", "Set { scope: Neither, settings: [(\"user_version\", None)] }"),
        ("PRAGMA foreign_key_check('t')", "Set { scope: Neither, settings: [(\"foreign_key_check\", Some(\"t\"))] }"),
        ("BEGIN", "Transaction(Begin { immediate: false })"),
        ("BEGIN EXCLUSIVE TRANSACTION t", "Transaction(Begin { immediate: true })"),
        ("END TRANSACTION", "Transaction(Commit)"),
        ("COMMIT", "Transaction(Commit)"),
        ("ROLLBACK", "Transaction(Rollback)"),
        ("ROLLBACK TRANSACTION TO SAVEPOINT s", "Transaction(RollbackTo(\"s\"))"),
        ("SAVEPOINT s", "Transaction(Savepoint(\"s\"))"),
        ("RELEASE s", "Transaction(Release(\"s\"))"),
        ("VACUUM", "Maintain { command: Vacuum, tables: [], into_file: false }"),
        ("VACUUM main INTO '/tmp/x'", "Maintain { command: Vacuum, tables: [], into_file: true }"),
        ("ATTACH DATABASE 'x.db' AS aux KEY 'k'", "Attach { detach: false }"),
        ("DETACH aux", "Attach { detach: true }"),
        (
            "DROP TABLE IF EXISTS main.t",
            "DropTable { tables: [ObjectName { database: Some(\"main\"), name: \"t\" }], if_exists: true, temporary: false }",
        ),
        ("DROP VIEW v", "DropView { views: [ObjectName { database: None, name: \"v\" }], if_exists: false }"),
        ("DROP TRIGGER tr", "DropTrigger { trigger: ObjectName { database: None, name: \"tr\" }, if_exists: false }"),
    ];
    for (sql, expected) in cases {
        assert_eq!(format!("{:?}", read(sql)), expected, "{sql}");
    }
    assert!(matches!(read("REINDEX nocase"), Operation::Maintain { command: Maintenance::Reindex, .. }));
    assert!(matches!(read("ANALYZE"), Operation::Maintain { command: Maintenance::Analyze, .. }));
    assert!(matches!(read("EXPLAIN QUERY PLAN DELETE FROM t"), Operation::Select(q) if q.reads.is_empty()));
}

#[test]
fn what_the_library_rejects() {
    let cases = [
        ("CREATE TABLE order (a)", "expected a name (`order` is a key word: quote it), found `order`"),
        ("CREATE TABLE t (a int,)", "expected a name, found `)`"),
        ("CREATE TABLE t ()", "expected a name, found `)`"),
        ("CREATE TABLE t (UNIQUE (a))", "expected a column, found `UNIQUE`"),
        ("CREATE TABLE t (a enum('x'))", "expected a number, found `'x'`"),
        ("CREATE TABLE t (a varchar(max))", "expected a number, found `max`"),
        ("CREATE TABLE t (a int(1, 2, 3))", "expected `)`, found `,`"),
        ("CREATE TABLE t (a int DEFAULT now())", "expected a constant, or an expression in parentheses, found `now`"),
        ("CREATE TABLE t (a int DEFAULT 5 + 1)", "expected `)`, found `+`"),
        ("CREATE TABLE t (a int CHECK a > 0)", "expected `(`, found `a`"),
        ("CREATE TABLE t (a int NOT NUL)", "expected `)`, found `NOT`"),
        ("CREATE TABLE t (a int, INDEX i (a))", "expected a name (`INDEX` is a key word: quote it), found `INDEX`"),
        ("CREATE TABLE t (a, CHECK (a > 0), b)", "expected a constraint (columns stand before them), found `b`"),
        (
            "CREATE TABLE t (a) ENGINE=InnoDB",
            "expected `WITHOUT ROWID`, `STRICT` or the end of the statement, found `ENGINE`",
        ),
        (
            "CREATE TABLE t (a varchar) STRICT",
            "`varchar` of `a` is no type of STRICT tables: int, integer, real, text, blob, any",
        ),
        ("CREATE TABLE t (a) STRICT", "a STRICT table needs a type for `a`"),
        ("CREATE TABLE t (a) WITHOUT ROWID", "a table WITHOUT ROWID needs a primary key"),
        ("CREATE TABLE t (a, A)", "two columns are called `A`"),
        ("CREATE TABLE t (a PRIMARY KEY, PRIMARY KEY (a))", "a table has one primary key"),
        ("CREATE TABLE t (a INT PRIMARY KEY AUTOINCREMENT)", "AUTOINCREMENT is for an INTEGER PRIMARY KEY alone"),
        ("CREATE TABLE t (a, UNIQUE (b))", "a key names `b`, which is no column of the table"),
        ("CREATE TABLE t (a, PRIMARY KEY (a + 1))", "expressions are prohibited in PRIMARY KEY and UNIQUE constraints"),
        (
            "CREATE TABLE t (a, FOREIGN KEY (b) REFERENCES u)",
            "the foreign key is on `b`, which is no column of the table",
        ),
        (
            "CREATE TABLE t (a, FOREIGN KEY (a) REFERENCES u (b, c))",
            "a foreign key references as many columns as it is on",
        ),
        ("CREATE TABLE t (a CHECK ((SELECT 1 FROM u)))", "subqueries are prohibited in CHECK constraints"),
        ("CREATE TABLE sqlite_t (a)", "names that begin with `sqlite_` are the library's own"),
        ("CREATE TABLE t (a AS (1))", "one column at least must not be generated"),
        (
            "ALTER TABLE t ALTER COLUMN a TYPE text",
            "expected `SET NOT NULL` or `DROP NOT NULL`: types and defaults cannot be changed, the table has to be rebuilt, found `TYPE`",
        ),
        (
            "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)",
            "expected `CHECK`: no other constraint can be added to a table of SQLite, found `UNIQUE`",
        ),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS a", "expected a column (`IF NOT EXISTS` is unknown here), found `IF`"),
        ("ALTER TABLE t DROP COLUMN a, DROP COLUMN b", "expected the end of the statement, found `,`"),
        (
            "CREATE INDEX i ON main.t (a)",
            "expected `(`: an index is made where its table is, and its own name says in which database, found `.`",
        ),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", "expected `ON`, found `i`"),
        ("DROP TABLE a, b", "expected the end of the statement, found `,`"),
        ("DROP TABLE a CASCADE", "expected the end of the statement, found `CASCADE`"),
        ("TRUNCATE t", "expected a statement, found `TRUNCATE`"),
        ("CRATE TABLE t (a)", "expected a statement, found `CRATE`"),
        ("CREATE TRIGGER x AFTER INSERT ON t BEGIN END", "expected a statement, found `END`"),
        ("INSERT IGNORE INTO t VALUES (1)", "`INSERT IGNORE` is MySQL's: write `INSERT OR IGNORE`"),
        (
            "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1",
            "`ON DUPLICATE KEY UPDATE` is MySQL's: write `ON CONFLICT … DO UPDATE SET`",
        ),
        ("UPDATE t SET t.a = 1", "a column that is set has no table before it"),
        ("UPDATE a, b SET x = 1", "`UPDATE` changes one table in SQLite"),
        (".read other.sql", "`.read` is a command of the sqlite3 shell: the library does not know it"),
    ];
    for (sql, expected) in cases {
        let found = problems(NEWEST, sql);
        assert_eq!(found.first().map(String::as_str), Some(expected), "{sql}: {found:?}");
    }
}

#[test]
fn what_older_libraries_reject() {
    let cases = [
        ("ALTER TABLE t DROP COLUMN a", 334, 335, "dropping a column needs sqlite:3.35; the target is sqlite:3.34"),
        (
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
            352,
            353,
            "adding a constraint needs sqlite:3.53; the target is sqlite:3.52",
        ),
        ("CREATE TABLE t (a int) STRICT", 336, 337, "`STRICT` needs sqlite:3.37; the target is sqlite:3.36"),
        (
            "CREATE TABLE t (a int, b AS (a))",
            330,
            331,
            "a generated column needs sqlite:3.31; the target is sqlite:3.30",
        ),
        ("DELETE FROM t RETURNING a", 334, 335, "`RETURNING` needs sqlite:3.35; the target is sqlite:3.34"),
    ];
    for (sql, before, since, expected) in cases {
        assert_eq!(problems(before, sql), [expected], "{sql}");
        assert_eq!(problems(since, sql), [""; 0], "{sql}");
    }
}

#[test]
fn scripts_are_cut_where_the_library_cuts_them() {
    let sql = "\u{feff}.mode list\nCREATE TABLE t (a); -- x;\n;; CREATE TRIGGER tr INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; END; DELETE FROM t";
    assert_eq!(parse(Target::sqlite(NEWEST), sql).statements.len(), 4);
}
