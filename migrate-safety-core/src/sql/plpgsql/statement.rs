//! The statements of PL/pgSQL but for its control structures.

use super::RAISED;
use super::reader::Reader;
use super::scope::Returns;
use super::sql::{Evaluated, located};
use super::tree::{Kind, Statement, Way};
use crate::sql::cursor::{Mark, Parse};
use crate::sql::operation::{LocatedOperation, Operation, Transaction};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

impl Reader<'_, '_> {
    /// One statement with its semicolon.
    pub(super) fn statement(&mut self) -> Parse<Statement> {
        // A block takes about twice the stack of a nested expression.
        self.c.descend()?;
        self.c.descend()?;
        let statement = self.any_statement();
        self.c.ascend();
        self.c.ascend();
        statement
    }

    fn any_statement(&mut self) -> Parse<Statement> {
        let mark = self.c.mark();
        if self.c.is_token(&Token::Operator("<<")) {
            let label = self.label()?;
            return self.labelled(mark, label);
        }
        if self.is_assignment() {
            return self.assignment(mark);
        }
        match self.c.peek() {
            Token::Word(word) if !word.quoted => match word.value.to_ascii_uppercase().as_str() {
                "DECLARE" | "BEGIN" | "LOOP" | "WHILE" | "FOR" | "FOREACH" => self.labelled(mark, None),
                "IF" => self.if_statement(mark),
                "CASE" => self.case_statement(mark),
                "EXIT" | "CONTINUE" => self.exit(mark),
                "RETURN" => self.return_statement(mark),
                "RAISE" => self.raise(mark),
                "ASSERT" => self.assert(mark),
                "PERFORM" => self.perform(mark),
                "EXECUTE" => self.execute(mark),
                "GET" => self.get_diagnostics(mark),
                "OPEN" => self.open_cursor(mark),
                "FETCH" => self.fetch(mark),
                "MOVE" => self.move_cursor(mark),
                "CLOSE" => self.close(mark),
                "NULL" => {
                    self.c.skip();
                    self.finish(mark, Vec::new(), Kind::Plain)
                }
                "COMMIT" => self.end_transaction(mark, Transaction::Commit),
                "ROLLBACK" => self.end_transaction(mark, Transaction::Rollback),
                _ => self.sql_statement(mark),
            },
            Token::Word(_) => self.sql_statement(mark),
            _ => Err(self.c.expected("a statement")),
        }
    }

    /// Whether `name[.field][[subscript]] :=` is next.
    fn is_assignment(&self) -> bool {
        if !matches!(self.c.peek(), Token::Word(_) | Token::Parameter(_)) {
            return false;
        }
        let mut n = 1;
        loop {
            match self.c.peek_nth(n) {
                Token::Period if matches!(self.c.peek_nth(n + 1), Token::Word(_)) => n += 2,
                Token::LBracket => {
                    let mut depth = 0usize;
                    loop {
                        match self.c.peek_nth(n) {
                            Token::LBracket => depth += 1,
                            Token::RBracket => depth -= 1,
                            Token::End | Token::SemiColon => return false,
                            _ => {}
                        }
                        n += 1;
                        if depth == 0 {
                            break;
                        }
                    }
                }
                Token::Assignment | Token::Eq => return true,
                _ => return false,
            }
        }
    }

    /// `:=` or `=`.
    pub(super) fn assignment_operator(&mut self) -> bool {
        self.c.eat_token(&Token::Assignment) || self.c.eat_token(&Token::Eq)
    }

