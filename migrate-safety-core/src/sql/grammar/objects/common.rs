//! Productions that many object statements share: names, roles, operators, definitions, `ALTER` tails.

use crate::sql::cursor::{Cursor, Parse, ident_of};
use crate::sql::datatype::DataType;
use crate::sql::grammar::common as shared;
use crate::sql::keyword::{self, Category};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{NameChange, ObjectCommand, Operation};
use crate::sql::token::{Token, Word};

pub(super) use shared::storage_parameters;
pub(super) use shared::{alter_options, bare_operator as any_operator, create_options, is_operator, role};

/// Whether a word cannot name a function, a type or a parameter, though it can name a column.
pub(super) fn is_column_name_word(word: &Word<'_>) -> bool {
    keyword::category(word) == Category::ColumnName
}

/// An operation on an object class that has no operation of its own.
pub(super) fn other(command: ObjectCommand, class: &str, name: Option<ObjectName>) -> Operation {
    Operation::OtherObject {
        command,
        class: class.into(),
        name,
        definition: None,
        change: None,
        if_exists: false,
        if_not_exists: false,
        cascade: false,
        sql: Box::default(),
    }
}

/// `ALTER` of such an object, by what its statement ends in.
pub(super) fn altered(class: &str, name: ObjectName, tail: Option<Tail>) -> Operation {
    let mut operation = other(ObjectCommand::Alter, class, Some(name));
    if let Operation::OtherObject { change, .. } = &mut operation {
        *change = tail.and_then(Tail::name_change);
    }
    operation
}

/// The name of a function or procedure.
pub(super) fn function_name(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    match c.peek() {
        _ if *c.peek_nth(1) == Token::Period => c.object_name(),
        Token::Word(word) if is_column_name_word(word) => Err(c.expected("a function name")),
        _ => c.non_reserved().map(ObjectName::bare),
    }
}

pub(super) fn role_list(c: &mut Cursor<'_, '_>) -> Parse<Vec<Ident>> {
    c.list(role)
}

/// `OPTIONS`-like word or string: `LANGUAGE 'sql'`, `LANGUAGE sql`.
pub(super) fn word_or_string(c: &mut Cursor<'_, '_>) -> Parse<Ident> {
    match c.peek().string().map(Ident::exact) {
        Some(text) => {
            c.advance();
            Ok(text)
        }
        None => c.non_reserved(),
    }
}

/// A number with an optional sign, of any form.
pub(super) fn number(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    shared::number(c).ok_or_else(|| c.expected("a number"))
}

/// `+ (integer, NONE)`.
pub(super) fn operator_with_types(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    let name = any_operator(c)?;
    c.parens(|c| {
        let left_absent = c.eat("NONE");
        if !left_absent {
            c.data_type()?;
        }
        c.expect_token(&Token::Comma)?;
        if left_absent || !c.eat("NONE") {
            c.data_type()?;
        }
        Ok(())
    })?;
    Ok(name)
}

/// `name USING method` of operator classes and families.
pub(super) fn name_using_method(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    let name = c.object_name()?;
    c.expect("USING")?;
    c.ident()?;
    Ok(name)
}

/// A type that may also be `SETOF t`, `table.column%TYPE`; whether it is a set.
pub(in crate::sql) fn function_type(c: &mut Cursor<'_, '_>) -> Parse<(DataType, bool)> {
    let set = c.eat("SETOF");
    if percent_type_follows(c) {
        let mark = c.mark();
        c.object_name()?;
        c.expect_token(&Token::Mod)?;
        c.expect("TYPE")?;
        let copied = DataType::builtin(&c.text_from(mark).to_ascii_lowercase());
        return Ok((copied, set));
    }
    Ok((c.data_type()?, set))
}

/// Whether `a.b%TYPE` is next.
fn percent_type_follows(c: &Cursor<'_, '_>) -> bool {
    let mut n = 0;
    while matches!(c.peek_nth(n), Token::Word(_)) && *c.peek_nth(n + 1) == Token::Period {
        n += 2;
    }
    n > 0
        && matches!(c.peek_nth(n), Token::Word(_))
        && *c.peek_nth(n + 1) == Token::Mod
        && c.peek_nth(n + 2).is_word("TYPE")
}

/// The name of a type, where a type is what is named.
pub(super) fn type_name(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    let DataType { schema, name, .. } = c.data_type()?;
    Ok(ObjectName { schema, name })
}

/// One `name = value` of a definition.
pub(super) struct DefinitionItem {
    /// In lower case.
    pub(super) name: Box<str>,
    /// The value's text, a string's content.
    pub(super) value: Option<Box<str>>,
    /// The value, if it is a type (any word may be one).
    pub(super) data_type: Option<DataType>,
}

impl DefinitionItem {
    /// The value as a boolean: absent means true.
    pub(super) fn is_true(&self) -> bool {
        self.value.as_deref().is_none_or(|v| ["true", "on", "1"].iter().any(|t| v.eq_ignore_ascii_case(t)))
    }
}

/// `(name = value, name, …)`.
pub(super) fn definition(c: &mut Cursor<'_, '_>) -> Parse<Vec<DefinitionItem>> {
    c.parens(|c| c.list(definition_item))
}

/// `WITH (…)`, if it is next.
pub(super) fn with_definition(c: &mut Cursor<'_, '_>) -> Parse<Vec<DefinitionItem>> {
    if c.eat("WITH") { definition(c) } else { Ok(Vec::new()) }
}

