//! Where the history does not create everything that its statements name.

use crate::catalog::testing::replay;
use crate::catalog::{Catalog, Relation, Stamp};
use crate::dialect::Target;
use crate::sql::ObjectName;

/// A catalog that does not claim to know everything, after a script.
fn partial(script: &str) -> Catalog {
    let mut catalog = Catalog::new(Target::postgres(16), false);
    for (statement, applied) in replay(&mut catalog, script) {
        let conflicts: Vec<_> = applied.conflicts.iter().filter(|c| !c.only_with_rows).collect();
        assert!(conflicts.is_empty(), "{statement}: {conflicts:?}");
    }
    catalog
}

#[test]
fn nothing_is_reported_of_what_is_not_known() {
    let scripts = [
        "ALTER TABLE t ADD COLUMN a int REFERENCES p, DROP COLUMN b, ALTER c SET NOT NULL; ALTER TABLE t RENAME CONSTRAINT x TO y;",
        "ALTER TABLE t VALIDATE CONSTRAINT c; ALTER TABLE t DROP CONSTRAINT c;",
        "ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ALTER a SET DEFAULT 5; ALTER TABLE t ALTER b DROP IDENTITY;",
        "ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t RENAME TO u; ALTER TABLE u ADD CHECK (b > 0);",
        "CREATE INDEX i ON t (a, lower(b)) WHERE c > 0; DROP INDEX i; DROP INDEX unknown_index;",
        "CREATE INDEX ON t (a); ALTER TABLE t ADD UNIQUE USING INDEX elsewhere; ALTER TABLE t CLUSTER ON elsewhere;",
        "CREATE TABLE c (id int REFERENCES p (id), other int REFERENCES p); ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES p;",
        "CREATE TABLE c (x int) INHERITS (p); ALTER TABLE c DROP COLUMN y; ALTER TABLE p ADD COLUMN z int;",
        "CREATE TABLE c PARTITION OF p FOR VALUES FROM (1) TO (2); CREATE INDEX ON p (a); ALTER TABLE c ADD CHECK (a > 0);",
        "ALTER TABLE p ATTACH PARTITION c DEFAULT; ALTER TABLE p DETACH PARTITION c;",
        "CREATE TABLE c (LIKE p INCLUDING ALL, x int); ALTER TABLE c DROP COLUMN y;",
        "INSERT INTO t VALUES (1); CREATE TABLE u AS SELECT * FROM t; ALTER TABLE u DROP COLUMN a;",
        "ALTER TABLE t DISABLE TRIGGER tr; ALTER TABLE t REPLICA IDENTITY USING INDEX i; ALTER TABLE t ADD PRIMARY KEY (id);",
        "ALTER TABLE app.t ADD COLUMN a int; CREATE TABLE app.u (a mood);",
        "TRUNCATE t; ALTER TABLE t INHERIT p; ALTER TABLE t NO INHERIT q; DROP TABLE t;",
    ];
    for script in scripts {
        partial(script);
    }
}

#[test]
fn a_relation_that_is_only_named_is_from_before() {
    let catalog = partial("ALTER TABLE t ALTER a SET NOT NULL");
    let id = catalog.resolve(&ObjectName::bare("t")).found().unwrap();
    let relation = catalog.relation(id).unwrap();
    assert!(relation.unknown);
    assert_eq!(relation.created, Stamp::BEFORE);
    let column = relation.table().unwrap().column("a").unwrap();
    assert!(column.not_null);
    assert_eq!(column.created, Stamp::BEFORE);
}

#[test]
fn what_the_history_creates_is_known_all_the_same() {
    let mut catalog = partial("CREATE TABLE t (a int); CREATE INDEX i ON t (a)");
    let cases = [
        ("ALTER TABLE t DROP COLUMN b", "column \"b\" of relation \"t\" does not exist"),
        ("ALTER TABLE t ADD COLUMN a int", "column \"a\" of relation \"t\" already exists"),
        ("CREATE TABLE t (a int)", "relation \"t\" already exists"),
        ("CREATE INDEX i ON t (a)", "relation \"i\" already exists"),
        ("ALTER TABLE t DROP CONSTRAINT c", "constraint \"c\" of relation \"t\" does not exist"),
    ];
    for (statement, message) in cases {
        let applied = replay(&mut catalog, statement).remove(0).1;
        let messages: Vec<&str> = applied.conflicts.iter().map(|c| c.message.as_str()).collect();
        assert_eq!(messages, [message], "{statement}");
    }
    assert_eq!(catalog.relations().filter(|r| !r.unknown).count(), 2);
}

#[test]
fn a_table_takes_the_place_of_one_that_was_only_named() {
    let catalog = partial("ALTER TABLE t ADD COLUMN a int; CREATE TABLE t (b int)");
    let tables: Vec<&Relation> = catalog.relations().collect();
    assert_eq!(tables.len(), 1);
    assert!(!tables[0].unknown);
}