    fn assignment(&mut self, mark: Mark) -> Parse<Statement> {
        let mut whole = *self.c.peek_nth(1) != Token::Period;
        let target = self.variable()?;
        let mut operations = Vec::new();
        while self.c.eat_token(&Token::LBracket) {
            whole = false;
            let inside = self.gather(|c| matches!(c.peek(), Token::Colon | Token::RBracket))?;
            if !inside.is_empty() {
                operations.extend(self.expression(inside)?.operations);
            }
            if self.c.eat_token(&Token::Colon) && !self.c.is_token(&Token::RBracket) {
                let inside = self.gather(|c| c.is_token(&Token::RBracket))?;
                operations.extend(self.expression(inside)?.operations);
            }
            self.c.expect_token(&Token::RBracket)?;
        }
        while self.c.eat_token(&Token::Period) {
            whole = false;
            self.c.label()?;
        }
        if !self.assignment_operator() {
            return Err(self.c.expected("`:=`"));
        }
        // The server takes nothing for an expression here since PostgreSQL 14, to complain when it runs.
        if self.c.is_token(&Token::SemiColon) && self.c.version() >= 14 {
            return self.finish(mark, operations, Kind::Plain);
        }
        let Evaluated { operations: evaluation, value, .. } = self.expression_until(&[])?;
        operations.extend(evaluation);
        if whole {
            return self.finish(mark, operations, Kind::Assign { target, value });
        }
        let mut statement = self.finish(mark, operations, Kind::Plain)?;
        statement.assigns.push(target);
        Ok(statement)
    }

    fn perform(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        if self.c.is_token(&Token::SemiColon) && self.c.version() >= 14 {
            return self.finish(mark, Vec::new(), Kind::Plain);
        }
        let evaluated = self.expression_until(&[])?;
        let span = self.c.span_from(mark);
        // It is a statement of its own even if it only computes.
        let select = evaluated.query.map(|query| located(Operation::Select(Box::new(query)), span));
        self.finish(mark, select.into_iter().collect(), Kind::Plain)
    }

    /// `COMMIT [AND [NO] CHAIN]`.
    fn end_transaction(&mut self, mark: Mark, end: Transaction) -> Parse<Statement> {
        self.c.skip();
        if self.c.eat("AND") {
            self.c.eat("NO");
            self.c.expect("CHAIN")?;
        }
        let operation = located(Operation::Transaction(end), self.c.span_from(mark));
        self.finish(mark, vec![operation], Kind::Plain)
    }

    /// `EXECUTE command [INTO [STRICT] targets] [USING expressions]`.
    fn execute(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        let command = self.expression_until(&["INTO", "USING"])?;
        let mut operations = command.operations;
        let mut targets = None;
        let mut using = false;
        loop {
            let again = self.c.problem(ProblemKind::Invalid, "specified more than once");
            if self.c.eat("INTO") {
                if targets.replace(self.targets_of_into()?).is_some() {
                    return Err(again);
                }
            } else if self.c.eat("USING") {
                if std::mem::replace(&mut using, true) {
                    return Err(again);
                }
                operations.extend(self.arguments(&["INTO"])?);
            } else {
                break;
            }
        }
        let mut statement = self.finish(mark, operations, Kind::Execute(command.value))?;
        statement.assigns = targets.unwrap_or_default();
        Ok(statement)
    }

    /// Expressions whose values do not matter, up to one of these words or a semicolon.
    pub(super) fn arguments(&mut self, until: &[&str]) -> Parse<Vec<LocatedOperation>> {
        Ok(self.expressions_until(until)?.into_iter().flat_map(|e| e.operations).collect())
    }

