//! migrate-safety for applications that use [diesel](https://docs.rs/diesel).
//!
//! # Embedded migrations
//! ```ignore
//! const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("migrations");
//! ```
//! is `diesel_migrations::embed_migrations!("migrations")`, to the last byte, and a compile error when a migration would
//! cause an incident. The manual is the documentation of `migrate_safety_macros`.
//!
//! # A live server
//! ```no_run
//! use diesel::{Connection, PgConnection};
//! use migrate_safety_core::catalog::introspect::Limits;
//! use migrate_safety_core::{Checker, Config, MigrationSet};
//!
//! let mut connection = PgConnection::establish("postgres://localhost/app")?;
//! let live = migrate_safety_diesel::introspect(&mut connection, Limits::default())?;
//! let set = MigrationSet::from_dir("migrations")?;
//! // Only what this database has not seen yet, against what it holds.
//! println!("{}", Checker::new(&Config::default()).with_live(&live).check(&set).verdict());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarded runs
//! ```ignore
//! let report = migrate_safety_diesel::Guard::new(&MIGRATIONS)?.run(&mut connection)?;
//! ```
//! runs what is pending with diesel's own bookkeeping, after a check against the live database, with the lock and the
//! checksums that diesel lacks, and so that it can be killed at any moment: see [`Guard`]. [`GuardedHarness`] and `guarded`
//! do as much of it as fits into diesel's own harness.
//!
//! # Other databases
//! With the feature `sqlite`, a `SqliteConnection` is taken as a `PgConnection` is, by [`Guard`], [`GuardedHarness`],
//! `introspect_sqlite` and, by the URL `sqlite:FILE`, by [`backfill`]. With the feature `mysql`, so is a `MysqlConnection` to
//! **MariaDB**; MySQL itself is refused, since it does not tell its schema to a driver that prepares every question.
//! `migrate-safety run` and `migrate-safety backfill` take diesel's migrations there, over a driver of their own.
//! **What the feature `mysql` adds is not tested in CI**, where no client library of MySQL is linked; its tests are run by
//! hand (`cargo test -p migrate-safety-diesel --features mysql --test mysql`, against MariaDB 10.11).
//!
//! diesel links the system's client libraries: libpq with the default feature `postgres`, libsqlite3, libmysqlclient or
//! libmariadb. An application may ask `pq-sys` and `libsqlite3-sys` for their `bundled` ones.
#![forbid(unsafe_code)]

#[cfg(feature = "live")]
pub mod backfill;
#[cfg(feature = "live")]
mod connection;
#[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
mod databases;
#[cfg(feature = "live")]
mod error;
#[cfg(feature = "live")]
mod guard;
#[cfg(all(feature = "live", feature = "postgres"))]
mod live;

#[cfg(feature = "live")]
pub use connection::Guardable;
#[cfg(all(feature = "live", feature = "mysql"))]
pub use databases::introspect_mysql;
#[cfg(all(feature = "live", feature = "sqlite"))]
pub use databases::introspect_sqlite;
#[cfg(feature = "live")]
pub use error::Error;
#[cfg(feature = "live")]
pub use guard::{Guard, GuardError, GuardedHarness};
#[cfg(all(feature = "live", feature = "postgres"))]
pub use guard::{Guarded, guarded};
#[cfg(all(feature = "live", feature = "postgres"))]
pub use live::{introspect, introspect_within};
#[cfg(feature = "macros")]
pub use migrate_safety_macros::{assert_checked, check_migrations, checked_sql, embed_migrations};
