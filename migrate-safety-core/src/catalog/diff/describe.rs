//! A catalog as a flat list of objects with their aspects.

mod code;
mod relations;

use super::normal::Normal;
use super::{Closeness, Key, ObjectKind};
use crate::catalog::{
    Catalog, ExtendedStatistics, Object, Relation, RelationId, RelationKind, StatisticsKey, TEMP_SCHEMA, TypeDef,
    TypeDefKind,
};
use crate::layout::Layout;
use crate::sql::expr::Expression;
use crate::sql::operation::FiringState;
use crate::sql::{DataType, Ident, ObjectName};

/// An object.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) kind: ObjectKind,
    pub(super) name: String,
    /// What it is in its catalog.
    pub(super) object: Option<Object>,
    /// The statement that made it, where nothing else could.
    pub(super) sql: Option<Box<str>>,
    /// Whether only its name is known.
    pub(super) unknown: bool,
    /// Objects whose differences bring one of this object with them.
    pub(super) follows_from: Vec<(Key, Bond)>,
    pub(super) aspects: Vec<Aspect>,
}

/// How closely an object hangs on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bond {
    /// It comes and goes with the other.
    Part,
    /// It is besides what the other is: that of a partition.
    Copy,
    /// It is made by what the other is said to be.
    Product,
}

/// Something that an object has or is.
#[derive(Debug)]
pub(super) struct Aspect {
    pub(super) name: &'static str,
    /// To be compared; nothing where it is not known.
    pub(super) meaning: Option<String>,
    /// For people.
    pub(super) shown: String,
}

impl Aspect {
    /// Whether it is not known, so that nothing can be said.
    pub(super) fn is_open(&self) -> bool {
        self.meaning.is_none()
    }
}

impl Described {
    fn new(kind: ObjectKind, name: impl Into<String>, object: Object) -> Self {
        let unknown = false;
        let object = Some(object);
        Self { kind, name: name.into(), object, sql: None, unknown, follows_from: Vec::new(), aspects: Vec::new() }
    }

    fn part_of(self, kind: ObjectKind, name: impl Into<String>) -> Self {
        self.bound_to(kind, name, Bond::Part)
    }

    fn copy_of(self, kind: ObjectKind, name: impl Into<String>) -> Self {
        self.bound_to(kind, name, Bond::Copy)
    }

    fn bound_to(mut self, kind: ObjectKind, name: impl Into<String>, bond: Bond) -> Self {
        self.follows_from.push(((kind, name.into()), bond));
        self
    }

    fn has(&mut self, name: &'static str, value: impl ToString) {
        let shown = value.to_string();
        self.aspects.push(Aspect { name, meaning: Some(shown.clone()), shown });
    }

    fn means(&mut self, name: &'static str, meaning: String, shown: impl Into<String>) {
        self.aspects.push(Aspect { name, meaning: Some(meaning), shown: shown.into() });
    }

    fn may_have(&mut self, name: &'static str, value: Option<String>) {
        let shown = value.clone().unwrap_or_default();
        self.aspects.push(Aspect { name, meaning: value, shown });
    }
}

/// Describes in the eyes of one catalog.
pub(super) struct Describer<'c> {
    pub(super) catalog: &'c Catalog,
    /// The one that it is compared with.
    pub(super) other: &'c Catalog,
    pub(super) closeness: Closeness,
    pub(super) described: Vec<Described>,
}

/// Everything in a catalog that may differ from another; temporary objects and the hosts' own tables are left out.
///
/// What neither has changed since the one was copied from the other is left out too: if it reads differently, then by
/// the name of something that differs itself.
pub(super) fn describe<'c>(catalog: &'c Catalog, other: &'c Catalog, closeness: Closeness) -> Vec<Described> {
    let mut describer = Describer { catalog, other, closeness, described: Vec::new() };
    let same_comments = catalog.comments.is_same(&other.comments) && catalog.rule_texts.is_same(&other.rule_texts);
    describer.spaces();
    let types = catalog.types().filter(|t| !(same_comments && catalog.types.shares_entry(&other.types, &t.id)));
    types.for_each(|def| describer.type_def(def));
    let routines = catalog.routines.iter();
    let routines = routines.filter(|(id, _)| !(same_comments && catalog.routines.shares_entry(&other.routines, id)));
    routines.for_each(|(_, routine)| describer.routine(routine));
    let shared = |id: &RelationId| same_comments && catalog.relations.shares_entry(&other.relations, id);
    let unchanged = |relation: &Relation| {
        // A table is described with the indexes behind its constraints and the sequences behind its columns.
        let table = relation.table();
        let parts = table.into_iter().flat_map(|t| t.indexes.iter().chain(&t.sequences));
        shared(&relation.id) && parts.into_iter().all(shared)
    };
    for relation in catalog.relations().filter(|r| is_compared(r) && !unchanged(r)) {
        describer.relation(relation);
    }
    describer.described
}

