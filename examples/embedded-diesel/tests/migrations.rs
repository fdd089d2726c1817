//! The embedded migrations on a real server.

use migrate_safety_testkit::server_for_test;

#[test]
fn everything_in_the_directory_is_embedded() {
    migrate_safety_diesel::assert_checked!("migrations");
}

#[test]
fn the_migrations_run() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("embedded_diesel").unwrap();
    embedded_diesel::migrate(&database.url()).unwrap();
    let mut client = database.connect().unwrap();
    let rows = client.query("SELECT version FROM __diesel_schema_migrations ORDER BY version", &[]).unwrap();
    let applied: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(applied, ["20250101090000", "20250102090000", "20250103090000"]);
    client.execute("INSERT INTO orders (customer_id, total) VALUES (NULL, 10.5)", &[]).unwrap();
}
