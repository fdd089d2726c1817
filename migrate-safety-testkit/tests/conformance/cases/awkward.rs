//! Where several things meet: quoted names, trees two levels deep, rules, keys that are not enforced, what an earlier
//! statement of the transaction left.

use crate::row::Row;

const TREE: &str = r#"
CREATE SCHEMA "Data";
CREATE TABLE "Data".ev (id varchar(10) NOT NULL, at int NOT NULL, val varchar(9), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE "Data"."ev_A" PARTITION OF "Data".ev FOR VALUES FROM (0) TO (100);
CREATE TABLE "Data".ev_b PARTITION OF "Data".ev FOR VALUES FROM (100) TO (1000) PARTITION BY RANGE (at);
CREATE TABLE "Data".ev_b1 PARTITION OF "Data".ev_b FOR VALUES FROM (100) TO (1000);
CREATE INDEX "by val" ON "Data".ev_b (val);
CREATE INDEX own ON "Data"."ev_A" (val);
"#;

const ATTACHED: &str = "
CREATE TABLE p (id int NOT NULL, val varchar(9)) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (1000);
CREATE INDEX i ON ONLY p (val);
CREATE INDEX i1 ON p1 (val);
ALTER INDEX i ATTACH PARTITION i1;
";

const UNENFORCED: &str = "
CREATE TABLE par (id int PRIMARY KEY);
CREATE TABLE kid (id int PRIMARY KEY, par int CONSTRAINT kfk REFERENCES par NOT ENFORCED);
CREATE TABLE pair (par int CONSTRAINT bfk REFERENCES par NOT ENFORCED, kid int REFERENCES kid);
";

const TEMPORAL: &str = "
CREATE EXTENSION btree_gist;
CREATE TABLE price (id int, span daterange, PRIMARY KEY (id, span WITHOUT OVERLAPS));
CREATE TABLE sale (id int, span daterange, price int);
";

const TRIGGERS: &str = "
CREATE TABLE log (id int);
CREATE TABLE acct (id int PRIMARY KEY, owner text, bal numeric);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); RETURN NEW; END $$;
CREATE TRIGGER note BEFORE UPDATE ON acct FOR EACH ROW WHEN (OLD.bal IS DISTINCT FROM NEW.bal) EXECUTE FUNCTION note();
CREATE VIEW seen AS SELECT id, owner FROM acct;
CREATE TRIGGER seen INSTEAD OF UPDATE ON seen FOR EACH ROW EXECUTE FUNCTION note();
CREATE RULE r AS ON INSERT TO seen DO INSTEAD INSERT INTO log VALUES (NEW.id);
";

const PLAIN: &str = "
CREATE TABLE t (id int PRIMARY KEY, a int, c varchar(10));
CREATE TABLE u (id int PRIMARY KEY, t int REFERENCES t);
";

pub(super) const ROWS: &[Row] = &[
    Row::new(TREE, r#"ALTER TABLE "Data".ev ALTER id TYPE varchar(20)"#),
    Row::new(TREE, r#"ALTER TABLE "Data".ev ALTER val TYPE varchar(20)"#),
    Row::new(TREE, r#"CLUSTER "Data".ev USING ev_pkey"#).on(15, 18),
    Row::new(TREE, r#"CREATE TABLE "Data".ev_c PARTITION OF "Data".ev FOR VALUES FROM ('x') TO (2000)"#),
    Row::new(TREE, r#"VACUUM FULL ONLY "Data".ev"#).on(18, 18),
    Row::new(TREE, r#"ANALYZE ONLY "Data".ev"#).on(18, 18),
    Row::new(TREE, r#"ALTER TABLE "Data".ev DISABLE TRIGGER USER"#),
    Row::new(ATTACHED, "ALTER TABLE p ALTER val TYPE text"),
    Row::new(ATTACHED, "ALTER TABLE p ALTER val TYPE text COLLATE \"C\""),
    Row::new(ATTACHED, "CLUSTER p USING i").on(15, 18),
    Row::new(UNENFORCED, "ALTER TABLE kid ALTER par TYPE bigint").on(18, 18),
    Row::new(UNENFORCED, "DROP TABLE pair").on(18, 18),
    Row::new(UNENFORCED, "ALTER TABLE pair DROP COLUMN par").on(18, 18),
    Row::new(UNENFORCED, "TRUNCATE par").on(18, 18),
    Row::new(UNENFORCED, "TRUNCATE kid").on(18, 18),
    Row::new(
        TEMPORAL,
        "ALTER TABLE sale ADD FOREIGN KEY (price, PERIOD span) REFERENCES price (id, PERIOD span) NOT VALID",
    )
    .on(18, 18),
    Row::new(TRIGGERS, "UPDATE acct SET owner = 'x'"),
    Row::new(TRIGGERS, "UPDATE acct SET bal = -1"),
    Row::new(TRIGGERS, "DELETE FROM seen WHERE id = 3"),
    Row::new(TRIGGERS, "INSERT INTO seen VALUES (7, 'x')"),
    Row::new(TRIGGERS, "DROP TABLE log CASCADE"),
    Row::new(PLAIN, "ALTER TABLE renamed ADD UNIQUE (a)").after("ALTER TABLE t RENAME TO renamed"),
    Row::new(PLAIN, "CREATE INDEX ON o.t (a)").after("CREATE SCHEMA o; ALTER TABLE t SET SCHEMA o"),
    Row::new(PLAIN, "ALTER TABLE t ALTER c TYPE varchar(10)").after("ALTER TABLE t ALTER c TYPE text"),
    Row::new(PLAIN, "ALTER TABLE t ADD PRIMARY KEY (id)")
        .after("ALTER TABLE u DROP CONSTRAINT u_t_fkey; ALTER TABLE t DROP CONSTRAINT t_pkey"),
];
