//! Where a run gets its connection, and in which state it gives it back.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};

/// What migrations are run over: `&PgPool`, `&mut PoolConnection` or `&mut PgConnection`.
#[derive(Debug)]
pub struct Access<'a>(Way<'a>);

#[derive(Debug)]
enum Way<'a> {
    Pool(&'a PgPool),
    Pooled(&'a mut PoolConnection<Postgres>),
    Connection(&'a mut PgConnection),
}

impl<'a> From<&'a PgPool> for Access<'a> {
    fn from(pool: &'a PgPool) -> Self {
        Self(Way::Pool(pool))
    }
}

impl<'a> From<&'a mut PoolConnection<Postgres>> for Access<'a> {
    fn from(connection: &'a mut PoolConnection<Postgres>) -> Self {
        Self(Way::Pooled(connection))
    }
}

impl<'a> From<&'a mut PgConnection> for Access<'a> {
    fn from(connection: &'a mut PgConnection) -> Self {
        Self(Way::Connection(connection))
    }
}

impl Access<'_> {
    /// A lost connection can be replaced.
    pub(super) fn can_reconnect(&self) -> bool {
        matches!(self.0, Way::Pool(_))
    }

    pub(super) async fn lease(&mut self) -> Result<Lease<'_>, sqlx::Error> {
        let held = match &mut self.0 {
            Way::Pool(pool) => Held::Own(pool.acquire().await?),
            Way::Pooled(connection) => Held::Pooled(connection),
            Way::Connection(connection) => Held::Connection(connection),
        };
        Ok(Lease { held, clean: false })
    }
}

/// A connection in use. One that is dropped before it is clean does not come back to its pool: it may be in a
/// transaction, hold the lock of the migrations, or have settings of ours.
pub(super) struct Lease<'a> {
    held: Held<'a>,
    clean: bool,
}

enum Held<'a> {
    Own(PoolConnection<Postgres>),
    Pooled(&'a mut PoolConnection<Postgres>),
    Connection(&'a mut PgConnection),
}

impl Lease<'_> {
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        match &mut self.held {
            Held::Own(connection) => connection,
            Held::Pooled(connection) => connection,
            Held::Connection(connection) => connection,
        }
    }

    /// Nothing of the run is left on it.
    pub(super) fn is_clean(&mut self) {
        self.clean = true;
    }
}

impl Drop for Lease<'_> {
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
