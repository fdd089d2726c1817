//! A schema as the statements that make it.

use super::name::Name;
use super::operation::{
    BINARY, CheckDef, ColumnDef, DataType, Expression, ForeignKeyDef, IndexDef, IndexKey, IndexKind, IndexPart,
    ReferentialAction, Verb,
};
use super::quote::quoted;
use super::schema::{Schema, Table, Trigger, View};
use crate::dialect::{Dialect, Target};
use std::collections::BTreeSet;

impl Schema {
    /// The statements that make the schema: tables after those that they refer to, where that can be.
    pub fn to_sql(&self) -> String {
        let rendered = Rendered::new(self.target);
        let mut statements: Vec<String> = Vec::new();
        for table in in_order(self) {
            match &table.module {
                // Its arguments are not kept.
                Some(module) => statements.push(format!(
                    "-- CREATE VIRTUAL TABLE {} USING {module}: what stands in its parentheses is not known",
                    rendered.name(&table.name.name)
                )),
                None if !table.known => {
                    statements.push(format!("-- {}: not all of it is known", rendered.name(&table.name.name)));
                }
                None => statements.push(format!("{};", rendered.table(table))),
            }
            if self.target.dialect == Dialect::Sqlite {
                let own = table.indexes.iter().filter(|index| is_made_apart(index));
                statements.extend(own.map(|index| format!("{};", rendered.create_index(table, index))));
            }
        }
        statements.extend(self.views.values().map(|view| format!("{};", rendered.view(view))));
        statements.extend(self.triggers.values().map(|trigger| format!("{};", rendered.trigger(self, trigger))));
        statements.into_iter().map(|statement| statement + "\n").collect()
    }
}

/// The tables, those that others refer to first.
fn in_order(schema: &Schema) -> Vec<&Table> {
    let mut waiting: Vec<&Table> = schema.tables().filter(|table| !table.temporary).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    let mut done: BTreeSet<&Name> = BTreeSet::new();
    while !waiting.is_empty() {
        let is_ready = |table: &&Table| {
            let others = table.foreign_keys.iter().map(|key| &key.table.name);
            let mut others = others.filter(|name| **name != table.name.name);
            others.all(|name| done.contains(name) || !waiting.iter().any(|other| other.name.name == *name))
        };
        let (ready, rest): (Vec<&Table>, Vec<&Table>) = waiting.iter().copied().partition(is_ready);
        // Those that refer to each other stand as they are named.
        let (next, rest) = if ready.is_empty() { (rest, Vec::new()) } else { (ready, rest) };
        done.extend(next.iter().map(|table| &table.name.name));
        ordered.extend(next);
        waiting = rest;
    }
    ordered
}

/// Whether an index has a statement of its own (SQLite).
fn is_made_apart(index: &IndexDef) -> bool {
    index.kind != IndexKind::Primary
        && index.name.as_ref().is_some_and(|name| !name.as_str().starts_with("sqlite_autoindex_"))
}

/// Writes what is in a schema for a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rendered {
    target: Target,
}

impl Rendered {
    pub(crate) fn new(target: Target) -> Self {
        Self { target }
    }

    pub(crate) fn name(self, name: &Name) -> String {
        quoted(self.target.dialect, name.as_str())
    }