    fn return_statement(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        let here = self.c.problem(ProblemKind::Invalid, "");
        let wrong = |message: &str| Err(Problem { message: message.into(), ..here });
        if self.c.eat("NEXT") {
            return match self.returns {
                Some(Returns::Set { parameters: true }) if !self.c.is_token(&Token::SemiColon) => {
                    wrong("RETURN NEXT cannot have a parameter in function with OUT parameters")
                }
                Some(Returns::Value | Returns::Nothing | Returns::Parameters) => {
                    wrong("cannot use RETURN NEXT in a non-SETOF function")
                }
                Some(Returns::Set { parameters: true }) | None if self.c.is_token(&Token::SemiColon) => {
                    self.finish(mark, Vec::new(), Kind::Plain)
                }
                _ => {
                    let operations = self.expression_until(&[])?.operations;
                    self.finish(mark, operations, Kind::Plain)
                }
            };
        }
        if self.c.eat("QUERY") {
            if matches!(self.returns, Some(Returns::Value | Returns::Nothing | Returns::Parameters)) {
                return wrong("cannot use RETURN QUERY in a non-SETOF function");
            }
            if self.c.eat("EXECUTE") {
                return self.dynamic_query(mark);
            }
            let tokens = self.gather_statement()?;
            let operations = self.embedded(tokens);
            return self.finish(mark, operations, Kind::Plain);
        }
        let bare = self.c.is_token(&Token::SemiColon);
        match self.returns {
            Some(Returns::Value) if bare => return Err(self.c.expected("an expression")),
            Some(Returns::Nothing) if !bare => {
                return wrong("RETURN cannot have a parameter in a procedure or a function returning void");
            }
            Some(Returns::Parameters) if !bare => {
                return wrong("RETURN cannot have a parameter in function with OUT parameters");
            }
            Some(Returns::Set { .. }) if !bare => {
                return wrong("RETURN cannot have a parameter in function returning set");
            }
            _ => {}
        }
        let operations = if bare { Vec::new() } else { self.expression_until(&[])?.operations };
        self.finish(mark, operations, Kind::Leave(Way::Return))
    }

    /// What follows `EXECUTE` where a query is put together: the command, `USING`.
    pub(super) fn dynamic_query(&mut self, mark: Mark) -> Parse<Statement> {
        let command = self.expression_until(&["USING"])?;
        let mut operations = command.operations;
        if self.c.eat("USING") {
            operations.extend(self.arguments(&[])?);
        }
        self.finish(mark, operations, Kind::Execute(command.value))
    }

    fn raise(&mut self, mark: Mark) -> Parse<Statement> {
        const LEVELS: &[&str] = &["EXCEPTION", "WARNING", "NOTICE", "INFO", "LOG", "DEBUG"];
        self.c.skip();
        let mut operations = Vec::new();
        if self.c.is_token(&Token::SemiColon) {
            return self.finish(mark, operations, Kind::Plain);
        }
        let level = self.c.eat_one_of(LEVELS);
        let is_error = level.is_none_or(|level| level == "EXCEPTION");
        let level = level.is_some();
        if self.c.peek().string().is_some() {
            let start = self.c.problem(ProblemKind::Invalid, "");
            let format = self.c.string()?;
            let mut given = 0;
            while self.c.eat_token(&Token::Comma) {
                let tokens = self.gather(|c| c.is_token(&Token::Comma) || c.is("USING"))?;
                operations.extend(self.expression(tokens)?.operations);
                given += 1;
            }
            let wanted = format.replace("%%", "").matches('%').count();
            if given != wanted {
                let how = if given > wanted { "many" } else { "few" };
                let message = format!("too {how} parameters specified for RAISE");
                return Err(Problem { message: message.into(), ..start });
            }
        } else if !self.c.is("USING") && (level || !self.c.is_token(&Token::SemiColon)) {
            let is_state = self.c.eat("SQLSTATE");
            if is_state {
                self.sql_state()?;
            } else {
                self.condition()?;
            }
        }
        if self.c.eat("USING") {
            operations.extend(self.raise_options()?);
        }
        if is_error {
            let command = RAISED.into();
            operations.push(located(Operation::Session { command }, self.c.span_from(mark)));
        }
        self.finish(mark, operations, Kind::Plain)
    }

    /// The name of a condition: no variable's.
    fn condition(&mut self) -> Parse<()> {
        let here = self.c.expected("a condition");
        let name = self.variable_name()?;
        if self.scope.has(&name) { Err(here) } else { Ok(()) }
    }

