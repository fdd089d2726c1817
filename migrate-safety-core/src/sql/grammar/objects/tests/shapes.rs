//! What is in the operations.

use super::read;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{
    AlterDomain, AlterRoutine, AlterType, ArgMode, ClusterCommand, CommentTarget, CreateRoutine, CreateTrigger,
    ObjectCommand, OnTable, Operation, RoutineName, RoutineTraits, TriggerTiming, TypeKind, Volatility,
};
use crate::sql::{DataType, Position};

/// The one operation of a statement.
fn one(sql: &str) -> Operation {
    let mut operations = operations(sql);
    assert_eq!(operations.len(), 1, "{sql}");
    operations.remove(0)
}

fn operations(sql: &str) -> Vec<Operation> {
    let statement = read(sql);
    assert_eq!(statement.problems, [], "{sql}");
    statement.operations.into_iter().map(|o| o.operation).collect()
}

fn routine(sql: &str) -> CreateRoutine {
    match one(sql) {
        Operation::CreateRoutine(routine) => *routine,
        other => panic!("{other:?}"),
    }
}

fn trigger(sql: &str) -> CreateTrigger {
    match one(sql) {
        Operation::CreateTrigger(trigger) => *trigger,
        other => panic!("{other:?}"),
    }
}

#[test]
fn elements_of_a_schema_are_in_it_and_in_the_servers_order() {
    let sql = "CREATE SCHEMA app CREATE INDEX i ON t (a) CREATE VIEW v AS SELECT 1 \
        CREATE TABLE t (a int REFERENCES u, b int REFERENCES other) CREATE TABLE u (a int PRIMARY KEY) \
        GRANT SELECT ON t, elsewhere TO joe CREATE SEQUENCE s CREATE TABLE app.x (a int)";
    let text = format!("{:?}", operations(sql));
    let names: Vec<_> = operations(sql).iter().map(Operation::name).collect();
    assert_eq!(
        names.join(" "),
        "create-schema create-sequence create-table create-table create-table create-view create-index grant"
    );
    for name in ["t", "u", "v", "s", "x"] {
        let name = format!("{:?}", ObjectName::qualified("app", name));
        assert!(text.contains(&name), "{name}: {text}");
    }
    for name in ["other", "elsewhere"] {
        let name = format!("{:?}", ObjectName::bare(name));
        assert!(text.contains(&name), "{name}: {text}");
    }
}

#[test]
fn a_schema_without_a_name_has_that_of_its_owner() {
    assert_eq!(
        one("CREATE SCHEMA AUTHORIZATION joe"),
        Operation::CreateSchema { name: "joe".into(), if_not_exists: false }
    );
}

#[test]
fn routines() {
    let f = routine(
        "CREATE OR REPLACE FUNCTION app.f(a int, OUT \"B\" text, VARIADIC c int[] DEFAULT '{}') RETURNS SETOF record \
         STABLE STRICT SECURITY DEFINER SET search_path = app, public LANGUAGE sql AS 'SELECT 1'",
    );
    assert_eq!(f.name, ObjectName::qualified("app", "f"));
    let args: Vec<_> = f.args.iter().map(|a| (a.name.as_deref(), a.data_type.to_string(), a.mode)).collect();
    assert_eq!(
        args,
        [
            (Some("a"), "integer".to_owned(), ArgMode::In),
            (Some("B"), "text".to_owned(), ArgMode::Out),
            (Some("c"), "integer[]".to_owned(), ArgMode::Variadic)
        ]
    );
    assert!(f.args[2].default.is_some() && f.or_replace && f.returns_set && f.strict && f.security_definer);
    assert_eq!(f.volatility, Volatility::Stable);
    assert_eq!(f.returns, Some(DataType::builtin("record")));
    assert_eq!(f.settings, [("search_path".into(), "app, public".into())]);

    let table = routine("CREATE FUNCTION f() RETURNS TABLE (a int, b text) LANGUAGE sql AS 'SELECT 1, 2'");
    assert!(table.returns_set && table.args.iter().all(|a| a.mode == ArgMode::Table) && table.args.len() == 2);

    let unnamed = routine("CREATE FUNCTION f(double precision, x double precision) RETURNS int RETURN 1");
    assert_eq!(unnamed.args.iter().map(|a| a.name.as_deref()).collect::<Vec<_>>(), [None, Some("x")]);
    assert_eq!(unnamed.language, "sql");
    assert!(routine("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'a', 'b'").body.is_none());
}

#[test]
fn bodies_keep_their_place() {
    let place = |offset, line, column| Position { offset, line, column };
    for (sql, text, base, exact) in [
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$", "SELECT 1", place(50, 1, 51), true),
        ("CREATE FUNCTION f() RETURNS int\n AS $ü$ SELECT 1 $ü$ LANGUAGE sql", " SELECT 1 ", place(40, 2, 8), true),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "SELECT 1", place(49, 1, 50), true),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS E'SELECT 1'", "SELECT 1", place(50, 1, 51), true),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT ''x'''", "SELECT 'x'", place(48, 1, 49), false),
        ("CREATE FUNCTION f() RETURNS int\nRETURN 1 + 1", "RETURN 1 + 1", place(32, 2, 1), true),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
            "BEGIN ATOMIC SELECT 1; END",
            place(32, 1, 33),
            true,
        ),
    ] {
        let body = routine(sql).body.expect(sql);
        assert_eq!((&*body.text, body.base, body.exact), (text, base, exact), "{sql}");
    }
}

