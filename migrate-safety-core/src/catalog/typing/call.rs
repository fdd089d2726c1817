//! Which function a call means, what it returns and how volatile it is (docs, 10.3 "Functions"; `func_select_candidate`).

use super::operator::constant;
use super::{Bounds, Examined, ExprType, Typing};
use crate::catalog::builtin::{self, Function};
use crate::catalog::routines::{FunctionName, plain_type};
use crate::catalog::types::missing_schema;
use crate::catalog::{Conflict, Routine, RoutineId, is_system_schema};
use crate::sql::calls::in_expr;
use crate::sql::expr::Expr;
use crate::sql::operation::Volatility;
use crate::sql::{DataType, Ident, ObjectName};

/// A function that a call can mean.
struct Candidate<'a> {
    kind: CandidateKind<'a>,
    /// How many arguments need no cast.
    exact: usize,
    /// How many arguments get a preferred type.
    preferred: usize,
    /// How many constants are taken as text.
    text: usize,
    /// How many arguments are left to their defaults.
    defaulted: usize,
    /// The casts of the arguments.
    casts: Volatility,
}

enum CandidateKind<'a> {
    /// The server's own or an extension's.
    Builtin(&'a Function),
    /// One of the history.
    Routine(&'a Routine),
}

/// The preferred types of their categories (`pg_type.typispreferred`).
pub(super) const PREFERRED: &[&str] = &["bool", "float8", "inet", "interval", "oid", "text", "timestamptz", "varbit"];

impl Typing<'_> {
    /// A function call.
    pub(super) fn call(&self, name: &ObjectName, args: &[Expr]) -> Examined {
        let examined: Vec<Examined> = args.iter().map(|a| self.examine(a)).collect();
        let of_args = examined.iter().fold(Bounds::IMMUTABLE, |worst, arg| worst.with(arg.bounds));
        let types: Vec<ExprType> = examined.into_iter().map(|a| a.data_type).collect();
        let unqualified = name.schema.is_none() || name.schema.as_deref() == Some("pg_catalog");
        let mut result = match &*name.name {
            // The result has the type of the arguments.
            "coalesce" | "greatest" | "least" if unqualified => {
                let common = self.common_type(&types);
                self.report(self.unmatched(&name.name, &types));
                if let Some(wanted) = common.known() {
                    for text in args.iter().filter_map(constant) {
                        self.report(self.catalog.constant_problem(text, wanted));
                    }
                }
                Examined::new(common, Bounds::IMMUTABLE)
            }
            "nullif" if unqualified => {
                let common = self.common_type(types.get(..1).unwrap_or_default());
                let operands = (types.first().zip(args.first()), types.get(1).zip(args.get(1)));
                let bounds = match operands {
                    (Some((l, left)), Some((r, right))) => {
                        self.operator("=", (l, constant(left)), (r, constant(right))).bounds
                    }
                    _ => Bounds::IMMUTABLE,
                };
                Examined::new(common, bounds)
            }
            _ => {
                // The name of a type for a function is no cast at all of a value that has it: `date(d)`.
                if let ([_], [ExprType::Known(given)]) = (args, &*types)
                    && unqualified
                    && given.is(&name.name)
                    && !given.array
                {
                    return Examined::new(ExprType::Known(given.clone()), of_args);
                }
                self.report(self.missing_function(name, &types));
                if let [first, ..] = args
                    && matches!(&*name.name, "nextval" | "currval" | "setval")
                {
                    self.report(self.catalog.regclass_problem(first));
                }
                self.resolve_call(name, &types)
            }
        };
        // The grammar turns a cast in function form into one: `text(x)`, `date(x)`.
        if result == Examined::unknown()
            && let ([arg], [data_type]) = (args, &*types)
            && unqualified
            && builtin::is_type(&name.name, self.catalog.target().version)
        {
            let to = DataType::builtin(&name.name);
            result = Examined::new(ExprType::Known(to.clone()), self.cast(arg, data_type, &to));
        }
        Examined::new(result.data_type, result.bounds.with(of_args))
    }

    /// The routine of the history that a call means, if it is sure that it means one.
    pub(crate) fn called(&self, name: &ObjectName, args: &[Expr]) -> Option<RoutineId> {
        let types: Vec<ExprType> = args.iter().map(|a| self.examine(a).data_type).collect();
        match &*self.candidates_for(name, &types) {
            [Candidate { kind: CandidateKind::Routine(routine), .. }] => Some(routine.id),
            _ => None,
        }
    }

    /// What a call returns, and the volatility of the function alone.
    fn resolve_call(&self, name: &ObjectName, types: &[ExprType]) -> Examined {
        let results = self.candidates_for(name, types).into_iter().map(|c| self.result(&c, types));
        let merged = results.reduce(|a, b| {
            let data_type = if a.data_type == b.data_type { a.data_type } else { ExprType::Unclear };
            Examined::new(data_type, a.bounds.either(b.bounds))
        });
        merged.unwrap_or_else(Examined::unknown)
    }

    /// The functions that a call can mean: one if all types are known.
    fn candidates_for(&self, name: &ObjectName, types: &[ExprType]) -> Vec<Candidate<'_>> {
        let version = self.catalog.target().version;
        let mut candidates = Vec::new();
        if name.schema.as_ref().is_none_or(|s| is_system_schema(s)) {
            candidates.extend(builtin::functions(&name.name, version).filter_map(|f| self.of_server(f, types)));
        }
        if name.schema.as_ref().is_none_or(|s| !is_system_schema(s)) {
            for extension in self.catalog.extensions.keys().filter_map(|e| builtin::extension(e)) {
                candidates.extend(extension.functions(&name.name).iter().filter_map(|f| self.of_server(f, types)));
            }
            let routines = self.catalog.routines_named(name);
            candidates.extend(routines.into_iter().filter_map(|r| self.of_history(r, types)));
        }
        // With every type known the best match is called; otherwise it may be any of them.
        if candidates.len() > 1 && !types.contains(&ExprType::Unclear) {
            let best = |candidates: &[Candidate<'_>], by: fn(&Candidate<'_>) -> usize| {
                candidates.iter().map(by).max().unwrap_or_default()
            };
            let exact = best(&candidates, |c| c.exact);
            candidates.retain(|c| c.exact == exact);
            let preferred = best(&candidates, |c| c.preferred);
            candidates.retain(|c| c.preferred == preferred);
            let text = best(&candidates, |c| c.text);
            candidates.retain(|c| c.text == text);
            let defaulted = candidates.iter().map(|c| c.defaulted).min();
            candidates.retain(|c| Some(c.defaulted) == defaulted);
        }
        candidates
    }

    fn result(&self, candidate: &Candidate<'_>, types: &[ExprType]) -> Examined {
        let casts = Bounds::exactly(candidate.casts);
        match candidate.kind {
            CandidateKind::Builtin(function) => {
                let polymorphic = function.returns.starts_with("any") && function.returns != "any";
                let data_type = match types.first() {
                    Some(ExprType::Known(first)) if polymorphic => {
                        let array = function.returns.ends_with("array") && !function.returns.ends_with("nonarray");
                        ExprType::Known(DataType { array, modifiers: Vec::new(), ..first.clone() })
                    }
                    _ => ExprType::builtin(function.returns),
                };
                let volatility = match (function.returns, types.first()) {
                    // `quote_literal(anyelement)` is an SQL function that the planner inlines: it writes the value as text.
                    ("text", Some(ExprType::Known(first)))
                        if function.args().is_some_and(|mut a| a.next() == Some("anyelement")) =>
                    {
                        self.catalog.output_volatility(first)
                    }
                    _ => function.volatility,
                };
                Examined::new(data_type, Bounds::exactly(volatility).with(casts))
            }
            CandidateKind::Routine(routine) => {
                let returns = routine.returns.as_ref().map(|t| self.catalog.settled_type(t));
                let data_type = match returns {
                    Some(t) if !t.name.starts_with("any") => ExprType::Known(t),
                    _ => ExprType::Unclear,
                };
                Examined::new(data_type, self.inlined(routine).with(casts))
            }
        }
    }

    /// The volatility of a function of the history; of a simple SQL function, that of its body, because the planner puts
    /// the body in its place before it looks (`inline_function`).
    fn inlined(&self, routine: &Routine) -> Bounds {
        let declared = Bounds::exactly(routine.volatility);
        let Some(body) = &routine.inline else { return declared };
        let (Some(depth), Some(bodies)) = (self.depth.checked_sub(1), self.bodies.checked_sub(1)) else {
            return declared;
        };
        if routine.is_variadic() {
            return declared;
        }
        // The calls in the body share what is left, or functions that call several others would take for ever.
        let mut calls = 0;
        in_expr(body, &mut |expr| calls += usize::from(matches!(expr, Expr::Call { .. })));
        let bodies = bodies / calls.max(1);
        let named = |_: Option<&Ident>, name: &Ident| {
            let argument = routine.args.iter().find(|(n, ..)| n.as_ref() == Some(name));
            argument.map(|(_, data_type, ..)| data_type.clone())
        };
        let within = Typing { catalog: self.catalog, columns: &named, depth, bodies, problems: None };
        let inner = within.examine(body).bounds;
        // A body more volatile than declared is not inlined.
        if routine.volatility != Volatility::Volatile && inner.most > routine.volatility { declared } else { inner }
    }

    /// A function of the server or an extension as a candidate, if the arguments fit.
    fn of_server<'f>(&self, function: &'f Function, types: &[ExprType]) -> Option<Candidate<'f>> {
        let kind = CandidateKind::Builtin(function);
        let Some(args) = function.args() else {
            return Some(Candidate {
                kind,
                exact: 0,
                preferred: 0,
                text: 0,
                defaulted: 0,
                casts: Volatility::Immutable,
            });
        };
        let wanted: Vec<DataType> = args.filter_map(ExprType::builtin_or_any).collect();
        if wanted.len() != types.len() {
            return None;
        }
        self.candidate(kind, &wanted, types)
    }

    /// A routine of the history as a candidate, if the arguments fit.
    fn of_history<'r>(&self, routine: &'r Routine, types: &[ExprType]) -> Option<Candidate<'r>> {
        if !routine.takes(types.len()) {
            return None;
        }
        let wanted: Vec<DataType> = routine.inputs().map(|t| self.catalog.settled_type(t)).collect();
        let candidate = self.candidate(CandidateKind::Routine(routine), &wanted, types)?;
        Some(Candidate { defaulted: wanted.len().saturating_sub(types.len()), ..candidate })
    }

    fn candidate<'f>(&self, kind: CandidateKind<'f>, wanted: &[DataType], types: &[ExprType]) -> Option<Candidate<'f>> {
        let mut candidate =
            Candidate { kind, exact: 0, preferred: 0, text: 0, defaulted: 0, casts: Volatility::Immutable };
        for (given, wanted) in types.iter().zip(wanted) {
            let fit = self.fits(given, wanted)?;
            candidate.exact += usize::from(fit.exact);
            candidate.text += usize::from(*given == ExprType::Literal && wanted.is("text"));
            candidate.preferred += usize::from(!fit.exact && PREFERRED.iter().any(|p| wanted.is(p)));
            candidate.casts = candidate.casts.max(fit.volatility);
        }
        Some(candidate)
    }

    /// The error of calling a function that does not exist under any arguments.
    fn missing_function(&self, name: &ObjectName, types: &[ExprType]) -> Option<Conflict> {
        match self.catalog.function_name(name) {
            FunctionName::Unknown => None,
            FunctionName::Exists if self.may_be_called(name, types) => None,
            FunctionName::Exists | FunctionName::Missing => self.undefined(name, types),
            FunctionName::MissingSchema => name.schema.as_ref().map(missing_schema),
        }
    }

    /// `COALESCE types integer and text cannot be matched`.
    fn unmatched(&self, word: &str, types: &[ExprType]) -> Option<Conflict> {
        let mut known = types.iter().filter_map(|t| match self.base_type(t) {
            ExprType::Known(t) => Some(t),
            ExprType::Literal | ExprType::Unclear => None,
        });
        let first = known.next()?;
        let builtin = |t: &DataType| self.catalog.type_of(t).is_builtin();
        let apart = known.find(|t| builtin(&first) && builtin(t) && !self.comparable(&first, t))?;
        let spelt = |t: &DataType| plain_type(&self.catalog.shown_type(t));
        let message =
            format!("{} types {} and {} cannot be matched", word.to_ascii_uppercase(), spelt(&first), spelt(&apart));
        Some(Conflict::new("42804", message))
    }

    /// Whether some function of this name takes arguments of these types. Only of those that the history defines is
    /// enough known to say no.
    fn may_be_called(&self, name: &ObjectName, types: &[ExprType]) -> bool {
        let version = self.catalog.target().version;
        let others = builtin::functions(&name.name, version).next().is_some()
            || builtin::is_type(&name.name, version)
            || self.catalog.may_exist(&name.name)
            || self
                .catalog
                .extensions
                .keys()
                .filter_map(|e| builtin::extension(e))
                .any(|e| !e.functions(&name.name).is_empty());
        others || self.catalog.routines_named(name).into_iter().any(|r| self.of_history(r, types).is_some())
    }

    /// `function f(text) does not exist`.
    fn undefined(&self, name: &ObjectName, types: &[ExprType]) -> Option<Conflict> {
        let spelt = types.iter().map(|data_type| match data_type {
            ExprType::Known(t) => Some(plain_type(&self.catalog.shown_type(t))),
            ExprType::Literal => Some("unknown".to_owned()),
            ExprType::Unclear => None,
        });
        let signature = match spelt.collect::<Option<Vec<String>>>() {
            Some(spelt) => format!("{name}({})", spelt.join(", ")),
            None => name.to_string(),
        };
        Some(Conflict::new("42883", format!("function {signature} does not exist")))
    }
}

impl ExprType {
    /// A built-in type by its internal name, `name[]` for an array; polymorphic ones too.
    fn builtin_or_any(name: &str) -> Option<DataType> {
        match name.strip_suffix("[]") {
            Some(element) => Some(DataType { array: true, ..DataType::builtin(element) }),
            None => Some(DataType::builtin(name)),
        }
    }
}
