//! What the server refuses to write.

use crate::catalog::{Index, Relation, RelationId, RelationKind, Table};
use crate::effects::fact::{Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::say::fails;
use crate::effects::postgres::updatable::Written;
use crate::effects::scene::Scene;
use crate::effects::{Effects, Failure};
use crate::sql::expr::{Cte, Expr, Query, Select, TableRef, TableSource};
use crate::sql::operation::{OnConflict, TableTarget};
use crate::sql::{Ident, ObjectName, Operation};

const T: &str = "CREATE TABLE t (id int PRIMARY KEY, a int, b int, g int GENERATED ALWAYS AS (1) STORED); CREATE UNIQUE INDEX ON t (a) WHERE b > 0; CREATE UNIQUE INDEX ON t (lower(a::text));";

const VIEWS: &str = "CREATE TABLE t (a int, b int); CREATE VIEW joined AS SELECT t.a, u.b FROM t, t AS u; CREATE VIEW counted AS SELECT a, count(*) AS n FROM t GROUP BY a; CREATE VIEW over_counted AS SELECT a FROM counted; CREATE VIEW united AS SELECT a FROM t UNION ALL SELECT b FROM t; CREATE VIEW computed (c, twice, b) AS SELECT a, a * 2, -b FROM t; CREATE VIEW deleted_by_trigger AS SELECT count(*) AS n FROM t; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'; CREATE TRIGGER d INSTEAD OF DELETE ON deleted_by_trigger FOR EACH ROW EXECUTE FUNCTION f();";

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "data/names",
        of: &[Kind::Select, Kind::Insert, Kind::Update, Kind::Delete],
        condition: "relations or columns that are not there",
        also: |scene, effects| effects.failures.extend(unknown_name(scene)),
        examples: &[
            Example::new(T, "SELECT c FROM t"),
            Example::new(T, "SELECT * FROM absent"),
            Example::new(T, "SELECT count(*) FROM t FOR UPDATE"),
            Example::new(T, "SELECT id FROM t WHERE id = (SELECT max(id) FROM t) FOR SHARE"),
            Example::new(T, "SELECT id FROM t UNION SELECT a FROM t FOR UPDATE"),
            Example::new(T, "UPDATE t SET a = c + 1"),
            Example::new(T, "UPDATE t SET a = s.x FROM (VALUES (1000001, 2)) AS s(x, y) WHERE s.y = t.id"),
            Example::new(T, "DELETE FROM t USING absent WHERE absent.id = t.id"),
            Example::new(T, "INSERT INTO t (id) SELECT c FROM t"),
            Example::new(T, "UPDATE t SET b = 1 RETURNING old.b, new.b"),
            Example::new(T, "WITH w AS (SELECT id FROM t) DELETE FROM t USING w WHERE w.id = t.id"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "written/relation",
        of: &[Kind::Insert, Kind::Update, Kind::Delete],
        condition: "not a table, nor a view that stands for one",
        also: |scene, effects| unwritable(scene, effects).unwrap_or_default(),
        examples: &[
            Example::new("CREATE MATERIALIZED VIEW m AS SELECT 1 AS a", "UPDATE m SET a = 2"),
            Example::new("CREATE SEQUENCE s", "DELETE FROM s"),
            Example::new(VIEWS, "UPDATE joined SET b = 2"),
            Example::new(VIEWS, "DELETE FROM counted"),
            Example::new(VIEWS, "INSERT INTO over_counted VALUES (1)"),
            Example::new(VIEWS, "DELETE FROM united"),
            Example::new(VIEWS, "UPDATE computed SET b = 2"),
            Example::new(VIEWS, "INSERT INTO computed (c, twice) VALUES (1, 2)"),
            Example::new(VIEWS, "INSERT INTO computed (c) VALUES (1)"),
            Example::new(VIEWS, "UPDATE computed SET absent = 2"),
            Example::new(VIEWS, "UPDATE deleted_by_trigger SET n = 1"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "written/columns",
        of: &[Kind::Insert, Kind::Update],
        condition: "columns that are not there",
        also: |scene, effects| missing_columns(scene, effects).unwrap_or_default(),
        examples: &[
            Example::new(T, "UPDATE t SET c = 1"),
            Example::new(T, "INSERT INTO t (id, c) VALUES (1, 2)"),
            Example::new(T, "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET c = 1"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "written/arbiter",
        of: &[Kind::Insert],
        condition: "ON CONFLICT names columns or a constraint that no unique index stands behind",
        also: |scene, effects| without_arbiter(scene, effects).unwrap_or_default(),
        examples: &[
            Example::new(T, "INSERT INTO t (id) VALUES (1) ON CONFLICT (b) DO NOTHING"),
            Example::new(T, "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO NOTHING"),
            Example::new(T, "INSERT INTO t (id) VALUES (1) ON CONFLICT ON CONSTRAINT t_x DO NOTHING"),
        ],
        ..Fact::BASE
    },
];

/// The first error of looking up what a statement reads.
fn unknown_name(scene: &Scene<'_>) -> Option<Failure> {
    let built;
    let query = match scene.operation {
        Operation::Select(query) => query,
        Operation::Insert(insert) if insert.ctes.is_empty() => insert.source.as_ref()?,
        _ => {
            built = looked_up(scene)?;
            &built
        }
    };
    scene.catalog.shape(query).problems.into_iter().next().map(Failure::from)
}

/// What a statement reads, as one query.
fn looked_up(scene: &Scene<'_>) -> Option<Query> {
    match scene.operation {
        Operation::Insert(insert) => {
            let source = insert.source.clone()?;
            Some(Query { ctes: insert.ctes.iter().chain(&source.ctes).cloned().collect(), ..source })
        }
        Operation::Update(update) => {
            let values = update.assignments.iter().map(|(_, value)| value);
            let read = values.chain(&update.filter).chain(returned(scene, &update.returning));
            Some(reading(&update.ctes, &update.table, update.alias.as_ref(), &update.from, read))
        }
        Operation::Delete(delete) => {
            let read = delete.filter.iter().chain(returned(scene, &delete.returning));
            Some(reading(&delete.ctes, &delete.table, delete.alias.as_ref(), &delete.using, read))
        }
        _ => None,
    }
}

/// What `RETURNING` reads, but for what it says of `old` and `new`, which PostgreSQL 18 knows there.
fn returned<'e>(scene: &Scene<'_>, returning: &'e [Expr]) -> impl Iterator<Item = &'e Expr> + use<'e> {
    let knows_both = scene.version() >= 18;
    let names_either = |expr: &Expr| {
        let mut found = false;
        expr.walk(&mut |e| {
            if let Expr::Column { qualifier: Some(name), .. } | Expr::Star(Some(name)) = e {
                found |= *name == *"old" || *name == *"new";
            }
        });
        found
    };
    returning.iter().filter(move |expr| !(knows_both && names_either(expr)))
}

/// A query that looks up what a change to a table does.
fn reading<'e>(
    ctes: &[Cte],
    table: &TableTarget,
    alias: Option<&Ident>,
    others: &[TableRef],
    read: impl Iterator<Item = &'e Expr>,
) -> Query {
    let source = TableSource::Relation { name: table.name.clone(), only: table.only };
    let target = TableRef { alias: alias.cloned(), ..TableRef::new(source) };
    let from = std::iter::once(target).chain(others.iter().cloned()).collect();
    let select = Select { items: Vec::new(), from, filter: None, others: read.cloned().collect() };
    Query { ctes: ctes.to_vec(), selects: vec![select], ..Query::default() }
}

/// The relation that is written.
fn target<'a>(scene: &Scene<'a>) -> Option<&'a Relation> {
    let name: &ObjectName = match scene.operation {
        Operation::Insert(insert) => &insert.table,
        Operation::Update(update) => &update.table.name,
        Operation::Delete(delete) => &delete.table.name,
        _ => return None,
    };
    scene.catalog.relation(scene.relation(name)?).filter(|relation| !relation.unknown)
}

fn unwritable(scene: &Scene<'_>, effects: &mut Effects) -> Option<()> {
    let relation = target(scene)?;
    let name = &relation.name;
    let (sqlstate, message) = match &relation.kind {
        RelationKind::View(view) if view.materialized => {
            ("42809", format!("cannot change materialized view \"{name}\""))
        }
        RelationKind::Sequence(_) => ("42809", format!("cannot change sequence \"{name}\"")),
        RelationKind::Index(_) if scene.version() >= 17 => ("42809", format!("cannot open relation \"{name}\"")),
        RelationKind::Index(_) => ("42809", format!("\"{name}\" is an index")),
        RelationKind::View(view) => {
            let (sqlstate, message) = Written::of(scene)?.refused(scene.catalog, relation, view)?;
            fails(effects, sqlstate, message);
            return Some(());
        }
        _ => return None,
    };
    fails(effects, sqlstate, message);
    Some(())
}

fn missing_columns(scene: &Scene<'_>, effects: &mut Effects) -> Option<()> {
    let relation = target(scene)?;
    let table = relation.table()?;
    let of_set = |assignments: &[(Ident, Expr)]| assignments.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let names = match scene.operation {
        Operation::Insert(insert) => {
            let set = insert.on_conflict.as_ref().map(|on| of_set(&on.assignments)).unwrap_or_default();
            insert.columns.iter().cloned().chain(set).collect()
        }
        Operation::Update(update) => of_set(&update.assignments),
        _ => return None,
    };
    let missing = names.iter().find(|name| table.column(name).is_none())?;
    fails(effects, "42703", format!("column \"{missing}\" of relation \"{}\" does not exist", relation.name));
    Some(())
}

fn without_arbiter(scene: &Scene<'_>, effects: &mut Effects) -> Option<()> {
    let Operation::Insert(insert) = scene.operation else { return None };
    let on_conflict = insert.on_conflict.as_ref()?;
    let relation = target(scene)?;
    let table = relation.table()?;
    if let Some(name) = &on_conflict.constraint {
        if table.constraint(name).is_none() {
            let message = format!("constraint \"{name}\" for table \"{}\" does not exist", relation.name);
            fails(effects, "42704", message);
        }
        return Some(());
    }
    if !on_conflict.target.is_empty() && !has_arbiter(scene, relation.id, table, on_conflict) {
        let message = "there is no unique or exclusion constraint matching the ON CONFLICT specification";
        fails(effects, "42P10", message);
    }
    Some(())
}

/// Whether a unique index has just the columns of the target. An expression or a condition may be written in many
/// ways: an index with either is taken to fit.
fn has_arbiter(scene: &Scene<'_>, id: RelationId, table: &Table, on_conflict: &OnConflict) -> bool {
    let named = |expr: &Expr| match expr {
        Expr::Column { name, .. } => table.column(name).map(|column| column.id),
        _ => None,
    };
    let wanted: Vec<_> = on_conflict.target.iter().map(named).collect();
    let fits = |index: &Index| {
        if !index.unique || index.constraint.and_then(|c| scene.catalog.constraint(id, c)).is_some_and(|c| c.deferrable)
        {
            return false;
        }
        if index.keys.iter().any(|key| key.column.is_none()) {
            return wanted.contains(&None);
        }
        let holds = |column: &_| index.keys.iter().any(|key| key.column.as_ref() == Some(column));
        wanted.iter().all(|column| column.as_ref().is_some_and(holds))
            && index.keys.iter().all(|key| wanted.contains(&key.column))
    };
    scene.catalog.indexes_of(id).iter().filter_map(|index| scene.catalog.index(*index)).any(fits)
}
