//! A constraint that rows of the table may violate.

use super::demand::Demand;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::{ColumnId, Constraint, ConstraintKind, Index, RelationId, Table};
use crate::sql::expr::Expr;
use crate::sql::operation::{PartitionBound, TableAction, Update};
use crate::sql::{Ident, Operation};

const ORDERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, number text, total int); CREATE INDEX orders_user_idx ON orders (user_id);";
const SMALL: &[(&str, u64)] = &[("public.users", 5000), ("public.orders", 5000)];

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "rows-may-violate",
    category: Category::ConstraintValidation,
    title: "A constraint that rows of the table may violate",
    why: "The server checks all rows before it accepts the constraint, and one row that violates it fails the migration: on the database that matters, not on the empty one it was written on. A unique index that is built CONCURRENTLY stays behind, invalid.",
    source: "PostgreSQL docs, ALTER TABLE, Notes; CREATE INDEX, Building Indexes Concurrently",
    bad: &[
        Sample::new(ORDERS, "ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);").rows(SMALL),
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint); CREATE INDEX orders_user_idx ON orders (user_id); ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
            "ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;",
        ),
        Sample::new(
            ORDERS,
            "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY orders_number_key ON orders (number);",
        ),
    ],
    good: &[
        Sample::new(ORDERS, "ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;").with(&["writes-may-violate"]),
        Sample::new(
            ORDERS,
            "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY orders_user_key ON orders (user_id, id);",
        ),
        Sample::new(
            "",
            "CREATE TABLE coupons (id bigint PRIMARY KEY, code text); ALTER TABLE coupons ADD CONSTRAINT coupons_code_key UNIQUE (code);",
        ),
    ],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Some((table, demand)) = demanded(view) else { return };
    let Some(relation) = view.scene.catalog.relation(table) else { return };
    if !is_read(view, table) || demand.as_ref().is_some_and(|demand| holds_already(view, table, demand)) {
        return;
    }
    let name = relation.qualified();
    let Some(demand) = demand else {
        let message = format!("this fails if rows of {name} conflict with each other or with the constraint");
        findings.flag(message).at(view.located.span).verify(format!("do the rows of {name} satisfy the constraint?"));
        return;
    };
    if view.judged.empty.contains(&table) {
        return;
    }
    let at = view.located.span;
    let violation = demand.violation(&name);
    match state(view, table, &demand) {
        Rows::Meet => {}
        Rows::Fail(why) => {
            findings
                .block(format!("this fails if {name} has rows: {why}"))
                .at(at)
                .help("add the column in a migration before, fill it, and demand this last");
        }
        Rows::Changed(line) => {
            findings
                .flag(format!("this fails if, after the change on line {line}, {violation}"))
                .at(at)
                .help("mend the rows in a migration before this one, and count what is left before this ships")
                .verify(format!("does the change on line {line} leave no such row?"));
        }
        Rows::Asked(question) => {
            findings.flag(format!("this fails if {violation}")).at(at).verify(question);
        }
        Rows::Old => {
            findings
                .flag(format!("this fails if {violation}"))
                .at(at)
                .help("run the query on the live database before this ships; mend what it counts first")
                .verify(demand.count(&from(view, table, &demand, relation.object_name().sql())));
        }
    }
}

/// What is known of the rows that a demand is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rows {
    /// They were there before, nobody knows.
    Old,
    /// They meet it.
    Meet,
    /// They do not, for this reason.
    Fail(&'static str),
    /// This migration has changed them, last on this line.
    Changed(u32),
    /// Only somebody can tell who answers this question.
    Asked(String),
}

fn state(view: &OperationView<'_>, table: RelationId, demand: &Demand) -> Rows {
    let column = new_column(view, table, demand);
    match mended(view, table, demand) {
        Mended::Surely => return Rows::Meet,
        Mended::By(line) => return Rows::Changed(line),
        Mended::Not => {}
    }
    match (column, demand) {
        (Some(New::Empty), _) if demand.accepts_null() => Rows::Meet,
        (Some(New::Empty), _) => Rows::Fail("nothing has filled the new column"),
        (Some(New::Same), Demand::Unique(unique)) if unique.keys.len() == 1 => {
            Rows::Fail("every row has the same default")
        }
        (Some(New::Same | New::Own), Demand::ForeignKey(reference)) => {
            Rows::Asked(format!("does {} have the row that the default references?", reference.table_name))
        }
        (Some(New::Same | New::Own), _) => Rows::Meet,
        (None, Demand::NotNull(column)) if was_not_null(view, table, column) => Rows::Meet,
        (None, Demand::ForeignKey(reference)) if is_fresh(view, &reference.table_name) => {
            Rows::Asked(format!("has {} a row for each value by then?", reference.table_name))
        }
        (None, _) => Rows::Old,
    }
}

