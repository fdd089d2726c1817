//! Domains.

use super::Applied;
use crate::catalog::types::FoundType;
use crate::catalog::{Catalog, Conflict, DomainDef, Stamp, TypeDefKind, TypeId};
use crate::sql::expr::Expression;
use crate::sql::operation::{AlterDomain, DomainConstraint};
use crate::sql::{DataType, Ident, ObjectName};

/// `CREATE DOMAIN`.
pub(super) struct NewDomain<'o> {
    pub(super) name: &'o ObjectName,
    pub(super) data_type: &'o DataType,
    pub(super) collation: Option<&'o ObjectName>,
    pub(super) default: Option<&'o Expression>,
    pub(super) constraints: &'o [DomainConstraint],
}

impl Catalog {
    /// `CREATE DOMAIN`.
    pub(super) fn create_domain(&mut self, domain: &NewDomain<'_>, now: Stamp, applied: &mut Applied) {
        let (schema, name) = self.new_name(domain.name, applied);
        if let Some(clash) = self.type_clash(&schema, &name) {
            return applied.conflicts.push(clash);
        }
        applied.conflicts.extend(self.type_problem(domain.data_type));
        if self.is_pseudo_type(domain.data_type) {
            let message = format!("\"{}\" is not a valid base type for a domain", domain.data_type);
            applied.conflict("42804", message);
        }
        let base = self.settled_type(domain.data_type);
        let default = self.stored_default(&base, domain.default);
        let def = DomainDef {
            base,
            collation: domain.collation.map(|name| self.settled_collation(name)),
            not_null: false,
            default,
            checks: Vec::new(),
        };
        let id = self.add_type(schema, name, TypeDefKind::Domain(def), now);
        for constraint in domain.constraints {
            self.add_domain_constraint(id, constraint, applied);
        }
    }

    /// `ALTER DOMAIN`.
    pub(super) fn alter_domain(&mut self, name: &ObjectName, action: &AlterDomain, applied: &mut Applied) {
        match action {
            AlterDomain::Rename { to } => return self.rename_type(name, true, to, applied),
            AlterDomain::SetSchema { schema } => return self.move_type(name, true, schema, applied),
            _ => {}
        }
        let Some(found) = self.existing_type(name, applied) else { return };
        let id = match found {
            FoundType::Defined(id) => Some(id),
            _ => None,
        };
        let Some(id) = id.filter(|id| self.domain_mut(*id).is_some()) else {
            return applied.conflict("42809", format!("{name} is not a domain"));
        };
        let proves = match action {
            AlterDomain::NotNull(not_null) => *not_null,
            AlterDomain::AddConstraint(constraint) => !constraint.not_valid,
            AlterDomain::ValidateConstraint { .. } => true,
            _ => false,
        };
        if let Some(conflict) = proves.then(|| self.contained_use(id, &name.name)).flatten() {
            return applied.conflicts.push(conflict);
        }
        let Some(domain) = self.domain_mut(id) else { return };
        let of = |constraint: &Ident| format!("constraint \"{constraint}\" of domain \"{}\" does not exist", name.name);
        match action {
            AlterDomain::Default(default) => {
                let base = domain.base.clone();
                let stored = self.stored_default(&base, default.as_ref());
                if let Some(domain) = self.domain_mut(id) {
                    domain.default = stored;
                }
            }
            AlterDomain::NotNull(not_null) => domain.not_null = *not_null,
            AlterDomain::AddConstraint(constraint) => self.add_domain_constraint(id, constraint, applied),
            AlterDomain::DropConstraint { name: constraint, if_exists, .. } => {
                let before = domain.checks.len();
                domain.checks.retain(|(n, ..)| n != constraint);
                let not_null = domain.not_null && *constraint == not_null_name(&name.name);
                if not_null {
                    domain.not_null = false;
                } else if domain.checks.len() == before {
                    match if_exists {
                        true => applied.notice(format!("{}, skipping", of(constraint))),
                        false => applied.conflict("42704", of(constraint)),
                    }
                }
            }
            AlterDomain::ValidateConstraint { name: constraint } => {
                match domain.checks.iter_mut().find(|(n, ..)| n == constraint) {
                    Some((.., valid)) => *valid = true,
                    None => applied.conflict("42704", of(constraint)),
                }
            }
            AlterDomain::RenameConstraint { name: constraint, to } => {
                let taken = domain.checks.iter().any(|(n, ..)| n == to);
                match domain.checks.iter_mut().find(|(n, ..)| n == constraint) {
                    Some(_) if taken => {
                        let message = format!("constraint \"{to}\" for domain {name} already exists");
                        applied.conflict("42710", message);
                    }
                    Some((n, ..)) => *n = to.clone(),
                    None if *constraint == not_null_name(&name.name) => {}
                    None => {
                        let message = format!("constraint \"{constraint}\" for domain {name} does not exist");
                        applied.conflict("42704", message);
                    }
                }
            }
            AlterDomain::Rename { .. } | AlterDomain::SetSchema { .. } | AlterDomain::Other => {}
        }
    }

    /// Why values of a domain cannot be held to something new: they stand in arrays, which the server does not look into.
    fn contained_use(&self, id: TypeId, name: &Ident) -> Option<Conflict> {
        let holds = |t: &DataType| t.array && self.find_type(t.schema.as_ref(), &t.name) == FoundType::Defined(id);
        let mut columns =
            self.relations().filter_map(|r| Some((r, r.table()?.columns.iter().find(|c| holds(&c.data_type))?)));
        let (relation, column) = columns.next()?;
        let message =
            format!("cannot alter type \"{name}\" because column \"{}.{}\" uses it", relation.name, column.name);
        Some(Conflict::new("0A000", message))
    }

    fn domain_mut(&mut self, id: TypeId) -> Option<&mut DomainDef> {
        match &mut self.types.get_mut(&id)?.kind {
            TypeDefKind::Domain(domain) => Some(domain),
            _ => None,
        }
    }

    fn add_domain_constraint(&mut self, id: TypeId, constraint: &DomainConstraint, applied: &mut Applied) {
        let Some(domain_name) = self.types.get(&id).map(|t| t.name.clone()) else { return };
        let Some(domain) = self.domain_mut(id) else { return };
        let Some(check) = &constraint.check else {
            domain.not_null = true;
            return;
        };
        let taken = |name: &Ident| domain.checks.iter().any(|(n, ..)| n == name);
        let name = match &constraint.name {
            Some(name) => {
                if taken(name) {
                    let message = format!("constraint \"{name}\" for domain \"{domain_name}\" already exists");
                    applied.conflicts.push(Conflict::new("42710", message));
                    return;
                }
                name.clone()
            }
            None => {
                let numbered = (0u32..).map(|n| made_name(&domain_name, "check", n));
                let free = numbered.take(usize::from(u16::MAX)).find(|n| !taken(n));
                free.unwrap_or_else(|| made_name(&domain_name, "check", 0))
            }
        };
        domain.checks.push((name, check.clone(), !constraint.not_valid));
    }
}

/// `d_check`, `d_check1`: the domain's name is cut so that the whole fits.
fn made_name(domain: &Ident, label: &str, number: u32) -> Ident {
    let label = if number == 0 { label.to_owned() } else { format!("{label}{number}") };
    let kept = crate::sql::name::truncate(domain, Ident::MAX_BYTES.saturating_sub(label.len() + 1));
    Ident::exact(&format!("{kept}_{label}"))
}

/// The name of a domain's not-null constraint, which PostgreSQL 17 and later keep.
fn not_null_name(domain: &Ident) -> Ident {
    made_name(domain, "not_null", 0)
}
