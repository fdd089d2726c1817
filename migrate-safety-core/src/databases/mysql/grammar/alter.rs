//! `ALTER TABLE` and `RENAME TABLE`.

use super::column::{self, Column};
use super::constraint::{Constraint, constraint};
use super::names;
use super::words::{if_exists_mariadb, if_not_exists_mariadb, online, only, since, value_name, wait};
use super::{object, options, partition, routine, view};
use crate::databases::name::Name;
use crate::databases::operation::{
    Action, ActionKind, AlterTable, ColumnDef, IndexDef, Online, Operation, Position, TableOptions,
};
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::token::Token;

/// `ALTER …`.
pub(super) fn statement(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    cursor.expect("ALTER")?;
    if view::begins(cursor) {
        return view::alter(cursor);
    }
    let mark = cursor.mark();
    cursor.eat_one_of(&["ONLINE", "OFFLINE"]);
    if cursor.eat("IGNORE") {
        only(cursor, target, Dialect::MariaDb, mark, "`ALTER IGNORE TABLE`");
    }
    if cursor.eat("TABLE") {
        return alter_table(cursor, target);
    }
    cursor.rewind(mark);
    if routine::begins(cursor) { routine::alter(cursor) } else { object::alter(cursor) }
}

/// `RENAME TABLE a TO b, c TO d`.
pub(super) fn rename_tables(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    cursor.expect("RENAME")?;
    if cursor.eat_one_of(&["TABLE", "TABLES"]).is_none() {
        return Err(cursor.expected("`TABLE`"));
    }
    if_exists_mariadb(cursor, target);
    let renames = cursor.list(|c| {
        let from = names::object_name(c)?;
        wait(c, target)?;
        c.expect("TO")?;
        Ok((from, names::object_name(c)?))
    })?;
    Ok(Operation::RenameTable { renames })
}

fn alter_table(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    let if_exists = if_exists_mariadb(cursor, target);
    let table = names::object_name(cursor)?;
    let wait = wait(cursor, target)?;
    let mut alter = Alter { target, actions: Vec::new(), online: Online { wait, ..Online::default() } };
    while !cursor.at_end() {
        let mark = cursor.mark();
        if let Err(problem) = alter.action(cursor) {
            // The other actions can still be judged.
            cursor.note(problem);
            cursor.rewind(mark);
            cursor.skip_until(|c| c.is_token(&Token::Comma));
            alter.push(cursor, mark, ActionKind::Opaque { sql: cursor.text_from(mark).into() });
        }
        // `PARTITION BY` follows the last action without a comma, table options each other.
        if !cursor.eat_token(&Token::Comma) {
            if cursor.at_end() || continues(cursor) {
                continue;
            }
            return Err(cursor.expected("`,`"));
        } else if cursor.at_end() {
            return Err(cursor.expected("an action"));
        }
    }
    let Alter { actions, online, .. } = alter;
    Ok(Operation::AlterTable(Box::new(AlterTable { table, if_exists, actions, online })))
}

/// Whether what stands here may follow an action without a comma.
fn continues(cursor: &Cursor<'_, '_>) -> bool {
    ["PARTITION BY", "REMOVE PARTITIONING"].iter().any(|words| cursor.is_all(words))
}

struct Alter {
    target: Target,
    actions: Vec<Action>,
    online: Online,
}

impl Alter {
    fn push(&mut self, cursor: &Cursor<'_, '_>, mark: Mark, kind: ActionKind) {
        self.actions.push(Action { kind, span: cursor.span_from(mark) });
    }

