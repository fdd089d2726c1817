//! What a query returns and what it reads: the server's parse analysis as far as names, types and dependencies go.

mod rule;
mod scope;

use super::apply::{Conflict, is_system_column};
use super::store::UNKNOWN_TYPE;
use super::types::FoundType;
use super::typing::{ExprType, Typing};
use super::{Catalog, ColumnId, Dependency, RelationId, RelationKind, Resolved, Routine, RoutineId, TypeId, apply};
use crate::catalog::builtin;
use crate::sql::expr::{CteBody, Expr, Query, Select, SelectItem, TableRef, TableSource};
use crate::sql::operation::ArgMode;
use crate::sql::{DataType, Ident, ObjectName};
use scope::{Output, Scope, Source, SourceColumn};
use std::cell::RefCell;

/// A column that a query returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputColumn {
    /// Its name.
    pub name: Ident,
    /// Its type, where it is known.
    pub data_type: Option<DataType>,
    /// The column of a table that it is, unchanged.
    pub origin: Option<(RelationId, ColumnId)>,
}

/// What a query returns and what it needs.
#[derive(Clone, Debug, Default)]
pub struct QueryShape {
    /// The columns it returns.
    pub columns: Vec<OutputColumn>,
    /// Whether these are all columns, by their right names.
    pub complete: bool,
    /// The relations it reads, with the columns it names.
    pub reads: Vec<Dependency>,
    /// The routines of the history that it calls.
    pub routines: Vec<RoutineId>,
    /// The types of the history that it casts to.
    pub types: Vec<TypeId>,
    /// Errors the server would report.
    pub problems: Vec<Conflict>,
}

impl Catalog {
    /// What a query returns and what it needs.
    pub fn shape(&self, query: &Query) -> QueryShape {
        let mut analysis = Analysis { catalog: self, shape: QueryShape::default(), depth: 64 };
        let output = analysis.query(query, &Scope::default());
        let text = |column: SourceColumn| OutputColumn {
            name: column.name,
            // A constant without a type is text in what a query returns.
            data_type: match column.data_type {
                ExprType::Known(data_type) => Some(data_type),
                ExprType::Literal => Some(DataType::builtin("text")),
                ExprType::Unclear => None,
            },
            origin: column.origin,
        };
        let mut shape = analysis.shape;
        shape.columns = output.columns.into_iter().map(text).collect();
        shape.complete = output.complete;
        shape
    }
}

impl Catalog {
    /// What a query in a function with these arguments needs.
    pub(crate) fn shape_with_arguments(&self, query: &Query, routine: &Routine) -> QueryShape {
        let mut analysis = Analysis { catalog: self, shape: QueryShape::default(), depth: 64 };
        let columns = routine.args.iter().map(|(name, data_type, ..)| SourceColumn {
            name: name.clone().unwrap_or_else(|| Ident::exact("")),
            data_type: ExprType::Known(data_type.clone()),
            origin: None,
        });
        let output = Output { columns: columns.collect(), complete: true };
        let arguments =
            Source { name: Some(routine.name.clone()), relation: None, output, hidden: Vec::new(), arguments: true };
        let scope = Scope { sources: vec![arguments], ..Scope::default() };
        analysis.query(query, &scope);
        analysis.shape
    }

    /// What conditions over the columns of a table need.
    pub(crate) fn shape_of_conditions<'e>(
        &self,
        conditions: impl IntoIterator<Item = &'e Expr>,
        table: RelationId,
    ) -> QueryShape {
        let mut analysis = Analysis { catalog: self, shape: QueryShape::default(), depth: 64 };
        let name = self.relation(table).map(|r| r.name.clone());
        let source =
            Source { name, relation: None, output: self.columns_of(table), hidden: Vec::new(), arguments: false };
        let scope = Scope { sources: vec![source], ..Scope::default() };
        for condition in conditions {
            analysis.expression(condition, &scope);
        }
        analysis.shape
    }
}

struct Analysis<'c> {
    catalog: &'c Catalog,
    shape: QueryShape,
    /// How many queries may still be nested.
    depth: u8,
}

