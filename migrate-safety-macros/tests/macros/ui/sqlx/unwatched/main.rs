static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/unwatched/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
