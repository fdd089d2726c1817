//! Functions and procedures.

use super::Applied;
use crate::catalog::routines::signature;
use crate::catalog::{Catalog, Conflict, Dependency, Object, Routine, RoutineId, Stamp, builtin, is_system_schema};
use crate::sql::expr::Expr;
use crate::sql::operation::{AlterRoutine, ArgMode, CreateRoutine, RoutineName, RoutineWord};
use crate::sql::{DataType, Ident, ObjectName, Operation};
use std::borrow::Cow;

impl Catalog {
    /// `CREATE FUNCTION`, `CREATE PROCEDURE`.
    pub(super) fn create_routine(&mut self, routine: &CreateRoutine, now: Stamp, applied: &mut Applied) {
        let (schema, name) = self.new_name(&routine.name, applied);
        applied.conflicts.extend(self.definition_problem(routine));
        let args = routine.args.iter().map(|arg| {
            let data_type = self.settled_type(&arg.data_type);
            (arg.name.clone(), data_type, arg.mode, arg.default.is_some())
        });
        let mut new = Routine {
            id: RoutineId(0),
            schema: schema.clone(),
            name: name.clone(),
            args: args.collect(),
            returns: routine.returns.as_ref().map(|t| self.settled_type(t)),
            returns_set: routine.returns_set,
            procedure: routine.procedure,
            language: routine.language.clone(),
            volatility: routine.volatility,
            strict: routine.strict,
            traits: routine.traits.clone(),
            defaults: routine.args.iter().filter_map(|arg| arg.default.clone()).collect(),
            settings: routine.settings.clone(),
            body: routine.body.clone(),
            reads: Vec::new(),
            definition: routine.definition.clone(),
            altered: Vec::new(),
            inline: None,
            created: now,
        };
        if new.language == *"sql" {
            let statements = self.read_body(&new);
            if self.check_bodies {
                applied.conflicts.extend(self.body_problem(&statements, &new));
            }
            if new.body.as_ref().is_some_and(|b| matches!(body_text(&b.text), Cow::Owned(_))) {
                new.reads = self.reads_of(&statements, &new);
            }
            new.inline = inline_body(routine, statements).map(Box::new);
        }
        let inputs: Vec<DataType> = new.inputs().cloned().collect();
        let qualified = ObjectName { schema: Some(schema.clone()), name: name.clone() };
        if let Some(old) = self.routine_with(&qualified, &inputs) {
            if !routine.or_replace {
                let message = format!("function \"{name}\" already exists with same argument types");
                return applied.conflict("42723", message);
            }
            if let Some(problem) = replacement_problem(old, &new) {
                return applied.conflicts.push(problem);
            }
            new.id = old.id;
        } else {
            new.id = RoutineId(self.fresh_id());
            self.routine_names.change((schema, name), |ids| ids.push(new.id));
        }
        let callers = self.expressions_calling(&qualified);
        self.hints.note_routine(&new);
        self.routines.insert(new.id, new);
        if !callers.is_empty() {
            // They go on to call what they have called.
            let now_calling = self.expressions_calling(&qualified);
            self.bound_calls.extend(callers.into_iter().filter(|caller| !now_calling.contains(caller)));
        }
    }

    /// An expression is another one now: it calls what its text means.
    pub(in crate::catalog::apply) fn unbind(&mut self, object: &Object) {
        self.bound_calls.retain(|(bound, _)| bound != object);
    }

    /// What calls a routine of this name in an expression, and which.
    fn expressions_calling(&self, name: &ObjectName) -> Vec<(Object, RoutineId)> {
        let routines = self.routines_named(name).into_iter();
        let callers = routines.flat_map(|routine| {
            let edges = self.edges(&Object::Routine(routine.id));
            edges.into_iter().map(|(object, _)| (object, routine.id))
        });
        callers.filter(|(object, _)| is_expression(object)).collect()
    }

