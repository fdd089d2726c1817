//! What another type means for a column's stored values and its indexes (`ATColumnChangeRequiresRewrite`,
//! `CheckIndexCompatible` on the server).

use crate::catalog::{CastPath, Catalog, Column, Index, Session, TypeRef};
use crate::sql::{DataType, Expr, ObjectName};

/// What becomes of the stored values, cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stored {
    /// They are values of the new type as they are.
    Kept,
    /// Not known: a type or a setting decides it.
    Unclear,
    /// They are written anew.
    Rewritten,
}

/// What becomes of an index on a column that gets another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndexFate {
    /// It is made anew over the same file.
    Kept,
    /// It is built anew.
    Rebuilt,
}

/// Decides what the conversion of a column does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conversion<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) session: &'a Session,
}

impl Conversion<'_> {
    /// The stored values of `column` under the type `to`, by `using` or the cast of assignment.
    pub(super) fn of_column(&self, column: &Column, to: &DataType, using: Option<&Expr>) -> Stored {
        if column.generated.as_ref().is_some_and(|generated| !generated.stored) {
            return Stored::Kept;
        }
        let Some(using) = using else { return self.step(&column.data_type, to) };
        match self.of_using(column, using) {
            Some((stored, from)) => stored.max(self.step(&from, to)),
            None => Stored::Rewritten,
        }
    }

    /// A chain of casts of the column; anything else computes new values.
    fn of_using(&self, column: &Column, expr: &Expr) -> Option<(Stored, DataType)> {
        match expr {
            Expr::Column { name, .. } if *name == column.name => Some((Stored::Kept, column.data_type.clone())),
            Expr::Cast { expr, to } => {
                let (stored, from) = self.of_using(column, expr)?;
                let to = self.catalog.settled_type(to);
                Some((stored.max(self.step(&from, &to)), to))
            }
            Expr::Collate { expr, .. } => self.of_using(column, expr),
            _ => None,
        }
    }

    /// One cast.
    fn step(&self, from: &DataType, to: &DataType) -> Stored {
        if is_unknown(from) {
            return Stored::Unclear;
        }
        if let Some((base, constrained)) = self.domain(to) {
            if same_type(from, to) {
                return Stored::Kept;
            }
            return if constrained { Stored::Rewritten } else { self.step(from, &base) };
        }
        if let Some((base, _)) = self.domain(from) {
            // The length coercion does not look below a domain.
            return self.step(&DataType { modifiers: Vec::new(), ..base }, to);
        }
        if same_type(from, to) {
            let kept = to.modifiers.is_empty() || from.modifiers == to.modifiers;
            return if kept || (!to.array && widens(from, to)) { Stored::Kept } else { Stored::Rewritten };
        }
        if from.array || to.array {
            return Stored::Rewritten;
        }
        let unlimited = DataType { modifiers: Vec::new(), ..to.clone() };
        if is_timestamp_pair(from, to) {
            return self.time_zone().max(self.step(&unlimited, to));
        }
        match self.catalog.cast(from, to) {
            CastPath::Known(cast) if cast.binary => self.step(&unlimited, to),
            CastPath::Known(_) | CastPath::Missing => Stored::Rewritten,
            CastPath::Unknown => Stored::Unclear,
        }
    }

    /// `timestamp` to `timestamptz` or back: the same numbers where the session is at UTC (PostgreSQL 12 and later).
    fn time_zone(&self) -> Stored {
        if self.catalog.target().version < 12 {
            return Stored::Rewritten;
        }
        match self.session.get("timezone") {
            None => Stored::Unclear,
            Some(zone) if is_utc(zone) => Stored::Kept,
            Some(_) => Stored::Rewritten,
        }
    }

    /// The base type of a domain, and whether it or a domain below it has constraints.
    pub(super) fn domain(&self, data_type: &DataType) -> Option<(DataType, bool)> {
        if data_type.array {
            return None;
        }
        let mut found = None;
        let mut current = data_type.clone();
        for _ in 0..32 {
            let TypeRef::Domain(_, domain) = self.catalog.type_of(&current) else { break };
            let below = found.is_some_and(|(_, constrained)| constrained);
            found = Some((domain.base.clone(), below || domain.not_null || !domain.checks.is_empty()));
            current = domain.base.clone();
        }
        found
    }

    /// What becomes of an index that uses the column.
    pub(super) fn of_index(
        &self,
        index: &Index,
        column: &Column,
        to: &DataType,
        collation: Option<&ObjectName>,
    ) -> IndexFate {
        // The server does not compare expressions.
        if index.predicate.is_some() || index.keys.iter().any(|key| key.expression.is_some()) {
            return IndexFate::Rebuilt;
        }
        let differs = |polymorphic_only: bool| {
            let (old, new) = (self.equality(&column.data_type), self.equality(to));
            old != new && (!polymorphic_only || old.is_polymorphic() || new.is_polymorphic())
        };
        let other_collation =
            self.collation(&column.data_type, column.collation.as_deref()) != self.collation(to, collation);
        let keys = index.keys.iter().filter(|key| key.column == Some(column.id));
        let mut rebuilt = false;
        for key in keys {
            rebuilt |= differs(key.operator_class.is_some()) || (key.collation.is_none() && other_collation);
        }
        if rebuilt { IndexFate::Rebuilt } else { IndexFate::Kept }
    }

    /// Whether a foreign key between columns has to be checked again when one of them changes its type: another
    /// equality operator.
    pub(super) fn compares_otherwise(&self, from: &DataType, to: &DataType) -> bool {
        self.equality(from) != self.equality(to)
    }

    /// Which operators compare values of a type.
    fn equality(&self, data_type: &DataType) -> Equality {
        let base = self.domain(data_type).map_or_else(|| data_type.clone(), |(base, _)| base);
        if base.array {
            return Equality::OfType(DataType { modifiers: Vec::new(), ..base });
        }
        match self.catalog.type_of(&base) {
            TypeRef::Builtin if base.name.ends_with("range") => Equality::OfType(base),
            TypeRef::Builtin => Equality::Operators(match &*base.name {
                "varchar" => "text".into(),
                "cidr" => "inet".into(),
                name if name.starts_with("reg") => "oid".into(),
                name => name.into(),
            }),
            _ => Equality::OfType(DataType { modifiers: Vec::new(), ..base }),
        }
    }

    /// The collation in force, if it is not the database's.
    fn collation(&self, data_type: &DataType, written: Option<&ObjectName>) -> Option<ObjectName> {
        let written = written.or_else(|| match self.catalog.type_of(data_type) {
            TypeRef::Domain(_, domain) if !data_type.array => domain.collation.as_ref(),
            _ => None,
        });
        written.filter(|name| name.name != *"default").map(|name| ObjectName::bare(name.name.clone()))
    }
}

