//! `ALTER TABLE … ALTER COLUMN … TYPE`.

use crate::catalog::{CastContext, CastPath, RelationId, TypeRef};
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::added::is_null;
use crate::effects::postgres::narrowing::{self, Loss, looks_alike};
use crate::effects::postgres::on::{self, named};
use crate::effects::postgres::retyped::Retyped;
use crate::effects::postgres::type_change::{Conversion, Stored, is_unknown};
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, DataLoss, DataLossKind, Effects, Failure};
use crate::sql::LockMode::{AccessExclusive, ShareRowExclusive};
use crate::sql::{DataType, Expr};

/// The facts about type changes.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "set-type/target",
        of: &[Kind::SetType],
        acts: &[Act::lock(on::tree, AccessExclusive)],
        also: another_type,
        source: "docs, ALTER TABLE: ACCESS EXCLUSIVE unless explicitly noted",
        examples: &[
            Example::new("CREATE TABLE t (a varchar(10))", "ALTER TABLE t ALTER a TYPE varchar(20)"),
            Example::new("CREATE TABLE t (a numeric(10,2) UNIQUE)", "ALTER TABLE t ALTER a TYPE numeric(12,2)"),
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t ALTER a TYPE oid"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "set-type/rewrite",
        of: &[Kind::SetType],
        condition: "the stored values are not values of the new type as they are, or USING computes new ones",
        when: |scene| Retyped::new(scene).is_some_and(|retyped| !retyped.rewritten().is_empty()),
        acts: &[Act::work(|s| of(s, Retyped::rewritten), AccessExclusive, Work::Rewrite)],
        also: unclear_conversion,
        source: "docs, ALTER TABLE: changing the type of an existing column normally rewrites the table",
        examples: &[
            Example::new("CREATE TABLE t (id int PRIMARY KEY, a int)", "ALTER TABLE t ALTER a TYPE bigint"),
            Example::new("CREATE TABLE t (a varchar(20))", "ALTER TABLE t ALTER a TYPE varchar(10)"),
            Example::new("CREATE TABLE t (a text)", "ALTER TABLE t ALTER a TYPE text USING lower(a)"),
            Example::new("CREATE TABLE t (a char(3))", "ALTER TABLE t ALTER a TYPE text"),
            Example::new("CREATE TABLE t (a varchar(3)[])", "ALTER TABLE t ALTER a TYPE text[]"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "set-type/check",
        of: &[Kind::SetType],
        condition: "a CHECK mentions the column, or an index has to be built anew",
        acts: &[Act::work(|s| of(s, Retyped::scanned), AccessExclusive, Work::Scan)],
        examples: &[
            Example::new("CREATE TABLE t (a varchar(10) CHECK (a <> ''))", "ALTER TABLE t ALTER a TYPE varchar(20)"),
            Example::new(
                "CREATE TABLE t (a varchar(10)); ALTER TABLE t ADD CHECK (a <> '') NOT VALID",
                "ALTER TABLE t ALTER a TYPE varchar(20)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "set-type/indexes",
        of: &[Kind::SetType],
        condition: "indexes use the column",
        acts: &[
            Act::lock(|s| of(s, Retyped::indexes), AccessExclusive),
            Act::work(|s| of(s, Retyped::rebuilt), AccessExclusive, Work::RebuildIndex),
        ],
        examples: &[
            Example::new(
                "CREATE TABLE t (a text); CREATE INDEX ON t (a)",
                "ALTER TABLE t ALTER a TYPE text COLLATE \"C\"",
            ),
            Example::new("CREATE TABLE t (a varchar(10)); CREATE INDEX ON t (a)", "ALTER TABLE t ALTER a TYPE text"),
            Example::new(
                "CREATE TABLE p (id int, a varchar(10)) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10000); CREATE INDEX ON p (a)",
                "ALTER TABLE p ALTER a TYPE varchar(20)",
            ),
            Example::new(
                "CREATE TABLE p (id int, a varchar(10)) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10000); CREATE INDEX ON ONLY p (a)",
                "ALTER TABLE p ALTER a TYPE varchar(20)",
            ),
            Example::new(
                "CREATE TABLE t (a varchar(10)); CREATE INDEX ON t (lower(a))",
                "ALTER TABLE t ALTER a TYPE text",
            ),
            Example::new("CREATE TABLE t (a int PRIMARY KEY)", "ALTER TABLE t ALTER a TYPE oid"),
            Example::new(
                "CREATE TABLE t (a jsonb); CREATE INDEX ON t USING gin (a jsonb_path_ops)",
                "ALTER TABLE t ALTER a TYPE json",
            ),
            Example::new(
                "CREATE TABLE t (a varchar(10)); CREATE INDEX ON t (a varchar_pattern_ops)",
                "ALTER TABLE t ALTER a TYPE text",
            ),
            Example::new(
                "CREATE TABLE t (a text); CREATE INDEX ON t (a text_pattern_ops)",
                "ALTER TABLE t ALTER a TYPE char(40)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "set-type/foreign-keys",
        of: &[Kind::SetType],
        condition: "foreign keys use or reference the column",
        acts: &[
            Act::lock(|s| of(s, Retyped::linked), AccessExclusive),
            Act::lock(|s| of(s, Retyped::referenced), ShareRowExclusive),
            Act::scan(|s| of(s, Retyped::checked_again)),
        ],
        examples: &[
            Example::new(
                "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int REFERENCES p)",
                "ALTER TABLE p ALTER id TYPE bigint",
            ),
            Example::new(
                "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int REFERENCES p)",
                "ALTER TABLE t ALTER p_id TYPE bigint",
            ),
            Example::new(
                "CREATE TABLE p (id varchar(9) PRIMARY KEY); CREATE TABLE t (p_id varchar(9) REFERENCES p)",
                "ALTER TABLE t ALTER p_id TYPE text",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "set-type/identity",
        of: &[Kind::SetType],
        condition: "the column is an identity",
        acts: &[Act::lock(|s| of(s, Retyped::identity_sequences), ShareRowExclusive)],
        examples: &[Example::new(
            "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)",
            "ALTER TABLE t ALTER id TYPE bigint",
        )],
        ..Fact::BASE
    },
];

fn of<'a>(scene: &Scene<'a>, list: impl FnOnce(&Retyped<'a>) -> Vec<RelationId>) -> Vec<RelationId> {
    Retyped::new(scene).map(|retyped| list(&retyped)).unwrap_or_default()
}

fn another_type(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(retyped) = Retyped::new(scene) else { return };
    let narrows = narrowing::of(scene).is_some_and(|loss| loss > Loss::Nothing);
    for found in &retyped.columns {
        let Some(relation) = named(scene, found.id) else { continue };
        let old = &found.column.data_type;
        let column = Some((found.column.id, found.column.name.to_string()));
        let conversion = Conversion { catalog: scene.catalog, session: scene.session };
        let same = looks_alike(&conversion, old, &retyped.to);
        let what = if same { BreakageKind::RowType } else { BreakageKind::Retyped };
        if *old != retyped.to {
            effects.breaks.push(Breakage { relation: relation.clone(), column, what });
        }
        if !is_unknown(old) && narrows {
            let column = Some(found.column.name.to_string());
            effects.data_loss.push(DataLoss { relation, column, how: DataLossKind::Narrowed });
        }
    }
    effects.failures.extend(using_failure(scene, &retyped));
    effects.failures.extend(cast_failure(scene, &retyped));
    effects.failures.extend(default_failure(scene, &retyped));
}

/// A cast that does not exist, written in USING.
fn using_failure(scene: &Scene<'_>, retyped: &Retyped<'_>) -> Option<Failure> {
    let (table, _) = retyped.table()?;
    let mut failure = None;
    retyped.using?.walk(&mut |e| {
        let Expr::Cast { expr, to } = e else { return };
        let Some(from) = scene.catalog.expression_type(expr, Some(table)) else { return };
        let to = scene.catalog.settled_type(to);
        if !exists(scene, &from, &to) {
            let plain = |t: &DataType| DataType { modifiers: Vec::new(), ..t.clone() };
            let message = format!("cannot cast type {} to {}", plain(&from), plain(&to));
            failure = Some(Failure { sqlstate: "42846", message, only_with_rows: false });
        }
    });
    failure
}

/// Without USING there must be a cast that assignments apply; with it, one from the type it gives.
fn cast_failure(scene: &Scene<'_>, retyped: &Retyped<'_>) -> Option<Failure> {
    let found = retyped.columns.first()?;
    let (table, _) = retyped.table()?;
    // What a foreign table holds is converted where it is.
    if scene.catalog.table(table).is_some_and(|t| t.foreign) {
        return None;
    }
    let from = match retyped.using {
        Some(using) => scene.catalog.expression_type(using, Some(table))?,
        None => found.column.data_type.clone(),
    };
    if is_assignable(scene, &from, &retyped.to) {
        return None;
    }
    let (name, to) = (&found.column.name, &retyped.to);
    let message = match retyped.using {
        Some(_) => format!("result of USING clause for column \"{name}\" cannot be cast automatically to type {to}"),
        None => format!("column \"{name}\" cannot be cast automatically to type {to}"),
    };
    Some(Failure { sqlstate: "42804", message, only_with_rows: false })
}

fn default_failure(scene: &Scene<'_>, retyped: &Retyped<'_>) -> Option<Failure> {
    let column = retyped.columns.first()?.column;
    let default = column.default.as_ref()?;
    if column.sequence.is_some() || is_null(&default.expr) || column.generated.is_some() {
        return None;
    }
    // The server looks below the cast to the column's type.
    let from = scene.catalog.expression_type(&default.expr, None);
    if is_assignable(scene, from.as_ref().unwrap_or(&column.data_type), &retyped.to) {
        return None;
    }
    let (name, to) = (&column.name, &retyped.to);
    let message = format!("default for column \"{name}\" cannot be cast automatically to type {to}");
    Some(Failure { sqlstate: "42804", message, only_with_rows: false })
}

/// Whether a value is cast when it is stored; what is not known is taken to be.
fn is_assignable(scene: &Scene<'_>, from: &DataType, to: &DataType) -> bool {
    match scene.catalog.cast(from, to) {
        CastPath::Known(cast) => cast.context <= CastContext::Assignment,
        _ => exists(scene, from, to),
    }
}

/// Whether there may be a cast; for the history's own types none is known to be made.
fn exists(scene: &Scene<'_>, from: &DataType, to: &DataType) -> bool {
    if is_unknown(from) {
        return true;
    }
    match scene.catalog.cast(from, to) {
        CastPath::Known(_) => true,
        CastPath::Missing => false,
        CastPath::Unknown => [from, to].iter().any(|t| matches!(scene.catalog.type_of(t), TypeRef::Unknown)),
    }
}

fn unclear_conversion(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(retyped) = Retyped::new(scene) else { return };
    let Some(found) = retyped.columns.iter().find(|found| retyped.stored(found) == Stored::Unclear) else { return };
    let (old, new) = (&found.column.data_type, &retyped.to);
    let table = scene.catalog.relation(found.id).map(crate::catalog::Relation::qualified).unwrap_or_default();
    let question = if is_unknown(old) {
        format!("Which type has {table}.{} now? It is taken to be one that has to be rewritten.", found.column.name)
    } else if old.name.starts_with("timestamp") && new.name.starts_with("timestamp") {
        "Is the TimeZone of the migration's session UTC? Then the table is not rewritten.".to_owned()
    } else {
        format!("Are {old} and {new} binary compatible? Then {table} is not rewritten.")
    };
    effects.uncertain.push(question);
}
