//! What every PostgreSQL server has of its own, and what the extensions it comes with add: types and functions.
//!
//! The tables in `builtin/` were read from the catalogs of PostgreSQL 14 to 18; for 12 and 13, names known to be newer are
//! marked.

mod hasher;

use crate::sql::DataType;
use crate::sql::operation::Volatility;
use hasher::NameMap;
use std::sync::LazyLock;

/// The major versions that have something: from `since` to `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Versions {
    since: u16,
    until: u16,
}

impl Versions {
    const ALL: Self = Self { since: 0, until: u16::MAX };

    fn contain(self, version: u16) -> bool {
        (self.since..=self.until).contains(&version)
    }
}

/// Takes `@16` and `@-14` off the end of a name.
fn versions(text: &str) -> (&str, Versions) {
    let Some((name, parts)) = text.split_once('@') else { return (text, Versions::ALL) };
    let mut versions = Versions::ALL;
    for part in parts.split('@') {
        match part.strip_prefix('-') {
            Some(until) => versions.until = until.parse().unwrap_or(u16::MAX),
            None => versions.since = part.parse().unwrap_or(0),
        }
    }
    (name, versions)
}

/// One function of the server, or all overloads of a name that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// The argument types by internal name; absent: any, it makes no difference.
    args: Option<&'static str>,
    /// The internal name of the type it returns; `?` if that depends on the arguments, `name[]` for an array.
    pub(crate) returns: &'static str,
    /// Its volatility.
    pub(crate) volatility: Volatility,
    versions: Versions,
}

impl Function {
    /// The argument types by internal name, if they make a difference.
    pub(crate) fn args(&self) -> Option<impl Iterator<Item = &'static str>> {
        self.args.map(|args| args.split(',').filter(|a| !a.is_empty()))
    }
}

/// The server's own functions of this name.
pub(crate) fn functions(name: &str, version: u16) -> impl Iterator<Item = &'static Function> {
    let all = FUNCTIONS.get(name).map_or(&[][..], Vec::as_slice);
    all.iter().filter(move |f| f.versions.contain(version))
}

static FUNCTIONS: LazyLock<NameMap<Vec<Function>>> = LazyLock::new(|| {
    let mut functions: NameMap<Vec<Function>> = NameMap::with_capacity_and_hasher(3000, Default::default());
    for (volatility, returns, names) in groups(include_str!("builtin/functions.txt"))
        .chain(groups(include_str!("builtin/internal.txt")))
        .chain(groups(KEYWORD_FUNCTIONS))
    {
        for (name, versions) in names.split_ascii_whitespace().map(versions) {
            let function = Function { args: None, returns, volatility, versions };
            functions.entry(name).or_default().push(function);
        }
    }
    for (name, overloads) in entries(include_str!("builtin/overloaded.txt")).filter_map(|e| e.split_once(':')) {
        let (name, of_name) = versions(name);
        for overload in overloads.split_ascii_whitespace() {
            let (signature, versions) = versions(overload);
            let parts = signature.split_once('(').and_then(|(v, rest)| Some((v, rest.split_once(')')?)));
            let Some((Some(volatility), (args, returns))) = parts.map(|(v, rest)| (letter(v), rest)) else { continue };
            let versions =
                Versions { since: versions.since.max(of_name.since), until: versions.until.min(of_name.until) };
            let function = Function { args: Some(args), returns, volatility, versions };
            functions.entry(name).or_default().push(function);
        }
    }
    functions
});

/// What looks like a function but is a production of the grammar.
const KEYWORD_FUNCTIONS: &str = "
i ?: coalesce greatest least nullif row array
i bool: xmlexists isnull notnull
i int4: grouping
i xml: xmlconcat xmlelement xmlforest xmlparse xmlpi xmlroot
i text: trim xmlserialize
i name: collation_for
s date: current_date
s timetz: current_time
s timestamptz: current_timestamp
s time: localtime
s timestamp: localtimestamp
s name: current_catalog current_role current_schema session_user user
s text: system_user@16
s ?: json_array@16 json_arrayagg@16 json_objectagg@16 json_query@17 json_scalar@17 json_serialize@17 json_value@17
s bool: json_exists@17
";

fn letter(letter: &str) -> Option<Volatility> {
    match letter {
        "i" => Some(Volatility::Immutable),
        "s" => Some(Volatility::Stable),
        "v" => Some(Volatility::Volatile),
        _ => None,
    }
}

/// The entries of a table: a line with the indented ones below it.
fn entries(table: &'static str) -> impl Iterator<Item = &'static str> {
    let mut rest = table;
    std::iter::from_fn(move || {
        while rest.starts_with([';', '\n']) {
            rest = rest.split_once('\n')?.1;
        }
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            if end > 0 && !line.starts_with(' ') {
                break;
            }
            end += line.len();
        }
        let (entry, next) = rest.split_at(end);
        rest = next;
        (!entry.is_empty()).then_some(entry)
    })
}

