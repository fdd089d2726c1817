//! The JSON form of a catalog, version 1.

use super::constraint::{action_name, constrained};
use super::script::is_written;
use super::table::{bound_sql, strategy_name};
use super::table_parts::policy_sql;
use super::text::bare;
use crate::catalog::{
    Catalog, Column, ColumnId, Constraint, ConstraintKind, Index, Object, Relation, RelationId, RelationKind, Routine,
    Sequence, TEMP_SCHEMA, Table, Trigger, TypeDef, TypeDefKind, View,
};
use crate::sql::Ident;
use crate::sql::operation::{FiringState, Persistence, ReplicaIdentity, Volatility};
use serde_json::{Map, Value, json};

impl Catalog {
    /// The schema as JSON, version 1. Everything is sorted by name, columns excepted, which stand in their order.
    ///
    /// Names are schema-qualified and unquoted; `definition` is SQL.
    pub fn to_json(&self) -> Value {
        json!({
            "version": 1,
            "dialect": self.target().to_string(),
            "schemas": self.schemas.keys().filter(|s| **s != *TEMP_SCHEMA).map(|name| json!({
                "name": name.as_str(),
                "comment": self.comment_on(&Object::Schema(name.clone())),
            })).collect::<Vec<_>>(),
            "extensions": self.extensions.iter().map(|(name, extension)| json!({
                "name": name.as_str(),
                "schema": text(extension.schema.as_ref()),
            })).collect::<Vec<_>>(),
            "types": sorted(self.types.values().map(|def| self.type_json(def))),
            "tables": self.all(|r, kind| match kind {
                RelationKind::Table(table) => Some(self.table_json(r, table)),
                _ => None,
            }),
            "views": self.all(|r, kind| match kind {
                RelationKind::View(view) => Some(self.view_json(r, view)),
                _ => None,
            }),
            "sequences": self.all(|r, kind| match kind {
                RelationKind::Sequence(sequence) => Some(self.sequence_json(r, sequence)),
                _ => None,
            }),
            "routines": sorted(self.routines.values().map(|routine| self.routine_json(routine))),
        })
    }

    fn all(&self, json: impl Fn(&Relation, &RelationKind) -> Option<Value>) -> Value {
        sorted(self.relations().filter(|r| r.schema != *TEMP_SCHEMA).filter_map(|r| json(r, &r.kind)))
    }

    fn name_of(&self, id: RelationId) -> Option<String> {
        self.relation(id).map(Relation::qualified)
    }

    fn names_of(&self, ids: &[RelationId]) -> Vec<String> {
        let mut names: Vec<String> = ids.iter().filter_map(|id| self.name_of(*id)).collect();
        names.sort();
        names
    }

    fn table_json(&self, relation: &Relation, table: &Table) -> Value {
        json!({
            "name": relation.qualified(),
            "known": is_written(relation),
            "kind": table_kind(table),
            "persistence": persistence(table.persistence),
            "columns": table.columns.iter().map(|c| self.column_json(relation.id, c)).collect::<Vec<_>>(),
            "constraints": sorted(table.constraints.iter().map(|c| self.constraint_json(table, c))),
            "indexes": self.indexes_json(&table.indexes),
            "partition_by": table.partition_by.as_ref().map(|by| json!({
                "strategy": strategy_name(by.strategy).to_ascii_lowercase(),
                "key": by.key.iter().map(bare).collect::<Vec<_>>(),
            })),
            "partition_of": table.partition_of.as_ref().map(|(parent, bound)| json!({
                "table": self.name_of(*parent),
                "bound": bound_sql(bound),
            })),
            "inherits": table.inherits.iter().filter_map(|id| self.name_of(*id)).collect::<Vec<_>>(),
            "children": self.names_of(&table.children),
            "of_type": table.of_type.as_ref().map(ToString::to_string),
            "triggers": sorted(table.triggers.iter().map(|t| self.trigger_json(relation, t))),
            "rules": self.rules_json(relation, &table.rules),
            "policies": sorted(table.policies.iter().map(|policy| json!({
                "name": policy.name.as_str(),
                "definition": policy_sql(&relation.object_name().sql(), policy),
                "comment": self.comment_on(&Object::Policy(relation.id, policy.name.clone())),
            }))),
            "row_security": table.row_security,
            "force_row_security": table.force_row_security,
            "replica_identity": replica_identity(&table.replica_identity),
            "options": options(&table.options),
            "tablespace": text(table.tablespace.as_ref()),
            "access_method": text(table.access_method.as_ref()),
            "comment": relation.comment,
        })
    }

