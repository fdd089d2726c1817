//! migrate-safety for applications that use [sqlx]: what a live PostgreSQL server holds.
//!
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
//! The crate brings no runtime: choose one with sqlx's own features (`runtime-tokio`, `tls-rustls` …).
#![forbid(unsafe_code)]

mod error;
mod introspect;

pub use error::Error;
pub use introspect::{connect, introspect};

use sha2::{Digest, Sha384};

/// The checksum that sqlx records of a migration's text, in hexadecimal.
pub fn checksum(text: &str) -> String {
    Sha384::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
