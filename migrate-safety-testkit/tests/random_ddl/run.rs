//! Statements run on a server and replayed, and what the two do not agree on.

use crate::dump::{dump, is_asked};
use crate::step::Step;
use crate::write;
use migrate_safety_core::Target;
use migrate_safety_core::catalog::diff::{Closeness, ObjectKind, diff};
use migrate_safety_core::catalog::{Catalog, Relation, Session, Stamp, in_pass_order};
use migrate_safety_core::effects::{effects, scene::Scene};
use migrate_safety_core::sql::operation::Persistence;
use migrate_safety_core::sql::parse;
use migrate_safety_testkit::{Database, PostgresServer, introspect};
use postgres::Client;

/// Statements after which the two do not agree, and on what.
#[derive(Debug)]
pub(crate) struct Disagreement {
    pub(crate) statements: Vec<String>,
    pub(crate) about: Vec<String>,
}

/// A database and its replay, statement by statement. What the server refuses is left out of both.
pub(crate) struct Race {
    server: PostgresServer,
    // Dropped in this order: the connection before its database.
    client: Client,
    database: Database,
    catalog: Catalog,
    session: Session,
    now: Stamp,
    run: Vec<String>,
    about: Vec<String>,
}

impl Race {
    pub(crate) fn start(server: &PostgresServer) -> Self {
        let database = server.database("random_ddl").unwrap();
        let client = database.connect().unwrap();
        let catalog = Catalog::new(Target::postgres(server.major()), true);
        let (session, now) = (Session::default(), Stamp::BEFORE);
        Self { server: server.clone(), client, database, catalog, session, now, run: Vec::new(), about: Vec::new() }
    }

    /// Runs steps, comparing after each `stride`.
    pub(crate) fn steps(mut self, steps: &[Step], stride: usize) -> Result<usize, Disagreement> {
        for (at, step) in steps.iter().enumerate() {
            if let Some(sql) = write::statement(step, &self.catalog) {
                self.statement(&sql);
            }
            if !self.about.is_empty() || (at + 1).is_multiple_of(stride) || at + 1 == steps.len() {
                self.compare();
            }
            if !self.about.is_empty() {
                return Err(Disagreement { statements: self.run, about: self.about });
            }
        }
        self.compare_written();
        self.compare_bytes();
        if self.about.is_empty() {
            Ok(self.run.len())
        } else {
            Err(Disagreement { statements: self.run, about: self.about })
        }
    }

    /// Runs statements and compares after the last.
    pub(crate) fn statements(mut self, statements: &[String]) -> Vec<String> {
        for sql in statements {
            self.statement(sql);
        }
        self.compare();
        if self.about.is_empty() {
            self.compare_written();
        }
        self.about
    }

    fn statement(&mut self, sql: &str) {
        if self.client.batch_execute(sql).is_err() {
            return;
        }
        self.run.push(sql.to_owned());
        self.now.migration += 1;
        self.now.transaction += 1;
        let script = parse(self.catalog.target(), sql);
        for statement in &script.statements {
            self.now.statement += 1;
            self.about.extend(statement.problems.iter().map(|problem| format!("{sql}: {}", problem.message)));
            for located in in_pass_order(&statement.operations) {
                let operation = &located.operation;
                let scene = Scene::new(operation, &self.catalog, &self.session, self.now);
                let foreseen = effects(&scene).failures.into_iter().filter(|failure| !failure.only_with_rows);
                self.about.extend(foreseen.map(|failure| format!("{sql}: runs, foreseen: {}", failure.message)));
                let conflicts =
                    self.catalog.apply(operation, self.now).conflicts.into_iter().filter(|c| !c.only_with_rows);
                self.about.extend(conflicts.map(|conflict| format!("{sql}: runs, foreseen: {}", conflict.message)));
            }
        }
    }

    fn compare(&mut self) {
        let live = introspect(&mut self.client).unwrap();
        self.about.extend(live.unread.iter().map(ToString::to_string));
        self.about.extend(diff(&self.catalog, &live.catalog, Closeness::Exact).iter().map(ToString::to_string));
    }

    /// What the replayed schema is kept as is read as the same.
    fn compare_bytes(&mut self) {
        let read = self.catalog.to_bytes().and_then(|bytes| Catalog::from_bytes(&bytes));
        if read.map(|read| format!("{read:?}")) != Some(format!("{:?}", self.catalog)) {
            self.about.push("the schema as bytes is read as another".to_owned());
        }
    }

    /// What the live schema is written as makes the same schema again; where that is asked for, also what the replayed one is
    /// written as.
    fn compare_written(&mut self) {
        // The servers of foreign tables are not modelled, and what is temporary, nobody writes down.
        let table = |r: &Relation| r.table().is_some_and(|t| t.foreign || t.persistence == Persistence::Temporary);
        if self.catalog.relations().any(table) {
            return;
        }
        let live = introspect(&mut self.client).unwrap().catalog;
        // Rules and the heads of functions are kept as they were written: they do not follow names.
        if is_asked("replay") {
            self.compare_written_as(&live, &self.catalog.to_sql());
        }
        self.compare_written_as(&live, &live.to_sql());
    }

    fn compare_written_as(&mut self, live: &Catalog, sql: &str) {
        let other = self.server.database("random_ddl_written").unwrap();
        let mut client = other.connect().unwrap();
        if let Err(error) = client.batch_execute(sql) {
            let message = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
            self.about.push(format!("the schema as written does not run: {message}\n{sql}"));
            return;
        }
        let again = introspect(&mut client).unwrap();
        // Of extended statistics the catalog knows no more than what they are about.
        let differences = diff(live, &again.catalog, Closeness::Meaning);
        let differences = differences.iter().filter(|difference| difference.kind != ObjectKind::Statistics);
        self.about.extend(differences.map(|difference| format!("as written: {difference}\n{sql}")));
        let (source, copy) = (dump(&self.database), dump(&other));
        if let (Some(source), Some(copy)) = (source, copy) {
            let missing = source.iter().filter(|sql| !copy.contains(sql)).map(|sql| format!("pg_dump misses {sql}"));
            let extra = copy.iter().filter(|sql| !source.contains(sql)).map(|sql| format!("pg_dump has besides {sql}"));
            self.about.extend(missing.chain(extra));
        }
    }
}