impl Analysis<'_> {
    fn query(&mut self, query: &Query, outer: &Scope<'_>) -> Output {
        let Some(depth) = self.depth.checked_sub(1) else { return Output::default() };
        self.depth = depth;
        let mut scope = Scope { outer: Some(outer), ..Scope::default() };
        for cte in &query.ctes {
            let mut output = match &cte.body {
                CteBody::Query(body) => self.common_table(&cte.name, &cte.columns, body, &scope),
                CteBody::Dml(_) => Output::default(),
            };
            output.rename(cte.columns.iter().map(|name| (name.clone(), None)));
            scope.ctes.push((cte.name.clone(), output));
        }
        let mut result: Option<Output> = None;
        let single = query.selects.len() == 1;
        for select in &query.selects {
            let mut inner = Scope { outer: Some(&scope), ..Scope::default() };
            let output = self.select(select, &mut inner);
            if single {
                // `ORDER BY` may name what is returned.
                let names: Vec<Ident> = output.columns.iter().map(|c| c.name.clone()).collect();
                for expr in query.order_by.iter().chain(&query.limit).chain(&query.offset) {
                    if !matches!(expr, Expr::Column { qualifier: None, name } if names.contains(name)) {
                        self.expression(expr, &inner);
                    }
                }
            }
            result = Some(match result {
                None => output,
                Some(first) => first.united(output, self.catalog),
            });
        }
        if let Some(lock) = query.row_locks.first()
            && let Some(what) = keeps_from_locking(query)
        {
            let clause = if lock.exclusive { "FOR UPDATE" } else { "FOR SHARE" };
            self.problem("0A000", format!("{clause} is not allowed with {what}"));
        }
        self.depth += 1;
        result.unwrap_or_default()
    }

    /// A common table expression. One that reads itself sees the columns of its first arm.
    fn common_table(&mut self, name: &Ident, columns: &[Ident], body: &Query, scope: &Scope<'_>) -> Output {
        if body.selects.len() < 2 {
            return self.query(body, scope);
        }
        let first = Query { selects: body.selects.first().cloned().into_iter().collect(), ..Query::default() };
        let mut quiet = Analysis { catalog: self.catalog, shape: QueryShape::default(), depth: self.depth };
        let mut output = quiet.query(&Query { ctes: body.ctes.clone(), ..first }, scope);
        output.rename(columns.iter().map(|name| (name.clone(), None)));
        let with_itself = Scope { outer: Some(scope), ctes: vec![(name.clone(), output)], ..Scope::default() };
        self.query(body, &with_itself)
    }

    fn select(&mut self, select: &Select, scope: &mut Scope<'_>) -> Output {
        for table in &select.from {
            let source = self.source(table, scope);
            if let Some(name) = scope.repeated(&source) {
                self.problem("42712", format!("table name \"{name}\" specified more than once"));
            }
            for compared in scope.join(source, table) {
                self.read(Some(compared));
            }
        }
        for on in select.from.iter().filter_map(|t| t.on.as_ref()) {
            self.condition(on, "JOIN/ON", scope);
        }
        if let Some(filter) = &select.filter {
            self.condition(filter, "WHERE", scope);
        }
        if select.items.is_empty() && select.from.is_empty() && !select.others.is_empty() {
            return self.values(&select.others, scope);
        }
        let mut output = Output { columns: Vec::new(), complete: true };
        for item in &select.items {
            self.item(item, scope, &mut output);
        }
        let names: Vec<Ident> = output.columns.iter().map(|c| c.name.clone()).collect();
        for expr in &select.others {
            // `GROUP BY` may name what is returned.
            let named = matches!(expr, Expr::Column { qualifier: None, name }
                if names.contains(name) && scope.find(None, name).is_none());
            if !named {
                self.expression(expr, scope);
            }
        }
        output
    }

    /// `VALUES`: its columns are called `column1` …
    fn values(&mut self, rows: &[Expr], scope: &Scope<'_>) -> Output {
        let mut output = Output { columns: Vec::new(), complete: true };
        for row in rows {
            let Expr::Other(cells) = row else { return Output::default() };
            let types: Vec<ExprType> = cells.iter().map(|cell| self.expression(cell, scope)).collect();
            if output.columns.is_empty() {
                let columns = types.into_iter().enumerate();
                output.columns.extend(columns.map(|(at, data_type)| SourceColumn {
                    name: Ident::exact(&format!("column{}", at + 1)),
                    data_type,
                    origin: None,
                }));
            } else {
                for (column, data_type) in output.columns.iter_mut().zip(types) {
                    column.data_type = scope::common(self.catalog, &column.data_type, &data_type);
                }
            }
        }
        output
    }

    fn item(&mut self, item: &SelectItem, scope: &Scope<'_>, output: &mut Output) {
        if let Expr::Star(qualifier) = &item.expr {
            let star = scope.star(qualifier.as_ref());
            let Some(star) = star else {
                match qualifier {
                    Some(table) if scope.is_complete() && !scope.has_argument(table) => {
                        let message = format!("missing FROM-clause entry for table \"{table}\"");
                        self.problem("42P01", message);
                    }
                    _ => {}
                }
                output.complete = false;
                return;
            };
            output.complete &= star.complete;
            for column in &star.columns {
                self.read(column.origin);
            }
            output.columns.extend(star.columns);
            return;
        }
        let mut data_type = self.expression(&item.expr, scope);
        if data_type == ExprType::Unclear && item.sql.get(..4).is_some_and(|t| t.eq_ignore_ascii_case("row(")) {
            data_type = ExprType::Known(DataType::builtin("record"));
        }
        // A call with `OVER`, `FILTER` or `WITHIN GROUP` returns what the call returns.
        if let (ExprType::Unclear, Expr::Other(parts)) = (&data_type, &item.expr)
            && let Some(call @ Expr::Call { name, .. }) = parts.first()
            && starts_with_name(&item.sql, name)
        {
            data_type = self.expression(call, scope);
        }
        // `(row).*` returns several columns.
        if item.alias.is_none() && item.sql.trim_end().ends_with(".*") {
            output.complete = false;
            return;
        }
        let version = self.catalog.target().version;
        let figured = || apply::figure::figure(&item.expr, &item.sql, version).0;
        let name = item.alias.clone().or_else(figured).unwrap_or_else(|| Ident::exact("?column?"));
        let origin = match &item.expr {
            Expr::Column { qualifier, name } => scope.find(qualifier.as_ref(), name).and_then(|c| c.origin),
            _ => None,
        };
        // Hardly any other expression than columns and casts has modifiers.
        let data_type = match (data_type, &item.expr) {
            (ExprType::Known(t), Expr::Column { .. } | Expr::Cast { .. } | Expr::Subquery { .. }) => ExprType::Known(t),
            (ExprType::Known(t), Expr::Call { name, .. }) if keeps_modifiers(&name.name) => ExprType::Known(t),
            (ExprType::Known(t), _) => ExprType::Known(DataType { modifiers: Vec::new(), ..t }),
            (other, _) => other,
        };
        output.columns.push(SourceColumn { name, data_type, origin });
    }

    /// What an item of `FROM` gives.
    fn source(&mut self, table: &TableRef, scope: &Scope<'_>) -> Source {
        let (mut output, own_name) = match &table.source {
            TableSource::Relation { name, .. } => (self.relation(name, scope), Some(name.name.clone())),
            TableSource::Query(query) => (self.query(query, scope), None),
            TableSource::Expr(expr) => self.function(expr, table, scope),
        };
        if table.ordinality {
            let data_type = ExprType::Known(DataType::builtin("int8"));
            output.columns.push(SourceColumn { name: Ident::exact("ordinality"), data_type, origin: None });
        }
        output.rename(table.columns.iter().cloned());
        let relation = match &table.source {
            TableSource::Relation { name, .. } if table.alias.is_none() => self.catalog.resolve(name).found(),
            _ => None,
        };
        Source { name: table.alias.clone().or(own_name), relation, output, hidden: Vec::new(), arguments: false }
    }

    /// A table, view or common table expression.
    fn relation(&mut self, name: &ObjectName, scope: &Scope<'_>) -> Output {
        if name.schema.is_none()
            && let Some(output) = scope.cte(&name.name)
        {
            return output.clone();
        }
        let id = match self.catalog.resolve(name) {
            Resolved::Found(id) => id,
            Resolved::System | Resolved::Unknown => return Output::default(),
            Resolved::Missing => {
                self.problem("42P01", format!("relation \"{name}\" does not exist"));
                return Output::default();
            }
        };
        if !self.shape.reads.iter().any(|d| d.relation == id) {
            self.shape.reads.push(Dependency { relation: id, columns: Vec::new() });
        }
        self.catalog.columns_of(id)
    }

    /// A function in `FROM`.
    fn function(&mut self, expr: &Expr, table: &TableRef, scope: &Scope<'_>) -> (Output, Option<Ident>) {
        let data_type = self.expression(expr, scope);
        let Expr::Call { name, args } = expr else { return (Output::default(), None) };
        let own_name = Some(name.name.clone());
        let defined = !table.columns.is_empty() && table.columns.iter().all(|(_, t)| t.is_some());
        if defined {
            let columns = table.columns.iter().map(|(name, t)| SourceColumn {
                name: name.clone(),
                data_type: t.as_ref().map_or(ExprType::Unclear, |t| ExprType::Known(self.catalog.settled_type(t))),
                origin: None,
            });
            return (Output { columns: columns.collect(), complete: true }, own_name);
        }
        let routines = self.catalog.routines_named(name);
        let mut fitting = routines.iter().filter(|r| r.takes(args.len()));
        if let (Some(routine), None) = (fitting.next(), fitting.next()) {
            let out = |mode: ArgMode| matches!(mode, ArgMode::Out | ArgMode::InOut | ArgMode::Table);
            let outs: Vec<_> = routine.args.iter().filter(|(_, _, mode, _)| out(*mode)).collect();
            if !outs.is_empty() {
                let columns = outs.iter().enumerate().map(|(at, (name, data_type, ..))| SourceColumn {
                    name: name.clone().unwrap_or_else(|| Ident::exact(&format!("column{}", at + 1))),
                    data_type: ExprType::Known(data_type.clone()),
                    origin: None,
                });
                return (Output { columns: columns.collect(), complete: true }, own_name);
            }
        }
        // One column, called as the function is or by the alias; a row type gives its columns.
        let ExprType::Known(known) = &data_type else { return (Output::default(), own_name) };
        match self.catalog.find_type(known.schema.as_ref(), &known.name) {
            FoundType::Row(id) if !known.array => (self.catalog.columns_of(id), own_name),
            FoundType::Builtin if !known.is("record") => {
                let name = table.alias.clone().unwrap_or_else(|| name.name.clone());
                let column = SourceColumn { name, data_type, origin: None };
                (Output { columns: vec![column], complete: true }, own_name)
            }
            _ => (Output::default(), own_name),
        }
    }

    /// Notes what a condition needs.
    fn condition(&mut self, expr: &Expr, of: &str, scope: &Scope<'_>) {
        let before = self.shape.problems.len();
        self.expression(expr, scope);
        if self.shape.problems.len() == before {
            let columns = |qualifier: Option<&Ident>, name: &Ident| {
                scope.find(qualifier, name).and_then(|c| c.data_type.known().cloned())
            };
            let problems = RefCell::default();
            Typing::new(self.catalog, &columns).reporting(&problems).condition(expr, of);
            self.shape.problems.extend(problems.into_inner());
        }
    }

    /// Notes what an expression needs, and tells its type.
    fn expression(&mut self, expr: &Expr, scope: &Scope<'_>) -> ExprType {
        expr.walk(&mut |e| match e {
            Expr::Column { qualifier, name } => self.column(qualifier.as_ref(), name, scope),
            Expr::Call { name, args } => self.call(name, args, scope),
            Expr::Cast { expr, to } => self.cast(expr, to),
            Expr::Subquery { query, .. } => {
                self.query(query, scope);
            }
            _ => {}
        });
        // A subquery as a value has the type of its column.
        if let Expr::Subquery { operand: None, exists: false, query } = expr {
            let mut quiet = Analysis { catalog: self.catalog, shape: QueryShape::default(), depth: self.depth };
            let output = quiet.query(query, scope);
            return output.columns.into_iter().next().map_or(ExprType::Unclear, |c| c.data_type);
        }
        let columns = |qualifier: Option<&Ident>, name: &Ident| {
            scope.find(qualifier, name).and_then(|c| c.data_type.known().cloned())
        };
        let problems = RefCell::default();
        let examined = Typing::new(self.catalog, &columns).reporting(&problems).examine(expr);
        self.shape.problems.extend(problems.into_inner());
        examined.data_type
    }

    fn column(&mut self, qualifier: Option<&Ident>, name: &Ident, scope: &Scope<'_>) {
        if let Some(found) = scope.find(qualifier, name) {
            if qualifier.is_none() && scope.is_ambiguous(name) {
                self.problem("42702", format!("column reference \"{name}\" is ambiguous"));
            }
            return self.read(found.origin);
        }
        // The name of a table stands for its row; every table has system columns.
        let system = is_system_column(name) || name.as_str() == "value";
        if system || (qualifier.is_none() && scope.has_source(name)) || !scope.is_complete() {
            return;
        }
        match qualifier {
            Some(argument) if scope.has_argument(argument) => {}
            Some(table) if !scope.has_source(table) => {
                self.problem("42P01", format!("missing FROM-clause entry for table \"{table}\""));
            }
            Some(table) => self.problem("42703", format!("column {table}.{name} does not exist")),
            None => self.problem("42703", format!("column \"{name}\" does not exist")),
        }
    }

    fn call(&mut self, name: &ObjectName, args: &[Expr], scope: &Scope<'_>) {
        if !self.catalog.routines_named(name).is_empty() {
            let columns = |qualifier: Option<&Ident>, name: &Ident| {
                scope.find(qualifier, name).and_then(|c| c.data_type.known().cloned())
            };
            let called = Typing::new(self.catalog, &columns).called(name, args);
            let new = called.filter(|routine| !self.shape.routines.contains(routine));
            self.shape.routines.extend(new);
        }
        for arg in args {
            let takes_regclass = matches!(name.name.as_str(), "nextval" | "currval" | "setval");
            if takes_regclass && let Some(sequence) = self.catalog.regclass(arg).found() {
                self.read_relation(sequence);
            }
        }
    }

    fn cast(&mut self, expr: &Expr, to: &DataType) {
        if let FoundType::Defined(id) = self.catalog.find_type(to.schema.as_ref(), &to.name)
            && !self.shape.types.contains(&id)
        {
            self.shape.types.push(id);
        }
        if to.is("regclass")
            && matches!(expr, Expr::String(_))
            && let Some(relation) = self.catalog.regclass(expr).found()
        {
            self.read_relation(relation);
        }
    }

    fn read_relation(&mut self, id: RelationId) {
        if !self.shape.reads.iter().any(|d| d.relation == id) {
            self.shape.reads.push(Dependency { relation: id, columns: Vec::new() });
        }
    }

    /// Notes that a column is read.
    fn read(&mut self, origin: Option<(RelationId, ColumnId)>) {
        let Some((relation, column)) = origin else { return };
        self.read_relation(relation);
        let read = self.shape.reads.iter_mut().find(|d| d.relation == relation);
        if let Some(read) = read.filter(|d| !d.columns.contains(&column)) {
            read.columns.push(column);
        }
    }

    fn problem(&mut self, sqlstate: &'static str, message: String) {
        self.shape.problems.push(Conflict::new(sqlstate, message));
    }
}

