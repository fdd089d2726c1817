//! What hangs on a column, and has to hang on its copy.

use crate::catalog::{Column, Constraint, ConstraintId, ConstraintKind, Object, Policy, Relation, RelationId, Trigger};
use crate::plan::error::Refusal;
use crate::plan::request::{Request, TableRef};
use crate::sql::operation::ReplicaIdentity;

/// What hangs on a column.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    /// Indexes that back no constraint.
    pub(super) indexes: Vec<&'a Relation>,
    pub(super) checks: Vec<&'a Constraint>,
    pub(super) uniques: Vec<&'a Constraint>,
    pub(super) primary: Option<&'a Constraint>,
    /// Foreign keys over the column and foreign keys that reference it, with the table they stand on.
    pub(super) foreign_keys: Vec<(&'a Relation, &'a Constraint)>,
    /// The table's triggers that name it: `UPDATE OF`, `WHEN`.
    pub(super) triggers: Vec<&'a Trigger>,
    pub(super) policies: Vec<&'a Policy>,
    pub(super) views: Vec<&'a Relation>,
    /// Sequences that go with the column.
    pub(super) sequences: Vec<&'a Relation>,
}

impl<'a> Parts<'a> {
    /// What hangs on a column.
    ///
    /// # Errors
    /// Something that cannot be had twice, or not without a rewrite.
    pub(super) fn of(request: &Request<'a>, table: TableRef<'a>, column: &'a Column) -> Result<Self, Refusal> {
        let catalog = request.catalog;
        copyable(request, table, column)?;
        let mut parts = Self::default();
        for (object, _) in catalog.edges(&Object::Column(table.id, column.id)) {
            match object {
                Object::Default(..) => {}
                Object::Constraint(on, id) => parts.constraint(request, on, id)?,
                Object::Relation(id) => {
                    let Some(relation) = catalog.relation(id) else { continue };
                    match (relation.index(), relation.view(), relation.sequence()) {
                        (Some(index), ..) if index.constraint.is_none() => parts.indexes.push(relation),
                        (_, Some(view), _) if view.materialized => return Err(reads(request, &Object::Relation(id))),
                        (_, Some(_), _) => parts.views.push(relation),
                        (.., Some(_)) => parts.sequences.push(relation),
                        _ => {}
                    }
                }
                Object::Trigger(_, name) => parts.triggers.extend(table.table.triggers.iter().find(|t| t.name == name)),
                Object::Policy(on, name) if on == table.id => {
                    parts.policies.extend(table.table.policies.iter().find(|p| p.name == name));
                }
                other => return Err(reads(request, &other)),
            }
        }
        Ok(parts)
    }

    fn constraint(&mut self, request: &Request<'a>, on: RelationId, id: ConstraintId) -> Result<(), Refusal> {
        let catalog = request.catalog;
        let Some((relation, constraint)) = catalog.relation(on).zip(catalog.constraint(on, id)) else { return Ok(()) };
        match &constraint.kind {
            ConstraintKind::NotNull { .. } => {}
            ConstraintKind::Check { .. } => self.checks.push(constraint),
            ConstraintKind::Unique { primary: true, .. } => self.primary = Some(constraint),
            ConstraintKind::Unique { .. } => self.uniques.push(constraint),
            ConstraintKind::ForeignKey(_) => {
                if !self.foreign_keys.iter().any(|(_, known)| known.id == id) {
                    self.foreign_keys.push((relation, constraint));
                }
            }
            ConstraintKind::Exclude { .. } => {
                return Err(Refusal::new(
                    format!("the exclusion constraint {} cannot be built while writes go on", constraint.name.sql()),
                    "make the change in a maintenance window",
                ));
            }
        }
        Ok(())
    }
}

/// Whether a column can have a copy beside it at all.
fn copyable(request: &Request<'_>, table: TableRef<'_>, column: &Column) -> Result<(), Refusal> {
    let c = column.name.sql();
    let definition = table.table;
    let window = "make the change in a maintenance window";
    if column.generated.is_some() {
        let reason = format!("{c} is generated: a copy that is kept by a trigger cannot become a generated column");
        return Err(Refusal::new(reason, "add a generated column of the new form, and drop the old one later"));
    }
    if column.inherited > 0 {
        return Err(Refusal::new(format!("{c} comes from a parent table"), "change the column of the parent"));
    }
    if definition.foreign || definition.of_type.is_some() {
        return Err(Refusal::new(format!("{} is a foreign or typed table", table.sql()), window));
    }
    if !definition.children.is_empty() && !definition.is_partitioned() {
        let reason = format!("tables inherit from {}, and triggers do not", table.sql());
        return Err(Refusal::new(reason, window));
    }
    let tables = request.catalog.descendants(table.id).into_iter().chain([table.id]);
    let keys = tables.filter_map(|id| request.catalog.table(id)?.partition_by.as_ref());
    if keys.flat_map(|by| &by.key).any(|key| key.expr.columns().contains(&&column.name)) {
        let reason = format!("{c} is part of the partition key: rows cannot be assigned by a copy of it");
        return Err(Refusal::new(reason, "copy the table into a new partitioned one"));
    }
    if request.catalog.statistics.values().any(|of| of.table == table.id) {
        let reason = format!("extended statistics on {} may name {c}, and would go with it", table.sql());
        return Err(Refusal::new(reason, "drop the statistics before and create them after the change"));
    }
    if matches!(&definition.replica_identity, ReplicaIdentity::Index(_)) {
        let reason = format!("the replica identity of {} is an index that may have to be replaced", table.sql());
        return Err(Refusal::new(reason, "set REPLICA IDENTITY FULL for the time of the change"));
    }
    if !definition.rules.is_empty() {
        let reason = format!("{} has rules, which do not see what triggers change", table.sql());
        return Err(Refusal::new(reason, "replace the rules by triggers, or make the change in a maintenance window"));
    }
    Ok(())
}

fn reads(request: &Request<'_>, object: &Object) -> Refusal {
    let what = request.catalog.describe(object);
    Refusal::new(
        format!("{what} depends on the column and cannot be had for both forms at once"),
        format!("drop {what} before and create it after the change, each in a release of its own"),
    )
}