/// The entries of a table of functions: volatility, type and names.
fn groups(table: &'static str) -> impl Iterator<Item = (Volatility, &'static str, &'static str)> {
    entries(table).filter_map(group)
}

/// `i text: lower upper`.
fn group(entry: &'static str) -> Option<(Volatility, &'static str, &'static str)> {
    let (head, names) = entry.split_once(':')?;
    let (volatility, returns) = head.trim().split_once(' ')?;
    Some((letter(volatility)?, returns, names))
}

/// An extension whose objects are known.
#[derive(Debug, Default)]
pub(crate) struct Extension {
    /// Whether it defines more than is listed.
    pub(crate) open: bool,
    /// Extensions it needs.
    pub(crate) requires: Vec<&'static str>,
    /// Types.
    pub(crate) types: Vec<&'static str>,
    /// Views and tables.
    pub(crate) relations: Vec<&'static str>,
    /// Operator classes.
    pub(crate) operator_classes: Vec<&'static str>,
    /// Operators between types of the server.
    pub(crate) operators: Vec<&'static str>,
    /// Index access methods.
    pub(crate) access_methods: Vec<&'static str>,
    /// Functions.
    functions: NameMap<Vec<Function>>,
}

impl Extension {
    /// Its functions of this name.
    pub(crate) fn functions(&self, name: &str) -> &[Function] {
        self.functions.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names of its functions.
    pub(crate) fn function_names(&self) -> impl Iterator<Item = &'static str> {
        self.functions.keys().copied()
    }
}

/// The extension of this name; absent: nothing is known of it.
pub(crate) fn extension(name: &str) -> Option<&'static Extension> {
    EXTENSIONS.get(name)
}

/// Whether an extension comes with the server's source (docs, Appendix F and the procedural languages).
pub(crate) fn comes_with_server(name: &str) -> bool {
    const LANGUAGES: [&str; 3] = ["plperl", "plpython3u", "pltcl"];
    // `plperlu`, `hstore_plperl`, `jsonb_plpython3u` …
    extension(name).is_some_and(|extension| !extension.open) || LANGUAGES.iter().any(|language| name.contains(language))
}

/// The extensions that define a type.
pub(crate) fn extensions_of_type(name: &str) -> &'static [&'static str] {
    TYPE_EXTENSIONS.get(name).map_or(&[], Vec::as_slice)
}

static EXTENSIONS: LazyLock<NameMap<Extension>> = LazyLock::new(|| {
    let known = entries(include_str!("builtin/extensions.txt")).filter_map(|entry| {
        let (name, lines) = entry.split_once('\n')?;
        Some((name.trim(), read_extension(lines)))
    });
    known.chain([("plpgsql", Extension::default())]).collect()
});

static TYPE_EXTENSIONS: LazyLock<NameMap<Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_type: NameMap<Vec<&str>> = NameMap::default();
    for (name, extension) in EXTENSIONS.iter() {
        for defined in &extension.types {
            by_type.entry(defined).or_default().push(name);
        }
    }
    by_type
});

/// Reads the indented lines of an extension; deeper ones continue the line above.
fn read_extension(lines: &'static str) -> Extension {
    let mut extension = Extension::default();
    let mut list: fn(&mut Extension) -> Option<&mut Vec<&'static str>> = |_| None;
    let mut functions = None;
    for line in lines.lines() {
        let mut names = line;
        if !line.starts_with("   ") {
            let (word, rest) = line.trim_start().split_once(' ').unwrap_or((line.trim(), ""));
            (functions, names) = (None, rest);
            list = match word {
                "requires" => |e| Some(&mut e.requires),
                "types" => |e| Some(&mut e.types),
                "relations" => |e| Some(&mut e.relations),
                "opclasses" => |e| Some(&mut e.operator_classes),
                "operators" => |e| Some(&mut e.operators),
                "methods" => |e| Some(&mut e.access_methods),
                _ => |_| None,
            };
            extension.open |= word == "open";
            if let Some((volatility, returns, rest)) = group(line.trim_start()) {
                (functions, names) = (Some((volatility, returns)), rest);
            }
        }
        match functions {
            Some((volatility, returns)) => {
                for name in names.split_whitespace() {
                    let function = Function { args: None, returns, volatility, versions: Versions::ALL };
                    extension.functions.entry(name).or_default().push(function);
                }
            }
            None => {
                if let Some(list) = list(&mut extension) {
                    list.extend(names.split_whitespace());
                }
            }
        }
    }
    extension
}

