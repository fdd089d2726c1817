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
