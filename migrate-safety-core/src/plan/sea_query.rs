//! Statements of sea-query as changes.

use super::change::Change;
use sea_query::extension::postgres::{
    ExtensionCreateStatement, ExtensionDropStatement, TypeAlterStatement, TypeCreateStatement, TypeDropStatement,
};
use sea_query::{
    DeleteStatement, ForeignKeyCreateStatement, ForeignKeyDropStatement, IndexCreateStatement, IndexDropStatement,
    InsertStatement, PostgresQueryBuilder, TableAlterStatement, TableCreateStatement, TableDropStatement,
    TableRenameStatement, TableStatement, TableTruncateStatement, UpdateStatement,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

macro_rules! changes {
    ($($statement:ident),* $(,)?) => {
        $(
            impl From<&$statement> for Change {
                /// As sea-query writes it for PostgreSQL. A statement that it cannot write is told when the change is
                /// planned.
                fn from(statement: &$statement) -> Self {
                    written(|| statement.to_string(PostgresQueryBuilder))
                }
            }

            impl From<$statement> for Change {
                fn from(statement: $statement) -> Self {
                    Self::from(&statement)
                }
            }
        )*
    };
}

changes! {
    DeleteStatement,
    ExtensionCreateStatement,
    ExtensionDropStatement,
    ForeignKeyCreateStatement,
    ForeignKeyDropStatement,
    IndexCreateStatement,
    IndexDropStatement,
    InsertStatement,
    TableAlterStatement,
    TableCreateStatement,
    TableDropStatement,
    TableRenameStatement,
    TableStatement,
    TableTruncateStatement,
    TypeAlterStatement,
    TypeCreateStatement,
    TypeDropStatement,
    UpdateStatement,
}

/// sea-query panics on a statement that is not complete, such as an `ALTER TABLE` without an action.
fn written(write: impl FnOnce() -> String) -> Change {
    match catch_unwind(AssertUnwindSafe(write)) {
        Ok(sql) => Change::sql(sql),
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
            Change::unwritable(said.unwrap_or_else(|| "it is not complete".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::dialect::Target;
    use crate::plan::{Change, PlanError, PlanOptions, plan};
    use crate::{Config, Status, check};
    use sea_query::{Alias, ColumnDef, Index, Table};

    #[test]
    fn statements_are_changes_for_both_verbs() {
        let table = Table::create().table("users").col(ColumnDef::new("name").text()).to_owned();
        let index = Index::create().name("users_name").table("users").col("name").to_owned();
        let catalog = Catalog::new(Target::postgres(16), true);
        let change = Change::from(table).and(Change::from(&index));
        assert!(plan(&catalog, change, &PlanOptions::default()).unwrap().already_safe);

        let set = Change::from(index).migration(&Catalog::new(Target::postgres(16), false)).unwrap();
        let report = check(&set, &Config::default());
        assert!(report.all_findings().any(|f| f.rule == "index-not-concurrent" && f.status == Status::Block));
    }

    #[test]
    fn what_sea_query_panics_on_is_an_error() {
        let empty = Table::alter().table(Alias::new("users")).to_owned();
        let catalog = Catalog::new(Target::postgres(16), true);
        let error = plan(&catalog, empty, &PlanOptions::default()).unwrap_err();
        assert!(matches!(error, PlanError::Unwritable { .. }), "{error}");
    }
}
