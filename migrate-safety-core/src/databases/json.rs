//! The JSON form of a schema of MySQL, MariaDB or SQLite, version 1: that of a catalog of PostgreSQL, as far as there is the
//! same.

use super::operation::{
    CheckDef, ColumnDef, ForeignKeyDef, IndexDef, IndexKey, IndexKind, IndexPart, ReferentialAction,
};
use super::render::Rendered;
use super::schema::{Schema, Table, Trigger, View};
use serde_json::{Value, json};

impl Schema {
    /// The schema as JSON, version 1. Everything is sorted by name; columns stand in their order. Names are unquoted;
    /// `definition` is SQL.
    pub fn to_json(&self) -> Value {
        let tables = self.tables().filter(|table| !table.temporary);
        json!({
            "version": 1,
            "dialect": self.target.to_string(),
            "tables": sorted(tables.map(|table| self.table_json(table))),
            "views": sorted(self.views.values().map(|view| self.view_json(view))),
        })
    }

    fn rendered(&self) -> Rendered {
        Rendered::new(self.target)
    }

    fn table_json(&self, table: &Table) -> Value {
        let options = &table.options;
        let key = self.key(&table.name);
        let triggers = self.triggers.values().filter(|trigger| self.key(&trigger.table) == key);
        json!({
            "name": table.name.name.as_str(),
            "known": table.known,
            "columns": table.columns.iter().map(|column| self.column_json(table, column)).collect::<Vec<_>>(),
            "indexes": sorted(table.indexes.iter().map(|index| self.index_json(table, index))),
            "foreign_keys": sorted(table.foreign_keys.iter().map(|key| self.foreign_key_json(key))),
            "checks": sorted(table.checks.iter().map(|check| self.check_json(check))),
            "triggers": sorted(triggers.map(|trigger| self.trigger_json(trigger))),
            "engine": options.engine.as_ref().map(ToString::to_string),
            "charset": options.charset.as_ref().map(ToString::to_string),
            "collation": options.collation.as_ref().map(ToString::to_string),
            "row_format": options.row_format.as_ref().map(ToString::to_string),
            "strict": options.strict,
            "without_rowid": options.without_rowid,
            "partitioned": table.partitioned,
            "module": table.module.as_ref().map(ToString::to_string),
            "comment": options.comment,
        })
    }

    fn column_json(&self, table: &Table, column: &ColumnDef) -> Value {
        let in_key = self.target.dialect.is_mysql() && table.primary_key().contains(&&column.name);
        json!({
            "name": column.name.as_str(),
            "type": self.rendered().data_type(&column.data_type),
            "charset": column.charset.as_ref().map(ToString::to_string),
            "collation": column.collation.as_ref().map(ToString::to_string),
            "nullable": column.not_null != Some(true) && !in_key,
            "default": column.default.as_ref().map(|default| &*default.sql),
            "generated": column.generated.as_ref().map(|generated| json!({
                "expression": &*generated.expression.sql,
                "stored": generated.stored,
            })),
            "auto_increment": column.auto_increment,
            "on_update": column.on_update,
            "invisible": column.invisible,
            "comment": column.comment,
        })
    }

    fn index_json(&self, table: &Table, index: &IndexDef) -> Value {
        let key = |part: &IndexPart| match &part.key {
            IndexKey::Column(column) => column.to_string(),
            IndexKey::Expression(expression) => expression.sql.to_string(),
        };
        let is_primary = index.kind == IndexKind::Primary;
        json!({
            "name": index.name.as_ref().map(ToString::to_string),
            "kind": match index.kind {
                IndexKind::Primary => "primary-key",
                IndexKind::Unique => "unique",
                IndexKind::Plain => "index",
                IndexKind::FullText => "full-text",
                IndexKind::Spatial => "spatial",
                IndexKind::Vector => "vector",
            },
            "key": index.parts.iter().map(key).collect::<Vec<_>>(),
            "predicate": index.predicate.as_ref().map(|predicate| &*predicate.sql),
            "invisible": index.invisible,
            "definition": (!is_primary).then(|| self.rendered().create_index(table, index)),
        })
    }

    fn foreign_key_json(&self, key: &ForeignKeyDef) -> Value {
        let names = |names: &[super::name::Name]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        json!({
            "name": key.name.as_ref().map(ToString::to_string),
            "columns": names(&key.columns),
            "references": {
                "table": key.table.name.as_str(),
                "columns": names(&key.referenced),
                "on_delete": action(key.on_delete),
                "on_update": action(key.on_update),
            },
            "deferred": key.deferred,
            "definition": self.rendered().foreign_key(key),
        })
    }

    fn check_json(&self, check: &CheckDef) -> Value {
        json!({
            "name": check.name.as_ref().map(ToString::to_string),
            "expression": &*check.expression.sql,
            "enforced": check.enforced,
            "definition": self.rendered().check(check),
        })
    }

    fn view_json(&self, view: &View) -> Value {
        json!({ "name": view.name.name.as_str(), "definition": self.rendered().view(view) })
    }

    fn trigger_json(&self, trigger: &Trigger) -> Value {
        json!({ "name": trigger.name.name.as_str(), "definition": self.rendered().trigger(self, trigger) })
    }
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}

fn sorted(values: impl Iterator<Item = Value>) -> Value {
    let mut values: Vec<Value> = values.collect();
    values.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    Value::Array(values)
}
