//! A materialised view that computes something else: the new one is filled and indexed under a name of its own, and takes the
//! place of the old one in a moment.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Catalog, RelationId, View};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::plan::names;
use crate::plan::state::State;
use crate::sql::{Ident, ObjectName, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "replace-materialized-view",
    title: "DROP MATERIALIZED VIEW and CREATE MATERIALIZED VIEW of the same name",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, a int NOT NULL, b int); \
             CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a; CREATE UNIQUE INDEX m_a ON m (a);",
            "DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m AS SELECT a, sum(b) AS total FROM t GROUP BY a; \
             CREATE UNIQUE INDEX m_a ON m (a); CREATE INDEX ON m (total)",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE t (id bigint PRIMARY KEY, a int); \
             CREATE MATERIALIZED VIEW \"S\".\"M\" AS SELECT a FROM t; COMMENT ON MATERIALIZED VIEW \"S\".\"M\" IS 'old';",
            "DROP MATERIALIZED VIEW IF EXISTS \"S\".\"M\"; CREATE MATERIALIZED VIEW \"S\".\"M\" AS SELECT id, a FROM t WHERE a > 0; \
             COMMENT ON MATERIALIZED VIEW \"S\".\"M\" IS 'new'",
        ),
    ],
    plan,
};

const RIGHTS: &str = "Rights that were granted on the old materialised view are no part of this schema: add the GRANTs to the \
                      step that makes the new one.";

fn plan(request: &Request<'_>) -> Answer {
    let name = replaced(request)?;
    let (old, new) = (request.catalog.resolve(name).found()?, request.after.resolve(name).found()?);
    let (before, after) = (view(request.catalog, old)?, view(request.after, new)?);
    if !before.complete || !after.complete {
        return None;
    }
    let swap = Swap::new(request, before, (new, after))?;
    let mut draft = swap.draft();
    if !swap.lost.is_empty() {
        let (lost, m) = (swap.lost.join(", "), &swap.name);
        let what =
            format!("Deployed everywhere: an application that names the columns of {m} that it reads, and not {lost}.");
        draft = draft.deploy(PhaseName::Migrate, what);
    }
    Some(Ok(draft.note(RIGHTS)))
}

/// The materialised view, if the piece takes one away, makes it again and does nothing else.
fn replaced<'r>(request: &Request<'r>) -> Option<&'r ObjectName> {
    let mut parts = request.piece.parts().iter().map(|part| part.operation());
    let Some(Some(Operation::DropMaterializedView { names, cascade: false, .. })) = parts.next() else { return None };
    let [name] = &**names else { return None };
    let Some(Some(Operation::CreateMaterializedView { name: made, if_not_exists: false, .. })) = parts.next() else {
        return None;
    };
    let mut others = parts.map(|operation| match operation {
        Some(Operation::CreateIndex(create)) => create.table == *name,
        Some(Operation::Comment { .. }) => true,
        _ => false,
    });
    (made == name && others.all(|of_it| of_it)).then_some(name)
}

fn view(catalog: &Catalog, id: RelationId) -> Option<&View> {
    catalog.relation(id)?.view().filter(|view| view.materialized)
}

/// Two materialised views that change places.
struct Swap {
    name: String,
    /// The name of the new one until then, and that of the old one afterwards.
    new: ObjectName,
    old: ObjectName,
    create: String,
    indexes: Vec<(String, String)>,
    /// The columns that the new one has not.
    lost: Vec<String>,
    turn: Vec<String>,
    /// The place in `turn` where the new one gets its name.
    taking_over: usize,
    turn_back: Vec<String>,
}

