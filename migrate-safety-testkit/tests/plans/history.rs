//! Migrations that a project has run, each planned on the schema that the ones before it leave.

use crate::host;
use crate::picture::{Likeness, Picture};
use crate::reached::Reached;
use crate::scene::Stage;
use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::layout::{Migration, MigrationSet};
use migrate_safety_core::plan::{Change, Plan, PlanError, PlanOptions, plan};
use migrate_safety_core::sql::parse;
use migrate_safety_core::{Config, Target, replay_each};
use migrate_safety_testkit::fill;
use postgres::Client;
use std::path::Path;

/// How a plan says that triggers of the table fire for its batches.
const FIRING: &str = "fire for each row";

/// What came of a migration.
pub(crate) enum Planned {
    /// The plan says that the migration is safe as it is, and leads where it leads.
    AlreadySafe,
    /// The plan leads where the migration leads.
    Steps,
    /// It does so with a maintenance window, for this reason.
    Window(String),
    /// There is nothing in it that changes the database.
    Nothing,
    /// The migration fails, on the server as in the plan.
    Fails,
    /// There is no plan, or it is not as it should be.
    Otherwise(Reached),
}

impl Planned {
    /// A word for it, to be counted.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::AlreadySafe => "already safe",
            Self::Steps => "planned",
            Self::Window(_) => "planned, in a window",
            Self::Nothing => "nothing to plan",
            Self::Fails => "fails",
            Self::Otherwise(reached) => reached.word(),
        }
    }

    /// What is to be said besides.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Otherwise(reached) => reached.told(),
            Self::Window(why) => why.clone(),
            _ => String::new(),
        }
    }
}

/// Plans and runs each migration of a directory, on rows that are made up.
pub(crate) fn planned(stage: &Stage, directory: &Path) -> Result<Vec<Planned>, String> {
    let set = MigrationSet::from_dir(directory).map_err(|error| error.to_string())?;
    let set = MigrationSet { complete: true, ..set };
    let config = Config { target: Target::postgres(stage.server().major()), ..Config::default() };
    let base = stage.empty()?;
    if let Some(sql) = set.layout.bookkeeping() {
        host::batch(&mut base.connect().map_err(|error| error.to_string())?, sql)?;
    }
    let mut before = Catalog::new(config.target, true);
    let mut outcomes = Vec::new();
    replay_each(&set, &config, &mut |migration, after| {
        let trial = Trial { stage, base: base.name(), migration, config: &config };
        let outcome = trial.outcome(&before).unwrap_or_else(|error| Planned::Otherwise(Reached::NoPair(error)));
        println!("{} {}: {}\n  {}", migration.id, migration.name, outcome.word(), outcome.told().replace('\n', "\n  "));
        outcomes.push(outcome);
        if let Err(error) =
            base.connect().map_err(|error| error.to_string()).and_then(|mut client| trial.plain(&mut client))
        {
            println!("{} {} does not run: {error}", migration.id, migration.name);
        }
        before = after.clone();
    });
    Ok(outcomes)
}

struct Trial<'t> {
    stage: &'t Stage,
    /// The database that the migrations before it leave.
    base: &'t str,
    migration: &'t Migration,
    config: &'t Config,
}

impl Trial<'_> {
    fn outcome(&self, before: &Catalog) -> Result<Planned, String> {
        let options = PlanOptions { config: self.config.clone(), ..PlanOptions::default() };
        let plan = match plan(before, Change::sql(&*self.migration.up.text), &options) {
            Ok(plan) => plan,
            Err(PlanError::Empty) => return Ok(Planned::Nothing),
            Err(error @ PlanError::ChangeFails { .. }) => {
                let fails = self.on_copy("fails", None, |client| self.plain(client)).is_err();
                return Ok(if fails { Planned::Fails } else { Planned::Otherwise(Reached::Refused(error)) });
            }
            Err(error) => return Ok(Planned::Otherwise(Reached::Refused(error))),
        };
        // What the plan runs as it is does the same to any rows.
        for filled in if plan.already_safe { &[false][..] } else { &[true, false] } {
            let filled = filled.then(|| self.filled()).transpose()?;
            let after_plain = || {
                self.on_copy("twin", filled.as_deref(), |client| {
                    self.plain(client).and_then(|()| Picture::take(client))
                })
            };
            let Ok(expected) = after_plain() else { continue };
            let run = |client: &mut Client| {
                plan.steps().try_for_each(|step| host::run(client, step))?;
                Picture::take(client)
            };
            let reached = match self.on_copy("plan", filled.as_deref(), run) {
                Ok(reached) => reached,
                Err(error) => return Ok(Planned::Otherwise(Reached::Failed(error))),
            };
            // The plan says which triggers fire for its batches; what they write is not what the plain change leaves.
            let fires = plan.notes.iter().any(|note| note.contains(FIRING));
            let differences = if fires {
                expected.schema_differences(&reached, Likeness::SameMeaning)
            } else {
                let random = if expected.same_rows(&reached) { Vec::new() } else { expected.random(&after_plain()?) };
                expected.differences(&reached, Likeness::SameMeaning, &random)
            };
            return Ok(match differences.is_empty() {
                true => held(&plan),
                false => Planned::Otherwise(Reached::Differs(differences)),
            });
        }
        Ok(Planned::Otherwise(Reached::NoPair("the migration does not run".to_owned())))
    }

    /// Runs the migration as it is.
    fn plain(&self, client: &mut Client) -> Result<(), String> {
        let text = &*self.migration.up.text;
        if self.migration.transaction && host::batch(client, &format!("BEGIN;\n{text}\n;COMMIT")).is_ok() {
            return Ok(());
        }
        let _ = host::batch(client, "ROLLBACK");
        for statement in &parse(self.config.target, text).statements {
            host::batch(client, text.get(statement.span.range()).unwrap_or_default())?;
        }
        Ok(())
    }

    /// A copy of the database with rows that are made up, to be copied in turn: rows are not made up the same twice.
    fn filled(&self) -> Result<String, String> {
        let name = format!("{}_filled", self.base);
        self.copied(self.base, &name)?;
        let mut client = self.stage.server().connect(&name).map_err(|error| error.to_string())?;
        fill::fill_empty_tables(&mut client).map_err(|error| error.to_string())?;
        Ok(name)
    }

    /// Makes one database of another, in the place of one of that name.
    fn copied(&self, from: &str, name: &str) -> Result<(), String> {
        let mut admin = self.stage.server().connect("postgres").map_err(|error| error.to_string())?;
        host::batch(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        host::batch(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE {from}"))
    }

    /// Does something on a copy of the database, or of another one.
    fn on_copy<O>(
        &self,
        word: &str,
        of: Option<&str>,
        act: impl FnOnce(&mut Client) -> Result<O, String>,
    ) -> Result<O, String> {
        let name = format!("{}_{word}", self.base);
        self.copied(of.unwrap_or(self.base), &name)?;
        let mut client = self.stage.server().connect(&name).map_err(|error| error.to_string())?;
        act(&mut client)
    }
}

fn held(plan: &Plan) -> Planned {
    match plan.steps().find_map(|step| step.window.as_ref()) {
        Some(window) => Planned::Window(window.why.clone()),
        None if plan.already_safe => Planned::AlreadySafe,
        None => Planned::Steps,
    }
}
