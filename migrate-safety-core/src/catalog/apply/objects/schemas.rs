//! Schemas, extensions and the search path.

use super::Applied;
use crate::catalog::types::missing_schema;
use crate::catalog::{Catalog, Conflict, Extension, Object, RelationId, Stamp, TEMP_SCHEMA, builtin, is_system_schema};
use crate::sql::Ident;

impl Catalog {
    /// `CREATE SCHEMA`.
    pub(super) fn create_schema(&mut self, name: &Ident, if_not_exists: bool, now: Stamp, applied: &mut Applied) {
        let message = format!("schema \"{name}\" already exists");
        if name.starts_with("pg_") {
            let detail = vec!["The prefix \"pg_\" is reserved for system schemas.".to_owned()];
            let message = format!("unacceptable schema name \"{name}\"");
            applied.conflicts.push(Conflict { detail, ..Conflict::new("42939", message) });
        } else if !self.schemas.contains_key(name) {
            self.schemas.insert(name.clone(), now);
        } else if if_not_exists {
            applied.notice(format!("{message}, skipping"));
        } else {
            applied.conflict("42P06", message);
        }
    }

    /// `DROP SCHEMA`.
    pub(super) fn drop_schemas(&mut self, names: &[Ident], if_exists: bool, cascade: bool, applied: &mut Applied) {
        let mut roots = Vec::new();
        for name in names {
            if self.schemas.contains_key(name) {
                roots.push(Object::Schema(name.clone()));
            } else if is_system_schema(name) {
                let message = format!("cannot drop schema {name} because it is required by the database system");
                return applied.conflict("2BP01", message);
            } else if self.may_exist(name) {
            } else if if_exists {
                applied.notice(format!("schema \"{name}\" does not exist, skipping"));
            } else {
                return applied.conflicts.push(missing_schema(name));
            }
        }
        self.drop_objects(&roots, cascade, applied);
    }

    /// `ALTER SCHEMA … RENAME TO`.
    pub(super) fn rename_schema(&mut self, name: &Ident, to: &Ident, applied: &mut Applied) {
        if !self.schemas.contains_key(name) {
            return applied.conflicts.extend(self.schema_problem(name));
        }
        if self.schemas.contains_key(to) {
            return applied.conflict("42P06", format!("schema \"{to}\" already exists"));
        }
        if let Some(created) = self.schemas.remove(name) {
            self.schemas.insert(to.clone(), created);
        }
        let relations: Vec<(RelationId, Ident)> =
            self.relations().filter(|r| r.schema == *name).map(|r| (r.id, r.name.clone())).collect();
        for (id, relation) in relations {
            let is_sequence = self.relation(id).is_some_and(|r| r.sequence().is_some());
            let defaults = if is_sequence { self.defaults_naming(id) } else { Vec::new() };
            self.rename_in_views(id, to, &relation);
            self.move_relation(id, to.clone(), relation.clone());
            self.rename_in_defaults(&defaults, to, &relation);
        }
        let moved = |schema: &mut Ident| {
            if schema == name {
                *schema = to.clone();
            }
        };
        self.types.for_each_mut(|t| moved(&mut t.schema));
        self.routines.for_each_mut(|r| moved(&mut r.schema));
        let types = std::mem::take(&mut self.type_names);
        self.type_names = types.iter().map(|((s, n), id)| (renamed(s.clone(), name, to, n.clone()), *id)).collect();
        let routines = std::mem::take(&mut self.routine_names);
        self.routine_names =
            routines.iter().map(|((s, n), ids)| (renamed(s.clone(), name, to, n.clone()), ids.clone())).collect();
        self.retype(&mut |data_type| {
            if data_type.schema.as_ref() == Some(name) {
                data_type.schema = Some(to.clone());
            }
        });
        self.rename_schema_in_texts(name, to);
        self.move_comment(&Object::Schema(name.clone()), Object::Schema(to.clone()));
        self.move_statistics(name, to);
        self.move_others(name, to);
    }

