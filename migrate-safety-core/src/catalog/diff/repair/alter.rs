//! Changing what is not as expected.

use super::{Repair, comment};
use crate::catalog::render::comments::{relation_word, routine_words};
use crate::catalog::render::table::bound_sql;
use crate::catalog::render::table_parts::firing;
use crate::catalog::render::text::literal;
use crate::catalog::{
    Catalog, Column, ColumnId, ConstraintId, DomainDef, Object, Relation, RelationId, RelationKind, Sequence, Table,
    View,
};
use crate::sql::Ident;
use crate::sql::operation::{FiringState, Persistence, ReplicaIdentity};

impl Repair<'_> {
    /// Statements that give the object `found` of the actual schema the aspects of `wanted`.
    pub(super) fn alter(&self, wanted: &Object, found: &Object, aspects: &[&str]) -> Vec<String> {
        let altered = match (wanted, found) {
            (Object::Column(table, column), Object::Column(found, found_column)) => {
                self.altered_column((*table, *column), (*found, *found_column), aspects)
            }
            (Object::Constraint(table, wanted_id), _) => self.altered_constraint(*table, *wanted_id, found, aspects),
            (Object::Relation(wanted_id), Object::Relation(found_id)) => {
                self.altered_relation(*wanted_id, *found_id, aspects, found)
            }
            (Object::Routine(_), _) => self.altered_routine(wanted, found, aspects),
            (Object::Trigger(table, name), _) => self.altered_trigger(*table, name, wanted, found, aspects),
            (Object::Rule(table, name), _) => self.altered_rule(*table, name, aspects),
            (Object::Type(wanted_id), Object::Type(found_id)) => {
                let types = self.expected.types.get(wanted_id).zip(self.actual.types.get(found_id));
                types.map(|(wanted, found)| self.altered_type(wanted, found, aspects))
            }
            (Object::Schema(name), _) => Some(vec![comment(&format!("SCHEMA {}", name.sql()), self.said(wanted))]),
            (Object::Extension(name), _) => self.expected.extensions.get(name).and_then(|extension| {
                let schema = extension.schema.as_ref()?.sql();
                Some(vec![format!("ALTER EXTENSION {} SET SCHEMA {schema}", name.sql())])
            }),
            _ => None,
        };
        altered.unwrap_or_else(|| self.replaced(wanted, found))
    }

    /// Dropped and made again.
    fn replaced(&self, wanted: &Object, found: &Object) -> Vec<String> {
        let mut statements: Vec<String> = self.drop(found).into_iter().collect();
        statements.extend(self.create(wanted));
        statements
    }

    /// The comment that an object without a field for one should have.
    pub(super) fn said(&self, object: &Object) -> Option<&str> {
        self.expected.comments.get(object).map(|text| &**text)
    }

    /// The statement that gives a column its expected name, if the two can be one.
    pub(in crate::catalog::diff) fn renamed_column(&self, wanted: &Object, found: &Object) -> Option<String> {
        let (Object::Column(table, id), Object::Column(found_table, found_id)) = (wanted, found) else { return None };
        let (relation, other) = (self.expected.relation(*table)?, self.actual.relation(*found_table)?);
        let (column, renamed) = (self.expected.column(*table, *id)?, self.actual.column(*found_table, *found_id)?);
        let same = relation.qualified() == other.qualified() && id == found_id && column.data_type == renamed.data_type;
        let table = relation.object_name().sql();
        same.then(|| format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", renamed.name.sql(), column.name.sql()))
    }

    fn altered_column(
        &self,
        (table_id, id): (RelationId, ColumnId),
        (found_table, found_id): (RelationId, ColumnId),
        aspects: &[&str],
    ) -> Option<Vec<String>> {
        let column = self.expected.column(table_id, id)?;
        let found = self.actual.column(found_table, found_id)?;
        let table = self.expected.relation(table_id)?.object_name().sql();
        let name = column.name.sql();
        let mut statements = Vec::new();
        let mut alter = |action: String| statements.push(format!("ALTER TABLE {table} ALTER COLUMN {name} {action}"));
        // Type and default belong together; what rows have to meet is proved when they are as they will be.
        let is_demand = |aspect: &&&str| **aspect == "not null";
        for aspect in aspects.iter().filter(|aspect| !is_demand(aspect)).chain(aspects.iter().filter(is_demand)) {
            match *aspect {
                "type" => {
                    let data_type = &column.data_type;
                    // A default keeps its type, and may be one that the server does not convert.
                    let is_anew = found.default.is_some()
                        && (aspects.contains(&"default") || found.data_type.name != data_type.name)
                        && found.sequence.is_none();
                    if is_anew {
                        alter("DROP DEFAULT".to_owned());
                    }
                    alter(format!("TYPE {data_type}{} USING {name}::{data_type}", collated(column)));
                    if let Some(default) = self.expected.default_sql(column).filter(|_| is_anew) {
                        alter(format!("SET DEFAULT {default}"));
                    }
                }
                "collation" if !aspects.contains(&"type") => {
                    let collation = column.collation.as_ref().map_or("\"default\"".to_owned(), |name| name.sql());
                    alter(format!("TYPE {} COLLATE {collation}", column.data_type));
                }
                "default" if aspects.contains(&"type") && found.default.is_some() => {}
                "default" => match self.expected.default_sql(column) {
                    Some(default) => alter(format!("SET DEFAULT {default}")),
                    None => alter("DROP DEFAULT".to_owned()),
                },
                "not null" => alter(format!("{} NOT NULL", if column.not_null { "SET" } else { "DROP" })),
                "identity"
                    if column.identity.is_some() != found.identity.is_some()
                        && column.sequence.is_some()
                        && found.sequence.is_some() =>
                {
                    return self.renumbered(&table, column, found);
                }
                "identity" => match (column.identity, found.identity) {
                    (None, _) => alter("DROP IDENTITY".to_owned()),
                    (Some(always), None) => alter(format!("ADD GENERATED {} AS IDENTITY", generation(always))),
                    (Some(always), Some(_)) => alter(format!("SET GENERATED {}", generation(always))),
                },
                "generated" => match (&column.generated, &found.generated) {
                    (None, Some(_)) => alter("DROP EXPRESSION".to_owned()),
                    (Some(generated), Some(_)) if self.expected.target().version >= 17 => {
                        alter(format!("SET EXPRESSION AS ({})", generated.expression.sql));
                    }
                    _ => return None,
                },
                // Another type comes with its own.
                "storage" | "compression" if aspects.contains(&"type") => {}
                "storage" => {
                    let usual = || self.expected.usual_storage(&column.data_type).to_owned();
                    let storage = column.storage.as_ref().map_or_else(usual, ToString::to_string);
                    alter(format!("SET STORAGE {}", storage.to_ascii_uppercase()));
                }
                "compression" => {
                    let compression =
                        column.compression.as_ref().map_or("DEFAULT".to_owned(), |compression| compression.sql());
                    alter(format!("SET COMPRESSION {compression}"));
                }
                "stored" if column.generated.is_some() && found.generated.is_some() => return None,
                _ => {}
            }
        }
        if aspects.contains(&"comment") {
            statements.push(comment(&format!("COLUMN {table}.{name}"), column.comment.as_deref()));
        }
        Some(statements)
    }

    fn altered_constraint(
        &self,
        table: RelationId,
        id: ConstraintId,
        found: &Object,
        aspects: &[&str],
    ) -> Option<Vec<String>> {
        let constraint = self.expected.constraint(table, id)?;
        let name = constraint.name.sql();
        let on = self.expected.relation(table)?.object_name().sql();
        Some(match aspects {
            ["valid"] if constraint.valid => vec![format!("ALTER TABLE {on} VALIDATE CONSTRAINT {name}")],
            ["clustered"] => {
                let is_clustered =
                    constraint.index().and_then(|id| self.expected.index(id)).is_some_and(|i| i.clustered);
                let action = if is_clustered { format!("CLUSTER ON {name}") } else { "SET WITHOUT CLUSTER".to_owned() };
                vec![format!("ALTER TABLE {on} {action}")]
            }
            aspects if aspects.iter().all(|aspect| matches!(*aspect, "comment" | "comment on the index")) => {
                let own = aspects.contains(&"comment");
                let own = own.then(|| comment(&format!("CONSTRAINT {name} ON {on}"), constraint.comment.as_deref()));
                let index = constraint.index().filter(|_| aspects.contains(&"comment on the index"));
                let index = index
                    .and_then(|id| self.expected.relation(id))
                    .map(|index| comment(&format!("INDEX {}", index.object_name().sql()), index.comment.as_deref()));
                own.into_iter().chain(index).collect()
            }
            _ => {
                let mut statements: Vec<String> = self.drop(found).into_iter().collect();
                statements.extend(self.added_constraint(table, constraint));
                statements
            }
        })
    }

    fn altered_relation(
        &self,
        wanted: RelationId,
        found: RelationId,
        aspects: &[&str],
        object: &Object,
    ) -> Option<Vec<String>> {
        let (relation, other) = (self.expected.relation(wanted)?, self.actual.relation(found)?);
        let mut statements = match (&relation.kind, &other.kind) {
            (RelationKind::Table(table), RelationKind::Table(found)) => {
                self.altered_table(relation, table, found, aspects)
            }
            (RelationKind::Sequence(sequence), _) => self.altered_sequence(relation, sequence, aspects),
            (RelationKind::View(view), RelationKind::View(found_view)) => {
                let mut statements = Self::altered_view(relation, view, aspects)?;
                if aspects.contains(&"comments on columns") {
                    statements.extend(self.commented_columns((wanted, view), (found, found_view)));
                }
                statements
            }
            (RelationKind::Index(index), _) => {
                let name = relation.object_name().sql();
                match aspects {
                    ["comment"] => Vec::new(),
                    ["index valid"] if index.valid => vec![format!("REINDEX INDEX CONCURRENTLY {name}")],
                    ["clustered"] => {
                        let table = self.expected.relation(index.table)?.object_name().sql();
                        let action = if index.clustered {
                            format!("CLUSTER ON {}", relation.name.sql())
                        } else {
                            "SET WITHOUT CLUSTER".to_owned()
                        };
                        vec![format!("ALTER TABLE {table} {action}")]
                    }
                    _ => {
                        let mut statements: Vec<String> = self.drop(object).into_iter().collect();
                        statements.push(self.built_index(relation, index));
                        statements
                    }
                }
            }
            _ => return None,
        };
        if aspects.contains(&"comment") {
            let words = format!("{} {}", relation_word(relation), relation.object_name().sql());
            statements.push(comment(&words, relation.comment.as_deref()));
        }
        Some(statements)
    }

    fn altered_table(&self, relation: &Relation, table: &Table, found: &Table, aspects: &[&str]) -> Vec<String> {
        let name = relation.object_name().sql();
        let mut actions: Vec<String> = Vec::new();
        for aspect in aspects {
            match *aspect {
                "persistence" => {
                    let logged = table.persistence != Persistence::Unlogged;
                    actions.push(if logged { "SET LOGGED" } else { "SET UNLOGGED" }.to_owned());
                }
                "row security" => {
                    actions.push(format!("{} ROW LEVEL SECURITY", enable(table.row_security)));
                }
                "forced row security" => {
                    let no = if table.force_row_security { "" } else { "NO " };
                    actions.push(format!("{no}FORCE ROW LEVEL SECURITY"));
                }
                "replica identity" => actions.push(replica_identity(&table.replica_identity)),
                "options" => actions.extend(options(&table.options, &found.options)),
                "tablespace" => {
                    let tablespace = table.tablespace.as_ref().map_or("pg_default".to_owned(), Ident::sql);
                    actions.push(format!("SET TABLESPACE {tablespace}"));
                }
                "access method" => {
                    let method = table.access_method.as_ref().map_or("heap".to_owned(), Ident::sql);
                    actions.push(format!("SET ACCESS METHOD {method}"));
                }
                "of type" => match &table.of_type {
                    Some(of_type) => actions.push(format!("OF {}", of_type.sql())),
                    None => actions.push("NOT OF".to_owned()),
                },
                "inherits" => actions.extend(self.inheritance(table, found)),
                _ => {}
            }
        }
        let mut statements: Vec<String> = Vec::new();
        if aspects.contains(&"partition of") {
            let parent = |catalog: &Catalog, table: &Table| {
                let (parent, bound) = table.partition_of.as_ref()?;
                Some((catalog.relation(*parent)?.object_name().sql(), bound_sql(bound)))
            };
            let (left, joined) = (parent(self.actual, found), parent(self.expected, table));
            statements.extend(left.map(|(parent, _)| format!("ALTER TABLE {parent} DETACH PARTITION {name}")));
            statements
                .extend(joined.map(|(parent, bound)| format!("ALTER TABLE {parent} ATTACH PARTITION {name} {bound}")));
        }
        statements.extend(actions.iter().map(|action| format!("ALTER TABLE {name} {action}")));
        statements
    }

    fn inheritance(&self, table: &Table, found: &Table) -> Vec<String> {
        let names = |catalog: &Catalog, ids: &[RelationId]| -> Vec<String> {
            ids.iter().filter_map(|id| catalog.relation(*id)).map(|r| r.object_name().sql()).collect()
        };
        let (wanted, found) = (names(self.expected, &table.inherits), names(self.actual, &found.inherits));
        let gone = found.iter().filter(|name| !wanted.contains(name)).map(|name| format!("NO INHERIT {name}"));
        let new = wanted.iter().filter(|name| !found.contains(name)).map(|name| format!("INHERIT {name}"));
        gone.chain(new).collect()
    }

    fn altered_sequence(&self, relation: &Relation, sequence: &Sequence, aspects: &[&str]) -> Vec<String> {
        let name = relation.object_name().sql();
        let mut options: Vec<String> = Vec::new();
        for aspect in aspects {
            match *aspect {
                "type" => options.push(format!("AS {}", sequence.data_type)),
                "minimum" => {
                    options.push(sequence.bounds.0.map_or("NO MINVALUE".to_owned(), |n| format!("MINVALUE {n}")));
                }
                "maximum" => {
                    options.push(sequence.bounds.1.map_or("NO MAXVALUE".to_owned(), |n| format!("MAXVALUE {n}")));
                }
                "start" => options.push(format!("START WITH {}", sequence.first())),
                "increment" => options.push(format!("INCREMENT BY {}", sequence.increment)),
                "cache" => options.push(format!("CACHE {}", sequence.cache)),
                "cycle" => options.push(if sequence.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned()),
                _ => {}
            }
        }
        let mut statements = Vec::new();
        if !options.is_empty() {
            statements.push(format!("ALTER SEQUENCE {name} {}", options.join(" ")));
        }
        if aspects.contains(&"owned by") {
            let nobody = || format!("ALTER SEQUENCE {name} OWNED BY NONE");
            statements.push(self.owned(relation).unwrap_or_else(nobody));
        }
        if aspects.contains(&"persistence") {
            let logged = sequence.persistence != Persistence::Unlogged;
            statements.push(format!("ALTER SEQUENCE {name} SET {}", if logged { "LOGGED" } else { "UNLOGGED" }));
        }
        statements
    }

    /// Comments on the columns of a view, where they differ.
    fn commented_columns(
        &self,
        (id, view): (RelationId, &View),
        (found_id, found): (RelationId, &View),
    ) -> Vec<String> {
        let Some(relation) = self.expected.relation(id) else { return Vec::new() };
        let said = |catalog: &Catalog, id: RelationId, view: &View, name: &Ident| -> Option<String> {
            let at = view.columns.iter().position(|column| column.name == *name)?;
            let column = ColumnId(u16::try_from(at + 1).ok()?);
            catalog.comments.get(&Object::Column(id, column)).map(ToString::to_string)
        };
        let differing = view.columns.iter().filter_map(|column| {
            let wanted = said(self.expected, id, view, &column.name);
            (wanted != said(self.actual, found_id, found, &column.name)).then_some((column, wanted))
        });
        let name = relation.object_name().sql();
        differing
            .map(|(column, text)| comment(&format!("COLUMN {name}.{}", column.name.sql()), text.as_deref()))
            .collect()
    }

    /// Nothing where it has to be dropped and made again.
    fn altered_view(relation: &Relation, view: &View, aspects: &[&str]) -> Option<Vec<String>> {
        let name = relation.object_name().sql();
        if aspects.contains(&"populated") && view.materialized {
            let data = if view.populated { "" } else { " WITH NO DATA" };
            return Some(vec![format!("REFRESH MATERIALIZED VIEW {name}{data}")]);
        }
        let anew = ["columns", "reads", "query", "dates", "options"].iter().any(|aspect| aspects.contains(aspect));
        match (anew, view.materialized || aspects.contains(&"columns")) {
            (false, _) => Some(Vec::new()),
            (true, true) => None,
            (true, false) => {
                Some(vec![Catalog::view_sql(relation, view).replacen("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)])
            }
        }
    }

    fn altered_routine(&self, wanted: &Object, found: &Object, aspects: &[&str]) -> Option<Vec<String>> {
        let Object::Routine(id) = wanted else { return None };
        let routine = self.expected.routine(*id)?;
        if aspects == ["comment"] {
            return Some(vec![comment(&routine_words(routine), self.said(wanted))]);
        }
        if aspects.iter().any(|aspect| matches!(*aspect, "arguments" | "result")) {
            return Some(self.replaced(wanted, found));
        }
        let mut statements = self.create(wanted);
        if let Some(first) = statements.first_mut() {
            *first = first.replacen("CREATE ", "CREATE OR REPLACE ", 1);
        }
        Some(statements)
    }

    fn altered_trigger(
        &self,
        table: RelationId,
        name: &Ident,
        wanted: &Object,
        found: &Object,
        aspects: &[&str],
    ) -> Option<Vec<String>> {
        let on = self.expected.relation(table)?.object_name().sql();
        let trigger = self.expected.triggers_of(table).iter().find(|t| t.name == *name)?;
        Some(match aspects {
            ["fires"] => vec![format!("ALTER TABLE {on} {} TRIGGER {}", fires(trigger.state), name.sql())],
            ["comment"] => vec![comment(&format!("TRIGGER {} ON {on}", name.sql()), self.said(wanted))],
            _ => self.replaced(wanted, found),
        })
    }

    fn altered_rule(&self, table: RelationId, name: &Ident, aspects: &[&str]) -> Option<Vec<String>> {
        if aspects != ["fires"] {
            return None;
        }
        let relation = self.expected.relation(table)?;
        let rules = match &relation.kind {
            RelationKind::Table(table) => &table.rules,
            RelationKind::View(view) => &view.rules,
            _ => return None,
        };
        let (_, state) = rules.iter().find(|(rule, _)| rule == name)?;
        Some(vec![format!("ALTER TABLE {} {} RULE {}", relation.object_name().sql(), fires(*state), name.sql())])
    }
}

/// Labels can be added, not taken away; none where they cannot become the others.
pub(super) fn added_labels(name: &str, wanted: &[Box<str>], found: &[Box<str>]) -> Option<Vec<String>> {
    let mut kept = wanted.iter().filter(|label| found.contains(label));
    if !found.iter().all(|label| kept.next() == Some(label)) {
        return None;
    }
    let mut statements = Vec::new();
    for (at, label) in wanted.iter().enumerate().filter(|(_, label)| !found.contains(label)) {
        let place = match (at.checked_sub(1).and_then(|before| wanted.get(before)), found.first()) {
            (Some(before), _) => format!(" AFTER {}", literal(before)),
            (None, Some(first)) => format!(" BEFORE {}", literal(first)),
            (None, None) => String::new(),
        };
        statements.push(format!("ALTER TYPE {name} ADD VALUE {}{place}", literal(label)));
    }
    Some(statements)
}

pub(super) fn altered_domain(name: &str, wanted: &DomainDef, found: &DomainDef, aspects: &[&str]) -> Vec<String> {
    let mut statements = Vec::new();
    for aspect in aspects {
        match *aspect {
            "default" => statements.push(match &wanted.default {
                Some(default) => format!("ALTER DOMAIN {name} SET DEFAULT {}", default.sql),
                None => format!("ALTER DOMAIN {name} DROP DEFAULT"),
            }),
            "not null" => {
                let word = if wanted.not_null { "SET" } else { "DROP" };
                statements.push(format!("ALTER DOMAIN {name} {word} NOT NULL"));
            }
            "checks" => {
                for (check, ..) in &found.checks {
                    statements.push(format!("ALTER DOMAIN {name} DROP CONSTRAINT {}", check.sql()));
                }
                for (check, expression, valid) in &wanted.checks {
                    let not_valid = if *valid { "" } else { " NOT VALID" };
                    let condition = crate::catalog::render::text::bare(expression);
                    let check = check.sql();
                    statements
                        .push(format!("ALTER DOMAIN {name} ADD CONSTRAINT {check} CHECK ({condition}){not_valid}"));
                }
            }
            _ => {}
        }
    }
    statements
}

/// `SET (…)` and `RESET (…)`.
fn options(wanted: &[(Box<str>, Box<str>)], found: &[(Box<str>, Box<str>)]) -> Vec<String> {
    let mut actions = Vec::new();
    let set: Vec<(Box<str>, Box<str>)> = wanted.iter().filter(|option| !found.contains(option)).cloned().collect();
    if !set.is_empty() {
        actions.push(format!("SET{}", crate::catalog::render::text::with_options(&set).trim_start_matches(" WITH")));
    }
    let gone = found.iter().filter(|(name, _)| !wanted.iter().any(|(wanted, _)| wanted == name));
    let gone: Vec<&str> = gone.map(|(name, _)| &**name).collect();
    if !gone.is_empty() {
        actions.push(format!("RESET ({})", gone.join(", ")));
    }
    actions
}

fn collated(column: &Column) -> String {
    column.collation.as_ref().map(|collation| format!(" COLLATE {}", collation.sql())).unwrap_or_default()
}

fn generation(always: bool) -> &'static str {
    if always { "ALWAYS" } else { "BY DEFAULT" }
}

fn enable(enable: bool) -> &'static str {
    if enable { "ENABLE" } else { "DISABLE" }
}

fn fires(state: FiringState) -> &'static str {
    firing(state).unwrap_or("ENABLE")
}

fn replica_identity(identity: &ReplicaIdentity) -> String {
    match identity {
        ReplicaIdentity::Default => "REPLICA IDENTITY DEFAULT".to_owned(),
        ReplicaIdentity::Index(index) => format!("REPLICA IDENTITY USING INDEX {}", index.sql()),
        ReplicaIdentity::Full => "REPLICA IDENTITY FULL".to_owned(),
        ReplicaIdentity::Nothing => "REPLICA IDENTITY NOTHING".to_owned(),
    }
}
