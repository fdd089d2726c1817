//! Types and domains.

use super::text::{bare, default_value, literal};
use crate::catalog::{Catalog, DomainDef, TypeDef, TypeDefKind};
use crate::sql::ObjectName;

impl TypeDef {
    /// The name to write in a statement.
    pub(in crate::catalog) fn sql_name(&self) -> String {
        ObjectName { schema: Some(self.schema.clone()), name: self.name.clone() }.sql()
    }
}

impl Catalog {
    /// `CREATE TYPE` or `CREATE DOMAIN` without a semicolon; nothing for a base type, which is made of C functions.
    pub(in crate::catalog) fn type_sql(def: &TypeDef) -> Option<String> {
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
            TypeDefKind::Range(Some(subtype)) => format!("CREATE TYPE {name} AS RANGE (SUBTYPE = {subtype})"),
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