    fn column_json(&self, table: RelationId, column: &Column) -> Value {
        let owned = self.table(table).map_or(&[][..], |t| &t.sequences).iter().copied().find(|id| {
            let sequence = self.relation(*id).and_then(Relation::sequence);
            sequence.is_some_and(|s| s.owned_by == Some((table, column.id)))
        });
        json!({
            "name": column.name.as_str(),
            "type": column.data_type.to_string(),
            "collation": column.collation.as_ref().map(ToString::to_string),
            "nullable": !column.not_null,
            "default": self.default_sql(column),
            "generated": column.generated.as_ref().map(|generated| json!({
                "expression": bare(&generated.expression),
                "stored": generated.stored,
            })),
            "identity": column.identity.map(|always| if always { "always" } else { "by-default" }),
            "sequence": owned.and_then(|id| self.name_of(id)),
            "inherited": column.inherited > 0,
            "local": column.local,
            "comment": column.comment,
        })
    }

    fn constraint_json(&self, table: &Table, constraint: &Constraint) -> Value {
        let references = match &constraint.kind {
            ConstraintKind::ForeignKey(key) => {
                let to = self.table(key.table);
                let columns = key.referenced.iter().filter_map(|id| to?.column_by_id(*id));
                json!({
                    "table": self.name_of(key.table),
                    "columns": columns.map(|c| c.name.as_str()).collect::<Vec<_>>(),
                    "on_delete": action_name(key.on_delete),
                    "on_update": action_name(key.on_update),
                })
            }
            _ => Value::Null,
        };
        json!({
            "name": constraint.name.as_str(),
            "kind": constraint_kind(&constraint.kind),
            "columns": constrained(table, constraint).into_iter().map(Ident::as_str).collect::<Vec<_>>(),
            "definition": self.constraint_sql(table, constraint),
            "references": references,
            "index": constraint.index().and_then(|id| self.name_of(id)),
            "valid": constraint.valid,
            "enforced": constraint.enforced,
            "deferrable": constraint.deferrable,
            "initially_deferred": constraint.initially_deferred,
            "no_inherit": constraint.no_inherit,
            "inherited": constraint.inherited > 0,
            "local": constraint.local,
            "comment": constraint.comment,
        })
    }

    fn indexes_json(&self, indexes: &[RelationId]) -> Value {
        let indexes = indexes.iter().filter_map(|id| {
            let relation = self.relation(*id)?;
            Some(self.index_json(relation, relation.index()?))
        });
        sorted(indexes)
    }

    fn index_json(&self, relation: &Relation, index: &Index) -> Value {
        let constraint = index.constraint.and_then(|id| self.constraint(index.table, id));
        json!({
            "name": relation.qualified(),
            "method": index.method.as_str(),
            "unique": index.unique,
            "valid": index.valid,
            "key": index.keys.iter().map(|key| self.key_sql(index, key)).collect::<Vec<_>>(),
            "predicate": index.predicate.as_ref().map(bare),
            "constraint": constraint.map(|c| c.name.as_str()),
            "parent": index.parent.and_then(|id| self.name_of(id)),
            "clustered": index.clustered,
            "definition": self.index_sql(relation, index),
            "comment": relation.comment,
        })
    }

    fn trigger_json(&self, relation: &Relation, trigger: &Trigger) -> Value {
        json!({
            "name": trigger.name.as_str(),
            "function": trigger.function.to_string(),
            "fires": fires(trigger.state),
            "definition": self.trigger_sql(relation, trigger),
            "comment": self.comment_on(&Object::Trigger(relation.id, trigger.name.clone())),
        })
    }

    fn rules_json(&self, relation: &Relation, rules: &[(Ident, FiringState)]) -> Value {
        sorted(rules.iter().map(|(name, state)| {
            json!({
                "name": name.as_str(),
                "fires": fires(*state),
                "definition": self.rule_sql(relation, name),
                "comment": self.comment_on(&Object::Rule(relation.id, name.clone())),
            })
        }))
    }

    fn view_json(&self, relation: &Relation, view: &View) -> Value {
        let reads: Vec<RelationId> = view.depends_on.iter().map(|d| d.relation).collect();
        json!({
            "name": relation.qualified(),
            "kind": if view.materialized { "materialized-view" } else { "view" },
            "populated": view.populated,
            "columns": (1u16..).zip(&view.columns).map(|(id, column)| json!({
                "name": column.name.as_str(),
                "type": column.data_type.as_ref().map(ToString::to_string),
                "comment": self.comment_on(&Object::Column(relation.id, ColumnId(id))),
            })).collect::<Vec<_>>(),
            "reads": self.names_of(&reads),
            "query": view.sql,
            "indexes": self.indexes_json(&view.indexes),
            "triggers": sorted(view.triggers.iter().map(|t| self.trigger_json(relation, t))),
            "rules": self.rules_json(relation, &view.rules),
            "options": options(&view.options),
            "comment": relation.comment,
        })
    }

    fn sequence_json(&self, relation: &Relation, sequence: &Sequence) -> Value {
        let owner = sequence
            .owned_by
            .and_then(|(table, column)| Some(format!("{}.{}", self.name_of(table)?, self.column(table, column)?.name)));
        json!({
            "name": relation.qualified(),
            "type": sequence.data_type.to_string(),
            "owned_by": owner,
            "identity": sequence.identity,
            "increment": sequence.increment,
            "start": sequence.start,
            "min_value": sequence.bounds.0,
            "max_value": sequence.bounds.1,
            "cache": sequence.cache,
            "cycle": sequence.cycle,
            "comment": relation.comment,
        })
    }

