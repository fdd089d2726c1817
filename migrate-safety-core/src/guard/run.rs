//! A run from its beginning to its end.

use super::activity::{oldest, tables};
use super::agenda;
use super::error::{Reason, Stopped};
use super::event::Event;
use super::history::History;
use super::host::{Failure, Host};
use super::locking::{advisory_key, lock, unlock};
use super::progress::{CHECKSUMS, CREATE_CHECKSUMS};
use super::replicas::Replicas;
use super::report::{Direction, HeldLock, LockSource, MigrationRun, Outcome, RunReport, StatementRun};
use super::server::{Server, Surroundings};
use super::session_settings::SessionSettings;
use super::settings::{Policy, Settings};
use super::transaction::{Note, Stretch};
use super::units::{Made, Units};
use crate::catalog::introspect::{AppliedMigration, BEGIN, Limits, Live, Reading, Step};
use crate::config::{Config, Level};
use crate::layout::{Layout, Migration, MigrationSet};
use crate::report::{MigrationReport, Report};
use crate::retry::ErrorClass;
use crate::{Checker, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What is to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// All that is pending is applied.
    Newest,
    /// All that is pending up to and with this version is applied.
    UpTo(String),
    /// This migration alone is applied.
    Only(String),
    /// All that is newer than this version is undone.
    DownTo(String),
    /// This migration alone is undone.
    UndoOnly(String),
}

impl Goal {
    /// Which way it goes.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Newest | Self::UpTo(_) | Self::Only(_) => Direction::Up,
            Self::DownTo(_) | Self::UndoOnly(_) => Direction::Down,
        }
    }
}

/// Whether anything is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Mode {
    Run,
    DryRun,
}

/// Brings a database to a goal.
///
/// # Errors
/// Why it stopped, with what was done by then.
pub async fn run(
    host: &mut dyn Host,
    set: &MigrationSet,
    settings: &Settings,
    goal: &Goal,
    mode: Mode,
) -> Result<RunReport, Stopped> {
    let mut runner = Runner::new(host, settings);
    let result = runner.go(set, goal, mode).await;
    runner.end(result)
}

/// Who records a migration that is run by itself, and in which transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// The caller, in the transaction that is open from beginning to end, or in one of its own.
    Apart,
    /// The caller, in the transaction that is left open after a migration without one: it holds the last note.
    InLastTransaction,
}

/// One migration whose bookkeeping is another's business: that of the runner that called.
#[derive(Clone, Copy, Debug)]
pub struct Wrapped<'m> {
    /// Whose layout it has.
    pub layout: Layout,
    /// The migration.
    pub migration: &'m Migration,
    /// Which way it is run.
    pub direction: Direction,
    /// Who records it where.
    pub record: Record,
}

/// Runs a migration within another runner.
///
/// In a transaction, attempts are kept apart by savepoints, for which [`Host::begin`] has to care.
///
/// # Errors
/// Why it stopped. No transaction of ours is open then.
pub async fn run_wrapped(host: &mut dyn Host, wrapped: Wrapped<'_>, settings: &Settings) -> Result<RunReport, Stopped> {
    let mut runner = Runner::new(host, settings);
    let result = runner.wrapped(wrapped).await;
    runner.end(result)
}

/// A migration and the way it is run.
pub(super) struct Work<'w> {
    pub(super) migration: &'w Migration,
    pub(super) direction: Direction,
    pub(super) in_transaction: bool,
    pub(super) units: Units,
    /// The host runs it itself.
    pub(super) is_code: bool,
}

impl Work<'_> {
    pub(super) fn is_undo(&self) -> bool {
        self.direction == Direction::Down
    }
}

/// A run under way.
pub(super) struct Runner<'r> {
    pub(super) host: &'r mut dyn Host,
    pub(super) settings: &'r Settings,
    pub(super) report: RunReport,
    /// The migration that is being run.
    pub(super) current: MigrationRun,
    pub(super) migration_began: Duration,
    /// The tables that were there before it, by number.
    pub(super) tables: BTreeMap<i64, String>,
    /// Those that migrations of this run have made: their numbers are not known.
    pub(super) made: Vec<Made>,
    /// The table of progress is there.
    pub(super) has_progress: bool,
    /// It was there before the run: an earlier one may have left something in it.
    pub(super) left_progress: bool,
    /// The table of checksums was there before the run, and the host keeps none.
    left_checksums: bool,
    /// The names of the indexes that were invalid when the catalog was read; none: it was not, or not as a whole.
    pub(super) invalid: Option<BTreeSet<String>>,
    /// The server can notice that its client is gone while it works.
    pub(super) notices_client: bool,
    /// Errors come without a code, and in a language that is not known.
    pub(super) foreign: bool,
    pub(super) replicas: Replicas,
    target: Target,
}

