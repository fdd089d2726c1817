//! The whole script, in an order in which it runs.

use super::order::{Node, Placed, in_order};
use super::sequence;
use super::table::{TableWriter, UNKNOWN_SERVER};
use crate::catalog::{Catalog, Relation, RelationKind, TEMP_SCHEMA, TypeDefKind};
use crate::sql::{Ident, ObjectName};

/// SQL text, statement by statement.
#[derive(Default)]
struct Script {
    text: String,
}

impl Script {
    fn statement(&mut self, sql: &str) {
        self.text.push_str(sql);
        self.text.push_str(";\n");
    }

    /// Statements that belong together; a group is set off by an empty line.
    fn group(&mut self, statements: impl IntoIterator<Item = String>) {
        let mut statements = statements.into_iter().peekable();
        if statements.peek().is_some() && !self.text.is_empty() {
            self.text.push('\n');
        }
        statements.for_each(|sql| self.statement(&sql));
    }
}

/// What is written of each table at one place of the script.
fn each<'c>(tables: &[TableWriter<'c>], part: fn(&TableWriter<'c>) -> Vec<String>) -> Vec<String> {
    tables.iter().flat_map(part).collect()
}

/// Whether a relation is written at all.
pub(super) fn is_written(relation: &Relation) -> bool {
    !relation.unknown && relation.schema != *TEMP_SCHEMA
}

/// SQL that makes a catalog.
pub(super) fn write(catalog: &Catalog) -> String {
    let mut script = Script { text: unknown_servers(catalog) };
    let placed = in_order(catalog);
    script.group(preamble(catalog));
    script.group(collations(catalog));
    for placed in &placed {
        script.group(create(catalog, placed));
    }
    let tables: Vec<TableWriter<'_>> = placed
        .iter()
        .filter_map(|placed| match placed.node {
            Node::Table(id) => catalog.written_table(catalog.relation(id)?, placed.calls_wait),
            _ => None,
        })
        .collect();
    script.group(catalog.routines.values().flat_map(Catalog::routine_changes));
    script.group(owned_sequences(catalog));
    script.group(late_domain_checks(catalog));
    script.group(each(&tables, TableWriter::late_expressions));
    script.group(each(&tables, TableWriter::late_scopes));
    script.group(each(&tables, TableWriter::join_parents));
    script.group(each(&tables, TableWriter::laxer_nulls));
    // The parts of a partitioned table first: its key makes theirs its own.
    let mut parts_first: Vec<&TableWriter<'_>> = tables.iter().collect();
    parts_first.sort_by_key(|table| std::cmp::Reverse(table.depth()));
    script.group(parts_first.into_iter().flat_map(TableWriter::late_keys));
    script.group(indexes(catalog));
    script.group(catalog.statistics_statements());
    script.group(each(&tables, TableWriter::foreign_keys));
    script.group(each(&tables, TableWriter::settings));
    script.group(each(&tables, TableWriter::triggers));
    script.group(view_triggers(catalog));
    script.group(catalog.rule_statements());
    script.group(each(&tables, TableWriter::policies));
    script.group(catalog.comment_statements());
    script.text
}

/// What has to be added by hand before the script runs.
fn unknown_servers(catalog: &Catalog) -> String {
    let foreign = |relation: &&Relation| is_written(relation) && relation.table().is_some_and(|table| table.foreign);
    let names: Vec<String> = catalog.relations().filter(foreign).map(|relation| relation.object_name().sql()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "-- Put the server of each foreign table, and its OPTIONS, in the place of {UNKNOWN_SERVER}; they are not read here,\n\
         -- nor are CREATE SERVER and CREATE USER MAPPING: {}\n",
        names.join(", ")
    )
}

