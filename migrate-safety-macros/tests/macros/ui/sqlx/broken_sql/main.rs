static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/broken_sql/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