/// What decides whether two values are equal.
#[derive(Debug, PartialEq, Eq)]
enum Equality {
    /// Operators of a type of the server's, or of one that shares them.
    Operators(Box<str>),
    /// Operators for many types, which look at the type: arrays, enums, ranges, rows.
    OfType(DataType),
}

impl Equality {
    fn is_polymorphic(&self) -> bool {
        matches!(self, Self::OfType(_))
    }
}

/// Whether a column's type is not known.
pub(super) fn is_unknown(data_type: &DataType) -> bool {
    data_type.is(crate::catalog::UNKNOWN_TYPE)
}

/// Whether two types are the same but for their modifiers.
fn same_type(a: &DataType, b: &DataType) -> bool {
    a.name == b.name && a.schema == b.schema && a.array == b.array
}

fn is_timestamp_pair(a: &DataType, b: &DataType) -> bool {
    (a.is("timestamp") && b.is("timestamptz")) || (a.is("timestamptz") && b.is("timestamp"))
}

/// Whether every value of `from` is one of `to` as it is, for two modifiers of one type. Only types whose length
/// coercion has a support function on the server are spared (`varchar_support`, `numeric_support` …).
fn widens(from: &DataType, to: &DataType) -> bool {
    let (old, new) = (from.modifier(0), to.modifier(0));
    if from.schema.is_some() {
        return false;
    }
    match &*from.name {
        "varchar" | "varbit" => matches!((old, new), (Some(old), Some(new)) if new >= old),
        "numeric" => {
            let scale = |t: &DataType| t.modifier(1).unwrap_or(0);
            matches!((old, new), (Some(old), Some(new)) if new >= old && scale(from) == scale(to))
        }
        "timestamp" | "timestamptz" | "time" | "timetz" => new.is_some_and(|new| keeps_fractions(old, new)),
        "interval" => interval_widens(from, to),
        _ => false,
    }
}

/// The most digits of a second that are kept.
const MAX_FRACTION: i64 = 6;

fn keeps_fractions(old: Option<i64>, new: i64) -> bool {
    new >= MAX_FRACTION || old.is_some_and(|old| new >= old)
}

/// `interval_support`: no finer field is cut off, and no digit of the seconds.
fn interval_widens(from: &DataType, to: &DataType) -> bool {
    let (old, new) = (least_field(from), least_field(to));
    let precision = |t: &DataType| t.modifiers.iter().find_map(|m| m.parse::<i64>().ok());
    let seconds_kept = match precision(to) {
        None => true,
        Some(new) => keeps_fractions(precision(from), new),
    };
    new <= old && (old > 0 || seconds_kept)
}

/// The finest field of an interval type: 0 for seconds.
fn least_field(data_type: &DataType) -> usize {
    const FIELDS: [&str; 6] = ["second", "minute", "hour", "day", "month", "year"];
    let last = data_type.modifiers.iter().rev().find(|m| m.parse::<i64>().is_err());
    let word = last.and_then(|fields| {
        let fields = fields.split('(').next().unwrap_or_default();
        fields.split_whitespace().next_back().map(str::to_ascii_lowercase)
    });
    word.and_then(|word| FIELDS.iter().position(|field| *field == word)).unwrap_or(0)
}

