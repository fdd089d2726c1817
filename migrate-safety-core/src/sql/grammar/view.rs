//! Views, materialized or not.

use super::common::{optional_idents, persistence, tablespace, with_parameters};
use super::create_table::table_access_method;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Cte, CteBody, Expr, Place, Query, Select, SelectItem, TableRef, TableSource};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{CreateView, Operation, Persistence};
use crate::sql::statement::ProblemKind;

/// `CREATE [OR REPLACE] [TEMP] [RECURSIVE] VIEW`.
pub(super) fn create_view(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CREATE")?;
    let or_replace = c.eat_all("OR REPLACE");
    if c.is("UNLOGGED") {
        return Err(c.problem(ProblemKind::Invalid, "views cannot be UNLOGGED"));
    }
    let temporary = persistence(c)? == Persistence::Temporary;
    let recursive = c.eat("RECURSIVE");
    c.expect("VIEW")?;
    let name = c.object_name()?;
    let columns = if recursive { c.ident_list()? } else { optional_idents(c)? };
    let mark = c.mark();
    let mut options = with_parameters(c)?;
    if options.iter().any(|(name, _)| &**name == "security_invoker") {
        c.since(15, mark, "`security_invoker`");
    }
    c.expect("AS")?;
    let start = c.mark();
    let mut query = c.query()?;
    let mut sql = c.text_from(start).to_owned();
    if recursive {
        query = over_itself(&name.name, &columns, query);
        let columns: Vec<_> = columns.iter().map(Ident::sql).collect();
        let (columns, name) = (columns.join(", "), name.name.sql());
        sql = format!("WITH RECURSIVE {name} ({columns}) AS ({sql}) SELECT {columns} FROM {name}");
    }
    if c.is("WITH") {
        if recursive {
            return Err(c.problem(ProblemKind::Invalid, "recursive views cannot have a CHECK OPTION"));
        }
        c.eat("WITH");
        let kind = if c.eat_one_of(&["LOCAL", "CASCADED"]) == Some("LOCAL") { "local" } else { "cascaded" };
        c.expect("CHECK OPTION")?;
        options.push(("check_option".into(), kind.into()));
    }
    let (query, sql) = (Box::new(query), sql.into());
    Ok(Operation::CreateView(Box::new(CreateView { name, or_replace, temporary, columns, query, sql, options })))
}

/// The query of a recursive view as the server keeps it: the view's own name stands for the rows so far.
fn over_itself(name: &Ident, columns: &[Ident], query: Query) -> Query {
    let body = CteBody::Query(Box::new(query));
    let itself = TableSource::Relation { name: ObjectName::bare(name.clone()), only: false };
    let select = Select {
        items: vec![SelectItem { expr: Expr::Star(None), alias: None, sql: "*".into(), place: Place::default() }],
        from: vec![TableRef::new(itself)],
        ..Select::default()
    };
    Query {
        ctes: vec![Cte { name: name.clone(), columns: columns.to_vec(), body }],
        selects: vec![select],
        ..Query::default()
    }
}

/// `CREATE MATERIALIZED VIEW`.
pub(super) fn create_materialized_view(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CREATE")?;
    if c.is("UNLOGGED") {
        return Err(c.problem(ProblemKind::Invalid, "materialized views cannot be UNLOGGED"));
    }
    c.expect("MATERIALIZED VIEW")?;
    let if_not_exists = c.if_not_exists();
    let name = c.object_name()?;
    let columns = optional_idents(c)?;
    table_access_method(c)?;
    with_parameters(c)?;
    tablespace(c)?;
    c.expect("AS")?;
    let start = c.mark();
    let query = Box::new(c.query()?);
    let sql = c.text_from(start).into();
    let with_data = with_data(c)?;
    Ok(Operation::CreateMaterializedView { name, columns, query, sql, if_not_exists, with_data })
}

/// `REFRESH MATERIALIZED VIEW`.
pub(super) fn refresh(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("REFRESH MATERIALIZED VIEW")?;
    let concurrently = c.eat("CONCURRENTLY");
    let name = c.object_name()?;
    let with_data = with_data(c)?;
    Ok(Operation::RefreshMaterializedView { name, concurrently, with_data })
}

/// `WITH [NO] DATA`, if there is one: whether there will be data.
pub(super) fn with_data(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    if !c.eat("WITH") {
        return Ok(true);
    }
    let no = c.eat("NO");
    c.expect("DATA")?;
    Ok(!no)
}
