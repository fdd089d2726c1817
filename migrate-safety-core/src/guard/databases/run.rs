//! A run from its beginning to its end.

use super::attempts::{Ours, activity};
use super::notes::{self, Half};
use super::pieces::{Manner, Piece, cut};
use super::settings::SessionSettings;
use super::ways::{Lock, Ways};
use crate::Checker;
use crate::catalog::introspect::AppliedMigration;
use crate::config::{Config, Level};
use crate::databases::live::{Live, ReadError, Reading};
use crate::databases::quote::quoted;
use crate::dialect::{Dialect, Target};
use crate::effects::DataLoss;
use crate::guard::agenda;
use crate::guard::error::{Reason, Stopped};
use crate::guard::event::Event;
use crate::guard::history::History;
use crate::guard::host::Host;
use crate::guard::progress::{CHECKSUMS, Key, TABLE};
use crate::guard::report::{Direction, HeldLock, LockSource, MigrationRun, Outcome, RunReport, StatementRun};
use crate::guard::run::{Goal, Mode};
use crate::guard::settings::{Policy, Settings};
use crate::guard::undo::{code_loses, lost};
use crate::layout::{Layout, Migration, MigrationSet, Source};
use crate::report::{MigrationReport, Report};
use crate::retry::{Backoff, ErrorClass};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often to look whether the lock of the migrations is free, at first and at most.
const POLL: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// After how much more waiting its holder is told again.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Brings a database of MySQL, MariaDB or SQLite to a goal.
///
/// # Errors
/// Why it stopped, with what was done by then.
pub async fn run(
    host: &mut dyn Host,
    dialect: Dialect,
    set: &MigrationSet,
    settings: &Settings,
    goal: &Goal,
    mode: Mode,
) -> Result<RunReport, Stopped> {
    let Some(ways) = Ways::of(dialect) else {
        let feature = dialect.missing_feature().unwrap_or("live");
        return Err(Stopped { reason: ReadError::Feature(feature).into(), report: Box::default() });
    };
    let mut runner = Runner {
        host,
        ways,
        settings,
        report: RunReport { threshold: settings.threshold, ..RunReport::default() },
        current: MigrationRun::new("", "", Direction::Up, Outcome::Planned),
        migration_began: Duration::ZERO,
        target: Target::usual(dialect),
        has_progress: false,
        halves: Vec::new(),
    };
    let result = runner.go(set, goal, mode).await;
    runner.end(result)
}

/// A migration and the way it is run.
pub(super) struct Work<'w> {
    pub(super) migration: &'w Migration,
    pub(super) direction: Direction,
    pub(super) pieces: Vec<Piece>,
    /// It is code of the application: its one piece has no statements.
    pub(super) is_code: bool,
    /// The tables that it asks for, as a report names them.
    pub(super) tables: Vec<String>,
    /// Its row in the books of the host.
    pub(super) key: Key,
}

impl Work<'_> {
    pub(super) fn is_undo(&self) -> bool {
        self.direction == Direction::Down
    }
}

/// A run under way.
pub(super) struct Runner<'r> {
    pub(super) host: &'r mut dyn Host,
    pub(super) ways: &'static Ways,
    pub(super) settings: &'r Settings,
    pub(super) report: RunReport,
    /// The migration that is being run.
    pub(super) current: MigrationRun,
    pub(super) migration_began: Duration,
    /// The table of progress is there.
    pub(super) has_progress: bool,
    /// What earlier runs have left half done.
    pub(super) halves: Vec<Half>,
    target: Target,
}

/// What a look at the database tells.
#[derive(Debug, Default)]
struct Found {
    database: String,
    read_only: Option<String>,
    tables: Vec<String>,
}

impl Found {
    fn has(&self, table: &str) -> bool {
        self.tables.iter().any(|found| found.eq_ignore_ascii_case(table))
    }
}

