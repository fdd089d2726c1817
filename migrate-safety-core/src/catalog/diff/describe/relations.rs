//! Tables with their columns and constraints, indexes, views, sequences.

use super::{Bond, Described, Describer, Normal, collation};
use crate::catalog::diff::ObjectKind;
use crate::catalog::{
    Column, ColumnId, Constraint, ConstraintKind, Dependency, ForeignKey, Index, IndexKey, Object, Relation,
    RelationId, Sequence, Table, UNKNOWN_TYPE, View,
};
use crate::sql::expr::{Expr, Query};
use crate::sql::operation::{PartitionBound, Persistence, ReplicaIdentity};
use crate::sql::{DataType, Operation};

/// Storage parameters that differ only in how often they are written.
type Options = [(Box<str>, Box<str>)];

impl Describer<'_> {
    pub(super) fn table(&mut self, relation: &Relation, table: &Table) {
        let mut described = Described {
            unknown: relation.unknown,
            ..Described::new(ObjectKind::Table, relation.qualified(), Object::Relation(relation.id))
        }
        .part_of(ObjectKind::Schema, relation.schema.as_str());
        if let Some((parent, _)) = &table.partition_of {
            described = described.part_of(ObjectKind::Table, self.relation_name(*parent));
        }
        described.has("persistence", persistence(table.persistence));
        described.has("foreign", table.foreign);
        self.partitioning(&mut described, relation.id, table);
        let parents: Vec<String> = table.inherits.iter().map(|id| self.relation_name(*id)).collect();
        described.has("inherits", parents.join(", "));
        described.has("row security", table.row_security);
        described.has("forced row security", table.force_row_security);
        described.has(
            "replica identity",
            match &table.replica_identity {
                ReplicaIdentity::Default => "default".to_owned(),
                ReplicaIdentity::Index(index) => format!("index {index}"),
                ReplicaIdentity::Full => "full".to_owned(),
                ReplicaIdentity::Nothing => "nothing".to_owned(),
            },
        );
        described.has("options", options(&table.options));
        described.has("tablespace", name(table.tablespace.as_ref()));
        described.has("access method", name(table.access_method.as_ref()));
        let of_type = table.of_type.as_ref().map(|name| {
            let data_type = DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) };
            self.type_name(&data_type)
        });
        described.has("of type", of_type.unwrap_or_default());
        described.has("comment", relation.comment.as_deref().unwrap_or_default());
        let unknown = relation.unknown;
        self.described.push(described);
        if unknown {
            return;
        }
        for (place, column) in table.columns.iter().enumerate() {
            self.column(relation, table, place, column);
        }
        for constraint in &table.constraints {
            self.constraint(relation, table, constraint);
        }
        self.triggers(relation, ObjectKind::Table, &table.triggers);
        self.rules(relation, ObjectKind::Table, &table.rules);
        self.policies(relation, &table.policies);
    }

    fn partitioning(&self, described: &mut Described, id: RelationId, table: &Table) {
        let by = table.partition_by.as_ref().map(|by| {
            let key: Vec<String> = by.key.iter().map(|e| self.normal(Some(id)).of(&e.expr, None)).collect();
            format!("{:?} ({})", by.strategy, key.join(", ")).to_ascii_lowercase()
        });
        described.has("partition key", by.unwrap_or_default());
        let of = table
            .partition_of
            .as_ref()
            .map(|(parent, bound)| format!("{} {}", self.relation_name(*parent), self.bound(*parent, bound)));
        described.has("partition of", of.unwrap_or_default());
    }

    fn bound(&self, parent: RelationId, bound: &PartitionBound) -> String {
        let key = self.catalog.table(parent).and_then(|t| t.partition_by.as_ref()).map_or(&[][..], |by| &by.key);
        let types: Vec<Option<DataType>> =
            key.iter().map(|e| self.catalog.expression_type(&e.expr, Some(parent))).collect();
        let value = |at: usize, expr: &Expr| {
            self.normal(None).of(expr, types.get(at).or(types.first()).and_then(Option::as_ref))
        };
        let values =
            |exprs: &[Expr]| exprs.iter().enumerate().map(|(at, expr)| value(at, expr)).collect::<Vec<_>>().join(", ");
        match bound {
            PartitionBound::Default => "default".to_owned(),
            PartitionBound::In(list) => {
                let mut list: Vec<String> = list.iter().map(|expr| value(0, expr)).collect();
                list.sort();
                format!("in ({})", list.join(", "))
            }
            PartitionBound::Range { from, to } => format!("from ({}) to ({})", values(from), values(to)),
            PartitionBound::Hash { modulus, remainder } => format!("modulus {modulus} remainder {remainder}"),
        }
    }

    fn column(&mut self, relation: &Relation, table: &Table, place: usize, column: &Column) {
        let full = format!("{}.{}", relation.qualified(), column.name);
        let mut described = Described::new(ObjectKind::Column, full, Object::Column(relation.id, column.id))
            .part_of(ObjectKind::Table, relation.qualified());
        if !column.local {
            for parent in table.inherits.iter().chain(table.partition_of.iter().map(|(parent, _)| parent)) {
                let parents = format!("{}.{}", self.relation_name(*parent), column.name);
                described = described.copy_of(ObjectKind::Column, parents);
            }
        }
        let known = !column.data_type.is(UNKNOWN_TYPE);
        described.may_have("type", known.then(|| self.type_name(&column.data_type)));
        described.has("collation", collation(column.collation.as_deref()));
        described.has("not null", column.not_null);
        self.expression(
            &mut described,
            "default",
            column.default.as_deref(),
            Some(relation.id),
            Some(&column.data_type),
        );
        let generated = column.generated.as_ref();
        let expression = generated.map(|g| &g.expression);
        self.expression(&mut described, "generated", expression, Some(relation.id), Some(&column.data_type));
        described.has("stored", generated.map(|g| g.stored.to_string()).unwrap_or_default());
        let identity = column.identity.map(|always| if always { "always" } else { "by default" });
        described.has("identity", identity.unwrap_or_default());
        described.has("storage", name(column.storage.as_deref()));
        described.has("compression", name(column.compression.as_deref()));
        described.has("comment", column.comment.as_deref().unwrap_or_default());
        if self.is_exact() {
            described.has("place", place + 1);
            described.has("number", column.id.0);
            described.has("local", column.local);
            described.has("inherited", column.inherited);
            described.has("sequence", column.sequence.map(|id| self.relation_name(id)).unwrap_or_default());
        }
        self.described.push(described);
    }

    fn constraint(&mut self, relation: &Relation, table: &Table, constraint: &Constraint) {
        let name = format!("{}.{}", relation.qualified(), constraint.name);
        let object = Object::Constraint(relation.id, constraint.id);
        let mut described =
            Described::new(ObjectKind::Constraint, name, object).part_of(ObjectKind::Table, relation.qualified());
        for parent in table.inherits.iter().chain(table.partition_of.iter().map(|(parent, _)| parent)) {
            if !constraint.local {
                let parents = format!("{}.{}", self.relation_name(*parent), constraint.name);
                described = described.copy_of(ObjectKind::Constraint, parents);
            }
        }
        if let Some(whole) = constraint.parent {
            if !self.is_exact() && table.constraints.iter().any(|c| c.id == whole) {
                // The server's own row of a foreign key, for one partition of what it references: its name is of the
                // order in which those came.
                return;
            }
            described = self.part_of_whole(described, relation, table, whole);
        }
        self.demand(&mut described, relation, table, constraint);
        described.has("valid", constraint.valid);
        described.has("enforced", constraint.enforced);
        described.has("deferrable", constraint.deferrable || constraint.initially_deferred);
        described.has("initially deferred", constraint.initially_deferred);
        described.has("no inherit", constraint.no_inherit);
        described.has("comment", constraint.comment.as_deref().unwrap_or_default());
        if self.is_exact() {
            described.has("local", constraint.local);
            described.has("inherited", constraint.inherited);
        }
        self.described.push(described);
    }

    /// Says which constraint one was made for.
    fn part_of_whole(
        &self,
        described: Described,
        relation: &Relation,
        table: &Table,
        whole: crate::catalog::ConstraintId,
    ) -> Described {
        let tables = std::iter::once(relation.id).chain(table.partition_of.iter().map(|(parent, _)| *parent));
        let found = tables.filter_map(|id| Some((id, self.catalog.constraint(id, whole)?))).next();
        match found {
            Some((id, constraint)) => {
                let name = format!("{}.{}", self.relation_name(id), constraint.name);
                described.copy_of(ObjectKind::Constraint, name)
            }
            None => described,
        }
    }

    fn demand(&self, described: &mut Described, relation: &Relation, table: &Table, constraint: &Constraint) {
        let columns = |ids: &[ColumnId]| column_names(table, ids);
        match &constraint.kind {
            ConstraintKind::NotNull { column } => {
                let name = columns(&[*column]);
                let key = (ObjectKind::Column, format!("{}.{name}", relation.qualified()));
                described.follows_from.push((key, Bond::Product));
                described.has("not null", name);
            }
            ConstraintKind::Check { expression, columns: mentioned } => {
                self.part_of_columns(described, relation, table, mentioned);
                self.expression(described, "check", Some(expression), Some(relation.id), None);
                if self.is_exact() {
                    let mut mentioned = mentioned.clone();
                    mentioned.sort_unstable();
                    described.has("columns", columns(&mentioned));
                }
            }
            ConstraintKind::Unique { primary, columns: key, index } => {
                self.part_of_columns(described, relation, table, key);
                described.has(if *primary { "primary key" } else { "unique" }, columns(key));
                self.backing_index(described, *index);
            }
            ConstraintKind::ForeignKey(key) => {
                self.part_of_columns(described, relation, table, &key.columns);
                self.foreign_key(described, table, key);
            }
            ConstraintKind::Exclude { index, operators } => {
                let operators: Vec<&str> =
                    operators.iter().map(|op| op.rsplit_once('.').map_or(&**op, |(_, op)| op)).collect();
                described.has("exclude", operators.join(", "));
                self.backing_index(described, *index);
            }
        }
    }

    /// Says that something goes with any of these columns.
    fn part_of_columns(&self, described: &mut Described, relation: &Relation, table: &Table, columns: &[ColumnId]) {
        for column in columns.iter().filter_map(|id| table.column_by_id(*id)) {
            let name = format!("{}.{}", relation.qualified(), column.name);
            described.follows_from.push(((ObjectKind::Column, name), Bond::Part));
        }
    }

    fn foreign_key(&self, described: &mut Described, table: &Table, key: &ForeignKey) {
        described.has("foreign key", column_names(table, &key.columns));
        let referenced = self.catalog.table(key.table).map(|t| column_names(t, &key.referenced)).unwrap_or_default();
        described.has("references", format!("{} ({referenced})", self.relation_name(key.table)));
        described.has("on delete", format!("{:?}", key.on_delete));
        described.has("on update", format!("{:?}", key.on_update));
        described.has("match full", key.match_full);
        described.has("set columns", column_names(table, &key.set_columns));
        if self.is_exact() {
            described.may_have("index", key.index.map(|id| self.relation_name(id)));
        }
    }

    /// What the index behind a constraint adds to it.
    fn backing_index(&self, described: &mut Described, id: RelationId) {
        let Some(relation) = self.catalog.relation(id) else { return };
        let Some(index) = relation.index() else { return };
        described.has("index", &relation.name);
        described.has("comment on the index", relation.comment.as_deref().unwrap_or_default());
        self.index_aspects(described, index);
    }

    pub(super) fn index(&mut self, relation: &Relation, index: &Index) {
        if index.constraint.is_some() {
            return;
        }
        let table = self.catalog.relation(index.table);
        if table.is_some_and(|t| t.unknown || !super::is_compared(t)) {
            return;
        }
        let kind = match table.and_then(Relation::view) {
            Some(_) => ObjectKind::MaterializedView,
            None => ObjectKind::Table,
        };
        let table = table.map(Relation::qualified).unwrap_or_default();
        let mut described = Described::new(ObjectKind::Index, relation.qualified(), Object::Relation(relation.id))
            .part_of(kind, table.clone());
        if let Some(parent) = index.parent {
            described = described.copy_of(ObjectKind::Index, self.relation_name(parent));
        }
        if let Some((relation, table)) = self.catalog.relation(index.table).and_then(|r| Some((r, r.table()?))) {
            let keys = index.keys.iter().flat_map(|key| &key.columns).chain(&index.include);
            let columns: Vec<ColumnId> = keys.copied().collect();
            self.part_of_columns(&mut described, relation, table, &columns);
        }
        described.has("table", table);
        described.has("unique", index.unique);
        self.index_aspects(&mut described, index);
        described.has("comment", relation.comment.as_deref().unwrap_or_default());
        self.described.push(described);
    }

    fn index_aspects(&self, described: &mut Described, index: &Index) {
        described.has("method", &index.method);
        let keys: Vec<String> = index.keys.iter().map(|key| self.key(index, key)).collect();
        described.has("key", keys.join(", "));
        let include: Vec<String> = index.include.iter().filter_map(|id| self.index_column(index, *id)).collect();
        described.has("include", include.join(", "));
        described.has("nulls not distinct", index.nulls_not_distinct);
        self.expression(described, "where", index.predicate.as_ref(), Some(index.table), None);
        described.has("index valid", index.valid);
        described.has("index options", options(&index.options));
        described.has("index tablespace", name(index.tablespace.as_ref()));
        described.has("clustered", index.clustered);
        if self.is_exact() {
            described.has("parent index", index.parent.map(|id| self.relation_name(id)).unwrap_or_default());
        }
    }

    fn index_column(&self, index: &Index, id: ColumnId) -> Option<String> {
        self.relation_column(index.table, id)
    }

    /// A column of a table or view by its number.
    fn relation_column(&self, relation: RelationId, id: ColumnId) -> Option<String> {
        let relation = self.catalog.relation(relation)?;
        match (relation.table(), relation.view()) {
            (Some(table), _) => Some(table.column_by_id(id)?.name.to_string()),
            (None, Some(view)) => Some(view.columns.get(usize::from(id.0).checked_sub(1)?)?.name.to_string()),
            (None, None) => None,
        }
    }

    fn key(&self, index: &Index, key: &IndexKey) -> String {
        let (mut written, data_type) = match (&key.column, &key.expression) {
            (Some(column), _) => (
                self.index_column(index, *column).unwrap_or_default(),
                self.catalog.column(index.table, *column).map(|c| &c.data_type).cloned(),
            ),
            (None, Some(expression)) => (
                self.normal(Some(index.table)).of(&expression.expr, None),
                self.catalog.expression_type(&expression.expr, Some(index.table)),
            ),
            (None, None) => (String::new(), None),
        };
        let own = key.column.and_then(|c| self.catalog.column(index.table, c)).and_then(|c| c.collation.as_deref());
        let collated = collation(key.collation.as_ref());
        if !collated.is_empty() && collated != collation(own) {
            written = format!("{written} collate {collated}");
        }
        if let Some(class) = &key.operator_class
            && !is_usual_class(&class.name, data_type.as_ref())
        {
            written = format!("{written} {}", class.name);
        }
        if key.descending {
            written.push_str(" desc");
        }
        if key.nulls_first != key.descending {
            written.push_str(if key.nulls_first { " nulls first" } else { " nulls last" });
        }
        written
    }

    pub(super) fn view(&mut self, relation: &Relation, view: &View) {
        let kind = if view.materialized { ObjectKind::MaterializedView } else { ObjectKind::View };
        let mut described = Described::new(kind, relation.qualified(), Object::Relation(relation.id))
            .part_of(ObjectKind::Schema, relation.schema.as_str());
        for dependency in &view.depends_on {
            if let Some((relation, table)) =
                self.catalog.relation(dependency.relation).and_then(|r| Some((r, r.table()?)))
            {
                self.part_of_columns(&mut described, relation, table, &dependency.columns);
            }
        }
        let names: Vec<&str> = view.columns.iter().map(|c| c.name.as_str()).collect();
        described.may_have("columns", view.complete.then(|| names.join(", ")));
        described.has("options", options(&view.options));
        described.has("comment", relation.comment.as_deref().unwrap_or_default());
        described.has("populated", view.populated);
        let mut reads: Vec<String> = view.depends_on.iter().map(|d| self.dependency(d)).collect();
        reads.sort();
        reads.dedup();
        described.may_have("reads", view.complete.then(|| reads.join(", ")));
        let query = self.view_query(view);
        described.may_have("query", query.as_ref().map(|query| self.normal(None).query(query)));
        described.may_have("dates", query.as_ref().and_then(Normal::moments));
        let comments = (1u16..).zip(&view.columns).filter_map(|(at, column)| {
            let text = self.catalog.comments.get(&Object::Column(relation.id, ColumnId(at)))?;
            Some(format!("{}: {text}", column.name))
        });
        let mut comments: Vec<String> = comments.collect();
        comments.sort();
        described.has("comments on columns", comments.join("; "));
        self.described.push(described);
        self.triggers(relation, kind, &view.triggers);
        self.rules(relation, kind, &view.rules);
    }

    /// A relation that is read, with the columns that are named.
    fn dependency(&self, dependency: &Dependency) -> String {
        let relation = self.relation_name(dependency.relation);
        if self.catalog.table(dependency.relation).is_none() {
            // The columns of a view come and go with it.
            return relation;
        }
        let mut columns: Vec<ColumnId> = dependency.columns.clone();
        columns.sort_unstable();
        columns.dedup();
        let mut columns: Vec<String> =
            columns.iter().filter_map(|id| self.relation_column(dependency.relation, *id)).collect();
        // The order of columns is not part of what is read.
        columns.sort_unstable();
        format!("{relation} ({})", columns.join(", "))
    }

    /// What a view computes.
    fn view_query(&self, view: &View) -> Option<Query> {
        let script = crate::sql::parse(self.catalog.target(), &view.sql);
        let statement = script.statements.first().filter(|s| s.understood())?;
        match &statement.operations.first()?.operation {
            Operation::Select(query) => Some((**query).clone()),
            _ => None,
        }
    }

    pub(super) fn sequence(&mut self, relation: &Relation, sequence: &Sequence) {
        let mut described = Described::new(ObjectKind::Sequence, relation.qualified(), Object::Relation(relation.id))
            .part_of(ObjectKind::Schema, relation.schema.as_str());
        let mut owner = String::new();
        if let Some((table, column)) = sequence.owned_by {
            let table_name = self.relation_name(table);
            if let Some(column) = self.catalog.column(table, column) {
                owner = format!("{table_name}.{}", column.name);
                let bond = if sequence.identity { Bond::Product } else { Bond::Part };
                described = described.bound_to(ObjectKind::Column, owner.clone(), bond);
            }
            described = described.part_of(ObjectKind::Table, table_name);
        }
        let mut usual = sequence.clone();
        usual.forget_usual();
        described.has("type", self.type_name(&usual.data_type));
        described.has("owned by", owner);
        described.has("identity", usual.identity);
        if usual.owned_by.is_none() {
            // One that is owned is what its table is.
            described.has("persistence", persistence(usual.persistence));
        }
        let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
        described.has("minimum", number(usual.bounds.0));
        described.has("maximum", number(usual.bounds.1));
        described.has("start", number(usual.start));
        described.has("increment", usual.increment);
        described.has("cache", usual.cache);
        described.has("cycle", usual.cycle);
        described.has("comment", relation.comment.as_deref().unwrap_or_default());
        self.described.push(described);
    }
}

