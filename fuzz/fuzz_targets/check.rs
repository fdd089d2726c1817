//! Checking any history ends, in every layout and for every version, and all that is found lies inside its text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use migrate_safety_core::dialect::{Dialect, Target};
use migrate_safety_core::report::Colour;
use migrate_safety_core::{Config, Layout, MigrationSet, check, replay};

/// Between two migrations.
const PAGE: char = '\u{c}';

fuzz_target!(|input: (u8, u8, bool, &str)| {
    let (version, layout, complete, texts) = input;
    let versions = Target::NEWEST_POSTGRES - Target::OLDEST_POSTGRES + 1;
    let others = [Target::mysql(800), Target::mariadb(1011), Target::sqlite(345), Target::sqlite(353)];
    let target = match others.get(usize::from(version) % 16) {
        Some(other) => *other,
        None => Target::postgres(Target::OLDEST_POSTGRES + u16::from(version) % versions),
    };
    let layout = [Layout::Sqlx, Layout::Diesel, Layout::Plain][usize::from(layout) % 3];
    let mut set = MigrationSet::default();
    for (number, text) in texts.split(PAGE).enumerate() {
        set.append(MigrationSet::from_text(format!("{number}_x.sql"), text, layout));
    }
    set.complete = complete;
    let config = Config { target, ..Config::default() };
    let report = check(&set, &config);
    for migration in &report.migrations {
        for finding in migration.all_findings() {
            assert!(!finding.message.is_empty());
            assert!(finding.span.is_none_or(|span| migration.text.get(span.range()).is_some()));
        }
        for statement in &migration.statements {
            assert_eq!(migration.text.get(statement.span.range()), Some(&*statement.sql));
        }
    }
    let _ = (report.to_json(), report.to_sarif(), report.to_github());
    let _ = (report.to_text(Colour::Never), report.to_markdown());
    if target.dialect != Dialect::Postgres {
        return;
    }
    // What the catalog prints can be read again.
    let catalog = replay(&set, &config);
    let printed = MigrationSet::from_text("catalog.sql", catalog.to_sql(), Layout::Plain);
    let _ = check(&printed, &config);
});
