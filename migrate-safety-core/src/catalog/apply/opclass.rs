//! What an index access method can do, and with which types by itself (`pg_opclass` with `opcdefault`).

use super::change::Change;
use super::index::NewIndex;
use crate::catalog::query::index_uses;
use crate::catalog::{Column, Index, IndexKey, RelationId, TypeRef};
use crate::sql::DataType;
use crate::sql::expr::Expr;
use crate::sql::operation::IndexElement;

/// One of the server's own access methods.
struct Method {
    name: &'static str,
    unique: bool,
    include: bool,
    multicolumn: bool,
    ordered: bool,
}

const METHODS: &[Method] = &[
    Method { name: "btree", unique: true, include: true, multicolumn: true, ordered: true },
    Method { name: "hash", unique: false, include: false, multicolumn: false, ordered: false },
    Method { name: "gist", unique: false, include: true, multicolumn: true, ordered: false },
    Method { name: "gin", unique: false, include: false, multicolumn: true, ordered: false },
    Method { name: "spgist", unique: false, include: true, multicolumn: false, ordered: false },
    Method { name: "brin", unique: false, include: false, multicolumn: true, ordered: false },
];

/// Operator classes that indexes are given by name, and the built-in types that they take (`pg_opclass.opcintype` and
/// what is binary-coercible to it).
const CLASSES: &[(&str, &[&str])] = &[
    ("text_pattern_ops", TEXTS),
    ("varchar_pattern_ops", TEXTS),
    ("bpchar_pattern_ops", &["bpchar", "text", "varchar"]),
    ("gin_trgm_ops", TEXTS),
    ("gist_trgm_ops", TEXTS),
    ("jsonb_ops", &["jsonb"]),
    ("jsonb_path_ops", &["jsonb"]),
    ("tsvector_ops", &["tsvector"]),
    ("inet_ops", &["inet", "cidr"]),
    ("uuid_ops", &["uuid"]),
];

const TEXTS: &[&str] = &["text", "varchar"];

