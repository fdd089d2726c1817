//! The embedded migrations on a real server.

use migrate_safety_testkit::server_for_test;

#[test]
fn everything_in_the_directory_is_embedded() {
    migrate_safety_sqlx::assert_checked!("migrations");
}

#[test]
fn the_migrations_run() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("embedded_sqlx").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(embedded_sqlx::migrate(&database.url())).unwrap();
    let mut client = database.connect().unwrap();
    let rows = client.query("SELECT version FROM _sqlx_migrations ORDER BY version", &[]).unwrap();
    let applied: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    let embedded: Vec<i64> = embedded_sqlx::MIGRATOR
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
        .map(|migration| migration.version)
        .collect();
    assert_eq!(applied, embedded);
    client.execute("INSERT INTO orders (customer_id, total) VALUES (NULL, 10.5)", &[]).unwrap();
}