    fn type_json(&self, def: &TypeDef) -> Value {
        let (kind, detail) = match &def.kind {
            TypeDefKind::Enum(labels) => {
                ("enum", json!({ "labels": labels.iter().map(|(label, _)| &**label).collect::<Vec<_>>() }))
            }
            TypeDefKind::Composite(attributes) => {
                let attributes = attributes
                    .iter()
                    .map(|(name, data_type)| json!({ "name": name.as_str(), "type": data_type.to_string() }));
                ("composite", json!({ "attributes": attributes.collect::<Vec<_>>() }))
            }
            TypeDefKind::Range(subtype) => ("range", json!({ "subtype": subtype.as_ref().map(ToString::to_string) })),
            TypeDefKind::Base => ("base", json!({})),
            TypeDefKind::Domain(domain) => {
                let checks = domain.checks.iter().map(
                    |(name, check, valid)| json!({ "name": name.as_str(), "expression": bare(check), "valid": valid }),
                );
                let detail = json!({
                    "base": domain.base.to_string(),
                    "collation": domain.collation.as_ref().map(ToString::to_string),
                    "nullable": !domain.not_null,
                    "default": domain.default.as_ref().map(bare),
                    "checks": sorted(checks),
                });
                ("domain", detail)
            }
        };
        let mut value = detail;
        if let Value::Object(fields) = &mut value {
            fields.insert("name".to_owned(), format!("{}.{}", def.schema, def.name).into());
            fields.insert("kind".to_owned(), kind.into());
            fields.insert("comment".to_owned(), self.comment_on(&Object::Type(def.id)).into());
        }
        value
    }

    fn routine_json(&self, routine: &Routine) -> Value {
        let volatility = match routine.volatility {
            Volatility::Immutable => "immutable",
            Volatility::Stable => "stable",
            Volatility::Volatile => "volatile",
        };
        json!({
            "name": format!("{}.{}", routine.schema, routine.name),
            "signature": routine.signature(),
            "kind": if routine.procedure { "procedure" } else { "function" },
            "returns": routine.returns.as_ref().map(ToString::to_string),
            "language": routine.language.as_str(),
            "volatility": volatility,
            "strict": routine.strict,
            "definition": Self::routine_sql(routine),
            "altered": routine.altered,
            "comment": self.comment_on(&Object::Routine(routine.id)),
        })
    }
}

/// Values in the order of their names.
fn sorted(values: impl Iterator<Item = Value>) -> Value {
    let mut values: Vec<Value> = values.collect();
    values.sort_by(|a, b| key(a).cmp(&key(b)));
    Value::Array(values)
}

/// What a value is sorted by: its name, and for routines also its arguments.
fn key(value: &Value) -> (&str, &str) {
    let text = |name| value.get(name).and_then(Value::as_str).unwrap_or_default();
    (text("name"), text("signature"))
}

fn text(name: Option<&Ident>) -> Option<&str> {
    name.map(Ident::as_str)
}

fn options(options: &[(Box<str>, Box<str>)]) -> Value {
    let pairs = options.iter().map(|(name, value)| (name.to_string(), Value::from(&**value)));
    Value::Object(pairs.collect::<Map<String, Value>>())
}

fn table_kind(table: &Table) -> &'static str {
    match (table.foreign, table.is_partitioned()) {
        (true, _) => "foreign-table",
        (false, true) => "partitioned-table",
        (false, false) => "table",
    }
}

fn constraint_kind(kind: &ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::NotNull { .. } => "not-null",
        ConstraintKind::Check { .. } => "check",
        ConstraintKind::Unique { primary: true, .. } => "primary-key",
        ConstraintKind::Unique { .. } => "unique",
        ConstraintKind::ForeignKey(_) => "foreign-key",
        ConstraintKind::Exclude { .. } => "exclude",
    }
}

fn persistence(persistence: Persistence) -> &'static str {
    match persistence {
        Persistence::Permanent => "permanent",
        Persistence::Unlogged => "unlogged",
        Persistence::Temporary => "temporary",
    }
}

fn fires(state: FiringState) -> &'static str {
    match state {
        FiringState::Enabled => "enabled",
        FiringState::Disabled => "disabled",
        FiringState::Replica => "replica",
        FiringState::Always => "always",
    }
}

fn replica_identity(identity: &ReplicaIdentity) -> Value {
    match identity {
        ReplicaIdentity::Default => json!("default"),
        ReplicaIdentity::Index(name) => json!({ "index": name.as_str() }),
        ReplicaIdentity::Full => json!("full"),
        ReplicaIdentity::Nothing => json!("nothing"),
    }
}
