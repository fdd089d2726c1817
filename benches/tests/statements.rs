//! Another parser finds as many statements as ours, wherever it can read them.

use migrate_safety_benches::Mix;
use migrate_safety_core::dialect::Target;
use migrate_safety_core::sql::parse;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

const SCRIPTS: &[&str] = &[
    "",
    ";; -- nothing\n;",
    "SELECT ';', \";\", $$;$$, $x$ $$ ; $x$, E'\\';' /* ; /* ; */ ; */; SELECT 2",
    "SELECT 'a' -- ;\n 'b'; SELECT 1; -- ;",
    "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; RETURN 1; END $$ LANGUAGE plpgsql; SELECT f()",
    "BEGIN; CREATE TABLE t (a int); COMMIT",
];

#[test]
fn statements_are_counted_alike() {
    let generated: Vec<String> = Mix::ALL.into_iter().flat_map(|mix| mix.texts(100)).collect();
    for text in SCRIPTS.iter().copied().chain(generated.iter().map(String::as_str)) {
        let theirs = Parser::parse_sql(&PostgreSqlDialect {}, text).expect("the other parser knows these forms");
        assert_eq!(parse(Target::default(), text).statements.len(), theirs.len(), "{text}");
    }
}