    /// Reads an action; some are several.
    fn action(&mut self, cursor: &mut Cursor<'_, '_>) -> Parse<()> {
        let mark = cursor.mark();
        let target = self.target;
        if online(cursor, target, &mut self.online)? {
            return Ok(());
        }
        if let Some(partition) = partition::action(cursor, target)? {
            self.push(cursor, mark, ActionKind::Partition(partition));
            return Ok(());
        }
        if cursor.eat("ADD") {
            return self.add(cursor, mark);
        }
        if cursor.eat_one_of(&["CHANGE", "MODIFY"]).is_some() {
            cursor.rewind(mark);
            return self.modify(cursor, mark);
        }
        let kind = if cursor.eat("DROP") {
            drop_action(cursor, target)?
        } else if cursor.eat("ALTER") {
            alter_action(cursor, target)?
        } else if cursor.eat("RENAME") {
            rename(cursor, target)?
        } else if let Some(kind) = plain(cursor)? {
            kind
        } else {
            let mut found = TableOptions::default();
            if !options::option(cursor, target, &mut found)? {
                return Err(cursor.expected("an action of `ALTER TABLE`"));
            }
            while options::option(cursor, target, &mut found)? {}
            ActionKind::Options(found)
        };
        self.push(cursor, mark, kind);
        Ok(())
    }

    /// Behind `ADD`.
    fn add(&mut self, cursor: &mut Cursor<'_, '_>, mark: Mark) -> Parse<()> {
        let target = self.target;
        if cursor.eat_all("SYSTEM VERSIONING") {
            only(cursor, target, Dialect::MariaDb, mark, "`ADD SYSTEM VERSIONING`");
            self.push(cursor, mark, ActionKind::SystemVersioning { add: true });
            return Ok(());
        }
        if self.constraint(cursor, mark)? {
            return Ok(());
        }
        cursor.eat("COLUMN");
        let if_not_exists = if_not_exists_mariadb(cursor, target);
        if cursor.is_token(&Token::LParen) {
            return cursor.parens(|c| {
                c.list(|c| {
                    let mark = c.mark();
                    if self.constraint(c, mark)? {
                        return Ok(());
                    }
                    let column = column::column(c, target)?;
                    self.add_column(c, mark, column, None, if_not_exists);
                    Ok(())
                })
                .map(drop)
            });
        }
        let column = column::column(cursor, target)?;
        let position = position(cursor)?;
        self.add_column(cursor, mark, column, position, if_not_exists);
        Ok(())
    }

    fn add_column(
        &mut self,
        cursor: &Cursor<'_, '_>,
        mark: Mark,
        column: Column,
        position: Option<Position>,
        if_not_exists: bool,
    ) {
        let Column { def, indexes, foreign_keys, checks } = column;
        self.push(cursor, mark, ActionKind::AddColumn { column: Box::new(def), position, if_not_exists });
        self.behind_column(cursor, mark, indexes);
        for foreign_key in foreign_keys {
            self.push(cursor, mark, ActionKind::AddForeignKey { foreign_key, if_not_exists });
        }
        for check in checks {
            self.push(cursor, mark, ActionKind::AddCheck { check });
        }
    }

    fn behind_column(&mut self, cursor: &Cursor<'_, '_>, mark: Mark, indexes: Vec<IndexDef>) {
        for index in indexes {
            self.push(cursor, mark, ActionKind::AddIndex { index, if_not_exists: false });
        }
    }

    /// A key, a foreign key or a check behind `ADD`, if one stands here.
    fn constraint(&mut self, cursor: &mut Cursor<'_, '_>, mark: Mark) -> Parse<bool> {
        let kind = match constraint(cursor, self.target)? {
            Some(Constraint::Index { index, if_not_exists }) => ActionKind::AddIndex { index, if_not_exists },
            Some(Constraint::ForeignKey { foreign_key, if_not_exists }) => {
                ActionKind::AddForeignKey { foreign_key, if_not_exists }
            }
            Some(Constraint::Check(check)) => ActionKind::AddCheck { check },
            Some(Constraint::Period) => ActionKind::SystemVersioning { add: true },
            None => return Ok(false),
        };
        self.push(cursor, mark, kind);
        Ok(true)
    }

