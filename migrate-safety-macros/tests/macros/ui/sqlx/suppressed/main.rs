static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/suppressed/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
