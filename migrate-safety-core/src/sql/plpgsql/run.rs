//! Follows a PL/pgSQL body as the server would run it.

use super::Body;
use super::bind::bind;
use super::facts::{assigned, changes_bounded, executes, loop_facts};
use super::fold::{fold, fold_value, query_rows, range_rounds};
use super::known::{Hole, Known, Text, Variables};
use super::script::script;
use super::tokens::tokens;
use super::tree::{Arm, Block, Handler, Kind, Loop, Over, Statement, Value, Way};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, ident_of};
use crate::sql::grammar::Reading;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{Guard, LocatedOperation, Operation, RoutineFrame, UNKNOWN_NAME};
use crate::sql::source::{Place, SourceText};
use crate::sql::span::Span;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;
use std::collections::HashSet;

/// The state of following one body.
pub(super) struct Run<'c, 's, 't> {
    /// What the body was read with.
    c: &'c Cursor<'s, 't>,
    body: Body,
    /// In which loop each of the operations stands, as `frame` has the facts of.
    loops: Vec<usize>,
    /// The loop being followed; 0 for none.
    current_loop: usize,
    /// How many loops have been met.
    met_loops: usize,
    frame: RoutineFrame,
    variables: Variables,
    /// In a round of a loop after its first: only what `EXECUTE` makes anew counts.
    again: bool,
    /// What was executed at which place already.
    executed: HashSet<(usize, String)>,
    /// How many statements have been added.
    statements: usize,
    /// How many blocks with handlers have been entered.
    guards: usize,
    /// How much text, in bytes, may still be read for `EXECUTE`.
    budget: usize,
    /// Rounds of loops that may still be followed one by one.
    rounds_left: usize,
}

/// The ways on which a statement may leave what it stands in.
type Ways = Vec<Way>;

impl<'c, 's, 't> Run<'c, 's, 't> {
    /// More text than this is not read for the `EXECUTE`s of one body.
    const MOST_TEXT: usize = 4 << 20;

    /// More rounds of its loops than this are not followed one by one.
    const MOST_ROUNDS: usize = 20_000;

    pub(super) fn new(
        c: &'c Cursor<'s, 't>,
        frame: RoutineFrame,
        variables: Variables,
        problems: Vec<Problem>,
    ) -> Self {
        Self {
            c,
            body: Body { operations: Vec::new(), problems },
            loops: Vec::new(),
            current_loop: 0,
            met_loops: 0,
            frame,
            variables,
            again: false,
            executed: HashSet::new(),
            statements: 0,
            guards: 0,
            budget: Self::MOST_TEXT,
            rounds_left: Self::MOST_ROUNDS,
        }
    }

    /// All that the routine with this block does.
    pub(super) fn follow(mut self, block: &Block) -> Body {
        self.block(block);
        self.body
    }

    /// Statements in order. Behind one that may leave, all are conditional.
    fn statements(&mut self, statements: &[Statement]) -> Ways {
        let conditional = self.frame.conditional;
        let mut ways = Ways::new();
        for statement in statements {
            ways.extend(self.statement(statement));
            self.frame.conditional |= !ways.is_empty();
        }
        self.frame.conditional = conditional;
        ways
    }

    fn statement(&mut self, statement: &Statement) -> Ways {
        self.emit(&statement.operations);
        let ways = match &statement.kind {
            Kind::Plain => Ways::new(),
            Kind::Assign { target, value } => {
                let value = fold_value(value, &self.variables);
                self.variables.assign(target, value);
                Ways::new()
            }
            Kind::Execute(command) => {
                self.execute(command, statement.span);
                Ways::new()
            }
            Kind::Block(block) => self.block(block),
            Kind::Branches { arms, otherwise } => self.branches(arms, otherwise.as_deref()),
            Kind::Loop(inner) => self.looped(inner, statement.span),
            Kind::Leave(way) => vec![way.clone()],
        };
        self.variables.forget(&statement.assigns);
        ways
    }

    fn block(&mut self, block: &Block) -> Ways {
        for declaration in &block.declarations {
            self.emit(&declaration.operations);
            let value = declaration.default.as_ref().map_or(Known::Null, |d| fold_value(d, &self.variables));
            self.variables.declare(&declaration.name, declaration.array);
            self.variables.assign(&declaration.name, value);
        }
        let mut ways = match &block.handlers {
            None => self.statements(&block.statements),
            Some(handlers) => self.guarded(&block.statements, handlers),
        };
        ways.retain(|way| !matches!(way, Way::Labelled(label) if block.label.as_ref() == Some(label)));
        ways
    }

