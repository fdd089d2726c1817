//! The state of reading a PL/pgSQL body, and the frame around its statements.

use super::scope::{Returns, Scope, Signature};
use super::tree::{Block, Kind, Statement};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::name::Ident;
use crate::sql::operation::LocatedOperation;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;
use std::collections::HashMap;

/// Reads the statements of one body.
pub(super) struct Reader<'s, 't> {
    pub(super) c: Cursor<'s, 't>,
    /// What is open around the statement being read.
    pub(super) open: Vec<Open>,
    /// The variables in sight.
    pub(super) scope: Scope,
    /// What the routine returns, if that is known.
    pub(super) returns: Option<Returns>,
    /// The declared cursors.
    pub(super) cursors: HashMap<Ident, DeclaredCursor>,
    /// Problems inside statements; the reading went on.
    pub(super) problems: Vec<Problem>,
}

/// A cursor with its query.
#[derive(Clone, Default)]
pub(super) struct DeclaredCursor {
    pub(super) arguments: Vec<Ident>,
    pub(super) operations: Vec<LocatedOperation>,
}

/// A block or loop around a statement.
pub(super) struct Open {
    pub(super) label: Option<Ident>,
    pub(super) is_loop: bool,
}

impl<'s, 't> Reader<'s, 't> {
    /// A reader of statements outside of any routine.
    pub(super) fn new(c: Cursor<'s, 't>) -> Self {
        Self::of_routine(c, None)
    }

    pub(super) fn of_routine(c: Cursor<'s, 't>, signature: Option<&Signature>) -> Self {
        Self {
            c,
            open: Vec::new(),
            scope: Scope::of(signature),
            returns: signature.map(Signature::returns),
            cursors: HashMap::new(),
            problems: Vec::new(),
        }
    }

    /// The whole body: options, one block.
    pub(super) fn body(&mut self) -> Parse<Block> {
        let block = self.options_and_block();
        self.problems.extend(self.c.take_problems());
        block
    }

    fn options_and_block(&mut self) -> Parse<Block> {
        while self.c.eat_token(&Token::Operator("#")) {
            self.option()?;
        }
        let label = self.label()?;
        let block = self.block(label)?;
        self.c.eat_token(&Token::SemiColon);
        self.c.expect_end()?;
        Ok(block)
    }

    /// `#variable_conflict use_column` and the like.
    fn option(&mut self) -> Parse<()> {
        const OPTIONS: &[(&str, &[&str])] = &[
            ("OPTION", &["DUMP"]),
            ("PRINT_STRICT_PARAMS", &["ON", "OFF"]),
            ("VARIABLE_CONFLICT", &["ERROR", "USE_VARIABLE", "USE_COLUMN"]),
        ];
        let Some((_, values)) = OPTIONS.iter().find(|(word, _)| self.c.eat(word)) else {
            return Err(self.c.expected("an option of PL/pgSQL"));
        };
        match self.c.eat_one_of(values) {
            Some(_) => Ok(()),
            None => Err(self.c.expected("a value of the option")),
        }
    }

    /// `<<label>>`, if it is next.
    pub(super) fn label(&mut self) -> Parse<Option<Ident>> {
        if !self.c.eat_token(&Token::Operator("<<")) {
            return Ok(None);
        }
        let label = self.c.label()?;
        self.c.expect_token(&Token::Operator(">>"))?;
        Ok(Some(label))
    }

    /// The label repeated behind `END`, which has to be the same.
    pub(super) fn end_label(&mut self, label: Option<&Ident>) -> Parse<()> {
        if !matches!(self.c.peek(), Token::Word(_)) {
            return Ok(());
        }
        let here = self.c.problem(ProblemKind::Invalid, "");
        let end = self.c.label()?;
        let message = match label {
            Some(label) if *label == end => return Ok(()),
            Some(label) => format!("end label `{end}` differs from the block's label `{label}`"),
            None => format!("end label `{end}` specified for an unlabeled block"),
        };
        Err(Problem { message: message.into(), ..here })
    }

    /// `;`
    pub(super) fn semicolon(&mut self) -> Parse<()> {
        self.c.expect_token(&Token::SemiColon)
    }

    /// Statements up to one of the words that close what they stand in.
    pub(super) fn statements(&mut self, until: &[&str]) -> Parse<Vec<Statement>> {
        let mut statements = Vec::new();
        while !until.iter().any(|word| self.c.is(word)) {
            if self.c.at_end() {
                return Err(self.c.expected(&until.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(" or ")));
            }
            statements.push(self.statement()?);
        }
        Ok(statements)
    }

    /// A statement without further structure, its semicolon included.
    pub(super) fn finish(&mut self, mark: Mark, operations: Vec<LocatedOperation>, kind: Kind) -> Parse<Statement> {
        let span = self.c.span_from(mark);
        self.semicolon()?;
        Ok(Statement { span, operations, assigns: Vec::new(), kind })
    }

    /// A declared variable's name: not one of PL/pgSQL's own reserved words.
    pub(super) fn variable_name(&mut self) -> Parse<Ident> {
        if is_reserved(self.c.peek()) { Err(self.c.expected("a variable")) } else { self.c.label() }
    }

    /// `name`, `record.field`, `block.record.field`: the first name.
    pub(super) fn any_variable(&mut self) -> Parse<Ident> {
        let name = match self.c.peek() {
            // `$1` is a parameter without a name.
            Token::Parameter(number) => {
                let name = Ident::exact(number);
                self.c.skip();
                name
            }
            _ => self.variable_name()?,
        };
        while self.c.eat_token(&Token::Period) {
            self.c.label()?;
        }
        Ok(name)
    }

    /// The same where it has to be in sight.
    pub(super) fn variable(&mut self) -> Parse<Ident> {
        let unknown = self.c.problem(ProblemKind::Invalid, "");
        let name = self.any_variable()?;
        match self.scope.may_have(&name) {
            true => Ok(name),
            false => Err(Problem { message: format!("`{name}` is not a known variable").into(), ..unknown }),
        }
    }

    /// `[STRICT] a, b.c`: what `INTO` fills.
    pub(super) fn targets_of_into(&mut self) -> Parse<Vec<Ident>> {
        self.c.eat("STRICT");
        let mut targets = vec![self.variable()?];
        while self.c.eat_token(&Token::Comma) {
            targets.push(self.variable()?);
        }
        Ok(targets)
    }
}

/// PL/pgSQL's reserved words: they name no variable unless quoted.
pub(super) const RESERVED: &[&str] = &[
    "ALL", "BEGIN", "BY", "CASE", "DECLARE", "ELSE", "END", "EXECUTE", "FOR", "FOREACH", "FROM", "IF", "IN", "INTO",
    "LOOP", "NOT", "NULL", "OR", "STRICT", "THEN", "TO", "USING", "WHEN", "WHILE",
];

pub(super) fn is_reserved(token: &Token<'_>) -> bool {
    RESERVED.iter().any(|word| token.is_word(word))
}
