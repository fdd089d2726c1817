//! Questions about the schema, and the order of actions.

use crate::catalog::testing::{catalog_of, catalog_on};
use crate::catalog::{Catalog, RelationId, TypeRef, in_pass_order};
use crate::dialect::Target;
use crate::sql::{self, DataType, ObjectName, Operation};

fn id(catalog: &Catalog, name: &str) -> RelationId {
    catalog.resolve(&ObjectName::bare(name)).found().unwrap()
}

fn names(catalog: &Catalog, ids: &[RelationId]) -> String {
    let names: Vec<&str> = ids.iter().map(|id| catalog.relation(*id).unwrap().name.as_str()).collect();
    names.join(" ")
}

#[test]
fn not_null_is_proved_by_checks() {
    let cases = [
        ("CHECK (a IS NOT NULL)", true),
        ("CHECK (a IS NOT NULL AND b > 0)", true),
        ("CHECK (NOT a IS NULL)", true),
        ("CHECK (NOT (a IS NULL OR b IS NULL))", true),
        ("CHECK ((a IS NOT NULL AND b > 1) OR a IS NOT NULL)", true),
        ("CHECK (a IS NOT NULL OR b IS NOT NULL)", false),
        ("CHECK (a > 0)", false),
        ("CHECK (a IS NULL)", false),
        ("CHECK (b IS NOT NULL)", false),
        ("UNIQUE (a)", false),
        ("PRIMARY KEY (a)", true),
    ];
    for (constraint, proved) in cases {
        let catalog = catalog_of(&format!("CREATE TABLE t (a int, b int, {constraint})"));
        let table = id(&catalog, "t");
        let column = catalog.table(table).unwrap().column("a").unwrap().id;
        assert_eq!(catalog.not_null_proof(table, column), proved, "{constraint}");
    }
    let script = "CREATE TABLE t (a int); ALTER TABLE t ADD CHECK (a IS NOT NULL) NOT VALID";
    for (version, script, proved) in [
        (16, script.to_owned(), false),
        (16, format!("{script}; ALTER TABLE t VALIDATE CONSTRAINT t_a_check"), true),
        (11, "CREATE TABLE t (a int CHECK (a IS NOT NULL))".to_owned(), false),
        (18, "CREATE TABLE t (a int); ALTER TABLE t ADD NOT NULL a NOT VALID".to_owned(), false),
    ] {
        let catalog = catalog_on(version, &script);
        let table = id(&catalog, "t");
        let column = catalog.table(table).unwrap().column("a").unwrap().id;
        assert_eq!(catalog.not_null_proof(table, column), proved, "{version}: {script}");
    }
}

#[test]
fn families_are_found_level_by_level() {
    let catalog = catalog_of(
        "CREATE TABLE p (a int) PARTITION BY LIST (a);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (a);
         CREATE TABLE d PARTITION OF p DEFAULT;
         CREATE TABLE p11 PARTITION OF p1 DEFAULT;
         CREATE INDEX i ON p (a);",
    );
    let p = id(&catalog, "p");
    assert_eq!(names(&catalog, &catalog.descendants(p)), "p1 d p11");
    assert_eq!(names(&catalog, &catalog.ancestors(id(&catalog, "p11"))), "p1 p");
    assert_eq!(catalog.partitions_default(p), Some(id(&catalog, "d")));
    assert_eq!(names(&catalog, &catalog.descendants(id(&catalog, "i"))), "p1_a_idx d_a_idx p11_a_idx");
}

#[test]
fn users_of_a_column_are_found() {
    let catalog = catalog_of(
        "CREATE TABLE t (a int PRIMARY KEY, b int, c int, CHECK (b > c));
         CREATE INDEX e ON t ((b + 1)); CREATE INDEX p ON t (a) WHERE b > 0; CREATE INDEX n ON t (a) INCLUDE (b);
         CREATE TABLE r (x int REFERENCES t, y int REFERENCES t);
         CREATE VIEW v AS SELECT b FROM t; CREATE VIEW w AS SELECT b FROM v; CREATE VIEW o AS SELECT a FROM t;",
    );
    let t = id(&catalog, "t");
    let b = catalog.table(t).unwrap().column("b").unwrap().id;
    assert_eq!(names(&catalog, &catalog.indexes_on_column(t, b)), "e p n");
    assert_eq!(catalog.checks_mentioning(t, b).len(), 1);
    assert_eq!(names(&catalog, &catalog.views_reading(t, Some(b))), "v w");
    assert_eq!(names(&catalog, &catalog.views_reading(t, None)), "v o w");
    assert_eq!(catalog.foreign_keys_to(t).len(), 2);
    assert_eq!(catalog.foreign_keys_from(id(&catalog, "r")).len(), 2);
}

#[test]
fn types_are_told_apart() {
    let catalog = catalog_of(
        "CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN moods AS mood; CREATE TABLE t (m mood); CREATE TABLE u (m moods[]);",
    );
    let named = |name: &str| DataType { schema: None, ..DataType::builtin(name) };
    assert!(matches!(catalog.type_of(&named("int4")), TypeRef::Builtin));
    assert!(matches!(catalog.type_of(&named("moods")), TypeRef::Domain(..)));
    assert!(matches!(catalog.type_of(&named("t")), TypeRef::Row(_)));
    assert!(matches!(catalog.type_of(&named("nothing")), TypeRef::Unknown));
    let TypeRef::Enum(mood) = catalog.type_of(&named("mood")) else { panic!("an enum") };
    assert_eq!(names(&catalog, &catalog.tables_using_type(mood.id)), "t u");
}

#[test]
fn actions_run_in_passes() {
    let cases = [
        (
            "ALTER TABLE t ADD CHECK (b > 0), ADD COLUMN b int, DROP COLUMN a",
            "DROP COLUMN a; ADD COLUMN b int; ADD CHECK (b > 0)",
        ),
        (
            "ALTER TABLE t ALTER a SET DEFAULT 1, ALTER a TYPE text, ALTER a DROP DEFAULT",
            "ALTER a DROP DEFAULT; ALTER a TYPE text; ALTER a SET DEFAULT 1",
        ),
        ("ALTER TABLE t ADD UNIQUE (a), ALTER a SET NOT NULL", "ALTER a SET NOT NULL; ADD UNIQUE (a)"),
        (
            "ALTER TABLE t OWNER TO x, ADD FOREIGN KEY (a) REFERENCES t, ADD PRIMARY KEY (a)",
            "ADD PRIMARY KEY (a); ADD FOREIGN KEY (a) REFERENCES t; OWNER TO x",
        ),
    ];
    for (statement, expected) in cases {
        let script = sql::parse(Target::default(), statement);
        let operations = &script.statements[0].operations;
        let ordered = in_pass_order(operations);
        assert!(ordered.iter().all(|o| matches!(o.operation, Operation::AlterTable(_))));
        let texts: Vec<&str> = ordered.iter().map(|o| &statement[o.span.range()]).collect();
        assert_eq!(texts.join("; "), expected);
    }
}
