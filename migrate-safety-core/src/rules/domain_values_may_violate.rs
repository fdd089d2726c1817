//! A domain constraint that stored values may violate.

use super::demand::Demand;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::{DomainDef, TypeDef, TypeRef};
use crate::sql::operation::{AlterDomain, Operation};
use crate::sql::{DataType, ObjectName};

const ORDERS: &str = "CREATE DOMAIN amount AS int; CREATE TABLE orders (id bigint PRIMARY KEY, total amount);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "domain-values-may-violate",
    category: Category::ConstraintValidation,
    title: "A domain constraint that stored values may violate",
    why: "The server reads every table with a column of the domain, and one value that violates the constraint fails the migration.",
    source: "PostgreSQL docs, ALTER DOMAIN, Notes; measured, PG 14-18",
    bad: &[Sample::new(ORDERS, "ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0);")
        .rows(&[("public.orders", 5000)])],
    good: &[Sample::new(ORDERS, "ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;")
        .with(&["writes-may-violate"])],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    if let Operation::AlterDomain { name, action } = view.scene.operation
        && view.is_unseen_type(name)
        && demands(action)
    {
        return unseen(view, name, findings);
    }
    let Some((def, demand)) = demanded(view) else { return };
    let catalog = view.scene.catalog;
    for read in view.effects.scans.iter().filter(|read| !view.judged.fresh.contains(&read.id)) {
        let Some(relation) = catalog.relation(read.id) else { continue };
        let columns = relation.table().map_or(&[][..], |table| &table.columns);
        let is_of =
            |data_type: &DataType| matches!(catalog.type_of(data_type), TypeRef::Domain(d, _) if d.id == def.id);
        let Some(column) = columns.iter().find(|column| is_of(&column.data_type)) else { continue };
        if view.sizing.rows(read) == Some(0) {
            continue;
        }
        let values = format!("(SELECT {} AS value FROM {}) AS held", column.name.sql(), relation.object_name().sql());
        findings
            .flag(format!(
                "this fails if a value of {}.{} violates the constraint of {}",
                read.name, column.name, def.name
            ))
            .at(view.located.span)
            .help("run the query on the live database before this ships; mend what it counts first")
            .verify(demand.count(&values));
    }
}

/// A domain from before what was read: where it is used is not known either.
fn unseen(view: &OperationView<'_>, name: &ObjectName, findings: &mut Findings<'_>) {
    let regtype = name.sql().replace('\'', "''");
    findings
        .flag(format!(
            "every table with a column of {name} is read through while nobody can write to it, and a value that violates \
             the constraint makes this fail"
        ))
        .at(view.located.span)
        .help("add the constraint NOT VALID, and validate it when little is written; it reads under SHARE all the same")
        .verify(format!(
            "SELECT attrelid::regclass, attname FROM pg_attribute WHERE atttypid = '{regtype}'::regtype"
        ));
}

/// Whether stored values have to meet something new.
fn demands(action: &AlterDomain) -> bool {
    match action {
        AlterDomain::AddConstraint(constraint) => !constraint.not_valid,
        AlterDomain::NotNull(set) => *set,
        AlterDomain::ValidateConstraint { .. } => true,
        _ => false,
    }
}

/// The domain, and what is demanded of its values; `VALUE` is a column in the query.
fn demanded<'a>(view: &OperationView<'a>) -> Option<(&'a TypeDef, Demand)> {
    let Operation::AlterDomain { name, action } = view.scene.operation else { return None };
    let (def, domain) = domain(view, name)?;
    let condition = match action {
        AlterDomain::AddConstraint(constraint) if !constraint.not_valid => match &constraint.check {
            Some(check) => check.sql.trim().to_owned(),
            None => "value IS NOT NULL".to_owned(),
        },
        AlterDomain::NotNull(true) => "value IS NOT NULL".to_owned(),
        AlterDomain::ValidateConstraint { name } => {
            domain.checks.iter().find(|(own, ..)| own == name)?.1.sql.trim().to_owned()
        }
        _ => return None,
    };
    Some((def, Demand::Check(condition, "violates the constraint")))
}

fn domain<'a>(view: &OperationView<'a>, name: &ObjectName) -> Option<(&'a TypeDef, &'a DomainDef)> {
    let data_type = DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) };
    match view.scene.catalog.type_of(&data_type) {
        TypeRef::Domain(def, domain) => Some((def, domain)),
        _ => None,
    }
}