    /// What is wrong with a routine whatever else there is.
    fn definition_problem(&self, routine: &CreateRoutine) -> Option<Conflict> {
        let invalid = |message: &str| Some(Conflict::new("42P13", message));
        if let Some(problem) = self.language_problem(&routine.language) {
            return Some(problem);
        }
        let mut defaults = false;
        for arg in &routine.args {
            if let Some(problem) = self.type_problem(&arg.data_type) {
                // The one place where the server does not quote the name.
                let message = problem.message.replacen('"', "", 2);
                return Some(Conflict { message, ..problem });
            }
            if matches!(arg.mode, ArgMode::In | ArgMode::InOut) {
                if defaults && arg.default.is_none() {
                    return invalid("input parameters after one with a default value must also have defaults");
                }
                defaults |= arg.default.is_some();
            }
        }
        let named = |mode: ArgMode| mode != ArgMode::Table;
        for (at, arg) in routine.args.iter().enumerate() {
            let repeated =
                routine.args.get(..at).unwrap_or_default().iter().any(|other| {
                    arg.name.is_some() && other.name == arg.name && (named(arg.mode) == named(other.mode))
                });
            if repeated && let Some(name) = &arg.name {
                return invalid(&format!("parameter name \"{name}\" used more than once"));
            }
        }
        let variadic = routine.args.iter().find(|a| a.mode == ArgMode::Variadic).map(|a| &a.data_type);
        if variadic.is_some_and(|t| !t.array && !t.name.starts_with("any") && self.type_of(t).is_builtin()) {
            return invalid("VARIADIC parameter must be an array");
        }
        let returns = routine.returns.as_ref();
        returns.and_then(|t| self.type_problem(t)).or_else(|| {
            let returned = returns?;
            let trigger = returned.is("trigger") || returned.is("event_trigger");
            let polymorphic = |t: &DataType| t.schema.is_none() && t.name.starts_with("any") && t.name.len() > 3;
            let input = routine.args.iter().any(|a| a.mode != ArgMode::Out && polymorphic(&a.data_type));
            match routine.language.as_str() {
                _ if polymorphic(returned) && !input => invalid("cannot determine result data type"),
                "sql" if trigger => invalid(&format!("SQL functions cannot return type {returned}")),
                "plpgsql" if trigger && !routine.args.is_empty() => {
                    invalid("trigger functions cannot have declared arguments")
                }
                _ => None,
            }
        })
    }

    /// The statements of an SQL function.
    fn read_body(&self, routine: &Routine) -> Vec<Operation> {
        let Some(body) = &routine.body else { return Vec::new() };
        let script = crate::sql::parse(self.target(), &body_text(&body.text));
        let understood = script.statements.iter().all(|s| s.problems.is_empty());
        let operations = script.statements.into_iter().flat_map(|s| s.operations).map(|located| located.operation);
        if understood { operations.collect() } else { Vec::new() }
    }

    /// The first error in a query of an SQL function, which is analysed when the function is created.
    fn body_problem(&self, statements: &[Operation], routine: &Routine) -> Option<Conflict> {
        // A body can use what its earlier statements make only when it runs.
        statements.iter().find_map(|statement| match statement {
            Operation::Select(query) => self.shape_with_arguments(query, routine).problems.into_iter().next(),
            other => self.missing_target(other),
        })
    }

    /// What the statements of a body read.
    fn reads_of(&self, statements: &[Operation], routine: &Routine) -> Vec<Dependency> {
        let mut reads: Vec<Dependency> = Vec::new();
        for statement in statements {
            match statement {
                Operation::Select(query) => reads.extend(self.shape_with_arguments(query, routine).reads),
                other => {
                    let named = self.named_by(other).into_iter();
                    reads.extend(named.map(|relation| Dependency { relation, columns: Vec::new() }));
                }
            }
        }
        reads
    }

    /// `language "x" does not exist`.
    fn language_problem(&self, language: &Ident) -> Option<Conflict> {
        let own = matches!(language.as_str(), "sql" | "plpgsql" | "c" | "internal");
        let known = own || self.extensions.contains_key(language) || self.may_exist(language);
        (!known).then(|| Conflict::new("42704", format!("language \"{language}\" does not exist")))
    }

    /// `DROP FUNCTION | PROCEDURE | ROUTINE | AGGREGATE`.
    pub(super) fn drop_routines(
        &mut self,
        word: RoutineWord,
        routines: &[RoutineName],
        if_exists: bool,
        cascade: bool,
        applied: &mut Applied,
    ) {
        let mut roots = Vec::new();
        for routine in routines {
            match self.existing_routine(word, routine, false) {
                Ok(Some(id)) => roots.push(Object::Routine(id)),
                Ok(None) => {}
                Err(problem) if if_exists && matches!(problem.sqlstate, "42883" | "3F000" | "42704") => {
                    let message = match (problem.sqlstate, &routine.args) {
                        ("42883", args) => {
                            format!("{} does not exist", notice_signature(word, routine, args.as_deref()))
                        }
                        _ => problem.message,
                    };
                    applied.notice(format!("{message}, skipping"));
                }
                Err(problem) => return applied.conflicts.push(problem),
            }
        }
        self.drop_objects(&roots, cascade, applied);
    }

