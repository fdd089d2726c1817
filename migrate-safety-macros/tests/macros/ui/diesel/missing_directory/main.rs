use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("diesel/missing_directory/migrations");

fn main() {
    let _ = MIGRATIONS;
}