    /// Statements with exception handlers.
    fn guarded(&mut self, statements: &[Statement], handlers: &[Handler]) -> Ways {
        let outer = self.frame.clone();
        // A handler may find any of the statements done or not.
        let mut at_handler = self.variables.clone();
        at_handler.forget(assigned(statements));
        let conditions = handlers.iter().flat_map(|handler| handler.conditions.iter().cloned()).collect();
        self.guards += 1;
        self.frame.guards.push(Guard { number: self.guards, conditions });
        let mut ways = self.statements(statements);
        let mut after = self.variables.clone();
        // What a handler does is no more in the subtransaction: that has been rolled back.
        self.frame = RoutineFrame { conditional: true, ..outer.clone() };
        for handler in handlers {
            self.variables = at_handler.clone();
            ways.extend(self.statements(&handler.statements));
            after.meet(&self.variables);
        }
        self.variables = after;
        self.frame = outer;
        ways
    }

    fn branches(&mut self, arms: &[Arm], otherwise: Option<&[Statement]>) -> Ways {
        let conditional = self.frame.conditional;
        let before = self.variables.clone();
        let mut after: Option<Variables> = None;
        let mut ways = Ways::new();
        let bodies = arms.iter().map(|arm| (arm.condition.as_slice(), arm.body.as_slice()));
        let otherwise = otherwise.unwrap_or_default();
        for (condition, body) in bodies.chain(std::iter::once((&[][..], otherwise))) {
            self.emit(condition);
            self.frame.conditional = true;
            self.variables = before.clone();
            ways.extend(self.statements(body));
            match &mut after {
                Some(after) => after.meet(&self.variables),
                None => after = Some(self.variables.clone()),
            }
        }
        self.frame.conditional = conditional;
        self.variables = after.unwrap_or(before);
        ways
    }

    fn looped(&mut self, of: &Loop, span: Span) -> Ways {
        if let Over::Execute { command, .. } = &of.over {
            self.execute(command, span);
        }
        let rounds = self.rounds(&of.over);
        let outer = self.frame.clone();
        let outer_loop = self.current_loop;
        self.met_loops += 1;
        self.current_loop = self.met_loops;
        let first = self.body.operations.len();
        let most = match &rounds {
            Some(rounds) => u64::try_from(rounds.len()).ok(),
            None => self.limit_of(&of.over),
        };
        self.frame.loops.push(loop_facts(of, self.met_loops, most));
        if let Over::Condition(condition) = &of.over {
            self.emit(condition);
        }
        let at_least_once = match &rounds {
            Some(rounds) => !rounds.is_empty(),
            None => matches!(of.over, Over::Nothing),
        };
        self.frame.conditional |= !at_least_once;
        let mut ways = Ways::new();
        match rounds {
            Some(rounds) if executes(&of.body) && (1..=self.rounds_left).contains(&rounds.len()) => {
                self.rounds_left -= rounds.len();
                let again = self.again;
                for round in rounds {
                    self.bind(of.over.targets(), &round);
                    ways.extend(self.statements(&of.body));
                    self.again = true;
                }
                self.again = again;
            }
            _ => {
                self.variables.forget(assigned(&of.body).into_iter().chain(of.over.targets()));
                ways = self.statements(&of.body);
            }
        }
        self.count_executed(first, of.over.targets());
        self.current_loop = outer_loop;
        // Behind the loop, a round may have been the last or not have been.
        self.variables.forget(assigned(&of.body).into_iter().chain(of.over.targets()));
        self.frame = outer;
        ways.retain(|way| match way {
            Way::Return => true,
            Way::Loop => false,
            Way::Labelled(label) => of.label.as_ref() != Some(label),
        });
        ways
    }

    /// Takes what `EXECUTE` changed in the loop just followed into its facts. `first` is its first operation.
    fn count_executed(&mut self, first: usize, variables: &[Ident]) {
        let Some(operations) = self.body.operations.get_mut(first..) else { return };
        let is_executed = |o: &&LocatedOperation| o.routine.as_ref().is_some_and(|frame| frame.execute);
        let Some(bounded) = changes_bounded(operations.iter().filter(is_executed).map(|o| &o.operation), variables)
        else {
            return;
        };
        // What is written out has been counted: it is bounded, or there is none of it, or it is not.
        let is_written = |o: &&LocatedOperation| !is_executed(o);
        let written = changes_bounded(operations.iter().filter(is_written).map(|o| &o.operation), variables);
        let bounded = bounded && written.unwrap_or(true);
        for (operation, of) in operations.iter_mut().zip(self.loops.iter().skip(first)) {
            if *of == self.current_loop
                && let Some(facts) = operation.routine.as_mut().and_then(|frame| frame.loops.last_mut())
            {
                facts.bounded = bounded;
            }
        }
    }

