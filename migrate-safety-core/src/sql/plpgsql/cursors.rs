//! Cursors of PL/pgSQL.

use super::reader::{DeclaredCursor, Reader};
use super::tree::{Kind, Statement};
use crate::sql::cursor::{Mark, Parse, ident_of};
use crate::sql::name::Ident;
use crate::sql::operation::LocatedOperation;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

impl Reader<'_, '_> {
    /// `name [NO SCROLL] CURSOR [(arguments)] FOR query` of a declaration, behind the name.
    pub(super) fn cursor(&mut self, name: Ident) -> Parse<()> {
        self.c.eat("NO");
        self.c.eat("SCROLL");
        self.c.expect("CURSOR")?;
        let mut arguments = Vec::new();
        if self.c.eat_token(&Token::LParen) {
            loop {
                arguments.push(self.variable_name()?);
                self.variable_type()?;
                if !self.c.eat_token(&Token::Comma) {
                    break;
                }
            }
            self.c.expect_token(&Token::RParen)?;
        }
        if self.c.eat_one_of(&["FOR", "IS"]).is_none() {
            return Err(self.c.expected("`FOR` or `IS`"));
        }
        let tokens = self.gather_statement()?;
        let operations = self.embedded(tokens);
        self.cursors.insert(name, DeclaredCursor { arguments, operations });
        self.semicolon()
    }

    /// What stands behind a cursor that is opened: its arguments, as many as declared; and what its query does.
    pub(super) fn declared_cursor(&mut self, name: &Ident) -> Parse<Vec<LocatedOperation>> {
        let declared = self.cursors.get(name).cloned();
        let DeclaredCursor { arguments, mut operations } = declared.clone().unwrap_or_default();
        let mut given: Vec<Ident> = Vec::new();
        let here = self.c.problem(ProblemKind::Invalid, "");
        let wrong = |message: String| Err(Problem { message: message.into(), ..here.clone() });
        if self.c.eat_token(&Token::LParen) {
            loop {
                // `argument := value`
                let argument = match self.c.peek() {
                    Token::Word(word) if matches!(self.c.peek_nth(1), Token::Assignment | Token::RArrow) => {
                        let argument = ident_of(word);
                        self.c.skip();
                        self.c.skip();
                        Some(argument)
                    }
                    _ => arguments.get(given.len()).cloned(),
                };
                let tokens = self.gather(|c| matches!(c.peek(), Token::Comma | Token::RParen))?;
                operations.extend(self.expression(tokens)?.operations);
                if declared.is_some() {
                    let Some(argument) = argument.filter(|argument| arguments.contains(argument)) else {
                        return wrong(format!("cursor `{name}` has no such argument"));
                    };
                    if given.contains(&argument) {
                        return wrong(format!(
                            "value for parameter `{argument}` of cursor `{name}` specified more than once"
                        ));
                    }
                    given.push(argument);
                }
                if !self.c.eat_token(&Token::Comma) {
                    break;
                }
            }
            self.c.expect_token(&Token::RParen)?;
        }
        if given.len() < arguments.len() {
            return wrong(format!("not enough arguments for cursor `{name}`"));
        }
        Ok(operations)
    }

    pub(super) fn open_cursor(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        let name = self.variable()?;
        let scroll = self.c.eat_all("NO SCROLL") || self.c.eat("SCROLL");
        if !scroll && !self.c.is("FOR") {
            let operations = self.declared_cursor(&name)?;
            return self.finish(mark, operations, Kind::Plain);
        }
        self.c.expect("FOR")?;
        if self.c.eat("EXECUTE") {
            return self.dynamic_query(mark);
        }
        let tokens = self.gather_statement()?;
        let operations = self.embedded(tokens);
        self.finish(mark, operations, Kind::Plain)
    }

    /// `NEXT FROM`, `ABSOLUTE 3 IN`, `FORWARD ALL FROM` … before a cursor's name; whether it can give several rows.
    fn fetch_direction(&mut self) -> Parse<(Vec<LocatedOperation>, bool)> {
        let is_name = match self.c.peek() {
            Token::Word(word) => {
                let ends = matches!(self.c.peek_nth(1), Token::SemiColon) || self.c.is_nth(1, "INTO");
                self.scope.has(&ident_of(word)) || (self.scope.may_have(&ident_of(word)) && ends)
            }
            _ => false,
        };
        if is_name || self.c.eat_one_of(&["FROM", "IN"]).is_some() {
            return Ok((Vec::new(), false));
        }
        let (operations, several) = match self
            .c
            .eat_one_of(&["NEXT", "PRIOR", "FIRST", "LAST", "ALL", "ABSOLUTE", "RELATIVE", "FORWARD", "BACKWARD"])
        {
            Some("NEXT" | "PRIOR" | "FIRST" | "LAST") => (Vec::new(), false),
            Some("ABSOLUTE" | "RELATIVE") => (self.expression_until(&["FROM", "IN"])?.operations, false),
            Some("FORWARD" | "BACKWARD") if self.c.is("FROM") || self.c.is("IN") => (Vec::new(), false),
            Some("FORWARD" | "BACKWARD") if self.c.eat("ALL") => (Vec::new(), true),
            Some("ALL") => (Vec::new(), true),
            // A count.
            _ => (self.expression_until(&["FROM", "IN"])?.operations, true),
        };
        match self.c.eat_one_of(&["FROM", "IN"]) {
            Some(_) => Ok((operations, several)),
            None => Err(self.c.expected("`FROM` or `IN`")),
        }
    }

    pub(super) fn fetch(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        let here = self.c.problem(ProblemKind::Invalid, "FETCH statement cannot return multiple rows");
        let (operations, several) = self.fetch_direction()?;
        if several {
            return Err(here);
        }
        self.variable()?;
        self.c.expect("INTO")?;
        let targets = self.targets_of_into()?;
        let mut statement = self.finish(mark, operations, Kind::Plain)?;
        statement.assigns = targets;
        Ok(statement)
    }

    pub(super) fn move_cursor(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        let (operations, _) = self.fetch_direction()?;
        self.variable()?;
        self.finish(mark, operations, Kind::Plain)
    }

    pub(super) fn close(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        self.variable()?;
        self.finish(mark, Vec::new(), Kind::Plain)
    }
}