    /// `ALTER FUNCTION` and the like.
    pub(super) fn alter_routine(
        &mut self,
        name: &ObjectName,
        args: Option<&[DataType]>,
        action: &AlterRoutine,
        applied: &mut Applied,
    ) {
        let named = RoutineName { name: name.clone(), args: args.map(<[DataType]>::to_vec) };
        let id = match self.existing_routine(RoutineWord::Routine, &named, true) {
            Ok(Some(id)) => id,
            Ok(None) => return,
            Err(problem) => return applied.conflicts.push(problem),
        };
        let Some((schema, name)) = self.routine(id).map(|r| (r.schema.clone(), r.name.clone())) else { return };
        match action {
            AlterRoutine::Rename { to } => self.place_routine(id, schema, to.clone(), applied),
            AlterRoutine::SetSchema { schema: to } => match self.move_problem(&schema, to) {
                Some(problem) => applied.conflicts.push(problem),
                None if schema == *to => {}
                None => self.place_routine(id, to.clone(), name, applied),
            },
            AlterRoutine::Options { volatility, strict, settings, traits, sql } => {
                if let Some(routine) = self.routines.get_mut(&id) {
                    routine.volatility = volatility.unwrap_or(routine.volatility);
                    routine.strict = strict.unwrap_or(routine.strict);
                    routine.traits = traits.clone().over(&routine.traits);
                    for (name, value) in settings {
                        routine.settings.retain(|(known, _)| known != name && **name != *"all");
                        routine.settings.extend(value.clone().map(|value| (name.clone(), value)));
                    }
                    routine.altered.push(sql.clone());
                }
            }
            AlterRoutine::Other => {}
        }
    }

    /// Gives a routine another name or schema.
    fn place_routine(&mut self, id: RoutineId, schema: Ident, name: Ident, applied: &mut Applied) {
        let Some(routine) = self.routine(id) else { return };
        let inputs: Vec<DataType> = routine.inputs().cloned().collect();
        let place = ObjectName { schema: Some(schema.clone()), name: name.clone() };
        if self.routine_with(&place, &inputs).is_some() {
            let shown: Vec<DataType> = inputs.iter().map(|t| self.shown_type(t)).collect();
            let signature = signature(&name, &shown).replace(',', ", ");
            let message = format!("function {signature} already exists in schema \"{schema}\"");
            return applied.conflict("42723", message);
        }
        let old = ObjectName::qualified(routine.schema.clone(), routine.name.clone());
        self.rename_routine_in_texts(id, &old, &schema, &name);
        let Some(routine) = self.routines.get_mut(&id) else { return };
        let old = (
            std::mem::replace(&mut routine.schema, schema.clone()),
            std::mem::replace(&mut routine.name, name.clone()),
        );
        if let Some(ids) = self.routine_names.get_mut(&old) {
            ids.retain(|r| *r != id);
        }
        self.routine_names.change((schema, name), |ids| ids.push(id));
    }

    /// The one routine that a name means; nothing if it may exist without being known. The word behind `ALTER` is not
    /// known.
    fn existing_routine(
        &self,
        word: RoutineWord,
        routine: &RoutineName,
        altered: bool,
    ) -> Result<Option<RoutineId>, Conflict> {
        let name = &routine.name;
        if let Some(problem) = name.schema.as_ref().and_then(|s| self.schema_problem(s)) {
            return Err(problem);
        }
        if let Some(args) = &routine.args
            && let Some(problem) = args.iter().find_map(|t| self.type_problem(t))
        {
            return Err(problem);
        }
        let named = self.routines_named(name);
        let fits = |r: &&Routine| match word {
            RoutineWord::Function => !r.procedure,
            RoutineWord::Procedure => r.procedure,
            RoutineWord::Routine => true,
            RoutineWord::Aggregate => false,
        };
        let words = routine_words(word);
        let unique = if altered { "function" } else { words };
        if let Some(args) = &routine.args {
            let of_these = |r: &&&Routine| self.same_inputs(r, args) || (r.procedure && self.same_args(r, args));
            if let Some(found) = named.iter().find(of_these) {
                if fits(found) {
                    return Ok(Some(found.id));
                }
                let shown: Vec<DataType> = args.iter().map(|t| self.shown_type(t)).collect();
                let message = format!("{} is not {}", spaced(&signature(name, &shown)), article(words));
                return Err(Conflict::new("42809", message));
            }
        } else {
            let mut candidates = named.iter().filter(|r| fits(r));
            match (candidates.next(), candidates.next()) {
                (Some(only), None) => return Ok(Some(only.id)),
                (Some(_), Some(_)) => {
                    let message = format!("{unique} name \"{name}\" is not unique");
                    return Err(Conflict::new("42725", message));
                }
                (None, _) => {}
            }
        }
        // Aggregates are not followed, nor are the server's own and those of extensions.
        let system = name.schema.as_ref().is_some_and(|s| is_system_schema(s));
        let foreign = builtin::functions(&name.name, self.target().version).next().is_some()
            || self
                .extensions
                .keys()
                .filter_map(|e| builtin::extension(e))
                .any(|e| !e.functions(&name.name).is_empty());
        if system || foreign || word == RoutineWord::Aggregate || self.may_exist(&name.name) {
            return Ok(None);
        }
        Err(match &routine.args {
            Some(args) => {
                let shown: Vec<DataType> = args.iter().map(|t| self.shown_type(t)).collect();
                let words = if word == RoutineWord::Routine { "function" } else { words };
                Conflict::new("42883", format!("{words} {} does not exist", spaced(&signature(name, &shown))))
            }
            None => {
                let words = if word == RoutineWord::Routine { "function" } else { words };
                Conflict::new("42883", format!("could not find a {words} named \"{name}\""))
            }
        })
    }

