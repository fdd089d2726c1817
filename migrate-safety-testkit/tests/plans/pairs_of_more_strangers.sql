-- pair: shop 6: a price history view and a function that reads it
-- window: at is unique, and two values of type timestamp with time zone
CREATE TABLE price (sku text, at date, v int, PRIMARY KEY (sku, at));
CREATE VIEW latest_price AS SELECT DISTINCT ON (sku) sku, v FROM price ORDER BY sku, at DESC;
CREATE FUNCTION price_of(s text) RETURNS int LANGUAGE sql STABLE AS $$ SELECT v FROM latest_price WHERE sku = s $$;
-- to
CREATE TABLE price (sku text, at timestamptz, v bigint, currency char(3) NOT NULL DEFAULT 'EUR', PRIMARY KEY (sku, at));
CREATE VIEW latest_price AS SELECT DISTINCT ON (sku) sku, v, currency FROM price ORDER BY sku, at DESC;
CREATE FUNCTION price_of(s text) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT v FROM latest_price WHERE sku = s $$;

-- pair: cms 2: a tree with a path check, ordering and a recursive view
CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node, name text NOT NULL);
CREATE VIEW tree AS WITH RECURSIVE t AS (SELECT id, parent, name, 1 AS depth FROM node WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, n.name, t.depth + 1 FROM node n JOIN t ON n.parent = t.id) SELECT * FROM t;
-- to
CREATE TABLE node (id bigint PRIMARY KEY, parent bigint REFERENCES node ON DELETE CASCADE, name varchar(200) NOT NULL, pos int NOT NULL DEFAULT 0, CONSTRAINT no_self CHECK (parent <> id OR parent IS NULL OR true));
CREATE VIEW tree AS WITH RECURSIVE t AS (SELECT id, parent, name, 1 AS depth FROM node WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, n.name, t.depth + 1 FROM node n JOIN t ON n.parent = t.id) SELECT * FROM t;

-- pair: cms 6: translations, collation per language
-- window: lang is unique, and two values of type character varying(5)
CREATE TABLE i18n (key text, lang char(2), txt text, PRIMARY KEY (key, lang));
CREATE INDEX i18n_txt ON i18n (txt);
-- to
CREATE TABLE i18n (key text COLLATE "C", lang varchar(5), txt text, PRIMARY KEY (key, lang));
CREATE INDEX i18n_txt ON i18n (txt COLLATE "C" text_pattern_ops);
CREATE INDEX i18n_lang ON i18n (lang) WHERE lang <> 'en';

-- pair: events 1: monthly partitions, a column and a key
-- window: a key of a partitioned table takes no index that was built
CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL, kind text, data json) PARTITION BY RANGE (at);
CREATE TABLE events_2024_01 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE events_2024_02 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_kind ON events (kind);
-- to
CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL DEFAULT now(), kind text NOT NULL, data jsonb, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2024_01 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE events_2024_02 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_kind ON events (kind, at);

-- pair: audit 2: trigger with column list and arguments over a retyped column
CREATE TABLE emp (id int PRIMARY KEY, salary int, boss int REFERENCES emp);
CREATE FUNCTION chk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_ARGV[0] = 'x' THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER emp_chk BEFORE UPDATE OF salary, boss ON emp FOR EACH ROW WHEN (OLD.salary IS DISTINCT FROM NEW.salary) EXECUTE FUNCTION chk('y', 'z');
-- to
CREATE TABLE emp (id int PRIMARY KEY, salary bigint NOT NULL DEFAULT 0, boss int REFERENCES emp ON DELETE SET NULL);
CREATE FUNCTION chk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_ARGV[0] = 'x' THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER emp_chk BEFORE UPDATE OF salary, boss ON emp FOR EACH ROW WHEN (OLD.salary IS DISTINCT FROM NEW.salary) EXECUTE FUNCTION chk('y', 'z', 'a');

-- pair: comp 1: a composite type gets an attribute, a column of it a default
-- window: a release that names the type addr works with the old or with
CREATE TYPE addr AS (street text, zip text);
CREATE TABLE person (id int PRIMARY KEY, home addr, work addr);
-- to
CREATE TYPE addr AS (street text, zip varchar(12), country char(2));
CREATE TABLE person (id int PRIMARY KEY, home addr, work addr DEFAULT ROW('?', '0', 'DE')::addr, name text NOT NULL DEFAULT '');

