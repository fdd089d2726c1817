use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("diesel/flags_denied/migrations", deny = flag);

fn main() {
    let _ = MIGRATIONS;
}
