//! The settings of a check: what stands in the macro, before what stands in `migrate-safety.toml`.

use crate::arguments::{Arguments, Misused};
use migrate_safety_core::config::{ConfigError, ConfigFile};
use migrate_safety_core::dialect::{Dialect, Target};
use migrate_safety_core::layout::dialect::{Choice, by_manifest};
use migrate_safety_core::rules::Status;
use migrate_safety_core::{Config, Layout};
use std::path::{Path, PathBuf};

/// The settings, and the files they came from.
pub(crate) struct Settings {
    pub(crate) config: Config,
    /// From which status on a finding is an error.
    pub(crate) deny: Status,
    pub(crate) layout: Option<Layout>,
    pub(crate) migrations: Option<PathBuf>,
    pub(crate) files: Vec<PathBuf>,
}

impl Settings {
    /// `start` is where the search for the file begins.
    pub(crate) fn read(arguments: &Arguments, manifest_dir: &Path, start: &Path) -> Result<Self, Misused> {
        let misused = |error: ConfigError| arguments.misused(&error.to_string());
        let above = match ConfigFile::parse(manifest_dir.join("Cargo.toml"), &arguments.settings) {
            Ok(file) => file,
            Err(ConfigError::Wrong { line, message, .. }) => return Err(arguments.wrong_setting(line, &message)),
            Err(error) => return Err(misused(error)),
        };
        let below = ConfigFile::find(start).map_err(misused)?;
        let mut files: Vec<PathBuf> = below.iter().map(|file| file.path.clone()).collect();
        let file = overlay(above, below.unwrap_or_default());
        files.extend(file.schema.clone());
        let mut config = file.config().map_err(misused)?;
        if file.dialect.is_none() {
            config.target = target_of(start).map_err(|message| arguments.misused(&message))?;
        }
        if let Some(feature) = config.target.dialect.missing_feature() {
            return Err(arguments.misused(&format!(
                "these migrations are for {}: turn on the feature `{feature}` of migrate-safety-sqlx or \
                 migrate-safety-diesel; if they are for another server, say `dialect = \"…\"`",
                config.target
            )));
        }
        Ok(Self {
            config,
            deny: file.deny.unwrap_or(Status::Block),
            layout: file.layout,
            migrations: file.migrations,
            files,
        })
    }
}

/// The server that the name of a directory or the features of sqlx or diesel tell; where PostgreSQL is among several,
/// that.
fn target_of(migrations: &Path) -> Result<Target, String> {
    match by_manifest(migrations) {
        Choice::Named(target) | Choice::One(target, _) => Ok(target),
        Choice::Several(told) if !told.dialects.contains(&Dialect::Postgres) => {
            let names: Vec<&str> = told.dialects.iter().map(|dialect| dialect.name()).collect();
            let names = names.join(", ");
            Err(format!("for which of {names} are these migrations? Say so: `dialect = \"sqlite:3.45\"`"))
        }
        Choice::Several(_) | Choice::Untold => Ok(Target::default()),
    }
}

fn overlay(above: ConfigFile, below: ConfigFile) -> ConfigFile {
    let mut rules = below.rules;
    rules.extend(above.rules);
    let mut table_rows = below.table_rows;
    table_rows.extend(above.table_rows);
    ConfigFile {
        path: below.path,
        dialect: above.dialect.or(below.dialect),
        layout: above.layout.or(below.layout),
        migrations: above.migrations.or(below.migrations),
        schema: above.schema.or(below.schema),
        start_after: above.start_after.or(below.start_after),
        deny: above.deny.or(below.deny),
        small_table_rows: above.small_table_rows.or(below.small_table_rows),
        table_rows,
        rules,
    }
}
