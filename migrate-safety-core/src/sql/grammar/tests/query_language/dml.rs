use super::{read, read_for, show};
use crate::sql::expr::{Cte, Expr};
use crate::sql::grammar::dml;
use crate::sql::name::Ident;
use crate::sql::operation::{Operation, TableTarget};

fn names(names: &[Ident]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn assigned(assignments: &[(Ident, Expr)]) -> String {
    assignments.iter().map(|(name, value)| format!("{name} = {}", show::expr(value))).collect::<Vec<_>>().join(", ")
}

fn target(table: &TableTarget, alias: Option<&Ident>) -> String {
    let only = if table.only { "only " } else { "" };
    format!("{only}{}{}", table.name, alias.map(|a| format!(" as {a}")).unwrap_or_default())
}

fn with(ctes: &[Cte]) -> String {
    ctes.iter().map(|cte| format!("with {} ", cte.name)).collect()
}

/// What was read, one clause after the other.
fn show_operation(operation: &Operation) -> String {
    let mut words = Vec::new();
    let mut say = |word: &str, text: String| {
        if !text.is_empty() {
            words.push(format!("{word} {text}"));
        }
    };
    let filter = |e: &Option<Expr>| e.as_ref().map(show::expr).unwrap_or_default();
    match operation {
        Operation::Select(query) => say("query", show::query(query)),
        Operation::Insert(insert) => {
            say(&format!("{}insert", with(&insert.ctes)), insert.table.to_string());
            say("as", insert.alias.as_ref().map(ToString::to_string).unwrap_or_default());
            say("columns", names(&insert.columns));
            say("rows", insert.values_rows.map(|n| n.to_string()).unwrap_or_default());
            say("from", insert.source.as_ref().map(show::query).unwrap_or_default());
            if let Some(conflict) = &insert.on_conflict {
                say("conflict", format!("({})", show::list(&conflict.target)));
                say("set", assigned(&conflict.assignments));
                say("where", filter(&conflict.filter));
            }
            say("returning", show::list(&insert.returning));
        }
        Operation::Update(update) => {
            say(&format!("{}update", with(&update.ctes)), target(&update.table, update.alias.as_ref()));
            say("set", assigned(&update.assignments));
            say("from", show::tables(&update.from));
            say("where", filter(&update.filter));
            say("returning", show::list(&update.returning));
        }
        Operation::Delete(delete) => {
            say(&format!("{}delete", with(&delete.ctes)), target(&delete.table, delete.alias.as_ref()));
            say("using", show::tables(&delete.using));
            say("where", filter(&delete.filter));
            say("returning", show::list(&delete.returning));
        }
        Operation::Merge(merge) => {
            say(&format!("{}merge", with(&merge.ctes)), target(&merge.table, merge.alias.as_ref()));
            say("using", show::table(&merge.source));
            say("on", show::expr(&merge.on));
            say("does", format!("{}{}", if merge.inserts { "i" } else { "" }, if merge.deletes { "d" } else { "" }));
            say("set", names(&merge.updates));
            say("exprs", show::list(&merge.exprs));
            say("returning", show::list(&merge.returning));
        }
        Operation::Copy { table, columns, query, from, stdin_or_stdout } => {
            say("copy", table.as_ref().map(ToString::to_string).unwrap_or_default());
            say("columns", names(columns));
            say("query", query.as_ref().map(|q| show::query(q)).unwrap_or_default());
            say(if *from { "from" } else { "to" }, if *stdin_or_stdout { "client" } else { "server" }.to_owned());
        }
        Operation::Prepare { name, operation } => return format!("prepare {name}: {}", show_operation(operation)),
        Operation::Execute { name } => return format!("execute {name}"),
        Operation::Session { command } => say("session", command.to_string()),
        other => say("other", format!("{other:?}")),
    }
    words.join("; ")
}

/// What is written, and what is understood.
const CASES: &[(&str, &str)] = &[
    ("INSERT INTO s.t VALUES (1, 'a'), (2, DEFAULT)", "insert s.t; rows 2; from select  also {1, 'a'}, {2, DEFAULT}"),
    ("INSERT INTO t AS x (a, b[1], c.d) SELECT 1", "insert t; as x; columns a, b, c; from select 1"),
    ("INSERT INTO t DEFAULT VALUES RETURNING id", "insert t; returning id"),
    ("INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (1)", "insert t; rows 1; from select  also {1}"),
    ("INSERT INTO t (SELECT 1)", "insert t; from select 1"),
    ("INSERT INTO t ((SELECT 1) UNION SELECT 2)", "insert t; from select 1 | select 2"),
    ("INSERT INTO t (a) WITH q AS (SELECT 1) TABLE q", "insert t; columns a; from with q (select 1) select * from q"),
    ("INSERT INTO t VALUES (1) UNION VALUES (2)", "insert t; from select  also {1} | select  also {2}"),
    ("INSERT INTO t SELECT 1 ON CONFLICT DO NOTHING", "insert t; from select 1; conflict ()"),
    (
        "INSERT INTO t SELECT ON CONFLICT (a, lower(b) COLLATE \"C\" text_ops) WHERE c DO UPDATE SET a = EXCLUDED.a, (b, c) = (1, DEFAULT) WHERE t.d RETURNING *",
        "insert t; from select ; conflict (a, lower(b)); set a = excluded.a, b = 1, c = DEFAULT; where t.d; returning *",
    ),
    (
        "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT k DO NOTHING",
        "insert t; rows 1; from select  also {1}; conflict ()",
    ),
    ("WITH q AS (SELECT 1) INSERT INTO t SELECT * FROM q", "with q insert t; from select * from q"),
    ("UPDATE t SET a = 1", "update t; set a = 1"),
    (
        "UPDATE ONLY s.t AS x SET a = a + 1, b[1] = f(), c.d = 2 FROM u, v WHERE x.i = u.i RETURNING WITH (OLD AS o) o.a, b AS z",
        "update only s.t as x; set a = (a + 1), b = {f()}, c = {2}; from u, v; where (x.i = u.i); returning o.a, b",
    ),
    ("UPDATE t * x SET (a, b) = (1, 2), (c) = ROW(3)", "update t as x; set a = 1, b = 2, c = 3"),
    ("UPDATE t SET (a, b) = (SELECT 1, 2)", "update t; set a = <select 1, 2>, b = <select 1, 2>"),
    ("UPDATE t SET a = 1 WHERE CURRENT OF c", "update t; set a = 1; where {}"),
    ("WITH q AS (DELETE FROM u) UPDATE t SET a = 1", "with q update t; set a = 1"),
    ("DELETE FROM t", "delete t"),
    (
        "DELETE FROM ONLY t x USING u JOIN v ON y WHERE x.a = u.a RETURNING x.*",
        "delete only t as x; using u, v on y; where (x.a = u.a); returning x.*",
    ),
    (
        "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED AND b THEN UPDATE SET c = 1, (d, e) = (2, 3) WHEN NOT MATCHED THEN INSERT (c) VALUES (s.c, DEFAULT) WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING merge_action()",
        "merge t; using s; on (t.a = s.a); does id; set c, d, e; exprs b, 1, 2, 3, s.c; returning merge_action()",
    ),
    (
        "MERGE INTO ONLY t AS x USING (SELECT 1) s ON true WHEN MATCHED THEN DO NOTHING",
        "merge only t as x; using <select 1> as s; on true",
    ),
    (
        "MERGE INTO t USING a JOIN b ON x ON y WHEN NOT MATCHED THEN INSERT DEFAULT VALUES",
        "merge t; using <select  from a, b on x>; on y; does i",
    ),
    ("COPY s.t (a, b) FROM STDIN WITH (FORMAT csv, HEADER)", "copy s.t; columns a, b; from client"),
    ("COPY t TO '/tmp/x' CSV HEADER QUOTE AS '\"' FORCE QUOTE a, b", "copy t; to server"),
    ("COPY t FROM PROGRAM 'cat' DELIMITER ',' NULL AS '' WHERE a > 1", "copy t; from server"),
    ("COPY BINARY t TO stdout USING DELIMITERS '|'", "copy t; to client"),
    ("COPY (SELECT 1) TO STDOUT", "query select 1; to client"),
    ("COPY (DELETE FROM t RETURNING *) TO 'x'", "delete t; returning *"),
    ("EXPLAIN DELETE FROM t", "session EXPLAIN"),
    ("EXPLAIN ANALYZE VERBOSE DELETE FROM t", "delete t"),
    ("EXPLAIN (COSTS off, ANALYZE) DELETE FROM t", "delete t"),
    ("EXPLAIN (ANALYZE false) DELETE FROM t", "session EXPLAIN"),
    ("EXPLAIN (SELECT 1)", "session EXPLAIN"),
    ("PREPARE p (int, text) AS DELETE FROM t WHERE a = $1", "prepare p: delete t; where (a = $)"),
    ("EXECUTE p (1, 'x')", "execute p"),
    ("DEALLOCATE PREPARE ALL", "session DEALLOCATE"),
    ("DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT 1", "session DECLARE"),
    ("FETCH FORWARD ALL FROM c", "session FETCH"),
    ("MOVE BACKWARD 5 IN c", "session MOVE"),
    ("FETCH next", "session FETCH"),
    ("CLOSE ALL", "session CLOSE"),
    ("(TABLE t)", "query select * from t"),
];

#[test]
fn every_statement_about_data() {
    for (text, expected) in CASES {
        let found = read(text, dml).unwrap_or_else(|p| panic!("{text}: {}", p.message));
        assert_eq!(show_operation(&found), *expected, "{text}");
    }
}

#[test]
fn older_servers_lack_some_statements() {
    let cases = [
        (14, "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE"),
        (16, "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE RETURNING a"),
        (16, "MERGE INTO t USING s ON true WHEN NOT MATCHED BY SOURCE THEN DELETE"),
        (17, "DELETE FROM t RETURNING WITH (OLD AS o) o.a"),
    ];
    for (version, text) in cases {
        assert!(read_for(version, text, dml).is_err(), "{text}");
        assert!(read_for(version + 1, text, dml).is_ok(), "{text}");
    }
}
