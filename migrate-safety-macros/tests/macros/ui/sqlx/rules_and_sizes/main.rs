static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/rules_and_sizes/migrations", dialect = "postgres:14", rules = { "index-not-concurrent" = "flag" }, table_rows = { users = 300 });

fn main() {
    let _ = MIGRATOR.iter().count();
}
