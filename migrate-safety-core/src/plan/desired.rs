//! From the present schema to a desired one.

mod clear;
mod hints;
mod names;
mod remake;
mod uncompared;

pub(super) use names::follow;

use super::error::PlanError;
use super::state::State;
use crate::catalog::diff::{Change, Closeness, Difference, ObjectKind, diff};
use crate::catalog::{Catalog, Stamp, in_pass_order};
use crate::dialect::Target;
use crate::layout::Layout;
use crate::sql::operation::{ConstraintDef, ConstraintKind, TableAction};
use crate::sql::{LocatedOperation, ObjectName, Operation, ProblemKind, parse};
use hints::Hint;

/// A schema that is to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Desired {
    sql: String,
    hints: Vec<Hint>,
}

impl Desired {
    pub(super) fn new(sql: String) -> Self {
        Self { sql, hints: Vec::new() }
    }

    pub(super) fn rename(&mut self, from: String, to: String) {
        self.hints.push(Hint { name: from, to: Some(to) });
    }

    pub(super) fn dropped(&mut self, name: String) {
        self.hints.push(Hint { name, to: None });
    }

    /// The schema as SQL.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// What was told of names: the new name, or that it is dropped.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub(super) fn hints(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.hints.iter().map(|hint| (&*hint.name, hint.to.as_deref()))
    }

    /// What it says besides that is no part of what is compared, for people.
    pub(super) fn uncompared(&self, target: Target) -> Option<String> {
        uncompared::told(target, &self.sql)
    }

    /// The statements that lead from a schema to this one, in an order in which they run.
    pub(super) fn statements(&self, present: &State) -> Result<Vec<String>, PlanError> {
        let desired = schema(present.catalog.target(), &self.sql)?;
        let mut state = without_bookkeeping(present);
        let mut made = Vec::new();
        for hint in &self.hints {
            let mut statements = hint.statements((&state.catalog, &present.catalog), &desired)?;
            let tried = state.tried(&statements).or_else(|message| {
                // What hangs on what is dropped is made again where it is wanted.
                let found = hint.dropped(&state.catalog).ok_or_else(|| message.clone())?;
                statements.splice(0..0, clear::everything(&state.catalog, &desired, &found));
                state.tried(&statements).map_err(|_| message)
            });
            state = tried.map_err(|message| hint.wrong(message))?;
            made.extend(statements);
        }
        let candidates = names::ambiguous(&state.catalog, &desired);
        if !candidates.is_empty() {
            return Err(PlanError::Ambiguous { candidates });
        }
        for statements in [names::follow, surplus_views] {
            let open = statements(&state.catalog, &desired).into_iter().map(|sql| vec![sql]);
            run(&mut state, open.collect(), &mut made);
        }
        while remake::repartition(&mut state, &desired, &mut made) {}
        loop {
            match reach(&mut state, &desired, &mut made) {
                Ok(()) => break,
                Err(PlanError::Unreachable { differences }) => {
                    // What has been detached keeps the names that it had.
                    let before = made.len();
                    let open = names::follow(&state.catalog, &desired).into_iter().map(|sql| vec![sql]);
                    run(&mut state, open.collect(), &mut made);
                    if made.len() == before && !remake::retype(&mut state, &desired, &differences, &mut made) {
                        return Err(PlanError::Unreachable { differences });
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.with_rights(present.catalog.target(), made))
    }

    /// What is made gets the rights that the schema gives on it. Other rights are no part of what is compared.
    fn with_rights(&self, target: Target, made: Vec<String>) -> Vec<String> {
        let script = parse(target, &self.sql);
        let granting = script.statements.iter().filter_map(|statement| match &*statement.operations {
            [LocatedOperation { operation: Operation::Grant { relations, .. }, .. }] if !relations.is_empty() => {
                Some((relations, self.sql.get(statement.span.range())?))
            }
            _ => None,
        });
        let granting: Vec<(&Vec<ObjectName>, &str)> = granting.collect();
        if granting.is_empty() {
            return made;
        }
        let mut with_rights = Vec::new();
        for sql in made {
            let name = relation_made(target, &sql);
            with_rights.push(sql);
            let Some(name) = name else { continue };
            let is_it = |other: &ObjectName| {
                let in_public = |name: &ObjectName| name.schema.as_ref().is_none_or(|schema| **schema == *"public");
                other.name == name.name && (other.schema == name.schema || in_public(other) && in_public(&name))
            };
            let of_it = granting.iter().filter(|(relations, _)| relations.iter().any(is_it));
            with_rights.extend(of_it.map(|(_, sql)| (*sql).to_owned()));
        }
        with_rights
    }
}

/// The relation that a statement makes.
fn relation_made(target: Target, sql: &str) -> Option<ObjectName> {
    match &parse(target, sql).statements.first()?.operations.first()?.operation {
        Operation::CreateTable(create) => Some(create.name.clone()),
        Operation::CreateView(create) => Some(create.name.clone()),
        Operation::CreateMaterializedView { name, .. } | Operation::CreateSequence { name, .. } => Some(name.clone()),
        _ => None,
    }
}

/// Compares, changes what can be changed, and compares again: what was in the way may be gone.
pub(super) fn reach(state: &mut State, desired: &Catalog, made: &mut Vec<String>) -> Result<(), PlanError> {
    let mut last: Vec<String> = Vec::new();
    loop {
        let mut differences = diff(desired, &state.catalog, Closeness::Meaning);
        if differences.is_empty() {
            return Ok(());
        }
        differences.sort_by_cached_key(|difference| turn(state.catalog.target(), difference));
        let before = made.len();
        // What leaves the same differences helps nobody: a view of `SELECT *` that is made again before a column is gone.
        let told = told(&differences);
        if told != last {
            let open = keys_last(state.catalog.target(), &differences);
            run(state, open, made);
        }
        let goes_on = made.len() > before || unblocked(state, desired, &differences, made);
        if !goes_on || made.len() > MOST_STATEMENTS {
            return Err(PlanError::Unreachable { differences });
        }
        last = told;
    }
}

/// Differences in words: what has been made anew is not the same object, and may differ as before.
pub(super) fn told(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(ToString::to_string).collect()
}

/// Where the server takes none of what would make differences good: takes away what is in the way, or begins with a part.
/// Whether that has helped.
pub(super) fn unblocked(
    state: &mut State,
    wanted: &Catalog,
    differences: &[Difference],
    made: &mut Vec<String>,
) -> bool {
    begin(state, differences, made) || clear::clear(state, wanted, differences, made)
}

/// Of what the server does not take as a whole, what comes first: of tables that refer to each other, the tables.
fn begin(state: &mut State, differences: &[Difference], made: &mut Vec<String>) -> bool {
    let before = made.len();
    for difference in differences.iter().filter(|difference| difference.change == Change::Missing) {
        for sql in plainly(difference) {
            let Ok(next) = state.tried(std::slice::from_ref(&sql)) else { break };
            *state = next;
            made.push(sql);
        }
    }
    made.len() > before
}

/// Runs what the server takes, again and again, until nothing more of it is taken.
fn run(state: &mut State, mut open: Vec<Vec<String>>, made: &mut Vec<String>) {
    loop {
        let waiting = open.len();
        open.retain(|statements| match state.tried(statements) {
            Ok(next) => {
                *state = next;
                made.extend_from_slice(statements);
                false
            }
            Err(_) => true,
        });
        if open.len() == waiting {
            return;
        }
    }
}

/// Views that are not wanted hold fast what they read, so they go first.
fn surplus_views(present: &Catalog, desired: &Catalog) -> Vec<String> {
    let surplus = present.relations().filter(|relation| desired.resolve(&relation.object_name()).found().is_none());
    let views = surplus.filter_map(|relation| {
        let word = if relation.view()?.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        Some(format!("DROP {word} {}", relation.object_name().sql()))
    });
    views.collect()
}

/// No schema takes more; what goes on for longer goes round in circles.
const MOST_STATEMENTS: usize = 100_000;

/// What is missing or different is made first, in the order of kinds: a new value of an enum before the index that names
/// it. What is too much goes last, in the reverse order.
///
/// What is computed from columns comes when these are as they will be.
fn turn(target: Target, difference: &Difference) -> (bool, i16, bool, Change) {
    let is_extra = difference.change == Change::Extra;
    let kind = difference.kind as i16;
    let computes = |sql: &String| match table_action(target, sql) {
        Some(TableAction::AddColumn { column, .. }) => column.generated.is_some(),
        _ => false,
    };
    let is_new_column = difference.kind == ObjectKind::Column && difference.change == Change::Missing;
    let is_computed = is_new_column && difference.sql.iter().any(computes);
    (is_extra, if is_extra { -kind } else { kind }, is_computed, difference.change)
}

/// What a statement does to a table, if it is that.
fn table_action(target: Target, sql: &str) -> Option<TableAction> {
    match &*parse(target, sql).statements {
        [statement] => match &*statement.operations {
            [LocatedOperation { operation: Operation::AlterTable(alter), .. }] => Some(alter.action.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The statements of each difference; foreign keys of new partitioned tables when their partitions are there.
fn keys_last(target: Target, differences: &[Difference]) -> Vec<Vec<String>> {
    let (mut all, mut keys) = (Vec::new(), Vec::new());
    for difference in differences {
        let statements = plainly(difference);
        let is_new = difference.change == Change::Missing && difference.kind == ObjectKind::Table;
        let is_split = is_new && statements.iter().any(|sql| makes_partitioned(target, sql));
        let is_key = |sql: &String| {
            let is_foreign = |def: &ConstraintDef| matches!(def.kind, ConstraintKind::ForeignKey(_));
            is_split && matches!(table_action(target, sql), Some(TableAction::AddConstraint(def)) if is_foreign(&def))
        };
        let (later, first): (Vec<String>, Vec<String>) = statements.into_iter().partition(is_key);
        all.push(first);
        keys.extend(later.into_iter().map(|sql| vec![sql]));
    }
    all.extend(keys);
    all.retain(|sql| !sql.is_empty());
    all
}

/// The statements as one would write them without fear.
fn plainly(difference: &Difference) -> Vec<String> {
    difference.sql.iter().map(|sql| without_concurrently(sql)).collect()
}

/// Whether a statement makes a table with partitions.
fn makes_partitioned(target: Target, sql: &str) -> bool {
    let script = parse(target, sql);
    let mut operations = script.statements.iter().flat_map(|statement| &statement.operations);
    operations
        .any(|located| matches!(&located.operation, Operation::CreateTable(create) if create.partition_by.is_some()))
}

fn without_concurrently(sql: &str) -> String {
    sql.replacen("INDEX CONCURRENTLY ", "INDEX ", 1)
}

/// The schema that a script makes on an empty database.
fn schema(target: Target, sql: &str) -> Result<Catalog, PlanError> {
    let mut catalog = Catalog::new(target, true);
    for statement in &parse(target, sql).statements {
        let text = || sql.get(statement.span.range()).unwrap_or_default().to_owned();
        let unread = |kind| !matches!(kind, ProblemKind::PsqlCommand | ProblemKind::CopyData);
        if let Some(problem) = statement.problems.iter().find(|problem| unread(problem.kind)) {
            return Err(PlanError::Unreadable {
                line: problem.span.start.line,
                column: problem.span.start.column,
                message: problem.message.to_string(),
                sql: text(),
            });
        }
        for located in in_pass_order(&statement.operations) {
            let conflicts = catalog.apply(&located.operation, Stamp::BEFORE).conflicts;
            if let Some(conflict) = conflicts.into_iter().next() {
                return Err(PlanError::DesiredFails { message: conflict.message, sql: text() });
            }
        }
    }
    catalog.reset_search_path();
    Ok(without_bookkeeping(&State::new(&catalog)).catalog)
}

/// The table in which a host records what it has run belongs to the host.
fn without_bookkeeping(state: &State) -> State {
    let tables = Layout::ALL.into_iter().filter_map(Layout::bookkeeping_table);
    let drops: Vec<String> = tables.map(|table| format!("DROP TABLE IF EXISTS {table}")).collect();
    state.with(drops.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::error::PlanError;

    fn catalog(sql: &str) -> State {
        State::new(&Catalog::new(Target::postgres(16), true)).with([sql])
    }

    fn statements(present: &str, desired: &str, hints: &[(&str, &str)]) -> Result<Vec<String>, PlanError> {
        let mut wanted = Desired::new(desired.to_owned());
        for (name, to) in hints {
            if to.is_empty() {
                wanted.dropped((*name).to_owned());
            } else {
                wanted.rename((*name).to_owned(), (*to).to_owned());
            }
        }
        let statements = wanted.statements(&catalog(present))?;
        let reached = catalog(present).tried(&statements).unwrap();
        assert_eq!(diff(&catalog(desired).catalog, &reached.catalog, Closeness::Meaning), [], "{statements:#?}");
        Ok(statements)
    }

    #[test]
    fn statements_lead_there_in_an_order_that_runs() {
        for (present, desired) in [
            (
                "CREATE TABLE a (id int PRIMARY KEY);",
                "CREATE TABLE a (id int PRIMARY KEY, b text NOT NULL DEFAULT '');",
            ),
            (
                "CREATE TABLE a (id int PRIMARY KEY);",
                "CREATE TABLE z (id int PRIMARY KEY); CREATE TYPE mood AS ENUM ('ok');
                 CREATE TABLE a (id int PRIMARY KEY, z int REFERENCES z, mood mood); CREATE INDEX a_z ON a (z);
                 CREATE VIEW v AS SELECT id, mood FROM a;",
            ),
            (
                "CREATE TABLE z (id int PRIMARY KEY); CREATE TABLE a (id int PRIMARY KEY, z int REFERENCES z);
                 CREATE VIEW v AS SELECT z FROM a; CREATE INDEX a_z ON a (z);",
                "CREATE TABLE a (id int PRIMARY KEY);",
            ),
            (
                "CREATE TABLE a (id int, n varchar(10) DEFAULT 'x', CONSTRAINT k CHECK (id > 0));
                 CREATE VIEW v AS SELECT id FROM a;",
                "CREATE TABLE a (id bigint NOT NULL, n text, CONSTRAINT k CHECK (id > 1));",
            ),
            ("CREATE VIEW a AS SELECT 1 AS id;", "CREATE TABLE a (id int);"),
            ("CREATE TABLE a (id int);", "SET search_path = ''; CREATE TABLE public.a (id int, \"B c\" int);"),
            ("CREATE TABLE a (id int); CREATE TABLE _sqlx_migrations (version bigint);", "CREATE TABLE a (id bigint);"),
        ] {
            statements(present, desired, &[]).unwrap_or_else(|error| panic!("{present}\n{desired}\n{error}"));
        }
    }

    #[test]
    fn a_new_name_is_asked_for_and_never_guessed() {
        let present =
            "CREATE TABLE users (id serial PRIMARY KEY, name text); CREATE INDEX users_name_idx ON users (name);";
        let desired = "CREATE TABLE people (id serial PRIMARY KEY, full_name text);
                       CREATE INDEX people_full_name_idx ON people (full_name);";
        let ambiguous = statements(present, desired, &[]).unwrap_err();
        assert!(matches!(ambiguous, PlanError::Ambiguous { .. }));
        assert!(
            ambiguous
                .to_string()
                .ends_with("\n  table public.users: --rename public.users=people, or --drop public.users")
        );
        let ambiguous = statements(present, desired, &[("users", "people")]).unwrap_err();
        assert!(ambiguous.to_string().ends_with(
            "\n  column public.people.name: --rename public.people.name=full_name, or --drop public.people.name"
        ));
        let quoted = statements("CREATE TABLE \"T x\" (\"it's\" int);", "CREATE TABLE \"T x\" (b int, c int);", &[]);
        assert!(quoted.unwrap_err().to_string().ends_with(
            "--rename 'public.\"T x\".\"it'\\''s\"=b', --rename 'public.\"T x\".\"it'\\''s\"=c', \
             or --drop 'public.\"T x\".\"it'\\''s\"'"
        ));
        let renamed = statements(present, desired, &[("users", "people"), ("people.name", "full_name")]).unwrap();
        assert_eq!(
            renamed,
            [
                "ALTER TABLE public.users RENAME TO people",
                "ALTER TABLE public.people RENAME COLUMN name TO full_name",
                "ALTER SEQUENCE public.users_id_seq RENAME TO people_id_seq",
                "ALTER TABLE public.people RENAME CONSTRAINT users_pkey TO people_pkey",
                "ALTER INDEX public.users_name_idx RENAME TO people_full_name_idx",
            ]
        );
        let apart = statements("CREATE TABLE t (a int);", "CREATE TABLE t (b int);", &[("t.a", "")]).unwrap();
        assert_eq!(apart, ["ALTER TABLE public.t DROP COLUMN a", "ALTER TABLE public.t ADD COLUMN b integer"]);
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let present = "CREATE TABLE t (a int);";
        for (desired, hints, expected) in [
            ("CREATE TABLE t (b int);", &[("t.x", "b")][..], "the present schema has no such table or column"),
            ("CREATE TABLE t (b int);", &[("t.a", "c")], "the desired schema has no column c in public.t"),
            ("CREATE TABLE t (b int);", &[("t.a", "t.b")], "the new name stands alone"),
            ("CREATE TABLE t (b int);", &[("t..a", "b")], "write `table`, `table.column`"),
            ("CREATE TABLE u (a int);", &[("t", "x")], "the desired schema has no table public.x"),
            ("CREATE TABLE t (a int); CREATE TABLE t (a int);", &[], "relation \"t\" already exists"),
            ("CREATE TABEL t (a int);", &[], "line 1, column"),
        ] {
            let error = statements(present, desired, hints).unwrap_err().to_string();
            assert!(error.contains(expected), "{desired} {hints:?}: {error}");
        }
    }
}
