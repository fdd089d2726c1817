static MIGRATOR: sqlx::migrate::Migrator =
    migrate_safety_sqlx::migrate!("./sqlx/of_sqlite/migrations", dialect = "sqlite:3.45");

fn main() {
    let _ = MIGRATOR.iter().count();
}
