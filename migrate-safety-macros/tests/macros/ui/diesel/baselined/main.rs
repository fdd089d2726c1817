use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("diesel/baselined/migrations", start_after = 20240102000000);

fn main() {
    let _ = MIGRATIONS;
}
