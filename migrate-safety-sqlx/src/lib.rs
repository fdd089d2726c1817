//! migrate-safety for applications that use [sqlx](https://docs.rs/sqlx).
//!
//! # Embedded migrations
//! ```ignore
//! static MIGRATOR: sqlx::migrate::Migrator = migrate_safety_sqlx::migrate!("./migrations");
//! ```
//! is `sqlx::migrate!("./migrations")`, to the last byte, and a compile error when a migration would cause an incident.
//! The manual is the documentation of `migrate_safety_macros`.
//!
//! # A live server
//! [`introspect`] reads the catalog, the sizes and the applied migrations of a database over one connection, in one
//! read-only transaction, with limits on every statement and every lock. It needs no right but `CONNECT`, and reads
//! `_sqlx_migrations` if it may.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use migrate_safety_core::catalog::introspect::Limits;
//! use migrate_safety_core::{Checker, Config, MigrationSet};
//!
//! let mut connection = migrate_safety_sqlx::connect("postgres://localhost/app").await?;
//! let live = migrate_safety_sqlx::introspect(&mut connection, Limits::default()).await?;
//! let set = MigrationSet::from_dir("migrations")?;
//! // Only what this database has not seen yet, against what it holds.
//! let report = Checker::new(&Config::default()).with_live(&live).check(&set);
//! println!("{}", report.verdict());
//! # Ok(())
//! # }
//! ```
//!
//! With the features `mysql` and `sqlite`, `introspect_mysql` and `introspect_sqlite` do the same over connections of
//! those; what they read goes into `Checker::with_database`.
//!
//! # Guarded runs
//! ```ignore
//! let report = migrate_safety_sqlx::Guard::new(&MIGRATOR).run(&pool).await?;
//! ```
//! runs what is pending with sqlx's own bookkeeping, after a check against the live database, with a lock timeout, and so
//! that it can be killed at any moment: see [`Guard`]. With the features `mysql` and `sqlite`, the pool may be one of those.
//!
//! The crate brings no runtime: choose one with sqlx's own features (`runtime-tokio`, `tls-rustls` …).
#![forbid(unsafe_code)]

#[cfg(feature = "live")]
pub mod backfill;
#[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
mod databases;
#[cfg(feature = "live")]
mod error;
#[cfg(feature = "live")]
mod guard;
#[cfg(feature = "live")]
mod introspect;

#[cfg(all(feature = "live", feature = "mysql"))]
pub use databases::introspect_mysql;
#[cfg(all(feature = "live", feature = "sqlite"))]
pub use databases::introspect_sqlite;
#[cfg(feature = "live")]
pub use error::Error;
#[cfg(feature = "live")]
pub use guard::{Access, Guard, GuardedConnection};
#[cfg(feature = "live")]
pub use introspect::{connect, introspect, place};
#[cfg(feature = "macros")]
pub use migrate_safety_macros::{assert_checked, check_migrations, checked_sql, migrate};

/// The checksum that sqlx records of a migration's text, in hexadecimal.
#[cfg(feature = "live")]
pub fn checksum(text: &str) -> String {
    use sha2::{Digest, Sha384};
    Sha384::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
