//! diesel's `schema.rs`: where a project keeps it, and what its `table!` macros say.
//!
//! Only what `diesel print-schema` writes is read: tables, columns, their SQL types. Nothing else of the file matters.

use super::{Source, read};
use std::path::Path;
use toml::de::DeTable;

/// The file that diesel writes for the project that a directory of migrations belongs to.
#[derive(Clone, Debug)]
pub struct SchemaRs {
    /// The file.
    pub source: Source,
    /// Whether `diesel.toml` leaves tables out of it.
    pub filtered: bool,
    /// Whether `diesel.toml` names a patch for it, which may leave columns out.
    pub patched: bool,
}

/// A table as `table!` declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredTable {
    /// Its schema, if it is not on the search path.
    pub schema: Option<String>,
    /// Its name in the database.
    pub name: String,
    /// 1-based line where it begins.
    pub line: u32,
    /// Its columns.
    pub columns: Vec<DeclaredColumn>,
}

/// A column as `table!` declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredColumn {
    /// Its name in the database.
    pub name: String,
    /// 1-based line where it stands.
    pub line: u32,
    /// Its type without `Nullable` and `Array`: `Int4`.
    pub sql_type: String,
    /// `Array<…>`.
    pub array: bool,
    /// `Nullable<…>`.
    pub nullable: bool,
}

/// The `schema.rs` of the project around a directory of migrations.
pub(super) fn find(migrations: &Path) -> Option<SchemaRs> {
    let absolute = std::path::absolute(migrations).ok()?;
    let is_project = |dir: &&Path| read::is_there(&dir.join("diesel.toml")) || read::is_there(&dir.join("Cargo.toml"));
    let project = absolute.ancestors().find(is_project)?;
    let settings = read::source(&project.join("diesel.toml")).ok().map(|source| source.text).unwrap_or_default();
    // diesel itself tells what is wrong with its settings.
    let settings = DeTable::parse(&settings).map(toml::Spanned::into_inner).unwrap_or_default();
    let printed = settings.get("print_schema").and_then(|value| value.get_ref().as_table());
    let file = printed.and_then(|p| p.get("file")).and_then(|value| value.get_ref().as_str());
    let file = file.unwrap_or("src/schema.rs");
    let says = |key: &str| printed.is_some_and(|p| p.contains_key(key));
    let (filtered, patched) = (says("filter"), says("patch_file"));
    let path = project.join(file);
    let mut source = read::is_there(&path).then(|| read::source(&path).ok())??;
    // As the migrations are named: from where the command was given.
    if let Some(named) = std::env::current_dir().ok().and_then(|dir| path.strip_prefix(dir).ok().map(Path::to_owned)) {
        source.path = named;
    }
    Some(SchemaRs { source, filtered, patched })
}