impl<'r> Runner<'r> {
    fn new(host: &'r mut dyn Host, settings: &'r Settings) -> Self {
        Self {
            host,
            settings,
            report: RunReport { threshold: settings.threshold, ..RunReport::default() },
            current: MigrationRun::new("", "", Direction::Up, Outcome::Planned),
            migration_began: Duration::ZERO,
            tables: BTreeMap::new(),
            made: Vec::new(),
            has_progress: false,
            left_progress: false,
            left_checksums: false,
            invalid: None,
            notices_client: false,
            foreign: false,
            replicas: Replicas::default(),
            target: Target::default(),
        }
    }

    fn end(self, result: Result<(), Reason>) -> Result<RunReport, Stopped> {
        let lag = self.report.replica_lag.map(Event::Lagged);
        let flags = self.report.flags().into_iter().map(Event::Flagged);
        lag.into_iter().chain(flags).for_each(|event| self.host.tell(&event));
        match result {
            Ok(()) => Ok(self.report),
            Err(reason) => Err(Stopped { reason, report: Box::new(self.report) }),
        }
    }

    async fn go(&mut self, set: &MigrationSet, goal: &Goal, mode: Mode) -> Result<(), Reason> {
        if let Some(error) = set.errors.first() {
            return Err(Reason::Unreadable(error.to_string()));
        }
        agenda::known(set, goal)?;
        let server = Server::look(self.host, set.layout, self.settings, None).await?;
        self.report.database.clone_from(&server.database);
        if mode == Mode::DryRun || !self.host.locks() {
            return self.with_lock(set, goal, mode, server).await;
        }
        let key = advisory_key(&server.database);
        self.report.waited_for_others = lock(self.host, key, self.settings).await?;
        // Whoever had the lock has changed what is there.
        let result = match Server::look(self.host, set.layout, self.settings, Some(key)).await {
            Ok(server) => self.with_lock(set, goal, mode, server).await,
            Err(reason) => Err(reason),
        };
        if result.as_ref().is_err_and(Reason::is_disconnect) {
            return result;
        }
        let unlocked = unlock(self.host, key).await;
        result.and(unlocked)
    }

    async fn with_lock(&mut self, set: &MigrationSet, goal: &Goal, mode: Mode, server: Server) -> Result<(), Reason> {
        self.has_progress = server.progress;
        self.left_progress = server.progress;
        self.left_checksums = server.checksums && !self.host.keeps_checksums();
        self.notices_client = server.notices_client;
        let mut applied = Vec::new();
        if server.books {
            applied = self.host.applied().await.map_err(Reason::server("reading the bookkeeping table"))?;
        }
        if self.left_checksums {
            self.add_checksums(set, &mut applied).await?;
        }
        self.report.history = History::compare(set, &applied, &|migration| self.host.checksum(migration));
        self.refuse_history(goal.direction())?;
        let todo = match goal.direction() {
            Direction::Up => agenda::to_apply(&self.report.history, set, goal),
            Direction::Down => agenda::to_undo(set, &applied, goal)?,
        };
        if todo.is_empty() {
            return self.nothing_to_do(goal.direction(), mode).await;
        }
        let session = SessionSettings::take(self.host).await.map_err(Reason::server("reading the settings"))?;
        self.agree_on_messages(&server.messages, server.version, false)
            .await
            .map_err(Reason::server("setting the language of messages"))?;
        let result = self.all(set, &todo, goal.direction(), mode).await;
        if result.as_ref().is_err_and(Reason::is_disconnect) {
            return result;
        }
        let restored = session.restore(self.host).await.map_err(Reason::server("restoring the settings"));
        result.and(restored)
    }

    /// What a run leaves that finds nothing to do.
    async fn nothing_to_do(&mut self, direction: Direction, mode: Mode) -> Result<(), Reason> {
        if mode == Mode::DryRun {
            return Ok(());
        }
        if direction == Direction::Up {
            self.open_books().await?;
        }
        // A run that was killed after its last migration has left it.
        self.drop_progress().await.map_err(Reason::server("dropping the table of progress"))
    }

