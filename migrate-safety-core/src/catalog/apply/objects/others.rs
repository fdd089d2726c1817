//! Objects that are only known to be there: collations, text search configurations, servers …

use super::super::Applied;
use crate::catalog::Catalog;
use crate::sql::ObjectName;
use std::collections::btree_map::Entry;

/// Classes whose objects have a schema.
const IN_SCHEMA: [&str; 6] = [
    "collation",
    "conversion",
    "text search configuration",
    "text search dictionary",
    "text search parser",
    "text search template",
];

/// Classes whose objects have a name of their own in the database.
const IN_DATABASE: [&str; 4] = ["event trigger", "foreign data wrapper", "server", "access method"];

impl Catalog {
    /// `CREATE` of an object that nothing more is known of.
    pub(super) fn create_other(
        &mut self,
        class: &str,
        name: &ObjectName,
        sql: &str,
        if_not_exists: bool,
        applied: &mut Applied,
    ) {
        let Some(name) = self.name_of_other(class, name) else { return };
        let Some(others) = &mut self.others else { return };
        match others.entry((class.into(), name)) {
            Entry::Vacant(free) => drop(free.insert(sql.into())),
            Entry::Occupied(taken) if !if_not_exists => {
                applied.conflict("42710", format!("{class} \"{}\" already exists", taken.key().1.name));
            }
            Entry::Occupied(_) => {}
        }
    }

    /// `DROP` of such an object. One that is not known may be the server's own.
    pub(super) fn drop_other(&mut self, class: &str, name: &ObjectName) {
        let Some(name) = self.name_of_other(class, name) else { return };
        if let Some(others) = &mut self.others {
            others.remove(&(class.into(), name));
        }
    }

    /// The full name of an object of a class of which objects are noted.
    fn name_of_other(&self, class: &str, name: &ObjectName) -> Option<ObjectName> {
        if IN_DATABASE.contains(&class) {
            return Some(name.clone());
        }
        let schema = name.schema.clone().unwrap_or_else(|| self.creation_schema());
        IN_SCHEMA.contains(&class).then(|| ObjectName { schema: Some(schema), name: name.name.clone() })
    }
}
