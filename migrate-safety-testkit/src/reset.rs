//! An empty database again, without the cost of creating one.

use std::collections::BTreeSet;

use postgres::Client;

use crate::Error;
use crate::query::{flag, rows, text};

/// Removes what a case left in the database. `false`: something remains, take another database.
pub(crate) fn empty_database(client: &mut Client) -> bool {
    let session = "ROLLBACK; RESET SESSION AUTHORIZATION; RESET ALL; CLOSE ALL; UNLISTEN *;
         SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";
    // One statement at a time: `DISCARD` and the like do not share a transaction.
    let reset = session.split(';').all(|statement| client.simple_query(statement).is_ok());
    reset && drop_all(client).is_ok_and(|()| is_empty(client).unwrap_or(false))
}

fn drop_all(client: &mut Client) -> Result<(), Error> {
    const SQL: &str = "
        SELECT 1, pg_catalog.format('DROP EVENT TRIGGER %I', evtname) FROM pg_catalog.pg_event_trigger
        UNION ALL SELECT 2, pg_catalog.format('DROP PUBLICATION %I', pubname) FROM pg_catalog.pg_publication
        UNION ALL SELECT 3, pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', extname)
            FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'
        UNION ALL SELECT 4, pg_catalog.format('DROP SCHEMA %I CASCADE', nspname) FROM pg_catalog.pg_namespace
            WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
        UNION ALL SELECT 5, pg_catalog.format('DROP FOREIGN DATA WRAPPER %I CASCADE', fdwname)
            FROM pg_catalog.pg_foreign_data_wrapper
        UNION ALL SELECT 6, 'CREATE SCHEMA public'
        ORDER BY 1";

    let statements: Vec<String> =
        rows(client, "list what to drop", SQL)?.iter().map(|row| text(row, 1).to_owned()).collect();
    client.batch_execute(&statements.join("; ")).map_err(Error::query("empty the database"))
}

/// Whether nothing is left but the schema `public`.
fn is_empty(client: &mut Client) -> Result<bool, Error> {
    const SQL: &str = "SELECT NOT EXISTS (
            SELECT FROM pg_catalog.pg_class WHERE oid >= 16384 AND relnamespace NOT IN
                (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname LIKE 'pg\\_toast%')
            UNION ALL SELECT FROM pg_catalog.pg_type WHERE oid >= 16384 AND typnamespace NOT IN
                (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname LIKE 'pg\\_toast%')
            UNION ALL SELECT FROM pg_catalog.pg_proc WHERE oid >= 16384
            UNION ALL SELECT FROM pg_catalog.pg_cast WHERE oid >= 16384
            UNION ALL SELECT FROM pg_catalog.pg_language WHERE oid >= 16384
            UNION ALL SELECT FROM pg_catalog.pg_operator WHERE oid >= 16384
            UNION ALL SELECT FROM pg_catalog.pg_default_acl
            UNION ALL SELECT FROM pg_catalog.pg_largeobject_metadata
            UNION ALL SELECT FROM pg_catalog.pg_db_role_setting WHERE setdatabase =
                (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))";

    Ok(rows(client, "look for remains", SQL)?.first().is_some_and(|row| flag(row, 0)))
}

/// Removes what a case left outside its database: other databases, roles, settings.
pub(crate) fn clean_cluster(client: &mut Client, keep: &BTreeSet<String>) -> Result<(), Error> {
    const SQL: &str = "
        SELECT 1, datname, pg_catalog.format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_catalog.pg_database
            WHERE datname NOT IN ('postgres', 'template0', 'template1')
        UNION ALL SELECT 2, '', pg_catalog.format('DROP OWNED BY %I CASCADE', rolname)
            FROM pg_catalog.pg_roles WHERE oid >= 16384
        UNION ALL SELECT 3, '', pg_catalog.format('DROP ROLE %I', rolname) FROM pg_catalog.pg_roles WHERE oid >= 16384
        UNION ALL SELECT 4, '', pg_catalog.format('DROP TABLESPACE %I', spcname)
            FROM pg_catalog.pg_tablespace WHERE oid >= 16384
        UNION ALL SELECT 5, '', 'ALTER ROLE postgres RESET ALL'
        UNION ALL SELECT 6, '', 'ALTER ROLE ALL RESET ALL'
        UNION ALL SELECT 7, '', 'ALTER SYSTEM RESET ALL'
        ORDER BY 1";

    for row in rows(client, "list what the case left in the cluster", SQL)? {
        if !keep.contains(text(&row, 1)) {
            client.batch_execute(text(&row, 2)).map_err(Error::query("clean the cluster"))?;
        }
    }
    Ok(())
}
