//! Statements about data, and what follows from them.

use crate::effects::fact::{Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::data;

/// The facts. What locks a statement takes depends on the partitions, keys and triggers it meets: `data` works it out.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "select",
        of: &[Kind::Select],
        condition: "what it reads through, sequences it draws from, routines it calls",
        also: data::run,
        examples: &[
            Example { setup: TABLES, sql: "SELECT * FROM t" },
            Example { setup: TABLES, sql: "SELECT * FROM t WHERE id = 5 FOR UPDATE" },
            Example { setup: TABLES, sql: "SELECT nextval('s')" },
            Example { setup: TABLES, sql: "SELECT max(id) FROM t" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "insert",
        of: &[Kind::Insert],
        condition: "the table, the partitions its rows go to, sequences of defaults; with ON CONFLICT indexes too",
        also: data::run,
        examples: &[
            Example { setup: TABLES, sql: "INSERT INTO t (a) VALUES (1)" },
            Example { setup: TABLES, sql: "INSERT INTO plain SELECT id FROM t" },
            Example { setup: TABLES, sql: "INSERT INTO t (id) VALUES (5) ON CONFLICT (id) DO NOTHING" },
            Example { setup: TABLES, sql: "INSERT INTO p VALUES (900)" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "update",
        of: &[Kind::Update],
        condition: "the table, its partitions that constants do not rule out, their indexes; what follows by keys and triggers",
        also: data::run,
        examples: &[
            Example { setup: TABLES, sql: "UPDATE t SET a = 1" },
            Example { setup: TABLES, sql: "UPDATE t SET a = 1 WHERE id = 5" },
            Example { setup: TABLES, sql: "UPDATE p SET a = 1 WHERE a = 150" },
            Example { setup: TABLES, sql: "UPDATE par SET id = 1" },
            Example { setup: TABLES, sql: "UPDATE v SET a = 1" },
            Example { setup: RULES, sql: "UPDATE ruled SET a = 1" },
            Example { setup: RULES, sql: "UPDATE noted SET a = 1" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "delete",
        of: &[Kind::Delete],
        condition: "as UPDATE; tables that reference it are read through if they have no index on the key",
        also: data::run,
        examples: &[
            Example { setup: TABLES, sql: "DELETE FROM plain" },
            Example { setup: RULES, sql: "DELETE FROM ruled" },
            Example { setup: RULES, sql: "DELETE FROM noted WHERE id = 3" },
            Example { setup: TABLES, sql: "DELETE FROM up WHERE id = 4" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "merge",
        of: &[Kind::Merge],
        condition: "as UPDATE, and INSERT",
        since: 15,
        also: data::run,
        examples: &[Example {
            setup: TABLES,
            sql: "MERGE INTO t USING plain ON plain.id = t.id WHEN MATCHED THEN UPDATE SET a = 1",
        }],
        ..Fact::BASE
    },
    Fact {
        id: "copy",
        of: &[Kind::Copy],
        condition: "FROM: as INSERT; TO: what it reads",
        also: data::run,
        ..Fact::BASE
    },
    Fact {
        id: "call",
        of: &[Kind::Call],
        condition: "what the procedure does; not in a transaction if it ends transactions",
        also: data::run,
        ..Fact::BASE
    },
];

const RULES: &str = "
    CREATE TABLE t (id int PRIMARY KEY, a int);
    CREATE TABLE log (id int, a int);
    CREATE VIEW ruled AS SELECT id, a FROM t;
    CREATE RULE u AS ON UPDATE TO ruled DO INSTEAD UPDATE t SET a = NEW.a WHERE id = OLD.id;
    CREATE RULE d AS ON DELETE TO ruled DO INSTEAD NOTHING;
    CREATE TABLE noted (id int PRIMARY KEY, a int);
    CREATE RULE n AS ON UPDATE TO noted DO ALSO INSERT INTO log VALUES (NEW.id, NEW.a)";

const TABLES: &str = "
    CREATE TABLE t (id serial PRIMARY KEY, a int, b text);
    CREATE INDEX t_a ON t (a);
    CREATE VIEW v AS SELECT id, a FROM t;
    CREATE TABLE plain (id int);
    CREATE SEQUENCE s;
    CREATE TABLE up (id int PRIMARY KEY);
    CREATE TABLE down (id int PRIMARY KEY, up_id int REFERENCES up ON DELETE CASCADE);
    CREATE TABLE p (id int PRIMARY KEY, a int) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (1000);
    CREATE TABLE par (id int);
    CREATE TABLE kid () INHERITS (par)";