/// What comes before every object: settings, schemas, extensions.
fn preamble(catalog: &Catalog) -> Vec<String> {
    let mut statements = Vec::new();
    if !catalog.routines.is_empty() {
        // Bodies may name what comes after them.
        statements.push("SET check_function_bodies = false".to_owned());
    }
    let public = Ident::exact("public");
    if !catalog.schemas.contains_key(&public) {
        statements.push("DROP SCHEMA public".to_owned());
    }
    let schemas = catalog.schemas.keys().filter(|s| **s != public && **s != *TEMP_SCHEMA);
    statements.extend(schemas.map(|schema| format!("CREATE SCHEMA {}", schema.sql())));
    for (name, extension) in &catalog.extensions {
        let schema = extension.schema.as_ref().map(|s| format!(" WITH SCHEMA {}", s.sql())).unwrap_or_default();
        statements.push(format!("CREATE EXTENSION IF NOT EXISTS {}{schema} CASCADE", name.sql()));
    }
    statements
}

fn collations(catalog: &Catalog) -> Vec<String> {
    let written = catalog.collations.iter().map(|((schema, name), definition)| {
        format!("CREATE COLLATION {} {definition}", ObjectName::qualified(schema.clone(), name.clone()).sql())
    });
    written.collect()
}

/// The statement that makes an object.
fn create(catalog: &Catalog, placed: &Placed) -> Option<String> {
    match placed.node {
        Node::Type(id) => catalog.type_sql(catalog.types.get(&id)?),
        Node::Routine(id) => Some(Catalog::routine_sql(catalog.routine(id)?)),
        Node::Sequence(id) | Node::Table(id) | Node::View(id) => {
            let relation = catalog.relation(id)?;
            match &relation.kind {
                RelationKind::Table(_) => Some(catalog.written_table(relation, placed.calls_wait)?.create()),
                // One that was locked has not been read.
                RelationKind::View(view) if view.sql.is_empty() => None,
                RelationKind::View(view) => Some(Catalog::view_sql(relation, view)),
                RelationKind::Sequence(sequence) => Some(Catalog::sequence_sql(relation, sequence)),
                RelationKind::Index(_) | RelationKind::Composite => None,
            }
        }
    }
}

fn owned_sequences(catalog: &Catalog) -> Vec<String> {
    let owned = catalog.relations().filter(|r| is_written(r)).filter_map(|relation| {
        let sequence = relation.sequence()?;
        let (table, column) = sequence.owned_by?;
        let column = catalog.column(table, column)?;
        if sequence.identity {
            // It is made in the type of its column, whose bounds another type would replace.
            let other = sequence.data_type != column.data_type;
            let bounds = sequence::bounds(sequence).join(" ");
            let sql = format!("ALTER SEQUENCE {} AS {} {bounds}", relation.object_name().sql(), sequence.data_type);
            return other.then(|| sql.trim_end().to_owned());
        }
        let column = &column.name;
        let table = catalog.relation(table)?.object_name().sql();
        Some(format!("ALTER SEQUENCE {} OWNED BY {table}.{}", relation.object_name().sql(), column.sql()))
    });
    owned.collect()
}

fn late_domain_checks(catalog: &Catalog) -> Vec<String> {
    let mut statements = Vec::new();
    for def in catalog.types.values() {
        let TypeDefKind::Domain(domain) = &def.kind else { continue };
        for (name, check, _) in domain.checks.iter().filter(|(.., valid)| !valid) {
            statements.push(format!(
                "ALTER DOMAIN {} ADD CONSTRAINT {} CHECK ({}) NOT VALID",
                def.sql_name(),
                name.sql(),
                super::text::bare(check)
            ));
        }
    }
    statements
}

/// Indexes of their own, then how those of partitions belong to those of their parents.
fn indexes(catalog: &Catalog) -> Vec<String> {
    let all = || catalog.relations().filter(|r| is_written(r)).filter_map(|r| Some((r, r.index()?)));
    let on_written = |table| catalog.relation(table).is_some_and(is_written);
    let made = all()
        .filter(|(_, index)| catalog.is_plain_index(index) && on_written(index.table))
        .map(|(relation, index)| catalog.index_sql(relation, index));
    made.chain(all().filter_map(|(relation, index)| catalog.attach_index(relation, index))).collect()
}

fn view_triggers(catalog: &Catalog) -> Vec<String> {
    let views = catalog.relations().filter(|r| is_written(r)).filter_map(|r| Some((r, r.view()?)));
    views.flat_map(|(relation, view)| view.triggers.iter().map(|t| catalog.trigger_sql(relation, t))).collect()
}
