//! What the actions of a rewrite rule need.

use super::scope::{Scope, Source};
use super::{Analysis, QueryShape};
use crate::catalog::{Catalog, RelationId};
use crate::sql::expr::{Expr, Query, TableRef};
use crate::sql::operation::Operation;
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// What a rule on `table` needs; its condition and actions may name the rows `OLD` and `NEW`.
    pub(crate) fn shape_of_rule(
        &self,
        table: RelationId,
        condition: Option<&Expr>,
        actions: &[Operation],
    ) -> QueryShape {
        let mut analysis = Analysis { catalog: self, shape: QueryShape::default(), depth: 64 };
        let row = |name: &str| Source {
            name: Some(Ident::exact(name)),
            relation: None,
            output: self.columns_of(table),
            hidden: Vec::new(),
            arguments: false,
        };
        let rows = Scope { sources: vec![row("old"), row("new")], ..Scope::default() };
        if let Some(condition) = condition {
            analysis.expression(condition, &rows);
        }
        for action in actions {
            analysis.action(action, &rows);
        }
        analysis.shape
    }
}

impl Analysis<'_> {
    fn action(&mut self, action: &Operation, rows: &Scope<'_>) {
        match action {
            Operation::Select(query) => drop(self.query(query, rows)),
            Operation::Insert(insert) => {
                let target = insert.alias.as_ref().unwrap_or(&insert.table.name);
                let scope = self.target(&insert.table, target, rows);
                self.read_written(&scope, &insert.columns, insert.source.as_ref());
                if let Some(source) = &insert.source {
                    self.query(source, rows);
                }
                self.expressions(&insert.returning, &scope);
            }
            Operation::Update(update) => {
                let target = update.alias.as_ref().unwrap_or(&update.table.name.name);
                let mut scope = self.target(&update.table.name, target, rows);
                for (column, value) in &update.assignments {
                    self.read(scope.find(None, column).and_then(|c| c.origin));
                    self.expression(value, &scope);
                }
                self.from(&update.from, &mut scope);
                self.expressions(update.filter.iter().chain(&update.returning), &scope);
            }
            Operation::Delete(delete) => {
                let target = delete.alias.as_ref().unwrap_or(&delete.table.name.name);
                let mut scope = self.target(&delete.table.name, target, rows);
                self.from(&delete.using, &mut scope);
                self.expressions(delete.filter.iter().chain(&delete.returning), &scope);
            }
            _ => {}
        }
    }

    /// The names that a statement which changes a table can use.
    fn target<'o>(&mut self, table: &ObjectName, name: &Ident, rows: &'o Scope<'o>) -> Scope<'o> {
        let output = self.relation(table, rows);
        let source = Source { name: Some(name.clone()), relation: None, output, hidden: Vec::new(), arguments: false };
        Scope { outer: Some(rows), sources: vec![source], ..Scope::default() }
    }

    /// The columns that an `INSERT` writes: those that are named, else as many as it has values for.
    fn read_written(&mut self, target: &Scope<'_>, named: &[Ident], source: Option<&Query>) {
        let Some(columns) = target.sources.first().map(|s| s.output.columns.clone()) else { return };
        let values = source.and_then(|query| query.selects.first()).map_or(0, |select| match select.others.first() {
            Some(Expr::Other(cells)) if select.items.is_empty() => cells.len(),
            _ => select.items.len(),
        });
        let written = columns.iter().enumerate().filter(|(at, column)| match named {
            [] => *at < values,
            named => named.contains(&column.name),
        });
        for (_, column) in written {
            self.read(column.origin);
        }
    }

    fn from(&mut self, tables: &[TableRef], scope: &mut Scope<'_>) {
        for table in tables {
            let source = self.source(table, scope);
            scope.join(source, table);
        }
        self.expressions(tables.iter().filter_map(|t| t.on.as_ref()), scope);
    }

    fn expressions<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>, scope: &Scope<'_>) {
        for expression in expressions {
            self.expression(expression, scope);
        }
    }
}
