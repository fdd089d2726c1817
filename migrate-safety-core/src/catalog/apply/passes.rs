//! The order in which the server runs the actions of one `ALTER TABLE`.

use crate::sql::LocatedOperation;
use crate::sql::Operation;
use crate::sql::operation::{AlterTable, ConstraintKind, TableAction};

/// The operations of one statement in the order in which they take effect: the actions of an `ALTER TABLE` run in
/// passes (`AT_PASS_…` of the server's tablecmds.c), all else as written.
pub fn in_pass_order(operations: &[LocatedOperation]) -> Vec<&LocatedOperation> {
    let mut ordered: Vec<&LocatedOperation> = Vec::with_capacity(operations.len());
    for run in operations.chunk_by(same_statement) {
        let from = ordered.len();
        ordered.extend(run);
        if let Some(run) = ordered.get_mut(from..) {
            run.sort_by_key(|located| pass_of(located));
        }
    }
    ordered
}

/// Puts the operations of one statement into the order of [`in_pass_order`].
pub(crate) fn sort_by_pass(operations: &mut [LocatedOperation]) {
    operations.chunk_by_mut(same_statement).for_each(|run| run.sort_by_key(pass_of));
}

/// Whether two neighbouring operations are actions of one `ALTER TABLE`.
fn same_statement(a: &LocatedOperation, b: &LocatedOperation) -> bool {
    let (Operation::AlterTable(first), Operation::AlterTable(second)) = (&a.operation, &b.operation) else {
        return false;
    };
    let settings = |alter: &AlterTable| (alter.word, alter.only, alter.if_exists);
    let statement = |located: &LocatedOperation| located.routine.as_ref().map(|frame| frame.statement);
    let told = statement(a) != Some(0) && statement(a) == statement(b);
    told && first.table == second.table && settings(first) == settings(second)
}

/// The server's passes, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Drop,
    AlterType,
    AddColumn,
    SetExpression,
    ColumnAttributes,
    AddIndexConstraint,
    AddOtherConstraint,
    Miscellaneous,
    Unordered,
}

fn pass_of(located: &LocatedOperation) -> Pass {
    match &located.operation {
        Operation::AlterTable(alter) => pass(&alter.action),
        _ => Pass::Unordered,
    }
}

fn pass(action: &TableAction) -> Pass {
    match action {
        TableAction::DropColumn { .. }
        | TableAction::DropConstraint { .. }
        | TableAction::DropDefault { .. }
        | TableAction::DropNotNull { .. }
        | TableAction::DropExpression { .. }
        | TableAction::DropIdentity { .. }
        | TableAction::SetOids => Pass::Drop,
        TableAction::SetType { .. } => Pass::AlterType,
        TableAction::AddColumn { .. } => Pass::AddColumn,
        TableAction::SetExpression { .. } => Pass::SetExpression,
        TableAction::SetNotNull { .. } => Pass::ColumnAttributes,
        TableAction::SetDefault { .. } | TableAction::AddIdentity { .. } => Pass::AddOtherConstraint,
        TableAction::AddConstraint(def) => match &def.kind {
            ConstraintKind::NotNull { .. } => Pass::ColumnAttributes,
            ConstraintKind::Unique(_) | ConstraintKind::Exclude(_) => Pass::AddIndexConstraint,
            ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) => Pass::AddOtherConstraint,
        },
        _ => Pass::Miscellaneous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Target;

    fn order(sql: &str) -> Vec<String> {
        let script = crate::sql::parse(Target::default(), sql);
        let ordered = script.statements.iter().flat_map(|statement| in_pass_order(&statement.operations));
        let column = |located: &LocatedOperation| match &located.operation {
            Operation::AlterTable(alter) => match &alter.action {
                TableAction::AddColumn { column, .. } => Some(format!("+{}", column.name)),
                TableAction::DropColumn { column, .. } => Some(format!("-{column}")),
                _ => None,
            },
            _ => None,
        };
        ordered.filter_map(column).collect()
    }

    #[test]
    fn actions_are_put_in_order_within_their_own_statement() {
        let sql = "ALTER TABLE t ADD a int, DROP a; ALTER TABLE t ADD b int; ALTER TABLE t DROP c;";
        let wanted = ["-a", "+a", "+b", "-c"];
        let told = format!("DO $$ BEGIN {sql} END $$");
        let executed = format!("DO $$ BEGIN EXECUTE '{sql}'; ALTER TABLE t ADD d int, DROP d; END $$");
        assert_eq!(order(sql), wanted);
        assert_eq!(order(&told), wanted);
        assert_eq!(order(&executed), [&wanted[..], &["-d", "+d"]].concat());
    }
}