impl SchemaRs {
    /// The tables that it declares; the line and reason of each `table!` that is not understood.
    pub fn tables(&self) -> (Vec<DeclaredTable>, Vec<(u32, String)>) {
        let mut reader = Reader { tokens: tokens(&self.source.text), at: 0 };
        let (mut tables, mut problems) = (Vec::new(), Vec::new());
        while let Some(line) = reader.next_macro() {
            match reader.table(line) {
                Ok(table) => tables.push(table),
                Err(expected) => problems.push((reader.line(), format!("{expected} was expected here"))),
            }
        }
        (tables, problems)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'s> {
    Word(&'s str),
    /// A string without its quotes.
    Text(&'s str),
    Sign(char),
}

/// Words, strings and signs with their lines; comments and spaces are left out.
fn tokens(text: &str) -> Vec<(Token<'_>, u32)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut line = 1u32;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let (token, length) = if rest.starts_with("//") {
            (None, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (None, rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if first == '"' {
            let inner = rest.get(1..).unwrap_or_default();
            let end = inner.find('"').unwrap_or(inner.len());
            (inner.get(..end).map(Token::Text), (end + 2).min(rest.len()))
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            (rest.get(..end).map(Token::Word), end)
        } else if first.is_whitespace() {
            (None, first.len_utf8())
        } else {
            (Some(Token::Sign(first)), first.len_utf8())
        };
        tokens.extend(token.map(|token| (token, line)));
        let (read, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
        line += u32::try_from(read.matches('\n').count()).unwrap_or_default();
        rest = left;
    }
    tokens
}

struct Reader<'s> {
    tokens: Vec<(Token<'s>, u32)>,
    at: usize,
}

type Read<T> = Result<T, &'static str>;

impl<'s> Reader<'s> {
    /// Goes on to what is inside the next `table! {`; returns the line of the macro.
    fn next_macro(&mut self) -> Option<u32> {
        let start = [Token::Word("table"), Token::Sign('!'), Token::Sign('{')];
        while self.at < self.tokens.len() {
            let found = self.tokens.get(self.at..)?.iter().map(|(token, _)| *token).take(start.len()).eq(start);
            self.at += 1;
            if found {
                self.at += start.len() - 1;
                return self.tokens.get(self.at - 1).map(|(_, line)| *line);
            }
        }
        None
    }

    fn table(&mut self, line: u32) -> Read<DeclaredTable> {
        while self.eat(Token::Word("use")) {
            while self.next().ok_or("`;`")? != Token::Sign(';') {}
        }
        let sql_name = self.sql_name()?;
        let mut name = self.word("a table")?;
        let mut schema = None;
        if self.eat(Token::Sign('.')) {
            schema = Some(name.to_owned());
            name = self.word("a table")?;
        }
        if self.eat(Token::Sign('(')) {
            while self.next().ok_or("`)`")? != Token::Sign(')') {}
        }
        self.expect(Token::Sign('{'), "`{`")?;
        let mut columns = Vec::new();
        while !self.eat(Token::Sign('}')) {
            columns.push(self.column()?);
            self.eat(Token::Sign(','));
        }
        Ok(DeclaredTable { schema, name: sql_name.unwrap_or(name).to_owned(), line, columns })
    }

    fn column(&mut self) -> Read<DeclaredColumn> {
        let sql_name = self.sql_name()?;
        let line = self.line();
        let name = self.word("a column")?;
        self.expect(Token::Sign('-'), "`->`")?;
        self.expect(Token::Sign('>'), "`->`")?;
        let mut column = DeclaredColumn {
            name: sql_name.unwrap_or(name).to_owned(),
            line,
            sql_type: String::new(),
            array: false,
            nullable: false,
        };
        self.sql_type(&mut column)?;
        Ok(column)
    }

    /// `Nullable<Array<Nullable<Text>>>`, with or without a path before each name.
    fn sql_type(&mut self, column: &mut DeclaredColumn) -> Read<()> {
        let mut name = self.word("a type")?;
        while self.eat(Token::Sign(':')) {
            self.expect(Token::Sign(':'), "`::`")?;
            name = self.word("a type")?;
        }
        if !self.eat(Token::Sign('<')) {
            name.clone_into(&mut column.sql_type);
            return Ok(());
        }
        match name {
            // The elements of an array may always be NULL.
            "Nullable" => column.nullable |= !column.array,
            "Array" => column.array = true,
            _ => {}
        }
        self.sql_type(column)?;
        self.expect(Token::Sign('>'), "`>`")
    }

    /// Attributes; what `#[sql_name = "…"]` says.
    fn sql_name(&mut self) -> Read<Option<&'s str>> {
        let mut found = None;
        while self.eat(Token::Sign('#')) {
            self.expect(Token::Sign('['), "`[`")?;
            let is_name = self.eat(Token::Word("sql_name"));
            loop {
                match self.next().ok_or("`]`")? {
                    Token::Sign(']') => break,
                    Token::Text(text) if is_name => found = Some(text),
                    _ => {}
                }
            }
        }
        Ok(found)
    }

    fn next(&mut self) -> Option<Token<'s>> {
        let token = self.tokens.get(self.at).map(|(token, _)| *token);
        self.at += 1;
        token
    }

    fn eat(&mut self, wanted: Token<'_>) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|(token, _)| *token == wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: Token<'_>, what: &'static str) -> Read<()> {
        if self.eat(wanted) { Ok(()) } else { Err(what) }
    }

    fn word(&mut self, what: &'static str) -> Read<&'s str> {
        match self.tokens.get(self.at).copied() {
            Some((Token::Word(word), _)) => {
                self.at += 1;
                // `r#type`
                if word == "r" && self.eat(Token::Sign('#')) { self.word(what) } else { Ok(word) }
            }
            _ => Err(what),
        }
    }

    fn line(&self) -> u32 {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |(_, line)| *line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<DeclaredTable>, Vec<(u32, String)>) {
        let source = Source { path: "schema.rs".into(), text: text.into() };
        SchemaRs { source, filtered: false, patched: false }.tables()
    }

    #[test]
    fn what_diesel_prints_is_read() {
        let (tables, problems) = read(
            "// @generated\npub mod sql_types { #[derive(diesel::sql_types::SqlType)] pub struct Mood; }\n\
             diesel::table! {\n    use diesel::sql_types::*;\n    use super::sql_types::Mood;\n\n    /// \"people\"\n    \
             app.users (id, org) {\n        id -> Int8,\n        #[max_length = 50]\n        name -> Nullable<Varchar>,\n        \
             /* odd */ #[sql_name = \"type\"]\n        type_ -> Mood,\n        \
             tags -> Nullable<Array<Nullable<diesel::sql_types::Text>>>,\n    }\n}\n\
             diesel::joinable!(users -> orgs (org));\ntable! { #[sql_name = \"odd name\"] odd { r#id -> Integer } }\n",
        );
        assert_eq!(problems, []);
        let [users, odd] = &tables[..] else { panic!("{tables:?}") };
        assert_eq!((users.schema.as_deref(), &*users.name, users.line), (Some("app"), "users", 3));
        let told: Vec<_> =
            users.columns.iter().map(|c| (&*c.name, &*c.sql_type, c.array, c.nullable, c.line)).collect();
        assert_eq!(
            told,
            [
                ("id", "Int8", false, false, 9),
                ("name", "Varchar", false, true, 11),
                ("type", "Mood", false, false, 13),
                ("tags", "Text", true, true, 14),
            ]
        );
        assert_eq!((&*odd.name, &*odd.columns[0].name), ("odd name", "id"));
    }

    #[test]
    fn what_is_no_table_is_told_and_the_rest_is_read() {
        let (tables, problems) =
            read("table! { users (id) { id = Int8 } }\ntable! { a (id) { id -> Int4, } }\ntable! {");
        assert_eq!(tables.len(), 1);
        assert_eq!(problems.len(), 2);
        assert_eq!(problems[0], (1, "`->` was expected here".to_owned()));
    }
}
