//! Collations.

use super::Builder;
use crate::catalog::introspect::rows::CollationRow;
use crate::sql::Ident;
use crate::sql::name::literal;

impl Builder {
    pub(in crate::catalog::introspect) fn add_collations(&mut self, rows: Vec<CollationRow>) {
        for row in rows {
            let name = (Ident::exact(&row.schema), Ident::exact(&row.name));
            self.catalog.collations.insert(name, definition(&row).into());
        }
    }
}

/// What `CREATE COLLATION` says behind the name.
fn definition(row: &CollationRow) -> String {
    let mut options = vec![format!("provider = {}", provider(row.provider))];
    if !row.deterministic {
        options.push("deterministic = false".to_owned());
    }
    // Before 15, the one of ICU is kept as if it were the C library's.
    match (row.locale.as_ref(), row.collate.as_ref(), row.ctype.as_ref()) {
        (Some(locale), ..) => options.push(format!("locale = {}", literal(locale))),
        (None, Some(collate), Some(ctype)) if collate == ctype => {
            options.push(format!("locale = {}", literal(collate)));
        }
        (None, collate, ctype) => {
            let parts = [("lc_collate", collate), ("lc_ctype", ctype)];
            options.extend(parts.into_iter().filter_map(|(name, value)| Some(format!("{name} = {}", literal(value?)))));
        }
    }
    options.extend(row.rules.as_ref().map(|rules| format!("rules = {}", literal(rules))));
    format!("({})", options.join(", "))
}

fn provider(letter: char) -> &'static str {
    match letter {
        'i' => "icu",
        'b' => "builtin",
        'd' => "\"default\"",
        _ => "libc",
    }
}
