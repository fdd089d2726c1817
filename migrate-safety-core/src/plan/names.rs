//! Names for what a plan adds for a time.

use crate::catalog::{Catalog, Resolved};
use crate::sql::name::truncate;
use crate::sql::{Ident, ObjectName};

/// A name in `schema` made of `parts` that no relation has; cut so that its ending stays.
pub(crate) fn relation(catalog: &Catalog, schema: &Ident, stem: &str, ending: &str) -> Ident {
    fresh(stem, ending, |name| {
        let name = ObjectName { schema: Some(schema.clone()), name: name.clone() };
        !matches!(catalog.resolve(&name), Resolved::Found(_))
    })
}

/// A name made of `stem` and `ending` that `is_free`; numbered if need be.
pub(crate) fn fresh(stem: &str, ending: &str, is_free: impl Fn(&Ident) -> bool) -> Ident {
    let numbered = (0u32..).map(|number| if number == 0 { ending.to_owned() } else { format!("{ending}{number}") });
    for ending in numbered.take(1000) {
        let name = Ident::exact(&format!("{}{ending}", truncate(stem, Ident::MAX_BYTES - ending.len())));
        if is_free(&name) {
            return name;
        }
    }
    Ident::exact(stem)
}

/// Whether a text has a name in it as a word of its own.
pub(crate) fn names_word(text: &str, name: &Ident) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name.as_str()).any(|(at, found)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
