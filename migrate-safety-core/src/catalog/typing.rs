//! The types and the volatility of expressions, as the server's parser and planner see them.

mod call;
mod operator;

use super::builtin::CastContext;
use super::casts::CastPath;
use super::routines::plain_type;
use super::{Catalog, Conflict, TypeRef};
use crate::sql::expr::{Expr, Query};
use crate::sql::operation::Volatility;
use crate::sql::{DataType, Ident};
use operator::{constant, is_range};
use std::cell::RefCell;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExprType {
    /// A string constant or NULL whose type the context decides.
    Literal,
    /// This type.
    Known(DataType),
    /// Not known.
    Unclear,
}

impl ExprType {
    /// A built-in type, `name[]` for an array; `?` is not known.
    fn builtin(name: &'static str) -> Self {
        if name == "?" || name.starts_with("any") {
            return Self::Unclear;
        }
        match name.strip_suffix("[]") {
            Some(element) => Self::Known(DataType { array: true, ..DataType::own(element) }),
            None => Self::Known(DataType::own(name)),
        }
    }

    /// The type, if it is known.
    pub(crate) fn known(&self) -> Option<&DataType> {
        match self {
            Self::Known(data_type) => Some(data_type),
            Self::Literal | Self::Unclear => None,
        }
    }
}

/// Between which volatilities that of an expression lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) least: Volatility,
    pub(crate) most: Volatility,
}

impl Bounds {
    pub(crate) const IMMUTABLE: Self = Self::exactly(Volatility::Immutable);
    pub(crate) const STABLE: Self = Self::exactly(Volatility::Stable);
    /// Immutable or stable, depending on what is not known.
    pub(crate) const AT_MOST_STABLE: Self = Self { least: Volatility::Immutable, most: Volatility::Stable };
    pub(crate) const UNKNOWN: Self = Self { least: Volatility::Immutable, most: Volatility::Volatile };

    pub(crate) const fn exactly(volatility: Volatility) -> Self {
        Self { least: volatility, most: volatility }
    }

    /// Of an expression with both parts.
    #[must_use]
    pub(crate) fn with(self, other: Self) -> Self {
        Self { least: self.least.max(other.least), most: self.most.max(other.most) }
    }

    /// Of one of the two, it is not known which.
    #[must_use]
    fn either(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

/// What is known of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Examined {
    pub(crate) data_type: ExprType,
    pub(crate) bounds: Bounds,
}

impl Examined {
    fn new(data_type: ExprType, bounds: Bounds) -> Self {
        Self { data_type, bounds }
    }

    fn unknown() -> Self {
        Self::new(ExprType::Unclear, Bounds::UNKNOWN)
    }
}

/// Looks the type of a column up: `qualifier.name`.
pub(crate) type Columns<'a> = &'a dyn Fn(Option<&Ident>, &Ident) -> Option<DataType>;

/// Finds types and volatilities of expressions.
#[derive(Clone, Copy)]
pub(crate) struct Typing<'a> {
    catalog: &'a Catalog,
    columns: Columns<'a>,
    /// How deep functions that call functions may still be looked into.
    depth: u8,
    /// How many functions may still be looked into on the way.
    bodies: usize,
    /// Where errors go, innermost first.
    problems: Option<&'a RefCell<Vec<Conflict>>>,
}

impl<'a> Typing<'a> {
    pub(crate) fn new(catalog: &'a Catalog, columns: Columns<'a>) -> Self {
        Self { catalog, columns, depth: 8, bodies: 1000, problems: None }
    }

    /// Notes errors of what is examined.
    pub(crate) fn reporting(self, problems: &'a RefCell<Vec<Conflict>>) -> Self {
        Self { problems: Some(problems), ..self }
    }

    fn report(&self, problem: Option<Conflict>) {
        if let (Some(problems), Some(problem)) = (self.problems, problem) {
            problems.borrow_mut().push(problem);
        }
    }

