fn main() {
    let _ = migrate_safety_sqlx::migrate!(42);
    let _ = migrate_safety_sqlx::migrate!("./sqlx/not_a_path", "twice");
    let _ = migrate_safety_sqlx::migrate!(deny);
}