/// What a query has that makes one row of several, so that none can be locked (`CheckSelectLocking` on the server).
fn keeps_from_locking(query: &Query) -> Option<&'static str> {
    let [select] = query.selects.as_slice() else { return Some("UNION/INTERSECT/EXCEPT") };
    let of_many =
        |e: &Expr| matches!(e, Expr::Call { name, .. } if name.schema.is_none() && builtin::is_aggregate(&name.name));
    let mut aggregates = false;
    select.items.iter().for_each(|item| item.expr.walk(&mut |e| aggregates |= of_many(e)));
    aggregates.then_some("aggregate functions")
}

/// Whether a text begins with a name and an opening parenthesis.
fn starts_with_name(sql: &str, name: &ObjectName) -> bool {
    let written = name.name.as_str();
    let rest = sql.get(..written.len()).filter(|start| start.eq_ignore_ascii_case(written));
    rest.is_some() && sql.get(written.len()..).is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// Calls whose result has the modifiers of the arguments if these are all the same.
fn keeps_modifiers(name: &str) -> bool {
    matches!(name, "coalesce" | "greatest" | "least")
}

impl Catalog {
    /// The columns of a relation as a query sees them.
    fn columns_of(&self, id: RelationId) -> Output {
        let Some(relation) = self.relation(id) else { return Output::default() };
        let complete = !relation.unknown;
        match &relation.kind {
            RelationKind::Table(table) => {
                let columns = table.columns.iter().map(|column| SourceColumn {
                    name: column.name.clone(),
                    data_type: match column.data_type.is(UNKNOWN_TYPE) {
                        true => ExprType::Unclear,
                        false => ExprType::Known(column.data_type.clone()),
                    },
                    origin: Some((id, column.id)),
                });
                Output { columns: columns.collect(), complete }
            }
            RelationKind::View(view) => {
                let columns = view.columns.iter().map(|column| SourceColumn {
                    name: column.name.clone(),
                    data_type: column.data_type.clone().map_or(ExprType::Unclear, ExprType::Known),
                    origin: None,
                });
                Output { columns: columns.collect(), complete: complete && view.complete }
            }
            _ => Output::default(),
        }
    }
}