-- pair: dom 2: domain not null and default change, an array of it
-- window: no statement makes public.rate what it is to be
CREATE DOMAIN pct AS numeric(5,2) DEFAULT 0;
CREATE TABLE rate (id int PRIMARY KEY, a pct, b pct[]);
-- to
CREATE DOMAIN pct AS numeric(5,2) DEFAULT 1 CONSTRAINT pct_range CHECK (VALUE <= 100000);
CREATE TABLE rate (id int PRIMARY KEY, a pct NOT NULL, b pct[], c pct);

-- pair: gen 1: generated columns change their expression and become plain
-- window: a STORED generated column is computed for every row at once
-- drop: g.s
CREATE TABLE g (id int PRIMARY KEY, a int, b int, s int GENERATED ALWAYS AS (a + b) STORED, p int GENERATED ALWAYS AS (a * 2) STORED);
CREATE INDEX g_s ON g (s);
-- to
CREATE TABLE g (id int PRIMARY KEY, a bigint, b int, p int, q text GENERATED ALWAYS AS (upper('x' || b::text)) STORED);

-- pair: gen 2: base column of a generated one is retyped
-- window: dbl is computed for every row at once, and what it is
CREATE TABLE h (id int PRIMARY KEY, n int, dbl int GENERATED ALWAYS AS (n * 2) STORED, note text);
-- to
CREATE TABLE h (id int PRIMARY KEY, n bigint, dbl bigint GENERATED ALWAYS AS (n * 2) STORED, note text DEFAULT 'n');
CREATE INDEX h_dbl ON h (dbl);

-- pair: comment 1: comments on everything, changed and taken away
CREATE SCHEMA s; COMMENT ON SCHEMA s IS 'app';
CREATE TYPE s.st AS ENUM ('a'); COMMENT ON TYPE s.st IS 'state';
CREATE TABLE s.t (id int CONSTRAINT t_pk PRIMARY KEY, st s.st, v int CONSTRAINT v_ck CHECK (v <> 7)); COMMENT ON CONSTRAINT v_ck ON s.t IS 'no sevens';
COMMENT ON COLUMN s.t.v IS 'value'; COMMENT ON TABLE s.t IS 'things';
CREATE INDEX t_v ON s.t (v); COMMENT ON INDEX s.t_v IS 'by value';
CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; COMMENT ON FUNCTION s.f() IS 'nothing';
CREATE TRIGGER tr BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f(); COMMENT ON TRIGGER tr ON s.t IS 'does nothing';
-- to
CREATE SCHEMA s; COMMENT ON SCHEMA s IS 'the app';
CREATE TYPE s.st AS ENUM ('a', 'b'); COMMENT ON TYPE s.st IS 'the state';
CREATE TABLE s.t (id int CONSTRAINT t_pk PRIMARY KEY, st s.st NOT NULL DEFAULT 'a', v bigint CONSTRAINT v_ck CHECK (v <> 7)); COMMENT ON CONSTRAINT v_ck ON s.t IS 'never seven';
COMMENT ON COLUMN s.t.st IS 'state of it';
CREATE INDEX t_v ON s.t (v); COMMENT ON INDEX s.t_v IS 'by the value';
CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER tr BEFORE INSERT OR UPDATE ON s.t FOR EACH ROW EXECUTE FUNCTION s.f(); COMMENT ON TRIGGER tr ON s.t IS 'does nothing at all';

-- pair: auth 2: roles many to many, a view with grants
-- drop: users.role
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, role text);
CREATE VIEW admins AS SELECT id, name FROM users WHERE role = 'admin';
GRANT SELECT ON admins TO PUBLIC;
-- to
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE);
CREATE TABLE roles (name text PRIMARY KEY);
CREATE TABLE user_roles (u bigint REFERENCES users ON DELETE CASCADE, r text REFERENCES roles ON UPDATE CASCADE, PRIMARY KEY (u, r));
CREATE VIEW admins AS SELECT u.id, u.name FROM users u JOIN user_roles r ON r.u = u.id WHERE r.r = 'admin';
GRANT SELECT ON admins TO PUBLIC;