    /// `CHANGE [COLUMN] old new …`, `MODIFY [COLUMN] column …`.
    fn modify(&mut self, cursor: &mut Cursor<'_, '_>, mark: Mark) -> Parse<()> {
        let target = self.target;
        let change = cursor.eat("CHANGE");
        if !change {
            cursor.expect("MODIFY")?;
        }
        cursor.eat("COLUMN");
        let if_exists = if_exists_mariadb(cursor, target);
        let begin = cursor.mark();
        let column = names::name(cursor)?;
        let name = if change { names::new_name(cursor, target)? } else { column.clone() };
        let Column { def, indexes, foreign_keys, checks } = column::definition(cursor, target, name, begin)?;
        let to: Box<ColumnDef> = Box::new(def);
        let position = position(cursor)?;
        self.push(cursor, mark, ActionKind::Modify { column, to, position, if_exists });
        self.behind_column(cursor, mark, indexes);
        for check in checks {
            self.push(cursor, mark, ActionKind::AddCheck { check });
        }
        for foreign_key in foreign_keys {
            self.push(cursor, mark, ActionKind::AddForeignKey { foreign_key, if_not_exists: false });
        }
        Ok(())
    }
}

fn position(cursor: &mut Cursor<'_, '_>) -> Parse<Option<Position>> {
    if cursor.eat("FIRST") {
        return Ok(Some(Position::First));
    }
    if cursor.eat("AFTER") { names::name(cursor).map(|name| Some(Position::After(name))) } else { Ok(None) }
}

