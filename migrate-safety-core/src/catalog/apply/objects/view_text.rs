//! The texts of views follow what they read. The server keeps what a name meant; a text keeps names, so that they are
//! written anew when something gets another one. Names without a schema are those of `public`.

use super::bound::Rewrite;
use crate::catalog::{Catalog, RelationId, RelationKind, Resolved, TEMP_SCHEMA, Table, View};
use crate::sql::expr::{CteBody, Expr, Query, Select, TableRef, TableSource};
use crate::sql::{Ident, ObjectName, Operation, parse, rename};
use std::ops::Range;

/// The schema of names that are written without one.
pub(super) const PLAIN: &str = "public";

/// What stands where in a text, and what takes its place.
type Edit = (Range<usize>, String);

impl Catalog {
    /// The views that read a relation, with their texts.
    fn texts_reading(&self, id: RelationId) -> Vec<(RelationId, Box<str>)> {
        let readers = self.readers.get(&id).into_iter().flatten();
        readers.filter_map(|reader| Some((*reader, self.relation(*reader)?.view()?.sql.clone()))).collect()
    }

    /// Has the texts of the views and policies that read a relation call it by its new name. Before it gets that.
    pub(super) fn rename_in_views(&mut self, id: RelationId, schema: &Ident, name: &Ident) {
        for (view, sql) in self.texts_reading(id) {
            let renamed = self.relation_renamed(&sql, id, schema, name);
            self.set_view_text(view, renamed);
        }
        let reads_it =
            |table: &Table| table.policies.iter().any(|policy| policy.reads.iter().any(|d| d.relation == id));
        let readers = self.relations().filter(|relation| relation.table().is_some_and(reads_it));
        let readers: Vec<RelationId> = readers.map(|relation| relation.id).collect();
        let rewrite: &Rewrite<'_> = &|catalog, sql| {
            let renamed = catalog.relation_renamed(&format!("SELECT {sql}"), id, schema, name)?;
            renamed.strip_prefix("SELECT ").map(str::to_owned)
        };
        readers.into_iter().for_each(|table| self.rewrite_expressions(table, rewrite));
    }

    /// A query's text in which a relation has another name.
    fn relation_renamed(&self, sql: &str, id: RelationId, schema: &Ident, name: &Ident) -> Option<String> {
        let to = text_name(schema, name);
        edited(self, sql, &mut |item, from| {
            if self.meant(from) != Some(id) {
                return Vec::new();
            }
            let mut edits = vec![(item.place.part.clone(), item_text(item, &to))];
            if item.alias.is_none() && from.name != *name {
                edits.push((item.place.end..item.place.end, format!(" AS {}", from.name.sql())));
            }
            edits
        })
    }

    /// Has the texts of the views that read a relation call its column by its new name. Before it gets that.
    pub(in crate::catalog::apply) fn rename_column_in_views(&mut self, id: RelationId, from: &Ident, to: &Ident) {
        for (view, sql) in self.texts_reading(id) {
            let names_it = self.relation(view).and_then(|relation| relation.view()).is_some_and(|view| {
                query_of(self, &sql).is_some_and(|query| self.tells_apart(view, &query, id, [from, to]))
            });
            let renamed = if names_it {
                Some(rename::in_text(&sql, from, to))
            } else {
                let names = self.column_names(id);
                let at = names.iter().position(|name| name == from);
                at.and_then(|at| {
                    edited(self, &sql, &mut |item, name| self.column_list(id, item, name, names.get(..=at)))
                })
            };
            self.set_view_text(view, renamed);
        }
    }

    /// Takes a column of a relation out of the lists that name its columns by their places. Before it goes.
    pub(in crate::catalog::apply) fn drop_column_in_views(&mut self, id: RelationId, column: &Ident) {
        let Some(at) = self.column_names(id).iter().position(|name| name == column) else { return };
        for (view, sql) in self.texts_reading(id) {
            let shortened = edited(self, &sql, &mut |item, name| {
                let mut names: Vec<&Ident> = item.columns.iter().map(|(name, _)| name).collect();
                if self.meant(name) != Some(id) || at >= names.len() {
                    return Vec::new();
                }
                names.remove(at);
                vec![(item.place.part.start..item.place.end, listed(item, &item_text(item, &name.sql()), &names))]
            });
            self.set_view_text(view, shortened);
        }
    }

    /// Has the texts of the views that read all columns of a relation name them: those that come later are not theirs.
    pub(in crate::catalog) fn name_columns_in_views(&mut self, id: RelationId) {
        for (view, sql) in self.texts_reading(id) {
            let Some(query) = query_of(self, &sql) else { continue };
            let edits = query.selects.iter().flat_map(|select| self.stars(select)).collect();
            self.set_view_text(view, applied(&sql, edits));
        }
    }

    /// `t.*` of a select list as `t.a, t.b`.
    fn stars(&self, select: &Select) -> Vec<Edit> {
        let of = |item: &TableRef| match &item.source {
            TableSource::Relation { name, .. } => {
                let called = item.alias.as_ref().unwrap_or(&name.name);
                let own = self.column_names(self.meant(name)?);
                let listed = item.columns.iter().map(|(name, _)| name.clone());
                let names: Vec<Ident> = listed.chain(own.into_iter().skip(item.columns.len())).collect();
                let names = names.iter().map(|column| format!("{}.{}", called.sql(), column.sql()));
                Some(names.collect::<Vec<_>>().join(", "))
            }
            _ => None,
        };
        let named = |item: &TableRef, wanted: &Ident| match (&item.alias, &item.source) {
            (Some(alias), _) => alias == wanted,
            (None, TableSource::Relation { name, .. }) => name.name == *wanted,
            _ => false,
        };
        let stars = select.items.iter().filter(|item| !item.place.part.is_empty());
        let written = stars.filter_map(|item| {
            let columns = match &item.expr {
                Expr::Star(Some(wanted)) => of(select.from.iter().find(|item| named(item, wanted))?)?,
                Expr::Star(None) if select.from.iter().all(|item| item.using.is_empty() && !item.natural) => {
                    select.from.iter().map(of).collect::<Option<Vec<_>>>()?.join(", ")
                }
                _ => return None,
            };
            (!columns.is_empty()).then(|| (item.place.part.clone(), columns))
        });
        written.collect()
    }

    /// A `FROM` item with its columns named by their places.
    fn column_list(&self, id: RelationId, item: &TableRef, name: &ObjectName, own: Option<&[Ident]>) -> Vec<Edit> {
        let own = own.unwrap_or_default();
        if self.meant(name) != Some(id) || item.columns.len() >= own.len() {
            return Vec::new();
        }
        let listed_before = item.columns.iter().map(|(name, _)| name);
        let names: Vec<&Ident> = listed_before.chain(own.iter().skip(item.columns.len())).collect();
        let text = item_text(item, &name.sql());
        vec![(item.place.part.start..item.place.end, listed(item, &text, &names))]
    }

    /// Whether in a query a column's old name and its new one mean this relation's column and nothing else.
    fn tells_apart(&self, view: &View, query: &Query, id: RelationId, names: [&Ident; 2]) -> bool {
        let mut others = view.depends_on.iter().map(|read| read.relation).filter(|read| *read != id);
        let has_it = |other: RelationId| match self.relation(other) {
            Some(relation) => {
                relation.table().is_none_or(|table| names.iter().any(|name| table.column(name).is_some()))
            }
            None => true,
        };
        let mut is_plain = query.ctes.is_empty() && !others.any(has_it);
        query.walk_exprs(&mut |expr| is_plain &= !matches!(expr, Expr::Star(_) | Expr::Subquery { .. }));
        let items = query.selects.iter().flat_map(|select| &select.items);
        let aliases = items.filter_map(|item| item.alias.as_ref());
        is_plain
            && !aliases.into_iter().any(|alias| names.contains(&alias))
            && query.selects.iter().flat_map(|select| &select.from).all(|item| {
                let is_relation = matches!(item.source, TableSource::Relation { .. });
                is_relation && !item.natural && item.using.is_empty() && item.columns.is_empty()
            })
    }

    /// The relation that a name in a text means.
    fn meant(&self, name: &ObjectName) -> Option<RelationId> {
        let schema = name.schema.as_ref().map_or(PLAIN, Ident::as_str);
        self.relation_named(schema, &name.name)
    }

    fn column_names(&self, id: RelationId) -> Vec<Ident> {
        match self.relation(id).map(|relation| &relation.kind) {
            Some(RelationKind::Table(table)) => table.columns.iter().map(|column| column.name.clone()).collect(),
            Some(RelationKind::View(view)) => view.columns.iter().map(|column| column.name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn set_view_text(&mut self, id: RelationId, sql: Option<String>) {
        let (Some(sql), Some(relation)) = (sql, self.relations.get_mut(&id)) else { return };
        if let RelationKind::View(view) = &mut relation.kind {
            view.sql = sql.into();
        }
    }

    /// The text of a query with the schemas of its relations, where they are not those that a text means without one.
    pub(super) fn schemas_named(&self, sql: &str) -> Box<str> {
        let named = edited(self, sql, &mut |item, name| {
            let relation = match self.resolve(name) {
                Resolved::Found(id) if name.schema.is_none() => self.relation(id),
                _ => None,
            };
            let moved = relation.filter(|relation| relation.schema != *PLAIN && relation.schema != *TEMP_SCHEMA);
            let named = moved.map(|relation| text_name(&relation.schema, &relation.name));
            named.map(|text| (item.place.part.clone(), item_text(item, &text))).into_iter().collect()
        });
        named.map_or_else(|| sql.into(), String::into)
    }
}

/// A name as texts write it.
pub(super) fn text_name(schema: &Ident, name: &Ident) -> String {
    if *schema == *PLAIN { name.sql() } else { ObjectName::qualified(schema.clone(), name.clone()).sql() }
}

fn item_text(item: &TableRef, name: &str) -> String {
    let only = matches!(item.source, TableSource::Relation { only: true, .. });
    if only { format!("ONLY {name}") } else { name.to_owned() }
}

/// `t AS t (a, b)`.
fn listed(item: &TableRef, text: &str, names: &[&Ident]) -> String {
    let called = match (&item.alias, &item.source) {
        (Some(alias), _) => alias.sql(),
        (None, TableSource::Relation { name, .. }) => name.name.sql(),
        _ => String::new(),
    };
    let names: Vec<String> = names.iter().map(|name| name.sql()).collect();
    if names.is_empty() { format!("{text} AS {called}") } else { format!("{text} AS {called} ({})", names.join(", ")) }
}

fn query_of(catalog: &Catalog, sql: &str) -> Option<Box<Query>> {
    let mut statements = parse(catalog.target(), sql).statements.into_iter();
    let only = statements.next().filter(|statement| statement.problems.is_empty())?;
    match only.operations.into_iter().next()?.operation {
        Operation::Select(query) if statements.next().is_none() => Some(query),
        _ => None,
    }
}

/// A query's text with other texts in the place of relations that it reads; nothing if none is changed.
fn edited(catalog: &Catalog, sql: &str, edit: &mut dyn FnMut(&TableRef, &ObjectName) -> Vec<Edit>) -> Option<String> {
    let query = query_of(catalog, sql)?;
    let mut own = Vec::new();
    each_query(&query, &mut |query| own.extend(query.ctes.iter().map(|cte| &cte.name)));
    let mut edits = Vec::new();
    each_query(&query, &mut |query| {
        for item in query.selects.iter().flat_map(|select| &select.from) {
            if let TableSource::Relation { name, .. } = &item.source {
                let is_cte = name.schema.is_none() && own.contains(&&name.name);
                if !is_cte && !item.place.part.is_empty() {
                    edits.extend(edit(item, name));
                }
            }
        }
    });
    applied(sql, edits)
}

fn applied(sql: &str, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|(range, _)| std::cmp::Reverse((range.start, range.end)));
    let mut text = sql.to_owned();
    for (range, written) in &edits {
        text.get(range.clone())?;
        text.replace_range(range.clone(), written);
    }
    (!edits.is_empty()).then_some(text)
}

/// Calls `visit` with a query and every one in it.
fn each_query<'q>(query: &'q Query, visit: &mut dyn FnMut(&'q Query)) {
    visit(query);
    for cte in &query.ctes {
        if let CteBody::Query(query) = &cte.body {
            each_query(query, visit);
        }
    }
    let mut expressions: Vec<&Expr> = query.order_by.iter().chain(&query.limit).chain(&query.offset).collect();
    for select in &query.selects {
        expressions.extend(select.items.iter().map(|item| &item.expr).chain(&select.filter).chain(&select.others));
        for item in &select.from {
            expressions.extend(&item.on);
            match &item.source {
                TableSource::Relation { .. } => {}
                TableSource::Query(query) => each_query(query, visit),
                TableSource::Expr(expr) => expressions.push(expr),
            }
        }
    }
    for expression in expressions {
        let mut inside = Vec::new();
        expression.walk(&mut |expr| {
            if let Expr::Subquery { query, .. } = expr {
                inside.push(&**query);
            }
        });
        inside.into_iter().for_each(|query| each_query(query, visit));
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalog_of;

    /// What becomes of the text of the view `v`, all of it on servers in the testkit's histories.
    const CASES: &[(&str, &str)] = &[
        ("SELECT a FROM t WHERE t.a > 0; ALTER TABLE t RENAME TO u", "SELECT a FROM u AS t WHERE t.a > 0"),
        ("SELECT a FROM t AS x; ALTER TABLE t RENAME TO \"U\"", "SELECT a FROM \"U\" AS x"),
        ("SELECT a FROM ONLY t; ALTER TABLE t SET SCHEMA s", "SELECT a FROM ONLY s.t"),
        ("SELECT a FROM t; ALTER TABLE t SET SCHEMA s; ALTER SCHEMA s RENAME TO r", "SELECT a FROM r.t"),
        ("SELECT a AS e, t.a FROM t; ALTER TABLE t RENAME a TO d", "SELECT d AS e, t.d FROM t"),
        ("SELECT a, o.d FROM t, o; ALTER TABLE t RENAME a TO d", "SELECT a, o.d FROM t AS t (a), o"),
        (
            "SELECT a, b AS d FROM t ORDER BY a; ALTER TABLE t RENAME a TO d",
            "SELECT a, b AS d FROM t AS t (a) ORDER BY a",
        ),
        ("SELECT * FROM t; ALTER TABLE t RENAME b TO d", "SELECT * FROM t AS t (a, b)"),
        ("WITH t AS (SELECT 1) SELECT * FROM t; ALTER TABLE t RENAME TO u", "WITH t AS (SELECT 1) SELECT * FROM t"),
        ("SELECT x.* FROM t AS x (k); ALTER TABLE t ADD d int", "SELECT x.k, x.b FROM t AS x (k)"),
        ("SELECT * FROM c; ALTER TABLE t ADD d int", "SELECT c.a, c.b FROM c"),
        ("SELECT b FROM t AS x (k); ALTER TABLE t RENAME b TO d; ALTER TABLE t DROP a", "SELECT b FROM t AS x (b)"),
    ];

    #[test]
    fn texts_follow() {
        for (script, expected) in CASES {
            let catalog = catalog_of(&format!(
                "CREATE SCHEMA s; CREATE TABLE t (a int, b int); CREATE TABLE c () INHERITS (t); CREATE TABLE o (d int); CREATE VIEW v AS {script}"
            ));
            let view = catalog.relation_called("public.v").and_then(|relation| relation.view()).unwrap();
            assert_eq!(&*view.sql, *expected);
        }
    }
}
