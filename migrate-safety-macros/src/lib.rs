//! The macros behind `migrate-safety-sqlx` and `migrate-safety-diesel`, which re-export them: depend on one of those.
//!
//! Each macro checks the migrations while the compiler runs and then hands over to the host's own macro, so its value
//! is the host's to the last byte.
//!
//! # Use
//! ```ignore
//! // Instead of sqlx::migrate!("./migrations"):
//! static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./migrations");
//! // Instead of diesel_migrations::embed_migrations!():
//! const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!();
//! // Any other layout or runner:
//! migrate_safety_sqlx::check_migrations!("db/changes");
//! // One statement that the application runs itself, checked against the schema that the migrations leave:
//! let sql = migrate_safety_sqlx::checked_sql!("ALTER TABLE users ADD COLUMN seen timestamptz");
//! ```
//! Every BLOCK is a compile error with the place in the SQL file, every FLAG a warning. `deny = flag` makes errors of
//! both.
//!
//! # Settings
//! Behind the path stand the keys of `migrate-safety.toml`, with its values: `migrate!("./migrations", deny = flag,
//! start_after = 20240131120000, dialect = "postgres:14", rules = { "long-lock" = "flag" })`. They go before the
//! nearest `migrate-safety.toml` in or above the migrations' directory, which is read as everywhere. Comments that
//! allow a finding work as everywhere.
//! Without `dialect`, the name of a directory (`migrations/sqlite`) or the features of sqlx or diesel in the manifest
//! tell the server; where PostgreSQL is one of several, it is that. MySQL, MariaDB and SQLite need the
//! feature `mysql` or `sqlite` of the crate that re-exports the macros.
//! `layout` and `migrations` are for `check_migrations!` and `checked_sql!`: the macro of a host has its own.
//!
//! # Rebuilds
//! A changed or deleted file makes cargo build the crate again. For *new* files cargo needs a `build.rs`, as it does
//! for the hosts' own macros, with this in its `main`:
//!
//! ```
//! println!("cargo:rerun-if-changed=migrations");
//! ```
//! A macro that sees no such line warns. [`assert_checked!`] says the same at run time, in a test or at start-up.
//!
//! # Renamed crates
//! sqlx's own expansion says `::sqlx`, diesel's `diesel_migrations`. Under another name, say
//! `extern crate other as sqlx;` at the crate's root, or `use other as diesel_migrations;` where the macro stands.
//!
//! # Cost
//! What was found, and the state of the check before some of the latest migrations, is kept in `OUT_DIR` or the target
//! directory, by the content of all that was read. A build that changed no migration reads the files and nothing more;
//! one that changed the last ones judges these; one that changed an early one judges all behind it. The compiler runs
//! macros unoptimised: for a long history `[profile.dev.build-override] opt-level = 1` in the workspace's `Cargo.toml`
//! makes the first check faster. `cargo xtask bench-build` measures it beside the hosts' own macros.
#![forbid(unsafe_code)]

mod arguments;
mod build_script;
mod cache;
mod digest;
mod emit;
mod host;
mod input;
mod settings;
mod states;
mod verdict;

use host::Host;
use proc_macro::TokenStream;

/// `sqlx::migrate!`, checked: the same arguments and the same value.
#[proc_macro]
pub fn migrate(input: TokenStream) -> TokenStream {
    host::expand(Host::Sqlx, input)
}

/// `diesel_migrations::embed_migrations!`, checked: the same arguments and the same value.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    host::expand(Host::Diesel, input)
}

/// Checks a directory of migrations in any layout, relative to the crate's root. It stands where an item or a
/// statement does, and leaves nothing in the program.
#[proc_macro]
pub fn check_migrations(input: TokenStream) -> TokenStream {
    host::expand(Host::None, input)
}

/// Yields its literal after checking it against the schema that the crate's migrations, or `schema`, leave.
///
/// The migrations are those of the key `migrations`, else of the folder `migrations` if there is one. The statement is
/// taken to run outside a transaction.
#[proc_macro]
pub fn checked_sql(input: TokenStream) -> TokenStream {
    host::expand_sql(input)
}

/// Panics if the directory, relative to the crate's root, now has other files than when the crate was built: then
/// cargo was not told to watch it. A directory that is not there, as in production, is no matter.
#[proc_macro]
pub fn assert_checked(input: TokenStream) -> TokenStream {
    host::expand_assert(input)
}
