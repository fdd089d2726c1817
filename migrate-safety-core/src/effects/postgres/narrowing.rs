//! What a type change can do to the values that are there.

use super::retyped::Retyped;
use super::type_change::{Conversion, Stored};
use crate::catalog::{Catalog, TypeDefKind, TypeRef};
use crate::effects::scene::Scene;
use crate::sql::{DataType, Expr, Ident};

/// What becomes of values that the new type does not hold, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    /// There are none.
    Nothing,
    /// The statement fails if there is one.
    Refused,
    /// The author's own expression decides.
    Computed,
    /// They are rounded or cut, and nothing says so.
    Silent,
}

/// How values get their new type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// As an assignment does it: strings that are too long are refused.
    Assigned,
    /// As a cast does it: strings that are too long are cut.
    Cast,
}

/// What `ALTER COLUMN … TYPE` can do to the values of the column, whose type is known.
pub(crate) fn of(scene: &Scene<'_>) -> Option<Loss> {
    let retyped = Retyped::new(scene)?;
    let found = retyped.columns.first()?;
    if retyped.stored(found) == Stored::Kept {
        return None;
    }
    let conversion = Conversion { catalog: scene.catalog, session: scene.session };
    Some(loss(&conversion, &found.column.name, &found.column.data_type, &retyped.to, retyped.using))
}

/// Whether programs read and write two types in the same way: strings of whatever type, a domain and what it is over.
pub(super) fn looks_alike(conversion: &Conversion<'_>, one: &DataType, other: &DataType) -> bool {
    let base = |t: &DataType| conversion.domain(t).map_or_else(|| t.clone(), |(base, _)| base);
    let (one, other) = (base(one), base(other));
    let same = one.name == other.name && one.schema == other.schema;
    one.array == other.array && (same || (is_text(&one.name) && is_text(&other.name)))
}

/// What a column's values can lose when it gets the type `to`, by `USING` or as an assignment.
fn loss(conversion: &Conversion<'_>, column: &Ident, from: &DataType, to: &DataType, using: Option<&Expr>) -> Loss {
    let base = |t: &DataType| conversion.domain(t).map_or_else(|| t.clone(), |(base, _)| base);
    let (from, to) = (&base(from), &base(to));
    match using {
        None | Some(Expr::Column { .. }) => between(conversion.catalog, from, to, How::Assigned),
        Some(expr) if is_cast_of(expr, column) => between(conversion.catalog, from, to, How::Cast),
        Some(expr) if !expr.columns().contains(&column) => Loss::Computed,
        Some(_) => match between(conversion.catalog, from, to, How::Cast) {
            Loss::Nothing => Loss::Nothing,
            _ => Loss::Computed,
        },
    }
}

/// Whether an expression is the column behind casts alone.
fn is_cast_of(expr: &Expr, column: &Ident) -> bool {
    match expr {
        Expr::Column { name, .. } => name == column,
        Expr::Cast { expr, .. } => is_cast_of(expr, column),
        _ => false,
    }
}

fn between(catalog: &Catalog, from: &DataType, to: &DataType, how: How) -> Loss {
    if from.array != to.array {
        return if to.array { Loss::Nothing } else { Loss::Silent };
    }
    let refused_or = |fits: bool| if fits { Loss::Nothing } else { Loss::Refused };
    if let (TypeRef::Enum(old), TypeRef::Enum(new)) = (catalog.type_of(from), catalog.type_of(to)) {
        let (TypeDefKind::Enum(old), TypeDefKind::Enum(new)) = (&old.kind, &new.kind) else { return Loss::Refused };
        return refused_or(old.iter().all(|(label, _)| new.iter().any(|(other, _)| other == label)));
    }
    let (old, new) = (from.name.as_str(), to.name.as_str());
    if is_text(new) {
        let limit = to.modifier(0).or((new == "bpchar").then_some(1));
        let fits = match limit {
            None => true,
            Some(limit) => is_text(old) && from.modifier(0).is_some_and(|length| length <= limit),
        };
        return match (fits, how) {
            (true, _) => Loss::Nothing,
            (false, How::Assigned) => Loss::Refused,
            (false, How::Cast) => Loss::Silent,
        };
    }
    if old == new {
        return same_type(from, to, how);
    }
    conversion_loss(old, new).max(limits(from, to))
}

