//! What a schema's script may say that is not compared.

use crate::dialect::Target;
use crate::sql::operation::{AlterDomain, AlterType, ObjectCommand, TableAction};
use crate::sql::{Operation, parse};

/// A note about it, if the script has any of it.
pub(super) fn told(target: Target, sql: &str) -> Option<String> {
    let mut sorts: Vec<&str> = Vec::new();
    let script = parse(target, sql);
    for located in script.statements.iter().flat_map(|statement| &statement.operations) {
        sorts.extend(sort(&located.operation).filter(|sort| !sorts.contains(sort)));
    }
    (!sorts.is_empty()).then(|| {
        format!(
            "The desired schema also speaks of {}. These are not compared: if they change, change them by statements of \
             their own.",
            sorts.join(", of ")
        )
    })
}

fn sort(operation: &Operation) -> Option<&'static str> {
    Some(match operation {
        Operation::Grant { .. } => "rights",
        Operation::Publication { .. } => "publications",
        Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_) | Operation::Copy { .. } => "rows",
        Operation::CreateRule { .. } => "what rules do",
        Operation::OtherObject { command: ObjectCommand::Create, class, .. } => match &**class {
            "aggregate" | "cast" | "operator" | "operator class" | "operator family" => {
                "aggregates, operators and casts"
            }
            "role" => "roles",
            _ => return None,
        },
        Operation::AlterType { action: AlterType::Other, .. }
        | Operation::AlterDomain { action: AlterDomain::Other, .. } => "owners",
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::OwnerTo { .. } => "owners",
            TableAction::SetStatistics { .. } | TableAction::SetColumnOptions { .. } => {
                "statistics targets and options of columns"
            }
            _ => return None,
        },
        _ => return None,
    })
}