    /// What the loop's variable is in each round, where that is known.
    fn rounds(&self, over: &Over) -> Option<Vec<Known>> {
        match over {
            Over::Range { from, to, step, reverse, .. } => {
                let step = step.as_ref().map(|step| fold_value(step, &self.variables));
                let (from, to) = (fold_value(from, &self.variables), fold_value(to, &self.variables));
                range_rounds(&from, &to, step.as_ref(), *reverse)
            }
            Over::Array { array, .. } => match fold_value(array, &self.variables) {
                Known::Array(elements) => Some(elements),
                _ => None,
            },
            Over::Query { query, .. } => query_rows(query.as_ref()?, &self.variables),
            Over::Nothing | Over::Condition(_) | Over::Execute { .. } => None,
        }
    }

    /// How many rows the query of a loop yields at most, as its `LIMIT` says.
    fn limit_of(&self, over: &Over) -> Option<u64> {
        let Over::Query { query: Some(query), .. } = over else { return None };
        fold(query.limit.as_ref()?, &self.variables).as_integer()?.try_into().ok()
    }

    /// Gives the variables of a loop their values in a round: one variable takes all of a row, be it a record or not.
    fn bind(&mut self, targets: &[Ident], round: &Known) {
        match (targets, round) {
            ([one], value) => self.variables.set(one, value.clone()),
            (several, Known::Row(columns)) => {
                for (n, target) in several.iter().enumerate() {
                    let value = columns.get(n).map_or(Known::Null, |(_, value)| value.clone());
                    self.variables.set(target, value);
                }
            }
            (several, _) => self.variables.forget(several),
        }
    }

    /// Adds operations that are written out.
    fn emit(&mut self, operations: &[LocatedOperation]) {
        if !self.again {
            let frame = self.frame.clone();
            let mut operations = operations.to_vec();
            operations.iter_mut().for_each(|o| bind(&mut o.operation, &self.variables));
            self.add(operations, &frame);
        }
    }

    /// Adds the operations of a statement, or of several that are numbered.
    fn add(&mut self, operations: impl IntoIterator<Item = LocatedOperation>, frame: &RoutineFrame) {
        let before = self.statements;
        for operation in operations {
            let own = operation.routine.as_ref().map_or(0, |frame| frame.statement);
            let statement = before + own.max(1);
            self.statements = self.statements.max(statement);
            self.body.operations.push(framed(operation, &RoutineFrame { statement, ..frame.clone() }));
        }
        self.loops.resize(self.body.operations.len(), self.current_loop);
    }

    /// Reads what `EXECUTE` runs.
    fn execute(&mut self, command: &Value, span: Span) {
        let text = fold_value(command, &self.variables).into_text();
        let Some(text) = text else {
            // The server refuses a command that is NULL.
            return;
        };
        let skeleton = text.with_holes(marker);
        let affordable = self.budget.checked_sub(skeleton.len());
        self.budget = affordable.unwrap_or(0);
        if !self.executed.insert((span.start.offset, skeleton)) {
            return;
        }
        let known = affordable.and_then(|_| match text.as_known() {
            Some(sql) => Some(self.known_sql(sql, text.at.map_or(Place::Whole(span), Place::At))),
            None => self.same_for_any_name(&text, span),
        });
        let reading = match known {
            Some(reading) => reading,
            // Once is enough, however many rounds there are.
            None if self.executed.insert((span.start.offset, String::new())) => {
                let like = affordable.and_then(|_| self.likeness(&text, span));
                unforeseeable(&text, like, span)
            }
            None => return,
        };
        let frame = RoutineFrame { execute: true, ..self.frame.clone() };
        self.add(reading.operations, &frame);
        for problem in reading.problems {
            if !self.body.problems.contains(&problem) {
                self.body.problems.push(problem);
            }
        }
    }