/// Whether a column lost its NOT NULL in this migration only.
fn was_not_null(view: &OperationView<'_>, table: RelationId, column: &Ident) -> bool {
    view.before_it().any(|judged| match &judged.located.operation {
        Operation::AlterTable(alter) => {
            matches!(&alter.action, TableAction::DropNotNull { column: dropped } if dropped == column)
                && view.scene.relation(&alter.table) == Some(table)
        }
        _ => false,
    })
}

/// Whether this migration made a relation.
fn is_fresh(view: &OperationView<'_>, name: &str) -> bool {
    let locks = view.effects.locks.iter().map(|lock| &lock.relation);
    locks.filter(|relation| view.judged.fresh.contains(&relation.id)).any(|relation| relation.name == name)
}

/// The table whose rows are checked and what is demanded of them; no demand: none that a query can tell.
fn demanded(view: &OperationView<'_>) -> Option<(RelationId, Option<Demand>)> {
    let scene = &view.scene;
    if let Operation::CreateIndex(index) = scene.operation {
        return index.unique.then_some((scene.relation(&index.table)?, Some(Demand::index(index))));
    }
    if let Operation::CreateTable(table) = scene.operation {
        let (parent, bound) = table.partition_of.as_ref()?;
        return default_partition(view, scene.relation(parent)?, bound);
    }
    let target = scene.target()?;
    match scene.action()? {
        TableAction::AttachPartition { partition, bound } => {
            let partition = scene.relation(partition)?;
            if !is_read(view, partition) {
                return default_partition(view, target.id, bound);
            }
            let condition = scene.catalog.bound_condition(target.id, bound);
            Some((partition, condition.map(|condition| Demand::Check(condition, "lies outside the bounds"))))
        }
        TableAction::AddConstraint(constraint) if !constraint.not_valid && !constraint.not_enforced => {
            Some((target.id, Demand::added(scene, constraint)))
        }
        TableAction::SetNotNull { column } => Some((target.id, Some(Demand::NotNull(column.clone())))),
        TableAction::ValidateConstraint { name } | TableAction::AlterConstraint { name, enforced: Some(true), .. } => {
            let table = target.table()?;
            Some((target.id, Demand::kept(scene.catalog, table, table.constraint(name)?)))
        }
        _ => None,
    }
}

/// What a new partition demands of the rows of the default one.
fn default_partition(
    view: &OperationView<'_>,
    parent: RelationId,
    bound: &PartitionBound,
) -> Option<(RelationId, Option<Demand>)> {
    let default = view.scene.catalog.partitions_default(parent)?;
    let condition = view.scene.catalog.bound_condition(parent, bound);
    let demand = condition.map(|c| Demand::Check(format!("({c}) IS NOT TRUE"), "belongs to the new partition"));
    Some((default, demand))
}

/// Whether the server looks at rows that were there before the migration, of the table or of one below it.
fn is_read(view: &OperationView<'_>, table: RelationId) -> bool {
    let below = view.scene.catalog.descendants(table);
    let read = view.effects.scans.iter().filter(|read| read.id == table || below.contains(&read.id));
    let old = read.filter(|read| !view.judged.fresh.contains(&read.id));
    old.into_iter().any(|read| view.sizing.rows(read) != Some(0))
}

/// The table in a query: without those below it where the constraint, or the operation, leaves them out.
fn from(view: &OperationView<'_>, table: RelationId, demand: &Demand, name: String) -> String {
    let only = view.scene.alter().is_some_and(|alter| alter.only);
    match demand {
        Demand::Unique(_) | Demand::ForeignKey(_) => super::demand::only(view.scene.catalog, table, name),
        _ if only => format!("ONLY {name}"),
        _ => name,
    }
}

/// Whether something that the server does not take as a proof, or took away in this migration, says that all rows meet
/// the demand.
fn holds_already(view: &OperationView<'_>, id: RelationId, demand: &Demand) -> bool {
    let catalog = view.scene.catalog;
    let Some(table) = catalog.table(id) else { return false };
    let gone = || view.before_it().flat_map(|judged| &judged.removed.constraints);
    let taken = gone().filter(|(from, _)| *from == id).map(|(_, constraint)| constraint);
    match demand {
        Demand::ForeignKey(_) => {
            let wanted = demand.count("");
            let demands_the_same = |known: &Constraint| {
                matches!(known.kind, ConstraintKind::ForeignKey(_))
                    && known.valid
                    && known.enforced
                    && Demand::kept(catalog, table, known).is_some_and(|known| known.count("") == wanted)
            };
            table.constraints.iter().chain(taken).any(demands_the_same)
        }
        Demand::Check(condition, _) => table.constraints.iter().chain(taken).any(|known| {
            known.valid
                && known.enforced
                && matches!(&known.kind, ConstraintKind::Check { expression, .. } if expression.sql.trim() == condition)
        }),
        Demand::NotNull(_) => false,
        Demand::Unique(unique) => {
            let gone = view.before_it().flat_map(|judged| &judged.removed.relations).filter_map(|r| r.index());
            let kept = table.indexes.iter().filter_map(|index| catalog.index(*index));
            kept.chain(gone).any(|index| index.table == id && is_unique_over(table, index, &unique.keys, demand))
        }
    }
}

