//! `CREATE INDEX`.

use super::common::{tablespace, target, using_method, with_parameters};
use super::constraint::{include, index_element, nulls_not_distinct};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::Ident;
use crate::sql::operation::{CreateIndex, Operation};

/// `CREATE [UNIQUE] INDEX [CONCURRENTLY]`.
pub(super) fn create_index(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CREATE")?;
    let unique = c.eat("UNIQUE");
    c.expect("INDEX")?;
    let concurrently = c.eat("CONCURRENTLY");
    let if_not_exists = c.if_not_exists();
    let name = if !if_not_exists && c.is("ON") { None } else { Some(c.ident()?) };
    c.expect("ON")?;
    let on = target(c)?;
    let method = using_method(c)?.unwrap_or_else(|| Ident::exact("btree"));
    let elements = c.parens(|c| c.list(index_element))?;
    let include = include(c)?;
    let nulls_not_distinct = nulls_not_distinct(c)?;
    let options = with_parameters(c)?;
    let tablespace = tablespace(c)?;
    let predicate = if c.eat("WHERE") { Some(c.expression()?) } else { None };
    Ok(Operation::CreateIndex(Box::new(CreateIndex {
        name,
        table: on.name,
        only: on.only,
        unique,
        concurrently,
        if_not_exists,
        method,
        elements,
        include,
        nulls_not_distinct,
        predicate,
        options,
        tablespace,
    })))
}
