//! A value computed from the columns of a row, as it is written in a query and in a trigger.

use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::Operation;
use crate::sql::{DataType, Ident, parse, rename};

/// A value computed from the columns of a row.
#[derive(Clone, Debug)]
pub(crate) struct Formula {
    sql: String,
    /// The columns that it reads.
    pub(crate) columns: Vec<Ident>,
    /// Whether every name in it can be told from its neighbours: no query inside, no table named.
    plain: bool,
}

impl Formula {
    /// The value of a column as it is.
    pub(crate) fn column(name: &Ident) -> Self {
        Self { sql: name.sql(), columns: vec![name.clone()], plain: true }
    }

    /// The value of a column in another type.
    pub(crate) fn cast(name: &Ident, to: &DataType) -> Self {
        Self { sql: format!("{}::{to}", name.sql()), ..Self::column(name) }
    }

    /// An expression over these columns, in which every name is one of them.
    pub(super) fn of_columns(sql: String, columns: Vec<Ident>) -> Self {
        Self { sql, columns, plain: true }
    }

    /// What an expression gives, in a type.
    pub(crate) fn new(expression: &Expression, to: Option<&DataType>) -> Self {
        let mut columns: Vec<Ident> = Vec::new();
        let mut plain = true;
        expression.expr.walk(&mut |part| match part {
            Expr::Column { qualifier, name } => {
                plain &= qualifier.is_none();
                if !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
            Expr::Subquery { .. } | Expr::Star(_) => plain = false,
            _ => {}
        });
        let sql = match to {
            Some(to) => format!("({})::{to}", expression.sql),
            None => expression.sql.to_string(),
        };
        Self { sql, columns, plain }
    }

    /// A value that is written over the columns of a table without its name, and the expression that it is.
    pub(crate) fn read(text: &str, to: &DataType) -> Option<(Self, Expr)> {
        let script = parse(crate::Target::postgres(18), &format!("SELECT {text}"));
        let statement = script.statements.first().filter(|s| s.problems.is_empty())?;
        let Operation::Select(query) = &statement.operations.first()?.operation else { return None };
        let expr = query.selects.first()?.items.first()?.expr.clone();
        let formula = match &expr {
            Expr::Column { qualifier: None, name } => Self::column(name),
            _ => Self::new(&Expression { sql: text.into(), expr: expr.clone() }, Some(to)),
        };
        formula.plain.then_some((formula, expr))
    }

    /// Over the columns of a row that is called so.
    pub(crate) fn of_row(&self, row: &Ident) -> String {
        rename::qualified(&self.sql, &self.columns, &row.sql())
    }

    /// The same with a column by another name.
    pub(crate) fn renamed(&self, from: &Ident, to: &Ident) -> Self {
        let columns = self.columns.iter().map(|c| if c == from { to.clone() } else { c.clone() }).collect();
        Self { sql: rename::in_text(&self.sql, from, to), columns, plain: self.plain }
    }

    /// Whether it is a column as it is.
    pub(crate) fn is_bare(&self) -> bool {
        matches!(&*self.columns, [only] if only.sql() == self.sql)
    }

    /// Over the columns of the table.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// Over the columns of the row that a trigger calls `NEW`; `table` is what the expression may call it.
    pub(crate) fn of_new_row(&self, table: &Ident) -> String {
        if self.plain {
            return rename::qualified(&self.sql, &self.columns, "NEW");
        }
        format!("(SELECT {} FROM (SELECT NEW.*) AS {})", self.sql, table.sql())
    }
}
