//! SQL that makes the actual schema what is expected.

mod alter;
mod create;
mod drop;
mod numbers;
mod types;

use super::describe::{Aspect, Described};
use super::{ObjectKind, object_of};
use crate::catalog::Catalog;
use crate::catalog::render::text::literal;

/// Writes statements for differences between two catalogs.
pub(super) struct Repair<'c> {
    pub(super) expected: &'c Catalog,
    pub(super) actual: &'c Catalog,
}

impl Repair<'_> {
    /// Statements that make `found` what is `wanted`. Nothing where the catalogs do not hold enough to write them.
    pub(super) fn sql(
        &self,
        kind: ObjectKind,
        wanted: Option<&Described>,
        found: Option<&Described>,
        aspects: &[(&Aspect, &Aspect)],
    ) -> Vec<String> {
        match (object_of(wanted), object_of(found)) {
            (Some(wanted), None) => self.create(wanted),
            (None, Some(found)) => self.drop(found).into_iter().collect(),
            (Some(wanted), Some(found)) => {
                let aspects: Vec<&str> = aspects.iter().map(|(aspect, _)| aspect.name).collect();
                self.alter(wanted, found, &aspects)
            }
            (None, None) => match (kind, wanted, found) {
                (ObjectKind::Statistics, None, Some(found)) => vec![format!("DROP STATISTICS {}", found.name)],
                // The class is a part of the name.
                (ObjectKind::Other, None, Some(found)) => vec![format!("DROP {}", found.name)],
                (_, Some(wanted), None) => made(wanted),
                // They have no `ALTER` for what they are about.
                (ObjectKind::Statistics, Some(wanted), Some(found)) => {
                    let mut statements = vec![format!("DROP STATISTICS {}", found.name)];
                    statements.extend(made(wanted));
                    statements
                }
                _ => Vec::new(),
            },
        }
    }
}

/// The statement that made an object, if it is known.
fn made(wanted: &Described) -> Vec<String> {
    wanted.sql.iter().filter(|sql| !sql.is_empty()).map(ToString::to_string).collect()
}

/// `COMMENT ON words IS 'text'`; without a text it is taken away.
fn comment(words: &str, text: Option<&str>) -> String {
    format!("COMMENT ON {words} IS {}", text.map_or("NULL".to_owned(), literal))
}
