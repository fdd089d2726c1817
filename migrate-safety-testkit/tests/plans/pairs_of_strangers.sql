-- pair: library 1: an upper-case table in another schema gets a wider key that others refer to
CREATE SCHEMA "Lib";
CREATE TABLE "Lib"."Book" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Title" varchar(80) NOT NULL, "ISBN" char(13) UNIQUE);
CREATE TABLE "Lib"."Loan" ("BookId" int NOT NULL REFERENCES "Lib"."Book" ON DELETE CASCADE, "Since" date NOT NULL, PRIMARY KEY ("BookId", "Since"));
CREATE VIEW "Lib"."Out" AS SELECT b."Title", l."Since" FROM "Lib"."Book" b JOIN "Lib"."Loan" l ON l."BookId" = b."Id";
-- to
CREATE SCHEMA "Lib";
CREATE TABLE "Lib"."Book" ("Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Title" varchar(200) NOT NULL, "ISBN" char(13) UNIQUE);
CREATE TABLE "Lib"."Loan" ("BookId" bigint NOT NULL REFERENCES "Lib"."Book" ON DELETE CASCADE, "Since" date NOT NULL, PRIMARY KEY ("BookId", "Since"));
CREATE VIEW "Lib"."Out" AS SELECT b."Title", l."Since" FROM "Lib"."Book" b JOIN "Lib"."Loan" l ON l."BookId" = b."Id";

-- pair: library 2: a composite key gets a third column and its references follow
CREATE TABLE shelf (room int, num int, label text, PRIMARY KEY (room, num));
CREATE TABLE copy (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), room int, num int, FOREIGN KEY (room, num) REFERENCES shelf MATCH FULL ON UPDATE CASCADE);
-- to
CREATE TABLE shelf (room int, num int, label text NOT NULL DEFAULT 'none', PRIMARY KEY (room, num), CONSTRAINT shelf_label UNIQUE (label, room, num));
CREATE TABLE copy (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), room int, num int, label text, CONSTRAINT copy_shelf FOREIGN KEY (label, room, num) REFERENCES shelf (label, room, num));
CREATE INDEX copy_shelf_idx ON copy (label, room, num);

-- pair: library 3: uuid becomes text and back in a keyless log
CREATE TABLE log (at timestamptz DEFAULT now(), who uuid, what text);
CREATE INDEX log_who ON log USING hash (who);
CREATE INDEX log_at ON log USING brin (at);
-- to
CREATE TABLE log (at timestamptz DEFAULT now(), who text, what text);
CREATE INDEX log_who ON log USING hash (who);
CREATE INDEX log_at ON log USING brin (at) WITH (pages_per_range = 32);

-- pair: library 4: an expression index and a check follow a retyped column
CREATE TABLE member (id serial PRIMARY KEY, email varchar(100) NOT NULL, born date, CONSTRAINT email_shape CHECK (email ~ '@'));
CREATE UNIQUE INDEX member_email ON member (lower(email));
CREATE INDEX member_year ON member ((extract(year FROM born)));
-- to
CREATE TABLE member (id serial PRIMARY KEY, email text COLLATE "C" NOT NULL, born timestamp, CONSTRAINT email_shape CHECK (email ~ '@'));
CREATE UNIQUE INDEX member_email ON member (lower(email));
CREATE INDEX member_year ON member ((extract(year FROM born)));

-- pair: library 5: comments and grants on what is retyped, and on a view over it
CREATE TABLE fine (id int PRIMARY KEY, amount int NOT NULL DEFAULT 0, note text);
COMMENT ON TABLE fine IS 'what is owed';
COMMENT ON COLUMN fine.amount IS 'in cents';
CREATE VIEW fines AS SELECT id, amount FROM fine WHERE amount > 0;
COMMENT ON VIEW fines IS 'open';
COMMENT ON COLUMN fines.amount IS 'cents owed';
-- to
CREATE TABLE fine (id int PRIMARY KEY, amount numeric(12,2) NOT NULL DEFAULT 0, note text);
COMMENT ON TABLE fine IS 'what is owed by members';
COMMENT ON COLUMN fine.amount IS 'in euros';
CREATE VIEW fines AS SELECT id, amount FROM fine WHERE amount > 0;
COMMENT ON VIEW fines IS 'open';
COMMENT ON COLUMN fines.amount IS 'euros owed';

-- pair: library 6: rights on a table with a column that is retyped
CREATE TABLE patron (id int PRIMARY KEY, name text, pin text);
GRANT SELECT ON patron TO PUBLIC;
GRANT UPDATE (pin) ON patron TO PUBLIC;
-- to
CREATE TABLE patron (id int PRIMARY KEY, name varchar(50), pin text);
GRANT SELECT ON patron TO PUBLIC;
GRANT UPDATE (pin) ON patron TO PUBLIC;

-- pair: library 7: a generated column over a generated name, indexed
-- window: full_name is computed for every row at once, and what it is
CREATE TABLE author (id int PRIMARY KEY, first text NOT NULL, last text NOT NULL, full_name text GENERATED ALWAYS AS (first || ' ' || last) STORED);
CREATE INDEX author_full ON author (full_name);
-- to
CREATE TABLE author (id int PRIMARY KEY, first text NOT NULL, last text NOT NULL, middle text, full_name text GENERATED ALWAYS AS (first || coalesce(' ' || middle, '') || ' ' || last) STORED);
CREATE INDEX author_full ON author (full_name text_pattern_ops);

