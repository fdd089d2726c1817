extern crate migrate_safety_sqlx as safety;

use sqlx as db;

fn main() {
    let migrator: db::migrate::Migrator = safety::migrate!("./sqlx/renamed/migrations");
    let _ = migrator;
}
