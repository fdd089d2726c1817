static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/flags_denied/migrations", deny = flag);

fn main() {
    let _ = MIGRATOR.iter().count();
}
