//! Which operator an expression means, what it returns and whether it depends on a setting (docs, 10.2 "Operators";
//! `oper` and `oper_select_candidate` on the server).

use super::{Bounds, Examined, ExprType, Typing};
use crate::catalog::builtin::{self, CastContext, Operator};
use crate::catalog::routines::plain_type;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{Conflict, TypeDefKind, TypeRef};
use crate::sql::DataType;
use crate::sql::expr::Expr;
use crate::sql::operation::Volatility;

/// The operators that key words stand for; what is not here compares, or has its own function.
const WORDS: &[(&str, &str)] = &[
    ("like", "~~"),
    ("not like", "!~~"),
    ("ilike", "~~*"),
    ("not ilike", "!~~*"),
    ("similar to", "~"),
    ("not similar to", "!~"),
    ("is distinct from", "="),
    ("is not distinct from", "="),
    ("!=", "<>"),
];

/// Operators of pg_trgm on text: they depend on its thresholds.
const SIMILARITIES: &[&str] = &["%", "<%", "%>", "<<%", "%>>"];

/// An operator that may be meant.
struct Candidate {
    operator: &'static Operator,
    exact: usize,
    preferred: usize,
    text: usize,
    casts: Volatility,
}

/// What an operand is, as far as that says at once which operators are out of the question.
#[derive(Clone, Copy)]
enum Given<'t> {
    /// One of the server's own types: what it becomes by itself is in a table.
    Own(&'t str),
    /// A type of the history that becomes none of the server's own by itself.
    Defined,
    /// Has to be looked at more closely.
    Any,
}

impl Given<'_> {
    /// Whether it may stand where an operator of the server's own has an operand of this type.
    fn may_fit(self, wanted: &DataType, version: u16) -> bool {
        let polymorphic = || wanted.name.starts_with("any") || wanted.is("record");
        let implicit = |cast: builtin::BuiltinCast| cast.context == CastContext::Implicit;
        match self {
            Self::Any => true,
            Self::Defined => polymorphic(),
            Self::Own(name) if !wanted.array && wanted.name == *name => true,
            Self::Own(name) => {
                polymorphic() || !wanted.array && builtin::cast(name, &wanted.name, version).is_some_and(implicit)
            }
        }
    }
}

