use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("diesel/transaction_in_the_way/migrations");

fn main() {
    let _ = MIGRATIONS;
}
