//! Generated columns, and changes beside them.

use super::Case;

/// A table with a virtual and a stored column.
const T: &str = "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, net INT, rate INT, gross INT AS (net * rate) VIRTUAL, total INT AS (net * 2) STORED, plain INT NOT NULL DEFAULT 1, nul INT DEFAULT 2) ENGINE=InnoDB; INSERT INTO t (id, net, rate) VALUES (1, 10, 2), (2, 20, 2)";

/// A table with an index over a virtual column.
const INDEXED: &str = "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, net INT, rate INT, gross INT AS (net * rate) VIRTUAL, plain INT NOT NULL DEFAULT 1, nul INT DEFAULT 2, KEY g (gross)) ENGINE=InnoDB; INSERT INTO t (id, net, rate) VALUES (1, 10, 2), (2, 20, 2)";

#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    Case::new("drop virtual and plain", T, "ALTER TABLE t DROP COLUMN gross, DROP COLUMN plain").own_table(),
    Case::new("drop virtual and add plain", T, "ALTER TABLE t DROP COLUMN gross, ADD COLUMN a INT").own_table(),
    Case::new("drop virtual and add an index", T, "ALTER TABLE t DROP COLUMN gross, ADD INDEX x (net)").own_table(),
    Case::new("drop virtual and change a default", T, "ALTER TABLE t DROP COLUMN gross, MODIFY plain INT NOT NULL DEFAULT 5").own_table(),
    Case::new("not null beside virtual", T, "ALTER TABLE t MODIFY nul INT NOT NULL DEFAULT 2").own_table(),
    Case::new("virtual computes otherwise", T, "ALTER TABLE t MODIFY gross INT AS (net + rate) VIRTUAL").own_table(),
    Case::new("add column before virtual", T, "ALTER TABLE t ADD COLUMN a INT FIRST").own_table(),
    Case::new("add column right before virtual", T, "ALTER TABLE t ADD COLUMN a INT AFTER rate").own_table(),
    Case::new("add column behind virtual", T, "ALTER TABLE t ADD COLUMN a INT AFTER total").own_table(),
    Case::new("virtual becomes plain", T, "ALTER TABLE t MODIFY gross INT").own_table(),
    Case::new("plain becomes virtual", T, "ALTER TABLE t MODIFY nul INT AS (net + 1) VIRTUAL").own_table(),
    Case::new("virtual becomes stored", T, "ALTER TABLE t MODIFY gross INT AS (net * rate) STORED").own_table(),
    Case::new("stored becomes plain", T, "ALTER TABLE t MODIFY total INT").own_table(),
    Case::new("plain becomes stored", T, "ALTER TABLE t MODIFY nul INT AS (net + 1) STORED").own_table(),
    Case::new("indexed virtual computes otherwise", INDEXED, "ALTER TABLE t MODIFY gross INT AS (net + rate) VIRTUAL").own_table(),
    Case::new("not null beside indexed virtual", INDEXED, "ALTER TABLE t MODIFY nul INT NOT NULL DEFAULT 2").own_table(),
    Case::new("add column before indexed virtual", INDEXED, "ALTER TABLE t ADD COLUMN a INT FIRST").own_table(),
    Case::new("drop indexed virtual and plain", INDEXED, "ALTER TABLE t DROP COLUMN gross, DROP COLUMN plain").own_table(),
    Case::new("unique over new virtual", T, "ALTER TABLE t ADD COLUMN v INT AS (id + 1) VIRTUAL, ADD UNIQUE INDEX x (v)").own_table(),
    Case::new("unique over expression", "", "ALTER TABLE t ADD UNIQUE INDEX x ((a + b))").on_mysql(),
    Case::new("unique over text expression", "", "CREATE UNIQUE INDEX x ON t ((lower(v)))").on_mysql(),
    Case::new("a generated column is given a value", T, "INSERT INTO t (id, gross) VALUES (5, 1)").own_table(),
    Case::new("a generated column is given its default", T, "INSERT INTO t (id, gross) VALUES (5, DEFAULT)").own_table(),
    Case::new("a generated column is set", T, "UPDATE t SET total = 1 WHERE id = 1").own_table(),
];
