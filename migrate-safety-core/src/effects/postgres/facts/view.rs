//! Views, materialised views, and tables made from queries.

use crate::catalog::RelationId;
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::{data, say};
use crate::effects::scene::Scene;
use crate::effects::{BreakageKind, Effects};
use crate::sql::expr::{Expr, Query};
use crate::sql::{LockMode, ObjectName, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "create-view/replace",
        of: &[Kind::CreateView],
        condition: "OR REPLACE of a view that exists",
        acts: &[Act::lock(replaced, LockMode::AccessExclusive)],
        also: changes_shape,
        examples: &[
            Example { setup: VIEWS, sql: "CREATE OR REPLACE VIEW v AS SELECT id, a, a AS b FROM t" },
            Example { setup: VIEWS, sql: "CREATE VIEW w AS SELECT id FROM t" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-from-query",
        of: &[Kind::CreateTableAs, Kind::CreateMaterializedView],
        condition: "with data: what the query reads",
        also: data::run,
        examples: &[
            Example { setup: VIEWS, sql: "CREATE TABLE x AS SELECT * FROM t" },
            Example { setup: VIEWS, sql: "CREATE MATERIALIZED VIEW x AS SELECT * FROM vv" },
            Example { setup: VIEWS, sql: "CREATE MATERIALIZED VIEW x AS SELECT * FROM t WITH NO DATA" },
            Example { setup: VIEWS, sql: "SELECT * INTO x FROM t" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "refresh/plain",
        of: &[Kind::RefreshMaterializedView],
        condition: "not CONCURRENTLY: a new file, and what the query reads",
        when: |s| !concurrently(s),
        acts: &[Act::work(refreshed, LockMode::AccessExclusive, Work::NewFile)],
        also: data::run,
        examples: &[
            Example { setup: VIEWS, sql: "REFRESH MATERIALIZED VIEW mv" },
            Example { setup: VIEWS, sql: "REFRESH MATERIALIZED VIEW mv WITH NO DATA" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "refresh/concurrently",
        of: &[Kind::RefreshMaterializedView],
        condition: "CONCURRENTLY: compared with the old rows; allowed in a transaction",
        when: concurrently,
        acts: &[
            Act::work(refreshed, LockMode::Exclusive, Work::Scan),
            Act::lock(
                |s| refreshed(s).iter().flat_map(|id| s.catalog.indexes_of(*id)).copied().collect(),
                LockMode::RowExclusive,
            ),
        ],
        also: data::run,
        examples: &[Example { setup: VIEWS, sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY mv" }],
        ..Fact::BASE
    },
];

const VIEWS: &str = "
    CREATE TABLE t (id int PRIMARY KEY, a int);
    CREATE VIEW v AS SELECT id, a FROM t;
    CREATE VIEW vv AS SELECT * FROM v;
    CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t;
    CREATE UNIQUE INDEX mv_id ON mv (id);
    CREATE INDEX mv_a ON mv (a)";

fn replaced(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::CreateView(view) = scene.operation else { return Vec::new() };
    if !view.or_replace {
        return Vec::new();
    }
    let schema = match (&view.name.schema, view.temporary) {
        (Some(schema), _) => schema.clone(),
        (None, true) => crate::sql::Ident::exact(crate::catalog::TEMP_SCHEMA),
        (None, false) => scene.catalog.creation_schema(),
    };
    scene.relation(&ObjectName { schema: Some(schema), name: view.name.name.clone() }).into_iter().collect()
}

/// A view can get further columns; statements that select all of them were prepared for fewer.
fn changes_shape(scene: &Scene<'_>, effects: &mut Effects) {
    let Operation::CreateView(create) = scene.operation else { return };
    for id in replaced(scene) {
        let before = scene.catalog.relation(id).and_then(|r| r.view()).map(|v| v.columns.len());
        if before.is_some_and(|before| width(&create.query).is_some_and(|after| after != before)) {
            say::breaks(scene, effects, id, BreakageKind::RowType);
        }
    }
}

/// How many columns a query yields, if they are all written out.
fn width(query: &Query) -> Option<usize> {
    let items = &query.selects.first()?.items;
    (!items.iter().any(|i| matches!(i.expr, Expr::Star(_)))).then_some(items.len())
}

fn concurrently(scene: &Scene<'_>) -> bool {
    matches!(scene.operation, Operation::RefreshMaterializedView { concurrently: true, .. })
}

fn refreshed(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::RefreshMaterializedView { name, .. } = scene.operation else { return Vec::new() };
    scene.relation(name).into_iter().collect()
}
