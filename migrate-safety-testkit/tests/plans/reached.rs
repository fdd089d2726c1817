//! Whether a plan leads from one schema to another, and keeps the rows.

use crate::host::{self, lines};
use crate::pair::Pair;
use crate::picture::{Likeness, Picture};
use crate::proof::dump;
use crate::scene::{Loan, Rows, Stage};
use migrate_safety_core::plan::{Change, Plan, PlanError, PlanOptions, plan};
use migrate_safety_core::{Config, Layout, MigrationSet, Target, replay};
use migrate_safety_testkit::fill;
use postgres::Client;
use std::collections::{BTreeMap, BTreeSet};

/// What came of a pair.
#[derive(Debug)]
pub(crate) enum Reached {
    /// The schema that was wanted, all rows kept; with what the rows that were made up do not meet, if so, and with why
    /// some of it is done in a maintenance window.
    Same { rows_forbid: Option<String>, window: Option<String> },
    /// There is no plan.
    Refused(PlanError),
    /// The server does not take one of the schemas.
    NoPair(String),
    /// The server refuses a step.
    Failed(String),
    /// Another schema than the one that was wanted.
    Differs(Vec<String>),
    /// Rows are missing or changed.
    Lost(Vec<String>),
}

impl Reached {
    /// A word for it, to be counted.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Same { rows_forbid: None, window: None } => "same",
            Self::Same { rows_forbid: Some(_), window: None } => "same, without rows",
            Self::Same { window: Some(_), .. } => "same, in a window",
            Self::Refused(PlanError::Ambiguous { .. }) => "ambiguous",
            Self::Refused(PlanError::Unsafe { .. } | PlanError::Unfaithful { .. } | PlanError::NoWayBack { .. }) => {
                "NOT HELD"
            }
            Self::Refused(PlanError::Unreachable { .. }) => "refused: unreachable",
            Self::Refused(_) => "refused",
            Self::NoPair(_) => "no pair",
            Self::Failed(_) => "STEP FAILED",
            Self::Differs(_) => "DIFFERS",
            Self::Lost(_) => "ROWS LOST",
        }
    }

    /// What is to be said besides.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Same { rows_forbid, window } => {
                [window, rows_forbid].into_iter().flatten().cloned().collect::<Vec<_>>().join("\n")
            }
            Self::Refused(error) => error.to_string(),
            Self::NoPair(error) | Self::Failed(error) => error.clone(),
            Self::Differs(differences) | Self::Lost(differences) => differences.join("\n"),
        }
    }
}

/// Plans the way, runs it, and looks where it has led.
pub(crate) fn reached(stage: &Stage, pair: &Pair) -> Result<Reached, String> {
    let wanted = stage.empty()?;
    if let Err(error) = made(&wanted, &pair.new) {
        return Ok(Reached::NoPair(format!("the new schema: {error}")));
    }
    let expected = Wanted { picture: Picture::of(&wanted)?, dump: dumped(&wanted)? };
    let plan = match planned(stage, pair) {
        Ok(plan) => Some(plan),
        Err(PlanError::Empty) => None,
        Err(error) => return Ok(Reached::Refused(error)),
    };
    let Some(plan) = plan else { return Trial { stage, pair, expected, steps: None }.run(Rows::Some) };
    let trial = Trial { stage, pair, expected, steps: Some(plan) };
    match trial.run(Rows::Some)? {
        Reached::Failed(error) => Ok(match trial.run(Rows::None)? {
            Reached::Same { window, .. } => Reached::Same { rows_forbid: Some(error), window },
            other => other,
        }),
        other => Ok(other),
    }
}

/// The plan, the schema before it read from its text.
fn planned(stage: &Stage, pair: &Pair) -> Result<Plan, PlanError> {
    let config = Config { target: Target::postgres(stage.server().major()), ..Config::default() };
    let set = MigrationSet::from_text("old.sql", &*pair.old, Layout::Plain);
    let catalog = replay(&MigrationSet { complete: true, ..set }, &config);
    let mut change = Change::to_schema(&*pair.new);
    for (from, to) in &pair.renames {
        change = change.rename(from, to);
    }
    for name in &pair.drops {
        change = change.dropped(name);
    }
    loop {
        match plan(&catalog, change.clone(), &PlanOptions { config: config.clone(), ..PlanOptions::default() }) {
            Err(PlanError::Ambiguous { candidates }) if pair.drops_all => {
                let gone: BTreeSet<String> = candidates.into_iter().map(|candidate| candidate.from).collect();
                change = gone.into_iter().fold(change, Change::dropped);
            }
            answer => return answer,
        }
    }
}

