//! Views, policies, triggers, rules and functions that have to go for the time of a change and come again after it: in the
//! transaction in which what they look at changes, so that nobody finds them missing.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::diff::{Closeness, diff};
use crate::catalog::{Catalog, Routine, ViewColumn};
use crate::plan::bracket::Thing;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::{PhaseName, Rollback, StepKind};
use crate::plan::piece::{Piece, grouped};
use crate::plan::state::State;
use crate::plan::way_back::way_back;
use crate::sql::DataType;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "recreate-dependents",
    title: "DROP VIEW, POLICY, TRIGGER, RULE or FUNCTION, a change, and CREATE of the same again",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, a varchar(10)); CREATE VIEW v AS SELECT id, a FROM t;",
            "DROP VIEW v; ALTER TABLE t ALTER COLUMN a TYPE varchar(20); CREATE VIEW v AS SELECT id, a FROM t",
        ),
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, a int); CREATE VIEW v AS SELECT id, a FROM t; \
             CREATE VIEW w AS SELECT a FROM v; COMMENT ON VIEW w IS 'w';",
            "DROP VIEW w; DROP VIEW v; ALTER TABLE t ALTER COLUMN a TYPE bigint; CREATE VIEW v AS SELECT id, a FROM t; \
             CREATE VIEW w AS SELECT a FROM v; COMMENT ON VIEW w IS 'w'",
        ),
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int); CREATE VIEW v AS SELECT id, a, b FROM t;",
            "DROP VIEW v; ALTER TABLE t DROP COLUMN b; CREATE VIEW v AS SELECT id, a FROM t",
        ),
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, org int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; \
             CREATE POLICY own ON t USING (org = 1);",
            "DROP POLICY own ON t; ALTER TABLE t ALTER COLUMN org TYPE bigint; CREATE POLICY own ON t USING (org = 1)",
        ),
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, a int NOT NULL); \
             CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a; CREATE UNIQUE INDEX m_a ON m (a);",
            "DROP MATERIALIZED VIEW m; ALTER TABLE t ALTER COLUMN a TYPE bigint; \
             CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a; CREATE UNIQUE INDEX m_a ON m (a)",
        ),
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int); CREATE VIEW v AS SELECT id, a, b FROM t; \
             CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT x';",
            "DROP VIEW v; CREATE VIEW v AS SELECT b, id FROM t; \
             DROP FUNCTION f(int); CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql AS 'SELECT x'",
        ),
    ],
    plan,
};

const RIGHTS: &str = "What is dropped and made again comes without the rights that were granted on it, which are no part of \
                      this schema: add the GRANTs to the same migration.";

fn plan(request: &Request<'_>) -> Answer {
    Some(Away::of(request)?.draft())
}

type Steps = Vec<(PhaseName, DraftStep)>;

/// What goes and comes again, and the change between.
struct Away<'r> {
    request: &'r Request<'r>,
    drops: Vec<String>,
    inner: Vec<Piece>,
    creates: Vec<String>,
    /// The schema without what goes.
    bare: State,
    gone: Vec<Thing>,
}

