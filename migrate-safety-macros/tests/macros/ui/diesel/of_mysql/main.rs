use diesel_migrations::EmbeddedMigrations;

const MIGRATIONS: EmbeddedMigrations =
    migrate_safety_diesel::embed_migrations!("diesel/of_mysql/migrations", dialect = "mysql:8.0");

fn main() {
    let _ = MIGRATIONS;
}