    /// Makes the tables of bookkeeping that are not there.
    async fn open_books(&mut self) -> Result<(), Reason> {
        self.host.open_books().await.map_err(Reason::server("making the bookkeeping table"))?;
        if !self.host.keeps_checksums() {
            self.host.execute(CREATE_CHECKSUMS).await.map_err(Reason::server("making a table of checksums"))?;
        }
        Ok(())
    }

    /// Removes the checksums of what is not applied: of migrations that the runner itself has undone.
    async fn clear_checksums(&mut self, pending: &[&Migration]) -> Result<(), Reason> {
        if !self.left_checksums {
            return Ok(());
        }
        let literal = super::activity::literal;
        let versions: Vec<String> = pending.iter().map(|migration| literal(&migration.id)).collect();
        let (books, versions) = (literal(&self.host.books()), versions.join(", "));
        let sql = format!("DELETE FROM {CHECKSUMS} WHERE books = {books} AND version IN ({versions})");
        self.host.execute(&sql).await.map_err(Reason::server("clearing the table of checksums"))
    }

    fn refuse_history(&mut self, direction: Direction) -> Result<(), Reason> {
        // A runner that keeps checksums itself runs nothing on edited ones, whatever the policy.
        let strict = self.host.keeps_checksums() || matches!(self.settings.policy, Policy::Deny(_));
        let notes = agenda::refuse(&self.report.history, direction, self.host.ignores_missing(), strict)?;
        notes.into_iter().for_each(|note| self.host.tell(&Event::Noted(note)));
        Ok(())
    }

    /// Checks and runs migrations.
    async fn all(
        &mut self,
        set: &MigrationSet,
        todo: &[&Migration],
        direction: Direction,
        mode: Mode,
    ) -> Result<(), Reason> {
        // What is pending is known already, and the books may have another name than the check looks for.
        let live = Live { applied: None, ..self.introspect().await? };
        self.target = live.catalog.target();
        let invalid = live.catalog.relations().filter(|relation| relation.index().is_some_and(|index| !index.valid));
        self.invalid = live.unread.is_empty().then(|| invalid.map(|index| index.name.as_str().to_owned()).collect());
        let report = self.check(set, todo, direction, &live);
        self.report.check = Some(report.clone());
        self.deny(&report, direction)?;
        if direction == Direction::Down && !self.settings.allow_data_loss {
            self.refuse_loss(todo, &report, &live).await?;
        }
        self.report.oldest_transactions =
            oldest(self.host).await.map_err(Reason::server("looking at open transactions"))?;
        self.tables = tables(self.host).await.map_err(Reason::server("looking at the tables"))?;
        if mode == Mode::Run {
            self.find_replicas().await?;
        }
        for (n, migration) in todo.iter().enumerate() {
            let judged = report.migrations.iter().find(|judged| judged.id == migration.id);
            let Some(work) = self.work(set, migration, direction, judged) else {
                return Err(Reason::NoWayBack(migration.id.clone()));
            };
            if mode == Mode::DryRun {
                self.plan(&work);
                continue;
            }
            if n == 0 {
                self.open_books().await?;
                if direction == Direction::Up {
                    self.clear_checksums(todo).await?;
                }
            }
            self.migrate(&work).await?;
        }
        if mode == Mode::Run {
            self.drop_progress().await.map_err(Reason::server("dropping the table of progress"))?;
            self.wait_for_replicas().await?;
        }
        Ok(())
    }

    /// What the catalog of the server holds.
    async fn introspect(&mut self) -> Result<Live, Reason> {
        let mut attempts = 3;
        loop {
            attempts -= 1;
            let doing = "reading the catalog";
            self.host.begin(BEGIN, "").await.map_err(Reason::server(doing))?;
            match read(self.host).await {
                Ok(live) => {
                    self.host.rollback().await.map_err(Reason::server(doing))?;
                    return Ok(live?);
                }
                Err(failure) => {
                    if failure.class() != ErrorClass::Disconnected {
                        self.host.rollback().await.map_err(Reason::server(doing))?;
                    }
                    // What is read may be locked or dropped meanwhile.
                    let may_pass = matches!(failure.class(), ErrorClass::Lock | ErrorClass::Other);
                    if attempts == 0 || !may_pass {
                        return Err(Reason::server(doing)(failure));
                    }
                }
            }
        }
    }