    fn names(self, names: &[Name]) -> String {
        names.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn table(self, table: &Table) -> String {
        let is_mysql = self.target.dialect.is_mysql();
        let mut lines: Vec<String> = Vec::new();
        let rowid_key = self.autoincrement_key(table);
        for column in &table.columns {
            let key = if rowid_key == Some(&column.name) { " PRIMARY KEY AUTOINCREMENT" } else { "" };
            // MariaDB tells by its place what is checked of a column.
            let own = table.checks.iter().filter(|check| self.is_at(check, &column.name));
            let checks: String = own.map(|check| format!(" CHECK ({})", unwrapped(&check.expression))).collect();
            lines.push(format!("{}{key}{checks}", self.column(column)));
        }
        for index in table.indexes.iter().filter(|index| is_mysql || !is_made_apart(index)) {
            if index.kind != IndexKind::Primary || rowid_key.is_none() {
                lines.push(self.index_in_table(index));
            }
        }
        lines.extend(table.foreign_keys.iter().map(|key| self.foreign_key(key)));
        let apart = table
            .checks
            .iter()
            .filter(|check| check.at_column.as_ref().is_none_or(|column| !self.is_at(check, column)));
        lines.extend(apart.map(|check| self.check(check)));
        let options = &table.options;
        let mut behind = String::new();
        let written =
            [("ENGINE", &options.engine), ("DEFAULT CHARSET", &options.charset), ("COLLATE", &options.collation)];
        for (word, value) in written {
            if let Some(value) = value {
                behind += &format!(" {word}={value}");
            }
        }
        if options.system_versioned {
            behind += " WITH SYSTEM VERSIONING";
        }
        let of_sqlite = [(options.without_rowid, "WITHOUT ROWID"), (options.strict, "STRICT")];
        let words: Vec<&str> = of_sqlite.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect();
        if !words.is_empty() {
            behind += &format!(" {}", words.join(", "));
        }
        format!("CREATE TABLE {} (\n    {}\n){behind}", self.name(&table.name.name), lines.join(",\n    "))
    }

    /// Whether a check is written behind this column.
    fn is_at(self, check: &CheckDef, column: &Name) -> bool {
        self.target.dialect == Dialect::MariaDb && check.at_column.as_ref() == Some(column)
    }

    /// The column that is the key of a table by `INTEGER PRIMARY KEY AUTOINCREMENT` (SQLite).
    fn autoincrement_key(self, table: &Table) -> Option<&Name> {
        let column = table.columns.iter().find(|column| column.auto_increment)?;
        (self.target.dialect == Dialect::Sqlite).then_some(&column.name)
    }

    pub(crate) fn column(self, column: &ColumnDef) -> String {
        let is_mysql = self.target.dialect.is_mysql();
        let mut text = self.name(&column.name);
        let data_type = self.data_type(&column.data_type);
        if !data_type.is_empty() {
            text += &format!(" {data_type}");
        }
        if let (Some(charset), true) = (&column.charset, is_mysql) {
            text += &format!(" CHARACTER SET {charset}");
        }
        match &column.collation {
            Some(collation) if *collation == *BINARY => text += " BINARY",
            Some(collation) => text += &format!(" COLLATE {collation}"),
            None => {}
        }
        if let Some(generated) = &column.generated {
            let kind = if generated.stored { "STORED" } else { "VIRTUAL" };
            text += &format!(" GENERATED ALWAYS AS ({}) {kind}", unwrapped(&generated.expression));
        }
        match column.not_null {
            Some(true) => {
                text += " NOT NULL";
                text += &column.on_null.as_ref().map(|how| format!(" ON CONFLICT {how}")).unwrap_or_default();
            }
            // A timestamp may be NOT NULL without being told (MySQL).
            Some(false) if is_mysql => text += " NULL",
            _ => {}
        }
        if let Some(default) = &column.default {
            text += &format!(" DEFAULT {}", default.sql);
        }
        if column.auto_increment && is_mysql {
            text += " AUTO_INCREMENT";
        }
        if column.on_update {
            text += " ON UPDATE CURRENT_TIMESTAMP";
        }
        if column.invisible {
            text += " INVISIBLE";
        }
        if let Some(comment) = &column.comment {
            text += &format!(" COMMENT '{}'", comment.replace('\'', "''"));
        }
        text
    }

    pub(crate) fn data_type(self, data_type: &DataType) -> String {
        let mut text = data_type.name.to_string();
        if !data_type.arguments.is_empty() {
            let of_words = matches!(&*data_type.name, "enum" | "set");
            let arguments = data_type.arguments.iter().map(|argument| match of_words {
                true => format!("'{}'", argument.replace('\'', "''")),
                false => argument.to_string(),
            });
            text += &format!("({})", arguments.collect::<Vec<_>>().join(","));
        }
        if data_type.unsigned {
            text += " unsigned";
        }
        text
    }

    pub(crate) fn key(self, parts: &[IndexPart]) -> String {
        let part = |part: &IndexPart| {
            let mut text = match &part.key {
                IndexKey::Column(column) => self.name(column),
                IndexKey::Expression(expression) => format!("({})", unwrapped(expression)),
            };
            if let Some(length) = part.length {
                text += &format!("({length})");
            }
            if let Some(collation) = &part.collation {
                text += &format!(" COLLATE {collation}");
            }
            if part.descending {
                text += " DESC";
            }
            text
        };
        parts.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// A key or index as it stands in `CREATE TABLE` and behind `ALTER TABLE … ADD`.
    pub(crate) fn index_in_table(self, index: &IndexDef) -> String {
        let key = self.key(&index.parts);
        let name = index.name.as_ref().filter(|_| self.target.dialect.is_mysql() && index.kind != IndexKind::Primary);
        let name = name.map(|name| format!("{} ", self.name(name))).unwrap_or_default();
        let conflict = index.on_conflict.as_ref().map(|how| format!(" ON CONFLICT {how}")).unwrap_or_default();
        match index.kind {
            IndexKind::Primary => format!("PRIMARY KEY ({key}){conflict}"),
            IndexKind::Unique if name.is_empty() => format!("UNIQUE ({key}){conflict}"),
            IndexKind::Unique => format!("UNIQUE KEY {name}({key})"),
            IndexKind::Plain => format!("KEY {name}({key})"),
            IndexKind::FullText => format!("FULLTEXT KEY {name}({key})"),
            IndexKind::Spatial => format!("SPATIAL KEY {name}({key})"),
            IndexKind::Vector => format!("VECTOR KEY {name}({key})"),
        }
    }

    pub(crate) fn create_index(self, table: &Table, index: &IndexDef) -> String {
        let kind = match index.kind {
            IndexKind::Unique => "UNIQUE ",
            IndexKind::FullText => "FULLTEXT ",
            IndexKind::Spatial => "SPATIAL ",
            IndexKind::Vector => "VECTOR ",
            IndexKind::Primary | IndexKind::Plain => "",
        };
        let name = index.name.as_ref().map(|name| self.name(name)).unwrap_or_default();
        let (table, key) = (self.name(&table.name.name), self.key(&index.parts));
        let predicate = index.predicate.as_ref().map(|predicate| format!(" WHERE {}", predicate.sql));
        format!("CREATE {kind}INDEX {name} ON {table} ({key}){}", predicate.unwrap_or_default())
    }

    pub(crate) fn drop_index(self, table: &Table, index: &str) -> String {
        let index = quoted(self.target.dialect, index);
        match self.target.dialect.is_mysql() {
            true => format!("DROP INDEX {index} ON {}", self.name(&table.name.name)),
            false => format!("DROP INDEX {index}"),
        }
    }

    pub(crate) fn foreign_key(self, key: &ForeignKeyDef) -> String {
        let constraint = key.name.as_ref().map(|name| format!("CONSTRAINT {} ", self.name(name))).unwrap_or_default();
        let referenced = match key.referenced.as_slice() {
            [] => String::new(),
            columns => format!(" ({})", self.names(columns)),
        };
        let action = |on: &str, action: ReferentialAction| match action {
            ReferentialAction::NoAction => String::new(),
            ReferentialAction::Restrict => format!(" ON {on} RESTRICT"),
            ReferentialAction::Cascade => format!(" ON {on} CASCADE"),
            ReferentialAction::SetNull => format!(" ON {on} SET NULL"),
            ReferentialAction::SetDefault => format!(" ON {on} SET DEFAULT"),
        };
        format!(
            "{constraint}FOREIGN KEY ({}) REFERENCES {}{referenced}{}{}{}",
            self.names(&key.columns),
            self.name(&key.table.name),
            action("DELETE", key.on_delete),
            action("UPDATE", key.on_update),
            if key.deferred { " DEFERRABLE INITIALLY DEFERRED" } else { "" }
        )
    }

    pub(crate) fn check(self, check: &CheckDef) -> String {
        let constraint = check.name.as_ref().map(|name| format!("CONSTRAINT {} ", self.name(name))).unwrap_or_default();
        let enforced = if check.enforced { "" } else { " NOT ENFORCED" };
        format!("{constraint}CHECK ({}){enforced}", unwrapped(&check.expression))
    }

    pub(crate) fn view(self, view: &View) -> String {
        let columns = match view.columns.as_slice() {
            [] => String::new(),
            columns => format!(" ({})", self.names(columns)),
        };
        format!("CREATE VIEW {}{columns} AS {}", self.name(&view.name.name), view.query.sql)
    }

    pub(crate) fn trigger(self, schema: &Schema, trigger: &Trigger) -> String {
        let when = match (schema.view(&trigger.table).is_some(), trigger.before) {
            (true, _) => "INSTEAD OF",
            (false, true) => "BEFORE",
            (false, false) => "AFTER",
        };
        let event = match trigger.event {
            Verb::Insert => "INSERT".to_owned(),
            Verb::Delete => "DELETE".to_owned(),
            _ if trigger.columns.is_empty() => "UPDATE".to_owned(),
            _ => format!("UPDATE OF {}", self.names(&trigger.columns)),
        };
        let (name, table) = (self.name(&trigger.name.name), self.name(&trigger.table.name));
        format!("CREATE TRIGGER {name} {when} {event} ON {table} FOR EACH ROW {}", trigger.body.sql)
    }
}

/// An expression without the parentheses around the whole of it.
fn unwrapped(expression: &Expression) -> &str {
    let text = expression.sql.trim();
    let Some(inside) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return text };
    // `(a) + (b)` has none.
    let mut depth = 0_i32;
    let closes_early = inside.chars().any(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth < 0
    });
    if closes_early { text } else { inside }
}
