//! A table is made anew with a type that changes values.

use crate::databases::effects::shown;
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::sqlite::{Affinity, rebuilds};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "type-narrowed",
        category: Category::DataLoss,
        title: "A type that cannot hold all that the old one could",
        why: "A column of numeric affinity makes a number of every text that looks like one: `007` becomes 7, `1e3` \
              becomes 1000, a long number loses digits. A type of the same affinity changes nothing.",
        source: "SQLite, Datatypes, 3",
        bad: &[Sample::new(
            USERS,
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, code INTEGER); \
             INSERT INTO new_users (id, code) SELECT id, code FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        good: &[Sample::new(
            USERS,
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, code VARCHAR(20)); \
             INSERT INTO new_users (id, code) SELECT id, code FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, code TEXT);";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for rebuild in rebuilds(view) {
        let Some((judged, _)) = rebuild.copied else { continue };
        let narrowed: Vec<String> = rebuild
            .pairs()
            .into_iter()
            .filter(|(new, old)| is_narrower(Affinity::of(&old.data_type), Affinity::of(&new.data_type)))
            .map(|(new, old)| format!("{} from {} to {}", new.name, old.data_type.name, new.data_type.name))
            .collect();
        if narrowed.is_empty() {
            continue;
        }
        let Some(mut to) = findings.statement(judged.index) else { continue };
        let table = shown(view.target(), &rebuild.old.name);
        to.flag(format!("the copy changes values of {table} that do not fit: {}", narrowed.join(", ")))
            .at(judged.statement.span)
            .verify("that every value is the same number when it is written back");
    }
}

/// Whether values are not kept as they are.
fn is_narrower(old: Affinity, new: Affinity) -> bool {
    matches!(
        (old, new),
        (Affinity::Text, Affinity::Integer | Affinity::Real | Affinity::Numeric)
            | (Affinity::Integer | Affinity::Numeric, Affinity::Real)
    )
}