impl Change<'_> {
    /// Reports what the access method of a new index cannot do.
    pub(super) fn check_method(&mut self, index: &Index, elements: &[IndexElement]) {
        let name = index.method.clone();
        let Some(method) = METHODS.iter().find(|m| name == m.name) else {
            if self.catalog.complete && !self.catalog.has_open_extension() && self.catalog.extensions.is_empty() {
                self.conflict("42704", format!("access method \"{name}\" does not exist"));
            }
            return;
        };
        let refused = [
            (index.unique && !method.unique, "unique indexes"),
            (!index.include.is_empty() && !method.include, "included columns"),
            (index.keys.len() > 1 && !method.multicolumn, "multicolumn indexes"),
        ];
        if let Some((_, what)) = refused.iter().find(|(refused, _)| *refused) {
            self.conflict("0A000", format!("access method \"{name}\" does not support {what}"));
            return;
        }
        if !method.ordered && elements.iter().any(|e| e.descending) {
            self.conflict("0A000", format!("access method \"{name}\" does not support ASC/DESC options"));
        } else if !method.ordered && elements.iter().any(|e| e.nulls_first.is_some()) {
            self.conflict("0A000", format!("access method \"{name}\" does not support NULLS FIRST/LAST options"));
        }
        self.check_operator_classes(index);
    }

    /// Reports a key whose type its operator class does not take, or the access method cannot index without one.
    pub(super) fn check_operator_classes(&mut self, index: &Index) {
        for key in &index.keys {
            let Some(class) = &key.operator_class else { continue };
            let Some(data_type) = self.key_type(index.table, key).and_then(|t| self.base_type(&t)) else { continue };
            let builtin = matches!(self.catalog.type_of(&data_type), TypeRef::Builtin);
            let taken = CLASSES.iter().find(|(name, _)| class.name == *name).map(|(_, types)| types);
            if taken.is_some_and(|types| data_type.array || !types.contains(&data_type.name.as_str())) && builtin {
                let message =
                    format!("operator class \"{}\" does not accept data type {}", class.name, self.spelt(&data_type));
                self.conflict("42804", message);
                return;
            }
        }
        for key in index.keys.iter().filter(|k| k.operator_class.is_none()) {
            let Some(data_type) = self.key_type(index.table, key) else { continue };
            if self.has_operator_class(&data_type, &index.method) == Some(false) {
                let (data_type, method) = (self.spelt(&data_type), &index.method);
                let message =
                    format!("data type {data_type} has no default operator class for access method \"{method}\"");
                self.conflict("42704", message);
                return;
            }
        }
    }

    fn key_type(&self, table: RelationId, key: &IndexKey) -> Option<DataType> {
        match (key.column, &key.expression) {
            (Some(column), _) => self.catalog.column(table, column).map(|c| c.data_type.clone()),
            (None, Some(expression)) => self.catalog.expression_type(&expression.expr, Some(table)),
            (None, None) => None,
        }
    }

    /// Whether an access method has a default operator class for a type; absent: not known.
    fn has_operator_class(&self, data_type: &DataType, method: &str) -> Option<bool> {
        let data_type = self.base_type(data_type)?;
        // btree_gin and btree_gist give further ones.
        let further =
            ["btree_gin", "btree_gist", "intarray", "bloom"].iter().any(|e| self.catalog.extensions.contains_key(*e));
        if self.catalog.has_open_extension() || (further && method != "btree" && method != "hash") {
            return None;
        }
        let name = data_type.name.as_str();
        let listed = |types: &[&str]| !data_type.array && types.contains(&name);
        match self.catalog.type_of(&data_type) {
            TypeRef::Builtin => {}
            TypeRef::Enum(_) => {
                return Some(matches!(method, "btree" | "hash") || (method == "gin" && data_type.array));
            }
            _ => return None,
        }
        if !self.catalog.complete && matches!(method, "gin" | "gist") {
            return None;
        }
        Some(match method {
            "btree" => !listed(NO_BTREE),
            "hash" => !listed(NO_HASH),
            "gin" => data_type.array || listed(&["jsonb", "tsvector"]),
            "gist" => listed(GIST) || (!data_type.array && name.ends_with("range")),
            _ => return None,
        })
    }

    /// Reports an index on a virtual generated column.
    pub(super) fn check_virtual_columns(&mut self, table: RelationId, new: &NewIndex) {
        let Some(definition) = self.table(table) else { return };
        let is_virtual = |c: &&Column| c.generated.as_ref().is_some_and(|g| !g.stored);
        if definition.columns.iter().filter(is_virtual).any(|c| index_uses(&new.index, c)) {
            let what = match new.key.as_ref().map(|k| k.primary) {
                Some(true) => "primary keys",
                Some(false) => "unique constraints",
                None => "indexes",
            };
            self.conflict("0A000", format!("{what} on virtual generated columns are not supported"));
        }
    }

    /// Reports a unique index on a partitioned table that lacks a column of the partition key.
    pub(super) fn check_partition_key(&mut self, table: RelationId, new: &NewIndex) {
        let unique = new.index.unique;
        let Some(partitioning) = self.table(table).and_then(|t| t.partition_by.clone()) else { return };
        if !unique || self.is_unknown(table) {
            return;
        }
        let what = match new.key.as_ref().map(|k| k.primary) {
            Some(true) => "PRIMARY KEY constraint",
            Some(false) => "UNIQUE constraint",
            None => "unique index",
        };
        for key in &partitioning.key {
            let Expr::Column { name, .. } = &key.expr else {
                self.conflict("0A000", format!("unsupported {what} with partition key definition"));
                return;
            };
            let column = self.table(table).and_then(|t| t.column(name)).map(|c| c.id);
            if !new.index.keys.iter().any(|k| k.column.is_some() && k.column == column) {
                let message = "unique constraint on partitioned table must include all partitioning columns";
                self.conflict("0A000", message);
                return;
            }
        }
    }
}

/// Types without an order (measured, PostgreSQL 18).
const NO_BTREE: &[&str] = &[
    "aclitem",
    "box",
    "cid",
    "circle",
    "json",
    "jsonpath",
    "line",
    "lseg",
    "path",
    "pg_snapshot",
    "point",
    "polygon",
    "refcursor",
    "txid_snapshot",
    "xid",
    "xml",
];

/// Types without a hash function (measured, PostgreSQL 18).
const NO_HASH: &[&str] = &[
    "bit",
    "box",
    "circle",
    "json",
    "jsonpath",
    "line",
    "lseg",
    "money",
    "path",
    "pg_snapshot",
    "point",
    "polygon",
    "refcursor",
    "tsquery",
    "tsvector",
    "txid_snapshot",
    "varbit",
    "xml",
];

const GIST: &[&str] = &["box", "circle", "point", "polygon", "tsquery", "tsvector"];