-- pair: view 2: rules on views, check option, barrier
CREATE TABLE t2 (id int PRIMARY KEY, a int, hidden boolean DEFAULT false);
CREATE VIEW vis AS SELECT id, a FROM t2 WHERE NOT hidden;
CREATE RULE vis_del AS ON DELETE TO vis DO INSTEAD UPDATE t2 SET hidden = true WHERE id = OLD.id;
-- to
CREATE TABLE t2 (id int PRIMARY KEY, a bigint, hidden boolean NOT NULL DEFAULT false, why text);
CREATE VIEW vis WITH (security_barrier = true) AS SELECT id, a, why FROM t2 WHERE NOT hidden WITH CASCADED CHECK OPTION;
CREATE RULE vis_del AS ON DELETE TO vis DO INSTEAD UPDATE t2 SET hidden = true, why = 'deleted' WHERE id = OLD.id;

-- pair: game 1: scores, window views, a materialised leaderboard
CREATE TABLE player (id int PRIMARY KEY, nick text NOT NULL);
CREATE TABLE score (player int REFERENCES player, game int, pts int, PRIMARY KEY (player, game));
CREATE MATERIALIZED VIEW board AS SELECT player, sum(pts) AS pts, rank() OVER (ORDER BY sum(pts) DESC) AS rk FROM score GROUP BY player;
CREATE INDEX board_rk ON board (rk);
-- to
CREATE TABLE player (id bigint PRIMARY KEY, nick varchar(32) NOT NULL);
CREATE TABLE score (player bigint REFERENCES player, game int, pts bigint NOT NULL DEFAULT 0, season smallint NOT NULL DEFAULT 1, PRIMARY KEY (player, game));
CREATE MATERIALIZED VIEW board AS SELECT player, season, sum(pts) AS pts, rank() OVER (PARTITION BY season ORDER BY sum(pts) DESC) AS rk FROM score GROUP BY player, season;
CREATE UNIQUE INDEX board_rk ON board (season, player);

-- pair: typ 2: enum values reordered while a default, a check and an index compare them
-- window: a release that names the type prio works with the old or with
CREATE TYPE prio AS ENUM ('low', 'high', 'mid');
CREATE TABLE task (id int PRIMARY KEY, p prio NOT NULL DEFAULT 'low', CONSTRAINT p_ck CHECK (p <> 'mid' OR id > -1000000000));
CREATE INDEX task_p ON task (p);
CREATE INDEX task_hi ON task (id) WHERE p = 'high';
CREATE VIEW urgent AS SELECT id, p FROM task WHERE p >= 'high';
-- to
CREATE TYPE prio AS ENUM ('low', 'mid', 'high');
CREATE TABLE task (id int PRIMARY KEY, p prio NOT NULL DEFAULT 'mid', CONSTRAINT p_ck CHECK (p <> 'mid' OR id > -1000000000));
CREATE INDEX task_p ON task (p DESC);
CREATE INDEX task_hi ON task (id) WHERE p = 'high';
CREATE VIEW urgent AS SELECT id, p FROM task WHERE p >= 'high';

-- pair: time 1: two columns of a table whose trigger assigns one of them
CREATE TABLE versions (id int PRIMARY KEY, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now(), n int);
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW IS DISTINCT FROM OLD AND NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) THEN NEW.updated_at := current_timestamp; END IF; RETURN NEW; END $$;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON versions FOR EACH ROW EXECUTE FUNCTION set_updated_at();
-- to
CREATE TABLE versions (id int PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), n int);
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW IS DISTINCT FROM OLD AND NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) THEN NEW.updated_at := current_timestamp; END IF; RETURN NEW; END $$;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON versions FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- pair: doc 2: a view of a view of a view is retyped at the bottom
-- window: what depends on it cannot come again in the step
CREATE TABLE b0 (id int PRIMARY KEY, v int, w varchar(5));
CREATE VIEW b1 AS SELECT * FROM b0; CREATE VIEW b2 AS SELECT id, v + 1 AS v1, w FROM b1; CREATE VIEW b3 AS SELECT b2.id, b2.v1, b1.w FROM b2 JOIN b1 USING (id);
GRANT SELECT ON b3 TO PUBLIC;
COMMENT ON VIEW b3 IS 'top';
-- to
CREATE TABLE b0 (id bigint PRIMARY KEY, v bigint, w text NOT NULL DEFAULT '');
CREATE VIEW b1 AS SELECT * FROM b0; CREATE VIEW b2 AS SELECT id, v + 1 AS v1, w FROM b1; CREATE VIEW b3 AS SELECT b2.id, b2.v1, b1.w FROM b2 JOIN b1 USING (id);
GRANT SELECT ON b3 TO PUBLIC;
COMMENT ON VIEW b3 IS 'the top';