    fn known_sql(&self, sql: &str, place: Place) -> Reading {
        let mut reading = script(self.c, &SourceText::fragment(sql, place));
        for operation in &reading.operations {
            if matches!(operation.operation, Operation::Transaction(_)) {
                let message = "EXECUTE cannot run a transaction command";
                let span = operation.span;
                reading.problems.push(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
            }
        }
        reading
    }

    /// What a command comes to whatever is put into it, if that is a name, a part of one or a constant each time.
    fn likeness(&self, text: &Text, span: Span) -> Option<Box<Operation>> {
        let sql = text.with_holes(|hole| if hole == Hole::Anything { UNKNOWN_NAME } else { marker(hole) });
        let mut reading = self.known_sql(&sql, Place::Whole(span));
        let operation = reading.operations.pop().map(|located| located.operation);
        operation.filter(|_| reading.operations.is_empty() && reading.problems.is_empty()).map(Box::new)
    }

    /// A command that is unknown but for names and constants, if these do not matter for what it does here.
    fn same_for_any_name(&self, text: &Text, span: Span) -> Option<Reading> {
        if text.holes().any(|hole| hole == Hole::Anything) {
            return None;
        }
        let names = text.holes().any(|hole| hole == Hole::Name);
        let reading = self.known_sql(&text.with_holes(marker), Place::Whole(span));
        let is_same = |operation: &Operation| match operation {
            Operation::Cluster { .. } | Operation::Set { .. } | Operation::Session { .. } => true,
            Operation::Grant { relations, .. } => !relations.iter().any(is_marked),
            Operation::OtherObject { class, .. } => &**class == "role",
            _ => !names,
        };
        let all_same = reading.operations.iter().all(|o| is_same(&o.operation));
        (all_same && reading.problems.is_empty()).then_some(reading)
    }
}

/// An operation under the circumstances of `frame`, in addition to those it has.
pub(super) fn framed(operation: LocatedOperation, frame: &RoutineFrame) -> LocatedOperation {
    let own = operation.routine.unwrap_or_default();
    let routine = RoutineFrame {
        conditional: own.conditional || frame.conditional,
        loops: frame.loops.iter().chain(&own.loops).copied().collect(),
        execute: own.execute || frame.execute,
        routine: own.routine.or_else(|| frame.routine.clone()),
        guards: frame.guards.iter().chain(&own.guards).cloned().collect(),
        statement: if frame.statement == 0 { own.statement } else { frame.statement },
    };
    LocatedOperation { routine: Some(Box::new(routine)), ..operation }
}

/// What stands for a hole where the rest is read all the same.
fn marker(hole: Hole) -> &'static str {
    match hole {
        Hole::Name => "\"<…>\"",
        Hole::Constant => "'<…>'",
        Hole::Anything => "<…>",
    }
}

fn is_marked(name: &ObjectName) -> bool {
    let marked = |name: &Ident| name.contains("<…>");
    marked(&name.name) || name.schema.as_ref().is_some_and(marked)
}

/// A command that cannot be known beforehand.
fn unforeseeable(text: &Text, like: Option<Box<Operation>>, span: Span) -> Reading {
    let skeleton = text.with_holes(|_| "<…>");
    let words: Vec<&str> = skeleton.split_whitespace().collect();
    let skeleton = abridged(&words.join(" "));
    let reason: Box<str> = match skeleton.replace("<…>", "").trim() {
        "" => "EXECUTE runs a statement that is put together at run time".into(),
        _ => format!("EXECUTE builds its statement at run time: {skeleton}").into(),
    };
    let operation = Operation::Opaque { reason: reason.clone(), mentions: mentioned(text), like };
    Reading {
        operations: vec![LocatedOperation { operation, span, routine: None }],
        problems: vec![Problem { kind: ProblemKind::Dynamic, span, message: reason }],
    }
}

/// Not too much of a text.
fn abridged(text: &str) -> String {
    const MOST: usize = 160;
    match text.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Relations that a command with holes names in full.
fn mentioned(text: &Text) -> Vec<ObjectName> {
    const BEFORE: &[&str] = &["TABLE", "ON", "INTO", "FROM", "UPDATE", "JOIN", "INDEX", "VIEW", "REFERENCES", "OF"];
    const BETWEEN: &[&str] = &["IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"];
    let sql = text.with_holes(|_| "\"<…>\"");
    let source = SourceText::new(&sql);
    let tokens = tokens(&source, Target::NEWEST_POSTGRES, &mut Vec::new());
    let mut found = Vec::new();
    let mut expected = false;
    let mut rest = tokens.as_slice();
    while let [first, behind @ ..] = rest {
        rest = behind;
        let is_one_of = |words: &[&str]| words.iter().any(|word| first.token.is_word(word));
        match &first.token {
            Token::Word(word) if expected && !is_one_of(BETWEEN) => {
                expected = is_one_of(BEFORE);
                let mut name = ObjectName::bare(ident_of(word));
                if let [dot, second, behind @ ..] = rest
                    && let (Token::Period, Token::Word(word)) = (&dot.token, &second.token)
                {
                    name = ObjectName { schema: Some(name.name), name: ident_of(word) };
                    rest = behind;
                }
                if !expected && !is_marked(&name) && !found.contains(&name) {
                    found.push(name);
                }
            }
            _ => expected = is_one_of(BEFORE) || (expected && is_one_of(BETWEEN)),
        }
    }
    found
}
