use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("diesel/no_transaction/migrations");

fn main() {
    let _ = MIGRATIONS;
}