/// One operator of the server (`pg_operator`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    /// The type of the left operand; empty for a prefix operator.
    pub(crate) left: &'static str,
    /// The type of the right operand.
    pub(crate) right: &'static str,
    /// The same two types.
    pub(crate) operands: [DataType; 2],
    /// The type it returns.
    pub(crate) returns: &'static str,
    /// The volatility of its function.
    pub(crate) volatility: Volatility,
    versions: Versions,
}

/// The server's own operators with two operands of this symbol.
pub(crate) fn operators(symbol: &str, version: u16) -> impl Iterator<Item = &'static Operator> {
    let all = OPERATORS.get(symbol).map_or(&[][..], Vec::as_slice);
    all.iter().filter(move |o| !o.left.is_empty() && o.versions.contain(version))
}

/// A type by the name in the table, `name[]` for an array.
fn operand(name: &'static str) -> DataType {
    match name.strip_suffix("[]") {
        Some(element) => DataType { array: true, ..DataType::own(element) },
        None => DataType::own(name),
    }
}

static OPERATORS: LazyLock<NameMap<Vec<Operator>>> = LazyLock::new(|| {
    let read = |written: &'static str| {
        let (written, versions) = versions(written);
        let (operands, result) = written.split_once('>')?;
        let (left, right) = operands.split_once(',')?;
        let (returns, volatility) = result.split_once(':').unwrap_or((result, "i"));
        let operands = [left, right].map(operand);
        Some(Operator { left, right, operands, returns, volatility: letter(volatility)?, versions })
    };
    let entries = entries(include_str!("builtin/operators.txt")).filter_map(|e| e.split_once(' '));
    entries.map(|(symbol, all)| (symbol, all.split_ascii_whitespace().filter_map(read).collect())).collect()
});

/// A cast of the server's own (`pg_cast`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BuiltinCast {
    to: &'static str,
    /// When it is applied.
    pub(crate) context: CastContext,
    /// The volatility of its function.
    pub(crate) volatility: Volatility,
    /// It has no function: the stored values are the same.
    pub(crate) binary: bool,
    versions: Versions,
}

/// When the server applies a cast that the statement does not write, weakest first (docs, `CREATE CAST`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CastContext {
    /// In any expression.
    Implicit,
    /// When a value is stored in a column.
    Assignment,
    /// Never: it has to be written.
    Explicit,
}

/// The server's own cast between two of its types.
pub(crate) fn cast(from: &str, to: &str, version: u16) -> Option<BuiltinCast> {
    CASTS.get(from)?.iter().find(|c| c.to == to && c.versions.contain(version)).copied()
}

static CASTS: LazyLock<NameMap<Vec<BuiltinCast>>> = LazyLock::new(|| {
    let read = |target: &'static str| {
        let (target, versions) = versions(target);
        let at = target.find(['*', '=', '!'])?;
        let (to, how) = target.split_at(at);
        let context = match how.get(..1)? {
            "*" => CastContext::Implicit,
            "=" => CastContext::Assignment,
            _ => CastContext::Explicit,
        };
        let volatility = letter(how.get(1..)?).unwrap_or(Volatility::Immutable);
        Some(BuiltinCast { to, context, volatility, binary: how.ends_with('b'), versions })
    };
    let casts = entries(include_str!("builtin/casts.txt")).filter_map(|e| e.split_once(':'));
    casts.map(|(from, targets)| (from, targets.split_whitespace().filter_map(read).collect())).collect()
});

/// Whether writing or reading a value of a type as text depends on a setting or on the catalog: the volatility of the
/// type's input and output function (`pg_type.typinput`, `typoutput`; those of types that are not listed are
/// immutable).
pub(crate) fn text_volatility(name: &str, version: u16) -> TextVolatility {
    let (input, output) = match name {
        "xml" | "time" | "timetz" => (Volatility::Stable, Volatility::Immutable),
        "interval" if version < 15 => (Volatility::Stable, Volatility::Immutable),
        "money" | "aclitem" | "date" | "timestamp" | "timestamptz" | "interval" | "record" => {
            (Volatility::Stable, Volatility::Stable)
        }
        name if name.starts_with("reg") || name.ends_with("range") => (Volatility::Stable, Volatility::Stable),
        _ => (Volatility::Immutable, Volatility::Immutable),
    };
    TextVolatility { input, output }
}

/// The volatility of a type's input and output functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextVolatility {
    /// From text.
    pub(crate) input: Volatility,
    /// To text.
    pub(crate) output: Volatility,
}