    /// Judges what is to be run against what the server holds.
    fn check(&self, set: &MigrationSet, todo: &[&Migration], direction: Direction, live: &Live) -> Report {
        let mut config = Config { start_after: None, only: None, ..self.settings.config.clone() };
        // The guard sets it.
        config.rules.entry("no-lock-timeout".to_owned()).or_insert(Level::Allow);
        Checker::new(&config).with_live(live).guarded().check(&agenda::judged(set, todo, direction))
    }

    fn deny(&mut self, report: &Report, direction: Direction) -> Result<(), Reason> {
        let messages = agenda::weigh(report, direction, self.settings.policy)?;
        messages.into_iter().for_each(|message| self.host.tell(&Event::Noted(message)));
        Ok(())
    }

    /// A migration in the pieces in which it is run; none without a way back.
    fn work<'w>(
        &self,
        set: &MigrationSet,
        migration: &'w Migration,
        direction: Direction,
        judged: Option<&MigrationReport>,
    ) -> Option<Work<'w>> {
        let is_code = self.host.is_code(migration);
        let (text, in_transaction) = match direction {
            Direction::Up => (&migration.up.text, migration.transaction),
            Direction::Down => {
                let down = migration.down.as_ref()?;
                (&down.text, set.layout.transaction_of_down(migration, down))
            }
        };
        let text = if is_code { "" } else { text };
        let units = Units::of(text, in_transaction, self.target, judged.filter(|_| !is_code));
        Some(Work { migration, direction, in_transaction, units, is_code })
    }

    /// What a dry run says of a migration.
    fn plan(&mut self, work: &Work<'_>) {
        let Migration { id, name, .. } = work.migration;
        let mut run = MigrationRun::new(id, name, work.direction, Outcome::Planned);
        for unit in &work.units.units {
            run.statements.push(StatementRun { line: unit.line, sql: unit.sql.clone(), took: Duration::ZERO });
        }
        let locks = work.units.wanted().into_iter();
        run.locks.extend(locks.map(|(relation, mode)| HeldLock {
            relation,
            mode: mode.pg_locks().to_owned(),
            held: Duration::ZERO,
            source: LockSource::Foreseen,
        }));
        self.report.migrations.push(run);
    }

    /// Runs one migration, bookkeeping included.
    async fn migrate(&mut self, work: &Work<'_>) -> Result<(), Reason> {
        let Migration { id, name, .. } = work.migration;
        self.host.tell(&Event::Started { migration: id.clone() });
        let with = (!self.host.keeps_checksums()).then(|| self.own_checksum(work));
        let ending = [if work.is_undo() { Note::Forget { with } } else { Note::Record { with } }];
        self.begin_migration(id, name, work.direction);
        let result = self.carry_out(work, &ending).await;
        self.end_migration(result.is_ok());
        result
    }

    async fn wrapped(&mut self, wrapped: Wrapped<'_>) -> Result<(), Reason> {
        let Wrapped { layout, migration, direction, record } = wrapped;
        let server = Surroundings::look(self.host).await?;
        self.target = Target::postgres(u16::try_from(server.version).unwrap_or(u16::MAX).min(Target::NEWEST_POSTGRES));
        self.has_progress = server.progress;
        self.left_progress = server.progress;
        let set = MigrationSet { layout, migrations: vec![migration.clone()], ..MigrationSet::default() };
        let judged = match direction {
            Direction::Up => set.clone(),
            Direction::Down => {
                let migrations = agenda::down_as_up(&set, migration).into_iter().collect();
                MigrationSet { layout, migrations, ..MigrationSet::default() }
            }
        };
        let config = Config { target: self.target, ..self.settings.config.clone() };
        let report = Checker::new(&config).guarded().check(&judged);
        let Some(work) = self.work(&set, migration, direction, report.migrations.first()) else {
            return Err(Reason::NoWayBack(migration.id.clone()));
        };
        let session = SessionSettings::take(self.host).await.map_err(Reason::server("reading the settings"))?;
        self.agree_on_messages(&server.messages, server.version, work.in_transaction)
            .await
            .map_err(Reason::server("setting the language of messages"))?;
        self.begin_migration(&migration.id, &migration.name, direction);
        let result = match record {
            Record::InLastTransaction if !work.in_transaction => self.without_transaction(&work, None).await,
            _ => self.carry_out(&work, &[]).await,
        };
        self.end_migration(result.is_ok());
        // What failed in a transaction goes with it, its settings too.
        if result.is_err() && (work.in_transaction || result.as_ref().is_err_and(Reason::is_disconnect)) {
            return result;
        }
        let restored = session.restore(self.host).await.map_err(Reason::server("restoring the settings"));
        result.and(restored)?;
        if work.in_transaction {
            return Ok(());
        }
        if record == Record::InLastTransaction {
            self.forget_progress(&work).await?;
        }
        self.drop_progress().await.map_err(Reason::server("dropping the table of progress"))
    }

    fn begin_migration(&mut self, id: &str, name: &str, direction: Direction) {
        self.current = MigrationRun::new(id, name, direction, Outcome::Applied);
        self.migration_began = self.host.now();
    }

    fn end_migration(&mut self, well: bool) {
        self.current.took = self.host.now().saturating_sub(self.migration_began);
        if well {
            let (migration, took) = (self.current.id.clone(), self.current.took);
            self.host.tell(&Event::Finished { migration, took });
            let told = |event: Event| self.host.tell(&event);
            let migration = || self.current.id.clone();
            let locks =
                self.current.locks.iter().map(|lock| Event::Locked { migration: migration(), lock: lock.clone() });
            let waiters = self
                .current
                .waiters
                .iter()
                .map(|waiter| Event::Waited { migration: migration(), waiter: waiter.clone() });
            locks.chain(waiters).for_each(told);
        } else {
            self.current.outcome = Outcome::Failed;
        }
        self.report.migrations.push(self.current.clone());
    }

    async fn carry_out(&mut self, work: &Work<'_>, ending: &[Note]) -> Result<(), Reason> {
        if !work.in_transaction {
            return self.without_transaction(work, Some(ending)).await;
        }
        let stretch = Stretch {
            units: &work.units.units,
            begin: "BEGIN",
            sets_timeout: true,
            repeatable: work.units.repeatable && !work.is_code,
        };
        self.in_transaction(work, &stretch, ending, "it was rolled back, and nothing of it is left").await
    }

    /// Adds the checksums that the guard has kept to what a runner without them has recorded.
    async fn add_checksums(&mut self, set: &MigrationSet, applied: &mut [AppliedMigration]) -> Result<(), Reason> {
        let books = super::activity::literal(&self.host.books());
        let sql = format!(
            "SELECT json_build_object('version', version, 'checksum', checksum, 'success', true)::text
             FROM {CHECKSUMS} WHERE books = {books}"
        );
        let kept: Vec<AppliedMigration> =
            super::activity::ask(self.host, &sql).await.map_err(Reason::server("reading the checksums"))?;
        for record in applied {
            let same = |kept: &&AppliedMigration| set.layout.compare_versions(&kept.version, &record.version).is_eq();
            record.checksum = kept.iter().find(same).and_then(|kept| kept.checksum.clone());
        }
        Ok(())
    }

    /// Keeps the checksum of a migration that was applied, or lets go that of one that was undone.
    fn own_checksum(&self, work: &Work<'_>) -> String {
        let literal = super::activity::literal;
        let (books, version) = (literal(&self.host.books()), literal(&work.migration.id));
        if work.is_undo() {
            return format!("DELETE FROM {CHECKSUMS} WHERE books = {books} AND version = {version}");
        }
        let checksum = literal(&self.host.checksum(work.migration));
        format!("INSERT INTO {CHECKSUMS} (books, version, checksum) VALUES ({books}, {version}, {checksum})")
    }
}

/// Reads the catalog in the transaction that is open.
async fn read(host: &mut dyn Host) -> Result<Result<Live, crate::catalog::introspect::ReadError>, Failure> {
    let mut reading = Reading::new(Limits::default());
    while let Some(step) = reading.next_step() {
        match step {
            Step::Execute(sql) => host.execute(&sql).await?,
            Step::Fetch(sql) => {
                let rows = host.fetch(&sql).await?;
                if let Err(error) = reading.take(rows) {
                    return Ok(Err(error));
                }
            }
        }
    }
    Ok(reading.finish())
}