impl Typing<'_> {
    /// `left op right`.
    pub(super) fn binary(&self, op: &str, left: &Expr, right: &Expr) -> Examined {
        let (l, r) = (self.examine(left), self.examine(right));
        // A constant without a type gets that of the operator.
        let constants = (constant(left), constant(right));
        let result = self.operator(op, (&l.data_type, constants.0), (&r.data_type, constants.1));
        Examined::new(result.data_type, result.bounds.with(l.bounds).with(r.bounds))
    }

    /// The type that an operator returns and the volatility of the operator itself; operands are given with the text
    /// of a constant.
    pub(super) fn operator(
        &self,
        op: &str,
        (left, left_text): (&ExprType, Option<&str>),
        (right, right_text): (&ExprType, Option<&str>),
    ) -> Examined {
        let boolean = |bounds| Examined::new(ExprType::builtin("bool"), bounds);
        let (symbol, quantified) = match op.strip_suffix(" any").or_else(|| op.strip_suffix(" all")) {
            Some(symbol) => (symbol, true),
            None => (op, false),
        };
        let symbol = WORDS.iter().find(|(word, _)| *word == symbol).map_or(symbol, |(_, symbol)| symbol);
        if symbol.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return boolean(Bounds::IMMUTABLE);
        }
        let (left, right) = (self.base_type(left), self.base_type(right));
        let right = match right {
            ExprType::Known(array) if quantified && array.array => ExprType::Known(DataType { array: false, ..array }),
            ExprType::Known(_) | ExprType::Literal if quantified => ExprType::Unclear,
            other => other,
        };
        let candidates = self.candidates(symbol, &left, &right);
        if candidates.is_empty() {
            self.report(self.undefined_operator(symbol, &left, &right));
            let similar = SIMILARITIES.contains(&symbol);
            return if similar { boolean(Bounds::STABLE) } else { Examined::unknown() };
        }
        if let [only] = &*candidates {
            let wanted = |of: &'static str, other: &ExprType| match other {
                ExprType::Known(other) if of.starts_with("any") => Some(other.clone()),
                _ if of.starts_with("any") => None,
                _ => ExprType::builtin(of).known().cloned(),
            };
            let operands = [(left_text, only.operator.left, &right), (right_text, only.operator.right, &left)];
            for (text, of, other) in operands {
                if let (Some(text), Some(wanted)) = (text, wanted(of, other)) {
                    self.report(self.catalog.constant_problem(text, &wanted));
                }
            }
        }
        let results = candidates.iter().map(|c| self.operator_result(c, &left, &right));
        let merged = results.reduce(|a, b| {
            let data_type = if a.data_type == b.data_type { a.data_type } else { ExprType::Unclear };
            Examined::new(data_type, a.bounds.either(b.bounds))
        });
        match merged {
            Some(result) if quantified => boolean(result.bounds),
            Some(result) => result,
            None => Examined::unknown(),
        }
    }

    /// The operators that may be meant: one if all is known.
    fn candidates(&self, symbol: &str, left: &ExprType, right: &ExprType) -> Vec<Candidate> {
        // Where one side is a constant, the other's type is tried for both first.
        let (l, r) = match (left, right) {
            (ExprType::Literal, other) | (other, ExprType::Literal) if *other != ExprType::Unclear => (other, other),
            _ => (left, right),
        };
        let version = self.catalog.target().version;
        let operators = || builtin::operators(symbol, version);
        if let Some(operator) = operators().find(|o| is(l, o.left) && is(r, o.right)) {
            return vec![Candidate { operator, exact: 2, preferred: 0, text: 0, casts: Volatility::Immutable }];
        }
        let given = [left, right].map(|operand| self.given(operand));
        let may_fit = |operator: &&Operator| {
            std::iter::zip(given, &operator.operands).all(|(given, wanted)| given.may_fit(wanted, version))
        };
        let candidates = operators().filter(may_fit).filter_map(|o| self.candidate_operator(o, left, right));
        let mut candidates: Vec<_> = candidates.collect();
        if left == &ExprType::Unclear || right == &ExprType::Unclear {
            return candidates;
        }
        for by in [|c: &Candidate| c.exact, |c: &Candidate| c.preferred, |c: &Candidate| c.text] {
            let best = candidates.iter().map(by).max().unwrap_or_default();
            candidates.retain(|c| by(c) == best);
        }
        candidates
    }

    fn given<'t>(&self, operand: &'t ExprType) -> Given<'t> {
        match operand.known().filter(|known| !known.array) {
            Some(known) => match self.catalog.type_of(known) {
                TypeRef::Builtin if known.schema.is_none() => Given::Own(&known.name),
                TypeRef::Enum(_) | TypeRef::Other(_) | TypeRef::Row(_) => Given::Defined,
                TypeRef::Builtin | TypeRef::Domain(..) | TypeRef::Unknown => Given::Any,
            },
            None => Given::Any,
        }
    }

    fn candidate_operator(&self, operator: &'static Operator, left: &ExprType, right: &ExprType) -> Option<Candidate> {
        if !self.consistent(operator, left, right) {
            return None;
        }
        let mut candidate = Candidate { operator, exact: 0, preferred: 0, text: 0, casts: Volatility::Immutable };
        for (given, wanted) in [left, right].into_iter().zip(&operator.operands) {
            let fit = self.fits(given, wanted)?;
            candidate.exact += usize::from(fit.exact);
            candidate.text += usize::from(*given == ExprType::Literal && wanted.is("text"));
            candidate.preferred += usize::from(!fit.exact && super::call::PREFERRED.iter().any(|p| wanted.is(p)));
            candidate.casts = candidate.casts.max(fit.volatility);
        }
        Some(candidate)
    }

    /// Whether the types can stand for the polymorphic types of an operator together.
    fn consistent(&self, operator: &Operator, left: &ExprType, right: &ExprType) -> bool {
        let (ExprType::Known(l), ExprType::Known(r)) = (left, right) else { return true };
        let element = |t: &DataType| DataType { array: false, modifiers: Vec::new(), ..t.clone() };
        let same = |a: &DataType, b: &DataType| a.name == b.name && a.schema == b.schema && a.array == b.array;
        match (operator.left, operator.right) {
            ("anyarray", "anyarray") | ("anyenum", "anyenum") => same(l, r),
            ("anyrange", "anyrange") | ("anymultirange", "anymultirange") => is_range(l) && same(l, r),
            ("anyrange" | "anymultirange", _) if !is_range(l) => false,
            (_, "anyrange" | "anymultirange") if !is_range(r) => false,
            ("anycompatiblearray", "anycompatiblearray") => self.comparable(&element(l), &element(r)),
            ("anycompatiblearray", "anycompatible") => self.comparable(&element(l), r),
            ("anycompatible", "anycompatiblearray") => self.comparable(l, &element(r)),
            ("anynonarray", _) => !l.array,
            (_, "anynonarray") => !r.array,
            ("record", _) | (_, "record") => true,
            _ => true,
        }
    }

    /// Whether one of two types becomes the other by itself.
    pub(super) fn comparable(&self, a: &DataType, b: &DataType) -> bool {
        let (a, b) = (ExprType::Known(a.clone()), ExprType::Known(b.clone()));
        let fits = |from: &ExprType, to: &ExprType| to.known().is_some_and(|to| self.fits(from, to).is_some());
        fits(&a, &b) || fits(&b, &a)
    }

    fn operator_result(&self, candidate: &Candidate, left: &ExprType, right: &ExprType) -> Examined {
        let operator = candidate.operator;
        let array_side = || [left, right].into_iter().find(|t| t.known().is_some_and(|t| t.array));
        let data_type = match operator.returns {
            "anyarray" | "anycompatiblearray" => array_side().cloned().unwrap_or(ExprType::Unclear),
            returns if returns.starts_with("any") => match left {
                ExprType::Known(_) => left.clone(),
                _ => ExprType::Unclear,
            },
            returns => ExprType::builtin(returns),
        };
        // `text || anynonarray` is an SQL function that the planner inlines: it writes the value as text.
        let written = match (operator.left, operator.right) {
            ("anynonarray", _) => left.known(),
            (_, "anynonarray") => right.known(),
            _ => None,
        };
        let volatility = written.map_or(operator.volatility, |t| self.catalog.output_volatility(t));
        Examined::new(data_type, Bounds::exactly(volatility.max(candidate.casts)))
    }

    /// `operator does not exist: text > integer`, if that is known.
    fn undefined_operator(&self, symbol: &str, left: &ExprType, right: &ExprType) -> Option<Conflict> {
        let version = self.catalog.target().version;
        let own = builtin::operators(symbol, version).next().is_some();
        let mut extensions = self.catalog.extensions.keys().filter_map(|e| builtin::extension(e));
        let of_extension = extensions.any(|e| e.operators.contains(&symbol));
        if !own || of_extension || self.catalog.own_operators || self.catalog.has_open_extension() {
            return None;
        }
        let spelt = |data_type: &ExprType| match data_type {
            ExprType::Literal => Some("unknown".to_owned()),
            ExprType::Unclear => None,
            ExprType::Known(t) => match self.catalog.type_of(t) {
                TypeRef::Unknown => None,
                TypeRef::Other(def) if matches!(def.kind, TypeDefKind::Base) => None,
                TypeRef::Builtin if t.is("record") || t.is(UNKNOWN_TYPE) || t.name.starts_with("any") => None,
                _ => Some(plain_type(&self.catalog.shown_type(t))),
            },
        };
        let (left, right) = (spelt(left)?, spelt(right)?);
        Some(Conflict::new("42883", format!("operator does not exist: {left} {symbol} {right}")))
    }
}

/// The text of a constant.
pub(super) fn constant(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::String(text) => Some(text),
        _ => None,
    }
}

/// Whether a type is the one of this name in a table.
fn is(data_type: &ExprType, name: &str) -> bool {
    let ExprType::Known(known) = data_type else { return false };
    known.schema.is_none()
        && match name.strip_suffix("[]") {
            Some(element) => known.array && known.name == *element,
            None => !known.array && known.name == *name,
        }
}

pub(super) fn is_range(data_type: &DataType) -> bool {
    !data_type.array && (data_type.schema.is_some() || data_type.name.ends_with("range"))
}