/// Whether a time zone never differs from UTC.
fn is_utc(zone: &str) -> bool {
    let zone = zone.trim_matches('\'').to_ascii_lowercase();
    let zone = zone.strip_prefix("etc/").unwrap_or(&zone);
    let zero = |offset: &str| offset.trim_start_matches(['+', '-']).chars().all(|c| matches!(c, '0' | ':'));
    match zone {
        "zulu" | "uct" | "universal" | "greenwich" | "z" => true,
        "" => false,
        _ => {
            let offset = zone.strip_prefix("utc").or_else(|| zone.strip_prefix("gmt")).unwrap_or(zone);
            zero(offset)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Target;
    use crate::sql::Ident;

    fn data_type(text: &str) -> DataType {
        let (text, array) = text.strip_suffix("[]").map_or((text, false), |text| (text, true));
        let (name, modifiers) = text.split_once('(').map_or((text, ""), |(name, m)| (name, m.trim_end_matches(')')));
        let modifiers = modifiers.split(',').filter(|m| !m.is_empty()).map(Into::into).collect();
        DataType { schema: None, name: Ident::exact(name), modifiers, array }
    }

    #[test]
    fn casts_keep_or_rewrite() {
        use Stored::{Kept, Rewritten, Unclear};
        let catalog = Catalog::new(Target::postgres(16), true);
        for (from, to, zone, expected) in [
            ("int4", "int4", "", Kept),
            ("int4", "int8", "", Rewritten),
            ("int4", "oid", "", Kept),
            ("varchar(10)", "varchar(20)", "", Kept),
            ("varchar(10)", "varchar(5)", "", Rewritten),
            ("varchar(10)", "varchar", "", Kept),
            ("varchar(10)", "text", "", Kept),
            ("text", "varchar", "", Kept),
            ("text", "varchar(10)", "", Rewritten),
            ("varchar", "varchar(10)", "", Rewritten),
            ("bpchar(3)", "bpchar(5)", "", Rewritten),
            ("bpchar(3)", "text", "", Rewritten),
            ("text", "bpchar(3)", "", Rewritten),
            ("bit(3)", "varbit", "", Kept),
            ("bit(3)", "bit(4)", "", Rewritten),
            ("varbit(3)", "varbit(4)", "", Kept),
            ("numeric(10,2)", "numeric(12,2)", "", Kept),
            ("numeric(10,2)", "numeric(12,3)", "", Rewritten),
            ("numeric(10)", "numeric(12,0)", "", Kept),
            ("numeric(10,2)", "numeric", "", Kept),
            ("numeric", "numeric(10,2)", "", Rewritten),
            ("timestamp(3)", "timestamp", "", Kept),
            ("timestamp", "timestamp(6)", "", Kept),
            ("timestamp", "timestamp(3)", "", Rewritten),
            ("time(3)", "time(4)", "", Kept),
            ("interval(3)", "interval(6)", "", Kept),
            ("interval", "interval(3)", "", Rewritten),
            ("interval(year to month)", "interval", "", Kept),
            ("interval(year to month)", "interval(day to second)", "", Kept),
            ("interval(day)", "interval(month)", "", Rewritten),
            ("timestamp", "timestamptz", "", Unclear),
            ("timestamp", "timestamptz", "Etc/UTC", Kept),
            ("timestamp", "timestamptz(3)", "UTC", Rewritten),
            ("timestamptz", "timestamp", "Europe/Berlin", Rewritten),
            ("date", "timestamp", "UTC", Rewritten),
            ("cidr", "inet", "", Kept),
            ("inet", "cidr", "", Rewritten),
            ("json", "jsonb", "", Rewritten),
            ("xml", "text", "", Kept),
            ("varchar[]", "text[]", "", Rewritten),
            ("varchar(3)[]", "varchar[]", "", Kept),
            ("varchar(3)[]", "varchar(5)[]", "", Rewritten),
            ("int4", "int4[]", "", Rewritten),
        ] {
            let mut session = Session::default();
            if !zone.is_empty() {
                session.set("timezone", Some(zone), false);
            }
            let conversion = Conversion { catalog: &catalog, session: &session };
            let found = conversion.step(&data_type(from), &data_type(to));
            assert_eq!(found, expected, "{from} to {to} at {zone:?}");
        }
    }

    #[test]
    fn zones_at_utc() {
        for (zone, expected) in [
            ("UTC", true),
            ("'utc'", true),
            ("Etc/GMT+0", true),
            ("0", true),
            ("GMT", true),
            ("Europe/London", false),
            ("GMT+1", false),
            ("+01:00", false),
            ("local", false),
        ] {
            assert_eq!(is_utc(zone), expected, "{zone}");
        }
    }
}
