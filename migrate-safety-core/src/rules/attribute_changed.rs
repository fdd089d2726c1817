//! The attributes of a composite type change.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::{TypeDef, TypeRef};
use crate::sql::operation::AlterType;
use crate::sql::{DataType, ObjectName, Operation};

const ADDRESS: &str = "CREATE TYPE address AS (street text, zip text);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "attribute-changed",
    category: Category::RollingDeploy,
    title: "The attributes of a composite type change",
    why: "A release that is running has the attributes compiled in: it names them in queries, and its driver decodes \
          values of the type by their number and types. Both fail, or worse, read one for another.",
    source: "PostgreSQL docs, ALTER TYPE; 8.16 Composite Types",
    bad: &[
        Sample::new(ADDRESS, "ALTER TYPE address RENAME ATTRIBUTE zip TO postcode;"),
        Sample::new(ADDRESS, "ALTER TYPE address ADD ATTRIBUTE city text;"),
    ],
    good: &[Sample::new("", "CREATE TYPE address AS (street text); ALTER TYPE address ADD ATTRIBUTE zip text;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterType { name, action } = &view.located.operation else { return };
    let what = match action {
        AlterType::AddAttribute { name, .. } => format!("values have one more attribute, {name}"),
        AlterType::DropAttribute { name, .. } => format!("the attribute {name} is gone"),
        AlterType::AlterAttribute { name, data_type, .. } => format!("the attribute {name} becomes {data_type}"),
        AlterType::RenameAttribute { name, to, .. } => format!("the attribute {name} is called {to}"),
        _ => return,
    };
    let known = known(view, name);
    if known.is_some_and(|def| def.created.migration == view.scene.now.migration) {
        return;
    }
    let gone = matches!(action, AlterType::DropAttribute { .. } | AlterType::RenameAttribute { .. });
    let message = format!("{what}: a running release that reads or writes values of {name} fails");
    let finding = if gone { findings.block(message) } else { findings.flag(message) };
    finding
        .at(view.located.span)
        .help("make a new type, move columns to it in steps, and drop the old one when no release uses it")
        .verify(format!("no release that is still running reads or writes values of {name}"));
}

fn known<'a>(view: &OperationView<'a>, name: &ObjectName) -> Option<&'a TypeDef> {
    let data_type = DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) };
    match view.scene.catalog.type_of(&data_type) {
        TypeRef::Other(def) => Some(def),
        _ => None,
    }
}
