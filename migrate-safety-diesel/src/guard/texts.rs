//! The SQL of migrations, recorded.

use diesel::backend::Backend;
use diesel::connection::{BoxableConnection, SimpleConnection};
use diesel::migration::Migration as DieselMigration;
use diesel::result::QueryResult;
use migrate_safety_core::layout::{Layout, Migration, MigrationSet, Source};
use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What migrations do, as text.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) set: MigrationSet,
    /// The versions that are not, or not only, SQL.
    pub(super) code: BTreeSet<String>,
}

impl Texts {
    /// Records what the migrations would execute.
    pub(super) fn record<'d, DB: Backend + 'd>(found: impl IntoIterator<Item = &'d dyn DieselMigration<DB>>) -> Self {
        let mut set = MigrationSet { layout: Layout::Diesel, complete: true, ..MigrationSet::default() };
        let mut code = BTreeSet::new();
        for migration in found {
            let (recorded, is_code) = text_of(migration);
            if is_code {
                code.insert(recorded.id.clone());
            }
            set.migrations.push(recorded);
        }
        set.migrations.sort_by(|a, b| a.id.cmp(&b.id));
        Self { set, code }
    }
}

/// A migration as text, and whether it is code.
pub(super) fn text_of<DB: Backend>(migration: &dyn DieselMigration<DB>) -> (Migration, bool) {
    let written = migration.name().to_string();
    let id = migration.name().version().to_string();
    let name = written.split_once('_').map_or("", |(_, name)| name).replace('_', " ");
    let up = record(|recorder| migration.run(recorder));
    let down = record(|recorder| migration.revert(recorder));
    let is_code = up.is_none();
    let source = |file: &str, text: String| Source { path: format!("{written}/{file}").into(), text: text.into() };
    let text = Migration {
        id,
        name,
        up: source("up.sql", up.unwrap_or_default()),
        // Whether code has a way back will be seen when it is asked for it.
        down: down.or_else(|| is_code.then(String::new)).map(|text| source("down.sql", text)),
        transaction: migration.metadata().run_in_transaction(),
        notes: Vec::new(),
    };
    (text, is_code)
}

/// What a migration executes; none if it does anything else or fails.
fn record<DB: Backend>(
    run: impl FnOnce(&mut dyn BoxableConnection<DB>) -> diesel::migration::Result<()>,
) -> Option<String> {
    let mut recorder = Recorder::default();
    // Code that takes the recorder for a connection may panic.
    let ran = catch_unwind(AssertUnwindSafe(|| run(&mut recorder)));
    match (ran, &recorder.texts[..]) {
        (Ok(Ok(())), [text]) => Some(text.clone()),
        _ => None,
    }
}

/// A connection that executes nothing.
#[derive(Default)]
struct Recorder {
    texts: Vec<String>,
}

impl SimpleConnection for Recorder {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.texts.push(query.to_owned());
        Ok(())
    }
}

impl<DB: Backend> BoxableConnection<DB> for Recorder {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
