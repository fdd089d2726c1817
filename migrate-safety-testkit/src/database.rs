//! A database for one test.

use postgres::Client;

use crate::query::identifier;
use crate::{Error, PostgresServer, reset};

/// A database on a [`PostgresServer`], dropped with this value.
#[derive(Debug)]
pub struct Database {
    server: PostgresServer,
    name: String,
}

impl Database {
    pub(crate) fn create(server: &PostgresServer, name: &str) -> Result<Self, Error> {
        let sql = format!("CREATE DATABASE {} TEMPLATE template0", identifier(name));
        let mut client = server.connect("postgres")?;
        let fresh = server.databases().insert(name.to_owned());
        if let Err(error) = client.batch_execute(&sql) {
            if fresh {
                server.databases().remove(name);
            }
            return Err(Error::query(&format!("create database {name}"))(error));
        }
        Ok(Self { server: server.clone(), name: name.to_owned() })
    }

    /// A new connection, as superuser.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn connect(&self) -> Result<Client, Error> {
        self.server.connect(&self.name)
    }

    /// The same database without what is in it, much sooner than a new one; `None` when something cannot be removed.
    #[must_use]
    pub fn emptied(self) -> Option<Self> {
        let mut client = self.connect().ok()?;
        reset::empty_database(&mut client).then_some(self)
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &PostgresServer {
        &self.server
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL, for tools that connect by themselves.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Ok(mut client) = self.server.connect("postgres") {
            let name = identifier(&self.name);
            let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
        self.server.databases().remove(&self.name);
    }
}
