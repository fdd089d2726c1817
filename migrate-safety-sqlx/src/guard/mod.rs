//! Guarded runs of sqlx's migrations.

mod access;
mod books;
mod connection;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
mod database_host;
mod host;

pub use access::Access;
pub use connection::GuardedConnection;

use access::{Kind, Lease, Way};
use books::Books;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
pub(crate) use database_host::class_of;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
use database_host::{Connection, DatabaseHost};
use host::{Listener, PgHost};
use migrate_safety_core::MigrationSet;
use migrate_safety_core::guard::{Event, Failure, Goal, Mode, Reason, RunReport, Settings, Stopped, run};
use migrate_safety_core::layout::{Migration, Source};
use migrate_safety_core::retry::Backoff;
use sqlx::migrate::Migrator;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a run begins anew on another connection of a pool when the server went away: a statement may be what brings
/// it down.
const RECONNECTS: u32 = 5;

/// For how long after that another connection is tried for.
const RECONNECTING: Duration = Duration::from_secs(60);

/// Runs a [`Migrator`]'s migrations, guarded: on PostgreSQL, and with the features `mysql` and `sqlite` on those.
///
/// ```no_run
/// # async fn example(pool: sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
/// use migrate_safety_sqlx::Guard;
///
/// # let migrator = sqlx::migrate::Migrator::new(std::path::Path::new("./migrations")).await?;
/// // static MIGRATOR: Migrator = migrate_safety_sqlx::migrate!();
/// let report = Guard::new(&migrator).run(&pool).await?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
///
/// What ends up in `_sqlx_migrations` is what sqlx itself writes: an unguarded run before or after sees no difference.
///
/// A run over a pool survives a restart of the server, and a run whose future is dropped closes its connection, so that
/// nothing of it comes back to the pool. Over a plain `&mut PgConnection` neither is possible: drop the connection when
/// you drop the future.
pub struct Guard<'m> {
    books: Books<'m>,
    set: MigrationSet,
    settings: Settings,
    listener: Option<Arc<Listener>>,
}

impl<'m> Guard<'m> {
    /// A guard with the default settings.
    pub fn new(migrator: &'m Migrator) -> Self {
        Self { books: Books::Sqlx(migrator), set: set(migrator), settings: Settings::default(), listener: None }
    }

    /// A guard for the migrations of diesel, with diesel's bookkeeping, over a connection of sqlx.
    pub fn for_diesel(set: MigrationSet) -> Self {
        Self { books: Books::Diesel, set, settings: Settings::default(), listener: None }
    }