/// What the plan has to lead to.
struct Wanted {
    picture: Picture,
    dump: Vec<String>,
}

struct Trial<'t> {
    stage: &'t Stage,
    pair: &'t Pair,
    expected: Wanted,
    steps: Option<Plan>,
}

impl Trial<'_> {
    fn run(&self, rows: Rows) -> Result<Reached, String> {
        let database = self.stage.empty()?;
        if let Err(error) = made(&database, &self.pair.old) {
            return Ok(Reached::NoPair(format!("the old schema: {error}")));
        }
        let mut client = connected(&database)?;
        if rows == Rows::Some {
            fill::fill_empty_tables(&mut client).map_err(|error| error.to_string())?;
        }
        let before = contents(&mut client)?;
        for step in self.steps.iter().flat_map(Plan::steps) {
            if let Err(error) = host::run(&mut client, step) {
                return Ok(Reached::Failed(error));
            }
        }
        let lost = lost(&before, &contents(&mut client)?);
        if !lost.is_empty() {
            return Ok(Reached::Lost(lost));
        }
        let reached = Picture::take(&mut client)?;
        let mut differences = self.expected.picture.schema_differences(&reached, Likeness::SameMeaning);
        differences.extend(dump::unequal(&self.expected.dump, &dumped(&database)?));
        let window = self.steps.iter().flat_map(Plan::steps).find_map(|step| step.window.as_ref());
        let window = window.map(|window| window.why.clone());
        Ok(if differences.is_empty() {
            Reached::Same { rows_forbid: None, window }
        } else {
            Reached::Differs(differences)
        })
    }
}

/// Runs the text of a schema.
fn made(database: &Loan<'_>, schema: &str) -> Result<(), String> {
    host::batch(&mut connected(database)?, schema)
}

fn connected(database: &Loan<'_>) -> Result<Client, String> {
    database.connect().map_err(|error| error.to_string())
}

/// What `pg_dump` says, if one is named.
fn dumped(database: &Loan<'_>) -> Result<Vec<String>, String> {
    if std::env::var_os("PG_DUMP").is_some() { dump::dump(database) } else { Ok(Vec::new()) }
}

/// The rows of each table by name: how many, and a digest of each column that is stored, by name and type.
fn contents(client: &mut Client) -> Result<BTreeMap<String, Vec<String>>, String> {
    const COLUMNS: &str = "
        SELECT c.oid::regclass,
               concat_ws(', ', 'count(*)', string_agg(format(
                   '%L || md5(string_agg(%I::text, '','' ORDER BY %I::text))',
                   quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) || ' ', a.attname, a.attname), ', '
                   ORDER BY a.attname))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        GROUP BY c.oid ORDER BY 1::text";

    let mut contents = BTreeMap::new();
    for line in lines(client, COLUMNS)? {
        let (table, columns) = line.split_once(" | ").unwrap_or_default();
        let values = lines(client, &format!("SELECT {columns} FROM ONLY {table}"))?;
        let values = values.iter().flat_map(|line| line.split(" | ")).map(str::to_owned);
        contents.insert(table.to_owned(), values.collect());
    }
    Ok(contents)
}

/// Rows of tables, and values of columns, that are there under the same name and are not the same any more.
fn lost(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let both = before.iter().filter_map(|(table, old)| Some((table, old, after.get(table)?)));
    both.flat_map(|(table, old, new)| {
        let column = |value: &str| value.rsplit_once(' ').map(|(column, _)| column.to_owned());
        let changed = old.iter().enumerate().filter(move |(at, value)| {
            let same_column = |other: &&String| column(other).is_some() && column(other) == column(value);
            let other = if *at == 0 { new.first() } else { new.iter().skip(1).find(same_column) };
            other.is_some_and(|other| other != *value)
        });
        changed.map(move |(_, value)| format!("{table}: {value}"))
    })
    .collect()
}
