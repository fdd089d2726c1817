//! Live databases: the commands that look at one share how it is named and read.

use clap::Args;
use migrate_safety_core::catalog::introspect::{Limits, Live};
use migrate_safety_sqlx::Error;
use sqlx::Connection;
use std::time::Duration;

/// Which database a command looks at.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The database: postgres://user:password@host:port/name.
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
}

impl Database {
    /// The URL, or that of the environment.
    pub(crate) fn url_or_environment(&self) -> Result<String, String> {
        let told = self.database_url.clone().or_else(|| std::env::var("DATABASE_URL").ok());
        told.filter(|url| !url.is_empty())
            .ok_or_else(|| "which database? Give --database-url, or set DATABASE_URL".to_owned())
    }
}

/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads what a database holds.
pub(crate) fn read(url: &str) -> Result<Live, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(introspect(url))
}

async fn introspect(url: &str) -> Result<Live, String> {
    let connecting = tokio::time::timeout(PATIENCE, migrate_safety_sqlx::connect(url)).await;
    let mut connection = connecting
        .map_err(|_| format!("no PostgreSQL server answered within {} seconds", PATIENCE.as_secs()))?
        .map_err(|error: Error| error.to_string())?;
    let live = migrate_safety_sqlx::introspect(&mut connection, Limits::default()).await;
    // The server notices by itself if this fails.
    let _ = connection.close().await;
    live.map_err(|error| error.to_string())
}
