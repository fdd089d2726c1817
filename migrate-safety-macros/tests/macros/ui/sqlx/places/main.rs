use sqlx::migrate::Migrator;

const CONST: Migrator = migrate_safety_sqlx::migrate!("./sqlx/places/migrations");
static STATIC: Migrator = migrate_safety_sqlx::migrate!("./sqlx/places/migrations",);

migrate_safety_sqlx::check_migrations!("sqlx/places/migrations", layout = sqlx);

macro_rules! through_another {
    ($path:literal) => {
        migrate_safety_sqlx::migrate!($path)
    };
}

fn main() {
    migrate_safety_sqlx::check_migrations!("sqlx/places/migrations");
    let local = migrate_safety_sqlx::migrate!("./sqlx/places/migrations");
    let through = through_another!("./sqlx/places/migrations");
    migrate_safety_sqlx::assert_checked!("sqlx/places/migrations");
    assert_eq!(local.iter().count(), CONST.iter().count() + STATIC.iter().count() - through.iter().count());
}
