static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!(migrations = "db/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