    /// `CREATE EXTENSION`.
    pub(super) fn create_extension(
        &mut self,
        name: &Ident,
        if_not_exists: bool,
        schema: Option<&Ident>,
        cascade: bool,
        now: Stamp,
        applied: &mut Applied,
    ) {
        let message = format!("extension \"{name}\" already exists");
        if self.has_extension(name) {
            match if_not_exists {
                true => applied.notice(format!("{message}, skipping")),
                false => applied.conflict("42710", message),
            }
            return;
        }
        applied.conflicts.extend(schema.and_then(|s| self.schema_problem(s)));
        for required in builtin::extension(name).map_or(&[][..], |e| &e.requires) {
            let required = Ident::exact(required);
            if self.has_extension(&required) {
                continue;
            }
            if cascade {
                applied.notice(format!("installing required extension \"{required}\""));
                self.create_extension(&required, true, schema, true, now, applied);
            } else if self.complete {
                applied.conflict("42704", format!("required extension \"{required}\" is not installed"));
            }
        }
        self.extensions.insert(name.clone(), Extension { created: now, schema: schema.cloned() });
    }

    /// Whether an extension is installed; the procedural language comes with each database.
    fn has_extension(&self, name: &Ident) -> bool {
        self.extensions.contains_key(name) || *name == *"plpgsql"
    }

    /// `DROP EXTENSION`.
    pub(super) fn drop_extensions(&mut self, names: &[Ident], if_exists: bool, cascade: bool, applied: &mut Applied) {
        let mut roots = Vec::new();
        for name in names {
            if self.extensions.contains_key(name) {
                roots.push(Object::Extension(name.clone()));
            } else if self.has_extension(name) || !self.complete {
            } else if if_exists {
                applied.notice(format!("extension \"{name}\" does not exist, skipping"));
            } else {
                return applied.conflict("42704", format!("extension \"{name}\" does not exist"));
            }
        }
        self.drop_objects(&roots, cascade, applied);
    }

    /// `SET search_path`; the schema that has the name of the user is left out, for who that is, is not known.
    pub(super) fn set_search_path(&mut self, value: Option<&str>) {
        let Some(value) = value else {
            self.search_path = vec![Ident::exact("public")];
            return;
        };
        self.search_path = search_path(value);
    }
}

fn renamed(schema: Ident, from: &Ident, to: &Ident, name: Ident) -> (Ident, Ident) {
    (if schema == *from { to.clone() } else { schema }, name)
}

/// Reads a list of schemas: `app, "My schema", public`.
fn search_path(value: &str) -> Vec<Ident> {
    let mut schemas = Vec::new();
    let mut rest = value.trim_start();
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix(['"', '\'']) {
            Some(quoted) => {
                let quote = if rest.starts_with('"') { '"' } else { '\'' };
                let (name, after) = quoted.split_once(quote).unwrap_or((quoted, ""));
                (Ident::exact(name), after.split_once(',').map_or("", |(_, after)| after))
            }
            None => {
                let (name, after) = rest.split_once(',').unwrap_or((rest, ""));
                (Ident::folded(name.trim_end()), after)
            }
        };
        if !name.is_empty() && name != *"$user" && name != *"pg_catalog" && name != *TEMP_SCHEMA {
            schemas.push(name);
        }
        rest = after.trim_start();
    }
    schemas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_paths_are_read() {
        let cases: [(&str, &[&str]); 7] = [
            ("app", &["app"]),
            ("\"$user\", public", &["public"]),
            ("App, \"My App\",public", &["app", "My App", "public"]),
            ("'a', 'b'", &["a", "b"]),
            ("pg_catalog, x", &["x"]),
            ("", &[]),
            ("''", &[]),
        ];
        for (value, expected) in cases {
            let read = search_path(value);
            assert_eq!(read.iter().map(Ident::as_str).collect::<Vec<_>>(), expected, "{value}");
        }
    }
}