    /// The type and volatility of an expression.
    pub(crate) fn examine(&self, expr: &Expr) -> Examined {
        let known = |name| ExprType::builtin(name);
        match expr {
            Expr::Null | Expr::String(_) => Examined::new(ExprType::Literal, Bounds::IMMUTABLE),
            Expr::Default | Expr::Star(_) | Expr::Parameter => Examined::new(ExprType::Unclear, Bounds::IMMUTABLE),
            Expr::Bool(_) => Examined::new(known("bool"), Bounds::IMMUTABLE),
            Expr::Number(written) => Examined::new(known(number_type(written)), Bounds::IMMUTABLE),
            Expr::Column { qualifier, name } => {
                let found = (self.columns)(qualifier.as_ref(), name);
                Examined::new(found.map_or(ExprType::Unclear, ExprType::Known), Bounds::IMMUTABLE)
            }
            Expr::Call { name, args } => self.call(name, args),
            Expr::Cast { expr, to } => {
                let inner = self.examine(expr);
                self.report(self.cast_problem(expr, &inner.data_type, to));
                let bounds = inner.bounds.with(self.cast(expr, &inner.data_type, to));
                Examined::new(ExprType::Known(self.catalog.settled_type(to)), bounds)
            }
            Expr::Collate { expr, .. } => {
                let inner = self.examine(expr);
                let data_type = match inner.data_type {
                    ExprType::Literal => known("text"),
                    other => other,
                };
                Examined::new(data_type, inner.bounds)
            }
            Expr::And(parts) | Expr::Or(parts) => {
                let of = if matches!(expr, Expr::And(_)) { "AND" } else { "OR" };
                let bounds = parts.iter().fold(Bounds::IMMUTABLE, |worst, part| worst.with(self.condition(part, of)));
                Examined::new(known("bool"), bounds)
            }
            Expr::Not(inner) => Examined::new(known("bool"), self.condition(inner, "NOT")),
            Expr::IsNull { expr, .. } => Examined::new(known("bool"), self.examine(expr).bounds),
            // An argument by its name: which it is, the function knows.
            Expr::Binary { op, right, .. } if **op == *"=>" => {
                Examined::new(ExprType::Unclear, self.examine(right).bounds)
            }
            Expr::Binary { op, left, right } => self.binary(op, left, right),
            Expr::InList { expr, list, .. } => self.compared("=", expr, list.iter()),
            Expr::Between { expr, low, high, .. } => self.compared(">=", expr, [&**low, &**high]),
            Expr::Array(elements) => {
                let types: Vec<ExprType> = elements.iter().map(|e| self.examine(e).data_type).collect();
                let data_type = match self.common_type(&types) {
                    _ if elements.is_empty() => ExprType::Literal,
                    ExprType::Known(element) => ExprType::Known(DataType { array: true, ..element }),
                    other => other,
                };
                Examined::new(data_type, self.worst(elements))
            }
            Expr::Subquery { operand, exists, query } => {
                let bounds = operand.as_ref().map_or(Bounds::IMMUTABLE, |o| self.examine(o).bounds);
                let data_type = if operand.is_some() || *exists { known("bool") } else { ExprType::Unclear };
                Examined::new(data_type, bounds.with(self.query(query)))
            }
            Expr::Other(parts) => Examined::new(ExprType::Unclear, self.worst(parts)),
        }
    }

    /// The volatility of a condition, which has to be boolean.
    pub(crate) fn condition(&self, expr: &Expr, of: &str) -> Bounds {
        let examined = self.examine(expr);
        if let ExprType::Known(t) = self.base_type(&examined.data_type)
            && matches!(self.catalog.type_of(&t), TypeRef::Builtin | TypeRef::Enum(_))
            && !t.is("bool")
            && !t.name.starts_with("any")
        {
            let spelt = plain_type(&self.catalog.shown_type(&t));
            let message = format!("argument of {of} must be type boolean, not type {spelt}");
            self.report(Some(Conflict::new("42804", message)));
        }
        examined.bounds
    }

