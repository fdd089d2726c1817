use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("diesel/broken_sql/migrations");

fn main() {
    let _ = MIGRATIONS;
}