/// Whether an index makes sure that no two rows have the same values in these columns.
fn is_unique_over(table: &Table, index: &Index, keys: &[String], demand: &Demand) -> bool {
    let column = |id: ColumnId| table.column_by_id(id);
    let in_key = |id: ColumnId| column(id).is_some_and(|column| keys.contains(&column.name.sql()));
    let filled = |id: ColumnId| column(id).is_some_and(|column| column.not_null);
    let columns: Option<Vec<ColumnId>> = index.keys.iter().map(|key| key.column).collect();
    let Some(columns) = columns else { return false };
    let all_filled = || table.columns.iter().filter(|c| keys.contains(&c.name.sql())).all(|c| c.not_null);
    index.unique
        && index.valid
        && index.predicate.is_none()
        && !columns.is_empty()
        && columns.iter().all(|id| in_key(*id))
        && (demand.accepts_null() || (columns.iter().all(|id| filled(*id)) && all_filled()))
}

/// What is in a column that is new in this migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum New {
    /// NULL in every row.
    Empty,
    /// The same default in every row.
    Same,
    /// A value of its own in every row.
    Own,
}

/// The state of the demand's columns that are new in this migration, if any is.
fn new_column(view: &OperationView<'_>, table: RelationId, demand: &Demand) -> Option<New> {
    let mut found = None;
    for judged in view.before_it() {
        let Operation::AlterTable(alter) = &judged.located.operation else { continue };
        let TableAction::AddColumn { column, .. } = &alter.action else { continue };
        if view.scene.relation(&alter.table) != Some(table) || !concerns(demand, &column.name) {
            continue;
        }
        let default = column.default.as_ref().map(|default| &default.expr).filter(|expr| !matches!(expr, Expr::Null));
        let own = column.serial || column.identity.is_some() || column.generated.is_some();
        found = match default {
            _ if own => Some(New::Own),
            None => return Some(New::Empty),
            Some(expr) if view.scene.catalog.contains_volatile_functions(expr) == Some(false) => Some(New::Same),
            Some(_) => Some(New::Own),
        };
    }
    found
}

/// Whether a demand is about a column.
fn concerns(demand: &Demand, column: &Ident) -> bool {
    match demand {
        Demand::Check(condition, _) => mentions(condition, column),
        Demand::Unique(unique) => unique.keys.iter().any(|key| mentions(key, column)),
        _ => demand.columns().contains(&column.sql()),
    }
}

/// Whether a condition has this word.
fn mentions(condition: &str, column: &Ident) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    condition.split(|c| !is_word(c)).any(|word| word.eq_ignore_ascii_case(column))
}

/// Whether the migration changes the rows before it demands something of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mended {
    Not,
    /// By a statement, on a line.
    By(u32),
    /// All of them.
    Surely,
}

fn mended(view: &OperationView<'_>, table: RelationId, demand: &Demand) -> Mended {
    let mut found = Mended::Not;
    for judged in view.before_it() {
        let changed = match &judged.located.operation {
            Operation::Update(update) if update.assignments.iter().any(|(column, _)| concerns(demand, column)) => {
                &update.table
            }
            Operation::Delete(delete) => &delete.table,
            _ => continue,
        };
        if view.scene.relation(&changed.name) != Some(table) {
            continue;
        }
        match &judged.located.operation {
            Operation::Update(update) if fills(update, demand) => return Mended::Surely,
            _ => found = Mended::By(judged.located.span.start.line),
        }
    }
    found
}

/// Whether an UPDATE leaves no NULL in the column that must have none.
fn fills(update: &Update, demand: &Demand) -> bool {
    let Demand::NotNull(column) = demand else { return false };
    let is_it = |expr: &Expr| matches!(expr, Expr::Column { name, .. } if name == column);
    let all = update
        .filter
        .as_ref()
        .is_none_or(|filter| matches!(filter, Expr::IsNull { expr, negated: false } if is_it(expr)));
    let value = |(name, value): &(Ident, Expr)| name == column && is_a_value(value);
    all && update.assignments.iter().any(value)
}

/// Whether an expression is a constant other than NULL, or falls back on one.
fn is_a_value(expr: &Expr) -> bool {
    match expr {
        Expr::Bool(_) | Expr::Number(_) | Expr::String(_) | Expr::Array(_) => true,
        Expr::Cast { expr, .. } => is_a_value(expr),
        Expr::Call { name, args } if name.name == *"coalesce" => args.last().is_some_and(is_a_value),
        Expr::Call { name, args } => {
            args.is_empty() && matches!(&*name.name, "now" | "current_timestamp" | "gen_random_uuid" | "current_date")
        }
        _ => false,
    }
}