-- pair: tenant 2: every table gets a tenant with a default from the session
CREATE TABLE x1 (id int PRIMARY KEY, v int); CREATE TABLE x2 (id int PRIMARY KEY, v int); CREATE TABLE x3 (id int PRIMARY KEY, v int);
-- to
CREATE TABLE x1 (id int PRIMARY KEY, v int, tenant text DEFAULT current_setting('app.tenant', true));
CREATE TABLE x2 (id int PRIMARY KEY, v int, tenant text DEFAULT current_setting('app.tenant', true));
CREATE TABLE x3 (id int PRIMARY KEY, v bigint NOT NULL, tenant text DEFAULT current_setting('app.tenant', true));
ALTER TABLE x1 ENABLE ROW LEVEL SECURITY; CREATE POLICY t ON x1 USING (tenant = current_setting('app.tenant', true));
ALTER TABLE x2 ENABLE ROW LEVEL SECURITY; CREATE POLICY t ON x2 USING (tenant = current_setting('app.tenant', true));
CREATE INDEX x1_t ON x1 (tenant); CREATE INDEX x3_t ON x3 (tenant, v);

-- pair: saas 3: row security by a setting, policies replaced, and back
CREATE TABLE docs (id int PRIMARY KEY, tenant bigint NOT NULL, body text, owner text DEFAULT current_user);
ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON docs USING (tenant = current_setting('app.tenant', true)::bigint);
CREATE POLICY own_docs ON docs FOR DELETE USING (owner = current_user);
-- to
CREATE TABLE docs (id int PRIMARY KEY, tenant int, body text);
ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON docs USING (tenant = current_setting('app.tenant', true)::int);

-- pair: events 3: a partition's bounds change, and back
-- rows forbid it
CREATE TABLE hit (at date NOT NULL, n int) PARTITION BY RANGE (at);
CREATE TABLE hit_a PARTITION OF hit FOR VALUES FROM ('3024-01-01') TO ('3024-03-01');
-- to
CREATE TABLE hit (at date NOT NULL, n int) PARTITION BY RANGE (at);
CREATE TABLE hit_a PARTITION OF hit FOR VALUES FROM ('3024-01-01') TO ('3024-02-01');

-- pair: queue 3: a lock column of an enum array, uniqueness per queue, and back
-- window: a release that names the type lane works with the old or with
CREATE TYPE lane AS ENUM ('slow', 'normal', 'fast');
CREATE TABLE workers (name text PRIMARY KEY, lanes lane[] NOT NULL DEFAULT '{slow,normal}', beat timestamptz);
CREATE TABLE leases (job bigint PRIMARY KEY, worker text NOT NULL REFERENCES workers ON DELETE CASCADE DEFERRABLE, until timestamptz NOT NULL DEFAULT now());
CREATE INDEX leases_worker ON leases USING hash (worker);
-- to
CREATE TYPE lane AS ENUM ('slow', 'fast');
CREATE TABLE workers (name text PRIMARY KEY, lanes lane[] NOT NULL DEFAULT '{slow}', beat timestamp);
CREATE TABLE leases (job bigint PRIMARY KEY, worker text REFERENCES workers);

