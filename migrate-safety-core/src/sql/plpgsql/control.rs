//! Control structures: conditions, loops, and the ways out of them.

use super::reader::{Open, Reader};
use super::sql::Evaluated;
use super::tree::{Arm, Kind, Loop, Over, Statement, Way};
use crate::sql::cursor::{Cursor, Mark, Parse, ident_of};
use crate::sql::name::Ident;
use crate::sql::operation::{LocatedOperation, Operation};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::{LocatedToken, Token};

impl Reader<'_, '_> {
    /// A block or loop behind its label.
    pub(super) fn labelled(&mut self, mark: Mark, label: Option<Ident>) -> Parse<Statement> {
        if self.c.is("DECLARE") || self.c.is("BEGIN") {
            let block = self.block(label)?;
            return self.finish(mark, Vec::new(), Kind::Block(Box::new(block)));
        }
        let entered = self.scope.enter();
        if let Some(label) = &label {
            self.scope.add(label);
        }
        let (operations, over) = match self.c.eat_one_of(&["LOOP", "WHILE", "FOR", "FOREACH"]) {
            Some("LOOP") => (Vec::new(), Over::Nothing),
            Some("WHILE") => {
                let condition = self.expression_until(&["LOOP"])?.operations;
                self.c.expect("LOOP")?;
                (Vec::new(), Over::Condition(condition))
            }
            Some("FOR") => self.for_header()?,
            Some(_) => self.foreach_header()?,
            None => return Err(self.c.expected("a block or a loop")),
        };
        if let Over::Range { variable, .. } = &over {
            // It is a variable of the loop's own.
            self.scope.add(variable);
        }
        self.open.push(Open { label: label.clone(), is_loop: true });
        let body = self.statements(&["END"])?;
        self.open.pop();
        self.scope.leave(entered);
        self.c.expect("END LOOP")?;
        self.end_label(label.as_ref())?;
        self.finish(mark, operations, Kind::Loop(Box::new(Loop { label, over, body })))
    }

    /// What stands between `FOR` and `LOOP`, the latter included.
    fn for_header(&mut self) -> Parse<(Vec<LocatedOperation>, Over)> {
        let message = "loop variable of loop over rows must be a record variable or list of scalar variables";
        let unknown = self.c.problem(ProblemKind::Invalid, message);
        let targets = self.loop_targets()?;
        self.c.expect("IN")?;
        if self.c.eat("EXECUTE") {
            self.known_targets(&targets, unknown)?;
            let Evaluated { mut operations, value, .. } = self.expression_until(&["LOOP", "USING"])?;
            if self.c.eat("USING") {
                operations.extend(self.arguments(&["LOOP"])?);
            }
            self.c.expect("LOOP")?;
            return Ok((operations, Over::Execute { targets, command: value }));
        }
        if let Token::Word(word) = self.c.peek() {
            let name = ident_of(word);
            if self.cursors.contains_key(&name) && (self.c.is_nth(1, "LOOP") || *self.c.peek_nth(1) == Token::LParen) {
                self.scope.add(targets.first().unwrap_or(&name));
                self.c.skip();
                let operations = self.declared_cursor(&name)?;
                self.c.expect("LOOP")?;
                return Ok((operations, Over::Query { targets, query: None }));
            }
        }
        let behind_in = self.c.mark();
        let reverse = self.c.eat("REVERSE");
        let first = self.gather(|c| c.is("LOOP") || is_range(c))?;
        if is_range(&self.c) {
            return self.range(&targets, reverse, first);
        }
        self.c.rewind(behind_in);
        self.known_targets(&targets, unknown)?;
        let tokens = self.gather(|c| c.is("LOOP"))?;
        let operations = self.embedded(tokens);
        self.c.expect("LOOP")?;
        let query = match operations.first().map(|o| &o.operation) {
            Some(Operation::Select(query)) => Some((**query).clone()),
            _ => None,
        };
        Ok((operations, Over::Query { targets, query }))
    }

    /// `a .. b [BY c] LOOP` behind `a`.
    fn range(
        &mut self,
        targets: &[Ident],
        reverse: bool,
        first: Vec<LocatedToken<'_>>,
    ) -> Parse<(Vec<LocatedOperation>, Over)> {
        let [variable] = targets else {
            return Err(self.c.problem(ProblemKind::Invalid, "integer FOR loop must have only one target variable"));
        };
        let variable = variable.clone();
        let from = self.expression(first)?;
        self.c.skip();
        self.c.skip();
        let to = self.expression_until(&["LOOP", "BY"])?;
        let step = if self.c.eat("BY") { Some(self.expression_until(&["LOOP"])?) } else { None };
        self.c.expect("LOOP")?;
        let mut operations = from.operations;
        operations.extend(to.operations);
        let step = step.map(|step| {
            operations.extend(step.operations);
            step.value
        });
        Ok((operations, Over::Range { variable, from: from.value, to: to.value, step, reverse }))
    }

