//! Columns and their types.

use super::constraint::{check, references};
use super::names;
use super::words::{only, since, value};
use crate::databases::expression;
use crate::databases::name::Name;
use crate::databases::operation::{
    BINARY, CheckDef, ColumnDef, DataType, Expression, ForeignKeyDef, Generated, IndexDef, IndexKey, IndexKind,
    IndexPart,
};
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::token::Token;

/// A column with what is written behind it.
pub(super) struct Column {
    pub(super) def: ColumnDef,
    pub(super) indexes: Vec<IndexDef>,
    pub(super) foreign_keys: Vec<ForeignKeyDef>,
    pub(super) checks: Vec<CheckDef>,
}

/// `name type attributes`.
pub(super) fn column(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Column> {
    let mark = cursor.mark();
    let name = names::new_name(cursor, target)?;
    definition(cursor, target, name, mark)
}

/// `type attributes` of a column that is called `name`; it began at `mark`.
pub(super) fn definition(cursor: &mut Cursor<'_, '_>, target: Target, name: Name, mark: Mark) -> Parse<Column> {
    let written = typed(cursor)?;
    let (charset, collation) = (written.charset, written.collation);
    let def = ColumnDef { charset, collation, ..ColumnDef::new(name, written.data_type, cursor.span_from(mark)) };
    let mut column = Column { def, indexes: Vec::new(), foreign_keys: Vec::new(), checks: Vec::new() };
    if &*column.def.data_type.name == "serial" {
        column.def.data_type = DataType { name: "bigint".into(), arguments: Vec::new(), unsigned: true };
        column.serial();
    }
    while column.attribute(cursor, target)? {}
    column.def.span = cursor.span_from(mark);
    Ok(column)
}

impl Column {
    /// What `SERIAL` says besides `BIGINT UNSIGNED`.
    fn serial(&mut self) {
        self.def.not_null = Some(true);
        self.def.auto_increment = true;
        self.key(IndexKind::Unique);
    }

    fn key(&mut self, kind: IndexKind) {
        // `SERIAL UNIQUE` is unique once.
        if self.indexes.iter().any(|index| index.kind == kind) {
            return;
        }
        let key = IndexKey::Column(self.def.name.clone());
        let parts = vec![IndexPart { key, length: None, descending: false, collation: None }];
        self.indexes.push(IndexDef {
            name: None,
            kind,
            parts,
            predicate: None,
            invisible: false,
            on_conflict: None,
            implied: false,
        });
    }

    /// An attribute, if one stands here.
    fn attribute(&mut self, cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<bool> {
        /// Those that nothing depends on.
        const WITH_VALUE: &[&str] =
            &["COLUMN_FORMAT", "STORAGE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "SRID", "REF_SYSTEM_ID"];
        const WORDS: &[&str] = &["NOT SECONDARY", "WITHOUT SYSTEM VERSIONING", "WITH SYSTEM VERSIONING"];

        let mark = cursor.mark();
        let def = &mut self.def;
        if cursor.eat_all("NOT NULL") {
            def.not_null = Some(true);
        } else if cursor.eat("NULL") {
            def.not_null = Some(false);
        } else if cursor.eat("DEFAULT") {
            def.default = Some(default(cursor)?);
        } else if cursor.eat_all("ON UPDATE") {
            now(cursor)?;
            def.on_update = true;
        } else if cursor.eat_one_of(&["AUTO_INCREMENT", "AUTOINCREMENT"]).is_some() {
            def.auto_increment = true;
        } else if cursor.eat_all("SERIAL DEFAULT VALUE") {
            self.serial();
        } else if cursor.eat("INVISIBLE") {
            def.invisible = true;
            since(cursor, target, (800, 23), mark, "an invisible column");
        } else if cursor.eat("VISIBLE") {
            def.invisible = false;
            only(cursor, target, Dialect::MySql, mark, "`VISIBLE` of a column");
        } else if cursor.eat("COMMENT") {
            def.comment = Some(value(cursor)?);
        } else if cursor.eat("UNIQUE") {
            cursor.eat("KEY");
            self.key(IndexKind::Unique);
        } else if cursor.eat_all("PRIMARY KEY") || cursor.eat("PRIMARY") || cursor.eat("KEY") {
            self.key(IndexKind::Primary);
        } else if let Some((charset, collation)) = charset(cursor)? {
            def.charset = charset.or_else(|| def.charset.take());
            def.collation = collation.or_else(|| def.collation.take());
        } else if cursor.is("GENERATED") || (cursor.is("AS") && *cursor.peek_nth(1) == Token::LParen) {
            def.generated = generated(cursor, target)?;
        } else if cursor.eat("REFERENCES") {
            let columns = vec![def.name.clone()];
            self.foreign_keys.push(ForeignKeyDef { columns, at_column: true, ..references(cursor)? });
        } else if cursor.is("CHECK") || cursor.is("CONSTRAINT") {
            let name = match cursor.eat("CONSTRAINT") && !cursor.is("CHECK") {
                true => Some(names::name(cursor)?),
                false => None,
            };
            cursor.expect("CHECK")?;
            self.checks.push(check(cursor, name, Some(def.name.clone()))?);
        } else if WITH_VALUE.iter().any(|words| cursor.eat_all(words)) {
            value(cursor)?;
        } else if cursor.eat("COMPRESSED") {
            if cursor.is_token(&Token::Eq) {
                value(cursor)?;
            }
            only(cursor, target, Dialect::MariaDb, mark, "`COMPRESSED` of a column");
        } else {
            return Ok(WORDS.iter().any(|words| cursor.eat_all(words)));
        }
        Ok(true)
    }
}

/// A type with its character set.
struct Typed {
    data_type: DataType,
    charset: Option<Name>,
    collation: Option<Name>,
}

/// Types of more than one word, longest first, with the name the server gives them.
const LONG_NAMES: &[(&str, &str)] = &[
    ("LONG CHARACTER VARYING", "mediumtext"),
    ("LONG CHAR VARYING", "mediumtext"),
    ("LONG VARCHARACTER", "mediumtext"),
    ("LONG VARCHAR", "mediumtext"),
    ("LONG VARBINARY", "mediumblob"),
    ("NATIONAL CHARACTER VARYING", "varchar"),
    ("NATIONAL CHAR VARYING", "varchar"),
    ("NATIONAL VARCHARACTER", "varchar"),
    ("NATIONAL VARCHAR", "varchar"),
    ("NATIONAL CHARACTER", "char"),
    ("NATIONAL CHAR", "char"),
    ("NCHAR VARCHARACTER", "varchar"),
    ("NCHAR VARCHAR", "varchar"),
    ("NCHAR VARYING", "varchar"),
    ("CHARACTER VARYING", "varchar"),
    ("CHAR VARYING", "varchar"),
    ("DOUBLE PRECISION", "double"),
];

/// Types of one word and the name the server gives them.
const SYNONYMS: &[(&str, &str)] = &[
    ("bool", "tinyint"),
    ("boolean", "tinyint"),
    ("integer", "int"),
    ("int1", "tinyint"),
    ("int2", "smallint"),
    ("int3", "mediumint"),
    ("int4", "int"),
    ("int8", "bigint"),
    ("middleint", "mediumint"),
    ("float4", "float"),
    ("float8", "double"),
    ("real", "double"),
    ("dec", "decimal"),
    ("numeric", "decimal"),
    ("fixed", "decimal"),
    ("number", "decimal"),
    ("character", "char"),
    ("nchar", "char"),
    ("varcharacter", "varchar"),
    ("nvarchar", "varchar"),
    ("varchar2", "varchar"),
    ("long", "mediumtext"),
    ("geomcollection", "geometrycollection"),
];

/// The types that there are. What is not here the server takes for a syntax error.
const TYPES: &[&str] = &[
    "tinyint",
    "smallint",
    "mediumint",
    "int",
    "bigint",
    "float",
    "double",
    "decimal",
    "bit",
    "serial",
    "date",
    "time",
    "datetime",
    "timestamp",
    "year",
    "char",
    "varchar",
    "binary",
    "varbinary",
    "tinytext",
    "text",
    "mediumtext",
    "longtext",
    "tinyblob",
    "blob",
    "mediumblob",
    "longblob",
    "enum",
    "set",
    "json",
    "vector",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    // MariaDB
    "inet4",
    "inet6",
    "uuid",
    "xmltype",
    "clob",
    "raw",
];

fn typed(cursor: &mut Cursor<'_, '_>) -> Parse<Typed> {
    let name: Box<str> = match LONG_NAMES.iter().find(|(words, _)| cursor.eat_all(words)) {
        Some((_, name)) => (*name).into(),
        None => one_word(cursor)?,
    };
    let mut data_type = DataType { name, ..DataType::default() };
    if cursor.is_token(&Token::LParen) {
        data_type.arguments = cursor.parens(|c| c.list(value))?;
    }
    let mut typed = Typed { data_type, charset: None, collation: None };
    if let Some((charset, collation)) = attributes(cursor, &mut typed.data_type)? {
        (typed.charset, typed.collation) = (charset, collation);
    }
    Ok(typed)
}

fn one_word(cursor: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let Token::Word(word) = cursor.peek() else { return Err(cursor.expected("a type")) };
    let written = word.value.to_ascii_lowercase();
    let name = SYNONYMS.iter().find(|(synonym, _)| *synonym == written).map_or(&*written, |(_, name)| name);
    if word.quoted || !TYPES.contains(&name) {
        return Err(cursor.expected("a type"));
    }
    let name = name.into();
    cursor.skip();
    // `bool` is `tinyint(1)`: how much is shown is nobody's business.
    Ok(name)
}

/// What belongs to a type behind its parentheses, in any order.
#[allow(clippy::type_complexity, reason = "a character set and a collation")]
fn attributes(cursor: &mut Cursor<'_, '_>, data_type: &mut DataType) -> Parse<Option<(Option<Name>, Option<Name>)>> {
    let mut found: Option<(Option<Name>, Option<Name>)> = None;
    loop {
        if cursor.eat_one_of(&["UNSIGNED", "ZEROFILL"]).is_some() {
            data_type.unsigned = true;
        } else if let Some((charset, collation)) = charset(cursor)? {
            let found = found.get_or_insert_default();
            found.0 = charset.or_else(|| found.0.take());
            found.1 = collation.or_else(|| found.1.take());
        } else if cursor.eat("BINARY") {
            found.get_or_insert_default().1 = Some(Name::new(BINARY));
        } else if cursor.eat_one_of(&["SIGNED", "BYTE"]).is_none() {
            return Ok(found);
        }
    }
}

/// `CHARACTER SET c`, `COLLATE c`, `ASCII`, `UNICODE`, if one stands here.
#[allow(clippy::type_complexity, reason = "a character set and a collation")]
fn charset(cursor: &mut Cursor<'_, '_>) -> Parse<Option<(Option<Name>, Option<Name>)>> {
    if cursor.eat_all("CHARACTER SET") || cursor.eat_all("CHAR SET") || cursor.eat("CHARSET") {
        return Ok(Some((Some(value(cursor).map(|v| Name::new(&v))?), None)));
    }
    if cursor.eat("COLLATE") {
        return Ok(Some((None, Some(value(cursor).map(|v| Name::new(&v))?))));
    }
    if cursor.eat("ASCII") {
        return Ok(Some((Some(Name::new("latin1")), None)));
    }
    if cursor.eat("UNICODE") {
        return Ok(Some((Some(Name::new("ucs2")), None)));
    }
    Ok(None)
}

/// What stands behind `DEFAULT`: a literal, a call, or anything in parentheses.
pub(super) fn default(cursor: &mut Cursor<'_, '_>) -> Parse<Expression> {
    if cursor.is("NOT") || cursor.is("COMMENT") {
        return Err(cursor.expected("a default"));
    }
    // MariaDB: `NEXT VALUE FOR s`
    if cursor.is_all("NEXT VALUE FOR") {
        let mark = cursor.mark();
        cursor.expect("NEXT VALUE FOR")?;
        names::object_name(cursor)?;
        return Ok(Expression {
            sql: cursor.text_from(mark).into(),
            calls: vec!["nextval".into()],
            ..Expression::default()
        });
    }
    expression::operand(cursor)
}

/// `CURRENT_TIMESTAMP`, `NOW(6)` behind `ON UPDATE`.
fn now(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    if cursor.eat_one_of(&["CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"]).is_none() {
        return Err(cursor.expected("`CURRENT_TIMESTAMP`"));
    }
    if cursor.is_token(&Token::LParen) { super::words::skip_parens(cursor) } else { Ok(()) }
}

/// `[GENERATED ALWAYS] AS (expression) [VIRTUAL | STORED]`; none for the columns of a period (MariaDB).
fn generated(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Option<Generated>> {
    let mark = cursor.mark();
    cursor.eat_all("GENERATED ALWAYS");
    cursor.expect("AS")?;
    if cursor.eat_all("ROW START") || cursor.eat_all("ROW END") {
        only(cursor, target, Dialect::MariaDb, mark, "a column of a period");
        return Ok(None);
    }
    let expression = expression::in_parens(cursor)?;
    let mark = cursor.mark();
    let stored = cursor.eat("STORED") || {
        let persistent = cursor.eat("PERSISTENT");
        if persistent {
            only(cursor, target, Dialect::MariaDb, mark, "`PERSISTENT`");
        }
        persistent
    };
    if !stored {
        cursor.eat("VIRTUAL");
    }
    Ok(Some(Generated { expression, stored }))
}