impl<'r> Away<'r> {
    fn of(request: &'r Request<'r>) -> Option<Self> {
        let parts = request.piece.parts();
        let made: Vec<Thing> = parts.iter().filter_map(Piece::makes).collect();
        let goes = |part: &Piece| part.takes().iter().any(|thing| made.contains(thing));
        let gone: Vec<Thing> = parts.iter().filter(|part| goes(part)).flat_map(Piece::takes).collect();
        let comes = |part: &Piece| part.makes().is_some_and(|thing| gone.contains(&thing));
        if gone.is_empty() {
            return None;
        }
        let mut drops: Vec<String> = Vec::new();
        for part in parts.iter().filter(|part| goes(part)) {
            if !drops.contains(&part.sql) {
                drops.push(part.sql.clone());
            }
        }
        let bare = request.state().tried(&drops).ok()?;
        let (mut inner, mut creates, mut state) = (Vec::new(), Vec::new(), bare.clone());
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| !goes(part)) {
            let is_made_later = parts.iter().skip(at + 1).any(|later| comes(part) && later.makes() == part.makes());
            let goes_later = parts.iter().skip(at + 1).filter(|later| goes(later)).flat_map(Piece::takes);
            let is_undone = part.view_it_is_on(goes_later) && state.tried(std::slice::from_ref(&part.sql)).is_err();
            if is_made_later || is_undone {
                continue;
            }
            let waits = comes(part) || part.gives_rights_on(&gone);
            match state.tried(std::slice::from_ref(&part.sql)) {
                Ok(next) if !waits => {
                    state = next;
                    inner.push(part.clone());
                }
                // What is said about something that is away waits for it.
                _ => creates.push(part.sql.clone()),
            }
        }
        Some(Self { request, drops, inner, creates, bare, gone })
    }

    fn draft(&self) -> Result<Draft, Refusal> {
        let drafts = self.request.plan_parts(&self.bare, grouped(self.inner.clone()))?;
        let mut draft = drafts.into_iter().fold(Draft { already_safe: true, ..Draft::new() }, Draft::then);
        draft.steps.sort_by_key(|(phase, _)| *phase);
        let deploy = self.deploy();
        if let Some(step) = self.at_once(&draft) {
            let safe = Draft::safe(step).note(RIGHTS);
            return Ok(match deploy {
                Some(what) => Draft { already_safe: false, ..safe.deploy(PhaseName::Expand, what) },
                None => safe,
            });
        }
        let (mut steps, touched) = self.around(&draft.steps, None)?;
        if let Some(last) = touched {
            steps = self.around(&draft.steps, Some(last))?.0;
        } else {
            let phase = draft.steps.last().map_or(PhaseName::Expand, |(phase, _)| *phase);
            steps.extend(self.apart().map(|step| (phase, step)));
        }
        draft.already_safe = false;
        draft.steps = steps;
        // What is lost is lost with the first step around which it goes.
        if let Some(what) = deploy {
            let phase = draft.steps.first().map_or(PhaseName::Expand, |(phase, _)| *phase);
            draft = draft.deploy(phase, what);
        }
        Ok(draft.note(RIGHTS))
    }

    /// What the application may no longer do, if what comes again has not all that went: columns of a view, a way to call a
    /// function. The old and the new have one name, and cannot stand beside each other.
    fn deploy(&self) -> Option<String> {
        let (catalog, after) = (self.request.catalog, self.request.after);
        let mut lost = Vec::new();
        for thing in &self.gone {
            match thing {
                Thing::View(name) => {
                    let view = |catalog: &Catalog| catalog.relation(catalog.resolve(name).found()?)?.view().cloned();
                    let (Some(before), Some(after)) = (view(catalog), view(after)) else { continue };
                    let is_lost = |column: &&ViewColumn| after.columns.iter().all(|other| other.name != column.name);
                    let columns = before.columns.iter().filter(|_| after.complete).filter(is_lost);
                    lost.extend(columns.map(|column| format!("reads {}.{}", name.sql(), column.name.sql())));
                }
                Thing::Routine(name) => {
                    let is_lost = |routine: &&&Routine| {
                        let inputs: Vec<DataType> = routine.inputs().cloned().collect();
                        let same = after.routine_with(name, &inputs);
                        same.is_none_or(|same| same.returns != routine.returns || same.returns_set != routine.returns_set)
                    };
                    let is_called_otherwise = catalog.routines_named(name).iter().any(|routine| is_lost(&routine));
                    lost.extend(is_called_otherwise.then(|| format!("depends on the arguments and the result of {} as they were", name.sql())));
                }
                Thing::OnTable(..) => {}
            }
        }
        (!lost.is_empty()).then(|| format!("Deployed everywhere: an application no part of which {}.", lost.join(" or ")))
    }

    /// All of it in one transaction, if none of it takes long.
    fn at_once(&self, draft: &Draft) -> Option<DraftStep> {
        let is_short =
            |step: &DraftStep| step.kind == StepKind::Ddl && step.transaction && step.gate.is_none() && step.window.is_none();
        let inner = draft.steps.iter().flat_map(|(_, step)| &step.sql);
        let sql: Vec<String> = self.drops.iter().chain(inner).chain(&self.creates).cloned().collect();
        let is_safe = draft.already_safe
            && draft.steps.iter().all(|(_, step)| is_short(step))
            && !self.request.blocks(&sql.join(";\n"));
        is_safe.then(|| DraftStep::ddl("Change it, and make again what depends on it", sql))
    }

    /// What goes and comes again in steps of their own: nothing between them changes it.
    fn apart(&self) -> impl Iterator<Item = DraftStep> {
        let at_once: Vec<String> = self.drops.iter().chain(&self.creates).cloned().collect();
        let steps = if self.request.blocks(&at_once.join(";\n")) {
            vec![
                DraftStep::ddl("Drop what is to be made anew", self.drops.clone()),
                DraftStep::ddl("Make it anew", self.creates.clone()),
            ]
        } else {
            vec![DraftStep::ddl("Make it anew", at_once)]
        };
        steps.into_iter()
    }

    /// The steps of the change, those around which something has to go and come again with the statements for that; and
    /// which of them is the last such. At `last` it comes again as it is to be.
    fn around(
        &self,
        steps: &[(PhaseName, DraftStep)],
        last: Option<usize>,
    ) -> Result<(Steps, Option<usize>), Refusal> {
        let (mut carried, mut bare) = (self.request.state().clone(), self.bare.clone());
        let (mut around, mut touched) = (Steps::new(), None);
        for (at, (phase, step)) in steps.iter().enumerate() {
            let bare_after = bare.with(step.sql.iter().map(String::as_str));
            let restore = way_back(&carried, &bare);
            let restored = bare_after.tried(&restore);
            match (carried.tried(&step.sql), &restored) {
                (Ok(after), Ok(restored)) if last != Some(at) && is_same(restored, &after) => {
                    carried = after;
                    around.push((*phase, step.clone()));
                }
                _ => {
                    touched = Some(at);
                    let again = if last == Some(at) || restored.is_err() { &self.creates } else { &restore };
                    let after = bare_after.tried(again).map_err(|message| self.no_form(&step.title, &message))?;
                    let (wrapped, later) = self.wrapped(step, [&carried, &bare, &bare_after], again, &restore)?;
                    around.push((*phase, wrapped));
                    around.extend(later.map(|step| (*phase, step)));
                    carried = after;
                }
            }
            bare = bare_after;
        }
        Ok((around, touched))
    }

    /// A step with what goes before it and comes again after it; what reads rows to come again does so in a step behind it.
    fn wrapped(
        &self,
        step: &DraftStep,
        [carried, bare, bare_after]: [&State; 3],
        again: &[String],
        restore: &[String],
    ) -> Result<(DraftStep, Option<DraftStep>), Refusal> {
        if !step.transaction {
            return Err(self.no_form(&step.title, "it runs without a transaction"));
        }
        let reads_rows = again.iter().position(|sql| sql.starts_with("CREATE MATERIALIZED VIEW"));
        let (at_once, later) = again.split_at(reads_rows.unwrap_or(again.len()));
        let at_once_after = bare_after.with(at_once.iter().map(String::as_str));
        let mut sql = way_back(bare, carried);
        sql.extend(step.sql.iter().cloned());
        sql.extend(at_once.iter().cloned());
        let rollback = match &step.rollback {
            Some(Rollback::Impossible(why)) => Some(Rollback::Impossible(why.clone())),
            known => {
                let inner = match known {
                    Some(Rollback::Sql { statements, .. }) => statements.clone(),
                    Some(_) => Vec::new(),
                    None => way_back(bare, bare_after),
                };
                let mut statements = way_back(bare_after, &at_once_after);
                statements.extend(inner);
                statements.extend(restore.iter().cloned());
                Some(Rollback::Sql { statements, transaction: true })
            }
        };
        let wrapped = DraftStep { sql, rollback, ..step.clone() };
        let later = (!later.is_empty()).then(|| DraftStep::ddl("Make again what reads rows for it", later.to_vec()));
        Ok((wrapped, later))
    }

    fn no_form(&self, step: &str, why: &str) -> Refusal {
        Refusal::new(
            format!("what depends on it cannot come again in the step \"{step}\": {why}"),
            "make what depends on it independent of the change first, in a release of its own",
        )
    }
}

fn is_same(a: &State, b: &State) -> bool {
    diff(&a.catalog, &b.catalog, Closeness::Meaning).is_empty()
}
