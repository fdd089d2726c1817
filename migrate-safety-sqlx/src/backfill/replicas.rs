//! How far replicas of MySQL and MariaDB are behind: they say so themselves, the server that they follow does not know.

use sqlx::{Connection, MySqlConnection, Row};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How often they are asked.
const EVERY: Duration = Duration::from_secs(1);

/// Stands for a replica that does not replicate, or does not answer.
const NEVER: u64 = u64::MAX;

/// Watches replicas until it is dropped.
pub(super) struct Replicas {
    /// The seconds that the last one is behind.
    behind: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Replicas {
    /// Asks them once, and from then on every second; nobody, if there are none.
    pub(super) async fn watch(urls: &[String]) -> Result<Option<Self>, crate::Error> {
        if urls.is_empty() {
            return Ok(None);
        }
        let mut replicas = Vec::new();
        for url in urls {
            let mut connection = open(url).await?;
            if seconds(&mut connection).await.map_err(|error| refused(url, &error))?.is_none() {
                let reason = "it follows no other server: SHOW REPLICA STATUS gives no row".to_owned();
                return Err(crate::Error::Unopened { target: shown(url), reason });
            }
            replicas.push((url.clone(), Some(connection)));
        }
        let watch = Self { behind: Arc::new(AtomicU64::new(NEVER)), over: Arc::new(AtomicBool::new(false)) };
        let (behind, over) = (Arc::clone(&watch.behind), Arc::clone(&watch.over));
        sqlx::__rt::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let mut most = 0;
                for (url, connection) in &mut replicas {
                    most = most.max(ask(url, connection).await);
                }
                behind.store(most, Ordering::Relaxed);
                sqlx::__rt::sleep(EVERY).await;
            }
        });
        Ok(Some(watch))
    }

    /// Tells how far the last one is behind.
    pub(super) fn lag(&self) -> Arc<dyn Fn() -> Duration + Send + Sync> {
        let behind = Arc::clone(&self.behind);
        Arc::new(move || match behind.load(Ordering::Relaxed) {
            NEVER => Duration::MAX,
            seconds => Duration::from_secs(seconds),
        })
    }
}

impl Drop for Replicas {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Asks one, over a new connection if the last one is gone.
async fn ask(url: &str, connection: &mut Option<MySqlConnection>) -> u64 {
    if connection.is_none() {
        *connection = open(url).await.ok();
    }
    let Some(open) = connection else { return NEVER };
    match seconds(open).await {
        Ok(Some(seconds)) => seconds,
        Ok(None) => NEVER,
        Err(_) => {
            *connection = None;
            NEVER
        }
    }
}

async fn open(url: &str) -> Result<MySqlConnection, crate::Error> {
    let options = sqlx::mysql::MySqlConnectOptions::from_str(&url.replacen("mariadb:", "mysql:", 1));
    let options = options.map_err(|error| refused(url, &error))?;
    MySqlConnection::connect_with(&options).await.map_err(|error| refused(url, &error))
}

/// The seconds that the server is behind; none if it follows no other.
async fn seconds(connection: &mut MySqlConnection) -> Result<Option<u64>, sqlx::Error> {
    // MySQL before 8.0.22 and MariaDB before 10.5 know the second alone, MySQL from 8.4 on the first.
    let rows = match sqlx::raw_sql("SHOW REPLICA STATUS").fetch_all(&mut *connection).await {
        Err(sqlx::Error::Database(_)) => sqlx::raw_sql("SHOW SLAVE STATUS").fetch_all(&mut *connection).await?,
        rows => rows?,
    };
    let told = |row: &sqlx::mysql::MySqlRow| {
        let names = ["Seconds_Behind_Source", "Seconds_Behind_Master"];
        let text = names.iter().find_map(|name| row.try_get_unchecked::<Option<String>, _>(*name).ok()).flatten();
        text.and_then(|text| text.parse().ok()).unwrap_or(NEVER)
    };
    Ok(rows.iter().map(told).max())
}

fn refused(url: &str, error: &sqlx::Error) -> crate::Error {
    crate::Error::Unopened { target: shown(url), reason: error.to_string() }
}

/// A URL without what is secret in it.
fn shown(url: &str) -> String {
    url.rsplit('@').next().unwrap_or(url).to_owned()
}