    /// The error of a cast.
    fn cast_problem(&self, expr: &Expr, from: &ExprType, to: &DataType) -> Option<Conflict> {
        let missing = self.catalog.type_problem(to);
        let missing = missing.or_else(|| {
            let named = to.is("regclass") && matches!(expr, Expr::String(_));
            if named { self.catalog.regclass_problem(expr) } else { None }
        });
        missing.or_else(|| match (expr, from) {
            (Expr::String(text), _) => self.catalog.constant_problem(text, to),
            (_, ExprType::Known(from)) if self.catalog.cast(from, to) == CastPath::Missing => {
                let spelt = |t: &DataType| plain_type(&self.catalog.shown_type(t));
                let message = format!("cannot cast type {} to {}", spelt(from), spelt(to));
                (!self.catalog.own_operators).then(|| Conflict::new("42846", message))
            }
            _ => None,
        })
    }

    /// A comparison of `expr` with each of `others`.
    fn compared<'e>(&self, op: &str, expr: &Expr, others: impl IntoIterator<Item = &'e Expr>) -> Examined {
        let left = self.examine(expr);
        let mut bounds = left.bounds;
        for other in others {
            let right = self.examine(other);
            let (left, other) = ((&left.data_type, constant(expr)), (&right.data_type, constant(other)));
            bounds = bounds.with(right.bounds).with(self.operator(op, left, other).bounds);
        }
        Examined::new(ExprType::builtin("bool"), bounds)
    }

    fn worst(&self, parts: &[Expr]) -> Bounds {
        parts.iter().fold(Bounds::IMMUTABLE, |worst, part| worst.with(self.examine(part).bounds))
    }

    /// A subquery: what it calls; its columns are not looked up.
    fn query(&self, query: &Query) -> Bounds {
        let unknown = |_: Option<&Ident>, _: &Ident| None;
        let inner = Typing { columns: &unknown, problems: None, ..*self };
        let mut bounds = Bounds::IMMUTABLE;
        query.walk_exprs(&mut |expr| {
            if let Expr::Call { .. } = expr {
                bounds = bounds.with(inner.examine(expr).bounds);
            }
        });
        bounds
    }

    /// The volatility of a cast. A constant is read when the statement is parsed.
    fn cast(&self, expr: &Expr, from: &ExprType, to: &DataType) -> Bounds {
        match from {
            ExprType::Literal => Bounds::IMMUTABLE,
            ExprType::Known(from) => match self.catalog.cast(from, to) {
                CastPath::Known(cast) => Bounds::exactly(cast.volatility),
                CastPath::Missing => Bounds::IMMUTABLE,
                CastPath::Unknown => Bounds::AT_MOST_STABLE,
            },
            ExprType::Unclear if matches!(expr, Expr::Parameter) => Bounds::AT_MOST_STABLE,
            // From text it is the type's input function; a few types have stable casts besides.
            ExprType::Unclear => match self.catalog.type_of(to) {
                TypeRef::Builtin if !to.array && self.always_immutable(to) => Bounds::IMMUTABLE,
                _ => Bounds::AT_MOST_STABLE,
            },
        }
    }

    /// Whether any cast to a type is immutable.
    fn always_immutable(&self, to: &DataType) -> bool {
        const FROM_TEXT_OR_NUMBERS: &[&str] = &[
            "int2", "int4", "int8", "float4", "float8", "bool", "uuid", "bytea", "jsonb", "json", "inet", "cidr",
            "macaddr", "bit", "varbit", "tsquery", "tsvector",
        ];
        FROM_TEXT_OR_NUMBERS.iter().any(|name| to.is(name))
    }

    /// Whether a value of type `from` can stand where `to` is wanted, and how well it fits.
    fn fits(&self, from: &ExprType, to: &DataType) -> Option<Fit> {
        let from = match from {
            ExprType::Literal => return Some(Fit { exact: false, volatility: Volatility::Immutable }),
            ExprType::Unclear => return Some(Fit { exact: false, volatility: Volatility::Immutable }),
            ExprType::Known(from) => from,
        };
        if to.schema.is_none() && to.name.starts_with("any") {
            let fits = match to.name.as_str() {
                "anyarray" | "anycompatiblearray" => from.array,
                "anynonarray" | "anycompatiblenonarray" => !from.array,
                "anyenum" => self.is_enum(from),
                "anyrange" | "anymultirange" | "anycompatiblerange" | "anycompatiblemultirange" => is_range(from),
                _ => true,
            };
            return fits.then_some(Fit { exact: false, volatility: Volatility::Immutable });
        }
        if to.is("record") {
            let row = !matches!(self.catalog.type_of(from), TypeRef::Builtin | TypeRef::Enum(_));
            return row.then_some(Fit { exact: false, volatility: Volatility::Immutable });
        }
        if from.array == to.array && from.name == to.name && from.schema == to.schema {
            return Some(Fit { exact: true, volatility: Volatility::Immutable });
        }
        match self.catalog.cast(from, to) {
            CastPath::Known(cast) if cast.context == CastContext::Implicit => {
                Some(Fit { exact: false, volatility: cast.volatility })
            }
            // A cast that the history creates is not followed; of its own types it is hardly implicit.
            CastPath::Unknown => {
                let unknown = |t| matches!(self.catalog.type_of(t), TypeRef::Unknown);
                let fit = Fit { exact: false, volatility: Volatility::Immutable };
                (unknown(from) || unknown(to)).then_some(fit)
            }
            _ => None,
        }
    }

    fn is_enum(&self, data_type: &DataType) -> bool {
        !data_type.array && matches!(self.catalog.type_of(data_type), TypeRef::Enum(_))
    }

    /// The type of `coalesce` and its like, of the arms of a union, of the elements of an array (`select_common_type`).
    pub(crate) fn common_type(&self, types: &[ExprType]) -> ExprType {
        let implicitly = |from: &DataType, to: &DataType| matches!(self.catalog.cast(from, to), CastPath::Known(cast) if cast.context == CastContext::Implicit);
        let mut common: Option<DataType> = None;
        for data_type in types {
            let next = match data_type {
                ExprType::Literal => continue,
                ExprType::Unclear => return ExprType::Unclear,
                ExprType::Known(next) => next,
            };
            common = Some(match common {
                None => next.clone(),
                Some(current) if current == *next => current,
                Some(current) if implicitly(&current, next) && !implicitly(next, &current) => {
                    DataType { modifiers: Vec::new(), ..next.clone() }
                }
                Some(current) => DataType { modifiers: Vec::new(), ..current },
            });
        }
        match common {
            Some(common) if types.contains(&ExprType::Literal) => {
                ExprType::Known(DataType { modifiers: Vec::new(), ..common })
            }
            Some(common) => ExprType::Known(common),
            None => ExprType::builtin("text"),
        }
    }

    /// The type below a domain.
    fn base_type(&self, data_type: &ExprType) -> ExprType {
        let ExprType::Known(known) = data_type else { return data_type.clone() };
        let mut base = known;
        for _ in 0..8 {
            match self.catalog.type_of(base) {
                TypeRef::Domain(_, domain) if !base.array => base = &domain.base,
                _ => break,
            }
        }
        let DataType { schema, name, array, .. } = base;
        ExprType::Known(DataType { schema: schema.clone(), name: name.clone(), modifiers: Vec::new(), array: *array })
    }
}

/// How well a value fits an argument.
#[derive(Clone, Copy, Debug)]
struct Fit {
    /// No cast at all.
    exact: bool,
    /// The volatility of the cast.
    volatility: Volatility,
}

/// The type of a number (docs, 4.1.2.6).
fn number_type(written: &str) -> &'static str {
    match written.parse::<i64>() {
        Ok(value) if i32::try_from(value).is_ok() => "int4",
        Ok(_) => "int8",
        Err(_) => "numeric",
    }
}
