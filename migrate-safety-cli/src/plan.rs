//! `migrate-safety plan`.

mod history;

use crate::input::Input;
use crate::{CLEAN, UNUSABLE, print};
use clap::{Args, ValueEnum};
use history::History;
use migrate_safety_core::dialect::Target;
use migrate_safety_core::plan::{Change, DualWrite, Plan as Planned, PlanOptions, plan};
use std::path::PathBuf;

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
    /// The server: postgres:VERSION [default: postgres:16].
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
        match self.planned() {
            Ok(planned) => {
                print(&match self.format {
                    Format::Text => planned.to_text(),
                    Format::Json => format!("{:#}\n", planned.to_json()),
                });
                CLEAN
            }
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    fn planned(&self) -> Result<Planned, String> {
        let History { catalog, config, layout, change } = self.history()?;
        let change = match (&self.change.sql, change) {
            (Some(sql), _) => Change::sql(sql),
            (None, change) => Change::sql(change.unwrap_or_default()),
        };
        let options = PlanOptions { dual_write: self.dual_write.into(), layout, config, ..PlanOptions::default() };
        plan(&catalog, change, &options).map_err(|error| error.to_string())
    }

    /// The schema before the change.
    fn history(&self) -> Result<History, String> {
        let input = Input {
            paths: self.migrations.iter().cloned().collect(),
            layout: self.layout.clone(),
            dialect: self.dialect,
            schema: self.schema.clone(),
        };
        History::read(input, self.change.file.as_deref())
    }
}

impl From<Writer> for DualWrite {
    fn from(writer: Writer) -> Self {
        match writer {
            Writer::Application => Self::Application,
            Writer::Trigger => Self::Trigger,
        }
    }
}
