//! A check that begins in the middle says what one from the start says.

use super::messages_resumed;
use crate::layout::{Layout, Source};
use crate::rules::RULES;
use crate::{Config, MigrationSet, check};

/// A long and quarrelsome history: the samples of all rules, one after the other.
fn history() -> MigrationSet {
    let mut set = MigrationSet { layout: Layout::Sqlx, complete: true, ..MigrationSet::default() };
    let samples = RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good));
    let texts = samples.flat_map(|sample| [(sample.before, None), (sample.sql, sample.down)]);
    for (number, (sql, down)) in texts.filter(|(sql, _)| !sql.is_empty()).enumerate() {
        let mut one = MigrationSet::from_text(format!("{number}_step.sql"), sql, Layout::Sqlx);
        for migration in &mut one.migrations {
            migration.down =
                down.map(|down| Source { path: format!("{number}_step.down.sql").into(), text: down.into() });
        }
        set.migrations.append(&mut one.migrations);
    }
    set
}

/// The states before these migrations.
fn kept(set: &MigrationSet, config: &Config, from: Option<(usize, &[u8])>, wanted: &[usize]) -> Vec<(usize, Vec<u8>)> {
    let mut kept = Vec::new();
    messages_resumed(set, config, from, wanted, &mut |index, state| kept.push((index, state))).unwrap();
    kept
}

#[test]
fn an_edit_anywhere_is_judged_as_from_the_start() {
    let mut set = history();
    let config = Config::default();
    let count = set.migrations.len();
    assert!(count > 200);
    let wanted: Vec<usize> = (1..8).map(|part| count * part / 8).collect();
    let states = kept(&set, &config, None, &wanted);
    assert_eq!(states.iter().map(|(index, _)| *index).collect::<Vec<_>>(), wanted);
    let edits = [
        "ALTER TABLE users ADD COLUMN added int NOT NULL DEFAULT random();",
        "SET search_path = other; CREATE TABLE late (id bigint PRIMARY KEY);",
        "-- migrate-safety: allow(drop-table) nobody reads it\nDROP TABLE users CASCADE;",
        "-- migrate-safety: allow(long-lock) nothing\nSELECT 1;",
        "ALTER TABLE users ADD CONSTRAINT late CHECK (id > 0) NOT VALID;",
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        // Edits pile up, so each is only behind the states before it.
        let at = count - 1 - number * count / 7;
        set.migrations[at].up.text = edit.into();
        let whole = check(&set, &config).messages();
        let (index, state) = states.iter().rfind(|(index, _)| *index <= at).unwrap();
        let mut again = Vec::new();
        let mut keep = |index, state: Vec<u8>| again.push((index, state));
        let resumed = messages_resumed(&set, &config, Some((*index, state)), &wanted, &mut keep).unwrap();
        assert!(resumed == whole, "begun at {index}, edited at {at}");
        // What a resumed check keeps is what one from the start keeps.
        let later: Vec<usize> = wanted.iter().copied().filter(|wanted| wanted > index).collect();
        assert!(again == kept(&set, &config, None, &later), "begun at {index}, edited at {at}");
    }
}

#[test]
fn what_is_not_reported_is_not_reported_either_way() {
    let set = history();
    let count = set.migrations.len();
    let start_after = Some(set.migrations[count / 2].id.clone());
    let config = Config { start_after, ..Config::default() };
    for (index, state) in kept(&set, &config, None, &[count / 4, count * 3 / 4]) {
        let resumed = messages_resumed(&set, &config, Some((index, &state)), &[], &mut |_, _| {}).unwrap();
        assert!(resumed == check(&set, &config).messages(), "{index}");
    }
}

#[test]
fn bytes_of_something_else_are_refused() {
    let set = history();
    let config = Config::default();
    let states = kept(&set, &config, None, &[10, 20]);
    let [(_, ten), (_, twenty)] = states.as_slice() else { panic!("two states") };
    let refused = |from| messages_resumed(&set, &config, Some(from), &[], &mut |_, _| panic!("kept")).is_none();
    assert!(refused((10, twenty)));
    assert!(refused((10, &ten[..ten.len() - 1])));
    assert!(refused((0, &[])));
    assert!(refused((1000, b"some bytes")));
}

#[test]
fn prepared_statements_are_not_kept() {
    let mut set = MigrationSet::from_text("1_prepare.sql", "PREPARE p AS SELECT 1;", Layout::Sqlx);
    set.append(MigrationSet::from_text("2_use.sql", "EXECUTE p;", Layout::Sqlx));
    assert!(kept(&set, &Config::default(), None, &[1]).is_empty());
}