-- pair: library 8: self reference and a deep view chain lose a column
CREATE TABLE genre (id int PRIMARY KEY, parent int REFERENCES genre, name text, old_code text);
CREATE VIEW g1 AS SELECT id, parent, name, old_code FROM genre;
CREATE VIEW g2 AS SELECT * FROM g1;
CREATE MATERIALIZED VIEW g3 AS SELECT id, name FROM g2;
-- drop: genre.old_code
-- to
CREATE TABLE genre (id int PRIMARY KEY, parent int REFERENCES genre ON DELETE SET NULL, name text);
CREATE VIEW g1 AS SELECT id, parent, name FROM genre;
CREATE VIEW g2 AS SELECT * FROM g1;
CREATE MATERIALIZED VIEW g3 AS SELECT id, name FROM g2;

-- pair: fleet 1: a range-partitioned table gets a column, an index and a constraint
CREATE TABLE trip (id bigint NOT NULL, day date NOT NULL, km int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE trip_2024 PARTITION OF trip FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE trip_rest PARTITION OF trip DEFAULT;
-- to
CREATE TABLE trip (id bigint NOT NULL, day date NOT NULL, km int NOT NULL, fuel numeric DEFAULT 0, PRIMARY KEY (id, day), CONSTRAINT km_ok CHECK (km >= -2147483648)) PARTITION BY RANGE (day);
CREATE TABLE trip_2024 PARTITION OF trip FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE trip_rest PARTITION OF trip DEFAULT;
CREATE INDEX trip_km ON trip (km);

-- pair: fleet 2: a new partition where there is a default one
CREATE TABLE ping (at timestamptz NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE ping_rest PARTITION OF ping DEFAULT;
-- to
CREATE TABLE ping (at timestamptz NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE ping_3000 PARTITION OF ping FOR VALUES FROM ('3000-01-01') TO ('3001-01-01');
CREATE TABLE ping_rest PARTITION OF ping DEFAULT;

-- pair: fleet 3: hash partitions with a foreign key to them
CREATE TABLE car (id bigint PRIMARY KEY, plate text) PARTITION BY HASH (id);
CREATE TABLE car_0 PARTITION OF car FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE car_1 PARTITION OF car FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE wheel (id bigint PRIMARY KEY, car bigint);
-- to
CREATE TABLE car (id bigint PRIMARY KEY, plate text NOT NULL DEFAULT '?') PARTITION BY HASH (id);
CREATE TABLE car_0 PARTITION OF car FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE car_1 PARTITION OF car FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE wheel (id bigint PRIMARY KEY, car bigint CONSTRAINT wheel_car REFERENCES car);

-- pair: fleet 4: list partitions in two levels, a leaf added
CREATE TABLE stop (region text NOT NULL, day date NOT NULL, n int) PARTITION BY LIST (region);
CREATE TABLE stop_n PARTITION OF stop FOR VALUES IN ('north', 'NORTH') PARTITION BY RANGE (day);
CREATE TABLE stop_n_24 PARTITION OF stop_n FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- to
CREATE TABLE stop (region text NOT NULL, day date NOT NULL, n int) PARTITION BY LIST (region);
CREATE TABLE stop_n PARTITION OF stop FOR VALUES IN ('north', 'NORTH') PARTITION BY RANGE (day);
CREATE TABLE stop_n_24 PARTITION OF stop_n FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE stop_n_25 PARTITION OF stop_n FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE stop_s PARTITION OF stop FOR VALUES IN ('south', NULL);
CREATE INDEX stop_n_idx ON stop (n) WHERE n > 0;

-- pair: fleet 5: a partitioned table's trigger and its function
CREATE TABLE ev (id bigint, kind int, at timestamptz) PARTITION BY LIST (kind);
CREATE TABLE ev_1 PARTITION OF ev FOR VALUES IN (1);
CREATE TABLE ev_d PARTITION OF ev DEFAULT;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;
CREATE TRIGGER ev_stamp BEFORE INSERT ON ev FOR EACH ROW EXECUTE FUNCTION stamp();
-- to
CREATE TABLE ev (id bigint, kind int, at timestamptz) PARTITION BY LIST (kind);
CREATE TABLE ev_1 PARTITION OF ev FOR VALUES IN (1);
CREATE TABLE ev_d PARTITION OF ev DEFAULT;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := coalesce(NEW.at, now()); RETURN NEW; END $$;
CREATE TRIGGER ev_stamp BEFORE INSERT OR UPDATE OF kind ON ev FOR EACH ROW WHEN (NEW.kind > 0) EXECUTE FUNCTION stamp();

-- pair: fleet 6: a table with a foreign key from partitions is dropped
CREATE TABLE depot (id int PRIMARY KEY);
CREATE TABLE bus (id int NOT NULL, depot int REFERENCES depot, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE bus_1 PARTITION OF bus FOR VALUES FROM (0) TO (1000000);
-- to
CREATE TABLE bus (id int NOT NULL, depot int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE bus_1 PARTITION OF bus FOR VALUES FROM (0) TO (1000000);

-- pair: bank 1: row security with policies that read other tables
CREATE TABLE acc (id int PRIMARY KEY, owner text, balance numeric);
CREATE TABLE staff (name text PRIMARY KEY);
ALTER TABLE acc ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON acc USING (owner = current_user);
-- to
CREATE TABLE acc (id int PRIMARY KEY, owner varchar(63), balance numeric(20,4));
CREATE TABLE staff (name text PRIMARY KEY);
ALTER TABLE acc ENABLE ROW LEVEL SECURITY;
ALTER TABLE acc FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON acc USING (owner = current_user) WITH CHECK (balance >= 0);
CREATE POLICY by_staff ON acc AS PERMISSIVE FOR SELECT USING (EXISTS (SELECT 1 FROM staff WHERE name = current_user));

-- pair: bank 2: policies only for some commands and roles change
CREATE TABLE tx (id bigint PRIMARY KEY, acc int, cents bigint);
ALTER TABLE tx ENABLE ROW LEVEL SECURITY;
CREATE POLICY ins ON tx FOR INSERT WITH CHECK (cents > 0);
CREATE POLICY sel ON tx FOR SELECT TO PUBLIC USING (true);
-- to
CREATE TABLE tx (id bigint PRIMARY KEY, acc int, cents bigint);
CREATE POLICY ins ON tx FOR UPDATE USING (cents > 10) WITH CHECK (cents > 0);
CREATE POLICY sel ON tx AS RESTRICTIVE FOR SELECT TO PUBLIC USING (cents < 100000000);

-- pair: bank 3: a domain over a domain gets another check
-- window: writes to public.charge wait while all of them are read
CREATE DOMAIN cents AS bigint CHECK (VALUE >= -1000000000000000);
CREATE DOMAIN fee AS cents DEFAULT 0 NOT NULL;
CREATE TABLE charge (id int PRIMARY KEY, f fee, c cents);
-- to
CREATE DOMAIN cents AS bigint CONSTRAINT cents_range CHECK (VALUE >= -2000000000000000);
CREATE DOMAIN fee AS cents DEFAULT 1;
CREATE TABLE charge (id int PRIMARY KEY, f fee, c cents DEFAULT 5);
COMMENT ON DOMAIN fee IS 'what we take';

-- pair: bank 4: a column of a domain becomes its base type
CREATE DOMAIN iban AS text CHECK (length(VALUE) < 35);
CREATE TABLE holder (id int PRIMARY KEY, iban iban UNIQUE);
-- to
CREATE DOMAIN iban AS text CHECK (length(VALUE) < 35);
CREATE TABLE holder (id int PRIMARY KEY, iban text UNIQUE);

-- pair: bank 5: a base type becomes a domain
-- window: no column of type public.iban2 can be added without writing
CREATE TABLE holder2 (id int PRIMARY KEY, iban text NOT NULL);
-- to
CREATE DOMAIN iban2 AS text CHECK (length(VALUE) < 3500);
CREATE TABLE holder2 (id int PRIMARY KEY, iban iban2 NOT NULL);

-- pair: bank 6: an enum in a composite in an array
CREATE TYPE cur AS ENUM ('EUR', 'USD');
CREATE TYPE money2 AS (v numeric, c cur);
CREATE TABLE quote (id int PRIMARY KEY, p money2, all_p money2[], c cur[] DEFAULT '{EUR}');
-- to
CREATE TYPE cur AS ENUM ('EUR', 'USD', 'CHF');
CREATE TYPE money2 AS (v numeric, c cur, at timestamptz);
CREATE TABLE quote (id int PRIMARY KEY, p money2, all_p money2[], c cur[] DEFAULT '{EUR,CHF}');

-- pair: bank 7: foreign keys both ways between two tables change their action
CREATE TABLE boss (id int PRIMARY KEY, best int);
CREATE TABLE worker (id int PRIMARY KEY, boss int CONSTRAINT w_boss REFERENCES boss);
ALTER TABLE boss ADD CONSTRAINT b_best FOREIGN KEY (best) REFERENCES worker;
-- to
CREATE TABLE boss (id bigint PRIMARY KEY, best bigint);
CREATE TABLE worker (id bigint PRIMARY KEY, boss bigint CONSTRAINT w_boss REFERENCES boss ON DELETE SET NULL);
ALTER TABLE boss ADD CONSTRAINT b_best FOREIGN KEY (best) REFERENCES worker DEFERRABLE INITIALLY DEFERRED;

-- pair: bank 8: identity with options becomes serial in upper case
CREATE TABLE "Tx" ("Id" bigint GENERATED BY DEFAULT AS IDENTITY (INCREMENT 10 MINVALUE 5 CACHE 3 CYCLE) PRIMARY KEY, "Amount" money);
-- to
CREATE TABLE "Tx" ("Id" bigserial PRIMARY KEY, "Amount" numeric(14,2));

-- pair: bank 9: a sequence shared by two tables gets an owner
CREATE SEQUENCE num;
CREATE TABLE a1 (id int PRIMARY KEY DEFAULT nextval('num'));
CREATE TABLE a2 (id int PRIMARY KEY DEFAULT nextval('num'));
-- to
CREATE SEQUENCE num AS bigint INCREMENT 2 MAXVALUE 1000000000000;
CREATE TABLE a1 (id bigint PRIMARY KEY DEFAULT nextval('num'));
CREATE TABLE a2 (id int PRIMARY KEY);
ALTER SEQUENCE num OWNED BY a1.id;

-- pair: clinic 1: a rule, statistics and storage
-- window: extended statistics on public.visit may name a
CREATE TABLE visit (id int PRIMARY KEY, a int, b int, doc text);
CREATE STATISTICS visit_ab (ndistinct) ON a, b FROM visit;
CREATE RULE no_delete AS ON DELETE TO visit DO INSTEAD NOTHING;
-- to
CREATE TABLE visit (id int PRIMARY KEY, a bigint, b int, doc text);
ALTER TABLE visit ALTER COLUMN b SET STATISTICS 500;
ALTER TABLE visit ALTER COLUMN b SET (n_distinct = -0.5);
CREATE STATISTICS visit_ab (ndistinct, dependencies) ON a, b FROM visit;

-- pair: clinic 2: a unique constraint with an included column, and nulls
CREATE TABLE room (id int PRIMARY KEY, floor int, door text, CONSTRAINT room_key UNIQUE (floor, door));
-- to
CREATE TABLE room (id int PRIMARY KEY, floor int NOT NULL, door text, beds int, CONSTRAINT room_key UNIQUE (floor, door) INCLUDE (beds));

-- pair: clinic 3: a check that calls a function that changes its arguments
CREATE FUNCTION ok(x int) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT x > -2147483648 $$;
CREATE TABLE dose (id int PRIMARY KEY, mg int CONSTRAINT mg_ok CHECK (ok(mg)));
-- to
CREATE FUNCTION ok(x numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT x > -2147483648 $$;
CREATE TABLE dose (id int PRIMARY KEY, mg numeric CONSTRAINT mg_ok CHECK (ok(mg)));

-- pair: clinic 4: a function with a view's row type and a default argument
CREATE TABLE pat (id int PRIMARY KEY, name text);
CREATE VIEW pats AS SELECT id, name FROM pat;
CREATE FUNCTION first_pat() RETURNS SETOF pats LANGUAGE sql STABLE AS $$ SELECT * FROM pats LIMIT 1 $$;
-- to
CREATE TABLE pat (id int PRIMARY KEY, name text, born date);
CREATE VIEW pats AS SELECT id, name, born FROM pat;
CREATE FUNCTION first_pat() RETURNS SETOF pats LANGUAGE sql STABLE AS $$ SELECT * FROM pats LIMIT 1 $$;

-- pair: clinic 5: statement triggers with transition tables
CREATE TABLE lab (id int PRIMARY KEY, v int);
CREATE TABLE lab_log (n bigint, at timestamptz DEFAULT now());
CREATE FUNCTION lab_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lab_log (n) SELECT count(*) FROM news; RETURN NULL; END $$;
CREATE TRIGGER lab_t AFTER INSERT ON lab REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION lab_f();
-- to
CREATE TABLE lab (id bigint PRIMARY KEY, v numeric NOT NULL DEFAULT 0);
CREATE TABLE lab_log (n bigint, at timestamptz DEFAULT now());
CREATE FUNCTION lab_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lab_log (n) SELECT count(*) FROM news; RETURN NULL; END $$;
CREATE TRIGGER lab_t AFTER INSERT ON lab REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION lab_f();

-- pair: clinic 6: a constraint trigger and a disabled one
CREATE TABLE bed (id int PRIMARY KEY, taken boolean);
CREATE FUNCTION bed_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER bed_c AFTER UPDATE ON bed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bed_f();
CREATE TRIGGER bed_d AFTER UPDATE OF taken ON bed FOR EACH ROW EXECUTE FUNCTION bed_f();
-- to
CREATE TABLE bed (id int PRIMARY KEY, taken text);
CREATE FUNCTION bed_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER bed_c AFTER UPDATE ON bed DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION bed_f();
CREATE TRIGGER bed_d AFTER UPDATE OF taken ON bed FOR EACH ROW EXECUTE FUNCTION bed_f();
ALTER TABLE bed DISABLE TRIGGER bed_d;

-- pair: clinic 7: an instead-of trigger on a view whose table changes
CREATE TABLE nurse (id int PRIMARY KEY, name text, shift int);
CREATE VIEW nurses AS SELECT id, name, shift FROM nurse;
CREATE FUNCTION nurses_ins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO nurse (id, name) VALUES (NEW.id, NEW.name); RETURN NEW; END $$;
CREATE TRIGGER nurses_t INSTEAD OF INSERT ON nurses FOR EACH ROW EXECUTE FUNCTION nurses_ins();
-- to
CREATE TABLE nurse (id int PRIMARY KEY, name varchar(90), shift bigint);
CREATE VIEW nurses AS SELECT id, name, shift FROM nurse;
CREATE FUNCTION nurses_ins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO nurse (id, name) VALUES (NEW.id, NEW.name); RETURN NEW; END $$;
CREATE TRIGGER nurses_t INSTEAD OF INSERT ON nurses FOR EACH ROW EXECUTE FUNCTION nurses_ins();

-- pair: clinic 8: security barrier, check option, options of a view
CREATE TABLE rec (id int PRIMARY KEY, public boolean NOT NULL DEFAULT false, txt text);
CREATE VIEW recs WITH (security_barrier) AS SELECT * FROM rec WHERE public;
-- to
CREATE TABLE rec (id int PRIMARY KEY, public boolean NOT NULL DEFAULT true, txt text, lang regconfig DEFAULT 'english');
CREATE VIEW recs AS SELECT * FROM rec WHERE public WITH LOCAL CHECK OPTION;

-- pair: clinic 9: a materialised view over a view over a retyped column, each indexed and commented
CREATE TABLE m (id int PRIMARY KEY, v int, w int);
CREATE VIEW mv1 AS SELECT v, sum(w) AS w FROM m GROUP BY v;
CREATE MATERIALIZED VIEW mv2 AS SELECT v, w FROM mv1 WITH DATA;
CREATE UNIQUE INDEX mv2_v ON mv2 (v);
CREATE INDEX mv2_w ON mv2 (w DESC NULLS LAST);
COMMENT ON MATERIALIZED VIEW mv2 IS 'sums';
COMMENT ON INDEX mv2_w IS 'by sum';
-- to
CREATE TABLE m (id int PRIMARY KEY, v bigint, w bigint);
CREATE VIEW mv1 AS SELECT v, sum(w) AS w FROM m GROUP BY v;
CREATE MATERIALIZED VIEW mv2 AS SELECT v, w FROM mv1 WITH DATA;
CREATE UNIQUE INDEX mv2_v ON mv2 (v);
CREATE INDEX mv2_w ON mv2 (w DESC NULLS LAST);
COMMENT ON MATERIALIZED VIEW mv2 IS 'sums';
COMMENT ON INDEX mv2_w IS 'by sum';

-- pair: school 1: inherited tables get columns and lose one
-- rows forbid it
CREATE TABLE person (id int PRIMARY KEY, name text, fax text);
CREATE TABLE pupil (grade int) INHERITS (person);
CREATE TABLE teacher (salary int CHECK (salary > -2147483648)) INHERITS (person);
-- drop: person.fax
-- to
CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL, mail text DEFAULT '-');
CREATE TABLE pupil (grade smallint) INHERITS (person);
CREATE TABLE teacher (salary int CHECK (salary > -2147483648)) INHERITS (person);

-- pair: school 2: a table of a composite type
CREATE TYPE mark AS (pupil int, points int);
CREATE TABLE marks OF mark (PRIMARY KEY (pupil));
-- to
CREATE TYPE mark AS (pupil int, points int, note text);
CREATE TABLE marks OF mark (PRIMARY KEY (pupil), points WITH OPTIONS DEFAULT 0);

-- pair: school 3: unlogged and back, fillfactor, replica identity by index
CREATE TABLE cache (k text NOT NULL, v jsonb);
CREATE UNIQUE INDEX cache_k ON cache (k);
-- to
CREATE TABLE cache (k text NOT NULL, v jsonb) WITH (fillfactor = 70, autovacuum_enabled = off);
CREATE UNIQUE INDEX cache_k ON cache (k);
ALTER TABLE cache REPLICA IDENTITY USING INDEX cache_k;

-- pair: school 4: arrays, ranges, and an exclusion that goes
CREATE TABLE slot (id int PRIMARY KEY, during tsrange, tags text[], EXCLUDE USING gist (during WITH &&));
-- to
CREATE TABLE slot (id int PRIMARY KEY, during tsrange, tags varchar(20)[], at int4range);
CREATE INDEX slot_during ON slot USING gist (during);
CREATE INDEX slot_tags ON slot USING gin (tags);

-- pair: school 5: every small type
CREATE TABLE ty (id int PRIMARY KEY, a smallint, b real, c char(3), d bit(4), e inet, f interval, g time, h json, i bytea, j boolean, k "char");
-- to
CREATE TABLE ty (id int PRIMARY KEY, a int, b double precision, c varchar(3), d bit varying(8), e cidr, f interval day to second, g timetz, h jsonb, i bytea, j boolean DEFAULT false, k text);

-- pair: school 6: booleans and numbers
-- rows forbid it
CREATE TABLE bn (id int PRIMARY KEY, a boolean NOT NULL DEFAULT false, b int, c text DEFAULT 'x');
-- to
CREATE TABLE bn (id int PRIMARY KEY, a int NOT NULL DEFAULT 0, b boolean, c uuid);

-- pair: school 7: names with quotes, dots, spaces and dollars
CREATE SCHEMA "a.b";
CREATE TABLE "a.b"."T ""q"" $1" ("c d" int PRIMARY KEY, "select" text, "ÄÖ" int);
CREATE INDEX "i.x" ON "a.b"."T ""q"" $1" ("select", "ÄÖ" DESC);
-- to
CREATE SCHEMA "a.b";
CREATE TABLE "a.b"."T ""q"" $1" ("c d" bigint PRIMARY KEY, "select" text NOT NULL DEFAULT 'it''s', "ÄÖ" numeric(20) CONSTRAINT "is ok" CHECK ("ÄÖ" > -99999999999));
CREATE INDEX "i.x" ON "a.b"."T ""q"" $1" ("select", "ÄÖ" DESC);
COMMENT ON COLUMN "a.b"."T ""q"" $1"."select" IS 'it''s $$ quoted';

-- pair: school 8: very long names
CREATE TABLE a_table_with_a_name_that_is_as_long_as_the_server_takes_names_ab (a_column_with_a_name_that_is_as_long_as_the_server_takes_names_a int PRIMARY KEY, another_column_with_a_name_that_is_as_long_as_the_server_takes_n int UNIQUE);
-- to
CREATE TABLE a_table_with_a_name_that_is_as_long_as_the_server_takes_names_ab (a_column_with_a_name_that_is_as_long_as_the_server_takes_names_a bigint PRIMARY KEY, another_column_with_a_name_that_is_as_long_as_the_server_takes_n bigint NOT NULL UNIQUE CHECK (another_column_with_a_name_that_is_as_long_as_the_server_takes_n <> 0));

-- pair: school 9: columns swap names
CREATE TABLE sw (id int PRIMARY KEY, a int, b text);
-- to
CREATE TABLE sw (id int PRIMARY KEY, a text, b int);

-- pair: school 10: tables with the same constraint names in two schemas
CREATE SCHEMA s1; CREATE SCHEMA s2;
CREATE TABLE s1.t (id int CONSTRAINT t_pk PRIMARY KEY, v int CONSTRAINT v_ok CHECK (v <> 7777));
CREATE TABLE s2.t (id int CONSTRAINT t_pk PRIMARY KEY, v int CONSTRAINT v_ok CHECK (v <> 7777), t int REFERENCES s1.t);
-- to
CREATE SCHEMA s1; CREATE SCHEMA s2;
CREATE TABLE s1.t (id int CONSTRAINT t_pk PRIMARY KEY, v int CONSTRAINT v_ok CHECK (v <> 7778), u int DEFAULT 3);
CREATE TABLE s2.t (id int CONSTRAINT t_pk PRIMARY KEY, v bigint CONSTRAINT v_ok CHECK (v <> 7777), t int NOT NULL CONSTRAINT t_fk REFERENCES s1.t ON DELETE CASCADE);

-- pair: wiki 1: full text with a trigger becomes generated
-- window: a STORED generated column is computed for every row at once
CREATE TABLE page (id int PRIMARY KEY, title text NOT NULL, body text, ts tsvector);
CREATE INDEX page_ts ON page USING gin (ts);
CREATE TRIGGER page_tsv BEFORE INSERT OR UPDATE ON page FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(ts, 'pg_catalog.english', title, body);
-- drop: page.ts
-- to
CREATE TABLE page (id int PRIMARY KEY, title text NOT NULL, body text, search tsvector GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || coalesce(body, ''))) STORED);
CREATE INDEX page_search ON page USING gin (search);

-- pair: wiki 2: revisions renamed with their sequence and indexes
CREATE TABLE revs (id serial PRIMARY KEY, page int NOT NULL, txt text);
CREATE INDEX revs_page ON revs (page);
-- rename: revs=revisions
-- to
CREATE TABLE revisions (id serial PRIMARY KEY, page int NOT NULL, txt text, editor text);
CREATE INDEX revisions_page ON revisions (page);

-- pair: wiki 3: a renamed column under a view, a check, an index and a generated column
-- window: column up of table lnk depends on the column and cannot be
CREATE TABLE lnk (id int PRIMARY KEY, src text NOT NULL CHECK (length(src) < 1000), dst text, up text GENERATED ALWAYS AS (upper(src)) STORED);
CREATE INDEX lnk_src ON lnk (lower(src)) WHERE src <> '';
CREATE VIEW lnks AS SELECT src, dst FROM lnk;
-- rename: lnk.src=source
-- to
CREATE TABLE lnk (id int PRIMARY KEY, source text NOT NULL CONSTRAINT lnk_src_check CHECK (length(source) < 1000), dst text, up text GENERATED ALWAYS AS (upper(source)) STORED);
CREATE INDEX lnk_src ON lnk (lower(source)) WHERE source <> '';
CREATE VIEW lnks AS SELECT source AS src, dst FROM lnk;

-- pair: wiki 4: a table moves to a schema and is renamed, referenced and referring
CREATE TABLE usr (id int PRIMARY KEY);
CREATE TABLE att (id int PRIMARY KEY, usr int REFERENCES usr);
CREATE TABLE att_log (id int PRIMARY KEY, att int REFERENCES att);
-- rename: att=files.attachment
-- to
CREATE SCHEMA files;
CREATE TABLE usr (id int PRIMARY KEY);
CREATE TABLE files.attachment (id int CONSTRAINT att_pkey PRIMARY KEY, usr int CONSTRAINT att_usr_fkey REFERENCES usr);
CREATE TABLE att_log (id int PRIMARY KEY, att int REFERENCES files.attachment);

-- pair: wiki 5: a view over an aggregate of one's own
CREATE FUNCTION cat(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce($1, '') || $2 $$;
CREATE AGGREGATE catall (text) (SFUNC = cat, STYPE = text, INITCOND = '');
CREATE TABLE w5 (id int PRIMARY KEY, a text);
-- to
CREATE FUNCTION cat(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce($1, '') || $2 $$;
CREATE AGGREGATE catall (text) (SFUNC = cat, STYPE = text, INITCOND = '');
CREATE TABLE w5 (id int PRIMARY KEY, a varchar(1000));
CREATE VIEW w5v AS SELECT catall(a) AS a FROM w5;

-- pair: wiki 6: procedures, overloads and functions with OUT arguments
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS $$ SELECT a $$;
CREATE PROCEDURE p(a int) LANGUAGE sql AS $$ SELECT 1 $$;
CREATE TABLE w6 (id int PRIMARY KEY);
-- to
CREATE FUNCTION f(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS $$ SELECT a + b $$;
CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT a || 'x' $$;
CREATE PROCEDURE p(a int, b text) LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION g(a int, OUT x int, OUT y text) LANGUAGE sql AS $$ SELECT a, 'y'::text $$;
CREATE TABLE w6 (id int PRIMARY KEY DEFAULT f(3));

-- pair: wiki 7: a recursive view, a window view
CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree, n int);
CREATE RECURSIVE VIEW paths (id, depth) AS SELECT id, 1 FROM tree WHERE up IS NULL UNION ALL SELECT t.id, depth + 1 FROM tree t JOIN paths p ON p.id = t.up;
-- to
CREATE TABLE tree (id bigint PRIMARY KEY, up bigint REFERENCES tree, n int);
CREATE RECURSIVE VIEW paths (id, depth) AS SELECT id, 1 FROM tree WHERE up IS NULL UNION ALL SELECT t.id, depth + 1 FROM tree t JOIN paths p ON p.id = t.up;
CREATE VIEW ranked AS SELECT id, rank() OVER (PARTITION BY up ORDER BY n DESC) AS r FROM tree;

-- pair: wiki 8: not null where a check already says so, under another name
CREATE TABLE nn (id int PRIMARY KEY, a int CONSTRAINT a_there CHECK (a IS NOT NULL), b int NOT NULL);
-- to
CREATE TABLE nn (id int PRIMARY KEY, a int NOT NULL, b int CONSTRAINT b_there CHECK (b IS NOT NULL));

-- pair: wiki 9: an index on a function of several columns with storage options
CREATE TABLE ix (id int PRIMARY KEY, a text, b text, c int);
CREATE INDEX ix_1 ON ix (a text_pattern_ops, (b || a) COLLATE "C", c DESC) INCLUDE (id) WITH (fillfactor = 50) WHERE c IS NOT NULL;
-- to
CREATE TABLE ix (id int PRIMARY KEY, a text, b text, c bigint);
CREATE INDEX ix_1 ON ix (a text_pattern_ops, (b || a) COLLATE "C", c DESC) INCLUDE (id) WITH (fillfactor = 50) WHERE c IS NOT NULL;
CREATE UNIQUE INDEX ix_2 ON ix (c) WHERE a = 'never';

-- pair: wiki 10: two tables become one in name only
CREATE TABLE draft (id int PRIMARY KEY, t text);
CREATE TABLE pub (id int PRIMARY KEY, t text);
-- drop: draft
-- drop: pub
-- to
CREATE TABLE post (id int PRIMARY KEY, t text, is_draft boolean NOT NULL);

-- pair: game 1: a table without key gets one
CREATE TABLE score (player text, points int);
-- to
CREATE TABLE score (player text, points int, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);

-- pair: game 2: the key moves from serial to uuid
-- window: rows cannot be inserted without match as long as it is in the
-- rows forbid it
CREATE TABLE match (id serial PRIMARY KEY, name text);
CREATE TABLE turn (match int NOT NULL REFERENCES match, n int, PRIMARY KEY (match, n));
-- drop: match.id
-- drop: turn.match
-- to
CREATE TABLE match (uid uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);
CREATE TABLE turn (match_uid uuid NOT NULL REFERENCES match, n int, PRIMARY KEY (match_uid, n));

-- pair: game 3: a foreign key to a unique constraint that becomes the key
CREATE TABLE team (id int PRIMARY KEY, code text NOT NULL UNIQUE);
CREATE TABLE player (id int PRIMARY KEY, team text REFERENCES team (code));
-- to
CREATE TABLE team (id int UNIQUE, code text PRIMARY KEY);
CREATE TABLE player (id int PRIMARY KEY, team text REFERENCES team (code));

-- pair: game 4: a unique index changes its order and nulls
CREATE TABLE lad (id int PRIMARY KEY, r int, s int);
CREATE UNIQUE INDEX lad_rs ON lad (r, s);
ALTER TABLE lad CLUSTER ON lad_pkey;
-- to
CREATE TABLE lad (id int PRIMARY KEY, r int, s int);
CREATE UNIQUE INDEX lad_rs ON lad (s, r DESC);
ALTER TABLE lad CLUSTER ON lad_rs;

-- pair: game 5: comments on a schema and on a key
CREATE SCHEMA play;
COMMENT ON SCHEMA play IS 'play';
CREATE TABLE play.g (id int PRIMARY KEY);
-- to
CREATE SCHEMA play;
COMMENT ON SCHEMA play IS 'work';
CREATE TABLE play.g (id int PRIMARY KEY);
COMMENT ON CONSTRAINT g_pkey ON play.g IS 'key';

-- pair: game 6: json path columns
-- window: a STORED generated column is computed for every row at once
CREATE TABLE cfg (id int PRIMARY KEY, doc jsonb NOT NULL DEFAULT '{}');
CREATE INDEX cfg_lang ON cfg ((doc ->> 'lang'));
CREATE INDEX cfg_doc ON cfg USING gin (doc jsonb_path_ops);
-- to
CREATE TABLE cfg (id int PRIMARY KEY, doc jsonb NOT NULL DEFAULT '{"v": 1}', lang text GENERATED ALWAYS AS (doc ->> 'lang') STORED);
CREATE INDEX cfg_lang ON cfg (lang);

-- pair: game 7: a default that reads a sequence of another name, and timestamps lose their zone
CREATE SEQUENCE old_seq START 50;
CREATE TABLE ts (id int PRIMARY KEY DEFAULT nextval('old_seq'), at timestamptz NOT NULL DEFAULT now(), t time);
-- to
CREATE SEQUENCE new_seq START 500;
CREATE TABLE ts (id int PRIMARY KEY DEFAULT nextval('new_seq'), at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'), t time(0));

-- pair: game 8: checks over several columns, one of them dropped
CREATE TABLE lvl (id int PRIMARY KEY, lo int, hi int, mid int, CHECK (lo IS NULL OR hi IS NULL OR mid IS NULL OR lo < hi OR mid <> 1));
CREATE TABLE lvl2 (id int PRIMARY KEY, lvl int REFERENCES lvl);
-- drop: lvl.mid
-- to
CREATE TABLE lvl (id int PRIMARY KEY, lo int, hi int, CONSTRAINT lohi CHECK (lo IS NULL OR hi IS NULL OR lo <> 77777 OR hi <> 1));
CREATE TABLE lvl2 (id int PRIMARY KEY, lvl int);

-- pair: game 9: an enum gets values between, a default, a comment
CREATE TYPE lvlkind AS ENUM ('easy', 'hard');
CREATE TABLE l (id int PRIMARY KEY, k lvlkind NOT NULL DEFAULT 'easy');
CREATE INDEX l_k ON l (k) WHERE k = 'hard';
-- to
CREATE TYPE lvlkind AS ENUM ('easy', 'medium', 'hard', 'hell');
CREATE TABLE l (id int PRIMARY KEY, k lvlkind NOT NULL DEFAULT 'medium');
CREATE INDEX l_k ON l (k) WHERE k = 'hard';
COMMENT ON TYPE lvlkind IS 'how hard';

-- pair: game 10: an index of another method, geometry
CREATE TABLE ext (id int PRIMARY KEY, p point, b box);
CREATE INDEX ext_p ON ext USING gist (p);
-- to
CREATE TABLE ext (id int PRIMARY KEY, p point, b box, q point NOT NULL DEFAULT '(0,0)');
CREATE INDEX ext_p ON ext USING spgist (p);

-- pair: crm 1: many columns at once, in another order
CREATE TABLE lead (id int PRIMARY KEY, a text, b text, c text, d text, e text);
-- drop: lead.b
-- drop: lead.d
-- to
CREATE TABLE lead (id int PRIMARY KEY, e text, x int, c text, y int NOT NULL DEFAULT 4, a text);

-- pair: crm 2: the type of a referenced unique column changes with its references
CREATE TABLE org (id int PRIMARY KEY, vat varchar(10) NOT NULL UNIQUE);
CREATE TABLE inv (id int PRIMARY KEY, vat varchar(10) REFERENCES org (vat) ON UPDATE CASCADE);
CREATE TABLE inv2 (id int PRIMARY KEY, vat varchar(10) REFERENCES org (vat)) ;
-- to
CREATE TABLE org (id int PRIMARY KEY, vat text NOT NULL UNIQUE);
CREATE TABLE inv (id int PRIMARY KEY, vat text REFERENCES org (vat) ON UPDATE CASCADE);
CREATE TABLE inv2 (id int PRIMARY KEY, vat text REFERENCES org (vat)) ;

-- pair: crm 3: a referenced int becomes a text
-- window: id is unique, and two values of type text can become the same
CREATE TABLE cc (id int PRIMARY KEY);
CREATE TABLE ph (id int PRIMARY KEY, cc int NOT NULL REFERENCES cc);
-- to
CREATE TABLE cc (id text PRIMARY KEY);
CREATE TABLE ph (id int PRIMARY KEY, cc text NOT NULL REFERENCES cc);

-- pair: crm 4: a view with a rule becomes a table of the same name
CREATE TABLE base (id int PRIMARY KEY, v int);
CREATE VIEW cur_v AS SELECT id, v FROM base;
-- to
CREATE TABLE base (id int PRIMARY KEY, v int);
CREATE TABLE cur_v (id int PRIMARY KEY, v int);

-- pair: crm 5: a table becomes a view
CREATE TABLE base2 (id int PRIMARY KEY, v int);
CREATE TABLE small (id int, v int);
-- to
CREATE TABLE base2 (id int PRIMARY KEY, v int);
CREATE VIEW small AS SELECT id, v FROM base2 WHERE v < 10;

-- pair: crm 6: a view becomes materialised
CREATE TABLE base3 (id int PRIMARY KEY, v int);
CREATE VIEW agg AS SELECT v, count(*) AS n FROM base3 GROUP BY v;
-- to
CREATE TABLE base3 (id int PRIMARY KEY, v int);
CREATE MATERIALIZED VIEW agg AS SELECT v, count(*) AS n FROM base3 GROUP BY v;

-- pair: crm 7: a column gets a domain with a default through several tables, and rows are kept
CREATE TABLE k1 (id int PRIMARY KEY, st text NOT NULL DEFAULT 'new');
CREATE TABLE k2 (id int PRIMARY KEY, st text);
-- to
CREATE TABLE k1 (id int PRIMARY KEY, st text NOT NULL DEFAULT 'open', CONSTRAINT st_len CHECK (length(st) < 4000));
CREATE TABLE k2 (id int PRIMARY KEY, st text DEFAULT 'x' NOT NULL);
ALTER TABLE k2 ADD CONSTRAINT st_len CHECK (length(st) < 4000) NOT VALID;

-- pair: crm 8: a foreign key that is not valid, and one that becomes it
CREATE TABLE p8 (id int PRIMARY KEY);
CREATE TABLE c8 (id int PRIMARY KEY, a int, b int CONSTRAINT b_fk REFERENCES p8);
ALTER TABLE c8 ADD CONSTRAINT a_fk FOREIGN KEY (a) REFERENCES p8 NOT VALID;
-- to
CREATE TABLE p8 (id int PRIMARY KEY);
CREATE TABLE c8 (id int PRIMARY KEY, a int CONSTRAINT a_fk REFERENCES p8, b int);
ALTER TABLE c8 ADD CONSTRAINT b_fk FOREIGN KEY (b) REFERENCES p8 NOT VALID;

-- pair: crm 9: columns of a partitioned table change type
-- window: index mp_v stands on a partitioned table
CREATE TABLE mp (id int NOT NULL, day date NOT NULL, v int, t varchar(10)) PARTITION BY RANGE (day);
CREATE TABLE mp_1 PARTITION OF mp FOR VALUES FROM ('2000-01-01') TO ('2100-01-01');
CREATE INDEX mp_v ON mp (v);
-- to
CREATE TABLE mp (id bigint NOT NULL, day date NOT NULL, v bigint, t varchar(20)) PARTITION BY RANGE (day);
CREATE TABLE mp_1 PARTITION OF mp FOR VALUES FROM ('2000-01-01') TO ('2100-01-01');
CREATE INDEX mp_v ON mp (v);

-- pair: crm 10: nothing but the owner of a sequence and the place of a comment
CREATE TABLE o (id serial PRIMARY KEY, v int);
COMMENT ON SEQUENCE o_id_seq IS 'numbers';
COMMENT ON CONSTRAINT o_pkey ON o IS 'the key';
-- to
CREATE TABLE o (id serial PRIMARY KEY, v int);
ALTER SEQUENCE o_id_seq OWNED BY NONE;
COMMENT ON COLUMN o.v IS 'the value';
