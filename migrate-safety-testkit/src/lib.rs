//! Throw-away servers and the probe that asks them what a statement really does.
//!
//! * [`PostgresServer`]: a server of one major version, gone with the process that started it;
//! * [`Probe`]: the locks, rewrites, scans and index rebuilds of one statement, as the server shows them;
//! * [`fill`](mod@fill): synthetic rows, so that a case needs only DDL;
//! * [`introspect`]: what a server holds, as a catalog;
//! * [`replay_on_server`]: a history run and replayed, compared after each migration;
//! * [`run_cases`]: many statements on one server, two at a time.
//!
//! ```no_run
//! use migrate_safety_testkit::{PostgresServer, Probe};
//!
//! let server = PostgresServer::start(16)?;
//! let mut probe = Probe::new(&server)?;
//! let measured = probe.measure("CREATE TABLE t (id bigint)", "CREATE INDEX ON t (id)")?;
//! assert_eq!(measured.locks, [("public.t".to_owned(), "SHARE".to_owned())]);
//! assert_eq!(measured.scans, ["public.t"]);
//! # Ok::<(), migrate_safety_testkit::Error>(())
//! ```

mod binaries;
mod blow;
mod conformance;
mod database;
mod error;
pub mod fill;
mod gate;
mod history;
mod holder;
mod introspect;
mod lock;
mod mysql;
mod outside;
mod percona;
mod place;
mod probe;
mod process;
mod query;
mod relay;
mod reset;
mod server;
mod snapshot;
mod taken;

pub use binaries::{MAJORS, ServerBinaries};
pub use blow::{Blow, stop_during};
pub use conformance::{Case, CaseResult, run_cases};
pub use database::Database;
pub use error::{Error, ServerError};
pub use history::{Outcome, replay_on_server};
pub use introspect::introspect;
pub use lock::LockMode;
pub use mysql::{MysqlServer, Product, mysql_for_test};
pub use percona::Percona;
pub use probe::{Measurement, Probe};
pub use relay::{Moment, Relay};
pub use server::{PostgresServer, Stop, server_for_test};
pub use taken::locks_taken;