/// The server's own types: internal name and the version they came with (`pg_type`, PostgreSQL 18; arrays excepted).
const TYPES: &[&str] = &[
    "aclitem bit bool box bpchar bytea char cid cidr circle date daterange float4 float8 gtsvector inet int2 int2vector",
    "int4 int4range int8 int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money name numeric numrange",
    "oid oidvector path pg_dependencies pg_lsn pg_mcv_list pg_ndistinct pg_node_tree point polygon refcursor regclass",
    "regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype text tid time",
    "timestamp timestamptz timetz tsquery tsrange tstzrange tsvector txid_snapshot uuid varbit varchar xid xml",
    "pg_snapshot@13 regcollation@13 xid8@13",
    "datemultirange@14 int4multirange@14 int8multirange@14 nummultirange@14 tsmultirange@14 tstzmultirange@14",
    "pg_brin_bloom_summary@14 pg_brin_minmax_multi_summary@14 abstime@-11 reltime@-11 tinterval@-11 opaque@-12",
];

/// Types no column can have (docs, 8.21 "Pseudo-Types").
const PSEUDO_TYPES: &[&str] = &[
    "any anyarray anycompatible@13 anycompatiblearray@13 anycompatiblemultirange@14 anycompatiblenonarray@13",
    "anycompatiblerange@13 anyelement anyenum anymultirange@14 anynonarray anyrange cstring event_trigger fdw_handler",
    "index_am_handler internal language_handler pg_ddl_command record table_am_handler trigger tsm_handler unknown void",
];

fn read_types(lines: &[&'static str]) -> NameMap<Versions> {
    lines.iter().flat_map(|l| l.split_whitespace()).map(versions).collect()
}

/// Whether the server has a type of this internal name, pseudo-types included.
pub(crate) fn is_type(name: &str, version: u16) -> bool {
    static ALL: LazyLock<NameMap<Versions>> = LazyLock::new(|| {
        let mut all = read_types(TYPES);
        all.extend(read_types(PSEUDO_TYPES));
        all
    });
    ALL.get(name).is_some_and(|v| v.contain(version))
}

/// Whether a function of the server makes one value of many rows.
pub(crate) fn is_aggregate(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "any_value",
        "array_agg",
        "avg",
        "bit_and",
        "bit_or",
        "bit_xor",
        "bool_and",
        "bool_or",
        "count",
        "every",
        "json_agg",
        "json_object_agg",
        "jsonb_agg",
        "jsonb_object_agg",
        "max",
        "min",
        "mode",
        "percentile_cont",
        "percentile_disc",
        "range_agg",
        "stddev",
        "string_agg",
        "sum",
        "variance",
        "xmlagg",
    ];
    NAMES.contains(&name)
}

/// Whether this is the internal name of a pseudo-type.
pub(crate) fn is_pseudo_type(name: &str) -> bool {
    static PSEUDO: LazyLock<NameMap<Versions>> = LazyLock::new(|| read_types(PSEUDO_TYPES));
    PSEUDO.contains_key(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_read() {
        assert!(FUNCTIONS.len() > 2700, "{}", FUNCTIONS.len());
        let of = |name: &str, version| functions(name, version).map(|f| (f.returns, f.volatility)).collect::<Vec<_>>();
        assert_eq!(of("now", 16), [("timestamptz", Volatility::Stable)]);
        assert_eq!(of("gen_random_uuid", 16), [("uuid", Volatility::Volatile)]);
        assert_eq!(of("gen_random_uuid", 12), []);
        assert_eq!(of("uuidv7", 17), []);
        assert_eq!(of("uuidv7", 18), [("uuid", Volatility::Volatile)]);
        assert_eq!(of("pg_start_backup", 15), []);
        assert_eq!(of("date_trunc", 15).len(), 4);
        assert_eq!(of("left", 14), [("text", Volatility::Immutable)]);
    }

    #[test]
    fn extensions_are_read() {
        let crypto = extension("pgcrypto").expect("pgcrypto");
        assert_eq!(crypto.functions("gen_salt")[0].volatility, Volatility::Volatile);
        assert_eq!(crypto.functions("crypt")[0].returns, "text");
        assert!(extension("pg_trgm").is_some_and(|e| e.operator_classes.contains(&"gin.gin_trgm_ops") && !e.open));
        assert!(extension("postgis").is_some_and(|e| e.open && e.types.contains(&"geometry")));
        assert_eq!(extension("earthdistance").map(|e| &*e.requires), Some(&["cube"][..]));
        assert_eq!(extensions_of_type("citext"), ["citext"]);
    }

    #[test]
    fn types_have_versions() {
        assert!(is_type("int4multirange", 14) && !is_type("int4multirange", 13));
        assert!(is_type("trigger", 14) && is_pseudo_type("trigger") && !is_pseudo_type("text"));
    }
}