fn column_names(table: &Table, ids: &[ColumnId]) -> String {
    let names: Vec<&str> = ids.iter().filter_map(|id| table.column_by_id(*id)).map(|c| c.name.as_str()).collect();
    names.join(", ")
}

fn persistence(persistence: Persistence) -> &'static str {
    match persistence {
        Persistence::Permanent => "permanent",
        Persistence::Unlogged => "unlogged",
        Persistence::Temporary => "temporary",
    }
}

fn name(name: Option<&crate::sql::Ident>) -> &str {
    name.map_or("", |name| name.as_str())
}

/// Storage parameters sorted, `on` and `true` being the same.
fn options(options: &Options) -> String {
    let mut written: Vec<String> = options
        .iter()
        .map(|(name, value)| {
            let value = match value.to_ascii_lowercase().as_str() {
                "on" | "yes" | "1" | "" => "true".to_owned(),
                "off" | "no" | "0" => "false".to_owned(),
                other => other.to_owned(),
            };
            format!("{name} = {value}")
        })
        .collect();
    written.sort();
    written.join(", ")
}

/// Whether an operator class is the one that the type would get anyway.
fn is_usual_class(class: &str, data_type: Option<&DataType>) -> bool {
    let Some(data_type) = data_type else { return false };
    let name = if data_type.array { "array" } else { data_type.name.as_str() };
    match name {
        "varchar" => matches!(class, "text_ops" | "varchar_ops"),
        "cidr" => matches!(class, "inet_ops" | "cidr_ops"),
        name => class.strip_suffix("_ops") == Some(name),
    }
}
