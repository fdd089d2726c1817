//! Which type becomes which, and when (docs, 10 "Type Conversion"; `find_coercion_pathway` on the server).

use super::builtin::{self, CastContext};
use super::store::UNKNOWN_TYPE;
use super::{Catalog, TypeDefKind, TypeRef};
use crate::sql::DataType;
use crate::sql::operation::Volatility;

/// How a value of one type becomes one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cast {
    /// When the server does it by itself.
    pub context: CastContext,
    /// Whether the result can depend on a setting or on the catalog.
    pub volatility: Volatility,
    /// Whether the stored values are the same.
    pub binary: bool,
}

impl Cast {
    const NOTHING: Self = Self { context: CastContext::Implicit, volatility: Volatility::Immutable, binary: true };
}

/// What is known about a cast between two types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastPath {
    /// This one.
    Known(Cast),
    /// There is none: `cannot cast type json to integer`.
    Missing,
    /// One of the types is not known well enough.
    Unknown,
}

impl Catalog {
    /// How the server casts `from` to `to`, modifiers aside.
    pub fn cast(&self, from: &DataType, to: &DataType) -> CastPath {
        self.cast_within(from, to, 8)
    }

    fn cast_within(&self, from: &DataType, to: &DataType, depth: u8) -> CastPath {
        let Some(depth) = depth.checked_sub(1) else { return CastPath::Unknown };
        if from.is(UNKNOWN_TYPE) || to.is(UNKNOWN_TYPE) {
            return CastPath::Unknown;
        }
        let (source, target) = (self.type_of(from), self.type_of(to));
        // A domain is cast as its base type is.
        match (from.array, source, to.array, target) {
            (false, TypeRef::Domain(a, _), false, TypeRef::Domain(b, _)) if a.id == b.id => {
                return CastPath::Known(Cast::NOTHING);
            }
            (false, TypeRef::Domain(_, domain), ..) => return self.cast_within(&domain.base, to, depth),
            (_, _, false, TypeRef::Domain(_, domain)) => return self.cast_within(from, &domain.base, depth),
            _ => {}
        }
        if from.array && to.array {
            let (from, to) = (DataType { array: false, ..from.clone() }, DataType { array: false, ..to.clone() });
            return self.cast_within(&from, &to, depth);
        }
        match (source, target) {
            (TypeRef::Builtin, TypeRef::Builtin) if !from.array && !to.array => {
                if from.name == to.name {
                    return CastPath::Known(Cast::NOTHING);
                }
                if let Some(cast) = builtin::cast(&from.name, &to.name, self.target().version) {
                    return CastPath::Known(Cast {
                        context: cast.context,
                        volatility: cast.volatility,
                        binary: cast.binary,
                    });
                }
            }
            (TypeRef::Enum(a) | TypeRef::Other(a), TypeRef::Enum(b) | TypeRef::Other(b))
                if a.id == b.id && from.array == to.array =>
            {
                return CastPath::Known(Cast::NOTHING);
            }
            (TypeRef::Row(a), TypeRef::Row(b)) if a == b && from.array == to.array => {
                return CastPath::Known(Cast::NOTHING);
            }
            (TypeRef::Unknown, _) | (_, TypeRef::Unknown) => return self.extension_cast(from, to),
            _ => {}
        }
        if is_string(to) {
            let volatility = self.output_volatility(from);
            return CastPath::Known(Cast { context: CastContext::Assignment, volatility, binary: false });
        }
        if is_string(from) {
            let volatility = self.input_volatility(to);
            return CastPath::Known(Cast { context: CastContext::Explicit, volatility, binary: false });
        }
        // `CREATE CAST` is not followed.
        let base = |t: TypeRef<'_>| matches!(t, TypeRef::Other(def) if matches!(def.kind, TypeDefKind::Base));
        if self.own_operators || base(source) || base(target) { CastPath::Unknown } else { CastPath::Missing }
    }

    /// Casts of types that extensions define.
    fn extension_cast(&self, from: &DataType, to: &DataType) -> CastPath {
        if from.name == to.name && from.array == to.array && from.schema == to.schema {
            return CastPath::Known(Cast::NOTHING);
        }
        let stringy = |t: &DataType| t.name == *"citext" && !t.array;
        let cast = match (stringy(from), stringy(to)) {
            (true, false) if to.is("text") || to.is("varchar") => Cast::NOTHING,
            (false, true) if from.is("text") || from.is("varchar") || from.is("bpchar") => {
                Cast { context: CastContext::Assignment, binary: !from.is("bpchar"), ..Cast::NOTHING }
            }
            (true, false) => {
                let volatility = self.input_volatility(to);
                Cast { context: CastContext::Explicit, volatility, binary: false }
            }
            _ => return CastPath::Unknown,
        };
        CastPath::Known(cast)
    }

    /// The volatility of reading a type from text.
    pub(crate) fn input_volatility(&self, data_type: &DataType) -> Volatility {
        match self.type_of(data_type) {
            TypeRef::Builtin if !data_type.array => {
                builtin::text_volatility(&data_type.name, self.target().version).input
            }
            TypeRef::Domain(_, domain) if !data_type.array => self.input_volatility(&domain.base),
            TypeRef::Unknown if !data_type.array => Volatility::Immutable,
            _ => Volatility::Stable,
        }
    }

    /// The volatility of writing a type as text.
    pub(crate) fn output_volatility(&self, data_type: &DataType) -> Volatility {
        match self.type_of(data_type) {
            // The output function of an array is stable whatever its elements.
            _ if data_type.array => Volatility::Stable,
            TypeRef::Builtin => builtin::text_volatility(&data_type.name, self.target().version).output,
            TypeRef::Domain(_, domain) => self.output_volatility(&domain.base),
            TypeRef::Other(def) if matches!(def.kind, TypeDefKind::Base) => Volatility::Immutable,
            TypeRef::Unknown => Volatility::Immutable,
            TypeRef::Enum(_) | TypeRef::Other(_) | TypeRef::Row(_) => Volatility::Stable,
        }
    }
}

/// Whether a type is of the string category.
fn is_string(data_type: &DataType) -> bool {
    ["text", "varchar", "bpchar", "name"].iter().any(|name| data_type.is(name))
}
