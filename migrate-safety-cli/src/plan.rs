//! `migrate-safety plan`.

mod history;

use crate::input::{Input, sql_of};
use crate::{CLEAN, UNUSABLE, print};
use clap::{Args, ValueEnum};
use history::History;
use migrate_safety_core::dialect::Target;
use migrate_safety_core::layout::Layout;
use migrate_safety_core::plan::{Change, DualWrite, Plan as Planned, PlanOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Turn a change that is dangerous on a live database into a sequence of migrations that is not.
#[derive(Debug, Args)]
#[command(after_help = EXIT_STATUS)]
pub(crate) struct Plan {
    #[command(flatten)]
    change: Given,
    /// The directory of the migrations that lead to the schema before the change [default: migrations].
    #[arg(long, value_name = "DIR")]
    migrations: Option<PathBuf>,
    /// The schema before the change, as SQL (`pg_dump --schema-only`); with --migrations, the one before the first of
    /// them.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// The server: postgres:16, mysql:8.0, mariadb:10.11, sqlite:3.45 [default: what the project is set up for].
    #[arg(long)]
    dialect: Option<Target>,
    /// Whose migrations and code are written: auto, sqlx, diesel or plain [default: auto].
    #[arg(long)]
    layout: Option<String>,
    /// What keeps old and new form the same while both are there.
    #[arg(long, value_enum, default_value_t = Writer::Application)]
    dual_write: Writer,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the migrations of the first release, and the runbook, into this directory, and those of later releases into
    /// directories beside it.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// With --to: a table or column got another name, `users.user_name=username`.
    #[arg(long, value_name = "OLD=NEW", value_parser = renamed)]
    rename: Vec<(String, String)>,
    /// With --to: a table or column is dropped, and nothing that is new came of it.
    #[arg(long, value_name = "NAME")]
    drop: Vec<String>,
}

/// `old=new`.
fn renamed(text: &str) -> Result<(String, String), String> {
    let (old, new) = text.split_once('=').ok_or("write OLD=NEW, such as `users.user_name=username`")?;
    Ok((old.trim().to_owned(), new.trim().to_owned()))
}

const EXIT_STATUS: &str =
    "Exit status: 0 planned, 2 the change is refused, the input could not be read or the call is wrong.";

/// The change, said in one way.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Given {
    /// A file of SQL with the change, `-` for standard input, or a migration that is there already: the schema is then
    /// the one before it.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The change as SQL: one or several statements.
    #[arg(long, value_name = "TEXT")]
    sql: Option<String>,
    /// A file with the schema that is wanted, as SQL (`pg_dump --schema-only`).
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Writer {
    Application,
    Trigger,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Plan {
    pub(crate) fn run(&self) -> u8 {
        match self.answer() {
            Ok(text) => {
                print(&text);
                CLEAN
            }
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    /// What to print; the files have then been written.
    fn answer(&self) -> Result<String, String> {
        let (planned, replaces) = self.planned()?;
        let written = match &self.out {
            Some(dir) => written(&planned, dir)?,
            None => Vec::new(),
        };
        Ok(match self.format {
            Format::Json => {
                written.iter().for_each(|path| eprintln!("wrote {}", path.display()));
                format!("{:#}\n", planned.to_json())
            }
            Format::Text => {
                let mut text = planned.to_text();
                if !written.is_empty() {
                    text.push_str("\nWROTE\n");
                    text.extend(written.iter().map(|path| format!("    {}\n", path.display())));
                    if planned.releases() > 1 {
                        text.push_str(MOVE_LATER);
                    }
                }
                if let Some(file) = replaces {
                    text.push_str(&format!("\nIt takes the place of {}: remove that file.\n", file.display()));
                }
                text
            }
        })
    }

    /// The plan, and the migration that it takes the place of.
    fn planned(&self) -> Result<(Planned, Option<&Path>), String> {
        let Given { file, sql, to } = &self.change;
        if to.is_none() && !(self.rename.is_empty() && self.drop.is_empty()) {
            return Err("--rename and --drop go with --to: another change says itself what it does".to_owned());
        }
        let input = Input {
            paths: self.migrations.iter().cloned().collect(),
            layout: self.layout.clone(),
            dialect: self.dialect,
            schema: self.schema.clone(),
        };
        let History { schema, config, layout, migration } = History::read(input, file.as_deref(), self.out.as_deref())?;
        let is_migration = migration.is_some();
        let change = match (file, sql, to) {
            (Some(file), ..) => Change::sql(migration.map_or_else(|| sql_of(file), Ok)?),
            (_, Some(sql), _) => Change::sql(sql),
            (.., to) => self.desired(to.as_deref().unwrap_or(Path::new("-")))?,
        };
        let options = PlanOptions { dual_write: self.dual_write.into(), layout, config, ..PlanOptions::default() };
        let planned = schema.plan(change, &options).map_err(|error| error.to_string())?;
        Ok((planned, file.as_deref().filter(|_| is_migration)))
    }

    /// The change that leads to the schema in a file.
    fn desired(&self, file: &Path) -> Result<Change, String> {
        let mut change = Change::to_schema(sql_of(file)?);
        for (old, new) in &self.rename {
            change = change.rename(old, new);
        }
        for name in &self.drop {
            change = change.dropped(name);
        }
        Ok(change)
    }
}

const MOVE_LATER: &str = "Move what waits in a directory of a later release to the others when what stands under that \
                          release holds.\n";

/// Writes the migrations, and the runbook under the name of the first of them.
fn written(planned: &Planned, dir: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = planned.write(planned.layout, dir).map_err(|error| error.to_string())?;
    let Some(first) = paths.first() else { return Ok(paths) };
    let named = if planned.layout == Layout::Diesel { first.parent().unwrap_or(first) } else { first };
    let name = named.file_name().unwrap_or_default().to_string_lossy();
    let runbook = named.with_file_name(format!("{}.runbook.md", name.split('.').next().unwrap_or(&name)));
    let mut file = std::fs::File::create_new(&runbook).map_err(|error| format!("{}: {error}", runbook.display()))?;
    file.write_all(planned.runbook().as_bytes()).map_err(|error| format!("{}: {error}", runbook.display()))?;
    paths.push(runbook);
    Ok(paths)
}

impl From<Writer> for DualWrite {
    fn from(writer: Writer) -> Self {
        match writer {
            Writer::Application => Self::Application,
            Writer::Trigger => Self::Trigger,
        }
    }
}