    /// `ERRCODE = 'x', HINT := 'y'`
    fn raise_options(&mut self) -> Parse<Vec<LocatedOperation>> {
        const OPTIONS: &[&str] =
            &["ERRCODE", "MESSAGE", "DETAIL", "HINT", "COLUMN", "CONSTRAINT", "DATATYPE", "TABLE", "SCHEMA"];
        let mut operations = Vec::new();
        loop {
            if self.c.eat_one_of(OPTIONS).is_none() {
                return Err(self.c.expected("an option of RAISE"));
            }
            if !self.assignment_operator() {
                return Err(self.c.expected("`=`"));
            }
            let tokens = self.gather(|c| c.is_token(&Token::Comma))?;
            operations.extend(self.expression(tokens)?.operations);
            if !self.c.eat_token(&Token::Comma) {
                return Ok(operations);
            }
        }
    }

    fn assert(&mut self, mark: Mark) -> Parse<Statement> {
        self.c.skip();
        let operations = self.arguments(&[])?;
        self.finish(mark, operations, Kind::Plain)
    }

    /// `GET [CURRENT | STACKED] DIAGNOSTICS variable = item, …`
    fn get_diagnostics(&mut self, mark: Mark) -> Parse<Statement> {
        const CURRENT: &[&str] = &["ROW_COUNT", "PG_ROUTINE_OID", "PG_CONTEXT"];
        const STACKED: &[&str] = &[
            "RETURNED_SQLSTATE",
            "MESSAGE_TEXT",
            "PG_EXCEPTION_DETAIL",
            "PG_EXCEPTION_HINT",
            "PG_EXCEPTION_CONTEXT",
            "COLUMN_NAME",
            "CONSTRAINT_NAME",
            "PG_DATATYPE_NAME",
            "TABLE_NAME",
            "SCHEMA_NAME",
        ];
        self.c.skip();
        let items = if self.c.eat("STACKED") { STACKED } else { CURRENT };
        self.c.eat("CURRENT");
        self.c.expect("DIAGNOSTICS")?;
        let mut targets = Vec::new();
        loop {
            targets.push(self.variable()?);
            if !self.assignment_operator() {
                return Err(self.c.expected("`=` or `:=`"));
            }
            let mark = self.c.mark();
            match self.c.eat_one_of(items) {
                Some("PG_ROUTINE_OID") => self.c.since(16, mark, "`PG_ROUTINE_OID`"),
                Some(_) => {}
                None => return Err(self.c.expected("an item of GET DIAGNOSTICS")),
            }
            if !self.c.eat_token(&Token::Comma) {
                break;
            }
        }
        let mut statement = self.finish(mark, Vec::new(), Kind::Plain)?;
        statement.assigns = targets;
        Ok(statement)
    }

    /// A variable's type: also `t%ROWTYPE`, `v%TYPE`. Whether it is an array.
    pub(super) fn variable_type(&mut self) -> Parse<bool> {
        let mut n = 0;
        while matches!(self.c.peek_nth(n), Token::Word(_)) && *self.c.peek_nth(n + 1) == Token::Period {
            n += 2;
        }
        // An argument may be called by its number.
        let copies = matches!(self.c.peek_nth(n), Token::Word(_) | Token::Parameter(_))
            && *self.c.peek_nth(n + 1) == Token::Mod
            && (self.c.peek_nth(n + 2).is_word("TYPE") || self.c.peek_nth(n + 2).is_word("ROWTYPE"));
        if !copies {
            return self.c.data_type().map(|data_type| data_type.array);
        }
        for _ in 0..n + 3 {
            self.c.skip();
        }
        // Arrays of such a type: since PostgreSQL 17.
        let mark = self.c.mark();
        let array = self.c.eat("ARRAY") || self.c.is_token(&Token::LBracket);
        while self.c.eat_token(&Token::LBracket) {
            if !self.c.is_token(&Token::RBracket) {
                self.c.integer()?;
            }
            self.c.expect_token(&Token::RBracket)?;
        }
        if array {
            self.c.since(17, mark, "an array of a copied type");
        }
        Ok(array)
    }
}
