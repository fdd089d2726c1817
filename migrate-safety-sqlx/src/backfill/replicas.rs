//! How far replicas of MySQL and MariaDB are behind: they say so themselves, the server that they follow does not know.

use sqlx::mysql::MySqlRow;
use sqlx::{Connection, MySqlConnection, Row};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often they are asked.
const EVERY: Duration = Duration::from_secs(1);

/// Stands for a replica that does not replicate, or does not answer.
const NEVER: u64 = u64::MAX;

/// The first error of those that replay.
const OF_WORKERS: &str = "SELECT last_error_message FROM performance_schema.replication_applier_status_by_worker WHERE \
                          last_error_number <> 0 LIMIT 1";

/// Watches replicas until it is dropped.
pub(super) struct Replicas {
    /// The seconds that the last one is behind.
    behind: Arc<AtomicU64>,
    /// The first that does not replicate, and why.
    broken: Arc<Mutex<Option<String>>>,
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
            if look(&mut connection).await.map_err(|error| refused(url, &error))?.is_none() {
                let reason = "it follows no other server: SHOW REPLICA STATUS gives no row".to_owned();
                return Err(crate::Error::Unopened { target: shown(url), reason });
            }
            replicas.push((url.clone(), Some(connection)));
        }
        let watch = Self {
            behind: Arc::new(AtomicU64::new(NEVER)),
            broken: Arc::new(Mutex::new(None)),
            over: Arc::new(AtomicBool::new(false)),
        };
        let (behind, broken, over) = (Arc::clone(&watch.behind), Arc::clone(&watch.broken), Arc::clone(&watch.over));
        sqlx::__rt::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let mut most = 0;
                let mut why = None;
                for (url, connection) in &mut replicas {
                    match ask(url, connection).await {
                        Ok(seconds) => most = most.max(seconds),
                        Err(reason) => {
                            most = NEVER;
                            why.get_or_insert_with(|| format!("the replica {} {reason}", shown(url)));
                        }
                    }
                }
                *broken.lock().unwrap_or_else(PoisonError::into_inner) = why;
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

    /// Tells which one does not replicate, and why.
    pub(super) fn broken(&self) -> Arc<dyn Fn() -> Option<String> + Send + Sync> {
        let broken = Arc::clone(&self.broken);
        Arc::new(move || broken.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Drop for Replicas {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Asks one, over a new connection if the last one is gone: the seconds that it is behind, or why it does not replicate.
async fn ask(url: &str, connection: &mut Option<MySqlConnection>) -> Result<u64, String> {
    if connection.is_none() {
        *connection = Some(open(url).await.map_err(|error| format!("does not answer: {error}"))?);
    }
    let Some(open) = connection else { return Err("does not answer".to_owned()) };
    match look(open).await {
        Ok(Some(told)) => told,
        Ok(None) => Err("follows no other server any longer".to_owned()),
        Err(error) => {
            *connection = None;
            Err(format!("does not answer: {error}"))
        }
    }
}

async fn open(url: &str) -> Result<MySqlConnection, crate::Error> {
    let options = sqlx::mysql::MySqlConnectOptions::from_str(&url.replacen("mariadb:", "mysql:", 1));
    let options = options.map_err(|error| refused(url, &error))?;
    MySqlConnection::connect_with(&options).await.map_err(|error| refused(url, &error))
}

/// The seconds that the server is behind, or why it does not replicate; none if it follows no other.
async fn look(connection: &mut MySqlConnection) -> Result<Option<Result<u64, String>>, sqlx::Error> {
    // MySQL before 8.0.22 and MariaDB before 10.5 know the second alone, MySQL from 8.4 on the first.
    let rows = match sqlx::raw_sql("SHOW REPLICA STATUS").fetch_all(&mut *connection).await {
        Err(sqlx::Error::Database(_)) => sqlx::raw_sql("SHOW SLAVE STATUS").fetch_all(&mut *connection).await?,
        rows => rows?,
    };
    let mut told = None;
    for row in &rows {
        match (of_source(row), &mut told) {
            (Ok(seconds), None) => told = Some(Ok(seconds)),
            (Ok(seconds), Some(Ok(most))) => *most = seconds.max(*most),
            (Ok(_), Some(Err(_))) => {}
            (Err(why), _) => told = Some(Err(why)),
        }
    }
    // MySQL, which replays by several workers, only says where the error of one of them is told.
    if let Some(Err(why)) = &mut told
        && why.contains("replication_applier_status_by_worker")
        && let Ok(Some(row)) = sqlx::raw_sql(OF_WORKERS).fetch_optional(&mut *connection).await
        && let Ok(error) = row.try_get_unchecked::<String, _>(0)
    {
        *why = format!("has stopped replicating: {error}");
    }
    Ok(told)
}

/// What a row of its status says of one source.
fn of_source(row: &MySqlRow) -> Result<u64, String> {
    let text = |names: [&str; 2]| {
        names.iter().find_map(|name| row.try_get_unchecked::<Option<String>, _>(*name).ok()).flatten()
    };
    let threads = [
        ("receiver", ["Replica_IO_Running", "Slave_IO_Running"], "Last_IO_Error"),
        ("applier", ["Replica_SQL_Running", "Slave_SQL_Running"], "Last_SQL_Error"),
    ];
    for (thread, running, error) in threads {
        if text(running).is_some_and(|state| state == "No") {
            return Err(match text([error; 2]).filter(|error| !error.is_empty()) {
                Some(error) => format!("has stopped replicating: {error}"),
                None => format!("does not replicate: its {thread} has been stopped"),
            });
        }
    }
    // Without a number, it is not connected to its source.
    text(["Seconds_Behind_Source", "Seconds_Behind_Master"]).and_then(|text| text.parse().ok()).ok_or_else(|| {
        let error = text(["Last_IO_Error"; 2]).filter(|error| !error.is_empty());
        error.map_or_else(
            || "is not connected to its source".to_owned(),
            |error| format!("is not connected to its source: {error}"),
        )
    })
}

fn refused(url: &str, error: &sqlx::Error) -> crate::Error {
    crate::Error::Unopened { target: shown(url), reason: error.to_string() }
}

/// A URL without what is secret in it.
fn shown(url: &str) -> String {
    url.rsplit('@').next().unwrap_or(url).to_owned()
}