/// From one pair of modifiers of a type to another.
fn same_type(from: &DataType, to: &DataType, how: How) -> Loss {
    if to.modifiers.is_empty() || from.modifiers == to.modifiers {
        return Loss::Nothing;
    }
    let (old, new) = (|at| from.modifier(at), |at| to.modifier(at));
    match to.name.as_str() {
        "numeric" => {
            let (scale, new_scale) = (old(1).unwrap_or(0), new(1).unwrap_or(0));
            match old(0) {
                Some(_) if new_scale < scale => Loss::Silent,
                None => Loss::Silent,
                Some(precision) if new(0).unwrap_or(0) - new_scale < precision - scale => Loss::Refused,
                Some(_) => Loss::Nothing,
            }
        }
        "bit" | "varbit" if how == How::Assigned => Loss::Refused,
        _ if !from.modifiers.is_empty() && new(0) >= old(0) => Loss::Nothing,
        // Six digits are all there are.
        "timestamp" | "timestamptz" | "time" | "timetz" if new(0) == Some(6) => Loss::Nothing,
        _ => Loss::Silent,
    }
}

/// What the modifiers of the new type do to values of another.
fn limits(from: &DataType, to: &DataType) -> Loss {
    if to.modifiers.is_empty() {
        return Loss::Nothing;
    }
    match (from.name.as_str(), to.name.as_str()) {
        ("int2" | "int4" | "int8", "numeric") => {
            let whole = to.modifier(0).unwrap_or(0) - to.modifier(1).unwrap_or(0);
            let digits = match from.name.as_str() {
                "int2" => 5,
                "int4" => 10,
                _ => 19,
            };
            if whole >= digits { Loss::Nothing } else { Loss::Refused }
        }
        ("date", _) => Loss::Nothing,
        ("timestamp" | "timestamptz", "timestamp" | "timestamptz") => {
            same_type(&DataType { modifiers: from.modifiers.clone(), ..to.clone() }, to, How::Cast)
        }
        _ => Loss::Silent,
    }
}

/// Pairs of built-in types between which every value is kept, or some silently are not; in all other pairs a value that
/// does not fit is refused (PostgreSQL docs, 8 "Data Types"; measured, PG 14-18).
fn conversion_loss(from: &str, to: &str) -> Loss {
    const KEPT: &[(&str, &[&str])] = &[
        ("int2", &["int4", "int8", "numeric", "float4", "float8", "oid"]),
        ("int4", &["int8", "numeric", "float8", "oid"]),
        ("int8", &["numeric"]),
        ("oid", &["int8"]),
        ("bool", &["int4", "int2", "int8"]),
        ("float4", &["float8"]),
        ("date", &["timestamp", "timestamptz"]),
        ("timestamp", &["timestamptz"]),
        ("json", &["jsonb"]),
        ("jsonb", &["json"]),
        ("cidr", &["inet"]),
        ("bit", &["varbit"]),
        ("macaddr", &["macaddr8"]),
    ];
    const SILENT: &[(&str, &[&str])] = &[
        ("int4", &["float4", "bool"]),
        ("int8", &["float4", "float8", "bool"]),
        ("int2", &["bool"]),
        ("numeric", &["int2", "int4", "int8", "float4", "float8", "money"]),
        ("float4", &["int2", "int4", "int8", "numeric"]),
        ("float8", &["int2", "int4", "int8", "numeric", "float4"]),
        ("timestamptz", &["timestamp", "date", "time", "timetz"]),
        ("timestamp", &["date", "time"]),
        ("timetz", &["time"]),
        ("interval", &["time"]),
    ];
    let has = |table: &[(&str, &[&str])]| table.iter().any(|(old, news)| *old == from && news.contains(&to));
    match (has(KEPT), has(SILENT)) {
        (true, _) => Loss::Nothing,
        (_, true) => Loss::Silent,
        _ => Loss::Refused,
    }
}

