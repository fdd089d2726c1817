static MIGRATOR: sqlx::migrate::Migrator =
    migrate_safety_sqlx::migrate!("./sqlx/unknown_option/migrations", deny = flag, dialekt = "postgres:14");

fn main() {
    let _ = MIGRATOR.iter().count();
}
