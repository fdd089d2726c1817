static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/no_transaction/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
