//! TRUNCATE deletes every row.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::effects::DataLossKind;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "truncate-table",
    category: Category::DataLoss,
    title: "TRUNCATE deletes every row",
    why: "With CASCADE it also empties every table that references one of them, and those that reference these, \
          whatever their ON DELETE says. No row trigger fires, and no down migration brings a row back.",
    source: "PostgreSQL docs, TRUNCATE",
    bad: &[
        Sample::new("CREATE TABLE sessions (id bigint PRIMARY KEY);", "TRUNCATE sessions;"),
        Sample::new(KEYS, "TRUNCATE users CASCADE;"),
    ],
    good: &[Sample::new("", "CREATE TABLE scratch (id bigint PRIMARY KEY); TRUNCATE scratch;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

const KEYS: &str = "CREATE TABLE users (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
    CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
    CREATE INDEX ON orders (user_id); CREATE INDEX ON items (order_id);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::Truncate { tables, cascade, .. } = &view.located.operation else { return };
    let named: Vec<_> = tables.iter().filter_map(|table| view.scene.relation(&table.name)).collect();
    let (asked, reached): (Vec<_>, Vec<_>) =
        view.old_losses(DataLossKind::Truncated).iter().map(|l| &l.relation).partition(|table| named.contains(&table.id));
    let names = |tables: &[&crate::effects::RelationRef]| {
        some_of(&tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>())
    };
    let span = view.located.span;
    if !reached.is_empty() {
        let of = if asked.is_empty() { names(&reached) } else { names(&asked) };
        findings
            .block(format!("CASCADE also empties {}, through foreign keys to {of}", names(&reached)))
            .at(span)
            .help("leave CASCADE out: the server then refuses and names the table; empty each table by name, or DELETE");
    } else if let Some(first) = asked.first().and_then(|table| view.scene.catalog.relation(table.id)) {
        findings
            .flag(format!("every row of {} is deleted", names(&asked)))
            .at(span)
            .help("if only old or wrong rows are to go, DELETE them in batches; else keep a dump (`pg_dump -t`)")
            .verify(match *cascade && !view.scene.catalog.complete {
                true => format!("which tables reference {}? CASCADE empties them, too", names(&asked)),
                false => format!("SELECT count(*) FROM {}", first.object_name().sql()),
            });
    }
}
