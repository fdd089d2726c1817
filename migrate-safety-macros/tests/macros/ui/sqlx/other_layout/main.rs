migrate_safety_sqlx::check_migrations!("sqlx/other_layout/migrations");

fn main() {}
