//! What is read is what was written, and no bytes do harm.

use super::{Codec, Writer};
use crate::catalog::Catalog;
use crate::check::replay;
use crate::rules::RULES;
use crate::sql::Expr;

/// The schemas before and after every sample of a rule.
fn catalogs() -> Vec<Catalog> {
    let samples = RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good));
    let mut catalogs: Vec<Catalog> = samples
        .map(|sample| {
            let (set, config) = sample.load();
            replay(&set, &config)
        })
        .collect();
    #[cfg(feature = "plan")]
    catalogs.extend(crate::plan::RECIPES.iter().flat_map(|recipe| recipe.samples).map(|sample| {
        let set = crate::MigrationSet::from_text("1_schema.sql", sample.before, crate::Layout::Sqlx);
        replay(&set, &crate::Config::default())
    }));
    catalogs
}

#[test]
fn what_is_read_is_what_was_written() {
    let catalogs = catalogs();
    assert!(catalogs.len() > 200);
    for catalog in catalogs {
        let bytes = catalog.to_bytes().unwrap();
        let read = Catalog::from_bytes(&bytes).unwrap();
        assert_eq!(format!("{read:?}"), format!("{catalog:?}"));
        assert_eq!(read.to_bytes().unwrap(), bytes);
    }
}

#[test]
fn no_bytes_do_harm() {
    let catalog = catalogs().into_iter().find(|catalog| catalog.relations().count() > 2).unwrap();
    let good = catalog.to_bytes().unwrap();
    for at in 0..good.len() {
        assert!(Catalog::from_bytes(&good[..at]).is_none(), "cut at {at}");
        for other in [good[at] ^ (1 << (at % 8)), 0xff] {
            let mut bad = good.clone();
            bad[at] = other;
            // Whatever comes of it, it comes.
            let _ = Catalog::from_bytes(&bad);
        }
    }
}

#[test]
fn what_lies_too_deep_is_not_written() {
    for (depth, written) in [(200, true), (1000, false)] {
        let expr = (0..depth).fold(Expr::Null, |inner, _| Expr::Not(Box::new(inner)));
        let mut out = Writer::new();
        expr.write(&mut out);
        assert_eq!(out.finish().is_some(), written, "{depth}");
    }
}
