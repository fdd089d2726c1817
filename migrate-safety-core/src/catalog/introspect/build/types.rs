//! Types and domains.

use super::{Builder, object_name};
use crate::catalog::introspect::rows::TypeRow;
use crate::catalog::{DomainDef, Stamp, TypeDef, TypeDefKind, TypeId};
use crate::sql::{DataType, Ident, ObjectName};

impl Builder {
    /// Types; those of relations' rows come with the relations.
    pub(in crate::catalog::introspect) fn add_types(&mut self, rows: Vec<TypeRow>) {
        // A type may be made of one that was made after it.
        for row in &rows {
            let id = TypeId(self.catalog.fresh_id());
            let (schema, name) = (Ident::exact(&row.schema), Ident::exact(&row.name));
            self.types.insert(row.oid, id);
            self.catalog.type_names.insert((schema.clone(), name.clone()), id);
            if let Some(multirange) = &row.multirange {
                let ObjectName { schema: of, name } = object_name(multirange);
                self.catalog.type_names.insert((of.unwrap_or_else(|| schema.clone()), name), id);
            }
            let kind = TypeDefKind::Base;
            self.catalog.types.insert(id, TypeDef { id, schema, name, created: Stamp::BEFORE, kind });
        }
        for row in rows {
            let kind = self.type_kind(&row);
            let id = self.types.get(&row.oid);
            if let Some(def) = id.and_then(|id| self.catalog.types.get_mut(id)) {
                def.kind = kind;
            }
            if row.kind == 'c'
                && let Some(id) = id
            {
                self.composites.insert(row.relation, *id);
            }
        }
    }

    fn type_kind(&mut self, row: &TypeRow) -> TypeDefKind {
        match row.kind {
            'e' => {
                let labels = row.labels.iter().flatten();
                TypeDefKind::Enum(labels.map(|label| (label.as_str().into(), Stamp::BEFORE)).collect())
            }
            'd' => TypeDefKind::Domain(DomainDef {
                base: row.base.as_deref().map_or(DataType::builtin("text"), |base| self.data_type(base)),
                collation: row.collation.as_ref().map(object_name),
                not_null: row.not_null,
                default: row.expression.as_deref().map(|sql| self.expression(&row.name, sql)),
                checks: Vec::new(),
            }),
            'r' => TypeDefKind::Range(row.subtype.as_deref().map(|subtype| self.data_type(subtype))),
            'c' => TypeDefKind::Composite(Vec::new()),
            _ => TypeDefKind::Base,
        }
    }
}
