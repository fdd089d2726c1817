//! A [`Catalog`] out of a server's rows.

mod code;
mod collations;
mod comments;
mod constraints;
mod indexes;
mod relations;
mod types;
mod views;

use super::rows::{CommentRow, ConstraintRow, PolicyRow, Qualified, RuleRow, ServerRow, SpaceRow, StatisticsObjectRow};
use super::{Unread, Unreadable, text};
use crate::catalog::{
    Catalog, ColumnId, ConstraintId, ExtendedStatistics, Extension, Object, Relation, RelationId, RoutineId, Stamp,
    TypeId, UNKNOWN_TYPE,
};
use crate::dialect::Target;
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::FiringState;
use crate::sql::{DataType, Ident, ObjectName, Operation};
use std::collections::{BTreeSet, HashMap};

/// A catalog in the making, and which of its objects is which of the server's.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) catalog: Catalog,
    target: Target,
    database: String,
    relations: HashMap<i64, RelationId>,
    types: HashMap<i64, TypeId>,
    routines: HashMap<i64, RoutineId>,
    constraints: HashMap<i64, (RelationId, ConstraintId)>,
    /// Triggers, rules and policies.
    parts: HashMap<i64, Object>,
    /// Composite types by their relations.
    composites: HashMap<i64, TypeId>,
    data_types: HashMap<String, DataType>,
    /// Rows that need what later ones bring.
    kept_constraints: Vec<ConstraintRow>,
    kept_rules: Vec<RuleRow>,
    kept_policies: Vec<PolicyRow>,
    kept_comments: Vec<CommentRow>,
    /// Relations that others have locked.
    busy: BTreeSet<RelationId>,
    /// What partitions take.
    bounds: HashMap<RelationId, String>,
    locked: BTreeSet<String>,
    unread: Vec<Unread>,
}

impl Builder {
    pub(super) fn new(target: Target, server: ServerRow) -> Self {
        let mut catalog = Catalog::new(target, true);
        catalog.others = None;
        catalog.schemas.clear();
        catalog.own_operators = server.own_operators;
        // The server has looked into the bodies already.
        catalog.check_bodies = false;
        if !server.search_path.is_empty() {
            catalog.search_path = server.search_path.iter().map(|name| Ident::exact(name)).collect();
        }
        Self {
            catalog,
            target,
            database: server.database,
            relations: HashMap::new(),
            types: HashMap::new(),
            routines: HashMap::new(),
            constraints: HashMap::new(),
            parts: HashMap::new(),
            composites: HashMap::new(),
            data_types: HashMap::new(),
            kept_constraints: Vec::new(),
            kept_rules: Vec::new(),
            kept_policies: Vec::new(),
            kept_comments: Vec::new(),
            busy: BTreeSet::new(),
            bounds: HashMap::new(),
            locked: BTreeSet::new(),
            unread: Vec::new(),
        }
    }

    /// Schemas and extensions.
    pub(super) fn add_spaces(&mut self, rows: Vec<SpaceRow>) {
        for row in rows {
            let name = Ident::exact(&row.name);
            if row.extension {
                let schema = row.schema.as_deref().map(Ident::exact);
                self.catalog.extensions.insert(name, Extension { created: Stamp::BEFORE, schema });
                continue;
            }
            if let Some(comment) = row.comment {
                self.catalog.comments.insert(Object::Schema(name.clone()), comment.into());
            }
            self.catalog.schemas.insert(name, Stamp::BEFORE);
        }
    }

    pub(super) fn add_statistics_objects(&mut self, rows: Vec<StatisticsObjectRow>) {
        for row in rows {
            let Some(table) = self.relation_id(row.relation) else { continue };
            let columns = row.columns.iter().copied().map(ColumnId).collect();
            let read = row.definition.as_deref().map(|sql| text::statement(self.target, sql));
            let (kinds, keys) = match read {
                Some(Some(Operation::Statistics { kinds, keys, .. })) => (kinds, keys),
                Some(_) => {
                    self.not_understood(
                        &format!("{}.{}", row.schema, row.name),
                        row.definition.as_deref().unwrap_or_default(),
                    );
                    Default::default()
                }
                None => {
                    self.locked(table);
                    Default::default()
                }
            };
            let sql = row.definition.unwrap_or_default().into();
            let found = ExtendedStatistics { columns, sql, ..self.catalog.statistics_about(table, &kinds, &keys) };
            self.catalog.statistics.insert((Ident::exact(&row.schema), Ident::exact(&row.name)), found);
        }
    }

    pub(super) fn keep_rules(&mut self, rows: Vec<RuleRow>) {
        self.kept_rules = rows;
    }

    pub(super) fn keep_policies(&mut self, rows: Vec<PolicyRow>) {
        self.kept_policies = rows;
    }

    pub(super) fn keep_comments(&mut self, rows: Vec<CommentRow>) {
        self.kept_comments = rows;
    }

    /// The relation with this number on the server.
    pub(super) fn relation_id(&self, oid: i64) -> Option<RelationId> {
        self.relations.get(&oid).copied()
    }

    /// The catalog, the database's name, and what is missing.
    pub(super) fn finish(mut self) -> (Catalog, String, Vec<Unread>) {
        self.add_rules();
        self.add_policies();
        self.add_comments();
        self.catalog.check_bodies = true;
        let locked = self.locked.into_iter().map(|object| Unread { object, reason: Unreadable::Locked });
        self.unread.extend(locked);
        (self.catalog, self.database, self.unread)
    }

    /// A type by the text of `format_type`.
    fn data_type(&mut self, sql: &str) -> DataType {
        if let Some(known) = self.data_types.get(sql) {
            return known.clone();
        }
        let read = text::data_type(self.target, sql).map(|t| self.catalog.settled_type(&t));
        let read = read.unwrap_or_else(|| {
            self.not_understood("a type", sql);
            DataType::builtin(UNKNOWN_TYPE)
        });
        self.data_types.insert(sql.to_owned(), read.clone());
        read
    }

    /// An expression of `owner`; one that is not understood keeps its text.
    fn expression(&mut self, owner: &str, sql: &str) -> Expression {
        text::expression(self.target, sql).unwrap_or_else(|| {
            self.not_understood(owner, sql);
            Expression { sql: sql.into(), expr: Expr::Other(Vec::new()) }
        })
    }

    /// The name of a relation for messages.
    fn qualified(&self, id: RelationId) -> String {
        self.catalog.relation(id).map(Relation::qualified).unwrap_or_default()
    }

    /// Notes that something of a relation is missing because the relation is locked.
    fn locked(&mut self, id: RelationId) {
        let name = self.qualified(id);
        self.locked.insert(name);
    }

    fn not_understood(&mut self, object: &str, sql: &str) {
        self.unread.push(Unread { object: object.to_owned(), reason: Unreadable::NotUnderstood(sql.to_owned()) });
    }
}

/// A name without the schema that is always looked into.
fn object_name((schema, name): &Qualified) -> ObjectName {
    match schema.as_str() {
        "pg_catalog" => ObjectName::bare(Ident::exact(name)),
        _ => ObjectName::qualified(Ident::exact(schema), Ident::exact(name)),
    }
}

fn firing_state(code: char) -> FiringState {
    match code {
        'D' => FiringState::Disabled,
        'R' => FiringState::Replica,
        'A' => FiringState::Always,
        _ => FiringState::Enabled,
    }
}

/// `name=value` pairs.
fn options(written: Option<&Vec<String>>) -> Vec<(Box<str>, Box<str>)> {
    let split = |option: &String| {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        (Box::from(name), Box::from(value))
    };
    written.into_iter().flatten().map(split).collect()
}
