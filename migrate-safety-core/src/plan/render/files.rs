//! A plan as files of migrations.

use super::migration::{self, Way};
use super::style::Style;
use crate::layout::Layout;
use crate::plan::{Plan, Step};
use crate::written::slug;
use std::path::PathBuf;

/// A file of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedFile {
    /// With which release it ships.
    pub(super) release: u32,
    /// Its place in the directory of that release.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Plan {
    /// The migrations, in order, each with its files.
    pub(super) fn files(&self, layout: Layout, style: &mut Style) -> Vec<PlannedFile> {
        let mut files = Vec::new();
        for phase in &self.phases {
            for step in phase.steps.iter().filter(|step| step.is_migration()) {
                let name = format!("{}{}", style.next(), slug(&step.id, &step.title));
                let texts = step.texts(layout, style.reversible);
                files.extend(texts.into_iter().map(|(ending, text)| PlannedFile {
                    release: phase.release,
                    path: PathBuf::from(format!("{name}{ending}")),
                    text,
                }));
            }
        }
        files
    }
}

impl Step {
    /// The endings of its files' names, and what is in them.
    fn texts(&self, layout: Layout, reversible: bool) -> Vec<(&'static str, String)> {
        let (up, down) = (Way::up(self), Way::down(self));
        match layout {
            Layout::Diesel => {
                // diesel knows one mode for both ways. Several statements are one message to the server, and so one
                // transaction, even where the migration has none.
                let transaction = up.transaction && down.transaction;
                let mut texts = vec![("/up.sql", up.text), ("/down.sql", down.text)];
                if !transaction {
                    texts.push(("/metadata.toml", "run_in_transaction = false\n".to_owned()));
                }
                texts
            }
            Layout::Sqlx | Layout::Plain => {
                let [up, down] = [up, down].map(|way| migration::marked(&way, self.server()));
                match (layout, reversible) {
                    (Layout::Sqlx, true) => vec![(".up.sql", up), (".down.sql", down)],
                    (_, true) => vec![(".sql", up), (".down.sql", down)],
                    (_, false) => vec![(".sql", up)],
                }
            }
        }
    }
}
