//! `migrate-safety run`.

use crate::database::{self, Database, PATIENCE};
use crate::input::{Input, Loaded};
use crate::{CLEAN, FINDINGS, UNUSABLE, duration, print};
use clap::{Args, ValueEnum};
use migrate_safety_core::dialect::{Dialect, Target};
use migrate_safety_core::guard::{Goal, Mode, Policy, Reason, RunReport, Settings, Stopped};
use migrate_safety_core::rules::Status;
use migrate_safety_core::{Layout, MigrationSet};
use migrate_safety_sqlx::{Access, Guard};
use sqlx::migrate::Migrator;
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqlitePoolOptions;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Run what is pending, guarded: with a lock timeout, retries, and a check on the live schema before.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The directory of the migrations [default: migrations].
    #[arg(long, value_name = "DIR")]
    migrations: Option<PathBuf>,
    /// How the migrations are laid out: auto, sqlx or diesel [default: auto].
    #[arg(long)]
    layout: Option<String>,
    #[command(flatten)]
    database: Database,
    /// How long a statement may wait for a lock.
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration::parse)]
    lock_timeout: Duration,
    /// From which status on findings stop the run [default: what MIGRATE_SAFETY_POLICY says (deny, deny-flag, warn,
    /// allow), then migrate-safety.toml, then block].
    #[arg(long, value_enum)]
    deny: Option<Deny>,
    /// Say what would be run; lock and write nothing.
    #[arg(long, conflicts_with = "rehearse")]
    dry_run: bool,
    /// Run on a copy: findings stop nothing, and the report has the measured times.
    #[arg(long)]
    rehearse: bool,
    /// Note the measured times in this runbook of a plan.
    #[arg(long, value_name = "FILE", requires = "rehearse")]
    runbook: Option<PathBuf>,
    /// Run up to and with this version.
    #[arg(long, value_name = "VERSION", conflicts_with = "undo_to")]
    to: Option<String>,
    /// Undo what is newer than this version; with 0, everything.
    #[arg(long, value_name = "VERSION")]
    undo_to: Option<String>,
    /// An undo may lose rows.
    #[arg(long, requires = "undo_to")]
    allow_data_loss: bool,
    /// Another tool migrates this database as well.
    #[arg(long)]
    allow_other_host: bool,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Deny {
    Flag,
    Block,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Run {
    pub(crate) fn run(&self) -> u8 {
        match self.carry_out() {
            Ok(status) => status,
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    fn carry_out(&self) -> Result<u8, String> {
        let paths = self.migrations.iter().cloned().collect();
        let input = Input { paths, layout: self.layout.clone(), dialect: None, schema: None };
        let url = self.database.url_or_environment()?;
        let loaded = match Dialect::of_url(&url) {
            Some(dialect) if dialect != Dialect::Postgres => input.read_for(Some(Target::usual(dialect)), false)?,
            _ => input.read(false)?.needs_postgres("run")?,
        };
        let Loaded { set, config, file, unreadable, .. } = loaded;
        if let Some(told) =
            file.as_ref().and_then(|file| file.dialect).filter(|told| !told.dialect.is_like(config.target.dialect))
        {
            return Err(format!(
                "migrate-safety.toml says that these migrations are for {told}, and the URL is of another database"
            ));
        }
        if unreadable > 0 {
            return Ok(UNUSABLE);
        }
        let policy = self.policy(file.and_then(|file| file.deny))?;
        let runbook = self.runbook.as_ref().map(|path| read(path)).transpose()?;
        let settings = Settings {
            policy,
            lock_timeout: self.lock_timeout,
            allow_data_loss: self.allow_data_loss,
            allow_other_host: self.allow_other_host,
            config,
            ..Settings::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let result = runtime.block_on(self.guarded(set, settings, &url))?;
        let (report, status) = match result {
            Ok(report) => {
                let flagged = policy == Policy::Deny(Status::Flag) && !report.flags().is_empty();
                self.print(&report);
                (report, if flagged { FINDINGS } else { CLEAN })
            }
            Err(Stopped { reason, report }) => {
                eprintln!("error: {reason}");
                if let Some(option) = option_for(&reason) {
                    eprintln!("help: {option}");
                }
                // In text, the reason is all there is to say of a run that has not begun.
                if !report.migrations.is_empty() || matches!(self.format, Format::Json) {
                    self.print(&report);
                }
                (*report, status_of(&reason))
            }
        };
        if let (Some(path), Some(text)) = (&self.runbook, runbook) {
            match report.quoted_in(&text) {
                Some(quoted) => {
                    std::fs::write(path, quoted).map_err(|error| format!("{}: {error}", path.display()))?;
                    eprintln!("the times are noted in {}", path.display());
                }
                None => eprintln!("{} is as it was: none of its steps was run", path.display()),
            }
        }
        Ok(status)
    }

    /// What becomes of findings. `of_file` is what the settings say.
    fn policy(&self, of_file: Option<Status>) -> Result<Policy, String> {
        Ok(match self.deny {
            _ if self.rehearse => Policy::Warn,
            Some(Deny::Flag) => Policy::Deny(Status::Flag),
            Some(Deny::Block) => Policy::Deny(Status::Block),
            None => match (Policy::from_env(), of_file) {
                (Err(unknown), _) => return Err(format!("{}: {unknown}", Policy::VARIABLE)),
                (Ok(policy), None) => policy,
                (Ok(_), Some(status)) if std::env::var_os(Policy::VARIABLE).is_none() => Policy::Deny(status),
                (Ok(policy), Some(_)) => policy,
            },
        })
    }

    async fn guarded(
        &self,
        set: MigrationSet,
        settings: Settings,
        url: &str,
    ) -> Result<Result<RunReport, Stopped>, String> {
        let goal = match (&self.to, &self.undo_to) {
            (Some(version), _) => Goal::UpTo(version.clone()),
            (None, Some(version)) => Goal::DownTo(version.clone()),
            (None, None) => Goal::Newest,
        };
        known(&set, &goal)?;
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Run };
        let guard = Guarded { set, settings, goal, mode };
        // The connection before the pool says best what is wrong with a URL or a server.
        match Dialect::of_url(url) {
            Some(Dialect::Sqlite) => {
                let options = database::sqlite_options(url)?;
                drop(database::open_sqlite(&options).await?);
                let pool = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
                let result = guard.go(&pool).await;
                pool.close().await;
                result
            }
            Some(Dialect::MySql | Dialect::MariaDb) => {
                let options = database::mysql_options(url)?;
                drop(database::open_mysql(&options).await?);
                let pool =
                    MySqlPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_lazy_with(options);
                let result = guard.go(&pool).await;
                pool.close().await;
                result
            }
            _ => {
                let connection = tokio::time::timeout(PATIENCE, migrate_safety_sqlx::connect(url)).await;
                let connection = connection.map_err(|_| "no PostgreSQL server answered within 10 seconds")?;
                drop(connection.map_err(|e| e.to_string())?);
                let options = PgConnectOptions::from_str(url).map_err(|error| error.to_string())?;
                let options = options.application_name("migrate-safety");
                let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_lazy_with(options);
                let result = guard.go(&pool).await;
                pool.close().await;
                result
            }
        }
    }

    fn print(&self, report: &RunReport) {
        print(&match self.format {
            Format::Text => report.to_string(),
            Format::Json => format!("{:#}\n", report.to_json()),
        });
    }
}

/// A run to be.
struct Guarded {
    set: MigrationSet,
    settings: Settings,
    goal: Goal,
    mode: Mode,
}

impl Guarded {
    async fn go(self, on: impl Into<Access<'_>>) -> Result<Result<RunReport, Stopped>, String> {
        let Self { set, settings, goal, mode } = self;
        match set.layout {
            Layout::Sqlx => {
                let migrator = migrator(&set).await?;
                Ok(tell(Guard::new(&migrator)).settings(settings).go(on.into(), goal, mode).await)
            }
            Layout::Diesel => Ok(tell(Guard::for_diesel(set)).settings(settings).go(on.into(), goal, mode).await),
            Layout::Plain => Err("plain files have no runner: run needs the layout of sqlx or diesel".to_owned()),
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Tells on standard error what happens.
fn tell(guard: Guard<'_>) -> Guard<'_> {
    guard.on_event(|event| {
        if !event.is_reported() {
            eprintln!("{event}");
        }
    })
}

/// The migrations as sqlx itself reads them.
async fn migrator(set: &MigrationSet) -> Result<Migrator, String> {
    let directory = set.migrations.first().and_then(|migration| migration.up.path.parent()).unwrap_or(Path::new("."));
    let settings = directory.ancestors().map(|above| above.join("sqlx.toml")).find(|file| file.is_file());
    let text = settings.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    if let (Some(file), true) = (settings, ["table-name", "ignored-chars"].iter().any(|key| text.contains(key))) {
        return Err(format!("{}: this command does not read it; run the migrations by the library", file.display()));
    }
    Migrator::new(directory).await.map_err(|error| error.to_string())
}

/// What to say to this command if the reason is none.
fn option_for(reason: &Reason) -> Option<&'static str> {
    match reason {
        Reason::LosesData { .. } => Some("--allow-data-loss allows it"),
        Reason::OtherHost { .. } => Some("--allow-other-host allows it"),
        Reason::Denied { .. } => Some(
            "`migrate-safety check --database-url URL` shows where and what to write instead, `migrate-safety plan` \
             writes it; a comment `-- migrate-safety: allow(RULE) reason` before a statement lets it pass",
        ),
        _ => None,
    }
}

/// The version that the command names is a migration's, or nothing to undo everything.
fn known(set: &MigrationSet, goal: &Goal) -> Result<(), String> {
    let (version, may_be_none) = match goal {
        Goal::UpTo(version) => (version, false),
        Goal::DownTo(version) => (version, version == "0"),
        _ => return Ok(()),
    };
    let is_it = |id: &str| set.layout.compare_versions(id, version).is_eq();
    match may_be_none || set.migrations.iter().any(|migration| is_it(&migration.id)) {
        true => Ok(()),
        false => Err(format!("there is no migration {version}: its version is what its file name begins with")),
    }
}

/// 1: the migrations or what the database holds are the reason; 2: the server or the call.
fn status_of(reason: &Reason) -> u8 {
    match reason {
        Reason::Connection(_)
        | Reason::ReadOnly(_)
        | Reason::ReadOnlyFile(_)
        | Reason::Database(_)
        | Reason::TooOld(_)
        | Reason::Rights(_)
        | Reason::Catalog(_)
        | Reason::Unreadable(_)
        | Reason::NoSuchVersion(_)
        | Reason::Server { .. } => UNUSABLE,
        _ => FINDINGS,
    }
}