    /// Whether all arguments of a procedure, `OUT` ones too, are of these types.
    fn same_args(&self, routine: &Routine, args: &[DataType]) -> bool {
        let plain = |t: &DataType| {
            let settled = self.settled_type(t);
            (settled.schema, settled.name, settled.array)
        };
        routine.args.len() == args.len() && routine.args.iter().zip(args).all(|((_, a, ..), b)| plain(a) == plain(b))
    }
}

fn routine_words(word: RoutineWord) -> &'static str {
    match word {
        RoutineWord::Function => "function",
        RoutineWord::Procedure => "procedure",
        RoutineWord::Routine => "routine",
        RoutineWord::Aggregate => "aggregate",
    }
}

fn article(words: &str) -> String {
    if words.starts_with('a') { format!("an {words}") } else { format!("a {words}") }
}

/// Messages about a missing function put a space behind the commas between arguments.
fn spaced(signature: &str) -> String {
    signature.replace(',', ", ")
}

/// How `IF EXISTS` writes a signature: with the types as the grammar reads them.
fn notice_signature(word: RoutineWord, routine: &RoutineName, args: Option<&[DataType]>) -> String {
    let written = |t: &DataType| {
        let array = if t.array { "[]" } else { "" };
        let schema = t.schema.as_ref().map(|s| format!("{s}.")).unwrap_or_default();
        let own = DataType::builtin(&t.name).to_string() != *t.name.as_str();
        let schema = if own && schema.is_empty() { "pg_catalog.".to_owned() } else { schema };
        format!("{schema}{}{array}", t.name)
    };
    let args: Vec<String> = args.unwrap_or_default().iter().map(written).collect();
    let word = if word == RoutineWord::Routine { "function" } else { routine_words(word) };
    format!("{word} {}({})", routine.name, args.join(","))
}

/// What the server says to a `CREATE OR REPLACE` that changes more than it may.
fn replacement_problem(old: &Routine, new: &Routine) -> Option<Conflict> {
    let refused = |message: String| Some(Conflict::new("42P13", message));
    if old.procedure != new.procedure {
        let kind = if old.procedure { "procedure" } else { "function" };
        let detail = vec![format!("\"{}\" is a {kind}.", old.name)];
        return Some(Conflict { detail, ..Conflict::new("42809", "cannot change routine kind") });
    }
    let (before, after) = (result(old), result(new));
    if before.data_type != after.data_type || before.set != after.set {
        return refused(match old.procedure {
            true => "cannot change whether a procedure has output parameters".to_owned(),
            false => "cannot change return type of existing function".to_owned(),
        });
    }
    if before.row != after.row {
        let detail = vec!["Row type defined by OUT parameters is different.".to_owned()];
        let problem = Conflict::new("42P13", "cannot change return type of existing function");
        return Some(Conflict { detail, ..problem });
    }
    let inputs = |routine: &Routine| {
        let input = |mode: ArgMode| matches!(mode, ArgMode::In | ArgMode::InOut | ArgMode::Variadic);
        let args = routine.args.iter().filter(|(_, _, mode, _)| input(*mode));
        args.map(|(name, ..)| name.clone()).collect::<Vec<_>>()
    };
    for (before, after) in inputs(old).into_iter().zip(inputs(new)) {
        if let Some(before) = before
            && after.as_ref() != Some(&before)
        {
            return refused(format!("cannot change name of input parameter \"{before}\""));
        }
    }
    if old.defaults() > new.defaults() {
        return refused("cannot remove parameter defaults from existing function".to_owned());
    }
    None
}

