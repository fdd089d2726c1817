//! The lock that keeps two runs apart.

use super::activity::advisory_holder;
use super::error::Reason;
use super::event::Event;
use super::host::Host;
use super::settings::Settings;
use crate::retry::Backoff;
use std::time::Duration;

/// How often to look whether the lock is free, at first and at most. It is asked for by polling: a session that waits in
/// `pg_advisory_lock` holds a snapshot, which `CREATE INDEX CONCURRENTLY` in the session that has the lock waits for.
const POLL: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// After how much more waiting the holder is told again.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// The key of the advisory lock that sqlx takes for its migrations (sqlx-postgres 0.9, `generate_lock_id`), so that a
/// guarded and an unguarded run keep each other out.
pub fn advisory_key(database: &str) -> i64 {
    0x3d32_ad9e * i64::from(crc32(database.as_bytes()))
}

/// Waits, by polling, for the lock of the migrations of the host's database; how long it took. Whoever has it gives it
/// back with `pg_advisory_unlock`, or by closing the session.
///
/// # Errors
/// Another process keeps it for longer than the settings allow, or the server fails.
pub async fn lock_migrations(host: &mut dyn Host, settings: &Settings) -> Result<Duration, Reason> {
    let answer =
        host.fetch("SELECT current_database()::text").await.map_err(Reason::server("looking at the server"))?;
    let database = answer.first().map(String::as_str).unwrap_or_default();
    lock(host, advisory_key(database), settings).await
}

/// Waits for the lock.
pub(super) async fn lock(host: &mut dyn Host, key: i64, settings: &Settings) -> Result<Duration, Reason> {
    let began = host.now();
    let mut backoff = Backoff::new(POLL.0, POLL.1, Backoff::seed());
    let mut told = None;
    loop {
        let answer = host.fetch(&format!("SELECT pg_catalog.pg_try_advisory_lock({key})::text")).await;
        let answer = answer.map_err(Reason::server("taking the lock of the migrations"))?;
        let waited = host.now().saturating_sub(began);
        if answer.first().is_some_and(|answer| answer == "true") {
            return Ok(waited);
        }
        let late = waited >= settings.wait_for_others;
        if late || told.is_none_or(|told| waited.saturating_sub(told) >= TELL_EVERY) {
            told = Some(waited);
            let holder = advisory_holder(host, key).await.map_err(Reason::server("looking who runs migrations"))?;
            if late {
                return Err(Reason::Others { waited, holder: holder.map(Box::new) });
            }
            host.tell(&Event::WaitingForOthers { waited, holder });
        }
        let pause = backoff.pause().min(settings.wait_for_others.saturating_sub(waited));
        host.pause(pause).await;
    }
}

/// Gives the lock back. On a connection that is gone, the server has done it.
pub(super) async fn unlock(host: &mut dyn Host, key: i64) -> Result<(), Reason> {
    let answer = host.fetch(&format!("SELECT pg_catalog.pg_advisory_unlock({key})::text")).await;
    let answer = answer.map_err(Reason::server("giving the lock of the migrations back"))?;
    if answer.first().is_some_and(|answer| answer == "true") { Ok(()) } else { Err(Reason::LockLost) }
}

/// CRC-32 as in Ethernet and zlib.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(advisory_key(""), 0);
    }
}
