//! Blocks: declarations, statements, exception handlers.

use super::conditions::code_of;
use super::reader::{Open, Reader, is_reserved};
use super::tree::{Block, Declaration, Handler, Value};
use crate::sql::cursor::Parse;
use crate::sql::expr::Expr;
use crate::sql::name::Ident;
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

impl Reader<'_, '_> {
    /// A block behind its label.
    pub(super) fn block(&mut self, label: Option<Ident>) -> Parse<Block> {
        let mut declarations = Vec::new();
        let entered = self.scope.enter();
        if let Some(label) = &label {
            self.scope.add(label);
        }
        if self.c.eat("DECLARE") {
            let of_block = self.scope.enter();
            while !self.c.is("BEGIN") {
                // The server takes the word more than once.
                if !self.c.eat("DECLARE") {
                    declarations.extend(self.declaration(of_block)?);
                }
            }
        }
        self.c.expect("BEGIN")?;
        self.open.push(Open { label: label.clone(), is_loop: false });
        let statements = self.statements(&["END", "EXCEPTION"])?;
        let handlers = if self.c.eat("EXCEPTION") { Some(self.handlers()?) } else { None };
        self.open.pop();
        self.scope.leave(entered);
        self.c.expect("END")?;
        self.end_label(label.as_ref())?;
        Ok(Block { label, declarations, statements, handlers })
    }

    /// `WHEN condition OR … THEN statements …`
    fn handlers(&mut self) -> Parse<Vec<Handler>> {
        let mut handlers = Vec::new();
        loop {
            self.c.expect("WHEN")?;
            let mut conditions = Vec::new();
            loop {
                let is_state = self.c.is("SQLSTATE") && *self.c.peek_nth(1) != Token::Period;
                let name = self.variable_name()?;
                conditions.push(if is_state { self.sql_state()? } else { code_of(&name) });
                if !self.c.eat("OR") {
                    break;
                }
            }
            self.c.expect("THEN")?;
            let statements = self.statements(&["END", "WHEN"])?;
            handlers.push(Handler { conditions, statements });
            if !self.c.is("WHEN") {
                return Ok(handlers);
            }
        }
    }

    /// The five characters behind `SQLSTATE`.
    pub(super) fn sql_state(&mut self) -> Parse<Box<str>> {
        let invalid = self.c.problem(ProblemKind::Invalid, "invalid SQLSTATE code");
        let code = self.c.string()?;
        let valid = code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if valid { Ok(code) } else { Err(invalid) }
    }

    /// One declaration; none for a cursor. An alias has the value of what it stands for. `of_block` is where the block's own variables begin.
    fn declaration(&mut self, of_block: usize) -> Parse<Option<Declaration>> {
        if self.c.is_token(&Token::Operator("<<")) {
            return Err(self.c.problem(ProblemKind::Invalid, "block label must be placed before DECLARE, not after"));
        }
        if is_reserved(self.c.peek()) {
            return Err(self.c.expected("a variable or `BEGIN`"));
        }
        let again = self.c.problem(ProblemKind::Invalid, "duplicate declaration");
        let name = self.c.label()?;
        if self.scope.has_since(of_block, &name) {
            return Err(again);
        }
        if self.c.eat_all("ALIAS FOR") {
            let of = self.variable()?;
            self.semicolon()?;
            self.scope.add(&name);
            let expr = Some(Expr::Column { qualifier: None, name: of });
            let default = Some(Value { expr, literal: None });
            return Ok(Some(Declaration { name, array: false, operations: Vec::new(), default }));
        }
        let is_cursor = self.c.is("CURSOR") || self.c.is_all("NO SCROLL CURSOR") || self.c.is_all("SCROLL CURSOR");
        if is_cursor {
            self.scope.add(&name);
            self.cursor(name)?;
            return Ok(None);
        }
        self.c.eat("CONSTANT");
        let array = self.variable_type()?;
        if self.c.eat("COLLATE") {
            self.c.object_name()?;
        }
        let not_null = self.c.eat_all("NOT NULL");
        let has_default = self.assignment_operator() || self.c.eat("DEFAULT");
        let (mut operations, mut default) = (Vec::new(), None);
        if has_default {
            let evaluated = self.expression_until(&[])?;
            (operations, default) = (evaluated.operations, Some(evaluated.value));
        } else if not_null {
            let message = format!("variable `{name}` must have a default value, since it's declared NOT NULL");
            return Err(self.c.problem(ProblemKind::Invalid, message));
        }
        self.semicolon()?;
        self.scope.add(&name);
        Ok(Some(Declaration { name, array, operations, default }))
    }
}
