//! `ALTER TABLE`.

use super::Reader;
use super::column::{self, Constraint, Constraints, on_conflict};
use super::names::{name, object_name};
use crate::databases::name::ObjectName;
use crate::databases::operation::{Action, ActionKind, AlterTable, Online, Operation};
use crate::sql::cursor::Parse;

/// What stands behind `ALTER`.
pub(super) fn alter(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    reader.cursor.expect("TABLE")?;
    let table = object_name(reader.cursor)?;
    let mark = reader.cursor.mark();
    let kinds = if reader.cursor.eat("RENAME") {
        vec![rename(reader)?]
    } else if reader.cursor.eat("ADD") {
        add(reader)?
    } else if reader.cursor.eat("DROP") {
        vec![drop(reader)?]
    } else if reader.cursor.eat("ALTER") {
        vec![alter_column(reader)?]
    } else {
        return Err(reader.cursor.expected("`RENAME`, `ADD`, `DROP` or `ALTER`"));
    };
    let span = reader.cursor.span_from(mark);
    let actions = kinds.into_iter().map(|kind| Action { kind, span }).collect();
    Ok(Operation::AlterTable(Box::new(AlterTable { table, if_exists: false, actions, online: Online::default() })))
}

fn rename(reader: &mut Reader<'_, '_, '_>) -> Parse<ActionKind> {
    if reader.cursor.eat("TO") {
        let to = ObjectName { database: None, name: name(reader.cursor)? };
        return Ok(ActionKind::Rename { to });
    }
    let mark = reader.cursor.mark();
    column_word(reader);
    let column = name(reader.cursor)?;
    reader.cursor.expect("TO")?;
    let to = name(reader.cursor)?;
    reader.since(325, mark, "renaming a column");
    Ok(ActionKind::RenameColumn { column, to })
}

fn add(reader: &mut Reader<'_, '_, '_>) -> Parse<Vec<ActionKind>> {
    let mark = reader.cursor.mark();
    let mut constraints = Constraints::default();
    if reader.cursor.is("CONSTRAINT") || reader.cursor.is("CHECK") {
        let named = if reader.cursor.eat("CONSTRAINT") { Some(name(reader.cursor)?) } else { None };
        if ["UNIQUE", "PRIMARY", "FOREIGN"].iter().any(|word| reader.cursor.is(word)) {
            return Err(reader.cursor.expected("`CHECK`: no other constraint can be added to a table of SQLite"));
        }
        reader.cursor.expect("CHECK")?;
        constraints.check(reader.cursor, named, None)?;
        on_conflict(reader.cursor)?;
        reader.since(353, mark, "adding a constraint");
        return Ok(constraints.found.into_iter().map(action).collect());
    }
    column_word(reader);
    if reader.cursor.is_all("IF NOT EXISTS") {
        return Err(reader.cursor.expected("a column (`IF NOT EXISTS` is unknown here)"));
    }
    let column = Box::new(column::column(reader, &mut constraints)?);
    let mut actions = vec![ActionKind::AddColumn { column, position: None, if_not_exists: false }];
    actions.extend(constraints.found.into_iter().map(action));
    Ok(actions)
}

fn action(constraint: Constraint) -> ActionKind {
    match constraint {
        Constraint::Index(index) => ActionKind::AddIndex { index, if_not_exists: false },
        Constraint::ForeignKey(foreign_key) => ActionKind::AddForeignKey { foreign_key, if_not_exists: false },
        Constraint::Check(check) => ActionKind::AddCheck { check },
    }
}

fn drop(reader: &mut Reader<'_, '_, '_>) -> Parse<ActionKind> {
    let mark = reader.cursor.mark();
    if reader.cursor.eat("CONSTRAINT") {
        let name = name(reader.cursor)?;
        reader.since(353, mark, "dropping a constraint");
        return Ok(ActionKind::DropConstraint { name, if_exists: false });
    }
    column_word(reader);
    if reader.cursor.is_all("IF EXISTS") {
        return Err(reader.cursor.expected("a column (`IF EXISTS` is unknown here)"));
    }
    let column = name(reader.cursor)?;
    reader.since(335, mark, "dropping a column");
    Ok(ActionKind::DropColumn { column, if_exists: false })
}

fn alter_column(reader: &mut Reader<'_, '_, '_>) -> Parse<ActionKind> {
    let mark = reader.cursor.mark();
    column_word(reader);
    let column = name(reader.cursor)?;
    let not_null = if reader.cursor.eat_all("SET NOT NULL") {
        on_conflict(reader.cursor)?;
        true
    } else if reader.cursor.eat_all("DROP NOT NULL") {
        false
    } else {
        let what =
            "`SET NOT NULL` or `DROP NOT NULL`: types and defaults cannot be changed, the table has to be rebuilt";
        return Err(reader.cursor.expected(what));
    };
    reader.since(353, mark, "altering a column");
    Ok(ActionKind::SetNotNull { column, not_null })
}

/// `COLUMN`, unless it is the column's name.
fn column_word(reader: &mut Reader<'_, '_, '_>) {
    reader.cursor.eat("COLUMN");
}
