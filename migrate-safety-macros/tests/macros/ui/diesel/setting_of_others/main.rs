use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!(layout = "sqlx");

fn main() {
    let _ = MIGRATIONS;
}