/// Whether it is a type of strings, which all clients read and write alike.
fn is_text(name: &str) -> bool {
    matches!(name, "text" | "varchar" | "bpchar" | "citext" | "name")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Session;
    use crate::dialect::Target;
    use crate::sql::Operation;
    use crate::sql::operation::TableAction;

    fn found(from: &str, to: &str) -> Loss {
        let sql = format!(
            "CREATE TYPE old AS ENUM ('a', 'b'); CREATE TYPE less AS ENUM ('a'); CREATE TYPE more AS ENUM ('a', 'c', 'b');
             CREATE TABLE t (c {from}); ALTER TABLE t ALTER c TYPE {to}"
        );
        let mut catalog = Catalog::new(Target::postgres(16), true);
        let mut loss = None;
        for statement in &crate::sql::parse(Target::postgres(16), &sql).statements {
            for located in &statement.operations {
                if let Operation::AlterTable(alter) = &located.operation
                    && let TableAction::SetType { column, data_type, using, .. } = &alter.action
                {
                    let session = Session::default();
                    let conversion = Conversion { catalog: &catalog, session: &session };
                    let table = catalog.relations().find_map(|r| r.table()?.column("c"));
                    let old = table.map(|c| c.data_type.clone()).unwrap_or(DataType::builtin("text"));
                    let new = catalog.settled_type(data_type);
                    let using = using.as_ref().map(|using| &using.expr);
                    loss = Some(super::loss(&conversion, column, &old, &new, using));
                }
                catalog.apply(&located.operation, crate::catalog::Stamp::BEFORE);
            }
        }
        loss.unwrap_or(Loss::Nothing)
    }

    #[test]
    fn values_are_kept_refused_or_cut() {
        use Loss::{Computed, Nothing, Refused, Silent};
        for (from, to, expected) in [
            ("varchar(50)", "varchar(100)", Nothing),
            ("varchar(200)", "varchar(100)", Refused),
            ("varchar(200)", "varchar(100) USING c::varchar(100)", Silent),
            ("varchar(200)", "varchar(100) USING left(c, 100)", Computed),
            ("text", "varchar(10)", Refused),
            ("varchar(10)", "text", Nothing),
            ("int", "text", Nothing),
            ("int", "varchar(5)", Refused),
            ("numeric(10,2)", "numeric", Nothing),
            ("numeric(10,2)", "numeric(12,2)", Nothing),
            ("numeric(10,2)", "numeric(12,4)", Nothing),
            ("numeric(10,2)", "numeric(10,4)", Refused),
            ("numeric(10,4)", "numeric(10,2)", Silent),
            ("numeric(10,2)", "numeric(8,2)", Refused),
            ("numeric", "numeric(10,2)", Silent),
            ("numeric(10,2)", "int", Silent),
            ("bigint", "int", Refused),
            ("int", "bigint", Nothing),
            ("int", "numeric(5)", Refused),
            ("int", "numeric(12,2)", Nothing),
            ("bigint", "double precision", Silent),
            ("double precision", "real", Silent),
            ("real", "double precision", Nothing),
            ("timestamp", "timestamp(3)", Silent),
            ("timestamp(3)", "timestamp", Nothing),
            ("timestamptz(3)", "timestamptz(6)", Nothing),
            ("timestamptz", "date", Silent),
            ("date", "timestamptz", Nothing),
            ("timestamp", "timestamptz", Nothing),
            ("json", "jsonb", Nothing),
            ("text", "int USING c::int", Refused),
            ("text", "jsonb USING c::jsonb", Refused),
            ("text", "int USING length(c)", Computed),
            ("text", "int USING 0", Computed),
            ("int", "int[] USING ARRAY[c]", Nothing),
            ("int[]", "int USING c[1]", Computed),
            ("old", "more USING c::text::more", Nothing),
            ("old", "less USING c::text::less", Refused),
            ("old", "text", Nothing),
            ("boolean", "int USING c::int", Nothing),
        ] {
            assert_eq!(found(from, to), expected, "{from} to {to}");
        }
    }
}
