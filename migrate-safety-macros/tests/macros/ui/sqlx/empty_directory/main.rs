static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/empty_directory/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
