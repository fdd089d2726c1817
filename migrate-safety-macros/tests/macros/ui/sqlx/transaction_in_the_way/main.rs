static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./sqlx/transaction_in_the_way/migrations");

fn main() {
    let _ = MIGRATOR.iter().count();
}
