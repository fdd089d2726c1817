//! Objects that are only known to be there: collations, text search configurations, servers …

use super::super::Applied;
use crate::catalog::{Catalog, Object, RelationKind, TypeDefKind};
use crate::sql::operation::{NameChange, ObjectCommand};
use crate::sql::{Ident, ObjectName, Operation};
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
    /// `CREATE`, `ALTER` and `DROP` of such an object.
    pub(super) fn apply_other(&mut self, operation: &Operation, applied: &mut Applied) {
        let Operation::OtherObject { command, class, name, definition, change, if_not_exists, cascade, sql, .. } =
            operation
        else {
            return;
        };
        if *command == ObjectCommand::Create {
            self.own_operators |= matches!(&**class, "operator" | "cast");
        }
        let Some(name) = name else { return };
        match command {
            ObjectCommand::Create => {
                self.create_other(class, name, sql, *if_not_exists, applied);
                // Not followed, but its name is no longer that of nothing.
                if matches!(&**class, "aggregate" | "language") {
                    self.unknown_names.insert(name.name.clone());
                }
                if let Some(definition) = definition {
                    let name = self.new_name(name, applied);
                    self.collations.entry(name).or_insert_with(|| definition.clone());
                }
            }
            ObjectCommand::Alter => {
                if let Some(change) = change {
                    self.rename_other(class, name, change);
                }
            }
            ObjectCommand::Drop => {
                let settled = self.settled_collation(name);
                if &**class == "collation" && settled.schema.is_some() {
                    self.drop_objects(&[Object::Collation(settled)], *cascade, applied);
                } else {
                    self.drop_other(class, name);
                }
            }
        }
    }

    /// `ALTER … RENAME TO` and `SET SCHEMA`.
    fn rename_other(&mut self, class: &str, name: &ObjectName, change: &NameChange) {
        let changed = |from: &ObjectName| match change {
            NameChange::Rename(to) => ObjectName { schema: from.schema.clone(), name: to.clone() },
            NameChange::Schema(to) => ObjectName { schema: Some(to.clone()), name: from.name.clone() },
        };
        match (class, change) {
            ("extension", NameChange::Schema(to)) => {
                if let Some(extension) = self.extensions.get_mut(&name.name) {
                    extension.schema = Some(to.clone());
                }
            }
            ("collation", _) => {
                let from = self.settled_collation(name);
                self.rename_collation(&from, &changed(&from));
            }
            _ => {}
        }
        let Some(from) = self.name_of_other(class, name) else { return };
        if let Some(others) = &mut self.others
            && others.remove(&(class.into(), from.clone())).is_some()
        {
            // The statement that made it gives it another name.
            others.insert((class.into(), changed(&from)), Box::default());
        }
    }

    /// Gives a collation another name, wherever it is used.
    fn rename_collation(&mut self, from: &ObjectName, to: &ObjectName) {
        let (Some(old), Some(new)) = (&from.schema, &to.schema) else { return };
        let key = (old.clone(), from.name.clone());
        let Some(definition) = self.collations.remove(&key) else { return };
        self.collations.insert((new.clone(), to.name.clone()), definition);
        self.recollate(&mut |collation| {
            if collation == from {
                *collation = to.clone();
            }
        });
    }

    /// Changes the name of every collation that a column, index or domain has.
    fn recollate(&mut self, change: &mut dyn FnMut(&mut ObjectName)) {
        self.relations.for_each_mut(|relation| match &mut relation.kind {
            RelationKind::Table(table) => {
                table.columns.iter_mut().filter_map(|column| column.collation.as_deref_mut()).for_each(&mut *change);
            }
            RelationKind::Index(index) => {
                index.keys.iter_mut().filter_map(|key| key.collation.as_mut()).for_each(&mut *change);
            }
            RelationKind::View(_) | RelationKind::Sequence(_) | RelationKind::Composite => {}
        });
        self.types.for_each_mut(|def| {
            if let TypeDefKind::Domain(domain) = &mut def.kind {
                domain.collation.iter_mut().for_each(&mut *change);
            }
        });
    }

    /// What is in a schema follows it to its new name.
    pub(super) fn move_others(&mut self, from: &Ident, to: &Ident) {
        let collations: Vec<Ident> =
            self.collations.keys().filter(|(schema, _)| schema == from).map(|(_, name)| name.clone()).collect();
        for name in collations {
            let named = |schema: &Ident| ObjectName::qualified(schema.clone(), name.clone());
            self.rename_collation(&named(from), &named(to));
        }
        let moved = |name: ObjectName| match &name.schema {
            Some(schema) if schema == from => ObjectName { schema: Some(to.clone()), ..name },
            _ => name,
        };
        self.others = self
            .others
            .take()
            .map(|others| others.into_iter().map(|((class, name), sql)| ((class, moved(name)), sql)).collect());
        for extension in self.extensions.values_mut().filter(|extension| extension.schema.as_ref() == Some(from)) {
            extension.schema = Some(to.clone());
        }
    }

    /// What is in a schema goes with it.
    pub(super) fn forget_others(&mut self, schema: &Ident) {
        self.collations.retain(|(of, _), _| of != schema);
        if let Some(others) = &mut self.others {
            others.retain(|(_, name), _| name.schema.as_ref() != Some(schema));
        }
    }

    /// `CREATE` of an object that nothing more is known of.
    fn create_other(&mut self, class: &str, name: &ObjectName, sql: &str, if_not_exists: bool, applied: &mut Applied) {
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
    fn drop_other(&mut self, class: &str, name: &ObjectName) {
        let Some(name) = self.name_of_other(class, name) else { return };
        if let Some(others) = &mut self.others {
            others.remove(&(class.into(), name));
        }
    }

    /// A collation goes, by its full name.
    pub(super) fn forget_collation(&mut self, name: &ObjectName) {
        if let Some(schema) = &name.schema {
            self.collations.remove(&(schema.clone(), name.name.clone()));
        }
        if let Some(others) = &mut self.others {
            others.remove(&("collation".into(), name.clone()));
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