    /// `FOREACH a, b SLICE 1 IN ARRAY e LOOP` behind the first word.
    fn foreach_header(&mut self) -> Parse<(Vec<LocatedOperation>, Over)> {
        let mut targets = vec![self.variable()?];
        while self.c.eat_token(&Token::Comma) {
            targets.push(self.variable()?);
        }
        if self.c.eat("SLICE") {
            self.c.integer()?;
        }
        self.c.expect("IN ARRAY")?;
        let Evaluated { operations, value, .. } = self.expression_until(&["LOOP"])?;
        self.c.expect("LOOP")?;
        Ok((operations, Over::Array { targets, array: value }))
    }

    fn loop_targets(&mut self) -> Parse<Vec<Ident>> {
        let mut targets = vec![self.any_variable()?];
        while self.c.eat_token(&Token::Comma) {
            targets.push(self.any_variable()?);
        }
        Ok(targets)
    }

    /// Complains of a variable that is not declared: loops over rows make none of their own.
    fn known_targets(&self, targets: &[Ident], unknown: Problem) -> Parse<()> {
        if targets.iter().all(|target| self.scope.may_have(target)) { Ok(()) } else { Err(unknown) }
    }

    pub(super) fn if_statement(&mut self, mark: Mark) -> Parse<Statement> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        self.c.skip();
        loop {
            let condition = self.expression_until(&["THEN"])?.operations;
            self.c.expect("THEN")?;
            let body = self.statements(&["ELSIF", "ELSEIF", "ELSE", "END"])?;
            arms.push(Arm { condition, body });
            if self.c.eat_one_of(&["ELSIF", "ELSEIF"]).is_none() {
                break;
            }
        }
        if self.c.eat("ELSE") {
            otherwise = Some(self.statements(&["END"])?);
        }
        self.c.expect("END IF")?;
        self.finish(mark, Vec::new(), Kind::Branches { arms, otherwise })
    }

    pub(super) fn case_statement(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        let subject = match self.c.is("WHEN") {
            true => Vec::new(),
            false => self.expression_until(&["WHEN"])?.operations,
        };
        let mut arms = Vec::new();
        while self.c.eat("WHEN") {
            let condition = self.expression_until(&["THEN"])?.operations;
            self.c.expect("THEN")?;
            let body = self.statements(&["WHEN", "ELSE", "END"])?;
            arms.push(Arm { condition, body });
        }
        if arms.is_empty() {
            return Err(self.c.expected("`WHEN`"));
        }
        let otherwise = if self.c.eat("ELSE") { Some(self.statements(&["END"])?) } else { None };
        self.c.expect("END CASE")?;
        self.finish(mark, subject, Kind::Branches { arms, otherwise })
    }

    /// `EXIT`, `CONTINUE`.
    pub(super) fn exit(&mut self, mark: Mark) -> Parse<Statement> {
        let is_exit = self.c.is("EXIT");
        self.c.skip();
        let here = self.c.problem(ProblemKind::Invalid, "");
        let wrong = |message: String| Err(Problem { message: message.into(), ..here });
        let way = if self.c.is("WHEN") || self.c.is_token(&Token::SemiColon) {
            if !self.open.iter().any(|open| open.is_loop) {
                return wrong(match is_exit {
                    true => "EXIT cannot be used outside a loop, unless it has a label".into(),
                    false => "CONTINUE cannot be used outside a loop".into(),
                });
            }
            Way::Loop
        } else {
            let label = self.c.label()?;
            match self.open.iter().rev().find(|open| open.label.as_ref() == Some(&label)) {
                None => {
                    return wrong(format!(
                        "there is no label `{label}` attached to any block or loop enclosing this statement"
                    ));
                }
                Some(open) if !is_exit && !open.is_loop => {
                    return wrong(format!("block label `{label}` cannot be used in CONTINUE"));
                }
                Some(_) => Way::Labelled(label),
            }
        };
        let operations = if self.c.eat("WHEN") { self.expression_until(&[])?.operations } else { Vec::new() };
        self.finish(mark, operations, Kind::Leave(way))
    }
}

/// Whether `..` is next.
fn is_range(c: &Cursor<'_, '_>) -> bool {
    c.is_token(&Token::Period) && *c.peek_nth(1) == Token::Period
}
