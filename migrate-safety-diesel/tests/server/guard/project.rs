//! Migrations as a source for diesel.

use diesel::backend::Backend;
use diesel::connection::BoxableConnection;
use diesel::migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result};
use diesel::pg::Pg;
use diesel::{PgConnection, RunQueryDsl, sql_query};

/// `20240101_name`, up, down, whether it runs in a transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text(pub &'static str, pub &'static str, pub Option<&'static str>, pub bool);

/// Migrations that are texts.
#[derive(Clone, Debug)]
pub(crate) struct Project(pub Vec<Text>);

impl<DB: Backend> MigrationSource<DB> for Project {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<DB>>>> {
        Ok(self.0.iter().map(|text| Box::new(*text) as Box<dyn Migration<DB>>).collect())
    }
}

impl<DB: Backend> Migration<DB> for Text {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> Result<()> {
        Ok(connection.batch_execute(self.1)?)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DB>) -> Result<()> {
        Ok(connection.batch_execute(self.2.ok_or("there is no way back")?)?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl MigrationMetadata for Text {
    fn run_in_transaction(&self) -> bool {
        self.3
    }
}

impl MigrationName for Text {
    fn version(&self) -> MigrationVersion<'_> {
        self.0.split('_').next().unwrap().replace('-', "").into()
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// A migration that is code: it asks for a real connection.
pub(super) struct Code;

impl MigrationSource<Pg> for Code {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Pg>>>> {
        Ok(vec![Box::new(Text("1_t", "CREATE TABLE t (a int)", None, true)), Box::new(Self)])
    }
}

impl Migration<Pg> for Code {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        let connection: &mut PgConnection = connection.downcast_mut().ok_or("no connection")?;
        sql_query("INSERT INTO t VALUES (42)").execute(connection)?;
        Ok(())
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Ok(connection.batch_execute("DELETE FROM t")?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &Text("", "", None, true)
    }

    fn name(&self) -> &dyn MigrationName {
        &Text("2_code", "", None, true)
    }
}
