//! The migrations that are reviewed, from their files.

use migrate_safety_core::layout::{Layout, MigrationSet, Source};
use migrate_safety_core::{Config, Report, Target, check};

pub(crate) const SHOP: &str = include_str!("shop.sql");

const FILES: &[&str] = &[
    include_str!("cases/constraints.sql"),
    include_str!("cases/data.sql"),
    include_str!("cases/locks.sql"),
    include_str!("cases/releases.sql"),
];

/// A migration of the shop.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What an earlier migration did.
    pub(crate) before: &'static str,
    pub(crate) sql: &'static str,
}

/// Those of a file that `REVIEW_FILE` names, or ours.
pub(crate) fn cases() -> Vec<Case> {
    let own: Option<&'static str> =
        std::env::var("REVIEW_FILE").ok().map(|path| &*std::fs::read_to_string(path).unwrap().leak());
    let files = own.as_ref().map_or(FILES, std::slice::from_ref);
    let blocks = files.iter().flat_map(|file| file.split("-- case: ").skip(1));
    blocks
        .map(|block| {
            let (name, rest) = block.split_once('\n').unwrap();
            let (before, sql) = match rest.strip_prefix("-- before\n") {
                Some(rest) => rest.split_once("-- migration\n").unwrap(),
                None => ("", rest),
            };
            Case { name, before, sql }
        })
        .collect()
}

impl Case {
    fn set(&self, host: Layout) -> MigrationSet {
        let mut set = MigrationSet::from_text("2_reviewed.sql", self.sql, host);
        if host == Layout::Diesel {
            // `metadata.toml` says it there.
            set.migrations[0].transaction = !self.sql.starts_with("-- no-transaction");
        }
        set.complete = true;
        set
    }

    /// Whether the host runs it in a transaction.
    pub(crate) fn transaction(&self) -> bool {
        self.set(Layout::Sqlx).migrations[0].transaction
    }

    pub(crate) fn check(&self, host: Layout, major: u16) -> Report {
        let schema = Source { path: "schema.sql".into(), text: format!("{SHOP}{}", self.before).into() };
        let config = Config { target: Target::postgres(major), schema: Some(schema), ..Config::default() };
        check(&self.set(host), &config)
    }
}
