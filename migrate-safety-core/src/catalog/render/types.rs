//! Types and domains.

use super::text::{bare, default_value, literal};
use crate::catalog::types::multirange_name;
use crate::catalog::{Catalog, DomainDef, TypeDef, TypeDefKind};
use crate::sql::{Ident, ObjectName};

impl TypeDef {
    /// The name to write in a statement.
    pub(crate) fn sql_name(&self) -> String {
        ObjectName { schema: Some(self.schema.clone()), name: self.name.clone() }.sql()
    }
}

impl TypeDef {
    /// What the server calls the multirange of a range that says nothing about it.
    fn usual_multirange(&self) -> ObjectName {
        ObjectName::qualified(self.schema.clone(), multirange_name(&self.name))
    }
}

impl Catalog {
    /// The multirange of a range, where its server has them (PostgreSQL 14).
    pub(in crate::catalog) fn multirange_of(&self, def: &TypeDef) -> Option<ObjectName> {
        let other = |(schema, name): &&(Ident, Ident)| *schema != def.schema || *name != def.name;
        let names = self.type_names.iter().filter(|(_, id)| **id == def.id).map(|(key, _)| key);
        names.filter(other).map(|(schema, name)| ObjectName::qualified(schema.clone(), name.clone())).next()
    }

    /// `CREATE TYPE` or `CREATE DOMAIN` without a semicolon; nothing for a base type, which is made of C functions.
    pub(in crate::catalog) fn type_sql(&self, def: &TypeDef) -> Option<String> {
        let name = def.sql_name();
        Some(match &def.kind {
            TypeDefKind::Enum(labels) => {
                let labels: Vec<String> = labels.iter().map(|(label, _)| literal(label)).collect();
                format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
            }
            TypeDefKind::Composite(attributes) => {
                let attributes: Vec<String> =
                    attributes.iter().map(|(name, data_type)| format!("{} {data_type}", name.sql())).collect();
                format!("CREATE TYPE {name} AS ({})", attributes.join(", "))
            }
            TypeDefKind::Range(Some(subtype)) => {
                let multirange = self.multirange_of(def).filter(|multirange| *multirange != def.usual_multirange());
                let multirange = multirange.map(|name| format!(", MULTIRANGE_TYPE_NAME = {}", name.sql()));
                format!("CREATE TYPE {name} AS RANGE (SUBTYPE = {subtype}{})", multirange.unwrap_or_default())
            }
            TypeDefKind::Domain(domain) => domain_sql(&name, domain),
            TypeDefKind::Range(None) | TypeDefKind::Base => return None,
        })
    }
}

fn domain_sql(name: &str, domain: &DomainDef) -> String {
    let mut sql = format!("CREATE DOMAIN {name} AS {}", domain.base);
    if let Some(collation) = &domain.collation {
        sql = format!("{sql} COLLATE {}", collation.sql());
    }
    if let Some(default) = &domain.default {
        sql = format!("{sql} DEFAULT {}", default_value(default));
    }
    if domain.not_null {
        sql.push_str(" NOT NULL");
    }
    // A new domain's checks would count as valid.
    for (name, check, _) in domain.checks.iter().filter(|(.., valid)| *valid) {
        sql = format!("{sql} CONSTRAINT {} CHECK ({})", name.sql(), bare(check));
    }
    sql
}
