static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/baselined/migrations", start_after = 20240102000000);

fn main() {
    let _ = MIGRATOR.iter().count();
}
