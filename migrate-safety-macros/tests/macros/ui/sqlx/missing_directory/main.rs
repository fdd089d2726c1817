static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/missing_directory/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