/// Behind `DROP`.
fn drop_action(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<ActionKind> {
    let mark = cursor.mark();
    if cursor.eat_all("PRIMARY KEY") {
        return Ok(ActionKind::DropPrimaryKey);
    }
    if cursor.eat_all("FOREIGN KEY") {
        let if_exists = if_exists_mariadb(cursor, target);
        return Ok(ActionKind::DropForeignKey { name: names::name(cursor)?, if_exists });
    }
    if cursor.eat_one_of(&["INDEX", "KEY"]).is_some() {
        let if_exists = if_exists_mariadb(cursor, target);
        return Ok(ActionKind::DropIndex { index: names::name(cursor)?, if_exists });
    }
    if cursor.eat("CHECK") {
        only(cursor, target, Dialect::MySql, mark, "`DROP CHECK`");
        return Ok(ActionKind::DropConstraint { name: names::name(cursor)?, if_exists: false });
    }
    if cursor.eat("CONSTRAINT") {
        since(cursor, target, (800, 19), mark, "`DROP CONSTRAINT`");
        let if_exists = if_exists_mariadb(cursor, target);
        return Ok(ActionKind::DropConstraint { name: names::name(cursor)?, if_exists });
    }
    if cursor.eat_all("SYSTEM VERSIONING") || cursor.eat_all("PERIOD FOR") {
        only(cursor, target, Dialect::MariaDb, mark, "system versioning");
        if !cursor.at_end() && !cursor.is_token(&Token::Comma) {
            names::name(cursor)?;
        }
        return Ok(ActionKind::SystemVersioning { add: false });
    }
    cursor.eat("COLUMN");
    let if_exists = if_exists_mariadb(cursor, target);
    let column = names::name(cursor)?;
    cursor.eat_one_of(&["RESTRICT", "CASCADE"]);
    Ok(ActionKind::DropColumn { column, if_exists })
}

/// Behind `ALTER` within `ALTER TABLE`.
fn alter_action(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<ActionKind> {
    /// What is written, whether the index is used then, who knows it.
    const VISIBILITIES: [(&str, bool, Dialect); 4] = [
        ("VISIBLE", true, Dialect::MySql),
        ("INVISIBLE", false, Dialect::MySql),
        ("NOT IGNORED", true, Dialect::MariaDb),
        ("IGNORED", false, Dialect::MariaDb),
    ];

    let mark = cursor.mark();
    if cursor.eat_one_of(&["INDEX", "KEY"]).is_some() {
        if_exists_mariadb(cursor, target);
        let index = names::name(cursor)?;
        let Some((words, visible, dialect)) = VISIBILITIES.iter().find(|(words, ..)| cursor.eat_all(words)) else {
            return Err(cursor.expected("`VISIBLE` or `INVISIBLE`"));
        };
        only(cursor, target, *dialect, mark, &format!("`{words}` of an index"));
        return Ok(ActionKind::SetIndexVisible { index, visible: *visible });
    }
    if cursor.eat_one_of(&["CHECK", "CONSTRAINT"]).is_some() {
        let name = names::name(cursor)?;
        let enforced = !cursor.eat("NOT");
        cursor.expect("ENFORCED")?;
        only(cursor, target, Dialect::MySql, mark, "`ALTER CHECK`");
        return Ok(ActionKind::EnforceCheck { name, enforced });
    }
    cursor.eat("COLUMN");
    if_exists_mariadb(cursor, target);
    let column = names::name(cursor)?;
    if cursor.eat_all("DROP DEFAULT") {
        return Ok(ActionKind::SetDefault { column, default: None });
    }
    cursor.expect("SET")?;
    if cursor.eat("DEFAULT") {
        let default = column::default(cursor)?;
        return Ok(ActionKind::SetDefault { column, default: Some(default) });
    }
    match cursor.eat_one_of(&["VISIBLE", "INVISIBLE"]) {
        Some(word) => {
            only(cursor, target, Dialect::MySql, mark, "`SET VISIBLE` of a column");
            since(cursor, target, (800, 23), mark, "an invisible column");
            Ok(ActionKind::SetColumnVisible { column, visible: word == "VISIBLE" })
        }
        None => Err(cursor.expected("`DEFAULT`, `VISIBLE` or `INVISIBLE`")),
    }
}

/// Behind `RENAME` within `ALTER TABLE`.
fn rename(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<ActionKind> {
    if cursor.eat("COLUMN") {
        if_exists_mariadb(cursor, target);
        let column = names::name(cursor)?;
        cursor.expect("TO")?;
        return Ok(ActionKind::RenameColumn { column, to: names::new_name(cursor, target)? });
    }
    if cursor.eat_one_of(&["INDEX", "KEY"]).is_some() {
        if_exists_mariadb(cursor, target);
        let index = names::name(cursor)?;
        cursor.expect("TO")?;
        return Ok(ActionKind::RenameIndex { index, to: names::name(cursor)? });
    }
    let _ = cursor.eat_one_of(&["TO", "AS"]).is_some() || cursor.eat_token(&Token::Eq);
    Ok(ActionKind::Rename { to: names::object_name(cursor)? })
}

/// The actions that are known by their words, if one stands here.
fn plain(cursor: &mut Cursor<'_, '_>) -> Parse<Option<ActionKind>> {
    if cursor.eat_all("CONVERT TO") {
        if !cursor.eat_all("CHARACTER SET") && !cursor.eat("CHARSET") {
            return Err(cursor.expected("`CHARACTER SET`"));
        }
        let charset: Name = value_name(cursor)?;
        let collation = if cursor.eat("COLLATE") { Some(value_name(cursor)?) } else { None };
        return Ok(Some(ActionKind::Convert { charset, collation }));
    }
    if cursor.eat_all("ORDER BY") {
        cursor.list(|c| {
            names::object_name(c)?;
            c.eat_one_of(&["ASC", "DESC"]);
            Ok(())
        })?;
        return Ok(Some(ActionKind::OrderBy));
    }
    let kind = match () {
        () if cursor.eat("FORCE") => ActionKind::Force,
        () if cursor.eat_all("DISABLE KEYS") => ActionKind::Keys { enable: false },
        () if cursor.eat_all("ENABLE KEYS") => ActionKind::Keys { enable: true },
        () if cursor.eat_all("DISCARD TABLESPACE") => ActionKind::Tablespace { discard: true },
        () if cursor.eat_all("IMPORT TABLESPACE") => ActionKind::Tablespace { discard: false },
        () if cursor.eat_all("WITH VALIDATION") => ActionKind::Validation { with: true },
        () if cursor.eat_all("WITHOUT VALIDATION") => ActionKind::Validation { with: false },
        () if cursor.eat_all("SECONDARY_LOAD") || cursor.eat_all("SECONDARY_UNLOAD") => {
            ActionKind::Options(TableOptions::default())
        }
        () => return Ok(None),
    };
    Ok(Some(kind))
}
