fn main() {
    let _: &'static str =
        migrate_safety_sqlx::checked_sql!("ALTER TABLE users DROP COLUMN mail", migrations = "sqlx/statements/migrations");
    let _: &'static str = migrate_safety_sqlx::checked_sql!(
        "CREATE INDEX CONCURRENTLY users_email_idx ON users (email)",
        migrations = "sqlx/statements/migrations",
    );
    let _: &'static str = migrate_safety_sqlx::checked_sql!(
        r#"
        ALTER TABLE users
            ALTER COLUMN email TYPE varchar(200)
        "#,
        schema = "sqlx/statements/schema.sql"
    );
}