    /// Sets how long to wait, what to refuse, and what to flag.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Hears what happens while it happens. Everything is also an event of `tracing`.
    #[must_use]
    pub fn on_event(self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), ..self }
    }

    /// Runs what is pending.
    ///
    /// # Errors
    /// Why it stopped, with what was done by then.
    pub async fn run(&self, on: impl Into<Access<'_>>) -> Result<RunReport, Stopped> {
        self.go(on.into(), Goal::Newest, Mode::Run).await
    }

    /// Runs what is pending, up to and with a version.
    ///
    /// # Errors
    /// As [`Guard::run`].
    pub async fn run_to(&self, on: impl Into<Access<'_>>, version: i64) -> Result<RunReport, Stopped> {
        self.go(on.into(), Goal::UpTo(version.to_string()), Mode::Run).await
    }

    /// Undoes what is newer than a version.
    ///
    /// # Errors
    /// As [`Guard::run`]; also a migration without a way back, and one whose way back loses rows, unless the settings
    /// allow that.
    pub async fn undo(&self, on: impl Into<Access<'_>>, version: i64) -> Result<RunReport, Stopped> {
        self.go(on.into(), Goal::DownTo(version.to_string()), Mode::Run).await
    }

    /// Says what [`Guard::run`] would do: nothing is locked, nothing written.
    ///
    /// # Errors
    /// As [`Guard::run`].
    pub async fn dry_run(&self, on: impl Into<Access<'_>>) -> Result<RunReport, Stopped> {
        self.go(on.into(), Goal::Newest, Mode::DryRun).await
    }

    /// Brings the database to a goal.
    ///
    /// # Errors
    /// As [`Guard::run`].
    pub async fn go(&self, mut on: Access<'_>, goal: Goal, mode: Mode) -> Result<RunReport, Stopped> {
        let mut before: Option<RunReport> = None;
        let mut lost: Option<Instant> = None;
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5), Backoff::seed());
        loop {
            let join = |report: RunReport| match before.clone() {
                Some(before) => report.after(before),
                None => report,
            };
            let stopped = match self.once(&mut on, &goal, mode).await {
                Ok(report) => return Ok(join(report)),
                Err(stopped) => stopped,
            };
            let was_there = !stopped.report.database.is_empty();
            if was_there {
                lost = Some(Instant::now());
                backoff.reset();
            }
            let mut report = join(*stopped.report);
            // What was never there is not waited for.
            let in_time = lost.is_some_and(|lost| lost.elapsed() < RECONNECTING);
            let again = stopped.reason.is_disconnect() && on.can_reconnect() && in_time;
            if !again || report.reconnects >= RECONNECTS {
                return Err(Stopped { report: Box::new(report), reason: stopped.reason });
            }
            host::tell(self.listener.as_deref(), &Event::Reconnecting { reason: stopped.reason.to_string() });
            report.reconnects += u32::from(was_there);
            before = Some(report);
            sqlx::__rt::sleep(backoff.pause()).await;
        }
    }

    /// A run over one connection.
    async fn once(&self, on: &mut Access<'_>, goal: &Goal, mode: Mode) -> Result<RunReport, Stopped> {
        let listener = self.listener.as_deref();
        match &mut on.0 {
            Kind::Postgres(way) => {
                let mut lease = lease(way).await?;
                let mut host = PgHost::new(lease.connection(), self.books, listener);
                let result = run(&mut host, &self.set, &self.settings, goal, mode).await;
                given_back(&mut lease, result)
            }
            #[cfg(feature = "mysql")]
            Kind::MySql(way) => {
                let mut lease = lease(way).await?;
                let result = self.elsewhere(Connection::MySql(lease.connection()), goal, mode).await;
                given_back(&mut lease, result)
            }
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(way) => {
                let mut lease = lease(way).await?;
                let result = self.elsewhere(Connection::Sqlite(lease.connection()), goal, mode).await;
                given_back(&mut lease, result)
            }
        }
    }

    /// A run over one connection to MySQL, MariaDB or SQLite.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    async fn elsewhere(&self, connection: Connection<'_>, goal: &Goal, mode: Mode) -> Result<RunReport, Stopped> {
        let dialect = connection.dialect();
        let mut host = DatabaseHost::new(connection, self.books, self.listener.as_deref());
        migrate_safety_core::guard::databases::run(&mut host, dialect, &self.set, &self.settings, goal, mode).await
    }
}

async fn lease<'a, D: sqlx::Database>(way: &'a mut Way<'_, D>) -> Result<Lease<'a, D>, Stopped> {
    way.lease().await.map_err(|error| {
        let reason = Reason::Connection(host::failure(&error).to_string());
        Stopped { reason, report: Box::default() }
    })
}

/// What a connection has come to be: where it was not lost, the guard has left nothing on it.
fn given_back<D: sqlx::Database>(
    lease: &mut Lease<'_, D>,
    result: Result<RunReport, Stopped>,
) -> Result<RunReport, Stopped> {
    if result.as_ref().err().is_none_or(|stopped| !stopped.reason.is_disconnect()) {
        lease.is_clean();
    }
    result
}

impl std::fmt::Debug for Guard<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A migrator's migrations for the check.
fn set(migrator: &Migrator) -> MigrationSet {
    let source = |migration: &sqlx::migrate::Migration| {
        let name = migration.description.replace(' ', "_");
        let suffix = migration.migration_type.suffix();
        let path = format!("{}_{name}{suffix}", migration.version).into();
        Source { path, text: migration.sql.as_str().into() }
    };
    let down = |version: i64| {
        migrator.iter().find(|other| other.version == version && other.migration_type.is_down_migration()).map(source)
    };
    let up = migrator.iter().filter(|migration| !migration.migration_type.is_down_migration());
    let migrations = up.map(|migration| Migration {
        id: migration.version.to_string(),
        name: migration.description.to_string(),
        up: source(migration),
        down: down(migration.version),
        transaction: !migration.no_tx,
        notes: Vec::new(),
    });
    MigrationSet {
        layout: migrate_safety_core::Layout::Sqlx,
        migrations: migrations.collect(),
        complete: true,
        ..MigrationSet::default()
    }
}

/// A failure that is not the server's.
fn unknown(version: &str) -> Failure {
    Failure::of_ours(format!("the migrator has no migration {version}"))
}