fn definition_item(c: &mut Cursor<'_, '_>) -> Parse<DefinitionItem> {
    let name: Box<str> = c.label()?.as_str().into();
    let (value, data_type) = match c.eat_token(&Token::Eq) {
        true => definition_value(c)?,
        false => (None, None),
    };
    Ok(DefinitionItem { name, value, data_type })
}

/// What may stand behind `=` in a definition: a type, any key word, an operator, a number, a string.
fn definition_value(c: &mut Cursor<'_, '_>) -> Parse<(Option<Box<str>>, Option<DataType>)> {
    if let Some(text) = c.peek().string().map(Box::from) {
        c.advance();
        return Ok((Some(text), None));
    }
    let mark = c.mark();
    let signed = matches!(c.peek(), Token::Minus | Token::Plus) && matches!(c.peek_nth(1), Token::Number(..));
    if signed || matches!(c.peek(), Token::Number(..)) {
        return Ok((Some(number(c)?), None));
    }
    if is_operator(c.peek()) {
        any_operator(c)?;
        return Ok((Some(c.text_from(mark).into()), None));
    }
    if c.is("OPERATOR") && *c.peek_nth(1) == Token::LParen {
        c.advance();
        c.parens(any_operator)?;
        return Ok((Some(c.text_from(mark).into()), None));
    }
    let is_key_word = matches!(c.peek(), Token::Word(word) if keyword::category(word) == Category::Reserved);
    if is_key_word || c.is("NONE") {
        c.label()?;
        return Ok((Some(c.text_from(mark).into()), None));
    }
    let (data_type, _) = function_type(c)?;
    Ok((Some(c.text_from(mark).into()), Some(data_type)))
}

/// What ends most `ALTER` statements.
pub(super) enum Tail {
    /// `RENAME TO`.
    Rename(Ident),
    /// `OWNER TO`.
    Owner,
    /// `SET SCHEMA`.
    Schema(Ident),
    /// `[NO] DEPENDS ON EXTENSION`.
    Depends,
}

impl Tail {
    /// What becomes of the name.
    pub(super) fn name_change(self) -> Option<NameChange> {
        match self {
            Self::Rename(to) => Some(NameChange::Rename(to)),
            Self::Schema(to) => Some(NameChange::Schema(to)),
            Self::Owner | Self::Depends => None,
        }
    }
}

/// Which tails an object class has.
#[derive(Clone, Copy)]
pub(super) struct Tails {
    pub(super) rename: bool,
    pub(super) owner: bool,
    pub(super) schema: bool,
    pub(super) depends: bool,
}

impl Tails {
    pub(super) const RENAME: Self = Self { rename: true, owner: false, schema: false, depends: false };
    pub(super) const RENAME_DEPENDS: Self = Self { depends: true, ..Self::RENAME };
    pub(super) const RENAME_OWNER: Self = Self { owner: true, ..Self::RENAME };
    pub(super) const RENAME_SCHEMA: Self = Self { schema: true, ..Self::RENAME };
    pub(super) const RENAME_OWNER_SCHEMA: Self = Self { schema: true, ..Self::RENAME_OWNER };
    pub(super) const OWNER: Self = Self { rename: false, ..Self::RENAME_OWNER };
    pub(super) const OWNER_SCHEMA: Self = Self { rename: false, ..Self::RENAME_OWNER_SCHEMA };
    pub(super) const ALL: Self = Self { depends: true, ..Self::RENAME_OWNER_SCHEMA };

    /// Reads one of these tails, if one is next.
    pub(super) fn maybe(self, c: &mut Cursor<'_, '_>) -> Parse<Option<Tail>> {
        Ok(Some(if self.rename && c.eat_all("RENAME TO") {
            Tail::Rename(c.ident()?)
        } else if self.owner && c.eat_all("OWNER TO") {
            role(c)?;
            Tail::Owner
        } else if self.schema && c.eat_all("SET SCHEMA") {
            Tail::Schema(c.ident()?)
        } else if self.depends && (c.is_all("NO DEPENDS") || c.is("DEPENDS")) {
            let mark = c.mark();
            if c.eat("NO") {
                c.since(13, mark, "`NO DEPENDS ON EXTENSION`");
            }
            c.expect("DEPENDS ON EXTENSION")?;
            c.ident()?;
            Tail::Depends
        } else {
            return Ok(None);
        }))
    }

    /// Reads one of these tails.
    pub(super) fn read(self, c: &mut Cursor<'_, '_>) -> Parse<Tail> {
        match self.maybe(c)? {
            Some(tail) => Ok(tail),
            None => Err(c.expected(&self.describe())),
        }
    }

    fn describe(self) -> String {
        let words = [
            (self.rename, "`RENAME TO`"),
            (self.owner, "`OWNER TO`"),
            (self.schema, "`SET SCHEMA`"),
            (self.depends, "`DEPENDS ON EXTENSION`"),
        ];
        let words: Vec<&str> = words.iter().filter(|(has, _)| *has).map(|(_, word)| *word).collect();
        words.join(" or ")
    }
}

/// An unquoted word out of a list the server compares in lower case, where the server's grammar has any identifier.
pub(super) fn word_of(c: &mut Cursor<'_, '_>, allowed: &[&str], what: &str) -> Parse<Ident> {
    let found = match c.peek() {
        Token::Word(word) => Some(ident_of(word)).filter(|name| allowed.contains(&name.as_str())),
        _ => None,
    };
    match found {
        Some(name) => {
            c.advance();
            Ok(name)
        }
        None => Err(c.expected(what)),
    }
}
