//! Where a run gets its connection, and in which state it gives it back.

use sqlx::pool::PoolConnection;
use sqlx::{Database, Pool, Postgres};
use std::ops::DerefMut;

/// What migrations are run over: a `&Pool`, a `&mut PoolConnection` or a `&mut` connection, of PostgreSQL or, with the
/// features `mysql` and `sqlite`, of those.
#[derive(Debug)]
pub struct Access<'a>(pub(super) Kind<'a>);

/// Over which database.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    Postgres(Way<'a, Postgres>),
    #[cfg(feature = "mysql")]
    MySql(Way<'a, sqlx::MySql>),
    #[cfg(feature = "sqlite")]
    Sqlite(Way<'a, sqlx::Sqlite>),
}

pub(super) enum Way<'a, D: Database> {
    Pool(&'a Pool<D>),
    Pooled(&'a mut PoolConnection<D>),
    Connection(&'a mut D::Connection),
}

macro_rules! access {
    ($database:ty, $connection:ty, $kind:ident) => {
        impl<'a> From<&'a Pool<$database>> for Access<'a> {
            fn from(pool: &'a Pool<$database>) -> Self {
                Self(Kind::$kind(Way::Pool(pool)))
            }
        }

        impl<'a> From<&'a mut PoolConnection<$database>> for Access<'a> {
            fn from(connection: &'a mut PoolConnection<$database>) -> Self {
                Self(Kind::$kind(Way::Pooled(connection)))
            }
        }

        impl<'a> From<&'a mut $connection> for Access<'a> {
            fn from(connection: &'a mut $connection) -> Self {
                Self(Kind::$kind(Way::Connection(connection)))
            }
        }
    };
}

access!(Postgres, sqlx::PgConnection, Postgres);
#[cfg(feature = "mysql")]
access!(sqlx::MySql, sqlx::MySqlConnection, MySql);
#[cfg(feature = "sqlite")]
access!(sqlx::Sqlite, sqlx::SqliteConnection, Sqlite);

impl Access<'_> {
    /// A lost connection can be replaced.
    pub(super) fn can_reconnect(&self) -> bool {
        match &self.0 {
            Kind::Postgres(way) => way.is_pool(),
            #[cfg(feature = "mysql")]
            Kind::MySql(way) => way.is_pool(),
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(way) => way.is_pool(),
        }
    }
}

impl<D: Database> Way<'_, D> {
    fn is_pool(&self) -> bool {
        matches!(self, Self::Pool(_))
    }

    pub(super) async fn lease(&mut self) -> Result<Lease<'_, D>, sqlx::Error> {
        let held = match self {
            Way::Pool(pool) => Held::Own(pool.acquire().await?),
            Way::Pooled(connection) => Held::Pooled(connection),
            Way::Connection(connection) => Held::Connection(&mut **connection),
        };
        Ok(Lease { held, clean: false })
    }
}

impl<D: Database> std::fmt::Debug for Way<'_, D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pool(_) => "Pool",
            Self::Pooled(_) => "PoolConnection",
            Self::Connection(_) => "Connection",
        })
    }
}

/// A connection in use. One that is dropped before it is clean does not come back to its pool: it may be in a
/// transaction, hold the lock of the migrations, or have settings of ours.
pub(super) struct Lease<'a, D: Database> {
    held: Held<'a, D>,
    clean: bool,
}

enum Held<'a, D: Database> {
    Own(PoolConnection<D>),
    Pooled(&'a mut PoolConnection<D>),
    Connection(&'a mut D::Connection),
}

impl<D: Database> Lease<'_, D> {
    pub(super) fn connection(&mut self) -> &mut D::Connection {
        match &mut self.held {
            Held::Own(connection) => connection.deref_mut(),
            Held::Pooled(connection) => connection.deref_mut(),
            Held::Connection(connection) => connection,
        }
    }

    /// Nothing of the run is left on it.
    pub(super) fn is_clean(&mut self) {
        self.clean = true;
    }
}

impl<D: Database> Drop for Lease<'_, D> {
    fn drop(&mut self) {
        if self.clean {
            return;
        }
        match &mut self.held {
            Held::Own(connection) => connection.close_on_drop(),
            Held::Pooled(connection) => connection.close_on_drop(),
            Held::Connection(_) => {}
        }
    }
}