fn is_compared(relation: &Relation) -> bool {
    relation.schema != *TEMP_SCHEMA && !is_book(relation)
}

/// How the tables begin in which running backfills are recorded.
const OWN_TABLES: &str = "migrate_safety_";

/// Whether it is a bookkeeping table, of a host or our own, or belongs to one.
fn is_book(relation: &Relation) -> bool {
    relation.name.starts_with(OWN_TABLES)
        || Layout::ALL.iter().filter_map(|layout| layout.bookkeeping_table()).any(|table| relation.name == *table)
}

impl Describer<'_> {
    fn spaces(&mut self) {
        for name in self.catalog.schemas.keys().filter(|s| **s != *TEMP_SCHEMA) {
            let mut described = Described::new(ObjectKind::Schema, name.to_string(), Object::Schema(name.clone()));
            self.comment(&mut described);
            self.described.push(described);
        }
        // Every database has it.
        for (name, extension) in self.catalog.extensions.iter().filter(|(name, _)| **name != *"plpgsql") {
            let mut described =
                Described::new(ObjectKind::Extension, name.to_string(), Object::Extension(name.clone()));
            described.may_have("schema", extension.schema.as_ref().map(ToString::to_string));
            self.described.push(described);
        }
        let both_known = self.other.others.is_some();
        for ((class, name), sql) in self.catalog.others.iter().filter(|_| both_known).flatten() {
            let mut described = Described {
                object: None,
                sql: Some(sql.clone()),
                ..Described::new(
                    ObjectKind::Other,
                    format!("{class} {}", name.sql()),
                    Object::Extension(name.name.clone()),
                )
            };
            if let Some(schema) = &name.schema {
                described = described.part_of(ObjectKind::Schema, schema.as_str());
            }
            self.described.push(described);
        }
        self.collations();
        for ((schema, name), found) in self.catalog.statistics.iter() {
            self.statistics(schema, name, found);
        }
    }

    /// Collations by their names: what each was made of is kept by the server in words of its own.
    fn collations(&mut self) {
        for ((schema, name), definition) in &self.catalog.collations {
            let name = ObjectName::qualified(schema.clone(), name.clone()).sql();
            let object = Object::Schema(schema.clone());
            let described = Described {
                object: None,
                sql: Some(format!("CREATE COLLATION {name} {definition}").into()),
                ..Described::new(ObjectKind::Other, format!("collation {name}"), object)
            };
            self.described.push(described.part_of(ObjectKind::Schema, schema.as_str()));
        }
    }

    fn statistics(&mut self, schema: &Ident, name: &Ident, found: &ExtendedStatistics) {
        let Some(relation) = self.catalog.relation(found.table).filter(|r| is_compared(r)) else { return };
        let table = relation.qualified();
        let sql = self.catalog.statistics_sql(schema, name, found).map_or_else(|| found.sql.clone(), Into::into);
        let name = ObjectName::qualified(schema.clone(), name.clone()).sql();
        let mut described = Described {
            object: None,
            sql: Some(sql),
            ..Described::new(ObjectKind::Statistics, name, Object::Relation(found.table))
        }
        .part_of(ObjectKind::Table, table.clone());
        described.has("table", table);
        let keys: Vec<String> = found
            .keys
            .iter()
            .map(|key| match key {
                StatisticsKey::Column(id) => {
                    self.catalog.column(found.table, *id).map(|column| column.name.sql()).unwrap_or_default()
                }
                StatisticsKey::Expression(expression) => self.normal(Some(found.table)).of(&expression.expr, None),
            })
            .collect();
        described.may_have("keys", (!keys.is_empty()).then(|| sorted(keys)));
        described.has("kinds", sorted(found.kinds.iter().map(ToString::to_string).collect()));
        self.described.push(described);
    }

    fn type_def(&mut self, def: &TypeDef) {
        let kind = if matches!(def.kind, TypeDefKind::Domain(_)) { ObjectKind::Domain } else { ObjectKind::Type };
        let name = format!("{}.{}", def.schema, def.name);
        let mut described =
            Described::new(kind, name, Object::Type(def.id)).part_of(ObjectKind::Schema, def.schema.as_str());
        match &def.kind {
            TypeDefKind::Enum(labels) => {
                let labels: Vec<&str> = labels.iter().map(|(label, _)| &**label).collect();
                described.has("labels", labels.join(", "));
            }
            TypeDefKind::Domain(domain) => {
                described.has("type", self.type_name(&domain.base));
                described.has("collation", collation(domain.collation.as_ref()));
                described.has("not null", domain.not_null);
                self.expression(&mut described, "default", domain.default.as_ref(), None, Some(&domain.base));
                let mut checks: Vec<String> = domain
                    .checks
                    .iter()
                    .map(|(name, check, valid)| format!("{name} {} {valid}", self.normal(None).of(&check.expr, None)))
                    .collect();
                checks.sort();
                described.has("checks", checks.join("; "));
            }
            TypeDefKind::Composite(attributes) => {
                let attributes: Vec<String> =
                    attributes.iter().map(|(name, t)| format!("{name} {}", self.type_name(t))).collect();
                described.has("attributes", attributes.join(", "));
            }
            TypeDefKind::Range(subtype) => {
                described.may_have("subtype", subtype.as_ref().map(|t| self.type_name(t)));
                described.may_have("multirange", self.catalog.multirange_of(def).map(|name| name.sql()));
            }
            TypeDefKind::Base => {}
        }
        self.comment(&mut described);
        self.described.push(described);
    }

    fn relation(&mut self, relation: &Relation) {
        match &relation.kind {
            RelationKind::Table(table) => self.table(relation, table),
            RelationKind::Index(index) => self.index(relation, index),
            RelationKind::View(view) => self.view(relation, view),
            RelationKind::Sequence(sequence) => self.sequence(relation, sequence),
            RelationKind::Composite => {}
        }
    }

    /// The comment on an object that has no field for one.
    fn comment(&self, described: &mut Described) {
        let comment = described.object.as_ref().and_then(|object| self.catalog.comments.get(object));
        described.has("comment", comment.map_or("", |text| &**text));
    }

    fn normal(&self, table: Option<RelationId>) -> Normal<'_> {
        Normal { catalog: self.catalog, table }
    }

    fn expression(
        &self,
        described: &mut Described,
        name: &'static str,
        expression: Option<&Expression>,
        table: Option<RelationId>,
        wanted: Option<&DataType>,
    ) {
        let meaning = expression.map(|e| self.normal(table).of(&e.expr, wanted)).unwrap_or_default();
        let shown = expression.map_or("", |e| e.sql.trim());
        if expression.is_some_and(|e| Normal::is_of_the_moment(&e.expr)) {
            return described.aspects.push(Aspect { name, meaning: None, shown: shown.to_owned() });
        }
        described.means(name, meaning, shown);
    }

    /// A type by its full name.
    fn type_name(&self, data_type: &DataType) -> String {
        self.catalog.settled_type(data_type).to_string()
    }

    fn relation_name(&self, id: RelationId) -> String {
        self.catalog.relation(id).map(Relation::qualified).unwrap_or_default()
    }

    fn is_exact(&self) -> bool {
        self.closeness == Closeness::Exact
    }
}

/// A collation; the server's own are found without a schema, and `default` is none.
fn collation(name: Option<&ObjectName>) -> String {
    match name {
        Some(name) if name.schema.as_ref().is_some_and(|s| *s != *"pg_catalog") => name.to_string(),
        Some(name) if name.name != "default" => name.name.to_string(),
        _ => String::new(),
    }
}

fn sorted(mut parts: Vec<String>) -> String {
    parts.sort();
    parts.join(", ")
}

fn state(state: FiringState) -> &'static str {
    match state {
        FiringState::Enabled => "",
        FiringState::Disabled => "disabled",
        FiringState::Replica => "on replicas",
        FiringState::Always => "always",
    }
}