/// What a routine returns.
struct ResultType {
    /// The type, modifiers aside; `record` for several `OUT` arguments.
    data_type: Option<DataType>,
    set: bool,
    /// The columns of a record.
    row: Vec<(Option<Ident>, DataType)>,
}

fn result(routine: &Routine) -> ResultType {
    let plain = |t: &DataType| DataType { modifiers: Vec::new(), ..t.clone() };
    let out = |mode: ArgMode| matches!(mode, ArgMode::Out | ArgMode::InOut | ArgMode::Table);
    let outs: Vec<_> = routine.args.iter().filter(|(_, _, mode, _)| out(*mode)).collect();
    let set = routine.returns_set;
    match (&*outs, &routine.returns) {
        ([], returns) => ResultType { data_type: returns.as_ref().map(plain), set, row: Vec::new() },
        ([(_, only, ..)], _) if !routine.procedure => ResultType { data_type: Some(plain(only)), set, row: Vec::new() },
        (several, _) => ResultType {
            data_type: Some(DataType::builtin("record")),
            set,
            row: several.iter().map(|(name, t, ..)| (name.clone(), plain(t))).collect(),
        },
    }
}

/// The statements of a body: of `RETURN expression` the query that it stands for, of `BEGIN ATOMIC … END` those inside.
fn body_text(body: &str) -> Cow<'_, str> {
    let text = body.trim();
    let after = |text: &'_ str, word: &str| {
        let (head, rest) = text.split_at_checked(word.len())?;
        (head.eq_ignore_ascii_case(word) && rest.starts_with(|c: char| !c.is_alphanumeric())).then(|| rest.to_owned())
    };
    if let Some(expression) = after(text, "return") {
        return format!("SELECT {expression}").into();
    }
    let inside = after(text, "begin").and_then(|rest| after(rest.trim_start(), "atomic"));
    match inside {
        Some(inside) => {
            let end = inside.trim_end().len().saturating_sub("end".len());
            inside.get(..end).unwrap_or_default().to_owned().into()
        }
        None => body.into(),
    }
}

/// What an SQL function computes, if the planner can put that in the place of a call (`inline_function`): the body is
/// one `SELECT` of one expression without `FROM`, and nothing else of the function decides the result.
fn inline_body(routine: &CreateRoutine, statements: Vec<Operation>) -> Option<Expr> {
    let plain = !routine.procedure && !routine.security_definer && routine.settings.is_empty() && !routine.returns_set;
    let outs = routine.args.iter().filter(|a| a.mode != ArgMode::In).count();
    let record = routine.returns.as_ref().is_some_and(|t| t.is("record") || t.is("void"));
    if !plain || record || outs > usize::from(routine.returns.is_none()) {
        return None;
    }
    let mut statements = statements.into_iter();
    let (Some(Operation::Select(query)), None) = (statements.next(), statements.next()) else { return None };
    let simple = query.ctes.is_empty() && query.order_by.is_empty() && query.limit.is_none() && query.offset.is_none();
    let mut selects = query.selects.into_iter();
    let (Some(select), None) = (selects.next(), selects.next()) else { return None };
    if !simple || !select.from.is_empty() || select.filter.is_some() || !select.others.is_empty() {
        return None;
    }
    let mut items = select.items.into_iter();
    let (Some(item), None) = (items.next(), items.next()) else { return None };
    let mut inlinable = true;
    item.expr.walk(&mut |e| {
        inlinable &= match e {
            Expr::Subquery { .. } | Expr::Star(_) => false,
            // A strict function is not inlined if its body could return something for NULL.
            Expr::And(_) | Expr::Or(_) | Expr::IsNull { .. } | Expr::Array(_) | Expr::Other(_) => !routine.strict,
            Expr::Call { name, .. } => {
                let nullable = matches!(name.name.as_str(), "coalesce" | "concat" | "concat_ws" | "nullif" | "format");
                !(routine.strict && nullable)
            }
            _ => true,
        };
    });
    inlinable.then_some(item.expr)
}

/// Whether an object is an expression, or is made of some.
fn is_expression(object: &Object) -> bool {
    matches!(
        object,
        Object::Default(..)
            | Object::Constraint(..)
            | Object::Column(..)
            | Object::Relation(_)
            | Object::DomainConstraint(..)
    )
}