impl Swap {
    fn new(
        request: &Request<'_>,
        before: &View,
        (new_id, after): (RelationId, &View),
    ) -> Option<Self> {
        let relation = request.after.relation(new_id)?;
        let schema = &relation.schema;
        let beside = |name: &Ident, ending: &str| names::relation(request.catalog, schema, name, ending);
        let named = |name: Ident| ObjectName { schema: Some(schema.clone()), name };
        let of = |catalog: &Catalog, ids: &[RelationId]| -> Vec<Ident> {
            ids.iter().filter_map(|id| Some(catalog.relation(*id)?.name.clone())).collect()
        };
        let (old_indexes, new_indexes) = (of(request.catalog, &before.indexes), of(request.after, &after.indexes));
        let (new, old) = (named(beside(&relation.name, "_new")), named(beside(&relation.name, "_old")));
        let name = relation.object_name();
        let view = |from: &ObjectName, to: &ObjectName| {
            format!("ALTER MATERIALIZED VIEW {} RENAME TO {}", from.sql(), to.name.sql())
        };
        let index =
            |from: &Ident, to: &Ident| format!("ALTER INDEX {} RENAME TO {}", named(from.clone()).sql(), to.sql());
        // The schema as it would be with the new one under the name that it has until then.
        let mut aside = vec![view(&name, &new)];
        let (mut turn, mut turn_back) = (vec![view(&name, &old)], vec![view(&name, &new), view(&old, &name)]);
        for taken in old_indexes.iter().filter(|taken| new_indexes.contains(taken)) {
            let away = beside(taken, "_old");
            turn.push(index(taken, &away));
            turn_back.push(index(&away, taken));
        }
        let taking_over = turn.len();
        turn.push(view(&new, &name));
        for wanted in &new_indexes {
            let until = beside(wanted, "_new");
            aside.push(index(wanted, &until));
            turn.push(index(&until, wanted));
            // Before the old ones get their names again.
            turn_back.insert(0, index(wanted, &until));
        }
        let comments = request.piece.texts(|operation| matches!(operation, Operation::Comment { .. }));
        turn.extend(comments.into_iter().map(str::to_owned));
        let staged = State::new(request.after).with(aside.iter().map(String::as_str)).catalog;
        let create = Catalog::view_sql(staged.relation(new_id)?, after);
        let indexes = after.indexes.iter().filter_map(|id| {
            let relation = staged.relation(*id)?;
            let sql = staged.index_sql(relation, relation.index()?);
            Some((relation.object_name().sql(), sql.replacen("INDEX", "INDEX CONCURRENTLY", 1)))
        });
        let indexes = indexes.collect();
        let is_lost = |name: &Ident| after.columns.iter().all(|column| column.name != *name);
        let lost = before.columns.iter().map(|column| &column.name).filter(|name| is_lost(name)).map(Ident::sql).collect();
        Some(Self { name: name.sql(), new, old, create, indexes, lost, turn, taking_over, turn_back })
    }

    /// The renames that the check would take for those of a table in use.
    fn flagged(&self) -> impl Iterator<Item = usize> {
        let away = if self.lost.is_empty() { None } else { Some(0) };
        away.into_iter().chain([self.taking_over])
    }

    fn draft(&self) -> Draft {
        let (name, new, old) = (&self.name, self.new.sql(), self.old.sql());
        let drop = format!("DROP MATERIALIZED VIEW {new}");
        let mut draft = Draft::new()
            .expand(DraftStep::ddl(format!("Make {new} and fill it"), [self.create.clone()]).undo([drop]));
        for (index, sql) in &self.indexes {
            draft = draft.expand(
                DraftStep::alone(format!("Build {index}"), sql.clone())
                    .undo_alone(format!("DROP INDEX CONCURRENTLY IF EXISTS {index}")),
            );
        }
        let turned = DraftStep::ddl(format!("Put {new} in the place of {name}"), self.turn.clone())
            .allow("rename-relation", "a materialised view is there under the old name before and after; nobody uses the new one by another, nor what goes")
            .at(self.flagged());
        draft = draft.migrate(turned.undo(self.turn_back.clone()));
        draft
            .deploy(PhaseName::Contract, format!("{name} gives what it should, for as long as you want to be sure."))
            .contract(
                DraftStep::ddl(format!("Drop the old one, {old}"), [format!("DROP MATERIALIZED VIEW {old}")])
                    .irreversible("make it again by its old definition"),
            )
            .note(format!(
                "{new} holds what its tables held when it was made: if that is long ago, refresh it \
                 (`REFRESH MATERIALIZED VIEW CONCURRENTLY {new}`) before it takes the place of {name}."
            ))
    }
}