/// How a migration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Done,
    /// Another process has run it meanwhile.
    ByAnother,
}

impl Runner<'_> {
    fn end(self, result: Result<(), Reason>) -> Result<RunReport, Stopped> {
        let flags = self.report.flags().into_iter().map(Event::Flagged);
        flags.for_each(|event| self.host.tell(&event));
        let reason = match result {
            Ok(()) => return Ok(self.report),
            Err(Reason::ReadOnly(said)) if self.target.dialect == Dialect::Sqlite => Reason::ReadOnlyFile(said),
            Err(reason) => reason,
        };
        Err(Stopped { reason, report: Box::new(self.report) })
    }

    async fn go(&mut self, set: &MigrationSet, goal: &Goal, mode: Mode) -> Result<(), Reason> {
        if let Some(error) = set.errors.first() {
            return Err(Reason::Unreadable(error.to_string()));
        }
        agenda::known(set, goal)?;
        let found = self.look(set.layout).await?;
        self.report.database.clone_from(&found.database);
        let lock = self.ways.lock.as_ref().filter(|_| mode == Mode::Run && self.host.locks());
        let Some(lock) = lock else { return self.in_session(set, goal, mode, found).await };
        let key = (lock.key)(&found.database);
        self.report.waited_for_others = self.lock(lock, &key).await?;
        // Whoever had the lock has changed what is there.
        let result = match self.look(set.layout).await {
            Ok(found) => self.in_session(set, goal, mode, found).await,
            Err(reason) => Err(reason),
        };
        if result.as_ref().is_err_and(Reason::is_disconnect) {
            return result;
        }
        let given = self.host.rows(&(lock.give)(&key)).await;
        let given = given.map_err(Reason::server("giving the lock of the migrations back"));
        result.and(given.and_then(|rows| if is_yes(&rows) { Ok(()) } else { Err(Reason::LockLost) }))
    }

    /// Looks at what there is, and refuses a database on which nothing can be run.
    async fn look(&mut self, layout: Layout) -> Result<Found, Reason> {
        let other = [Layout::Sqlx, Layout::Diesel].into_iter().find(|other| *other != layout);
        let other = other.and_then(|other| Some((other, other.bookkeeping_table()?)));
        let books = self.books();
        let tables = [books.as_str(), other.map_or("", |(_, table)| table), TABLE, CHECKSUMS];
        let mut found = Found::default();
        for question in (self.ways.look)(&tables) {
            for row in self.ask(&question, "looking at the database").await? {
                let mut columns = row.into_iter().map(Option::unwrap_or_default);
                let (word, value) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
                match word.as_str() {
                    "database" => found.database = value,
                    "read_only" => found.read_only = Some(value),
                    _ => found.tables.push(value),
                }
            }
        }
        if let Some(reason) = found.read_only {
            return Err(Reason::ReadOnly(reason));
        }
        if found.database.is_empty() && self.target.dialect != Dialect::Sqlite {
            return Err(ReadError::NoDatabase.into());
        }
        if let Some((other, table)) = other
            && !self.settings.allow_other_host
            && found.has(table)
            && !found.has(&books)
        {
            let count = self.ask(&format!("SELECT count(*) FROM {table}"), "looking at another runner's books").await?;
            let applied = first(&count).and_then(|count| count.parse().ok()).unwrap_or(0);
            if applied > 0 {
                let (host, table, own) = (other.name(), table.to_owned(), self.host.books());
                return Err(Reason::OtherHost { host, table, applied, own });
            }
        }
        Ok(found)
    }

    /// The name of the bookkeeping table without a database and quotes.
    fn books(&self) -> String {
        let books = self.host.books();
        books.rsplit('.').next().unwrap_or_default().trim_matches(['"', '`']).to_owned()
    }

    /// Waits for the lock of the migrations; how long it took.
    async fn lock(&mut self, lock: &Lock, key: &str) -> Result<Duration, Reason> {
        let began = self.host.now();
        let mut backoff = Backoff::new(POLL.0, POLL.1, Backoff::seed());
        let mut told = None;
        loop {
            let answer = self.host.rows(&(lock.take)(key)).await;
            let answer = answer.map_err(Reason::server("taking the lock of the migrations"))?;
            let waited = self.host.now().saturating_sub(began);
            if is_yes(&answer) {
                let has = self.host.rows(&(lock.has)(key)).await;
                let has = has.map_err(Reason::server("looking at the lock of the migrations"))?;
                return if is_yes(&has) { Ok(waited) } else { Err(Reason::LockLost) };
            }
            let late = waited >= self.settings.wait_for_others;
            if late || told.is_none_or(|told| waited.saturating_sub(told) >= TELL_EVERY) {
                told = Some(waited);
                let holder = self.host.rows(&(lock.holder)(key)).await.ok();
                let holder = holder.and_then(|rows| rows.into_iter().next()).map(activity);
                if late {
                    return Err(Reason::Others { waited, holder: holder.map(Box::new) });
                }
                self.host.tell(&Event::WaitingForOthers { waited, holder });
            }
            let pause = backoff.pause().min(self.settings.wait_for_others.saturating_sub(waited));
            self.host.pause(pause).await;
        }
    }

    async fn in_session(&mut self, set: &MigrationSet, goal: &Goal, mode: Mode, found: Found) -> Result<(), Reason> {
        let taken = SessionSettings::take(self.host, self.ways).await;
        let session = taken.map_err(Reason::server("reading the session's settings"))?;
        let result = self.limited(set, goal, mode, &found, &session).await;
        if result.as_ref().is_err_and(Reason::is_disconnect) {
            return result;
        }
        let restored = session.restore(self.host, self.ways).await;
        result.and(restored.map_err(Reason::server("restoring the session's settings")))
    }

    async fn limit(&mut self) -> Result<(), Reason> {
        let limits = (self.ways.limits)(self.settings.lock_timeout);
        self.host.execute(&limits).await.map_err(Reason::server("limiting how long a lock is waited for"))
    }

    async fn limited(
        &mut self,
        set: &MigrationSet,
        goal: &Goal,
        mode: Mode,
        found: &Found,
        session: &SessionSettings,
    ) -> Result<(), Reason> {
        self.limit().await?;
        let direction = goal.direction();
        self.has_progress = found.has(TABLE);
        if self.has_progress {
            let question = notes::halves_question(self.ways, &self.host.books());
            match self.ask(&question, "reading what an earlier run has done").await {
                Ok(rows) => self.halves = notes::halves(rows),
                // Without a lock of the host's, a process that is done may have dropped it meanwhile.
                Err(_) if !self.look(set.layout).await?.has(TABLE) => self.has_progress = false,
                Err(reason) => return Err(reason),
            }
        }
        let mut applied = Vec::new();
        if found.has(&self.books()) {
            applied = self.host.applied().await.map_err(Reason::server("reading the bookkeeping table"))?;
        }
        if !self.host.keeps_checksums() && found.has(CHECKSUMS) {
            self.add_checksums(set, &mut applied).await?;
        }
        self.count_halves(set, direction, &mut applied)?;
        self.report.history = History::compare(set, &applied, &|migration| self.host.checksum(migration));
        let strict = self.host.keeps_checksums() || matches!(self.settings.policy, Policy::Deny(_));
        let notes = agenda::refuse(&self.report.history, direction, self.host.ignores_missing(), strict)?;
        notes.into_iter().for_each(|note| self.host.tell(&Event::Noted(note)));
        let todo = match direction {
            Direction::Up => agenda::to_apply(&self.report.history, set, goal),
            Direction::Down => agenda::to_undo(set, &applied, goal)?,
        };
        if !todo.is_empty() {
            return self.all(set, &todo, direction, mode, session).await;
        }
        if mode == Mode::Run {
            if direction == Direction::Up {
                self.open_books().await?;
            }
            self.drop_progress().await?;
        }
        Ok(())
    }

    /// What is half applied is pending, what is half undone is applied; what is half done the other way is named.
    fn count_halves(
        &self,
        set: &MigrationSet,
        direction: Direction,
        applied: &mut Vec<AppliedMigration>,
    ) -> Result<(), Reason> {
        if let Some(half) = self.halves.iter().find(|half| half.direction != direction) {
            return Err(Reason::HalfWay { migration: half.version.clone(), direction: half.direction });
        }
        let is_half = |record: &AppliedMigration| {
            self.halves.iter().any(|half| set.layout.compare_versions(&half.version, &record.version).is_eq())
        };
        match direction {
            Direction::Up => applied.retain(|record| record.success || !is_half(record)),
            Direction::Down => {
                applied.iter_mut().filter(|record| is_half(record)).for_each(|record| record.success = true);
            }
        }
        Ok(())
    }

    /// Makes the tables of bookkeeping that are not there.
    async fn open_books(&mut self) -> Result<(), Reason> {
        self.patiently(Ours::Books, "making the bookkeeping table").await?;
        if !self.host.keeps_checksums() {
            self.patiently(Ours::Statement(self.ways.create_checksums), "making a table of checksums").await?;
        }
        Ok(())
    }

    /// Checks and runs migrations.
    async fn all(
        &mut self,
        set: &MigrationSet,
        todo: &[&Migration],
        direction: Direction,
        mode: Mode,
        session: &SessionSettings,
    ) -> Result<(), Reason> {
        let live = self.introspect(session).await?;
        self.target = live.target;
        let report = self.check(set, todo, direction, &live);
        self.report.check = Some(report.clone());
        let notes = agenda::weigh(&report, direction, self.settings.policy)?;
        notes.into_iter().for_each(|note| self.host.tell(&Event::Noted(note)));
        if direction == Direction::Down && !self.settings.allow_data_loss {
            self.refuse_loss(todo, &report).await?;
        }
        let oldest: Vec<String> = self.ways.oldest.iter().map(|question| (*question).to_owned()).collect();
        self.report.oldest_transactions = self.first_answer(&oldest).await;
        let mut works = Vec::new();
        for migration in todo {
            let judged = report.migrations.iter().find(|judged| judged.id == migration.id);
            works.push(self.work(set, migration, direction, judged)?);
        }
        if mode == Mode::DryRun {
            let planned = works.iter().map(|work| planned(work, &report));
            self.report.migrations.extend(planned);
            return Ok(());
        }
        self.open_books().await?;
        for work in &works {
            self.migrate(work).await?;
            // A migration's own settings are not the next one's.
            session.restore(self.host, self.ways).await.map_err(Reason::server("restoring the session's settings"))?;
            self.limit().await?;
        }
        self.drop_progress().await?;
        for sql in self.ways.after {
            // Best effort: the next run does it again.
            if let Err(failure) = self.host.rows(sql).await
                && failure.class() == ErrorClass::Disconnected
            {
                return Err(Reason::Connection(failure.to_string()));
            }
        }
        Ok(())
    }

    /// What the database holds. The questions change settings of the session, which are given back.
    async fn introspect(&mut self, session: &SessionSettings) -> Result<Live, Reason> {
        let mut reading = Reading::new(self.target.dialect)?;
        while let Some(question) = reading.next_question() {
            let answer = match self.host.rows(question).await {
                Err(failure) if failure.class() == ErrorClass::Disconnected => {
                    return Err(Reason::Connection(failure.to_string()));
                }
                answer => answer.map_err(|failure| failure.message),
            };
            reading.take(answer)?;
        }
        let live = reading.finish()?;
        session.restore(self.host, self.ways).await.map_err(Reason::server("restoring the session's settings"))?;
        self.limit().await?;
        // What is pending is known already, and the books may have another name than the reading looks for.
        Ok(Live { applied: None, ..live })
    }

    fn check(&self, set: &MigrationSet, todo: &[&Migration], direction: Direction, live: &Live) -> Report {
        let mut config = Config { start_after: None, only: None, ..self.settings.config.clone() };
        // The guard notes what is done, and the next run goes on from there.
        config.rules.entry("half-run".to_owned()).or_insert(Level::Allow);
        Checker::new(&config).with_database(live).guarded().check(&agenda::judged(set, todo, direction))
    }

    /// Refuses an undo that loses rows: the database is asked whether there are any.
    async fn refuse_loss(&mut self, todo: &[&Migration], report: &Report) -> Result<(), Reason> {
        code_loses(self.host, todo)?;
        for migration in &report.migrations {
            let mut what = BTreeSet::new();
            for loss in migration.statements.iter().flat_map(|statement| &statement.effects.data_loss) {
                if self.is_lost(loss).await? {
                    what.insert(lost(loss));
                }
            }
            if !what.is_empty() {
                let what = what.into_iter().collect();
                return Err(Reason::LosesData { migration: migration.id.clone(), what });
            }
        }
        Ok(())
    }

    /// Whether there is anything to lose. What cannot be found out is lost.
    async fn is_lost(&mut self, loss: &DataLoss) -> Result<bool, Reason> {
        let dialect = self.target.dialect;
        let table: Vec<String> = loss.relation.name.splitn(2, '.').map(|part| quoted(dialect, part)).collect();
        let column = loss.column.as_ref().map(|column| quoted(dialect, column.as_str()));
        match self.host.rows(&(self.ways.has_rows)(&table.join("."), column.as_deref())).await {
            Ok(rows) => Ok(first(&rows).is_none_or(|answer| answer != "0")),
            Err(failure) if failure.class() == ErrorClass::Disconnected => Err(Reason::Connection(failure.to_string())),
            Err(_) => Ok(true),
        }
    }

    /// A migration in the pieces in which it is run.
    fn work<'w>(
        &self,
        set: &MigrationSet,
        migration: &'w Migration,
        direction: Direction,
        judged: Option<&MigrationReport>,
    ) -> Result<Work<'w>, Reason> {
        let (source, in_transaction) = match (direction, &migration.down) {
            (Direction::Up, _) => (&migration.up, migration.transaction),
            (Direction::Down, Some(down)) => (down, set.layout.transaction_of_down(migration, down)),
            (Direction::Down, None) => return Err(Reason::NoWayBack(migration.id.clone())),
        };
        let is_code = self.host.is_code(migration);
        let pieces = match is_code {
            true => vec![Piece::of_code(self.target, in_transaction)],
            false => self.cut(source, in_transaction)?,
        };
        let locks =
            judged.iter().flat_map(|judged| &judged.statements).flat_map(|judged| &judged.effects.foreign_locks);
        let tables: BTreeSet<String> = locks.map(|lock| lock.relation.name.clone()).collect();
        let key = Key { books: self.host.books(), version: migration.id.clone(), direction };
        Ok(Work { migration, direction, pieces, is_code, tables: tables.into_iter().collect(), key })
    }

    fn cut(&self, source: &Source, in_transaction: bool) -> Result<Vec<Piece>, Reason> {
        let mut pieces = cut(self.target, &source.text, in_transaction).map_err(|command| {
            let (path, line, message) = (source.path.display(), command.line, command.message);
            Reason::Unreadable(format!("{path}:{line}: {message}"))
        })?;
        if pieces.is_empty() {
            pieces.push(Piece { statements: Vec::new(), manner: Manner::Together });
        }
        Ok(pieces)
    }

    /// Runs one migration, bookkeeping included.
    async fn migrate(&mut self, work: &Work<'_>) -> Result<(), Reason> {
        let Migration { id, name, .. } = work.migration;
        self.host.tell(&Event::Started { migration: id.clone() });
        self.current = MigrationRun::new(id, name, work.direction, Outcome::Applied);
        self.migration_began = self.host.now();
        let is_half = self.halves.iter().any(|half| half.version == *id);
        let result = match work.pieces.as_slice() {
            [piece] if piece.manner == Manner::Together && !is_half => self.whole(work, piece).await,
            _ => self.by_steps(work).await,
        };
        self.current.took = self.host.now().saturating_sub(self.migration_began);
        match &result {
            Ok(End::Done) => {
                let (migration, took) = (id.clone(), self.current.took);
                self.host.tell(&Event::Finished { migration, took });
            }
            Ok(End::ByAnother) => {
                let note = format!("migration {id} was run by another process meanwhile");
                self.host.tell(&Event::Noted(note.clone()));
                self.report.notes.push(note);
                return Ok(());
            }
            Err(_) => self.current.outcome = Outcome::Failed,
        }
        self.report.migrations.push(self.current.clone());
        result.map(drop)
    }

    /// Adds the checksums that the guard has kept to what a runner without them has recorded.
    async fn add_checksums(&mut self, set: &MigrationSet, applied: &mut [AppliedMigration]) -> Result<(), Reason> {
        let question = notes::checksums_question(self.ways, &self.host.books());
        let rows = self.ask(&question, "reading the checksums").await?;
        for record in applied {
            let is_it = |row: &&Vec<Option<String>>| {
                let version = row.first().and_then(Option::as_deref).unwrap_or_default();
                set.layout.compare_versions(version, &record.version).is_eq()
            };
            record.checksum = rows.iter().find(is_it).and_then(|row| row.get(1)?.clone());
        }
        Ok(())
    }

    /// Our table goes when there is nothing in it.
    async fn drop_progress(&mut self) -> Result<(), Reason> {
        const DOING: &str = "dropping the table of progress";

        if !self.has_progress {
            return Ok(());
        }
        // A process beside us may be about to note something, where no lock keeps it out.
        let alone = self.ways.lock.is_some();
        if !alone {
            self.patiently(Ours::Begin, DOING).await?;
        }
        let rows = self.ask(&format!("SELECT count(*) FROM {TABLE}"), DOING).await;
        let is_empty = rows.is_ok_and(|rows| first(&rows) == Some("0"));
        if is_empty {
            self.patiently(Ours::Statement(&format!("DROP TABLE IF EXISTS {TABLE}")), DOING).await?;
            self.has_progress = false;
        }
        if alone { Ok(()) } else { self.host.commit("").await.map_err(Reason::server(DOING)) }
    }
}

/// What a dry run says of a migration.
fn planned(work: &Work<'_>, report: &Report) -> MigrationRun {
    let Migration { id, name, .. } = work.migration;
    let mut run = MigrationRun::new(id, name, work.direction, Outcome::Planned);
    let parts = work.pieces.iter().flat_map(|piece| &piece.statements);
    run.statements.extend(parts.map(|part| StatementRun {
        line: part.line,
        sql: part.sql.clone(),
        took: Duration::ZERO,
    }));
    let judged = report.migrations.iter().filter(|judged| judged.id == *id).flat_map(|judged| &judged.statements);
    for lock in judged.flat_map(|statement| &statement.effects.foreign_locks) {
        let (relation, mode) = (lock.relation.name.clone(), lock.mode.to_owned());
        let held = HeldLock { relation, mode, held: Duration::ZERO, source: LockSource::Foreseen };
        if !run.locks.contains(&held) {
            run.locks.push(held);
        }
    }
    run
}

/// The first column of the first row.
pub(super) fn first(rows: &[Vec<Option<String>>]) -> Option<&str> {
    rows.first()?.first()?.as_deref()
}

fn is_yes(rows: &[Vec<Option<String>>]) -> bool {
    first(rows) == Some("1")
}
