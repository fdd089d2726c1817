//! Prints a catalog in the form that a query over the server's catalogs gives, to compare the two.

use crate::catalog::testing::replay;
use crate::catalog::*;
use crate::dialect::Target;

#[test]
fn dump_for_comparison() {
    let Ok(path) = std::env::var("MS_SCRIPT") else { return };
    let version: u16 = std::env::var("MS_VERSION").unwrap_or("16".into()).parse().unwrap();
    let script = std::fs::read_to_string(path).unwrap();
    let mut catalog = Catalog::new(Target::postgres(version), true);
    let mut out = String::new();
    let script_statements = crate::sql::parse(catalog.target(), &script).statements;
    for (at, statement) in script_statements.iter().enumerate() {
        let before = catalog.clone();
        let text = &script[statement.span.range()];
        if !statement.problems.is_empty() {
            out += &format!("ERR {at} unread {:?}\n", statement.problems[0].message);
            continue;
        }
        let (_, applied) = replay(&mut catalog, text).remove(0);
        if let Some(c) = applied.conflicts.iter().find(|c| !c.only_with_rows) {
            out += &format!("ERR {} {} {}\n", at, c.sqlstate, c.message);
            catalog = before;
        }
    }
    for r in catalog.relations() {
        let q = r.qualified();
        match &r.kind {
            RelationKind::Table(t) => {
                for (n, c) in t.columns.iter().enumerate() {
                    let seq =
                        c.sequence.and_then(|s| catalog.relation(s)).map(|r| r.name.to_string()).unwrap_or_default();
                    let _ = n;
                    let mut ty = c.data_type.clone();
                    if ty.schema.as_deref() == Some("public") {
                        ty.schema = None;
                    }
                    out += &format!(
                        "COL {q} {} {} {} nn={} def={} gen={} id={} inh={} local={} seq={}\n",
                        c.id.0,
                        c.name,
                        ty,
                        c.not_null,
                        c.default.is_some(),
                        c.generated.is_some(),
                        c.identity.map_or("", |a| if a { "a" } else { "d" }),
                        c.inherited,
                        c.local,
                        seq
                    );
                }
                for k in &t.constraints {
                    let cols = |ids: &[ColumnId]| {
                        let mut v: Vec<_> = ids
                            .iter()
                            .map(|i| t.column_by_id(*i).map_or("?".to_string(), |c| c.name.to_string()))
                            .collect();
                        v.sort();
                        v.join(",")
                    };
                    let what = match &k.kind {
                        ConstraintKind::NotNull { column } => format!("n {}", cols(&[*column])),
                        ConstraintKind::Check { columns, .. } => format!("c {}", cols(columns)),
                        ConstraintKind::Unique { primary, columns, index } => format!(
                            "{} {} idx={}",
                            if *primary { "p" } else { "u" },
                            cols(columns),
                            catalog.relation(*index).unwrap().name
                        ),
                        ConstraintKind::ForeignKey(f) => format!(
                            "f {} -> {} {}",
                            cols(&f.columns),
                            catalog.relation(f.table).unwrap().qualified(),
                            f.index.map_or("".into(), |i| catalog.relation(i).unwrap().name.to_string())
                        ),
                        ConstraintKind::Exclude { index, .. } => {
                            format!("x idx={}", catalog.relation(*index).unwrap().name)
                        }
                    };
                    let find_name = |p: ConstraintId| {
                        catalog
                            .relations()
                            .filter_map(|r| r.table())
                            .flat_map(|t| &t.constraints)
                            .find(|c| c.id == p)
                            .map_or("?".to_string(), |c| c.name.to_string())
                    };
                    let parent = k.parent.map(find_name).unwrap_or_default();
                    out += &format!(
                        "CON {q} {} {what} valid={} defer={}{} noinh={} inh={} local={} parent={parent}\n",
                        k.name, k.valid, k.deferrable, k.initially_deferred, k.no_inherit, k.inherited, k.local
                    );
                }
                for p in t.partition_of.iter().map(|p| &p.0).chain(&t.inherits) {
                    out += &format!(
                        "INH {q} {} part={}\n",
                        catalog.relation(*p).unwrap().qualified(),
                        t.partition_of.is_some()
                    );
                }
                let mut trg: Vec<_> = t.triggers.iter().map(|t| t.name.to_string()).collect();
                trg.sort();
                for t in trg {
                    out += &format!("TRG {q} {t}\n");
                }
            }
            RelationKind::Index(i) => {
                let t = catalog.relation(i.table).unwrap();
                let keys: Vec<String> = i
                    .keys
                    .iter()
                    .map(|k| {
                        k.column.map_or("<expr>".into(), |c| {
                            catalog.column(i.table, c).map_or_else(
                                || {
                                    catalog.relation(i.table).and_then(|r| r.view()).map_or("?".into(), |v| {
                                        v.columns.get(c.0 as usize - 1).map_or("?".to_string(), |c| c.name.to_string())
                                    })
                                },
                                |c| c.name.to_string(),
                            )
                        }) + if k.descending { " desc" } else { "" }
                            + if k.nulls_first { " nf" } else { "" }
                    })
                    .collect();
                let inc: Vec<String> = i
                    .include
                    .iter()
                    .map(|c| {
                        catalog.column(i.table, *c).map_or_else(
                            || {
                                catalog.relation(i.table).and_then(|r| r.view()).map_or("?".into(), |v| {
                                    v.columns.get(c.0 as usize - 1).map_or("?".to_string(), |c| c.name.to_string())
                                })
                            },
                            |c| c.name.to_string(),
                        )
                    })
                    .collect();
                out += &format!(
                    "IDX {q} on {} {} unique={} valid={} keys={} inc={} pred={} parent={} clus={}\n",
                    t.qualified(),
                    i.method,
                    i.unique,
                    i.valid,
                    keys.join(","),
                    inc.join(","),
                    i.predicate.is_some(),
                    i.parent.map_or("".into(), |p| catalog.relation(p).unwrap().name.to_string()),
                    i.clustered
                );
            }
            RelationKind::Sequence(s) => {
                let own = s.owned_by.map_or("".into(), |(t, c)| {
                    format!("{}.{}", catalog.relation(t).unwrap().name, catalog.column(t, c).unwrap().name)
                });
                out += &format!("SEQ {q} {} own={own}\n", s.data_type);
            }
            _ => {}
        }
    }
    std::fs::write(std::env::var("MS_OUT").unwrap(), out).unwrap();
}