-- pair: fin 1: ledger with checks across columns and a balance view, and back
-- window: its parts do not go together in smaller steps (the way back
CREATE TABLE ledger (id bigserial PRIMARY KEY, acct bigint NOT NULL, debit numeric(20,4) NOT NULL DEFAULT 0, credit numeric(20,4) NOT NULL DEFAULT 0, at date NOT NULL DEFAULT CURRENT_DATE, cur char(3) NOT NULL DEFAULT 'EUR', CONSTRAINT one_side CHECK (debit = 0 OR credit = 0 OR true));
CREATE VIEW balance AS SELECT acct, cur, sum(credit - debit) AS bal FROM ledger GROUP BY acct, cur;
CREATE INDEX ledger_acct ON ledger (acct, at);
-- to
CREATE TABLE ledger (id bigserial PRIMARY KEY, acct int NOT NULL, debit numeric(12,2) DEFAULT 0, credit numeric(12,2) DEFAULT 0, at date DEFAULT CURRENT_DATE, CONSTRAINT one_side CHECK (debit = 0 OR credit = 0 OR true));
CREATE VIEW balance AS SELECT acct, sum(credit - debit) AS bal FROM ledger GROUP BY acct;

-- pair: fin 3: text to enum, and back
CREATE TYPE inv_state AS ENUM ('open', 'paid', 'void');
CREATE TABLE inv (id int PRIMARY KEY, state inv_state NOT NULL DEFAULT 'open', due date);
CREATE INDEX inv_open ON inv (due) WHERE state = 'open';
-- to
CREATE TABLE inv (id int PRIMARY KEY, state text NOT NULL DEFAULT 'open', due date);
CREATE INDEX inv_open ON inv (due) WHERE state = 'open';

-- pair: quo 1: quoted names everywhere, keywords as names, several changes, and back
CREATE TABLE "Order" ("Id" bigserial PRIMARY KEY, "UserId" bigint NOT NULL, "from" date, "to" timestamptz, "group by" varchar(99), CONSTRAINT "from<to" CHECK ("from" <= "to" OR true));
CREATE INDEX "Idx-1" ON "Order" ("UserId", "from" DESC);
CREATE VIEW "Order View" AS SELECT "Id", "UserId" AS "select", "group by" FROM "Order";
-- to
CREATE TABLE "Order" ("Id" serial PRIMARY KEY, "User" int, "from" date, "to" date, "group by" text, CONSTRAINT "from<to" CHECK ("from" <= "to" OR true));
CREATE INDEX "Idx-1" ON "Order" ("User", "from");
CREATE VIEW "Order View" AS SELECT "Id", "User" AS "select", "group by" FROM "Order";

-- pair: mat 3: matview becomes view, view becomes table, and back
-- window: its parts do not go together in smaller steps (step expand-1
CREATE TABLE base (id int PRIMARY KEY, v int);
CREATE VIEW mv AS SELECT id, v FROM base;
CREATE TABLE vv (id int PRIMARY KEY);
-- to
CREATE TABLE base (id int PRIMARY KEY, v int);
CREATE MATERIALIZED VIEW mv AS SELECT id, v FROM base;
CREATE VIEW vv AS SELECT id FROM base;

-- pair: ledger 1: a plain table becomes partitioned, with an index and a key
-- window: no statement makes public.metric what it is to be
CREATE TABLE metric (id bigint NOT NULL, at date NOT NULL, v real, PRIMARY KEY (id, at));
CREATE INDEX metric_at ON metric (at);
-- to
CREATE TABLE metric (id bigint NOT NULL, at date NOT NULL, v real, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE metric_old PARTITION OF metric FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE metric_rest PARTITION OF metric DEFAULT;
CREATE INDEX metric_at ON metric (at);

-- pair: ledger 2: partitions become one table again, a serial goes on
-- window: no statement makes public.counter what it is to be
CREATE TABLE counter (id serial, k text NOT NULL, shard int NOT NULL, n bigint NOT NULL DEFAULT 0, PRIMARY KEY (id, shard)) PARTITION BY LIST (shard);
CREATE TABLE counter_0 PARTITION OF counter FOR VALUES IN (0);
CREATE TABLE counter_rest PARTITION OF counter DEFAULT;
-- to
CREATE TABLE counter (id serial, k text NOT NULL, shard int NOT NULL, n bigint NOT NULL DEFAULT 0, PRIMARY KEY (id, shard));

-- pair: ledger 3: a table with an identity, a view, a trigger, row security and keys from and to it becomes partitioned
-- window: no statement makes public.term what it is to be
CREATE TABLE school (id int PRIMARY KEY);
CREATE TABLE term (id int GENERATED ALWAYS AS IDENTITY, year int NOT NULL, school int REFERENCES school, name text, PRIMARY KEY (id, year));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER term_touch BEFORE UPDATE ON term FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE term ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_school ON term USING (school = 1);
CREATE TABLE course (id int PRIMARY KEY, term int, year int, FOREIGN KEY (term, year) REFERENCES term (id, year));
CREATE VIEW terms AS SELECT id, name FROM term;
-- to
CREATE TABLE school (id int PRIMARY KEY);
CREATE TABLE term (id int NOT NULL, year int NOT NULL, school int REFERENCES school, name text, PRIMARY KEY (id, year)) PARTITION BY RANGE (year);
CREATE TABLE term_all PARTITION OF term FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER term_touch BEFORE UPDATE ON term FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE term ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_school ON term USING (school = 1);
CREATE TABLE course (id int PRIMARY KEY, term int, year int, FOREIGN KEY (term, year) REFERENCES term (id, year));
CREATE VIEW terms AS SELECT id, name FROM term;

-- pair: ledger 4: an enum in a composite type and a view loses a label
-- rows forbid it
-- window: no statement makes public.event what it is to be
CREATE TYPE level AS ENUM ('low', 'mid', 'high', 'extreme');
CREATE TYPE alert AS (lvl level, msg text);
CREATE TABLE event (id int PRIMARY KEY, lvl level NOT NULL, a alert, many alert[]);
CREATE VIEW severe AS SELECT id, lvl FROM event WHERE lvl >= 'high';
-- to
CREATE TYPE level AS ENUM ('low', 'mid', 'high');
CREATE TYPE alert AS (lvl level, msg text);
CREATE TABLE event (id int PRIMARY KEY, lvl level NOT NULL, a alert, many alert[]);
CREATE VIEW severe AS SELECT id, lvl FROM event WHERE lvl >= 'high';

-- pair: ledger 5: an enum that is a partition key is put into another order
-- window: no statement makes public.visits
CREATE TYPE region AS ENUM ('eu', 'us');
CREATE TABLE visits (r region NOT NULL, n int) PARTITION BY LIST (r);
CREATE TABLE visits_eu PARTITION OF visits FOR VALUES IN ('eu');
CREATE TABLE visits_us PARTITION OF visits FOR VALUES IN ('us');
-- to
CREATE TYPE region AS ENUM ('us', 'eu');
CREATE TABLE visits (r region NOT NULL, n int) PARTITION BY LIST (r);
CREATE TABLE visits_eu PARTITION OF visits FOR VALUES IN ('eu');
CREATE TABLE visits_us PARTITION OF visits FOR VALUES IN ('us');

-- pair: ledger 6: an enum loses a label that a function takes, which a check calls
-- rows forbid it
-- window: its parts do not go together in smaller steps
CREATE TYPE unit AS ENUM ('ug', 'mg', 'ml');
CREATE FUNCTION fits(v numeric, u unit) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT v > -1 OR u IS NULL $$;
CREATE TABLE measure (id int PRIMARY KEY, v numeric NOT NULL, u unit NOT NULL DEFAULT 'mg', CHECK (fits(abs(v), u)));
-- to
CREATE TYPE unit AS ENUM ('mg', 'ml');
CREATE FUNCTION fits(v numeric, u unit) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT v > -1 OR u IS NULL $$;
CREATE TABLE measure (id int PRIMARY KEY, v numeric NOT NULL, u unit NOT NULL DEFAULT 'mg', CHECK (fits(abs(v), u)));

-- pair: ledger 7: an enum becomes text that is held to its labels
CREATE TYPE status AS ENUM ('draft', 'live');
CREATE TABLE product (id serial PRIMARY KEY, status status NOT NULL DEFAULT 'draft');
CREATE INDEX product_live ON product (id) WHERE status = 'live';
-- to
CREATE TABLE product (id serial PRIMARY KEY, status varchar(20) NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live')));
CREATE INDEX product_live ON product (id) WHERE status = 'live';

-- pair: ledger 8: columns are stored and compressed otherwise, one is retyped and one is new
CREATE TABLE doc (id int PRIMARY KEY, body text, raw bytea, amount numeric, code text COMPRESSION pglz);
ALTER TABLE doc ALTER COLUMN code SET STORAGE MAIN;
ALTER TABLE doc ALTER COLUMN amount SET STORAGE EXTERNAL;
-- to
CREATE TABLE doc (id int PRIMARY KEY, body text, raw bytea, amount numeric, code varchar(300), notes text);
ALTER TABLE doc ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE doc ALTER COLUMN raw SET STORAGE MAIN;
ALTER TABLE doc ALTER COLUMN body SET COMPRESSION pglz;
ALTER TABLE doc ALTER COLUMN notes SET STORAGE EXTENDED;
ALTER TABLE doc ALTER COLUMN notes SET COMPRESSION pglz;

-- pair: ledger 9: a function names the fields of a row that it is given
CREATE TABLE wallet (id int PRIMARY KEY, cents int NOT NULL DEFAULT 0);
CREATE FUNCTION rich(w wallet) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT w.cents > 100000 $$;
-- to
CREATE TABLE wallet (id int PRIMARY KEY, cents int NOT NULL DEFAULT 0, currency char(3) NOT NULL DEFAULT 'EUR');
CREATE FUNCTION rich(w wallet) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT w.cents > 200000 AND w.currency = 'EUR' $$;

-- pair: ledger 11: a defaulted argument goes, the default calls without it
CREATE FUNCTION f(a int, b int DEFAULT 0) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a + b $$;
CREATE TABLE t (id int PRIMARY KEY, c int DEFAULT f(1));
-- to
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE TABLE t (id int PRIMARY KEY, c int DEFAULT f(1));

-- pair: ledger 12: a new overload takes what another one took by its default
CREATE FUNCTION h(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE TABLE t (id int PRIMARY KEY, c int DEFAULT h(1));
-- to
CREATE FUNCTION h(a int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE FUNCTION h(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE TABLE t (id int PRIMARY KEY, c int DEFAULT h(1));

-- pair: ledger 13: a leaf becomes divided itself
-- window: no statement makes public.s_a what it is to be
CREATE TABLE s (site text NOT NULL, at date NOT NULL, v int) PARTITION BY LIST (site);
CREATE TABLE s_a PARTITION OF s FOR VALUES IN ('a');
CREATE TABLE s_rest PARTITION OF s DEFAULT;
CREATE INDEX s_at ON s (at);
-- to
CREATE TABLE s (site text NOT NULL, at date NOT NULL, v int) PARTITION BY LIST (site);
CREATE TABLE s_a PARTITION OF s FOR VALUES IN ('a') PARTITION BY RANGE (at);
CREATE TABLE s_a_1 PARTITION OF s_a FOR VALUES FROM (MINVALUE) TO ('2100-01-01');
CREATE TABLE s_a_rest PARTITION OF s_a DEFAULT;
CREATE TABLE s_rest PARTITION OF s DEFAULT;
CREATE INDEX s_at ON s (at);

-- pair: ledger 14: tables that refer to each other get partitions, both in another schema with quoted names
-- window: no statement makes
CREATE SCHEMA "My App";
CREATE TABLE "My App"."Orders" ("Id" int GENERATED BY DEFAULT AS IDENTITY, "at" date NOT NULL, PRIMARY KEY ("Id", "at"));
CREATE TABLE "My App"."Lines" ("Id" bigserial, "order" int, "at" date NOT NULL, "n" numeric GENERATED ALWAYS AS (1) STORED, PRIMARY KEY ("Id", "at"), FOREIGN KEY ("order", "at") REFERENCES "My App"."Orders" ("Id", "at"));
COMMENT ON TABLE "My App"."Lines" IS 'it''s';
-- to
CREATE SCHEMA "My App";
CREATE TABLE "My App"."Orders" ("Id" int NOT NULL, "at" date NOT NULL, PRIMARY KEY ("Id", "at")) PARTITION BY RANGE ("at");
CREATE TABLE "My App"."Orders all" PARTITION OF "My App"."Orders" DEFAULT;
CREATE TABLE "My App"."Lines" ("Id" bigserial, "order" int, "at" date NOT NULL, "n" numeric GENERATED ALWAYS AS (1) STORED, PRIMARY KEY ("Id", "at"), FOREIGN KEY ("order", "at") REFERENCES "My App"."Orders" ("Id", "at")) PARTITION BY RANGE ("at");
CREATE TABLE "My App"."Lines all" PARTITION OF "My App"."Lines" DEFAULT;
COMMENT ON TABLE "My App"."Lines" IS 'it''s';