#[test]
fn a_fault_in_a_body_stands_where_it_is() {
    for (sql, line, column) in [
        ("CREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1\nEND $$ LANGUAGE plpgsql", 4, 4),
        ("CREATE FUNCTION f() RETURNS int AS $$\nSELECT 1,\n  FROM t $$ LANGUAGE sql", 3, 3),
        ("DO 'BEGIN\n  PERFORM ''x'' + ; END'", 1, 1),
    ] {
        let problem = read(sql).problems.remove(0);
        assert_eq!((problem.span.start.line, problem.span.start.column), (line, column), "{sql}: {}", problem.message);
    }
}

#[test]
fn altered_routines() {
    for (sql, action) in [
        ("ALTER FUNCTION f(int, OUT text) RENAME TO g", AlterRoutine::Rename { to: "g".into() }),
        ("ALTER FUNCTION f(int, OUT text) SET SCHEMA app", AlterRoutine::SetSchema { schema: "app".into() }),
        (
            "ALTER FUNCTION f(int, OUT text) COST 5 IMMUTABLE",
            AlterRoutine::Options {
                volatility: Some(Volatility::Immutable),
                strict: None,
                settings: Vec::new(),
                traits: RoutineTraits { cost: Some("5".into()), ..RoutineTraits::default() },
                sql: "COST 5 IMMUTABLE".into(),
            },
        ),
        (
            "ALTER FUNCTION f(int, OUT text) SET search_path = a",
            AlterRoutine::Options {
                volatility: None,
                strict: None,
                settings: vec![("search_path".into(), Some("a".into()))],
                traits: RoutineTraits::default(),
                sql: "SET search_path = a".into(),
            },
        ),
        ("ALTER FUNCTION f(int, OUT text) OWNER TO joe", AlterRoutine::Other),
    ] {
        match one(sql) {
            Operation::AlterRoutine { name, args, action: read } => {
                assert_eq!(name, ObjectName::bare("f"));
                assert_eq!(args, Some(vec![DataType::builtin("int4")]), "{sql}");
                assert_eq!(read, action, "{sql}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn triggers() {
    let t = trigger(
        "CREATE TRIGGER t BEFORE UPDATE OF a, b OR DELETE ON app.u FOR EACH ROW WHEN (OLD.a > 1) \
         EXECUTE FUNCTION app.f('x')",
    );
    assert_eq!((t.timing, t.for_each_row, t.constraint), (TriggerTiming::Before, true, false));
    assert!(t.events.update && t.events.delete && !t.events.insert && !t.events.truncate && t.when.is_some());
    assert_eq!(t.columns, ["a".into(), "b".into()] as [Ident; 2]);
    assert_eq!((t.table, t.function), (ObjectName::qualified("app", "u"), ObjectName::qualified("app", "f")));
    let c = trigger("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON u FROM w FOR EACH ROW EXECUTE FUNCTION f()");
    assert_eq!((c.constraint, c.from), (true, Some(ObjectName::bare("w"))));
}

#[test]
fn types_and_domains() {
    let create = |sql: &str| match one(sql) {
        Operation::CreateType { kind, .. } => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(create("CREATE TYPE m AS ENUM ('a', 'B''c')"), TypeKind::Enum(vec!["a".into(), "B'c".into()]));
    assert_eq!(
        create("CREATE TYPE m AS (a int, \"B\" text)"),
        TypeKind::Composite(vec![
            ("a".into(), DataType::builtin("int4")),
            (Ident::exact("B"), DataType::builtin("text"))
        ])
    );
    assert_eq!(
        create("CREATE TYPE m AS RANGE (canonical = f, subtype = double precision, multirange_type_name = ms)"),
        TypeKind::Range(Some(DataType::builtin("float8")), Some(DataType::builtin("ms")))
    );
    assert_eq!(create("CREATE TYPE m (INPUT = f, OUTPUT = g)"), TypeKind::Base);

    let alter = |sql: &str| match one(sql) {
        Operation::AlterType { action, .. } => action,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        alter("ALTER TYPE m ADD VALUE IF NOT EXISTS 'b' BEFORE 'a'"),
        AlterType::AddValue { value: "b".into(), if_not_exists: true, before: Some("a".into()), after: None }
    );
    assert_eq!(
        alter("ALTER TYPE m DROP ATTRIBUTE IF EXISTS a CASCADE"),
        AlterType::DropAttribute { name: "a".into(), if_exists: true, cascade: true }
    );
    let statement = read("ALTER TYPE m ADD ATTRIBUTE a int,\n DROP ATTRIBUTE b");
    let places: Vec<_> = statement.operations.iter().map(|o| (o.span.start.line, o.span.start.column)).collect();
    assert_eq!(places, [(1, 14), (2, 2)]);

    match one("CREATE DOMAIN d varchar(5) COLLATE \"C\" DEFAULT 'x' CONSTRAINT n NOT NULL CHECK (VALUE <> '')") {
        Operation::CreateDomain { data_type, collation, default, constraints, .. } => {
            assert_eq!(data_type.to_string(), "character varying(5)");
            assert!(collation.is_some() && default.is_some_and(|d| &*d.sql == "'x'"));
            let named: Vec<_> = constraints.iter().map(|c| (c.name.as_deref(), c.check.is_some())).collect();
            assert_eq!(named, [(Some("n"), false), (None, true)]);
        }
        other => panic!("{other:?}"),
    }
    match one("ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID") {
        Operation::AlterDomain { action: AlterDomain::AddConstraint(constraint), .. } => {
            assert!(constraint.not_valid && constraint.check.is_some());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn comments() {
    let t = || ObjectName::qualified("app", "t");
    for (sql, on) in [
        ("COMMENT ON TABLE app.t IS 'x'", CommentTarget::Relation(t())),
        ("COMMENT ON COLUMN app.t.a IS 'x'", CommentTarget::Column(t(), "a".into())),
        ("COMMENT ON CONSTRAINT c ON app.t IS 'x'", CommentTarget::Constraint(t(), "c".into())),
        ("COMMENT ON TRIGGER tr ON app.t IS 'x'", CommentTarget::OnTable(OnTable::Trigger, t(), "tr".into())),
        ("COMMENT ON CONSTRAINT c ON DOMAIN app.t IS 'x'", CommentTarget::Other),
        ("COMMENT ON FUNCTION app.t IS 'x'", CommentTarget::Routine(RoutineName { name: t(), args: None })),
        ("COMMENT ON LARGE OBJECT 1 IS 'x'", CommentTarget::Other),
    ] {
        assert_eq!(one(sql), Operation::Comment { on, text: Some("x".into()), label: false }, "{sql}");
    }
}

#[test]
fn rights_name_relations_only() {
    for (sql, relations) in [
        ("GRANT SELECT ON app.t, u TO joe", vec![ObjectName::qualified("app", "t"), ObjectName::bare("u")]),
        ("GRANT USAGE ON SEQUENCE s TO joe", vec![ObjectName::bare("s")]),
        ("GRANT SELECT ON schema TO joe", vec![ObjectName::bare("schema")]),
        ("GRANT USAGE ON SCHEMA app TO joe", vec![]),
        ("GRANT EXECUTE ON FUNCTION f(int) TO joe", vec![]),
        ("GRANT admins TO joe", vec![]),
    ] {
        assert!(
            matches!(one(sql), Operation::Grant { revoke: false, relations: found, .. } if found == relations),
            "{sql}"
        );
    }
}

#[test]
fn whole_cluster_commands() {
    for (sql, command) in [
        (
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
            ClusterCommand::CreateSubscription { create_slot: true },
        ),
        (
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false)",
            ClusterCommand::CreateSubscription { create_slot: false },
        ),
        (
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = off)",
            ClusterCommand::CreateSubscription { create_slot: false },
        ),
        ("ALTER SUBSCRIPTION s SET PUBLICATION p", ClusterCommand::AlterSubscription { refresh: true }),
        (
            "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
            ClusterCommand::AlterSubscription { refresh: false },
        ),
        ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", ClusterCommand::AlterSubscription { refresh: true }),
        ("ALTER SUBSCRIPTION s DISABLE", ClusterCommand::AlterSubscription { refresh: false }),
        ("ALTER DATABASE d SET TABLESPACE s", ClusterCommand::AlterDatabaseTablespace),
        ("ALTER DATABASE d TABLESPACE s", ClusterCommand::AlterDatabaseTablespace),
        ("ALTER DATABASE d SET a TO b", ClusterCommand::AlterDatabase),
    ] {
        assert_eq!(one(sql), Operation::Cluster { command }, "{sql}");
    }
}

#[test]
fn tables_of_publications_policies_and_statistics() {
    match one("CREATE PUBLICATION p FOR TABLE a, ONLY app.b (x), TABLES IN SCHEMA s") {
        Operation::Publication { tables, all_tables: false, .. } => {
            assert_eq!(tables, [ObjectName::bare("a"), ObjectName::qualified("app", "b")]);
        }
        other => panic!("{other:?}"),
    }
    match one("CREATE POLICY p ON t USING (a IN (SELECT b FROM app.u) OR EXISTS (SELECT 1 FROM (SELECT 1 FROM w) x))") {
        Operation::CreatePolicy { relations, .. } => {
            assert_eq!(relations, [ObjectName::qualified("app", "u"), ObjectName::bare("w")]);
        }
        other => panic!("{other:?}"),
    }
    match one("CREATE STATISTICS s ON a, b FROM app.t") {
        Operation::Statistics { command: ObjectCommand::Create, table, .. } => {
            assert_eq!(table, Some(ObjectName::qualified("app", "t")));
        }
        other => panic!("{other:?}"),
    }
}
