use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations =
    migrate_safety_diesel::embed_migrations!("diesel/unknown_option/migrations", dialekt = "postgres:14");

fn main() {
    let _ = MIGRATIONS;
}
